use std::collections::BTreeMap;

use feast_api::v1::{
    FeatureServerMetrics, LogLevel, McpConfig, McpTransport, OfflinePushBatching, SecretKeyNames,
    ServerConfigs, ServingConfig, TlsConfigs, WorkerConfigs,
};
use k8s_openapi::api::core::v1::{
    ConfigMapEnvSource, EnvFromSource, EnvVar, ResourceRequirements, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::pod::USER_VOLUME;
use super::surroundings::{SETTINGS, TLS, reference};
use super::{often, one_of, rarely};

/// Settings of a server.
pub(super) fn config() -> impl Strategy<Value = ServerConfigs> {
    let container = (
        rarely(env()),
        rarely(env_from()),
        rarely(one_of(&["image:2", ""])),
        rarely(one_of(&["Always", "IfNotPresent"])),
        rarely(resources()),
        rarely(Just(vec![user_mount()])),
    );
    let serving = (
        rarely(select(LogLevel::ALL)),
        rarely(any::<bool>()),
        rarely(one_of(&["ssd"]).prop_map(|disk| BTreeMap::from([("disk".into(), disk)]))),
        rarely(tls()),
        rarely(workers()),
    );
    (container, serving).prop_map(|(container, serving)| {
        let (env, env_from, image, image_pull_policy, resources, volume_mounts) = container;
        let (log_level, metrics, node_selector, tls, worker_configs) = serving;
        ServerConfigs {
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

/// A mount of a volume that the user may or may not declare.
fn user_mount() -> VolumeMount {
    VolumeMount {
        name: USER_VOLUME.into(),
        mount_path: "/cache".into(),
        ..VolumeMount::default()
    }
}

/// Environment variables, one of which feast-operator sets too.
pub(super) fn env() -> impl Strategy<Value = Vec<EnvVar>> {
    let names = one_of(&["LOG", "POSTGRES_USER", "MLFLOW_TRACKING_URI"]);
    let variable = (names, one_of(&["x", "", "$(HOME)"])).prop_map(|(name, value)| EnvVar {
        name,
        value: Some(value),
        value_from: None,
    });
    vec(variable, 1..3)
}

/// Environment variables from a ConfigMap.
pub(super) fn env_from() -> impl Strategy<Value = Vec<EnvFromSource>> {
    let source = EnvFromSource {
        config_map_ref: Some(ConfigMapEnvSource {
            name: SETTINGS.into(),
            optional: None,
        }),
        ..EnvFromSource::default()
    };
    Just(vec![source])
}

/// Requests and limits.
pub(super) fn resources() -> impl Strategy<Value = ResourceRequirements> {
    let amounts = |cpu: &str, memory: &str| {
        let amount = |text: &str| Quantity(text.into());
        BTreeMap::from([
            ("cpu".into(), amount(cpu)),
            ("memory".into(), amount(memory)),
        ])
    };
    let requests = rarely(Just(amounts("500m", "1024Mi")));
    let limits = rarely(Just(amounts("1", "2Gi")));
    (requests, limits).prop_map(|(requests, limits)| ResourceRequirements {
        requests,
        limits,
        claims: None,
    })
}

fn tls() -> impl Strategy<Value = TlsConfigs> {
    let keys = SecretKeyNames {
        tls_crt: Some("crt.pem".into()),
        tls_key: Some("key.pem".into()),
    };
    let on = (rarely(Just(false)), rarely(Just(keys))).prop_map(|(disable, keys)| TlsConfigs {
        disable,
        secret_key_names: keys,
        secret_ref: Some(reference(TLS)),
    });
    let off = Just(TlsConfigs {
        disable: Some(true),
        ..TlsConfigs::default()
    });
    prop_oneof![3 => on, 1 => off]
}

fn workers() -> impl Strategy<Value = WorkerConfigs> {
    let some = || rarely(1..100);
    (some(), some(), some(), some(), some(), some()).prop_map(
        |(workers, connections, requests, jitter, keep_alive, registry_ttl)| WorkerConfigs {
            workers,
            worker_connections: connections,
            max_requests: requests,
            max_requests_jitter: jitter,
            keep_alive_timeout: keep_alive,
            registry_ttl_seconds: registry_ttl,
        },
    )
}

/// Settings of the feature server.
pub(super) fn serving() -> impl Strategy<Value = ServingConfig> {
    let categories = one_of(&["resource", "push"]);
    let categories = proptest::collection::btree_map(categories, any::<bool>(), 0..3);
    let metrics = (any::<bool>(), rarely(categories));
    let metrics = metrics.prop_map(|(enabled, categories)| FeatureServerMetrics {
        categories,
        enabled,
    });
    let batching = (any::<bool>(), rarely(1..60), rarely(1..1000));
    let batching = batching.prop_map(|(enabled, seconds, size)| OfflinePushBatching {
        batch_interval_seconds: seconds,
        batch_size: size,
        enabled,
    });
    (rarely(mcp()), often(metrics), rarely(batching)).prop_map(|(mcp, metrics, batching)| {
        ServingConfig {
            mcp,
            metrics,
            offline_push_batching: batching,
        }
    })
}

/// Settings of an MCP server.
pub(super) fn mcp() -> impl Strategy<Value = McpConfig> {
    let names = (rarely(one_of(&["feast"])), rarely(one_of(&["1.0"])));
    (any::<bool>(), names, rarely(select(McpTransport::ALL))).prop_map(
        |(enabled, (server_name, server_version), transport)| McpConfig {
            enabled,
            server_name,
            server_version,
            transport,
        },
    )
}
