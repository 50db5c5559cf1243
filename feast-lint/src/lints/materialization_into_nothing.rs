use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "materialization-into-nothing",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a CronJob that materializes into a disabled online store",
    docs: Docs {
        why: "Materialization writes features to the online store. If it is disabled, the job \
              fails or writes to a file that is deleted with the pod. By default, the job applies \
              the repository and materializes.",
        sources: &["https://docs.feast.dev/getting-started/concepts/data-ingestion"],
        example: r#"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {disabled: true}
    offlineStore: {server: {}}
  cronJob: {schedule: "@daily"}
"#,
        instead: "Remove the CronJob, or set other commands.",
        mended: r#"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {disabled: true}
    offlineStore: {server: {}}
  cronJob: {schedule: "@daily", containerConfigs: {commands: [feast apply]}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let is_disabled = services.is_some_and(FeatureStoreServices::is_online_store_disabled);
    let Some(cron_job) = cx.spec().cron_job.as_ref().filter(|_| is_disabled) else {
        return;
    };
    let configs = cron_job.container_configs.as_ref();
    let commands = configs
        .and_then(|configs| configs.commands.as_deref())
        .unwrap_or_default();
    let position = commands
        .iter()
        .position(|command| command.contains("materialize"));
    if !cron_job.runs_on_schedule() {
        return;
    }
    let path = FieldPath::of("spec.cronJob");
    let path = match position {
        Some(position) => path
            .field("containerConfigs")
            .field("commands")
            .index(position),
        None if commands.is_empty() => path,
        None => return,
    };
    out.add(
        path,
        "the job materializes features, but the online store is disabled",
    )
    .related(
        FieldPath::of("spec.services.onlineStore.disabled"),
        "disabled here",
    )
    .help("remove the CronJob, or enable the online store");
}
