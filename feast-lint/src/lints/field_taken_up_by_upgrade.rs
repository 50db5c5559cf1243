use feast_render::places;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::subject::Upgrade;

pub(crate) static LINT: Lint = Lint {
    name: "field-taken-up-by-upgrade",
    group: Group::Upgrade,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a field that the running release drops and the next release uses",
    docs: Docs {
        why: "An older release admits a manifest written for a newer one and drops fields that it \
              does not have. After the upgrade they take effect once the manifest is applied \
              again.",
        sources: &[
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning",
        ],
        example: r"
# from 0.66 to main
spec:
  feastProject: credit_scoring
  services: {nodeSelector: {disk: ssd}}
",
        instead: "Check that you still want the setting, or remove it until after the upgrade.",
        mended: r"
# from 0.66 to main
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(upgrade) = cx.subject.upgrade.filter(Upgrade::is_forward) else {
        return;
    };
    let [from, to] = upgrade.releases();
    for release in upgrade.passed() {
        for path in release.new_fields() {
            for place in places(&cx.json()["spec"], path) {
                out.add(place, format!("{from} drops this field, and {to} uses it"));
            }
        }
    }
}
