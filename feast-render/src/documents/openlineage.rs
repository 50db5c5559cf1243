//! The `openlineage` block.

use feast_api::v1::{
    LineageServer, LineageStoreType, OpenLineageConfig, OpenLineageConsumer, TransportType,
};
use k8s_openapi::api::core::v1::LocalObjectReference;

use super::block::{Block, CONSUMER, FromSecret, OPENLINEAGE};
use super::error::Error;
use super::facts::Facts;
use super::go_text;
use super::parameters::read_keys;
use crate::corrections::Correction;
use crate::names::types;
use crate::server::Tls;
use go_yaml::Scalars;
use go_yaml::Value;

const API_KEY: &str = "api_key";
const CONNECTION_STRING: &str = "connection_string";

/// The block for the servers. If there is a lineage server, events are sent to it.
pub(super) fn service(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let Some(config) = &facts.applied.openlineage else {
        return Ok(None);
    };
    let block = producer(facts, config)?;
    Ok(Some(match facts.applied.lineage_server() {
        Some(server) => block
            .set("transport_type", "http")
            .set("transport_url", url(facts, server))
            .set("transport_endpoint", "api/v1/lineage"),
        None => block,
    }))
}

/// The URL of the lineage server. The reference never uses TLS here.
fn url(facts: &Facts<'_>, server: &LineageServer) -> String {
    let tls = server
        .server
        .as_ref()
        .and_then(|server| Tls::in_force(server.tls.as_ref()));
    let tls = tls.filter(|_| facts.corrects(Correction::LineageTls));
    let (scheme, port) = if tls.is_some() {
        ("https", 443)
    } else {
        ("http", 80)
    };
    format!("{scheme}://{}:{port}", facts.service_host(types::LINEAGE))
}

/// The block for the lineage server.
pub(super) fn lineage(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    facts
        .applied
        .openlineage
        .as_ref()
        .map(|config| producer(facts, config))
        .transpose()
}

fn producer(facts: &Facts<'_>, config: &OpenLineageConfig) -> Result<Block, Error> {
    let api_key = config.api_key_secret_ref.as_ref();
    let api_key = secret_text(facts, api_key, API_KEY, "OpenLineage API key")?;
    let consumer = config
        .consumer
        .as_ref()
        .map(|config| consumer(facts, config))
        .transpose()?;
    Block::new(OPENLINEAGE)
        .set("enabled", config.enabled)
        .set_some(
            "transport_type",
            config.transport_type.map(TransportType::as_str),
        )
        .set_some("transport_url", config.transport_url.as_ref())
        .set_some("transport_endpoint", config.transport_endpoint.as_ref())
        .set_some(API_KEY, api_key)
        .set_some("consumer", consumer)
        .with_settings("openlineage.extraConfig", config.extra_config.as_ref())
}

fn consumer(facts: &Facts<'_>, config: &OpenLineageConsumer) -> Result<Block, Error> {
    let connection = config.connection_string_secret_ref.as_ref();
    let connection = secret_text(
        facts,
        connection,
        CONNECTION_STRING,
        "consumer connection string",
    )?;
    let api_key = config.api_key_secret_ref.as_ref();
    let api_key = secret_text(facts, api_key, API_KEY, "consumer API key")?;
    let mapping = config
        .namespace_mapping
        .as_ref()
        .filter(|mapping| !mapping.is_empty());
    Ok(Block::new(CONSUMER)
        .set("enabled", config.enabled)
        .set_some(
            "store_type",
            config.store_type.map(LineageStoreType::as_str),
        )
        .set_some(CONNECTION_STRING, connection)
        .set_some(API_KEY, api_key)
        .set_some("namespace_mapping", mapping)
        .set_some("retention_days", config.retention_days)
        .set_some(
            "retention_check_interval_hours",
            config.retention_check_interval_hours,
        )
        .set_some(
            "standalone_server",
            config.lineage_server.as_ref().map(|_| true),
        ))
}

