//! The permissions of an operator of one namespace: docs/rights.md.

use std::path::Path;

use serde_json::{Value, json};

use crate::cluster::{Cluster, OPERATORS};

const RBAC: &str = "rbac.authorization.k8s.io";

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn it_can_neither_raise_its_rights_nor_leave_its_namespace() {
    let cluster = Cluster::start("rights").await;
    let own = cluster.namespace.as_str();
    let everything = json!([{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["*"] }]);
    let exec = json!([{ "apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"] }]);
    let shared = "feast-token-review-cluster-role";
    for allowed in [
        role("Role", Some(own), "fine", &exec),
        binding("ClusterRoleBinding", None, shared),
        binding("RoleBinding", Some(own), shared),
        secret(own),
    ] {
        apply(&cluster, &allowed).await.unwrap();
    }
    for refused in [
        role("Role", Some(own), "wrong", &everything),
        role("Role", Some("default"), "wrong", &exec),
        role("ClusterRole", None, "wrong", &exec),
        role("ClusterRole", None, shared, &everything),
        binding("ClusterRoleBinding", None, "cluster-admin"),
        binding("RoleBinding", Some(own), "cluster-admin"),
        binding("RoleBinding", Some("default"), shared),
        secret("default"),
        secret(OPERATORS),
    ] {
        let error = apply(&cluster, &refused).await.expect_err("too much");
        let is_refused = error.contains("orbidden");
        assert!(is_refused, "{refused}: {error}");
    }
}

/// Whether the operator may apply an object.
async fn apply(cluster: &Cluster, object: &Value) -> Result<String, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("{}-object.json", cluster.namespace));
    std::fs::write(&file, object.to_string()).unwrap();
    let account = format!("--as=system:serviceaccount:{OPERATORS}:feast-operator");
    // The object's namespace.
    let namespace = object["metadata"]["namespace"].as_str();
    let namespace = format!("--namespace={}", namespace.unwrap_or(&cluster.namespace));
    let arguments = [
        "apply",
        "--server-side",
        "--dry-run=server",
        "--validate=false",
    ];
    let arguments = [&arguments[..], &[&account, &namespace]].concat();
    let file = ["--filename", file.to_str().unwrap()];
    cluster.kubectl(&[&arguments[..], &file].concat()).await
}

fn object(kind: &str, group: &str, namespace: Option<&str>, name: &str) -> Value {
    let mut object = json!({
        "apiVersion": format!("{group}v1"), "kind": kind, "metadata": { "name": name },
    });
    if let Some(namespace) = namespace {
        object["metadata"]["namespace"] = namespace.into();
    }
    object
}

fn role(kind: &str, namespace: Option<&str>, name: &str, rules: &Value) -> Value {
    let mut role = object(kind, &format!("{RBAC}/"), namespace, name);
    role["rules"] = rules.clone();
    role
}

/// A binding of the operator to a ClusterRole.
fn binding(kind: &str, namespace: Option<&str>, role: &str) -> Value {
    let mut binding = object(kind, &format!("{RBAC}/"), namespace, "raised");
    binding["roleRef"] = json!({ "apiGroup": RBAC, "kind": "ClusterRole", "name": role });
    binding["subjects"] = json!([{
        "kind": "ServiceAccount", "name": "feast-operator", "namespace": OPERATORS,
    }]);
    binding
}

fn secret(namespace: &str) -> Value {
    object("Secret", "", Some(namespace), "some")
}
