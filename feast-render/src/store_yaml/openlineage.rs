//! The block `openlineage`.

use feast_api::v1::{OpenLineageConfig, OpenLineageConsumer};
use k8s_openapi::api::core::v1::LocalObjectReference;

use super::block::{Block, CONSUMER, OPENLINEAGE};
use super::error::Error;
use super::facts::Facts;
use super::go_text;
use super::parameters::read_keys;
use super::reader::Scalars;
use super::value::Value;

const API_KEY: &str = "api_key";
const CONNECTION_STRING: &str = "connection_string";

/// The block for the servers. With a lineage server, events go there.
pub(super) fn service(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let Some(config) = &facts.applied.openlineage else {
        return Ok(None);
    };
    let block = producer(facts, config)?;
    let lineage_server = config
        .consumer
        .as_ref()
        .and_then(|consumer| consumer.lineage_server.as_ref());
    if lineage_server.is_none() {
        return Ok(Some(block));
    }
    let url = format!("http://{}:80", facts.domain("lineage"));
    let block = block
        .set("transport_type", "http")
        .set("transport_url", url)
        .set("transport_endpoint", "api/v1/lineage");
    Ok(Some(block))
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
            config.transport_type.map(|kind| kind.as_str()),
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
        .set_some("store_type", config.store_type.map(|kind| kind.as_str()))
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

/// The string under a fixed key of a Secret; `what` it is to the user.
fn secret_text(
    facts: &Facts<'_>,
    secret: Option<&LocalObjectReference>,
    key: &'static str,
    what: &'static str,
) -> Result<Option<Value>, Error> {
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
        Some(value @ (Value::Text(_) | Value::Bytes(_))) => Ok(Some(value)),
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
