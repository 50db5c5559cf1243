use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "apply-at-start-prunes-shared-registry",
    group: Group::SharedState,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a shared registry that every pod start resets to the generated feature repository",
    docs: Docs {
        why: "Every pod start runs `feast apply`, which makes the project in the registry equal \
              to the feature repository. It deletes what others registered through the registry \
              server, permissions included. Without `git` or `packaged`, the repository is the \
              example that `feast init` generates.",
        sources: &[
            "https://docs.feast.dev/reference/feast-cli-commands#apply",
            "https://docs.feast.dev/getting-started/concepts/permission",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {server: {restAPI: true}, persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
        instead: "Turn `feast apply` off, or keep everything in a repository set with `git` or \
                  `packaged`.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    runFeastApplyOnInit: false
    registry: {local: {server: {restAPI: true}, persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let project = cx.spec().feast_project_dir.as_ref();
    let has_repository =
        project.is_some_and(|project| project.git.is_some() || project.packaged.is_some());
    let services = cx.services();
    let server = services.and_then(FeatureStoreServices::registry_server);
    if has_repository || server.is_none() || !keeps_registry(cx) {
        return;
    }
    if !cx.applies_at_start() {
        return;
    }
    out.add(
        FieldPath::of("spec.services.runFeastApplyOnInit"),
        "every pod start deletes from the registry what the generated repository lacks, \
         permissions included",
    )
    .related(
        FieldPath::of("spec.services.registry.local.server"),
        "others register through this server",
    )
    .help("set `runFeastApplyOnInit: false`, or set a repository in `feastProjectDir`");
}

/// Whether registrations of others survive a restart.
fn keeps_registry(cx: &Context<'_>) -> bool {
    let services = cx.services();
    let local = services.and_then(FeatureStoreServices::local_registry);
    let persistence = local.and_then(|local| local.persistence.as_ref());
    persistence.is_some_and(|persistence| {
        let file = persistence.file.as_ref();
        let is_kept = file.is_some_and(|file| {
            let path = file.path.as_deref().unwrap_or_default();
            file.pvc.is_some() || path.contains("://")
        });
        persistence.store.is_some() || is_kept
    })
}
