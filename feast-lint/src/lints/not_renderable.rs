use apimachinery::FieldPath;
use feast_render::Error;

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
              nothing, or not all. What is missing in the input is not looked at.",
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
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings) {
    let Err(error) = cx.rendered else {
        return;
    };
    if let Some(place) = place(error) {
        out.add(
            FieldPath::of(place),
            format!("the operator refuses it: {error}"),
        );
    }
}

/// What causes a refusal; nothing if it is what the input lacks, or says what a Secret holds.
fn place(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::ReferenceToItself { .. } => "spec.services.registry.remote.feastRef",
        Error::NoServer => "spec.services",
        Error::RegistryWithoutApi => "spec.services.registry.local.server",
        Error::LineageWithoutDatabase
        | Error::LineageWithoutRegistry
        | Error::LineageWithoutConsumer => "spec.openlineage.consumer.lineageServer",
        Error::PackagedPath { .. } | Error::PackagedPathOverlaps { .. } => {
            "spec.feastProjectDir.packaged.featureRepoPath"
        }
        _ => return None,
    })
}
