//! The operator's settings: command-line flags and environment variables.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use apimachinery::labels::Selector;
use clap::error::ErrorKind;
use clap::{Args, FromArgMatches, ValueEnum};
use feast_render::{
    BadRelease, CorrectionSet, DocumentStorage, Environment, OperatorRelease, OperatorSettings,
    Platform,
};
use jiff::SignedDuration;

use crate::backoff::Delays;
use crate::configuration::Configuration;
use crate::leader::{BadTimes, Times};
use crate::pace::{BadRate, Rate};

/// Flags of the operator, which give its [configuration](Self::configuration).
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Which FeatureStores to reconcile, and how.
    #[command(flatten)]
    pub duties: Duties,
    /// Throughput.
    #[command(flatten)]
    pub rates: Rates,
    /// Leader election.
    #[command(flatten)]
    pub election: Election,
    /// Endpoints.
    #[command(flatten)]
    pub serving: Serving,
}

/// Which FeatureStores to reconcile, and how.
#[derive(Clone, Debug, Args)]
pub struct Duties {
    /// Path of the kubeconfig [default: the pod's ServiceAccount, or as kubectl does]
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Namespaces to watch [default: all]
    #[arg(
        short = 'n',
        long = "namespace",
        env = "WATCH_NAMESPACE",
        value_name = "NAMESPACE",
        value_delimiter = ','
    )]
    pub namespaces: Vec<String>,
    /// Label selector for the FeatureStores to reconcile, as in kubectl; run other operators for the others
    /// [default: all]
    #[arg(short = 'l', long, value_name = "SELECTOR", value_parser = Selector::from_str, default_value = "", hide_default_value = true)]
    pub selector: Selector,
    /// Namespace of the operator and of shared objects
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE")]
    pub operator_namespace: Option<String>,
    /// Set no finalizers, and remove existing ones: shared objects are then not cleaned up
    #[arg(long)]
    pub no_finalizers: bool,
    /// Keep claims when their FeatureStore is deleted, unless its annotation feast.dev/keep-claims is false
    #[arg(long)]
    pub keep_claims: bool,
    /// How to render FeatureStores.
    #[command(flatten)]
    pub rendering: Rendering,
}

/// How to render FeatureStores.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Rendering")]
pub struct Rendering {
    /// Bugs of Feast's Go operator to fix [default: none, so that replacing it restarts no pods]
    #[arg(long, value_enum)]
    pub corrections: Option<CorrectionSet>,
    /// Where to keep the documents (`feature_store.yaml`) of pods [default: deployment]
    #[arg(long, value_enum)]
    pub store_yaml: Option<Place>,
    /// All bug fixes, and documents in a Secret: recommended for new installations
    #[arg(long, conflicts_with_all = ["corrections", "store_yaml"])]
    pub hardened: bool,
    /// Feast release to render as: 0.66.0, or main, the commit after it
    #[arg(long, value_name = "RELEASE", value_parser = release, default_value_t = OperatorRelease::NEWEST)]
    pub release: OperatorRelease,
    /// Image of the servers [default: the image that Feast's operator uses]
    #[arg(long, env = "RELATED_IMAGE_FEATURE_SERVER", value_name = "IMAGE")]
    pub feature_server_image: Option<String>,
    /// Image of the CronJob [default: the image that Feast's operator uses]
    #[arg(long, env = "RELATED_IMAGE_CRON_JOB", value_name = "IMAGE")]
    pub cron_job_image: Option<String>,
    /// Issuer for FeatureStores with OIDC that set none
    #[arg(long, env = "OIDC_ISSUER_URL", value_name = "URL")]
    pub oidc_issuer_url: Option<String>,
}

