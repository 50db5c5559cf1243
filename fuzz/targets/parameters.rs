//! Any bytes as the content of Secrets and of the batch engine's ConfigMap.
#![no_main]

use std::sync::LazyLock;

use feast_fuzz::{config_map, renders, renders_soberly, resolved, secret};
use feast_kube::api::Admitted;
use feast_kube::render::{Answer, Corrections, DocumentStorage, OperatorSettings, Wanted};
use libfuzzer_sys::fuzz_target;

/// A FeatureStore with parameters of every kind.
static FEATURE_STORE: LazyLock<Admitted> = LazyLock::new(|| {
    let store = feast_kube::admit(
        br#"{
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
            "metadata": { "name": "sample" },
            "spec": {
                "feastProject": "sample",
                "authz": { "oidc": { "issuerUrl": "https://idp", "secretRef": { "name": "s" }, "secretKeyName": "k" } },
                "batchEngine": { "configMapRef": { "name": "c" }, "configMapKey": "k" },
                "services": {
                    "onlineStore": { "persistence": { "store": {
                        "type": "postgres", "secretRef": { "name": "s" }, "secretKeyName": "k" } } },
                    "offlineStore": { "persistence": { "store": {
                        "type": "postgres", "secretRef": { "name": "s" }, "secretKeyName": "k" } } },
                    "registry": { "local": { "persistence": { "store": {
                        "type": "sql", "secretRef": { "name": "s" }, "secretKeyName": "k" } } } }
                }
            }
        }"#,
        "feast",
    );
    store.expect("is admitted")
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for corrections in [Corrections::NONE, Corrections::ALL] {
        for storage in [DocumentStorage::InDeployment, DocumentStorage::InSecret] {
            let settings = OperatorSettings {
                corrections,
                storage,
                ..OperatorSettings::reference()
            };
            let holding = |parameters: &[u8], engine: &str| {
                resolved(&FEATURE_STORE, &settings, |wanted| match wanted {
                    Wanted::Secret(_) => Answer::found(secret("s", "k", parameters)),
                    Wanted::ConfigMap(reference) if !reference.is_optional => {
                        Answer::found(config_map("c", "k", engine))
                    }
                    _ => Answer::Absent,
                })
            };
            let _ = renders(&holding(b"a: 1\n", &text));
            let inputs = holding(bytes, "type: local\n");
            match storage {
                DocumentStorage::InSecret => renders_soberly(&inputs),
                _ => drop(renders(&inputs)),
            }
        }
    }
});
