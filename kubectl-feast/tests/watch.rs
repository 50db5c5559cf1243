//! `validate --watch`: each change is followed by a new result.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const STORE: &str = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec: {feastProject: shop}\n";

#[test]
fn changes_are_checked_until_the_user_has_had_enough() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("watch");
    let folder = test_support::folder(folder, &[("shop.yaml", STORE)]);
    fs::create_dir(folder.join(".git")).expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .current_dir(&folder)
        .args(["validate", "--watch", "--allow", "all", "."])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the plugin runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut last = String::new();
    // Each check prints its result again.
    let mut shows = |expected: &str| {
        let mut lines = lines.by_ref().map(|line| line.expect("a line"));
        let summary = lines.find(|line| line.contains(" checked: ") && *line != last);
        assert_eq!(summary.as_deref(), Some(expected));
        expected.clone_into(&mut last);
    };
    // Like editors, replaces files atomically.
    let write = |file: &str, text: &str| {
        fs::write(folder.join("next"), text).expect("a file");
        fs::rename(folder.join("next"), folder.join(file)).expect("a file");
    };
    shows("1 FeatureStore checked: no errors");
    write(
        "shop.yaml",
        &STORE.replace("feastProject: shop", "feastProject: 'a b'"),
    );
    shows("1 FeatureStore checked: 1 error, 0 warnings");
    write("shop.yaml", STORE);
    shows("1 FeatureStore checked: no errors");
    write("other.yaml", &STORE.replace("name: shop", "name: other"));
    shows("2 FeatureStores checked: no errors");
    fs::remove_file(folder.join("other.yaml")).expect("a file");
    shows("1 FeatureStore checked: no errors");
    let stopped = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(stopped.expect("kill runs").success());
    assert_eq!(child.wait().expect("the plugin ends").code(), Some(0));
}

#[test]
fn standard_input_does_not_change() {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(["validate", "--watch", "-"])
        .stdin(Stdio::null())
        .output()
        .expect("the plugin runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--watch needs files"));
}
