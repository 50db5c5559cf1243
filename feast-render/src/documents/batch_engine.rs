//! The `batch_engine` block.

use feast_api::v1::{BatchEngineConfig, FeatureStoreSpec};

use super::block::{BATCH_ENGINE, Block};
use super::error::Error;
use super::facts::Facts;
use super::parameters::read_config;
use crate::changes::Change;
use crate::inputs::Inputs;
use crate::names::{Names, types};
use go_yaml::{Mapping, Value};

/// The engine that needs its own objects in the cluster.
const SPARK_APPLICATION: &str = "spark_application";
const SERVICE_ACCOUNT: &str = "service_account";

/// A batch engine, as described by its ConfigMap.
#[derive(Clone, Debug)]
pub(crate) struct BatchEngine {
    type_: String,
    parameters: Mapping,
}

impl BatchEngine {
    /// The engine, if one is configured.
    pub(crate) fn read(spec: &FeatureStoreSpec, inputs: &Inputs) -> Result<Option<Self>, Error> {
        let Some(config) = &spec.batch_engine else {
            return Ok(None);
        };
        let Some(config_map) = &config.config_map_ref else {
            return Ok(None);
        };
        let key = batch_engine_key(config);
        let mut parameters = read_config(inputs, &config_map.name, key)?;
        match parameters.remove("type") {
            Some(Value::Text(type_)) => Ok(Some(Self { type_, parameters })),
            _ => Err(Error::BatchEngineWithoutType),
        }
    }

    /// Whether its drivers run in pods that need a ServiceAccount.
    pub(crate) fn has_driver(&self) -> bool {
        self.type_ == SPARK_APPLICATION
    }

    /// The driver's ServiceAccount, if the configuration names one.
    pub(crate) fn driver_account(&self) -> Option<&str> {
        let name = self.parameters.get(SERVICE_ACCOUNT).and_then(Value::as_str);
        name.filter(|name| !name.is_empty())
    }
}

/// The key of the engine's ConfigMap.
pub(crate) fn batch_engine_key(config: &BatchEngineConfig) -> &str {
    let key = config.config_map_key.as_deref();
    key.filter(|key| !key.is_empty()).unwrap_or("config")
}

/// The block, if an engine is configured.
pub(super) fn block(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let Some(mut engine) = BatchEngine::read(facts.applied, facts.inputs)? else {
        return Ok(None);
    };
    if engine.has_driver() && facts.has(Change::BatchEngineAccess) {
        let default = || Names::of(facts.name).of_type(types::BATCH_DRIVER);
        let account = engine.driver_account().map_or_else(default, str::to_owned);
        engine.parameters.remove(SERVICE_ACCOUNT);
        engine
            .parameters
            .push(SERVICE_ACCOUNT.into(), account.into());
    }
    Ok(Some(
        Block::new(BATCH_ENGINE)
            .set("type", engine.type_)
            .with_inline(engine.parameters),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::documents::testing::{block, config_map, refuses};
    use crate::testing::{Given, given};

    fn spec(key: Option<&str>) -> serde_json::Value {
        let engine = json!({ "configMapRef": { "name": "engine" }, "configMapKey": key });
        json!({ "feastProject": "p", "batchEngine": engine })
    }

    fn holding(key: &str, text: &str) -> Given {
        given().config_maps([config_map("engine", &[(key, text)])])
    }

    #[test]
    fn engines() {
        let found = block(
            &spec(None),
            &holding("config", "b: 1\ntype: ray\na: [x]"),
            "batch_engine",
        );
        assert_eq!(found, "type: ray\na:\n    - x\nb: 1\n");
        let spark = |text: &str| {
            let inputs = holding("x", &format!("type: spark_application\n{text}"));
            block(&spec(Some("x")), &inputs, "batch_engine")
        };
        let expected =
            |account: &str| format!("type: spark_application\nservice_account: {account}\n");
        assert_eq!(spark(""), expected("feast-sample-batch-driver"));
        assert_eq!(
            spark("service_account: ''"),
            expected("feast-sample-batch-driver")
        );
        assert_eq!(spark("service_account: mine"), expected("mine"));
    }

    #[test]
    fn bad_config_maps_are_rejected() {
        refuses(&spec(None), &given(), "configmaps \"engine\" not found");
        let missing = "configmap key config doesn't exist in configmap engine";
        refuses(&spec(None), &holding("x", ""), missing);
        let invalid = "configmap engine contains invalid YAML in key config";
        refuses(&spec(None), &holding("config", "text"), invalid);
        for untyped in ["", "type: 5", "type: [a]"] {
            let message = "batch engine config must contain 'type' field";
            refuses(&spec(None), &holding("config", untyped), message);
        }
    }
}
