use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "cron-job-inside-servers",
    group: Group::Operation,
    level: Level::Allow,
    since: "0.1.0",
    summary: "a CronJob that runs in the servers' pod",
    docs: Docs {
        why: "The job runs `kubectl exec` in the Deployment: a materialization uses the servers' \
              CPU and memory, can get them killed, and dies with their pod. With several replicas \
              it runs in one of them.",
        sources: &[
            "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/",
            "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", concurrencyPolicy: Forbid, jobSpec: {activeDeadlineSeconds: 3600}}
"#,
        instead: "Materialize elsewhere, for instance with a batch engine, and leave headroom for \
                  the servers.",
        mended: r"
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(job) = cx.spec().cron_job.as_ref() else {
        return;
    };
    if job.runs_on_schedule() {
        let path = FieldPath::of("spec.cronJob");
        out.add(
            path,
            "the job runs in the servers' pod and shares its memory",
        );
    }
}
