use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::neighbours::Neighbour;

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

/// So many FeatureStores are named; there may be hundreds.
const SHOWN: usize = 3;

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let others = cx.subject.neighbours;
    if others.is_empty() || !cx.applies_at_start() {
        return;
    }
    let (project, registry) = (&cx.spec().feast_project, cx.registry());
    let is_same = |other: &&&Neighbour| {
        other.project() == project && other.registry() == registry && other.applies_at_start()
    };
    let titles = others
        .iter()
        .filter(is_same)
        .map(|other| format!("`{}`", other.title()));
    let titles: Vec<_> = titles.collect();
    let (what, have) = match titles.as_slice() {
        [] => return,
        [only] => (format!("FeatureStore {only}"), "has"),
        [first, rest @ ..] if rest.len() < SHOWN => {
            let rest = rest.join(" and ");
            (format!("FeatureStores {first} and {rest}"), "have")
        }
        [first, ..] => (format!("FeatureStores {first} and others"), "have"),
    };
    out.add(
        FieldPath::of("spec.services.runFeastApplyOnInit"),
        format!("every start deletes what {what} {have} applied to the same project"),
    )
    .related(FieldPath::of("spec.feastProject"), "the project")
    .related(FieldPath::of("spec.services.registry"), "the registry")
    .help("set `runFeastApplyOnInit: false` in one of them, or use two projects");
}
