//! Completion in shells and kubectl, called as users call them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Typed words, with expected candidates, and words that must not be candidates.
const TYPED: [(&[&str], &[&str], &[&str]); 7] = [
    (&["val"], &["validate"], &["render"]),
    (&["validate", "--out"], &["--output"], &["--allow"]),
    (&["validate", "--output", "s"], &["sarif"], &["json"]),
    (
        &["validate", "--allow", "hpa-"],
        &["hpa-minimum-of-one"],
        &["no-authorization"],
    ),
    (
        &["explain", "scaling-"],
        &["scaling-registry"],
        &["hpa-minimum-of-one"],
    ),
    (
        &["explain", "services.onlineStore.per"],
        &["services.onlineStore.persistence"],
        &["services.onlineStore.server"],
    ),
    (
        &["render", "sto"],
        &["store.yaml", "stores/"],
        &["other.yaml"],
    ),
];

/// Completes in bash: sets bash's variables, and prints the candidates.
const BASH: &str = r#"
source <(kubectl-feast completions bash)
COMP_WORDS=(kubectl-feast "$@"); COMP_CWORD=$#; COMP_TYPE=9
_clap_complete_kubectl_feast kubectl-feast "${!#}" "" 2> /dev/null
printf '%s\n' "${COMPREPLY[@]}"
"#;

/// Completes in zsh, with `_describe` replaced.
const ZSH: &str = r#"
compdef() { }
_describe() { print -l -- "${(@P)3}" }
source <(kubectl-feast completions zsh)
words=(kubectl-feast "$@"); CURRENT=${#words}
_clap_dynamic_completer_kubectl_feast
"#;

/// Completes in fish, which has a command for it.
const FISH: &str = "
kubectl-feast completions fish | source
complete --do-complete \"kubectl-feast $argv[2..]\"
";

/// A folder with files to complete, and the programs on the path.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("stores")).expect("a folder");
    for file in ["store.yaml", "other.yaml"] {
        fs::write(folder.join(file), "").expect("a file");
    }
    folder
}

/// The path, starting with the plugin.
fn path(folder: &Path) -> OsString {
    let plugin = Path::new(env!("CARGO_BIN_EXE_kubectl-feast"));
    let own = [
        plugin.parent().expect("a folder").to_owned(),
        folder.to_owned(),
    ];
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths(own.into_iter().chain(env::split_paths(&others))).expect("a path")
}

/// The output of a program; `None` if it is not installed.
fn printed(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path(folder))
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).expect("text"))
}

/// Compares candidates with the expected ones; `ask` returns `None` if the shell is not installed.
fn check(who: &str, ask: impl Fn(&[&str]) -> Option<String>) {
    for (typed, offered, others) in TYPED {
        let Some(found) = ask(typed) else {
            return test_support::lacking(&format!("completions in {who}"), who);
        };
        let is_offered = |wanted: &&&str| {
            let slashless = wanted.trim_end_matches('/');
            let words = found
                .lines()
                .filter_map(|line| line.split([':', '\t']).next());
            words
                .map(|word| word.trim_end_matches('/'))
                .any(|word| word == slashless)
        };
        let missing: Vec<_> = offered
            .iter()
            .filter(|wanted| !is_offered(wanted))
            .collect();
        assert!(
            missing.is_empty(),
            "{who} {typed:?} lacks {missing:?}:\n{found}"
        );
        let other: Vec<_> = others.iter().filter(is_offered).collect();
        assert!(other.is_empty(), "{who} {typed:?} has {other:?}:\n{found}");
    }
}

/// The output of a shell with a script, its name, and arguments.
fn shell(program: &str, flag: &str, script: &str, typed: &[&str]) -> Option<String> {
    let arguments = [&[flag, "-c", script, program], typed].concat();
    printed(program, &arguments, &folder(program))
}

#[test]
fn bash_completes() {
    check("bash", |typed| shell("bash", "--norc", BASH, typed));
}

/// bash splits `--output=s` into three words, and `--output=` into two followed by an empty one.
#[test]
fn bash_completes_what_follows_an_equals_sign() {
    for (typed, offered) in [
        (&["validate", "--output", "=", "s"][..], &["sarif"][..]),
        (&["validate", "--output", "=", "j"], &["json", "junit"]),
        (&["diff", "-", "--output", "=", "m"], &["markdown"]),
    ] {
        let found = shell("bash", "--norc", BASH, typed);
        let Some(found) = found else {
            return test_support::lacking("completions in bash", "bash");
        };
        assert_eq!(found.lines().collect::<Vec<_>>(), offered, "{typed:?}");
    }
}

#[test]
fn zsh_completes() {
    check("zsh", |typed| shell("zsh", "-f", ZSH, typed));
}

#[test]
fn fish_completes() {
    check("fish", |typed| shell("fish", "--no-config", FISH, typed));
}

/// kubectl runs a program on the path: the one printed for it.
#[test]
#[cfg(unix)]
fn kubectl_completes() {
    use std::os::unix::fs::PermissionsExt;

    let kubectl = env::var("KUBECTL").unwrap_or_else(|_| "kubectl".to_owned());
    let folder = folder("kubectl");
    let script = printed(
        env!("CARGO_BIN_EXE_kubectl-feast"),
        &["completions", "kubectl"],
        &folder,
    );
    let program = folder.join("kubectl_complete-feast");
    fs::write(&program, script.expect("the plugin runs")).expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("permissions");
    check("kubectl", |typed| {
        printed(
            &kubectl,
            &[&["__complete", "feast"], typed].concat(),
            &folder,
        )
    });
}
