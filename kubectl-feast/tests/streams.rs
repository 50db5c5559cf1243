//! Standard input, and standard output that nobody reads or that cannot be written.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const STORE: &str = "apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop, namespace: ml}
spec: {feastProject: shop}
";

/// A FeatureStore with enough errors to fill a pipe.
fn faulty() -> String {
    let fields = (0..3000).map(|number| format!("  unknown{number}: 1\n"));
    let fields: String = fields.collect();
    let store = STORE.replace(
        "spec: {feastProject: shop}\n",
        "spec:\n  feastProject: '?'\n",
    );
    format!("{store}{fields}")
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"));
    program.current_dir(env!("CARGO_TARGET_TMPDIR"));
    program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

/// The exit code and all output of a command with this input.
fn run(arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let output = test_support::fed(program().args(arguments), input);
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8(text).expect("output is text"),
    )
}

fn written(name: &str, text: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).expect("a file");
    file
}

#[test]
fn standard_input_is_read_once() {
    let (code, text) = run(&["diff", "-", "-"], STORE);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("<stdin>: standard input can be read once"),
        "{text}"
    );
    let (code, _) = run(&["validate", "-"], STORE);
    assert_eq!(code, Some(0));
}

#[test]
fn nothing_to_do_is_no_success() {
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";
    let file = written("other.yaml", other);
    let file = file.to_str().expect("a path is text");
    for (arguments, what) in [
        (&["render", "-"][..], "render"),
        (&["render", "-", "--status"], "render"),
        (&["graph", "-"], "draw"),
        (&["capacity", "-"], "measure"),
        (&["diff", "-", file], "compare"),
        (&["diff", "-", "--scale", "3"], "compare"),
    ] {
        let (code, text) = run(arguments, other);
        let expected = format!("error: nothing to {what}: there is no FeatureStore\n");
        assert_eq!((code, &*text), (Some(2), &*expected), "{arguments:?}");
        let (code, _) = run(&[arguments, &["--allow-empty"]].concat(), other);
        assert_eq!(code, Some(0), "{arguments:?}");
    }
    // Rejections are reported, instead of missing FeatureStores.
    let (code, text) = run(&["render", "-"], &STORE.replace(": shop}\n", ": '?'}\n"));
    assert_eq!(code, Some(1), "{text}");
}

/// The exit code of a command whose standard output is closed early.
fn unread(arguments: &[&str]) -> Option<i32> {
    let mut child = program().args(arguments).spawn().expect("the binary runs");
    drop(child.stdout.take());
    child.wait().expect("it ends").code()
}

#[test]
fn the_exit_code_is_the_same_whether_anybody_reads() {
    let faulty = written("faulty.yaml", &faulty());
    let faulty = faulty.to_str().expect("a path is text");
    for form in ["human", "json", "sarif", "github", "junit", "tap"] {
        assert_eq!(
            unread(&["validate", faulty, "--output", form]),
            Some(1),
            "{form}"
        );
    }
    let store = written("unread.yaml", STORE);
    let store = store.to_str().expect("a path is text");
    assert_eq!(unread(&["diff", store, "--to", "+hardened"]), Some(1));
    assert_eq!(unread(&["render", store]), Some(0));
    assert_eq!(unread(&["explain"]), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_told() {
    let store = written("full.yaml", STORE);
    let store = store.to_str().expect("a path is text");
    for arguments in [
        &["validate", store][..],
        &["validate", store, "--output", "junit"],
        &["render", store, "--status"],
        &["diff", store, "--scale", "1"],
        &["convert", store],
        &["graph", store],
        &["capacity", store],
        &["crd"],
        &["explain"],
        &["releases", "--output", "json"],
        &["version"],
    ] {
        let full = std::fs::File::create("/dev/full").expect("Linux has it");
        let output = program().args(arguments).stdout(full).output();
        let output = output.expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            text.ends_with("error: No space left on device\n"),
            "{arguments:?}: {text}"
        );
    }
    for arguments in [
        &["render", store, "--output-dir", "/dev/null/objects"][..],
        &["graph", store, "--output", "/dev/null/store.svg"],
    ] {
        let (code, text) = run(arguments, "");
        assert_eq!(code, Some(2));
        assert!(text.starts_with("error: /dev/null/"), "{text}");
    }
}
