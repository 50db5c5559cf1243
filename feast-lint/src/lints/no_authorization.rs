use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "no-authorization",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "servers without authorization",
    docs: Docs {
        why: "With `noAuth`, everyone who can reach the Services can read and write features and \
              the registry.",
        sources: &["https://docs.feast.dev/getting-started/concepts/permission"],
        example: r"
spec:
  feastProject: credit_scoring
  authz: {noAuth: true}
",
        instead: "Use `kubernetes` or `oidc`. Or restrict access with a NetworkPolicy and \
                  suppress the lint.",
        mended: r"
spec:
  feastProject: credit_scoring
  authz: {kubernetes: {}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let authz = cx.spec().authz.as_ref();
    if authz.is_some_and(|authz| authz.no_auth == Some(true)) {
        let path = FieldPath::of("spec.authz.noAuth");
        out.add(path, "the servers answer everyone who can reach them")
            .help("use `authz.kubernetes` or `authz.oidc`");
    }
}
