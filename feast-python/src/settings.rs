//! Settings of checks and renderings, from Python.

use std::time::SystemTime;

use apimachinery::names::dns_label;
use feast_api::Release;
use feast_check::{Absent, Depth, Settings};
use feast_lint::Config;
use feast_render::{
    CorrectionSet, DocumentStorage, Environment, OperatorRelease, OperatorSettings, Platform, Time,
};
use k8s_openapi::jiff::Timestamp;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::json;

/// Settings that all functions have.
pub(crate) struct Common {
    release: Release,
    namespace: String,
    now: Time,
}

impl Common {
    pub(crate) fn new(of_release: Option<&str>, namespace: &str) -> Result<Self, Failure> {
        let faults = dns_label(namespace);
        if let Some(fault) = faults.first() {
            let message = format!("namespace {namespace:?}: {fault}");
            return Err(Failure::Setting(message));
        }
        let now = Timestamp::try_from(SystemTime::now());
        Ok(Self {
            release: release(of_release)?,
            namespace: namespace.to_owned(),
            now: Time(now.unwrap_or(Timestamp::UNIX_EPOCH)),
        })
    }

    /// The same at a given time.
    pub(crate) fn at(mut self, now: Option<&str>) -> Result<Self, Failure> {
        if let Some(text) = now {
            let time = text.parse().map_err(|_| {
                let example = "2026-01-01T00:00:00Z";
                Failure::Setting(format!("now {text:?}: give a time such as {example:?}"))
            })?;
            self.now = Time(time);
        }
        Ok(self)
    }

    /// Settings for verdicts only.
    pub(crate) fn verdict(self, strict: bool) -> Settings {
        Settings {
            depth: Depth::Verdict,
            strict,
            ..self.settings(OperatorSettings::reference())
        }
    }

    /// Settings for verdicts and lints.
    pub(crate) fn lints(
        self,
        strict: bool,
        lints: Config,
        operator: OperatorSettings,
        upgrade_from: Option<&str>,
    ) -> Result<Settings, Failure> {
        let running = upgrade_from.map(str::parse::<OperatorRelease>).transpose();
        let running =
            running.map_err(|error| Failure::Setting(format!("upgrade_from: {error}")))?;
        Ok(Settings {
            depth: Depth::Lints,
            strict,
            lints,
            upgraded_from: running,
            ..self.settings(operator)
        })
    }

    /// Settings for renderings.
    pub(crate) fn rendering(
        self,
        operator: OperatorSettings,
        allow_missing: bool,
    ) -> Result<Settings, Failure> {
        OperatorRelease::try_from(self.release)
            .map_err(|error| Failure::Setting(format!("release: {error}")))?;
        let absent = if allow_missing {
            Absent::Filled
        } else {
            Absent::Reported
        };
        Ok(Settings {
            depth: Depth::Rendering,
            absent,
            ..self.settings(operator)
        })
    }

    fn settings(self, operator: OperatorSettings) -> Settings {
        Settings {
            namespace: self.namespace,
            ..Settings::new(operator, self.now).of_release(self.release)
        }
    }
}

/// A release of Feast; by default the newest.
pub(crate) fn release(given: Option<&str>) -> Result<Release, Failure> {
    given.map_or(Ok(Release::NEWEST), |text| {
        text.parse()
            .map_err(|error| Failure::Setting(format!("release: {error}")))
    })
}

/// Levels and options of lints, as in a configuration file.
pub(crate) fn lints(given: Option<&Bound<'_, PyAny>>) -> Result<Config, Failure> {
    let config: Config = setting("config", given)?;
    let is_known = config.verify();
    is_known.map_err(|error| Failure::Setting(format!("config: {error}")))?;
    Ok(config)
}

/// The operator's settings.
pub(crate) fn operator(given: Option<&Bound<'_, PyAny>>) -> Result<OperatorSettings, Failure> {
    let operator: Operator = setting("operator", given)?;
    let corrections = operator.corrections.as_deref().map(str::parse).transpose();
    let corrections: Option<CorrectionSet> =
        corrections.map_err(|error| Failure::Setting(format!("operator: {error}")))?;
    let in_secret = operator.store_yaml_in_secret;
    let in_secret = in_secret.then_some(DocumentStorage::InSecret);
    let mut platform = if operator.openshift {
        Platform::openshift()
    } else {
        Platform::kubernetes()
    };
    platform.service_monitor = operator.service_monitor;
    Ok(OperatorSettings {
        platform,
        // Shared objects are created in the operator's namespace.
        namespace: None,
        environment: Environment {
            feature_server_image: operator.feature_server_image,
            cron_job_image: operator.cron_job_image,
            oidc_issuer_url: operator.oidc_issuer_url,
        },
        ..OperatorSettings::chosen(operator.hardened, corrections, in_secret)
    })
}

/// The operator's settings, by their names in Python.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting")]
struct Operator {
    hardened: bool,
    corrections: Option<String>,
    store_yaml_in_secret: bool,
    openshift: bool,
    service_monitor: bool,
    feature_server_image: Option<String>,
    cron_job_image: Option<String>,
    oidc_issuer_url: Option<String>,
}

/// A setting that is a dict.
fn setting<T: Default + DeserializeOwned>(
    name: &str,
    given: Option<&Bound<'_, PyAny>>,
) -> Result<T, Failure> {
    let Some(given) = given else {
        return Ok(T::default());
    };
    let fault = |why: String| Failure::Setting(format!("{name}: {why}"));
    if !given.is_instance_of::<PyDict>() {
        let found = given.get_type().name()?;
        return Err(fault(format!(
            "give a dict, not a value of the type {found}"
        )));
    }
    let text = json::of_python(given)?.map_err(fault)?;
    serde_json::from_str(&text).map_err(|error| {
        // The position in the JSON means nothing to the user.
        let message = error.to_string();
        let place = message.rfind(" at line ").unwrap_or(message.len());
        fault(message[..place].to_owned())
    })
}
