use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "cron-job-image-without-kubectl",
    group: Group::Operation,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a CronJob on an image of Feast, which has no kubectl",
    docs: Docs {
        why: "The job runs `kubectl exec` into the Deployment, where the commands then run \
              in the container of a server, with its image and environment. The image of the \
              job needs kubectl and nothing of Feast; the feature server's image has no \
              kubectl.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_exec/",
            "https://github.com/feast-dev/feast/tree/v0.66.0/sdk/python/feast/infra/feature_servers/multicloud",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", containerConfigs: {image: "quay.io/feastdev/feature-server:0.66.0"}}
"#,
        instead: "Leave the image out, or name one with kubectl.",
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
        format!("the job runs `kubectl exec`, which `{image}` does not have"),
    )
    .help("remove `image`, or name one with kubectl; commands run in the servers' image anyway");
}

/// Whether an image is that of the feature server, or of a server of this FeatureStore.
fn is_server_image(cx: &Context<'_>, image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    let servers = cx.servers();
    let mut images = servers
        .iter()
        .filter_map(|server| server.config.image.as_deref());
    name == "feature-server" || images.any(|other| other == image)
}
