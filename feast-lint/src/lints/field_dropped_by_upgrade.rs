use feast_api::{CrdChange, Release};
use feast_render::places;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "field-dropped-by-upgrade",
    group: Group::Upgrade,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a field that the next release drops",
    docs: Docs {
        why: "The API server silently drops fields that its CRD does not have, so the setting is \
              lost. This happens mostly when downgrading.",
        sources: &[
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning",
        ],
        example: r"
# from main to 0.66
spec:
  feastProject: credit_scoring
  services: {nodeSelector: {disk: ssd}}
",
        instead: "Set it another way, or remove it deliberately.",
        mended: r"
# from main to 0.66
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(upgrade) = cx.subject.upgrade else {
        return;
    };
    let [from, to] = upgrade.releases();
    let spec = match cx.subject.written {
        Some(written) => &written.object()["spec"],
        None => &cx.json()["spec"],
    };
    for release in upgrade.passed() {
        for path in dropped(release, upgrade.is_forward()) {
            for place in places(spec, path) {
                out.add(place, format!("{from} has this field, and {to} drops it"));
            }
        }
    }
}

/// The fields of `spec` that a release removed or, on a downgrade, added.
fn dropped(release: Release, is_forward: bool) -> impl Iterator<Item = &'static str> {
    let changes = release.changes();
    changes.filter_map(move |change| {
        let path = match change {
            CrdChange::Field(path) => (!is_forward).then_some(path),
            CrdChange::Gone { path, .. } | CrdChange::Moved { from: path, .. } => {
                is_forward.then_some(path)
            }
            _ => None,
        };
        path?.strip_prefix("spec.")
    })
}