/// Leader election.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Leader election")]
pub struct Election {
    /// Run without leader election
    #[arg(long)]
    pub no_leader_election: bool,
    /// Name of the Lease [default: feast-operator; with --selector, a name derived from it]
    #[arg(long, value_name = "NAME")]
    pub lease: Option<String>,
    /// Identity in the Lease [default: the pod's name]
    #[arg(long, env = "POD_NAME", value_name = "NAME")]
    pub identity: Option<String>,
    /// How long a Lease is valid without renewal; then another replica takes over
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "15s")]
    pub leader_elect_lease_duration: Duration,
    /// How long after its last renewal a leader stops, before another may take over
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s")]
    pub leader_elect_renew_deadline: Duration,
    /// How often the leader renews the Lease and standbys check it
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "2s")]
    pub leader_elect_retry_period: Duration,
}

/// Throughput.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Rates")]
pub struct Rates {
    /// Number of concurrent reconciliations
    #[arg(long, value_name = "COUNT", default_value_t = 16)]
    pub concurrency: u16,
    /// Maximum requests per second to the API server [default: unlimited]
    #[arg(long, value_name = "RATE")]
    pub kube_api_qps: Option<f64>,
    /// Maximum burst of requests to the API server [default: twice --kube-api-qps]
    #[arg(long, value_name = "COUNT", requires = "kube_api_qps")]
    pub kube_api_burst: Option<NonZeroU32>,
    /// Delay before a failed reconciliation is retried; doubles with each failure
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1s")]
    pub retry_base_delay: Duration,
    /// Maximum delay before a retry
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    pub retry_max_delay: Duration,
}

/// Endpoints.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Serving")]
pub struct Serving {
    /// Address for /healthz, /readyz and /metrics
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// OpenTelemetry collector that gets the spans of passes over HTTP, such as
    /// `http://collector:4318`; for `https`, the system or `SSL_CERT_FILE` must have the
    /// certificate to trust [default: none]
    #[cfg(feature = "opentelemetry")]
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// Address of the webhook [default: no webhook]
    #[arg(long, value_name = "ADDRESS", requires = "certificate")]
    pub webhook_listen: Option<SocketAddr>,
    /// Folder with tls.crt and tls.key of the webhook; reloaded on change
    #[arg(long, value_name = "FOLDER", group = "certificate")]
    pub webhook_certificates: Option<PathBuf>,
    /// Secret for the webhook's certificate, which the operator issues and renews
    #[arg(long, value_name = "NAME", group = "certificate")]
    pub webhook_secret: Option<String>,
    /// Lints, or groups of lints, for which the webhook rejects a FeatureStore; others are warnings
    #[arg(long = "refuse", value_name = "LINT", value_delimiter = ',')]
    pub refused_lints: Vec<String>,
    /// Lints, or groups of lints, that the webhook does not report
    #[arg(long = "allow", value_name = "LINT", value_delimiter = ',')]
    pub allowed_lints: Vec<String>,
}

/// Conflicting flags.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadSettings {
    /// The times of the Lease conflict.
    #[error(transparent)]
    Times(#[from] BadTimes),
    /// The request limits allow no requests.
    #[error("--kube-api-qps: {0}")]
    Rate(#[from] BadRate),
    /// The first retry delay exceeds the maximum.
    #[error("a --retry-base-delay of {base:?} is longer than the --retry-max-delay of {max:?}", base = .0.base, max = .0.max)]
    Delays(Delays),
}

/// Where to keep the `feature_store.yaml` of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Place {
    /// In an environment variable of the Deployment, readable by everyone who can read Deployments
    Deployment,
    /// In a Secret
    Secret,
}

impl Settings {
    /// Settings from the environment, and defaults.
    ///
    /// # Errors
    ///
    /// A variable has an invalid value.
    pub fn from_env() -> Result<Self, clap::Error> {
        Self::from_arguments(&[])
    }

