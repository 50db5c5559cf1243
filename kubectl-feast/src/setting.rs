//! What surrounds the FeatureStores of a command.

use clap::ValueEnum;
use feast_check::gather::Gathered;
use feast_render::{Deviations, Environment, InputsBuilder, Platform, StoreYaml};

/// What surrounds the FeatureStores.
#[derive(Clone, Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(next_help_heading = "Surroundings")]
pub(crate) struct Setting {
    /// Namespace of objects that name none
    #[arg(short, long, default_value = "default")]
    pub(crate) namespace: String,
    /// Render for OpenShift: serving certificates and Routes
    #[arg(long)]
    openshift: bool,
    /// The cluster has ServiceMonitors (monitoring.coreos.com/v1)
    #[arg(long)]
    service_monitor: bool,
    /// Image of the servers [default: that of Feast's operator]
    #[arg(long, value_name = "IMAGE")]
    feature_server_image: Option<String>,
    /// Image of the CronJob [default: that of Feast's operator]
    #[arg(long, value_name = "IMAGE")]
    cron_job_image: Option<String>,
    /// Which of the operator's faults to correct
    #[arg(long, value_enum, default_value_t = Corrections::None)]
    corrections: Corrections,
    /// Keep feature_store.yaml in a Secret, so that no Deployment shows credentials
    #[arg(long)]
    store_yaml_in_secret: bool,
    /// All corrections, and feature_store.yaml in a Secret: what a new deployment should have
    #[arg(long, conflicts_with_all = ["corrections", "store_yaml_in_secret"])]
    hardened: bool,
}

/// A choice of deviations from the operator.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Corrections {
    /// The operator to the letter.
    None,
    /// What restarts no pod of a running deployment.
    WithoutRestarts,
    /// Everything.
    All,
}

impl Setting {
    /// Inputs with all that was gathered.
    pub(crate) fn inputs(&self, gathered: &Gathered) -> InputsBuilder {
        let mut platform = if self.openshift {
            Platform::openshift()
        } else {
            Platform::kubernetes()
        };
        platform.service_monitor = self.service_monitor;
        let environment = Environment {
            feature_server_image: self.feature_server_image.clone(),
            cron_job_image: self.cron_job_image.clone(),
            ..Environment::default()
        };
        let deviations = match self.corrections {
            _ if self.hardened => Deviations::ALL,
            Corrections::None => Deviations::NONE,
            Corrections::WithoutRestarts => Deviations::without_restarts(),
            Corrections::All => Deviations::ALL,
        };
        let store_yaml = if self.store_yaml_in_secret || self.hardened {
            StoreYaml::InSecret
        } else {
            StoreYaml::InDeployment
        };
        gathered
            .inputs(platform)
            .environment(environment)
            .deviations(deviations)
            .store_yaml(store_yaml)
    }
}
