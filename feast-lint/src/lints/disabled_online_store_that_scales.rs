use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "disabled-online-store-that-scales",
    group: Group::Persistence,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a disabled online store that needs a database for scaling",
    docs: Docs {
        why: "For more than one replica, the CRD requires a database for the online store even if \
              the store is disabled. You have to configure it and provide its Secret, and no \
              server uses it.",
        sources: &["https://docs.feast.dev/how-to-guides/scaling-feast"],
        example: r"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {disabled: true, persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    ui: {}
",
        instead: "Enable the online store, or do not scale.",
        mended: r"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let is_disabled = services.is_some_and(FeatureStoreServices::is_online_store_disabled);
    if cx.is_scaling() && is_disabled {
        let path = FieldPath::of("spec.services.onlineStore.disabled");
        out.add(
            path,
            "the online store is disabled, but scaling still requires its database",
        )
        .related(cx.scaling_path(), "more than one replica");
    }
}
