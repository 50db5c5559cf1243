//! What an operator is told: its command line and environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, FromArgMatches, ValueEnum};
use feast_render::{Corrections, DocumentStorage, Environment, OperatorSettings, Platform};

/// Settings of the operator.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// How to reach the API server [default: as in a pod, or as kubectl does]
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Namespaces to look after, all of them if none is given
    #[arg(
        long = "namespace",
        env = "WATCH_NAMESPACE",
        value_name = "NAMESPACE",
        value_delimiter = ','
    )]
    pub namespaces: Vec<String>,
    /// The namespace that the operator runs in: of its lease, and of what all FeatureStores share
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE")]
    pub operator_namespace: Option<String>,
    /// Passes over FeatureStores at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 16)]
    pub concurrency: u16,
    /// Leave the clean-up of what is shared to others: set no finalizer, and remove those that are set
    #[arg(long)]
    pub no_finalizers: bool,

    /// What is made of a FeatureStore.
    #[command(flatten)]
    pub rendering: Rendering,
    /// Which of several operators works.
    #[command(flatten)]
    pub election: Election,
    /// What is served.
    #[command(flatten)]
    pub serving: Serving,
}

/// What is made of a FeatureStore.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Rendering")]
pub struct Rendering {
    /// Which faults of Feast's Go operator to correct
    #[arg(long, value_enum, default_value_t = CorrectionSet::All)]
    pub corrections: CorrectionSet,
    /// Where pods read their documents (`feature_store.yaml`) from
    #[arg(long, value_enum, default_value_t = Place::Secret)]
    pub store_yaml: Place,
    /// Do what Feast's Go operator does, to the letter, so that replacing it restarts no pod:
    /// `--corrections none --store-yaml deployment`
    #[arg(long, conflicts_with_all = ["corrections", "store_yaml"])]
    pub as_reference: bool,
    /// Image of the servers [default: that of Feast's operator]
    #[arg(long, env = "RELATED_IMAGE_FEATURE_SERVER", value_name = "IMAGE")]
    pub feature_server_image: Option<String>,
    /// Image of the CronJob [default: that of Feast's operator]
    #[arg(long, env = "RELATED_IMAGE_CRON_JOB", value_name = "IMAGE")]
    pub cron_job_image: Option<String>,
    /// Issuer for FeatureStores with OIDC that name none
    #[arg(long, env = "OIDC_ISSUER_URL", value_name = "URL")]
    pub oidc_issuer_url: Option<String>,
}

/// Which of several operators works.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Leader election")]
pub struct Election {
    /// Work without asking whether another operator does
    #[arg(long)]
    pub no_leader_election: bool,
    /// Name of the Lease
    #[arg(long, value_name = "NAME", default_value = "feast-operator")]
    pub lease: String,
    /// Name of this operator in the Lease [default: the pod's]
    #[arg(long, env = "POD_NAME", value_name = "NAME")]
    pub identity: Option<String>,
}

/// What is served.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Serving")]
pub struct Serving {
    /// Where to serve /healthz, /readyz and /metrics
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Where to serve the webhook [default: nowhere]
    #[arg(long, value_name = "ADDRESS", requires = "webhook_certificates")]
    pub webhook_listen: Option<SocketAddr>,
    /// Folder with tls.crt and tls.key of the webhook; a change is noticed
    #[arg(long, value_name = "FOLDER")]
    pub webhook_certificates: Option<PathBuf>,
    /// Lints (or groups of them) that the webhook refuses a FeatureStore for; of others it warns
    #[arg(long = "refuse", value_name = "LINT", value_delimiter = ',')]
    pub refused_lints: Vec<String>,
    /// Lints (or groups of them) that the webhook says nothing of
    #[arg(long = "allow", value_name = "LINT", value_delimiter = ',')]
    pub allowed_lints: Vec<String>,
}

/// Which faults of the Go operator are corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CorrectionSet {
    /// The Go operator to the letter
    None,
    /// What restarts no pod of a running deployment
    WithoutRestarts,
    /// Everything
    All,
}

/// Where pods read their `feature_store.yaml` from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Place {
    /// A variable of the Deployment, readable for whoever may read Deployments
    Deployment,
    /// A Secret
    Secret,
}

impl Settings {
    /// What the environment says, and the defaults of everything else.
    ///
    /// # Errors
    ///
    /// A variable that is no setting.
    pub fn from_env() -> Result<Self, clap::Error> {
        Self::from_arguments(&[])
    }

    /// What these arguments of `feast-operator run` say, and the environment.
    ///
    /// # Errors
    ///
    /// An argument or a variable that is no setting.
    pub fn from_arguments(arguments: &[String]) -> Result<Self, clap::Error> {
        let command = Settings::augment_args(clap::Command::new(crate::MANAGER));
        let name = crate::MANAGER.to_owned();
        let arguments = std::iter::once(&name).chain(arguments);
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    /// The parts of the cluster to watch: namespaces, or `None` for all of it.
    pub fn scopes(&self) -> Vec<Option<String>> {
        let mut named: Vec<_> = self
            .namespaces
            .iter()
            .filter(|name| !name.is_empty())
            .collect();
        named.sort();
        named.dedup();
        if named.is_empty() {
            return vec![None];
        }
        named.into_iter().cloned().map(Some).collect()
    }

    /// What rendering is told on this platform.
    pub fn operator(&self, platform: Platform) -> OperatorSettings {
        OperatorSettings {
            platform,
            namespace: self.operator_namespace.clone(),
            environment: Environment {
                feature_server_image: self.rendering.feature_server_image.clone(),
                cron_job_image: self.rendering.cron_job_image.clone(),
                oidc_issuer_url: self.rendering.oidc_issuer_url.clone(),
            },
            corrections: self.rendering.corrections(),
            storage: self.rendering.storage(),
        }
    }

    /// Name of this operator among others.
    pub fn identity(&self) -> String {
        let unnamed = || format!("{}-{}", crate::MANAGER, std::process::id());
        self.election.identity.clone().unwrap_or_else(unnamed)
    }
}

impl Rendering {
    fn corrections(&self) -> Corrections {
        match self.corrections {
            _ if self.as_reference => Corrections::NONE,
            CorrectionSet::None => Corrections::NONE,
            CorrectionSet::WithoutRestarts => Corrections::without_restarts(),
            CorrectionSet::All => Corrections::ALL,
        }
    }

    fn storage(&self) -> DocumentStorage {
        match self.store_yaml {
            Place::Secret if !self.as_reference => DocumentStorage::InSecret,
            _ => DocumentStorage::InDeployment,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        settings: Settings,
    }

    fn settings(arguments: &[&str]) -> Settings {
        Command::parse_from([&["operator"], arguments].concat()).settings
    }

    #[test]
    fn all_namespaces_unless_some_are_named() {
        assert_eq!(settings(&[]).scopes(), [None]);
        let named = settings(&["--namespace", "b,a", "--namespace", "a"]).scopes();
        assert_eq!(named, [Some("a".into()), Some("b".into())]);
    }

    #[test]
    fn a_new_operator_is_hardened() {
        let operator = settings(&[]).operator(Platform::kubernetes());
        assert_eq!(operator.corrections, Corrections::ALL);
        assert_eq!(operator.storage, DocumentStorage::InSecret);
        let operator = settings(&["--as-reference"]).operator(Platform::kubernetes());
        assert_eq!(operator.corrections, Corrections::NONE);
        assert_eq!(operator.storage, DocumentStorage::InDeployment);
    }
}
