//! Any bytes as what Secrets and the batch engine's ConfigMap hold.
#![no_main]

use std::sync::LazyLock;

use feast_fuzz::{config_map, namespaced, renders, renders_soberly, secret};
use feast_kube::Inputs;
use feast_kube::api::v1::FeatureStore;
use feast_kube::render::{Deviations, StoreYaml};
use libfuzzer_sys::fuzz_target;

/// One that reads parameters of every kind.
static FEATURE_STORE: LazyLock<FeatureStore> = LazyLock::new(|| {
    let fs = feast_kube::admit(
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
    );
    namespaced(fs.expect("is admitted"))
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for deviations in [Deviations::NONE, Deviations::ALL] {
        let inputs = Inputs::builder()
            .secrets([secret("s", "k", bytes)])
            .config_maps([config_map("c", "k", "type: local\n")])
            .deviations(deviations)
            .store_yaml(StoreYaml::InSecret);
        renders_soberly(&FEATURE_STORE, &inputs.build());
        let inputs = Inputs::builder()
            .secrets([secret("s", "k", b"a: 1\n")])
            .config_maps([config_map("c", "k", &text)])
            .deviations(deviations);
        let _ = renders(&FEATURE_STORE, &inputs.build());
    }
});
