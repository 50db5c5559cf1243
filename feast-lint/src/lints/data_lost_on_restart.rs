use apimachinery::FieldPath;
use feast_api::v1::OnlineStore;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "data-lost-on-restart",
    group: Group::Persistence,
    level: Level::Warn,
    since: "0.1.0",
    summary: "data in a file that a restart deletes",
    docs: Docs {
        why: "Without a claim, a store's files are on an `emptyDir`, which is deleted with the \
              pod. An update, drain or eviction empties the online store and leaves in the \
              registry only what `feast apply` adds again.",
        sources: &["https://kubernetes.io/docs/concepts/storage/volumes/#emptydir"],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {file: {path: /data/registry.db}}}}
",
        instead: "Use a claim or a database for the store.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    registry:
      local: {server: {}, persistence: {file: {path: registry.db, pvc: {create: {}, mountPath: /registry}}}}
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /online}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    if loses_registry(cx) {
        let path = FieldPath::of("spec.services.registry.local.persistence");
        out.add(
            path,
            "the registry is on an `emptyDir`, which is deleted with the pod",
        )
        .help("set `persistence.file.pvc` or `persistence.store`");
    }
    if loses_online_store(cx) {
        let path = FieldPath::of("spec.services.onlineStore.persistence");
        out.add(
            path,
            "the online store is on an `emptyDir`, which is deleted with the pod",
        )
        .help("set `persistence.file.pvc` or `persistence.store`");
    }
}

/// Only a registry with settings: `default-persistence` covers others.
fn loses_registry(cx: &Context<'_>) -> bool {
    let registry = cx
        .services()
        .and_then(|services| services.registry.as_ref());
    let Some(registry) = registry.filter(|registry| registry.remote.is_none()) else {
        return false;
    };
    let local = registry.local.as_ref();
    let persistence = local.and_then(|local| local.persistence.as_ref());
    let Some(persistence) = persistence else {
        return false;
    };
    let file = persistence.file.as_ref();
    let path = file
        .and_then(|file| file.path.as_deref())
        .unwrap_or_default();
    let is_kept = file.is_some_and(|file| file.pvc.is_some()) || path.contains("://");
    persistence.store.is_none() && !is_kept
}

fn loses_online_store(cx: &Context<'_>) -> bool {
    let store = cx
        .services()
        .and_then(|services| services.online_store.as_ref());
    if store.is_some_and(OnlineStore::is_disabled) {
        return false;
    }
    let persistence = store.and_then(|store| store.persistence.as_ref());
    let Some(persistence) = persistence else {
        return false;
    };
    let file = persistence.file.as_ref();
    persistence.store.is_none() && file.is_none_or(|file| file.pvc.is_none())
}
