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
    summary: "a field that the running release drops, and the next one does what it says",
    docs: Docs {
        why: "A manifest that was written for a later release is admitted by an earlier one, which drops the \
              fields that it does not know. With the upgrade they have an effect, once the manifest is \
              applied anew.",
        sources: &[
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning",
        ],
        example: r"
# from 0.66 to main
spec:
  feastProject: credit_scoring
  services: {nodeSelector: {disk: ssd}}
",
        instead: "Make sure that you still want what it says; or leave it out until the upgrade is done.",
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
            for place in places(&cx.written["spec"], path) {
                out.add(
                    place,
                    format!("{from} drops this field, and {to} does what it says"),
                );
            }
        }
    }
}
