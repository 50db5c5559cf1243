use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::context::claims;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "claim-deleted-with-its-data",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a change that deletes a PersistentVolumeClaim with its data",
    docs: Docs {
        why: "The operator deletes a claim that it created when the FeatureStore no longer needs \
              it: when `create` becomes `ref`, the store moves to a database, is disabled or \
              removed, or the registry becomes remote. `create` itself is immutable.",
        sources: &["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming"],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /data}}}}
---
spec:
  feastProject: credit_scoring
",
        instead: "Copy the data first, or set the reclaim policy of the volume to `Retain`.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /data}}}}
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /data}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(old) = cx.subject.old.and_then(|old| old.spec.services.as_ref()) else {
        return;
    };
    let made = |services: &FeatureStoreServices| -> Vec<FieldPath> {
        let is_disabled = |path: &FieldPath| {
            services.is_online_store_disabled() && path.to_string().contains("onlineStore")
        };
        let claims = claims(services).into_iter();
        let claims = claims.filter(|(_, claim)| claim.create.is_some());
        claims
            .map(|(path, _)| path)
            .filter(|path| !is_disabled(path))
            .collect()
    };
    let kept = cx.services().map(made).unwrap_or_default();
    for path in made(old).into_iter().filter(|path| !kept.contains(path)) {
        out.add(path, "this change deletes the volume claim and its data")
            .help("copy the data first, or set the reclaim policy of the volume to `Retain`");
    }
}
