use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::neighbours::{Neighbour, neighbours};

pub(crate) static LINT: Lint = Lint {
    name: "two-stores-apply-one-project",
    group: Group::SharedState,
    level: Level::Warn,
    since: "0.1.0",
    summary: "two FeatureStores that apply the same project of a registry when they start",
    docs: Docs {
        why: "`feast apply` makes a project in the registry equal to one feature repository. If \
              two FeatureStores apply the same project, whichever starts later deletes what the \
              other applied, permissions included.",
        sources: &[
            "https://docs.feast.dev/reference/feast-cli-commands#apply",
            "https://docs.feast.dev/getting-started/concepts/project",
        ],
        example: r"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner}
spec:
  feastProject: credit_scoring
  services: {registry: {local: {server: {}}}}
---
spec:
  feastProject: credit_scoring
  services: {registry: {remote: {feastRef: {name: owner}}}}
",
        instead: "Let only one of them apply.",
        mended: r"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner}
spec:
  feastProject: credit_scoring
  services: {registry: {local: {server: {}}}}
---
spec:
  feastProject: credit_scoring
  services: {runFeastApplyOnInit: false, registry: {remote: {feastRef: {name: owner}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let mut others = neighbours(cx).peekable();
    if others.peek().is_none() {
        return;
    }
    let own = Neighbour::own(cx);
    if !own.applies_at_start() {
        return;
    }
    let registry = own.registry();
    for other in others {
        let is_same = other.project() == own.project() && other.registry() == registry;
        if is_same && other.applies_at_start() {
            out.add(
                FieldPath::of("spec.services.runFeastApplyOnInit"),
                format!(
                    "every start deletes what FeatureStore `{}` has applied to the same project",
                    other.title()
                ),
            )
            .related(FieldPath::of("spec.feastProject"), "the project")
            .related(FieldPath::of("spec.services.registry"), "the registry")
            .help("set `runFeastApplyOnInit: false` in one of them, or use two projects");
        }
    }
}
