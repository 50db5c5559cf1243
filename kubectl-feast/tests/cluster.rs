//! `kubectl diff` with the plugin as its program, on a real API server.
//!
//! `FEAST_KUBECONFIG` leads to the server; `tests/cluster/run.sh` starts one. `KUBECTL` names another
//! kubectl than that of the path.

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const NAMESPACE: &str = "external-diff";

/// A FeatureStore and something that is none.
fn objects(project: &str, value: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: other}}, data: {{key: {value}}}}}\n\
         ---\n\
         apiVersion: feast.dev/v1\n\
         kind: FeatureStore\n\
         metadata: {{name: shop}}\n\
         spec: {{feastProject: {project}}}\n"
    )
}

/// Runs kubectl in the namespace of the test: its exit code, and what it prints.
fn kubectl(arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let kubeconfig = env::var("FEAST_KUBECONFIG").expect("FEAST_KUBECONFIG leads to an API server");
    let kubectl = env::var("KUBECTL").unwrap_or_else(|_| "kubectl".to_owned());
    let plugin = Path::new(env!("CARGO_BIN_EXE_kubectl-feast"));
    let folder = plugin.parent().expect("a folder").to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([folder].into_iter().chain(env::split_paths(&path)));
    let mut child = Command::new(kubectl)
        .args(["--kubeconfig", &kubeconfig, "--namespace", NAMESPACE])
        .args(arguments)
        .env("PATH", path.expect("a path"))
        .env("KUBECTL_EXTERNAL_DIFF", "kubectl-feast diff --color=never")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kubectl runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("kubectl reads");
    drop(stdin);
    let output = child.wait_with_output().expect("kubectl ends");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn kubectl_diff_tells_what_a_change_does() {
    let crd = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(["crd", "--output", "json"])
        .output()
        .expect("the plugin runs");
    let crd = String::from_utf8(crd.stdout).expect("text");
    let name = "crd/featurestores.feast.dev";
    for (arguments, input) in [
        (
            &[
                "apply",
                "--server-side",
                "--force-conflicts",
                "--filename=-",
            ][..],
            crd.as_str(),
        ),
        (&["wait", "--for=condition=Established", name], ""),
        (
            &["delete", "namespace", NAMESPACE, "--ignore-not-found"],
            "",
        ),
        (&["create", "namespace", NAMESPACE], ""),
        (&["apply", "--filename=-"], &objects("shop", "a")),
    ] {
        let (code, text) = kubectl(arguments, input);
        assert_eq!(code, Some(0), "{arguments:?}: {text}");
    }
    let (code, text) = kubectl(&["diff", "--filename=-"], &objects("shop", "b"));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("no change"), "{text}");
    for arguments in [
        &["diff", "--filename=-"][..],
        &["diff", "--server-side", "--filename=-"],
    ] {
        let (code, text) = kubectl(arguments, &objects("other", "a"));
        assert_eq!(code, Some(1), "{text}");
        assert!(
            text.contains("~ Deployment external-diff/feast-shop"),
            "{text}"
        );
    }
    let new = objects("new", "a").replace("name: shop", "name: new");
    let (code, text) = kubectl(&["diff", "--filename=-"], &new);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("+ Deployment external-diff/feast-new"),
        "{text}"
    );
    kubectl(&["delete", "namespace", NAMESPACE, "--wait=false"], "");
}
