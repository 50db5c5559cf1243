use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "default-persistence",
    group: Group::Hygiene,
    level: Level::Allow,
    since: "0.1.0",
    summary: "stores for which nothing is said, and which a restart loses",
    docs: Docs {
        why: "A registry or an online store without `persistence` is a file on an \
              `emptyDir`, which goes with the pod. That is good for trying things out: \
              `feast apply` fills the registry again, and the online store stays empty until \
              the next materialization.",
        sources: &["https://kubernetes.io/docs/concepts/storage/volumes/#emptydir"],
        example: r"
spec:
  feastProject: credit_scoring
",
        instead: "Give the stores claims or a database.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let local = services.and_then(FeatureStoreServices::local_registry);
    let is_remote = services.is_some_and(|services| services.remote_registry().is_some());
    let has_registry = is_remote || local.is_some_and(|local| local.persistence.is_some());
    let online = services.and_then(|services| services.online_store.as_ref());
    let has_online = online.is_some_and(|store| store.is_disabled() || store.persistence.is_some());
    let (message, path) = match (has_registry, has_online) {
        (true, true) => return,
        (true, false) => (
            "the online store goes",
            "spec.services.onlineStore.persistence",
        ),
        (false, true) => (
            "the registry goes",
            "spec.services.registry.local.persistence",
        ),
        (false, false) => ("registry and online store go", "spec.services"),
    };
    out.add(
        FieldPath::of(path),
        format!("{message} with the pod, as nothing is said of `persistence`"),
    )
    .help("set `persistence.file.pvc` or `persistence.store`");
}
