//! The kustomize base equals the output of `feast-operator manifests`; a test on a real API server
//! checks that kustomize reads it the same.

use std::process::Command;

#[test]
fn the_base_is_current() {
    let printed = Command::new(env!("CARGO_BIN_EXE_feast-operator"))
        .arg("manifests")
        .env_clear()
        .output()
        .expect("the program runs");
    assert!(printed.status.success(), "{printed:?}");
    let text = String::from_utf8(printed.stdout).expect("YAML is text");
    let documents = text.split("---\n").filter(|document| !document.is_empty());
    let is_definition = |document: &&str| document.contains("\nkind: CustomResourceDefinition\n");
    let (definitions, others): (Vec<_>, Vec<_>) = documents.partition(is_definition);
    test_support::current("deploy/kustomize/crd.yaml", &definitions.join("---\n"));
    test_support::current("deploy/kustomize/operator.yaml", &others.join("---\n"));
}