    /// Settings from these flags of `feast-operator run`, and the environment.
    ///
    /// # Errors
    ///
    /// A flag or a variable is invalid.
    pub fn from_arguments(arguments: &[String]) -> Result<Self, clap::Error> {
        let command = Settings::augment_args(clap::Command::new(crate::MANAGER));
        let name = crate::MANAGER.to_owned();
        let arguments = std::iter::once(&name).chain(arguments);
        let matches = command.clone().try_get_matches_from(arguments)?;
        let settings = Self::from_arg_matches(&matches)?;
        let wrong = |error: BadSettings| command.clone().error(ErrorKind::ValueValidation, error);
        settings.configuration().map_err(wrong)?;
        settings.election.times().map_err(wrong)?;
        Ok(settings)
    }

    /// The configuration.
    ///
    /// # Errors
    ///
    /// Conflicting flags.
    pub fn configuration(&self) -> Result<Configuration, BadSettings> {
        let configuration = self.duties.configuration();
        Ok(Configuration {
            concurrency: self.rates.concurrency,
            rate: self.rates.rate()?,
            delays: self.rates.delays()?,
            identity: self
                .election
                .identity
                .clone()
                .unwrap_or(configuration.identity),
            ..configuration
        })
    }

    /// Name of the Lease: operators of the same FeatureStores share one.
    pub fn lease(&self) -> String {
        let told = self.election.lease.clone();
        told.unwrap_or_else(|| {
            let selector = &self.duties.selector;
            if selector.is_everything() {
                return crate::MANAGER.to_owned();
            }
            format!(
                "{}-{:016x}",
                crate::MANAGER,
                fingerprint(&selector.to_string())
            )
        })
    }
}

impl Duties {
    /// The configuration, with default throughput.
    pub fn configuration(&self) -> Configuration {
        Configuration {
            namespaces: self.namespaces.clone(),
            selector: self.selector.clone(),
            rendering: self.operator(Platform::kubernetes()),
            finalizers: !self.no_finalizers,
            keep_claims: self.keep_claims,
            ..Configuration::default()
        }
    }

    /// The rendering settings on this platform.
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

/// A hash that is the same in all versions of the operator: FNV-1a.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A release that this operator can render as. Objects of older releases lack labels by which it
/// finds them, or need other permissions.
fn release(text: &str) -> Result<OperatorRelease, String> {
    let release: OperatorRelease = text
        .parse()
        .map_err(|error: BadRelease| error.to_string())?;
    if release < OperatorRelease::NEWEST {
        return Err(format!(
            "use {} or later: objects of older releases lack labels that this operator needs",
            OperatorRelease::NEWEST
        ));
    }
    Ok(release)
}

impl Election {
    /// The times of the Lease.
    ///
    /// # Errors
    ///
    /// [`BadSettings::Times`].
    pub fn times(&self) -> Result<Times, BadSettings> {
        Ok(Times::new(
            self.leader_elect_lease_duration,
            self.leader_elect_renew_deadline,
            self.leader_elect_retry_period,
        )?)
    }
}

impl Rates {
    fn rate(&self) -> Result<Option<Rate>, BadRate> {
        let Some(per_second) = self.kube_api_qps else {
            return Ok(None);
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "values out of range are clamped"
        )]
        let worth = NonZeroU32::new((2.0 * per_second).ceil() as u32);
        let burst = self.kube_api_burst.or(worth).unwrap_or(NonZeroU32::MIN);
        Rate::new(per_second, burst).map(Some)
    }

    fn delays(&self) -> Result<Delays, BadSettings> {
        let delays = Delays {
            base: self.retry_base_delay,
            max: self.retry_max_delay,
        };
        if delays.base > delays.max {
            return Err(BadSettings::Delays(delays));
        }
        Ok(delays)
    }
}

/// A positive duration such as `15s` or `1m30s`.
fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text.parse().map_err(|error| format!("{error}"))?;
    let duration = Duration::try_from(duration).ok();
    let duration = duration.filter(|duration| !duration.is_zero());
    duration.ok_or_else(|| "must be positive".to_owned())
}

