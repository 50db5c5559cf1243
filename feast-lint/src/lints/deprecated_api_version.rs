use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "deprecated-api-version",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a FeatureStore of the version v1alpha1",
    docs: Docs {
        why: "The version is deprecated and lacks fields of `v1`, such as scaling: what is written \
              there in it is dropped without a word.",
        sources: &["https://kubernetes.io/docs/reference/using-api/deprecation-policy/"],
        example: r"
apiVersion: feast.dev/v1alpha1
spec:
  feastProject: credit_scoring
",
        instead: "Write `feast.dev/v1`.",
        mended: r"
apiVersion: feast.dev/v1
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(written) = cx.subject.written else {
        return;
    };
    if written["apiVersion"] == "feast.dev/v1alpha1" {
        let path = FieldPath::of("apiVersion");
        let fix = vec![patch::replace(&path, "feast.dev/v1")];
        out.add(path, "v1alpha1 is deprecated and drops fields of v1")
            .help("write `feast.dev/v1`")
            .fix(fix);
    }
}
