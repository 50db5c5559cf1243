use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "document-changed-by-upgrade",
    group: Group::Upgrade,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a `feature_store.yaml` that changes with the next release",
    docs: Docs {
        why: "Servers or clients get another document although the FeatureStore's settings do not \
              change. For example, 0.66.0 passes on `audience` and `issuer` of the OIDC Secret: \
              servers then reject tokens that they accepted before.",
        sources: &["https://github.com/feast-dev/feast/pull/6677"],
        example: r"
# from 0.65 to 0.66
spec:
  feastProject: credit_scoring
  authz: {oidc: {secretRef: {name: idp}}}
---
apiVersion: v1
kind: Secret
metadata: {name: idp}
stringData:
  auth_discovery_url: https://idp.example.com/.well-known/openid-configuration
  audience: feast
",
        instead: "Compare the documents of both releases, and try the upgrade on a test \
                  FeatureStore.",
        mended: r"
# from 0.65 to 0.66
spec:
  feastProject: credit_scoring
  authz: {oidc: {secretRef: {name: idp}}}
---
apiVersion: v1
kind: Secret
metadata: {name: idp}
stringData:
  auth_discovery_url: https://idp.example.com/.well-known/openid-configuration
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(upgrade) = cx.subject.upgrade else {
        return;
    };
    let [_, to] = upgrade.releases();
    for step in &cx.steps {
        let is_same = step.before.documents == step.after.documents;
        // Changes that follow from a default are reported by `default-moved-by-upgrade`.
        if is_same || !step.defaults().is_empty() {
            continue;
        }
        let message = format!("{to} writes another feature_store.yaml: {}", step.name());
        out.add(FieldPath::of("spec"), message)
            .help(step.change.summary());
    }
}
