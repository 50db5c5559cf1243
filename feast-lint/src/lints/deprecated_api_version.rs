use apimachinery::FieldPath;
use feast_api::convert::downgrade;
use feast_api::v1::FeatureStore;
use feast_api::{KIND, Version};
use serde_json::{Value, json};

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "deprecated-api-version",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a FeatureStore of the deprecated version v1alpha1",
    docs: Docs {
        why: "v1alpha1 is deprecated and lacks fields of `v1`, such as scaling. The API server \
              drops them silently.",
        sources: &["https://kubernetes.io/docs/reference/using-api/deprecation-policy/"],
        example: r"
apiVersion: feast.dev/v1alpha1
spec:
  feastProject: credit_scoring
",
        instead: "Use `feast.dev/v1`.",
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
    if written.api_version() == Some(Version::V1Alpha1.api_version()) {
        let path = FieldPath::of("apiVersion");
        let fix = vec![patch::replace(&path, "feast.dev/v1")];
        out.add(path, "v1alpha1 is deprecated and drops fields of v1")
            .help("use `feast.dev/v1`")
            .fixed(fix, means_the_same(written.object()));
    }
}

/// Whether the FeatureStore means the same in `v1`: it has no field that `v1alpha1` drops.
fn means_the_same(written: &Value) -> bool {
    let store = FeatureStore::from_value(json!({
        "apiVersion": Version::V1.api_version(),
        "kind": KIND,
        "spec": written["spec"],
    }));
    store.is_ok_and(|store| downgrade(store).lost.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_v1_would_use_prevent_the_fix() {
        for (spec, expected) in [
            (json!({ "feastProject": "a" }), true),
            (
                json!({ "feastProject": "a", "services": { "ui": {} } }),
                true,
            ),
            (json!({ "feastProject": "a", "replicas": 3 }), false),
            (
                json!({ "feastProject": "a", "services": { "scaling": {} } }),
                false,
            ),
            (json!({ "feastProject": 1 }), false),
        ] {
            let written = json!({ "spec": spec });
            assert_eq!(means_the_same(&written), expected, "{written}");
        }
    }
}
