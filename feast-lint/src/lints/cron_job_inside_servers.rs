use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "cron-job-inside-servers",
    group: Group::Operation,
    level: Level::Allow,
    since: "0.1.0",
    summary: "a cron job that runs in the pod of the servers",
    docs: Docs {
        why: "The job calls `kubectl exec` in the Deployment: a materialization takes CPU and \
              memory from the servers, which may be killed for it, and ends with their pod. Of \
              several replicas one of them is chosen.",
        sources: &[
            "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/",
            "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", concurrencyPolicy: Forbid, jobSpec: {activeDeadlineSeconds: 3600}}
"#,
        instead: "Materialize elsewhere, for instance with a batch engine, and give the servers room.",
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
            "the job runs inside the pod of the servers and shares its memory",
        );
    }
}
