//! A registry that another FeatureStore serves.

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

/// The FeatureStore that a reference means.
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
    inputs.referenced().ok_or_else(|| Error::ReferenceNotFound {
        name: reference.name.clone(),
    })
}

/// The address of the registry that a FeatureStore serves.
pub(crate) fn address<'a>(referenced: &'a FeatureStore, inputs: &Inputs) -> Result<&'a str, Error> {
    let name = || referenced.metadata.name.clone().unwrap_or_default();
    let project = &inputs.store().spec.feast_project;
    if !inputs.has(Change::RegistryOfOtherProjects) && referenced.spec.feast_project != *project {
        return Err(Error::ReferenceToOtherProject {
            name: name(),
            project: project.clone(),
        });
    }
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

/// Whether the platform manages the certificate of the registry that a FeatureStore serves.
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
    fn the_address_is_that_of_a_registry_that_is_ready() {
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
                address(&other, &given().inputs(&spec)).ok(),
                is_ready.then_some("other:80"),
                "{condition}"
            );
        }
    }
}
