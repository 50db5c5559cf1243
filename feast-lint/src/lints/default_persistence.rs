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
    summary: "stores without persistence, which a restart empties",
    docs: Docs {
        why: "A registry or online store without `persistence` is a file on an `emptyDir`, which \
              is deleted with the pod. That is fine for experiments: `feast apply` fills the \
              registry again, and the online store stays empty until the next materialization.",
        sources: &["https://kubernetes.io/docs/concepts/storage/volumes/#emptydir"],
        example: r"
spec:
  feastProject: credit_scoring
",
        instead: "Use claims or a database for the stores.",
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
            "the online store is lost",
            "spec.services.onlineStore.persistence",
        ),
        (false, true) => (
            "the registry is lost",
            "spec.services.registry.local.persistence",
        ),
        (false, false) => ("registry and online store are lost", "spec.services"),
    };
    out.add(
        FieldPath::of(path),
        format!("{message} with the pod, because `persistence` is not set"),
    )
    .help("set `persistence.file.pvc` or `persistence.store`");
}
