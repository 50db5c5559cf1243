use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "cron-jobs-that-overlap",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a CronJob whose runs may overlap",
    docs: Docs {
        why: "With a schedule and no `concurrencyPolicy`, Kubernetes starts a run even if the \
              last one is still running. Both run in the servers' pod, write the same rows and \
              share its memory.",
        sources: &["https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"],
        example: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "*/5 * * * *", jobSpec: {activeDeadlineSeconds: 3600}}
"#,
        instead: "Set `concurrencyPolicy: Forbid`.",
        mended: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "*/5 * * * *", concurrencyPolicy: Forbid, jobSpec: {activeDeadlineSeconds: 3600}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(job) = cx.spec().cron_job.as_ref() else {
        return;
    };
    let policy = job.concurrency_policy.as_deref().unwrap_or_default();
    if job.runs_on_schedule() && matches!(policy, "" | "Allow") {
        let path = FieldPath::of("spec.cronJob.concurrencyPolicy");
        let fix = vec![patch::add(&path, "Forbid")];
        out.add(path, "a run may start while the last one is still running")
            .help("set `concurrencyPolicy: Forbid`")
            .fix(fix);
    }
}
