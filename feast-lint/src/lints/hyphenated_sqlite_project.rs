use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "hyphenated-sqlite-project",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a project with a hyphen on the SQLite online store",
    docs: Docs {
        why: "Feast derives table names from the project name and rejects hyphens: `Project names \
              for SQLite online stores cannot contain hyphens`. No server starts. The CRD allows \
              them.",
        sources: &["https://docs.feast.dev/reference/feature-repository/feature-store-yaml"],
        example: r"
spec:
  feastProject: credit-scoring
",
        instead: "Use an underscore, or a database.",
        mended: r"
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let project = &cx.spec().feast_project;
    let store = cx
        .services()
        .and_then(|services| services.online_store.as_ref());
    let is_sqlite = store.is_none_or(|store| store.database().is_none());
    if project.contains('-') && is_sqlite {
        let path = FieldPath::of("spec.feastProject");
        let fix = vec![patch::replace(&path, project.replace('-', "_"))];
        out.add(
            path,
            "with an SQLite online store, a project name cannot have a hyphen",
        )
        .help("use `_`, or an online store in a database")
        .fix(fix);
    }
}
