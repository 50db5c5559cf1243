//! Arguments for reading a cluster, named as in kubectl.

use std::path::PathBuf;
use std::time::Duration;

use crate::input::{Files, Unreadable};

/// Whether a command reads a cluster instead of files.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Reach {
    /// Read FeatureStores from the cluster: all in the namespace, or those named instead of files
    #[arg(long, help_heading = "Cluster")]
    live: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

impl Reach {
    /// Whether the cluster is read.
    ///
    /// # Errors
    ///
    /// Conflicting flags.
    pub(crate) fn is_live(&self) -> Result<bool, Unreadable> {
        match self.target.first() {
            Some(flag) if !self.live => Err(Unreadable(format!(
                "{flag} needs --live: without it, this command reads files"
            ))),
            _ => Ok(self.live),
        }
    }

    /// The names of FeatureStores given instead of files, if a cluster is read.
    ///
    /// # Errors
    ///
    /// Conflicting flags, or an invalid name.
    pub(crate) fn names(&self, files: &Files) -> Result<Option<Vec<String>>, Unreadable> {
        if !self.is_live()? {
            return Ok(None);
        }
        if !files.named.is_empty() {
            return Err(Unreadable(
                "--filename and --live exclude each other".to_owned(),
            ));
        }
        let names = files.paths.iter().map(|path| name(&path.to_string_lossy()));
        names.collect::<Result<_, _>>().map(Some)
    }
}

/// The cluster to read.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct Target {
    /// All namespaces
    #[arg(short = 'A', long)]
    pub(crate) all_namespaces: bool,
    /// Path of the kubeconfig [default: $KUBECONFIG, or ~/.kube/config]
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig [default: the current one]
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// Cluster of the kubeconfig [default: that of the context]
    #[arg(long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// User of the kubeconfig [default: that of the context]
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// User to impersonate
    #[arg(long = "as", value_name = "USER")]
    pub(crate) impersonate: Option<String>,
    /// Groups to impersonate
    #[arg(long = "as-group", value_name = "GROUP", requires = "impersonate")]
    pub(crate) impersonate_groups: Vec<String>,
    /// Timeout of each request to the API server: 5s, 2m; 0 for none [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    pub(crate) request_timeout: Option<Timeout>,
}

impl Target {
    /// The first flag that is set.
    fn first(&self) -> Option<&'static str> {
        let given = [
            ("--all-namespaces", self.all_namespaces),
            ("--kubeconfig", self.kubeconfig.is_some()),
            ("--context", self.context.is_some()),
            ("--cluster", self.cluster.is_some()),
            ("--user", self.user.is_some()),
            ("--as", self.impersonate.is_some()),
            ("--request-timeout", self.request_timeout.is_some()),
        ];
        let mut given = given.into_iter();
        given.find_map(|(flag, is_given)| is_given.then_some(flag))
    }

    /// Whether no kubeconfig or context is selected.
    pub(super) fn is_open(&self) -> bool {
        let names = [&self.context, &self.cluster, &self.user];
        self.kubeconfig.is_none() && names.into_iter().all(Option::is_none)
    }
}

/// Timeout of a request; `None` for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeout(pub(crate) Option<Duration>);

impl Default for Timeout {
    fn default() -> Self {
        Self(Some(Duration::from_secs(30)))
    }
}

/// A duration as in kubectl: a number is in seconds.
fn timeout(text: &str) -> Result<Timeout, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let milliseconds = match unit {
        "ms" => Some(1),
        "" | "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let number = digits.parse::<u32>().ok();
    match number.zip(milliseconds) {
        Some((0, _)) => Ok(Timeout(None)),
        Some((number, unit)) => Ok(Timeout(Some(Duration::from_millis(
            u64::from(number) * unit,
        )))),
        None => {
            Err("use a number of seconds, or a number with ms, s, m or h, such as 5s".to_owned())
        }
    }
}

/// A name, also in kubectl's form `featurestore/shop`.
pub(super) fn name(text: &str) -> Result<String, Unreadable> {
    let name = match text.split_once('/') {
        Some(("featurestore" | "featurestores" | "featurestores.feast.dev", name)) => name,
        _ => text,
    };
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
    if !name.is_empty() && name.chars().all(is_name) {
        return Ok(name.to_owned());
    }
    Err(Unreadable(format!(
        "{text}: not the name of a FeatureStore; with --live, arguments are names"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed_as_in_kubectl() {
        let is = |text: &str, milliseconds: Option<u64>| {
            let expected = Timeout(milliseconds.map(Duration::from_millis));
            assert_eq!(timeout(text), Ok(expected), "{text}");
        };
        is("5", Some(5_000));
        is("5s", Some(5_000));
        is("250ms", Some(250));
        is("2m", Some(120_000));
        is("1h", Some(3_600_000));
        is("0", None);
        is("0s", None);
        for wrong in ["", "s", "-1", "5d", "5 s", "1m30s"] {
            assert!(timeout(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_parsed_as_in_kubectl() {
        for (text, expected) in [
            ("shop", Some("shop")),
            ("featurestore/shop", Some("shop")),
            ("featurestores.feast.dev/shop", Some("shop")),
            ("deploy/shop.yaml", None),
            ("", None),
            ("..", Some("..")),
        ] {
            let found = name(text).ok();
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
