use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "registry-never-refreshed",
    group: Group::SharedState,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a registry cache that replicas or workers never refresh",
    docs: Docs {
        why: "Each process caches the registry for `cache_ttl_seconds`; 0 means forever. Changes \
              that `feast apply` makes through one process do not reach the others until they \
              restart.",
        sources: &["https://docs.feast.dev/getting-started/components/registry"],
        example: r#"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    runFeastApplyOnInit: false
    registry: {local: {persistence: {file: {path: "s3://bucket/registry.db", cache_ttl_seconds: 0}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
        instead: "Let the cache expire, for instance after 60 seconds.",
        mended: r#"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    runFeastApplyOnInit: false
    registry: {local: {persistence: {file: {path: "s3://bucket/registry.db", cache_ttl_seconds: 60}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
    },
};

const MESSAGE: &str = "there are several copies of the registry, and they are never refreshed";
const HELP: &str = "set `cache_ttl_seconds` to the acceptable delay, such as 60";

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let servers = cx.servers.iter();
    let workers = servers.filter_map(|server| server.config.worker_configs.as_ref()?.workers);
    let many = cx.is_scaling() || workers.into_iter().any(|workers| workers != 1);
    if !many {
        return;
    }
    let file = cx.registry_file();
    if file.is_some_and(|file| file.cache_ttl_seconds == Some(0)) {
        let file = FieldPath::of("spec.services.registry.local.persistence.file");
        out.add(file.field("cache_ttl_seconds"), MESSAGE).help(HELP);
    }
    for store in cx.stores().filter(|store| store.block == "registry") {
        if store.parameters.get("cache_ttl_seconds") == Some(&0.into()) {
            out.add(store.path(), MESSAGE).help(HELP);
        }
    }
}
