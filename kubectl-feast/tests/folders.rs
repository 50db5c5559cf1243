//! Folders as in real repositories, and as kubectl creates them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const STORE: &str = "apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop, namespace: ml}
spec: {feastProject: shop}
";

/// Creates a folder with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    test_support::folder(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), files)
}

fn run(args: &[&str], folder: &PathBuf) -> (Option<i32>, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8(text).expect("the output is UTF-8"),
    )
}

#[test]
fn what_is_no_manifest_is_passed_by_and_named_if_asked() {
    let folder = folder(
        "repository",
        &[
            ("base/shop.yaml", STORE),
            (
                "base/kustomization.yaml",
                "resources: [shop.yaml]\nlabels: [feast.dev/x]\n",
            ),
            (
                "prod/kustomization.yaml",
                "resources: [../base]\npatches: [{path: scale.yaml}]\n",
            ),
            (
                "prod/scale.yaml",
                "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec: {replicas: 3}\n",
            ),
            ("chart/values.yaml", "group: feast.dev\n"),
            (
                "chart/templates/store.yaml",
                "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata:\n  name: {{ .Release.Name }}\n",
            ),
            ("mkdocs.yml", "site: feast.dev\nx: !!python/name:a.b\n"),
            ("package.json", "{\"name\": \"feast.dev\"}"),
        ],
    );
    let (code, text) = run(&["validate", "--allow", "all", "."], &folder);
    assert_eq!(
        (code, text.as_str()),
        (Some(0), "1 FeatureStore checked: no errors\n")
    );
    let (_, text) = run(&["validate", "--allow", "all", "--verbose", "."], &folder);
    for passed in [
        "chart/values.yaml:1",
        "chart/templates/store.yaml:",
        "package.json:1",
    ] {
        assert!(text.contains(&format!("skipped: {passed}")), "{text}");
    }
    let (code, _) = run(&["validate", "prod/scale.yaml"], &folder);
    assert_eq!(code, Some(1));
    let (code, text) = run(
        &["validate", "--allow", "all", "base", "--old", "."],
        &folder,
    );
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = run(&["convert", ".", "--to", "v1alpha1"], &folder);
    assert_eq!(
        (code, text.matches("apiVersion").count()),
        (Some(0), 1),
        "{text}"
    );
}

#[test]
fn a_new_that_cannot_be_read_is_no_deletion() {
    let folder = folder(
        "unreadable",
        &[("old.yaml", STORE), ("new.yaml", "kind: FeatureStore: [")],
    );
    for (new, code) in [("new.yaml", 1), ("absent.yaml", 2)] {
        let (found, text) = run(&["diff", "old.yaml", new], &folder);
        assert_eq!(found, Some(code), "{text}");
        assert!(!text.contains("- Deployment"), "{text}");
    }
}

#[test]
fn folders_of_kubectl_diff_are_read() {
    let name = "feast.dev.v1.FeatureStore.ml.shop";
    let new = STORE.replace("feastProject: shop", "feastProject: other");
    let old = format!("LIVE/{name}");
    let merged = format!("MERGED/{name}");
    let folder = folder("external-diff", &[(&old, STORE), (&merged, &new)]);
    // kubectl passes its folders first.
    for arguments in [["diff", "LIVE", "MERGED"], ["LIVE", "MERGED", "diff"]] {
        let (code, text) = run(&arguments, &folder);
        assert_eq!(code, Some(1));
        assert!(text.contains("~ Deployment ml/feast-shop"), "{text}");
    }
}

#[test]
fn credentials_are_not_in_a_difference() {
    let git = STORE.replace(
        "{feastProject: shop}",
        "{feastProject: shop, feastProjectDir: {git: {url: 'https://me:hunter2@example.com/x'}}, \
         services: {onlineStore: {server: {env: [{name: PASSWORD, value: hunter3}]}}}}",
    );
    let folder = folder("credentials", &[("old.yaml", STORE), ("new.yaml", &git)]);
    for form in ["human", "json"] {
        let (code, text) = run(&["diff", "old.yaml", "new.yaml", "-o", form], &folder);
        assert_eq!(code, Some(1));
        assert!(text.contains("PASSWORD"), "{text}");
        assert!(!text.contains("hunter"), "{text}");
    }
}

#[test]
fn paths_for_github_and_code_scanning_start_at_the_root() {
    let broken = STORE.replace("feastProject: shop", "feastProject: '?'");
    let folder = folder("checkout", &[(".git/HEAD", ""), ("teams/a.yaml", &broken)]);
    let teams = folder.join("teams");
    let absolute = teams.join("a.yaml");
    for name in ["./a.yaml", "a.yaml", absolute.to_str().unwrap()] {
        for (form, part) in [
            ("github", "file=teams/a.yaml,"),
            ("sarif", "\"uri\":\"teams/a.yaml\""),
        ] {
            let (_, text) = run(&["validate", "-f", name, "-o", form], &teams);
            assert!(text.contains(part), "{name}: {text}");
        }
    }
}

