use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "git-over-plain-http",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a git repository without encryption",
    docs: Docs {
        why: "Anyone on the network path can change the code that the servers run.",
        sources: &["https://git-scm.com/docs/git-clone#_git_urls"],
        example: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "http://github.com/example/features", ref: 1d2c3b4}}
"#,
        instead: "Use https or ssh.",
        mended: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "https://github.com/example/features", ref: 1d2c3b4}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(url) = cx.git().map(|git| git.url.as_str()) else {
        return;
    };
    for scheme in ["http://", "git://"] {
        if let Some(rest) = url.strip_prefix(scheme) {
            let path = FieldPath::of("spec.feastProjectDir.git.url");
            let fix = vec![patch::replace(&path, format!("https://{rest}"))];
            out.add(
                path,
                format!("`{scheme}` fetches code that anyone on the network path can change"),
            )
            .help("use https")
            .fix(fix);
        }
    }
}
