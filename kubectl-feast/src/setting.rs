//! Assumptions about the cluster and the operator, as flags.

use std::time::SystemTime;

use clap_complete::ArgValueCandidates;
use feast_api::Release;
use feast_check::Settings;
use feast_render::{
    CorrectionSet, DocumentStorage, Environment, OperatorRelease, OperatorSettings, Platform, Time,
};
use k8s_openapi::jiff::Timestamp;

use crate::candidates;

/// Assumptions about the cluster and the operator.
#[derive(Clone, Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(next_help_heading = "Cluster assumptions")]
pub(crate) struct Setting {
    /// Namespace for objects that set none, or to read from the cluster [default: default, or that of
    /// the context]
    #[arg(short, long, value_parser = namespace)]
    pub(crate) namespace: Option<String>,
    #[arg(long, value_name = "RELEASE", help = release_help(), add = ArgValueCandidates::new(candidates::releases))]
    pub(crate) release: Option<Release>,
    /// Render for OpenShift, with serving certificates and Routes
    #[arg(long)]
    openshift: bool,
    /// The cluster has ServiceMonitors (monitoring.coreos.com/v1)
    #[arg(long)]
    service_monitor: bool,
    /// Image of the servers [default: the image that Feast's operator uses]
    #[arg(long, value_name = "IMAGE")]
    feature_server_image: Option<String>,
    /// Image of the CronJob [default: the image that Feast's operator uses]
    #[arg(long, value_name = "IMAGE")]
    cron_job_image: Option<String>,
    /// OIDC_ISSUER_URL of the operator: the issuer for FeatureStores that set none
    #[arg(long, value_name = "URL")]
    oidc_issuer_url: Option<String>,
    /// Operator bugs to fix in the output [default: none]
    #[arg(long, value_enum)]
    corrections: Option<CorrectionSet>,
    /// Keep feature_store.yaml in a Secret, so that Deployments show no credentials
    #[arg(long)]
    store_yaml_in_secret: bool,
    /// All bug fixes, and feature_store.yaml in a Secret: recommended for new deployments
    #[arg(long, conflicts_with_all = ["corrections", "store_yaml_in_secret"])]
    hardened: bool,
}

impl Setting {
    /// The settings of a check at the current time.
    pub(crate) fn settings(&self) -> Settings {
        let release = self.release.unwrap_or(Release::NEWEST);
        let mut settings = Settings::new(self.operator(), now()).of_release(release);
        if let Some(namespace) = &self.namespace {
            settings.namespace.clone_from(namespace);
        }
        settings
    }

    /// The operator that renders.
    fn operator(&self) -> OperatorSettings {
        let mut platform = if self.openshift {
            Platform::openshift()
        } else {
            Platform::kubernetes()
        };
        platform.service_monitor = self.service_monitor;
        let environment = Environment {
            feature_server_image: self.feature_server_image.clone(),
            cron_job_image: self.cron_job_image.clone(),
            oidc_issuer_url: self.oidc_issuer_url.clone(),
        };
        let in_secret = (self.store_yaml_in_secret).then_some(DocumentStorage::InSecret);
        OperatorSettings {
            platform,
            // Shared objects are in the namespace where an operator runs.
            namespace: None,
            environment,
            ..OperatorSettings::chosen(self.hardened, self.corrections, in_secret)
        }
    }
}

/// The help of `--release`, generated because the newest release changes.
fn release_help() -> String {
    format!(
        "Feast release to validate and render with, from {} to {} (see `kubectl feast releases`); \
         rendering starts with {} [default: {}, the newest]",
        Release::ALL[0],
        Release::Main,
        OperatorRelease::FIRST,
        Release::NEWEST,
    )
}

/// The current time.
pub(crate) fn now() -> Time {
    Time(Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Parses a namespace.
fn namespace(name: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let ends_well = name.starts_with(is_word) && name.ends_with(is_word);
    if ends_well && name.len() <= 63 && name.chars().all(|c| is_word(c) || c == '-') {
        return Ok(name.to_owned());
    }
    Err(
        "a namespace has at most 63 lower case letters, digits and `-`, and starts and ends with a \
         letter or digit"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        setting: Setting,
    }

    #[test]
    fn it_renders_as_the_reference_unless_told_otherwise() {
        for (arguments, expected) in [
            (&[][..], OperatorSettings::reference()),
            (&["--hardened"], OperatorSettings::hardened()),
            (
                &["--corrections", "all", "--store-yaml-in-secret"],
                OperatorSettings::hardened(),
            ),
        ] {
            let command = Command::parse_from([&["kubectl-feast"], arguments].concat());
            let found = command.setting.operator();
            let expected = (expected.corrections, expected.storage);
            assert_eq!(
                (found.corrections, found.storage),
                expected,
                "{arguments:?}"
            );
        }
    }
}
