use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "cron-job-that-is-suspended",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a CronJob that is configured but never runs",
    docs: Docs {
        why: "Without a schedule the operator sets `@yearly` and `suspend: true`: the job's \
              settings have no effect until it is started by hand.",
        sources: &["https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"],
        example: r"
spec:
  feastProject: credit_scoring
  cronJob: {containerConfigs: {commands: [feast apply]}}
",
        instead: "Set a schedule.",
        mended: r#"
spec:
  feastProject: credit_scoring
  cronJob: {containerConfigs: {commands: [feast apply]}, schedule: "@daily", concurrencyPolicy: Forbid, jobSpec: {activeDeadlineSeconds: 3600}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(job) = cx.spec().cron_job.as_ref() else {
        return;
    };
    if !job.is_scheduled() && job.suspend.is_none() {
        let path = FieldPath::of("spec.cronJob.schedule");
        out.add(path, "without a schedule the job is suspended")
            .help("set `schedule`, or `suspend: true` if you start it by hand");
    }
}
