//! The document for the servers.

use feast_api::v1::{FeatureServerMetrics, McpTransport, ServingConfig};

use super::block::{
    Block, DATA_QUALITY_MONITORING, DOCUMENT, FEATURE_SERVER, MATERIALIZATION, METRICS,
};
use super::error::Error;
use super::facts::Facts;
use super::{Document, auth, batch_engine, mlflow, openlineage, registry, stores};

const ENTITY_KEY_SERIALIZATION_VERSION: i32 = 3;

/// The `feature_store.yaml` for the servers.
pub(crate) fn service(facts: &Facts<'_>) -> Result<Document, Error> {
    // In this order the reference checks for errors.
    let auth = auth::server(facts)?;
    let offline_store = stores::offline(facts)?;
    let online_store = stores::online(facts)?;
    let registry = registry::service(facts)?;
    let batch_engine = batch_engine::block(facts)?;
    let feature_server = feature_server(facts)?;
    let materialization = materialization(facts)?;
    let openlineage = openlineage::service(facts)?;
    let mlflow = mlflow::block(facts)?;
    let block = base(facts)
        .set_some("offline_store", offline_store)
        .set("online_store", online_store)
        .set_some("registry", registry)
        .set("auth", auth)
        .set_some("batch_engine", batch_engine)
        .set_some("feature_server", feature_server)
        .set_some("materialization", materialization)
        .set_some("openlineage", openlineage)
        .set_some("mlflow", mlflow)
        .set_some("data_quality_monitoring", data_quality_monitoring(facts));
    Ok(Document::new(facts, block))
}

/// The common part of the servers' and the clients' document.
pub(super) fn base(facts: &Facts<'_>) -> Block {
    named(facts).set(
        "entity_key_serialization_version",
        ENTITY_KEY_SERIALIZATION_VERSION,
    )
}

/// The common part of all documents.
pub(super) fn named(facts: &Facts<'_>) -> Block {
    Block::new(DOCUMENT)
        .set("project", &facts.applied.feast_project)
        .set("provider", "local")
}

fn feature_server(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let serving = facts
        .online_store()
        .and_then(|store| store.serving.as_ref());
    serving.map(serving_block).transpose()
}

fn serving_block(serving: &ServingConfig) -> Result<Block, Error> {
    let mcp = serving.mcp.as_ref().filter(|mcp| mcp.enabled);
    let metrics = serving.metrics.as_ref().map(metrics_block).transpose()?;
    let batching = serving.offline_push_batching.as_ref();
    Ok(Block::new(FEATURE_SERVER)
        .set("type", if mcp.is_some() { "mcp" } else { "local" })
        .set_some("metrics", metrics)
        .set_some(
            "offline_push_batching_enabled",
            batching.map(|batching| batching.enabled),
        )
        .set_some(
            "offline_push_batching_batch_size",
            batching.and_then(|batching| batching.batch_size),
        )
        .set_some(
            "offline_push_batching_batch_interval_seconds",
            batching.and_then(|batching| batching.batch_interval_seconds),
        )
        .set_some("mcp_enabled", mcp.map(|mcp| mcp.enabled))
        .set_some(
            "mcp_server_name",
            mcp.and_then(|mcp| mcp.server_name.as_ref()),
        )
        .set_some(
            "mcp_server_version",
            mcp.and_then(|mcp| mcp.server_version.as_ref()),
        )
        .set_some(
            "mcp_transport",
            mcp.and_then(|mcp| mcp.transport).map(McpTransport::as_str),
        ))
}

fn metrics_block(metrics: &FeatureServerMetrics) -> Result<Block, Error> {
    let categories = metrics.categories.iter().flatten();
    Block::new(METRICS)
        .set("enabled", metrics.enabled)
        .with_entries(
            "services.onlineStore.serving.metrics.categories",
            categories.map(|(category, on)| (category, (*on).into())),
        )
}

fn materialization(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let Some(config) = &facts.applied.materialization else {
        return Ok(None);
    };
    Block::new(MATERIALIZATION)
        .set_some("online_write_batch_size", config.online_write_batch_size)
        .with_settings("materialization.extraConfig", config.extra_config.as_ref())
        .map(Some)
}

fn data_quality_monitoring(facts: &Facts<'_>) -> Option<Block> {
    let baseline = facts
        .applied
        .data_quality_monitoring
        .as_ref()?
        .auto_baseline?;
    Some(Block::new(DATA_QUALITY_MONITORING).set("auto_baseline", baseline))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::corrections::Corrections;
    use crate::documents::testing::{block, config_map, make, refuses};
    use crate::testing::given;

    #[test]
    fn whole() {
        let spec = json!({
            "feastProject": "credit",
            "mlflow": { "enabled": true, "trackingUri": "http://mlflow:5000", "autoLog": false },
            "materialization": {},
            "dataQualityMonitoring": { "autoBaseline": true },
            "services": { "offlineStore": {}, "onlineStore": {}, "registry": { "local": {} } },
        });
        let expected = "project: credit
provider: local
offline_store:
    type: dask
online_store:
    path: /feast-data/online_store.db
    type: sqlite
registry:
    path: /feast-data/registry.db
    registry_type: file
auth:
    type: kubernetes
entity_key_serialization_version: 3
materialization: {}
mlflow:
    enabled: true
    tracking_uri: http://mlflow:5000
    auto_log: false
data_quality_monitoring:
    auto_baseline: true
";
        assert_eq!(make(&spec, &given()).unwrap().yaml().to_owned(), expected);
    }

    #[test]
    fn serving() {
        let spec = |serving| {
            let services = json!({ "onlineStore": { "serving": serving } });
            json!({ "feastProject": "p", "services": services })
        };
        let inputs = given();
        let check = |serving, expected: &str| {
            assert_eq!(block(&spec(serving), &inputs, "feature_server"), expected);
        };
        check(json!({}), "type: local\n");
        let off = json!({ "mcp": { "enabled": false, "serverName": "x" } });
        check(off, "type: local\n");
        check(
            json!({
                "mcp": { "enabled": true, "serverName": "x", "transport": "sse" },
                "metrics": { "enabled": false, "categories": { "push": true, "request": false } },
                "offlinePushBatching": { "enabled": true, "batchSize": 5 },
            }),
            "type: mcp
metrics:
    enabled: false
    push: true
    request: false
offline_push_batching_enabled: true
offline_push_batching_batch_size: 5
mcp_enabled: true
mcp_server_name: x
mcp_transport: sse
",
        );
        let clash = json!({ "metrics": { "enabled": true, "categories": { "enabled": true } } });
        let message = "services.onlineStore.serving.metrics.categories must not contain \"enabled\", \
                       which has its own field";
        refuses(&spec(clash), &inputs, message);
    }

    #[test]
    fn numbers_by_mode() {
        let engine = json!({ "configMapRef": { "name": "engine" } });
        let spec = json!({ "feastProject": "p", "batchEngine": engine });
        let config = [("config", "type: x\na: 1.0\nb: 1e-7")];
        let inputs = given().config_maps([config_map("engine", &config)]);
        let text = make(&spec, &inputs.clone()).unwrap().yaml().to_owned();
        assert!(text.contains("    a: 1\n    b: 1e-07\n"), "{text}");
        let text = make(&spec, &inputs.corrections(Corrections::ALL))
            .unwrap()
            .yaml()
            .to_owned();
        assert!(text.contains("    a: 1.0\n    b: 1.0e-07\n"), "{text}");
    }
}
