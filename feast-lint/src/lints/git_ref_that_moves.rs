use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "git-ref-that-moves",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a git repository without a fixed commit",
    docs: Docs {
        why: "Without `ref`, the pod clones the default branch when it starts, and branches and \
              tags can move: after a restart, or on another replica, different features are \
              served.",
        sources: &["https://git-scm.com/docs/git-checkout"],
        example: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "https://github.com/example/features"}}
"#,
        instead: "Set a commit.",
        mended: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "https://github.com/example/features", ref: 1d2c3b4}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(git) = cx.git() else {
        return;
    };
    let path = FieldPath::of("spec.feastProjectDir.git.ref");
    match git.ref_.as_deref().unwrap_or_default() {
        "" => {
            out.add(
                path,
                "every pod start clones the latest commit of the default branch",
            )
            .help("set `ref` to a commit");
        }
        name if !is_commit(name) => {
            out.add(
                path,
                format!("`{name}` is a branch or a tag, which can move"),
            )
            .help("set `ref` to a commit");
        }
        _ => {}
    }
}

fn is_commit(name: &str) -> bool {
    (7..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit())
}