/// A required string from a Secret; errors call it `what`.
fn secret_text(
    facts: &Facts<'_>,
    secret: Option<&LocalObjectReference>,
    key: &'static str,
    what: &'static str,
) -> Result<Option<FromSecret>, Error> {
    let Some(LocalObjectReference { name: secret }) = secret else {
        return Ok(None);
    };
    let mut values =
        read_keys(facts, secret, Scalars::Resolved).map_err(|source| Error::LineageSecret {
            what,
            secret: secret.clone(),
            source: Box::new(source),
        })?;
    match values.remove(key) {
        Some(value @ (Value::Text(_) | Value::Bytes(_))) => {
            Ok(Some(FromSecret::new(secret, value)))
        }
        Some(value) => Err(Error::NotAString {
            secret: secret.clone(),
            key,
            found: go_text::type_name(&value),
        }),
        None => Err(Error::RequiredKeyNotFound {
            secret: secret.clone(),
            key,
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::corrections::{Correction, Corrections};
    use crate::documents::testing::{block, refuses, secret};
    use crate::testing::given;

    fn spec(openlineage: &serde_json::Value) -> serde_json::Value {
        json!({ "feastProject": "p", "openlineage": openlineage })
    }

    #[test]
    fn producer_and_consumer() {
        let spec = spec(&json!({
            "enabled": true,
            "transportUrl": "",
            "apiKeySecretRef": { "name": "key" },
            "extraConfig": { "emit_on_apply": "true", "namespace": "5" },
            "consumer": {
                "enabled": true,
                "storeType": "sql",
                "connectionStringSecretRef": { "name": "db" },
                "namespaceMapping": { "spark": "p" },
                "retentionDays": 0,
            },
        }));
        let key = secret("key", &[("api_key", "k3y")]);
        let db = secret("db", &[("connection_string", "postgresql://u:p@db/l")]);
        let inputs = given().secrets([key, db]);
        let expected = "enabled: true
transport_url: \"\"
api_key: k3y
consumer:
    enabled: true
    store_type: sql
    connection_string: postgresql://u:p@db/l
    namespace_mapping:
        spark: p
    retention_days: 0
emit_on_apply: true
namespace: \"5\"
";
        assert_eq!(block(&spec, &inputs, "openlineage"), expected);
    }

    #[test]
    fn events_go_to_the_lineage_server() {
        let spec = spec(&json!({
            "enabled": true,
            "transportType": "kafka",
            "consumer": { "enabled": true, "lineageServer": {
                "server": { "tls": { "secretRef": { "name": "tls" } } },
            } },
        }));
        let text = |url: &str| {
            format!(
                "enabled: true
transport_type: http
transport_url: {url}
transport_endpoint: api/v1/lineage
consumer:
    enabled: true
    standalone_server: true
"
            )
        };
        let inputs = given();
        let expected = text("http://feast-sample-lineage.ml.svc.cluster.local:80");
        assert_eq!(block(&spec, &inputs, "openlineage"), expected);
        let corrections = Corrections::NONE.with(Correction::LineageTls);
        let inputs = given().corrections(corrections);
        let expected = text("https://feast-sample-lineage.ml.svc.cluster.local:443");
        assert_eq!(block(&spec, &inputs, "openlineage"), expected);
    }

    #[test]
    fn bad_secrets_are_rejected() {
        let spec = spec(&json!({ "enabled": true, "apiKeySecretRef": { "name": "key" } }));
        let check = |secrets: &[(&str, &str)], message: &str| {
            let inputs = given().secrets([secret("key", secrets)]);
            refuses(&spec, &inputs, message);
        };
        refuses(
            &spec,
            &given(),
            "failed to read OpenLineage API key from secret key: secrets \"key\" not found",
        );
        check(
            &[],
            "secret \"key\" does not contain the required key \"api_key\"",
        );
        check(
            &[("api_key", "[1]")],
            "key \"api_key\" in secret \"key\" must be a string, got []interface {}",
        );
        check(
            &[("api_key", "k"), ("other", "[")],
            "failed to read OpenLineage API key from secret key: secret other contains invalid \
             value",
        );
    }

    #[test]
    fn settings_that_repeat_a_field_are_rejected() {
        let spec = spec(&json!({ "enabled": true, "extraConfig": { "transport_url": "x" } }));
        let message = "openlineage.extraConfig must not contain \"transport_url\", which has its own \
             field";
        refuses(&spec, &given(), message);
    }
}
