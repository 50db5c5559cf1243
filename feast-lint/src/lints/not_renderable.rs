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
    summary: "a FeatureStore that the operator refuses",
    docs: Docs {
        why: "The CRD admits it, and the operator then sets the condition to False and makes \
              nothing, or not all. A Secret or ConfigMap that the input lacks is taken to be in the \
              cluster; one that it has must hold what is read of it.",
        sources: &[],
        example: r"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {disabled: true}}
",
        instead: "Mend what the message says.",
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
    let finding = out.add(path, format!("the operator refuses it: {error}{about}"));
    if let Some(help) = help(error) {
        finding.help(help);
    }
}

/// Whether a rendering fails since an object is not in the input: it may be in the cluster.
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
            "have that FeatureStore serve its registry: services.registry.local.server"
        }
        Error::ReferenceWithoutGrpc { .. } => {
            "have that FeatureStore serve its registry by gRPC: services.registry.local.server.grpc"
        }
        Error::Document(Document::InvalidSecretValue { .. }) => {
            "the key holds the parameters of the store as a YAML mapping, such as `path: ...`"
        }
        Error::Document(Document::AnotherStoreType { .. }) => {
            "leave the type out of the Secret: the FeatureStore says it"
        }
        Error::Document(Document::NoOidcDiscoveryUrl) => {
            "if the operator has OIDC_ISSUER_URL set, say so: --oidc-issuer-url"
        }
        _ => return None,
    })
}
