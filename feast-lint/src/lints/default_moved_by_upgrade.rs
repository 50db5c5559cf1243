use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "default-moved-by-upgrade",
    group: Group::Upgrade,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a setting that nobody made, and that the next release makes",
    docs: Docs {
        why: "A release takes something for granted that the one before it did not. 0.66.0 authorizes requests \
              by Kubernetes where `authz` says nothing: clients without a token and a RoleBinding are \
              turned away from then on.",
        sources: &["https://github.com/feast-dev/feast/releases/tag/v0.66.0"],
        example: r"
# from 0.65 to 0.66
spec:
  feastProject: credit_scoring
",
        instead: "Say before the upgrade what you want to have, where the running release has a setting for it; else \
                  prepare those who use the servers.",
        mended: r"
# from 0.65 to 0.66
spec:
  feastProject: credit_scoring
  authz: {kubernetes: {}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(upgrade) = cx.subject.upgrade else {
        return;
    };
    let [from, to] = upgrade.releases();
    for step in &cx.steps {
        for (path, value) in step.defaults() {
            let what = match value {
                Some(value) => format!("{to} takes {value} here by default, unlike {from}"),
                None => format!("{to} takes nothing here by default, unlike {from}"),
            };
            out.add(path, format!("{what}: {}", step.name()))
                .help(step.change.summary());
        }
    }
}