impl Rendering {
    /// Whether corrections or the location of documents are set.
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
    fn namespaces_can_be_one_list_or_several_flags() {
        let named = settings(&["--namespace", "b,a", "--namespace", "c"]);
        assert_eq!(named.configuration().unwrap().namespaces, ["b", "a", "c"]);
    }

    #[test]
    fn operators_of_the_same_feature_stores_share_a_lease() {
        let lease = |flags: &[&str]| settings(flags).lease();
        assert_eq!(lease(&[]), "feast-operator");
        // The name must not change between releases: otherwise two operators are active during an
        // upgrade.
        let shop = lease(&["--selector=team=shop"]);
        assert_eq!(shop, "feast-operator-8442d6ad06e32bcf");
        assert_eq!(lease(&["--selector", " team = shop "]), shop);
        assert_ne!(lease(&["--selector=team!=shop"]), shop);
        let two = lease(&["--selector=team in (a,b),tier"]);
        assert_eq!(lease(&["--selector=tier,team in (b, a)"]), two);
        assert_eq!(lease(&["--selector=team=shop", "--lease=mine"]), "mine");
        assert!(Settings::from_arguments(&["--selector=a b".to_owned()]).is_err());
    }

    #[test]
    fn releases_older_than_the_newest_are_rejected() {
        let release = |arguments: &[&str]| {
            let operator = settings(arguments).duties.operator(Platform::kubernetes());
            operator.release
        };
        assert_eq!(release(&[]), OperatorRelease::NEWEST);
        assert_eq!(release(&["--release", "main"]), OperatorRelease::MAIN);
        let older = Command::try_parse_from(["operator", "--release", "0.65"]);
        assert!(older.is_err());
    }

    #[test]
    fn rates_default_to_those_of_kubernetes_components() {
        let default = settings(&[]);
        assert_eq!(default.election.times(), Ok(Times::default()));
        let configuration = default.configuration().unwrap();
        assert_eq!(configuration.delays, Delays::default());
        assert_eq!(configuration.rate, None);

        let rate = |flags: &[&str]| settings(flags).configuration().unwrap().rate.unwrap();
        let burst = |burst| NonZeroU32::new(burst).unwrap();
        assert_eq!(Ok(rate(&["--kube-api-qps=0.2"])), Rate::new(0.2, burst(1)));
        assert_eq!(Ok(rate(&["--kube-api-qps=20"])), Rate::new(20.0, burst(40)));
        let told = rate(&["--kube-api-qps=20", "--kube-api-burst=30"]);
        assert_eq!(Ok(told), Rate::new(20.0, burst(30)));
    }

    #[test]
    fn conflicting_flags_are_rejected() {
        for wrong in [
            "--leader-elect-lease-duration=10s",
            "--leader-elect-lease-duration=10500ms",
            "--leader-elect-renew-deadline=1m",
            "--leader-elect-retry-period=10s",
            "--leader-elect-retry-period=0s",
            "--leader-elect-retry-period=-1s",
            "--leader-elect-retry-period=2",
            "--kube-api-qps=0",
            "--kube-api-qps=nan",
            "--kube-api-burst=10",
            "--retry-base-delay=6m",
            "--retry-max-delay=500ms",
        ] {
            let found = Settings::from_arguments(&[wrong.to_owned()]);
            assert!(found.is_err(), "{wrong}");
        }
        let slow = [
            "--leader-elect-lease-duration=1m30s",
            "--retry-max-delay=1h",
        ];
        assert!(Settings::from_arguments(&slow.map(str::to_owned)).is_ok());
    }

    #[test]
    fn it_renders_as_the_reference_by_default() {
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
            let operator = settings(arguments).duties.operator(Platform::kubernetes());
            let found = (operator.corrections, operator.storage);
            assert_eq!(found, (corrections, storage), "{arguments:?}");
        }
    }
}
