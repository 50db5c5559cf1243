//! What an operator is told: its command line and environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, FromArgMatches, ValueEnum};
use feast_render::{
    BadRelease, CorrectionSet, DocumentStorage, Environment, OperatorRelease, OperatorSettings,
    Platform,
};

use crate::configuration::Configuration;

/// Arguments of the operator; what it is to do is their [configuration](Self::configuration).
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
    /// Which faults of Feast's Go operator to correct [default: none, so that replacing it restarts
    /// no pod]
    #[arg(long, value_enum)]
    pub corrections: Option<CorrectionSet>,
    /// Where pods read their documents (`feature_store.yaml`) from [default: deployment]
    #[arg(long, value_enum)]
    pub store_yaml: Option<Place>,
    /// All corrections, and documents in a Secret: what a new installation should have
    #[arg(long, conflicts_with_all = ["corrections", "store_yaml"])]
    pub hardened: bool,
    /// Release of Feast that it is the operator of: 0.66.0, or main, the commit after it
    #[arg(long, value_name = "RELEASE", value_parser = release, default_value_t = OperatorRelease::NEWEST)]
    pub release: OperatorRelease,
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
    #[arg(long, value_name = "ADDRESS", requires = "certificate")]
    pub webhook_listen: Option<SocketAddr>,
    /// Folder with tls.crt and tls.key of the webhook; a change is noticed
    #[arg(long, value_name = "FOLDER", group = "certificate")]
    pub webhook_certificates: Option<PathBuf>,
    /// Secret for the webhook's certificate, which the operator makes and renews
    #[arg(long, value_name = "NAME", group = "certificate")]
    pub webhook_secret: Option<String>,
    /// Lints (or groups of them) that the webhook refuses a FeatureStore for; of others it warns
    #[arg(long = "refuse", value_name = "LINT", value_delimiter = ',')]
    pub refused_lints: Vec<String>,
    /// Lints (or groups of them) that the webhook says nothing of
    #[arg(long = "allow", value_name = "LINT", value_delimiter = ',')]
    pub allowed_lints: Vec<String>,
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

    /// What the operator is to do.
    pub fn configuration(&self) -> Configuration {
        let default = Configuration::default();
        Configuration {
            namespaces: self.namespaces.clone(),
            rendering: self.operator(Platform::kubernetes()),
            concurrency: self.concurrency,
            finalizers: !self.no_finalizers,
            identity: self.election.identity.clone().unwrap_or(default.identity),
        }
    }

    /// What rendering is told on this platform.
    pub fn operator(&self, platform: Platform) -> OperatorSettings {
        let rendering = &self.rendering;
        OperatorSettings {
            release: rendering.release,
            platform,
            namespace: self.operator_namespace.clone(),
            environment: Environment {
                feature_server_image: rendering.feature_server_image.clone(),
                cron_job_image: rendering.cron_job_image.clone(),
                oidc_issuer_url: rendering.oidc_issuer_url.clone(),
            },
            ..OperatorSettings::chosen(
                rendering.hardened,
                rendering.corrections,
                rendering.store_yaml.map(Place::storage),
            )
        }
    }
}

/// A release that this operator can be of. What older ones make is in part without the labels by
/// which it finds its objects, or needs other rights.
fn release(text: &str) -> Result<OperatorRelease, String> {
    let release: OperatorRelease = text
        .parse()
        .map_err(|error: BadRelease| error.to_string())?;
    if release < OperatorRelease::NEWEST {
        return Err(format!(
            "this operator is one of {} or later: what older ones make lacks labels that it needs",
            OperatorRelease::NEWEST
        ));
    }
    Ok(release)
}

impl Rendering {
    /// Whether anything says which faults to correct, or where documents are.
    pub(crate) fn is_chosen(&self) -> bool {
        self.hardened || self.corrections.is_some() || self.store_yaml.is_some()
    }
}

impl Place {
    fn storage(self) -> DocumentStorage {
        match self {
            Self::Deployment => DocumentStorage::InDeployment,
            Self::Secret => DocumentStorage::InSecret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use feast_render::Corrections;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        settings: Settings,
    }

    fn settings(arguments: &[&str]) -> Settings {
        Command::parse_from([&["operator"], arguments].concat()).settings
    }

    #[test]
    fn namespaces_may_be_given_in_one_or_many() {
        let named = settings(&["--namespace", "b,a", "--namespace", "c"]);
        assert_eq!(named.configuration().namespaces, ["b", "a", "c"]);
    }

    #[test]
    fn it_is_of_the_newest_release_or_of_a_later_commit() {
        let release = |arguments: &[&str]| {
            let operator = settings(arguments).operator(Platform::kubernetes());
            operator.release
        };
        assert_eq!(release(&[]), OperatorRelease::NEWEST);
        assert_eq!(release(&["--release", "main"]), OperatorRelease::MAIN);
        let older = Command::try_parse_from(["operator", "--release", "0.65"]);
        assert!(older.is_err());
    }

    #[test]
    fn it_renders_as_the_reference_unless_told_otherwise() {
        let reference = OperatorSettings::reference();
        for (arguments, corrections, storage) in [
            (&[][..], reference.corrections, reference.storage),
            (&["--hardened"], Corrections::ALL, DocumentStorage::InSecret),
            (
                &["--corrections", "without-restarts"],
                Corrections::without_restarts(),
                reference.storage,
            ),
            (
                &["--store-yaml", "secret"],
                reference.corrections,
                DocumentStorage::InSecret,
            ),
        ] {
            let operator = settings(arguments).operator(Platform::kubernetes());
            let found = (operator.corrections, operator.storage);
            assert_eq!(found, (corrections, storage), "{arguments:?}");
        }
    }
}
