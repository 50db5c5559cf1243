use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "git-credentials-in-url",
    group: Group::Security,
    level: Level::Deny,
    since: "0.1.0",
    summary: "credentials in the URL of a git repository",
    docs: Docs {
        why: "The URL is visible in the FeatureStore, in the command of an init container, and in \
              its log.",
        sources: &["https://git-scm.com/docs/gitcredentials"],
        example: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "https://user:token@github.com/example/features", ref: 1d2c3b4}}
"#,
        instead: "Put the token into a Secret that `git.envFrom` refers to, and use it in a \
                  header or a credential helper with `git.configs`.",
        mended: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "https://github.com/example/features", ref: 1d2c3b4}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let url = cx.git().map(|git| git.url.as_str()).unwrap_or_default();
    let host = url
        .split_once("://")
        .map(|(_, rest)| rest)
        .unwrap_or_default();
    let authority = host.split('/').next().unwrap_or_default();
    let user = authority
        .rsplit_once('@')
        .map(|(user, _)| user)
        .unwrap_or_default();
    if user.contains(':') && !user.contains('$') {
        let path = FieldPath::of("spec.feastProjectDir.git.url");
        out.add(
            path,
            "the URL has a password, which the FeatureStore, its pod and its log expose",
        )
        .help("keep it in a Secret that `git.envFrom` refers to");
    }
}
