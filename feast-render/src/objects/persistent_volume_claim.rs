//! PersistentVolumeClaims to create.

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, PersistentVolumeClaimSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::changes::Change;
use crate::context::Context;
use crate::server::{ServerType, pvc};

/// The claim of a store, even if it exists already.
pub(crate) fn persistent_volume_claim(
    context: &Context<'_>,
    store: ServerType,
) -> Option<PersistentVolumeClaim> {
    if store == ServerType::Online && context.services.enabled_online_store().is_none() {
        return None;
    }
    let create = pvc(context.services, store)?.create.as_ref()?;
    let labels = context.names.typed_labels(store.name());
    let metadata = context.metadata(context.names.of_type(store.name()), labels);
    Some(PersistentVolumeClaim {
        metadata: ObjectMeta {
            labels: (metadata.labels).filter(|_| context.has(Change::ManagedByLabel)),
            ..metadata
        },
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: create.access_modes.clone(),
            resources: create.resources.clone(),
            storage_class_name: create.storage_class_name.clone(),
            ..PersistentVolumeClaimSpec::default()
        }),
        ..PersistentVolumeClaim::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{given, with_context};

    #[test]
    fn a_disabled_online_store_claims_nothing() {
        let claims = |disabled: bool, server_type| {
            let store = json!({"file": {"pvc": {"create": {}, "mountPath": "/data"}}});
            let services = json!({
                "onlineStore": {"disabled": disabled, "persistence": store},
                "offlineStore": {"persistence": store},
            });
            let spec = json!({"feastProject": "a", "services": services});
            let made = with_context(&spec, &given(), |context| {
                persistent_volume_claim(context, server_type)
            });
            made.is_some()
        };
        assert!(claims(false, ServerType::Online));
        assert!(!claims(true, ServerType::Online));
        assert!(claims(true, ServerType::Offline));
    }
}
