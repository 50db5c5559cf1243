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
    summary: "a field that the running release knows, and the next one drops",
    docs: Docs {
        why: "The API server drops a field that its CRD does not know, and what it asked for is gone without a \
              word. It happens on the way back to an older release above all.",
        sources: &[
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning",
        ],
        example: r"
# from main to 0.66
spec:
  feastProject: credit_scoring
  services: {nodeSelector: {disk: ssd}}
",
        instead: "Say it otherwise, or remove it and mean it.",
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
        Some(written) => &written["spec"],
        None => &cx.written["spec"],
    };
    for release in upgrade.passed() {
        for path in dropped(release, upgrade.is_forward()) {
            for place in places(spec, path) {
                out.add(place, format!("{from} knows this field, and {to} drops it"));
            }
        }
    }
}

/// The fields of `spec` that are gone with a release, or without it.
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
