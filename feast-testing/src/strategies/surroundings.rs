use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use feast_api::v1::{OfflineStoreType, OnlineStoreType, RegistryStoreType};
use k8s_openapi::api::core::v1::LocalObjectReference;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::one_of;

pub(super) const STORES: &str = "stores";
pub(super) const CUSTOM_KEY: &str = "parameters";
pub(super) const OIDC: &str = "oidc";
pub(super) const OIDC_KEY: &str = "client.yaml";
pub(super) const ISSUER: &str = "https://idp.example.com/";
pub(super) const CONNECTION: &str = "lineage-database";
pub(super) const API_KEY: &str = "lineage-key";
pub(super) const TLS: &str = "certificate";
pub(super) const BATCH_ENGINE: &str = "batch-engine";
pub(super) const CA: &str = "idp-ca";
pub(super) const SETTINGS: &str = "settings";
pub(super) const CENTRAL: &str = "central";

/// Names of FeatureStores.
pub(super) const NAMES: &[&str] = &[
    "sample",
    "a",
    "my-store",
    "feature-store-eu-west-1-production",
];
/// Placeholder for the prefix of the FeatureStore's own objects, while its name is not known.
pub(super) const FEAST: &str = "FEAST";

/// Prefix of every generated secret, and of nothing else.
pub const SECRET_MARK: &str = "5ecre7";

pub(super) fn reference(name: &str) -> LocalObjectReference {
    LocalObjectReference { name: name.into() }
}

/// All objects that a generated FeatureStore in this namespace may refer to.
pub fn surroundings(namespace: &str) -> impl Strategy<Value = Vec<Value>> + use<> {
    let namespace = namespace.to_owned();
    let secret = any::<u32>().prop_map(|number| format!("{SECRET_MARK}{number:08x}"));
    (secret, any::<bool>()).prop_map(move |(secret, has_bundle)| {
        let mut objects = secrets(&namespace, &secret);
        objects.extend(config_maps(&namespace));
        objects.push(central(&namespace));
        if has_bundle {
            objects.push(bundle(&namespace));
        }
        objects
    })
}

/// These objects, with an unusable value in each Secret.
pub fn with_faulty_secrets(objects: Vec<Value>) -> impl Strategy<Value = Vec<Value>> {
    let faults = one_of(&[
        "SECRET",
        "- SECRET",
        "a: [SECRET",
        "type: SECRET",
        "registry_type: SECRET",
        "port: \"SECRET\"",
        "host: {a: SECRET}",
        "path: [SECRET]",
        "SECRET: {}",
        "",
    ]);
    faults.prop_map(move |fault| {
        let text = fault.replace("SECRET", &format!("{SECRET_MARK}00000000"));
        let mut objects = objects.clone();
        for secret in objects
            .iter_mut()
            .filter(|object| object["kind"] == "Secret")
        {
            for value in secret["data"]
                .as_object_mut()
                .into_iter()
                .flat_map(Map::values_mut)
            {
                *value = BASE64_STANDARD.encode(&text).into();
            }
        }
        objects
    })
}

fn secrets(namespace: &str, secret: &str) -> Vec<Value> {
    let parameters = format!("password: {secret}\ntimeout: 5\n");
    let types = OnlineStoreType::ALL.iter().map(|type_| type_.as_str());
    let types = types.chain(OfflineStoreType::ALL.iter().map(|type_| type_.as_str()));
    let types = types.chain(RegistryStoreType::ALL.iter().map(|type_| type_.as_str()));
    let stores = types
        .chain([CUSTOM_KEY])
        .map(|key| (key, parameters.clone()));
    let client = format!("client_id: feast\nclient_secret: {secret}\n");
    let oidc = [
        (OIDC_KEY, client),
        ("client_id", "feast".into()),
        ("client_secret", secret.to_owned()),
    ];
    let certificate = ["tls.crt", "tls.key"].map(|key| (key, secret.to_owned()));
    let connection = format!("postgresql://feast:{secret}@db/lineage");
    vec![
        self::secret(namespace, STORES, stores),
        self::secret(namespace, OIDC, oidc),
        self::secret(namespace, TLS, certificate),
        self::secret(namespace, CONNECTION, [("connection_string", connection)]),
        self::secret(namespace, API_KEY, [("api_key", secret.to_owned())]),
    ]
}

fn secret<'a>(
    namespace: &str,
    name: &str,
    data: impl IntoIterator<Item = (&'a str, String)>,
) -> Value {
    let data: Map<String, Value> = data
        .into_iter()
        .map(|(key, text)| (key.to_owned(), BASE64_STANDARD.encode(text).into()))
        .collect();
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": namespace },
        "data": data,
    })
}

fn config_maps(namespace: &str) -> [Value; 3] {
    [
        config_map(namespace, BATCH_ENGINE, &engines()),
        config_map(
            namespace,
            CA,
            &json!({ "ca.pem": "PEM", "ca-bundle.crt": "PEM" }),
        ),
        config_map(namespace, SETTINGS, &json!({ "LOG": "x" })),
    ]
}

/// Settings of batch engines: one without pods, one with its own ServiceAccount, and, by account
/// name, those whose jobs run as an account that a FeatureStore may have anyway.
fn engines() -> Value {
    let spark = "type: spark_application\npartitions: 4\n";
    let mut engines = json!({ "config": "type: local\n", "spark": spark });
    for account in NAMES
        .iter()
        .flat_map(|name| [format!("feast-{name}"), format!("feast-{name}-cronjob")])
    {
        engines[&account] = format!("{spark}service_account: {account}\n").into();
    }
    engines
}

fn config_map(namespace: &str, name: &str, data: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": name, "namespace": namespace },
        "data": data,
    })
}

fn bundle(namespace: &str) -> Value {
    let mut bundle = config_map(namespace, "odh-trusted-ca-bundle", &json!({}));
    bundle["metadata"]["labels"] = json!({ "config.openshift.io/inject-trusted-cabundle": "true" });
    bundle
}

/// A FeatureStore whose registry is ready for others.
fn central(namespace: &str) -> Value {
    let services = json!({ "registry": { "local": { "server": { "grpc": true } } } });
    json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": { "name": CENTRAL, "namespace": namespace },
        "spec": { "feastProject": CENTRAL, "services": services },
        "status": {
            "applied": { "feastProject": CENTRAL, "services": services },
            "conditions": [{
                "type": "Registry",
                "status": "True",
                "reason": "Ready",
                "message": "Registry installation complete",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            }],
            "serviceHostnames": {
                "registry": format!("feast-{CENTRAL}-registry.{namespace}.svc.cluster.local:80"),
            },
        },
    })
}
