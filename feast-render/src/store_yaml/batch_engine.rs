//! The block `batch_engine`.

use super::block::{BATCH_ENGINE, Block};
use super::error::Error;
use super::facts::Facts;
use super::parameters::read_config;
use super::value::{Mapping, Value};

/// The engine that needs objects of its own in the cluster.
const SPARK_APPLICATION: &str = "spark_application";
const SERVICE_ACCOUNT: &str = "service_account";

/// A batch engine as its ConfigMap describes it.
#[derive(Clone, Debug)]
pub(crate) struct BatchEngine {
    type_: String,
    parameters: Mapping,
}

impl BatchEngine {
    /// The engine, if one is configured.
    pub(crate) fn read(facts: &Facts<'_>) -> Result<Option<Self>, Error> {
        let Some(config) = &facts.applied.batch_engine else {
            return Ok(None);
        };
        let Some(config_map) = &config.config_map_ref else {
            return Ok(None);
        };
        let key = config
            .config_map_key
            .as_deref()
            .filter(|key| !key.is_empty());
        let mut parameters = read_config(facts, &config_map.name, key.unwrap_or("config"))?;
        match parameters.remove("type") {
            Some(Value::Text(type_)) => Ok(Some(Self { type_, parameters })),
            _ => Err(Error::BatchEngineWithoutType),
        }
    }

    /// Whether its drivers run in pods that need a ServiceAccount.
    pub(crate) fn has_driver(&self) -> bool {
        self.type_ == SPARK_APPLICATION
    }

    /// The name of the driver's ServiceAccount, if the configuration gives it one.
    pub(crate) fn driver_account(&self) -> Option<&str> {
        let name = self.parameters.get(SERVICE_ACCOUNT).and_then(Value::as_str);
        name.filter(|name| !name.is_empty())
    }
}

/// The block, if an engine is configured.
pub(super) fn block(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let Some(mut engine) = BatchEngine::read(facts)? else {
        return Ok(None);
    };
    if engine.has_driver() {
        let default = || format!("feast-{}-batch-driver", facts.name);
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
