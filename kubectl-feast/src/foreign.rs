//! Flags that kubectl has and a command here has not: what to do instead.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Flags with what to do instead.
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
        "no cluster is asked here: `validate`, `render`, `graph` and `diff` ask one with --live, and \
         `status` always does",
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
        "how a cluster is reached stands in a kubeconfig: name it with --live --kubeconfig FILE",
    ),
    (
        &["--field-selector"],
        "files are selected by labels, with --selector: for some of a cluster, `kubectl get \
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
        "nothing is changed in a cluster: `validate` says what it would answer, and `kubectl feast \
         render FILE | kubectl apply --server-side -f -` applies",
    ),
    (
        &["--validate"],
        "fields are always validated: `--strict` makes unknown ones errors",
    ),
    (&["-w", "--watch", "--watch-only"], "files are read once"),
];

/// The error with what to do instead, if it is about a flag of kubectl's.
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
