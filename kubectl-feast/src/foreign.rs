//! Hints for kubectl's flags that a command does not have.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Flags, with a hint for each.
const FLAGS: &[(&[&str], &str)] = &[
    (
        &[
            "--as",
            "--as-group",
            "--cluster",
            "--context",
            "--kubeconfig",
            "--request-timeout",
            "--user",
            "-A",
            "--all-namespaces",
        ],
        "this command does not read a cluster: `validate`, `render`, `graph`, `capacity` and `diff` do with \
         --live, and `status` always does",
    ),
    (
        &[
            "--as-uid",
            "--cache-dir",
            "--certificate-authority",
            "--client-certificate",
            "--client-key",
            "--insecure-skip-tls-verify",
            "--password",
            "--server",
            "-s",
            "--tls-server-name",
            "--token",
            "--username",
        ],
        "connection settings come from a kubeconfig: use --live --kubeconfig FILE",
    ),
    (
        &["--field-selector"],
        "use --selector to select by label; to select objects of a cluster by field, use `kubectl get \
         featurestores --field-selector SELECTOR -o yaml | kubectl feast validate -`",
    ),
    (
        &["-k", "--kustomize"],
        "build it first: `kubectl kustomize FOLDER | kubectl feast validate -`",
    ),
    (
        &[
            "--dry-run",
            "--field-manager",
            "--force",
            "--force-conflicts",
            "--prune",
            "--server-side",
            "--wait",
        ],
        "this command does not change a cluster: to apply, use `kubectl feast render FILE | kubectl \
         apply --server-side -f -`",
    ),
    (
        &["--validate"],
        "fields are always validated: `--strict` makes unknown ones errors",
    ),
    (
        &["-w", "--watch", "--watch-only"],
        "this command reads files once; `validate` has --watch",
    ),
];

/// Adds a hint to an error about a kubectl flag.
pub(crate) fn hinted(mut error: clap::Error) -> clap::Error {
    let flag = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(flag))) => flag.as_str(),
        _ => return error,
    };
    let name = flag.split('=').next().unwrap_or(flag);
    let Some((_, hint)) = FLAGS.iter().find(|(flags, _)| flags.contains(&name)) else {
        return error;
    };
    let hint = ContextValue::StyledStrs(vec![(*hint).into()]);
    error.insert(ContextKind::Suggested, hint);
    error.remove(ContextKind::SuggestedArg);
    error
}
