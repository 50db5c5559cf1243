use apimachinery::FieldPath;
use feast_api::v1::RegistryFilePersistence;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "registry-file-written-by-replicas",
    group: Group::SharedState,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a registry in an object store that every replica writes when it starts",
    docs: Docs {
        why: "A change rewrites the whole file, so concurrent writers lose changes. By default an \
              init container of each pod runs `feast apply`, so a rollout or scale-out writes \
              several times at once.",
        sources: &["https://docs.feast.dev/how-to-guides/scaling-feast"],
        example: r#"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {file: {path: "s3://bucket/registry.db"}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
        instead: "Use a registry in a database, or apply elsewhere: `runFeastApplyOnInit: false`.",
        mended: r#"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    runFeastApplyOnInit: false
    registry: {local: {persistence: {file: {path: "s3://bucket/registry.db"}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(services) = cx.services() else {
        return;
    };
    let file = cx.registry_file();
    let is_remote = file.is_some_and(RegistryFilePersistence::is_in_object_store);
    let applies = services.run_feast_apply_on_init != Some(false) && services.has_init_containers();
    if cx.is_scaling() && is_remote && applies {
        let switch = FieldPath::of("spec.services.runFeastApplyOnInit");
        let fix = vec![patch::add(&switch, false)];
        let path = FieldPath::of("spec.services.registry.local.persistence.file.path");
        out.add(
            path,
            "every replica rewrites the registry file when it starts",
        )
        .related(switch, "`feast apply` in each pod")
        .help("use a registry in a database, or set `runFeastApplyOnInit: false`")
        .fix(fix);
    }
}
