use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "cron-job-without-deadline",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a CronJob without a deadline",
    docs: Docs {
        why: "If a command hangs, the job never ends, and with `Forbid` no other run starts.",
        sources: &[
            "https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", concurrencyPolicy: Forbid}
"#,
        instead: "Set `jobSpec.activeDeadlineSeconds`.",
        mended: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", concurrencyPolicy: Forbid, jobSpec: {activeDeadlineSeconds: 3600}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(job) = cx.spec().cron_job.as_ref() else {
        return;
    };
    let spec = job.job_spec.as_ref();
    let deadline = spec.and_then(|spec| spec.active_deadline_seconds);
    if job.runs_on_schedule() && deadline.is_none() {
        let path = FieldPath::of("spec.cronJob.jobSpec.activeDeadlineSeconds");
        out.add(path, "a run that hangs never ends")
            .help("set `activeDeadlineSeconds` to more than a run takes");
    }
}
