//! With the printed configuration, kustomize updates the references of FeatureStores.
//!
//! Uses kubectl's kustomize: the kubectl in the variable `KUBECTL`, or else the one on the path.
//! Without it, the test is skipped.

use std::fs;
use std::path::Path;
use std::process::Command;

const KUSTOMIZATION: &str = "\
namePrefix: team-
resources: [store.yaml, scalers.yaml]
configurations: [feast.yaml]
generatorOptions: {labels: {made-by: kustomize}}
secretGenerator:
  - {name: stores, literals: ['redis=connection_string: redis:6379']}
  - {name: environment, literals: [A=b]}
configMapGenerator:
  - {name: engine, literals: ['config=type: local']}
";

const STORE: &str = "\
apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop}
spec:
  feastProject: shop
  batchEngine: {configMapRef: {name: engine}}
  services:
    onlineStore:
      persistence: {store: {type: redis, secretRef: {name: stores}}}
      server: {envFrom: [{secretRef: {name: environment}}]}
    volumes: [{name: a, secret: {secretName: stores}}]
";

const SCALERS: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: by-cpu}
spec: {scaleTargetRef: {apiVersion: feast.dev/v1, kind: FeatureStore, name: shop}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: by-requests}
spec: {scaleTargetRef: {apiVersion: feast.dev/v1, kind: FeatureStore, name: shop}}
";

#[test]
fn kustomize_renames_what_a_feature_store_refers_to() {
    let kubectl = std::env::var("KUBECTL").unwrap_or_else(|_| "kubectl".to_owned());
    let has_kustomize = Command::new(&kubectl)
        .args(["kustomize", "--help"])
        .output();
    if !has_kustomize.is_ok_and(|output| output.status.success()) {
        test_support::skipped("names that kustomize generates", "there is no kubectl");
        return;
    }
    let printed = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(["crd", "--kustomize"])
        .output()
        .expect("the binary runs");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kustomize");
    fs::create_dir_all(&folder).expect("a folder");
    for (file, text) in [
        ("kustomization.yaml", KUSTOMIZATION.as_bytes()),
        ("store.yaml", STORE.as_bytes()),
        ("scalers.yaml", SCALERS.as_bytes()),
        ("feast.yaml", &printed.stdout),
    ] {
        fs::write(folder.join(file), text).expect("a file");
    }
    let made = Command::new(&kubectl)
        .arg("kustomize")
        .arg(&folder)
        .output()
        .expect("kubectl runs");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let made = String::from_utf8(made.stdout).expect("YAML");
    // Each name is that of an object, and occurs in as many references as the FeatureStore has.
    for (name, count) in [("stores", 3), ("environment", 2), ("engine", 2)] {
        let start = format!("ame: team-{name}-");
        assert_eq!(made.matches(&start).count(), count, "{name}\n{made}");
    }
    // The name of the FeatureStore itself, and the references of the scalers.
    assert_eq!(made.matches("name: team-shop\n").count(), 3, "{made}");
}
