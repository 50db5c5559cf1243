//! Database stores, and the Secrets with their parameters.

use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::error::Error;
use crate::server::ServerType;

/// A database store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DbStore<'a> {
    /// The database type.
    type_: &'static str,
    /// Name of the Secret with its parameters.
    pub(crate) secret: &'a str,
    /// The key with the parameters.
    pub(crate) key: &'a str,
}

impl<'a> DbStore<'a> {
    /// The database of a store, even if the store is disabled.
    pub(crate) fn of(services: &'a FeatureStoreServices, store: ServerType) -> Option<Self> {
        let (secret, key, type_) = match store {
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
            .unwrap_or(type_);
        Some(Self {
            type_,
            secret: &secret.name,
            key,
        })
    }
}

/// Rejects a store type of a later release, and a missing Secret.
pub(crate) fn check(context: &Context<'_>, store: ServerType) -> Result<(), Error> {
    if store == ServerType::Online && context.services.enabled_online_store().is_none() {
        return Ok(());
    }
    let Some(DbStore { type_, secret, .. }) = DbStore::of(context.services, store) else {
        return Ok(());
    };
    let release = context.inputs.settings().release;
    if !release.has_value(type_path(store), type_) {
        let store = store.name();
        return Err(Error::StoreTypeUnknown { store, type_ });
    }
    if context.inputs.secret(secret).is_none() {
        return Err(Error::StoreSecretNotFound {
            store: store.name(),
            name: secret.to_owned(),
        });
    }
    Ok(())
}

/// The spec path of a store's type.
const fn type_path(store: ServerType) -> &'static str {
    match store {
        ServerType::Offline => "spec.services.offlineStore.persistence.store.type",
        ServerType::Online => "spec.services.onlineStore.persistence.store.type",
        _ => "spec.services.registry.local.persistence.store.type",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{given, with_context};

    #[test]
    fn the_key_defaults_to_the_type() {
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
    fn a_type_is_unknown_to_older_releases() {
        let refusal = |release: &str, store: &str, type_: &str| {
            let mut given = given();
            given.settings.release = release.parse().expect("a release");
            let database = json!({"type": type_, "secretRef": {"name": "stores"}});
            let services = json!({format!("{store}Store"): {"persistence": {"store": database}}});
            let spec = json!({"feastProject": "a", "services": services});
            let server_type = match store {
                "online" => ServerType::Online,
                _ => ServerType::Offline,
            };
            with_context(&spec, &given, |context| {
                let refusal = check(context, server_type).expect_err("its Secret is missing");
                refusal.to_string()
            })
        };
        let missing = "secrets \"stores\" not found";
        for (release, store, type_, expected) in [
            (
                "0.65",
                "offline",
                "hybrid",
                "invalid DB store type hybrid for offline store",
            ),
            ("0.66", "offline", "hybrid", missing),
            (
                "0.61",
                "offline",
                "oracle",
                "invalid DB store type oracle for offline store",
            ),
            ("0.62", "offline", "oracle", missing),
            (
                "0.64",
                "online",
                "scylladb",
                "invalid DB store type scylladb for online store",
            ),
            ("0.65", "online", "scylladb", missing),
            ("0.61", "online", "mongodb", missing),
        ] {
            assert_eq!(refusal(release, store, type_), expected, "{release}");
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