#[test]
fn what_was_written_before_is_not_applied_again() {
    let folder = folder("rendered", &[("shop.yaml", STORE)]);
    let objects = folder.join("objects");
    fs::create_dir(&objects).unwrap();
    for name in ["999-service-gone.yaml", "README.md"] {
        fs::write(objects.join(name), "").unwrap();
    }
    let (code, text) = run(&["render", "shop.yaml", "--output-dir", "objects"], &folder);
    assert_eq!(code, Some(0), "{text}");
    assert!(!objects.join("999-service-gone.yaml").exists());
    assert!(objects.join("README.md").exists());
}

#[test]
fn texts_of_another_encoding_get_a_hint() {
    let folder = folder("encoding", &[]);
    fs::create_dir_all(&folder).unwrap();
    let bytes: Vec<u8> = STORE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.join("a.yaml"), [vec![0xff, 0xfe], bytes].concat()).unwrap();
    let (code, text) = run(&["validate", "a.yaml"], &folder);
    assert_eq!(code, Some(2));
    assert!(text.contains("save it as UTF-8"), "{text}");
}

#[test]
fn nothing_to_check_is_no_success() {
    let folder = folder("nothing", &[("notes.txt", "")]);
    for (args, code) in [
        (&["validate", "."][..], 2),
        (&["validate", ".", "--allow-empty"], 0),
    ] {
        let (found, text) = run(args, &folder);
        assert_eq!(found, Some(code));
        assert!(text.starts_with("nothing was checked"), "{text}");
    }
    let (code, _) = run(&["validate", ".", "-n", "No_Name"], &folder);
    assert_eq!(code, Some(2));
}

#[test]
fn the_nearest_configuration_counts() {
    let served = STORE.replace(
        "{feastProject: shop}",
        "{feastProject: shop, services: {onlineStore: {server: {}}}}",
    );
    let folder = folder(
        "configured",
        &[
            (".feast-lint.yaml", "lints: {all: deny}\n"),
            ("repository/.git/HEAD", ""),
            ("repository/a.yaml", &served),
            (
                "repository/teams/.feast-lint.yaml",
                "lints: {all: allow, no-security-context: deny}\nexclude: [b/old.yaml, c/]\n",
            ),
            ("repository/teams/b/b.yaml", &served.replace("shop", "b")),
            ("repository/teams/b/old.yaml", "kind: FeatureStore: ["),
            ("repository/teams/c/old.yaml", "kind: FeatureStore: ["),
        ],
    );
    let repository = folder.join("repository");
    let b = folder.join("repository/teams/b");
    // Configurations above the repository and in other folders are ignored.
    let (code, text) = run(&["validate", ".", "-o", "github"], &repository);
    assert_eq!(code, Some(1), "{text}");
    let errors: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("::error"))
        .collect();
    assert!(
        matches!(errors[..], [error] if error.contains("file=teams/b/b.yaml,")),
        "{text}"
    );
    for (name, folder) in [
        ("b.yaml", &b),
        (b.join("b.yaml").to_str().unwrap(), &folder),
    ] {
        let (code, text) = run(&["validate", name], folder);
        assert_eq!(code, Some(1), "{text}");
        assert_eq!(
            text.matches("error[no-security-context]").count(),
            1,
            "{text}"
        );
    }
    // Flags take precedence, and a given file is the only one.
    let (code, text) = run(&["validate", "b.yaml", "--allow", "hygiene"], &b);
    assert_eq!(code, Some(0), "{text}");
    fs::write(
        b.join("none.yaml"),
        "lints: {all: allow}\nexclude: [/*.yaml]\n",
    )
    .unwrap();
    let (code, _) = run(
        &[
            "validate",
            "b.yaml",
            "../../a.yaml",
            "--config",
            "none.yaml",
        ],
        &b,
    );
    assert_eq!(code, Some(0));
    let nothing = ["validate", "b.yaml", "--config", "none.yaml", "--verbose"];
    let (code, text) = run(&nothing, &b);
    assert_eq!(code, Some(2));
    assert_eq!(
        text,
        "nothing was checked: no FeatureStores found\n\
         skipped: b.yaml: excluded by the configuration\n"
    );
}

#[test]
fn files_of_the_current_folder_are_named_without_it() {
    let folder = folder(
        "current",
        &[(
            "stores/shop.yaml",
            "apiVersion: feast.dev/v2\nkind: FeatureStore\n",
        )],
    );
    for given in [".", "./", "stores", "*/*.yaml"] {
        let (code, text) = run(&["validate", given, "--output", "json"], &folder);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("\"stores/shop.yaml\""), "{given}: {text}");
    }
}
