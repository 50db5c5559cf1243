//! Stores in databases, and the Secrets with their parameters.

use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::error::Error;
use crate::server::ServerType;

/// A store in a database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DbStore<'a> {
    /// Name of the Secret with its parameters.
    pub(crate) secret: &'a str,
    /// The key that holds them.
    pub(crate) key: &'a str,
}

impl<'a> DbStore<'a> {
    /// The database of a store, also of a disabled one.
    pub(crate) fn of(services: &'a FeatureStoreServices, store: ServerType) -> Option<Self> {
        let (secret, key, default) = match store {
            ServerType::Registry => {
                let store = services.local_registry()?.database()?;
                (
                    &store.secret_ref,
                    &store.secret_key_name,
                    store.type_.as_str(),
                )
            }
            ServerType::Offline => {
                let store = services.offline_store.as_ref()?.database()?;
                (
                    &store.secret_ref,
                    &store.secret_key_name,
                    store.type_.as_str(),
                )
            }
            ServerType::Online => {
                let store = services.online_store.as_ref()?.database()?;
                (
                    &store.secret_ref,
                    &store.secret_key_name,
                    store.type_.as_str(),
                )
            }
            ServerType::Ui => return None,
        };
        let key = key
            .as_deref()
            .filter(|key| !key.is_empty())
            .unwrap_or(default);
        Some(Self {
            secret: &secret.name,
            key,
        })
    }
}

/// Refuses a store whose Secret is not there.
pub(crate) fn check(context: &Context<'_>, store: ServerType) -> Result<(), Error> {
    if store == ServerType::Online && context.services.enabled_online_store().is_none() {
        return Ok(());
    }
    match DbStore::of(context.services, store) {
        Some(DbStore { secret, .. }) if context.inputs.secret(secret).is_none() => {
            Err(Error::StoreSecretNotFound {
                store: store.name(),
                name: secret.to_owned(),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{given, with_context};

    #[test]
    fn parameters_stand_under_the_type_unless_a_key_is_named() {
        for (named, key) in [
            (json!(null), "redis"),
            (json!(""), "redis"),
            (json!("own"), "own"),
        ] {
            let store = json!({
                "type": "redis", "secretRef": {"name": "stores"}, "secretKeyName": named,
            });
            let services = json!({"onlineStore": {"persistence": {"store": store}}});
            let services = serde_json::from_value(services).expect("services");
            let found = DbStore::of(&services, ServerType::Online).expect("a store");
            assert_eq!((found.secret, found.key), ("stores", key));
        }
    }

    #[test]
    fn a_disabled_online_store_needs_no_secret() {
        let refused = |disabled: bool, server_type| {
            let store = json!({"store": {"type": "postgres", "secretRef": {"name": "stores"}}});
            let services = json!({
                "onlineStore": {"disabled": disabled, "persistence": store},
                "offlineStore": {"persistence": store},
            });
            let spec = json!({"feastProject": "a", "services": services});
            with_context(&spec, &given(), |context| {
                check(context, server_type).is_err()
            })
        };
        assert!(refused(false, ServerType::Online));
        assert!(!refused(true, ServerType::Online));
        assert!(refused(true, ServerType::Offline));
    }
}
