use feast_render::Error;
use feast_render::documents::Error as Document;

use crate::blame::{Blame, blame};
use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "not-renderable",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a FeatureStore that the operator rejects",
    docs: Docs {
        why: "The CRD admits it, but the operator sets a condition to False and creates no \
              objects, or not all. A Secret or ConfigMap missing from the input is assumed to be \
              in the cluster; one in the input must have the data that is read from it.",
        sources: &[],
        example: r"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {disabled: true}}
",
        instead: "Fix what the message reports.",
        mended: r"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {disabled: true}, offlineStore: {server: {}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Err(error) = cx.rendered else {
        return;
    };
    if is_absent(error) {
        return;
    }
    let Blame { path, content } = blame(error, cx.store());
    let about = content.map_or_else(String::new, |content| format!(" ({content})"));
    let finding = out.add(path, format!("the operator rejects it: {error}{about}"));
    if let Some(help) = help(error) {
        finding.help(help);
    }
}

/// Whether rendering fails because an object is not in the input: it may be in the cluster.
fn is_absent(error: &Error) -> bool {
    let is_absent = |error: &Document| {
        matches!(
            error,
            Document::SecretNotFound { .. } | Document::ConfigMapNotFound { .. }
        )
    };
    match error {
        Error::StoreSecretNotFound { .. } | Error::ReferenceNotFound { .. } => true,
        Error::Document(Document::LineageSecret { source, .. }) => is_absent(source),
        Error::Document(error) => is_absent(error),
        _ => false,
    }
}

fn help(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::ReferenceNotReady { .. } => {
            "that FeatureStore must serve its registry: set services.registry.local.server"
        }
        Error::ReferenceWithoutGrpc { .. } => {
            "that FeatureStore must serve its registry over gRPC: set \
             services.registry.local.server.grpc"
        }
        Error::Document(Document::InvalidSecretValue { .. }) => {
            "the key must have the store's parameters as a YAML mapping, such as `path: ...`"
        }
        Error::Document(Document::AnotherStoreType { .. }) => {
            "remove the type from the Secret: the FeatureStore sets it"
        }
        Error::Document(Document::NoOidcDiscoveryUrl) => {
            "if the operator has OIDC_ISSUER_URL set, pass --oidc-issuer-url"
        }
        _ => return None,
    })
}
