use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "cron-job-image-without-kubectl",
    group: Group::Operation,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a CronJob with an image of Feast, which lacks kubectl",
    docs: Docs {
        why: "The job runs `kubectl exec` into the Deployment; the commands then run in a \
              server's container, with its image and environment. The job's image needs kubectl \
              and nothing of Feast, and the feature server's image has no kubectl.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_exec/",
            "https://github.com/feast-dev/feast/tree/v0.66.0/sdk/python/feast/infra/feature_servers/multicloud",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", containerConfigs: {image: "quay.io/feastdev/feature-server:0.66.0"}}
"#,
        instead: "Remove the image, or use one with kubectl.",
        mended: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", containerConfigs: {image: "quay.io/openshift/origin-cli:4.17"}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let cron_job = cx.spec().cron_job.as_ref();
    let configs = cron_job.and_then(|cron_job| cron_job.container_configs.as_ref());
    let image = configs.and_then(|configs| configs.image.as_deref());
    let Some(image) = image.filter(|image| is_server_image(cx, image)) else {
        return;
    };
    out.add(
        FieldPath::of("spec.cronJob.containerConfigs.image"),
        format!("the job runs `kubectl exec`, and `{image}` has no kubectl"),
    )
    .help("remove `image`, or use one with kubectl; the commands run in the servers' image anyway");
}

/// Whether an image is the feature server's, or that of a server of this FeatureStore.
fn is_server_image(cx: &Context<'_>, image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    let servers = cx.servers.iter();
    let mut images = servers.filter_map(|server| server.config.image.as_deref());
    name == "feature-server" || images.any(|other| other == image)
}
