use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "default-moved-by-upgrade",
    group: Group::Upgrade,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an unset field whose default changes with the next release",
    docs: Docs {
        why: "Releases change defaults. For example, 0.66.0 turns Kubernetes authorization on if \
              `authz` is not set: clients without a token and a RoleBinding are then rejected.",
        sources: &["https://github.com/feast-dev/feast/releases/tag/v0.66.0"],
        example: r"
# from 0.65 to 0.66
spec:
  feastProject: credit_scoring
",
        instead: "Set the field before the upgrade, if the running release has it. Otherwise \
                  prepare the users of the servers.",
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
                Some(value) => format!("{to} sets {value} here by default, unlike {from}"),
                None => format!("{to} sets nothing here by default, unlike {from}"),
            };
            out.add(path, format!("{what}: {}", step.name()))
                .help(step.change.summary());
        }
    }
}
