use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "claim-without-size",
    group: Group::Persistence,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a PersistentVolumeClaim with the default size",
    docs: Docs {
        why: "The operator creates a claim once and never changes it, and the CRD makes `create` \
              immutable. The default size, 5Gi (20Gi for the offline store), stays until someone \
              edits the claim.",
        sources: &[
            "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /data}}}}
",
        instead: "Set the size, or create the claim yourself and refer to it.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore:
      persistence:
        file:
          path: online.db
          pvc: {create: {resources: {requests: {storage: 50Gi}}}, mountPath: /data}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for (path, claim) in cx.claims() {
        let Some(create) = &claim.create else {
            continue;
        };
        let requests = create
            .resources
            .as_ref()
            .and_then(|resources| resources.requests.as_ref());
        if !requests.is_some_and(|requests| requests.contains_key("storage")) {
            let path = path.field("create").field("resources").field("requests");
            out.add(
                path.field("storage"),
                "the claim gets the default size and is never resized",
            )
            .help("set `resources.requests.storage`, or refer to your own claim with `ref`");
        }
    }
}
