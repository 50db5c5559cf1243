use feast_api::v1::{
    LocalRegistryConfig, OfflineFileType, OfflineStoreDbStorePersistence,
    OfflineStoreFilePersistence, OfflineStorePersistence, OfflineStoreType,
    OnlineStoreDbStorePersistence, OnlineStoreFilePersistence, OnlineStorePersistence,
    OnlineStoreType, PvcConfig, PvcCreate, Registry, RegistryCacheMode, RegistryDbStorePersistence,
    RegistryFilePersistence, RegistryPersistence, RegistryServerConfigs, RegistryStoreType,
    RemoteRegistryConfig, ServerConfigs, TlsRemoteRegistryConfigs,
};
use k8s_openapi::api::core::v1::LocalObjectReference;
use proptest::prelude::*;
use proptest::sample::select;

use super::surroundings::{CA, CENTRAL, CUSTOM_KEY, STORES, reference};
use super::{often, one_of, pairs, rarely, server, with};

/// Key and Secret of a database's parameters.
fn secret() -> impl Strategy<Value = (Option<String>, LocalObjectReference)> {
    rarely(Just(CUSTOM_KEY.to_owned())).prop_map(|key| (key, reference(STORES)))
}

fn pvc(mount_path: &'static str) -> impl Strategy<Value = PvcConfig> {
    let create = (
        rarely(Just(vec!["ReadWriteMany".to_owned()])),
        rarely(one_of(&["fast"])),
    );
    let create = create.prop_map(|(access_modes, storage_class_name)| PvcCreate {
        access_modes,
        storage_class_name,
        resources: None,
    });
    let create = create.prop_map(move |create| PvcConfig {
        create: Some(create),
        mount_path: mount_path.into(),
        ref_: None,
    });
    let reference = one_of(&["claim"]).prop_map(move |name| PvcConfig {
        create: None,
        mount_path: mount_path.into(),
        ref_: Some(reference(&name)),
    });
    prop_oneof![create, reference]
}

/// Persistence of the online store; a database if several pods share it.
pub(super) fn online(shared: bool) -> impl Strategy<Value = OnlineStorePersistence> {
    let store = (select(OnlineStoreType::ALL), secret()).prop_map(|(type_, (key, secret_ref))| {
        let store = OnlineStoreDbStorePersistence {
            secret_key_name: key,
            secret_ref,
            type_,
        };
        OnlineStorePersistence {
            file: None,
            store: Some(store),
        }
    });
    let pvc = pvc("/online");
    let file = prop_oneof![
        rarely(one_of(&["/tmp/online.db"])).prop_map(|path| (path, None)),
        (rarely(one_of(&["online.db"])), pvc).prop_map(|(path, pvc)| (path, Some(pvc))),
    ];
    let file = file.prop_map(|(path, pvc)| OnlineStorePersistence {
        file: Some(OnlineStoreFilePersistence { path, pvc }),
        store: None,
    });
    if shared {
        store.boxed()
    } else {
        prop_oneof![file, store].boxed()
    }
}

/// Persistence of the offline store; a database if several pods share it.
pub(super) fn offline(shared: bool) -> impl Strategy<Value = OfflineStorePersistence> {
    let store = (select(OfflineStoreType::ALL), secret()).prop_map(|(type_, (key, secret_ref))| {
        let store = OfflineStoreDbStorePersistence {
            secret_key_name: key,
            secret_ref,
            type_,
        };
        OfflineStorePersistence {
            file: None,
            store: Some(store),
        }
    });
    let file = (
        rarely(select(OfflineFileType::ALL)),
        rarely(pvc("/offline")),
    );
    let file = file.prop_map(|(type_, pvc)| OfflineStorePersistence {
        file: Some(OfflineStoreFilePersistence { pvc, type_ }),
        store: None,
    });
    if shared {
        store.boxed()
    } else {
        prop_oneof![file, store].boxed()
    }
}

/// A registry, local or remote; in a database, a bucket or elsewhere if several pods share it.
pub(super) fn registry(shared: bool) -> impl Strategy<Value = Registry> {
    let local = (with(shared, persistence(shared)), often(registry_server())).prop_map(
        |(persistence, server)| Registry {
            local: Some(LocalRegistryConfig {
                persistence,
                server,
            }),
            remote: None,
        },
    );
    let remote = remote().prop_map(|remote| Registry {
        local: None,
        remote: Some(remote),
    });
    prop_oneof![3 => local, 1 => remote]
}

fn persistence(shared: bool) -> impl Strategy<Value = RegistryPersistence> {
    let store =
        (select(RegistryStoreType::ALL), secret()).prop_map(|(type_, (key, secret_ref))| {
            let store = RegistryDbStorePersistence {
                secret_key_name: key,
                secret_ref,
                type_,
            };
            RegistryPersistence {
                file: None,
                store: Some(store),
            }
        });
    let bucket = (one_of(&["s3://bucket/registry.db"]), rarely(pairs()));
    let bucket = bucket.prop_map(|(path, s3)| (Some(path), None, s3));
    let on_claim = (rarely(one_of(&["registry.db"])), pvc("/registry"));
    let on_claim = on_claim.prop_map(|(path, pvc)| (path, Some(pvc), None));
    let ephemeral = rarely(one_of(&["/tmp/registry.db"])).prop_map(|path| (path, None, None));
    let place = if shared {
        bucket.boxed()
    } else {
        prop_oneof![ephemeral, on_claim, bucket].boxed()
    };
    let cache = (rarely(select(RegistryCacheMode::ALL)), rarely(0..600));
    let file = (place, cache).prop_map(|((path, pvc, s3), (cache_mode, cache_ttl_seconds))| {
        let file = RegistryFilePersistence {
            cache_mode,
            cache_ttl_seconds,
            path,
            pvc,
            s3_additional_kwargs: s3,
        };
        RegistryPersistence {
            file: Some(file),
            store: None,
        }
    });
    prop_oneof![file, store]
}

fn registry_server() -> impl Strategy<Value = RegistryServerConfigs> {
    let apis = prop_oneof![
        Just((None, None)),
        Just((Some(true), Some(true))),
        Just((Some(false), Some(true))),
        Just((Some(true), Some(false))),
    ];
    (apis, rarely(server::mcp()), server::config()).prop_map(|((grpc, rest_api), mcp, config)| {
        let ServerConfigs {
            env,
            env_from,
            image,
            image_pull_policy,
            log_level,
            metrics,
            node_selector,
            resources,
            tls,
            volume_mounts,
            worker_configs,
        } = config;
        RegistryServerConfigs {
            grpc,
            mcp: mcp.filter(|_| rest_api == Some(true)),
            rest_api,
            env,
            env_from,
            image,
            image_pull_policy,
            log_level,
            metrics,
            node_selector,
            resources,
            tls,
            volume_mounts,
            worker_configs,
        }
    })
}

fn remote() -> impl Strategy<Value = RemoteRegistryConfig> {
    let tls = TlsRemoteRegistryConfigs {
        cert_name: "ca.crt".into(),
        config_map_ref: reference(CA),
    };
    let place = prop_oneof![
        one_of(&["registry.example.com:443"]).prop_map(|hostname| (Some(hostname), None)),
        Just((None, Some(CENTRAL.to_owned()))),
    ];
    (place, rarely(Just(tls))).prop_map(|((hostname, name), tls)| RemoteRegistryConfig {
        feast_ref: name.map(|name| feast_api::v1::FeatureStoreRef {
            name,
            namespace: None,
        }),
        hostname,
        tls,
    })
}
