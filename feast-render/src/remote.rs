//! Registries served by another FeatureStore.

use feast_api::v1::{
    ConditionStatus, FeatureStore, FeatureStoreRef, FeatureStoreSpec, RegistryServerConfigs,
    RemoteRegistryConfig,
};

use crate::changes::Change;
use crate::condition_type::ConditionType;
use crate::error::Error;
use crate::inputs::Inputs;

/// The remote registry of a spec.
pub(crate) fn registry(spec: &FeatureStoreSpec) -> Option<&RemoteRegistryConfig> {
    spec.services.as_ref()?.remote_registry()
}

/// The referenced FeatureStore, if its registry can be used.
pub(crate) fn referenced<'a>(
    reference: &FeatureStoreRef,
    inputs: &'a Inputs,
) -> Result<&'a FeatureStore, Error> {
    let store = inputs.store();
    let namespace = reference.namespace.as_deref().unwrap_or(store.namespace());
    if (namespace, reference.name.as_str()) == (store.namespace(), store.name()) {
        return Err(Error::ReferenceToItself {
            name: reference.name.clone(),
        });
    }
    let referenced = inputs
        .referenced()
        .ok_or_else(|| Error::ReferenceNotFound {
            name: reference.name.clone(),
        })?;
    let project = &store.spec.feast_project;
    if !inputs.has(Change::RegistryOfOtherProjects) && served_project(referenced) != project {
        return Err(Error::ReferenceToOtherProject {
            name: name(referenced),
            project: project.clone(),
        });
    }
    Ok(referenced)
}

/// The project that a FeatureStore serves; empty before its operator has reconciled it.
fn served_project(referenced: &FeatureStore) -> &str {
    let status = referenced.status.as_ref();
    let applied = status.and_then(|status| status.applied.as_deref());
    applied.map_or("", |applied| &applied.feast_project)
}

fn name(referenced: &FeatureStore) -> String {
    referenced.metadata.name.clone().unwrap_or_default()
}

/// The address of a FeatureStore's registry.
pub(crate) fn address(referenced: &FeatureStore) -> Result<&str, Error> {
    let name = || name(referenced);
    let not_ready = || Error::ReferenceNotReady { name: name() };
    let status = referenced.status.as_ref().ok_or_else(not_ready)?;
    let server = status
        .applied
        .as_deref()
        .and_then(registry_server)
        .ok_or_else(not_ready)?;
    if !server.serves_grpc() {
        return Err(Error::ReferenceWithoutGrpc { name: name() });
    }
    let ready = status.conditions.iter().flatten().any(|condition| {
        condition.type_ == ConditionType::Registry.as_str()
            && condition.status == ConditionStatus::True
    });
    let hostnames = status.service_hostnames.as_ref().filter(|_| ready);
    let address = hostnames.and_then(|hostnames| hostnames.registry.as_deref());
    address
        .filter(|address| !address.is_empty())
        .ok_or_else(not_ready)
}

/// Whether the platform manages the certificate of a FeatureStore's registry.
pub(crate) fn has_managed_tls(referenced: &FeatureStore) -> bool {
    let status = referenced.status.as_ref();
    let served = status
        .and_then(|status| status.applied.as_deref())
        .and_then(registry_server);
    let asked = registry_server(&referenced.spec).and_then(|server| server.tls.as_ref());
    served.is_some() && asked.is_none()
}

fn registry_server(spec: &FeatureStoreSpec) -> Option<&RegistryServerConfigs> {
    spec.services.as_ref()?.registry_server()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{given, store};

    #[test]
    fn the_served_project_counts_not_the_specified_one() {
        let reference: FeatureStoreRef =
            serde_json::from_value(json!({"name": "other"})).expect("a reference");
        let refused = |release: &str, applied: &serde_json::Value| {
            let mut given = given().objects([json!({
                "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
                "metadata": {"name": "other", "namespace": "ml"},
                "spec": {"feastProject": "a"}, "status": {"applied": applied},
            })]);
            given.settings.release = release.parse().expect("a release");
            let spec = json!({
                "feastProject": "a",
                "services": {"registry": {"remote": {"feastRef": {"name": "other"}}}},
            });
            referenced(&reference, &given.inputs(&spec)).err()
        };
        let other = Some(Error::ReferenceToOtherProject {
            name: "other".to_owned(),
            project: "a".to_owned(),
        });
        let [same, before] = [json!({"feastProject": "a"}), json!({"feastProject": "b"})];
        for (release, applied, expected) in [
            ("0.61", &same, &None),
            ("0.61", &before, &other),
            // Its operator has not reconciled it yet.
            ("0.61", &json!(null), &other),
            ("0.62", &before, &None),
            ("0.62", &json!(null), &None),
        ] {
            assert_eq!(&refused(release, applied), expected, "{release} {applied}");
        }
    }

    #[test]
    fn the_registry_must_be_ready() {
        for (type_, status, is_ready) in [
            ("Registry", "True", true),
            ("Registry", "False", false),
            ("OnlineStore", "True", false),
        ] {
            let spec = json!({
                "feastProject": "a", "services": {"registry": {"local": {"server": {}}}},
            });
            let condition = json!({
                "type": type_, "status": status, "reason": "", "message": "",
                "lastTransitionTime": "2024-01-01T00:00:00Z",
            });
            let mut other = store(&spec).into_inner();
            other.status = serde_json::from_value(json!({
                "applied": spec,
                "conditions": [condition],
                "serviceHostnames": {"registry": "other:80"},
            }))
            .expect("a status");
            assert_eq!(
                address(&other).ok(),
                is_ready.then_some("other:80"),
                "{condition}"
            );
        }
    }
}
