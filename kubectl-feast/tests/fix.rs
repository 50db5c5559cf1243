//! `validate --fix`, and the files that it does not change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SLIPS: &str = "\
# the shop's
apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop}   # as agreed
spec:
  feast_project: shop
  replicas: \"1\"  # for now
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {sql: hunter2}
";

fn fixed() -> String {
    SLIPS
        .replace("feast_project", "feastProject")
        .replace("\"1\"", "1")
}

fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("fix")
        .join(name);
    let folder = test_support::folder(folder, files);
    fs::create_dir(folder.join(".git")).expect("a folder");
    folder
}

fn validate(folder: &Path, arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    let mut plugin = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"));
    plugin
        .current_dir(folder)
        .args(["validate", "--allow", "all"])
        .args(arguments);
    test_support::fed(&mut plugin, input)
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn files_are_mended_in_place_and_only_once() {
    let folder = folder("files", &[("a.yaml", SLIPS), ("b.yaml", &fixed())]);
    let output = validate(&folder, &["--fix", "."], "");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(fs::read_to_string(folder.join("a.yaml")).unwrap(), fixed());
    assert_eq!(
        told(&output),
        "--- a.yaml\n+++ a.yaml\n@@ -6,2 +6,2 @@\n-  feast_project: shop\n-  replicas: \"1\"  # for now\n\
         +  feastProject: shop\n+  replicas: 1  # for now\nfixed 2 findings in 1 file\n"
    );
    let output = validate(&folder, &["--fix", "."], "");
    assert_eq!(told(&output), "");
    let left: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn standard_input_is_printed() {
    let folder = folder("stdin", &[]);
    let output = validate(&folder, &["--fix", "-"], SLIPS);
    assert_eq!(String::from_utf8_lossy(&output.stdout), fixed());
    let told = told(&output);
    assert!(told.contains("\n+  replicas: 1  # for now\n"), "{told}");
    assert!(
        told.ends_with("1 FeatureStore checked: no errors\n"),
        "{told}"
    );
    assert!(!told.contains("hunter2"), "{told}");
    // Text without fixes is printed, too.
    let output = validate(&folder, &["--fix", "-"], fixed());
    assert_eq!(String::from_utf8_lossy(&output.stdout), fixed());
    // So is text that cannot be fixed, with its errors.
    let output = validate(&folder, &["--fix", "-"], "kind: [\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "kind: [\n");
    assert_eq!(output.status.code(), Some(1));
    let output = validate(&folder, &["--fix", "-"], b"kind: \xff\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(self::told(&output).contains("<stdin>: stream did not contain valid UTF-8"));
    let output = validate(&folder, &["--fix", "-", "stdin.yaml"], SLIPS);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_remains_is_reported() {
    let text = SLIPS.replace("replicas: \"1\"", "replicas: two");
    let folder = folder("remains", &[("a.yaml", &text)]);
    let output = validate(&folder, &["--fix", "--output", "json", "a.yaml"], "");
    assert_eq!(output.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let codes: Vec<_> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert!(codes.contains(&&"wrong-type".into()) && !codes.contains(&&"unknown-field".into()));
}

#[cfg(unix)]
#[test]
fn some_files_are_left_alone() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let template = format!("{SLIPS}---\nvalue: '{{{{ .Values.x }}}}'\n");
    let folder = folder(
        "alone",
        &[("template.yaml", &template), ("readonly.yaml", SLIPS)],
    );
    let outside = self::folder("outside", &[("target.yaml", SLIPS)]);
    symlink(outside.join("target.yaml"), folder.join("link.yaml")).unwrap();
    fs::write(outside.join("other.yaml"), SLIPS).unwrap();
    fs::hard_link(outside.join("other.yaml"), folder.join("hard.yaml")).unwrap();
    let readonly = folder.join("readonly.yaml");
    fs::set_permissions(&readonly, fs::Permissions::from_mode(0o444)).unwrap();
    let output = validate(&folder, &["--fix", "."], "");
    let told = told(&output);
    for line in [
        "not fixed: link.yaml: a symbolic link",
        "not fixed: readonly.yaml: the file is read-only",
        "not fixed: hard.yaml: it has other hard links",
        "not fixed: template.yaml: a template",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    for file in ["readonly.yaml", "link.yaml", "hard.yaml"] {
        assert_eq!(
            fs::read_to_string(folder.join(file)).unwrap(),
            SLIPS,
            "{file}"
        );
    }
    assert_eq!(
        fs::read_to_string(folder.join("template.yaml")).unwrap(),
        template
    );
    assert!(folder.join("link.yaml").is_symlink());
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder("permissions", &[("a.yaml", SLIPS)]);
    let file = folder.join("a.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    validate(&folder, &["--fix", "a.yaml"], "");
    assert_eq!(fs::read_to_string(&file).unwrap(), fixed());
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
}
