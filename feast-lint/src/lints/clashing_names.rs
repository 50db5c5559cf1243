use apimachinery::FieldPath;
use feast_api::v1::AuthzMode;
use feast_render::Correction;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "clashing-names",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "two FeatureStores whose objects have the same names",
    docs: Docs {
        why: "The lineage server of `a` has the Deployment name and label of a FeatureStore \
              `a-lineage`, and the ServiceAccount of its CronJob is that of `a-cronjob`: they \
              overwrite each other's objects. Names of ClusterRoleBindings do not contain the \
              namespace, so two FeatureStores of the same name in two namespaces overwrite each \
              other's, and one of them can no longer review tokens.",
        sources: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/"],
        example: r"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: sample, namespace: other}
spec: {feastProject: risk}
---
spec:
  feastProject: credit_scoring
",
        instead: "Rename one of them, or use a corrected operator, whose ClusterRoleBindings have \
                  the namespace in their names.",
        mended: r"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: risk, namespace: other}
spec: {feastProject: risk}
---
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for other in cx.subject.neighbours {
        let (name, namespace) = (other.name(), other.namespace());
        let is_here = namespace == cx.namespace();
        let what = if !is_here && name == cx.name() && uses_cluster_roles(cx) {
            "ClusterRoleBindings"
        } else if is_here && suffixed(cx.name(), name, "-lineage") {
            "lineage Deployments"
        } else if is_here && suffixed(cx.name(), name, "-cronjob") {
            "accounts and roles"
        } else {
            continue;
        };
        out.add(
            FieldPath::of("metadata.name"),
            format!("has the same {what} as FeatureStore `{}`", other.title()),
        )
        .help("rename one of them");
    }
}

fn uses_cluster_roles(cx: &Context<'_>) -> bool {
    if cx.corrects(Correction::NamespacedClusterBindings) {
        return false;
    }
    let authz = cx.spec().authz.as_ref();
    authz.is_none_or(|authz| authz.mode() != AuthzMode::NoAuth)
}

fn suffixed(a: &str, b: &str, suffix: &str) -> bool {
    a.strip_suffix(suffix) == Some(b) || b.strip_suffix(suffix) == Some(a)
}
