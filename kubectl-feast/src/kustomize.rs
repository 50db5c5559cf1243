//! The kustomize configuration: which fields of FeatureStores refer to other objects.

use std::collections::BTreeMap;

use feast_api::crd::Options;
use feast_api::references::reference;
use feast_api::{GROUP, KIND, Version};
use serde_json::{Value, json};

/// Groups and kinds that can scale a FeatureStore. kustomize only updates their references to its
/// own kinds.
const SCALERS: [(&str, &str); 2] = [
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("keda.sh", "ScaledObject"),
];

/// The transformer configuration, for `configurations` of a kustomization.
pub(crate) fn name_references() -> Value {
    let crd = Options::default().json();
    let versions = crd["spec"]["versions"].as_array();
    let mut versions = versions.into_iter().flatten();
    let version = versions.find(|version| version["name"] == Version::V1.as_str());
    let mut paths = BTreeMap::new();
    if let Some(version) = version {
        let spec = &version["schema"]["openAPIV3Schema"]["properties"]["spec"];
        collect(spec, "spec", &mut paths);
    }
    let references = paths.into_iter().map(|(kind, mut paths)| {
        paths.sort_unstable();
        let fields = paths
            .into_iter()
            .map(|path| json!({"path": path, "group": GROUP, "kind": KIND}));
        let mut fields: Vec<_> = fields.collect();
        if kind == KIND {
            fields.extend(SCALERS.map(|(group, kind)| {
                json!({"path": "spec/scaleTargetRef/name", "group": group, "kind": kind})
            }));
        }
        match kind {
            KIND => json!({"kind": kind, "group": GROUP, "fieldSpecs": fields}),
            _ => json!({"kind": kind, "version": "v1", "fieldSpecs": fields}),
        }
    });
    let references: Vec<_> = references.collect();
    json!({"nameReference": references})
}

/// The path of a field in a list is below the list itself; kustomize looks at each item. The depth
/// is bounded, because the CRD's is.
fn collect(schema: &Value, path: &str, out: &mut BTreeMap<&'static str, Vec<String>>) {
    if schema["type"] == "array" {
        collect(&schema["items"], path, out);
    }
    for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}/{field}");
        let has = |field: &str| schema["properties"].get(field).is_some();
        if let Some((kind, key)) = reference(field, has) {
            out.entry(kind).or_default().push(format!("{path}/{key}"));
        }
        collect(schema, &path, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_everywhere() {
        let references = name_references();
        let paths = |kind: &str| {
            let all = references["nameReference"].as_array().expect("a list");
            let of_kind = all
                .iter()
                .find(|entry| entry["kind"] == kind)
                .expect("the kind");
            of_kind["fieldSpecs"].to_string()
        };
        for (kind, path) in [
            (
                "Secret",
                "spec/services/onlineStore/persistence/store/secretRef/name",
            ),
            (
                "Secret",
                "spec/services/onlineStore/server/envFrom/secretRef/name",
            ),
            (
                "Secret",
                "spec/services/onlineStore/server/env/valueFrom/secretKeyRef/name",
            ),
            ("Secret", "spec/services/volumes/secret/secretName"),
            (
                "Secret",
                "spec/services/volumes/projected/sources/secret/name",
            ),
            ("Secret", "spec/authz/oidc/secretRef/name"),
            ("ConfigMap", "spec/batchEngine/configMapRef/name"),
            ("ConfigMap", "spec/authz/oidc/caCertConfigMap/name"),
            (
                "FeatureStore",
                "spec/services/registry/remote/feastRef/name",
            ),
            ("FeatureStore", "spec/scaleTargetRef/name"),
            (
                "PersistentVolumeClaim",
                "spec/services/onlineStore/persistence/file/pvc/ref/name",
            ),
        ] {
            assert!(paths(kind).contains(&format!("\"{path}\"")), "{path}");
        }
    }
}
