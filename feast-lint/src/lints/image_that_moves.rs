use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "image-that-moves",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an image without a fixed tag",
    docs: Docs {
        why: "Without a tag, or with `latest`, each pull may return a different image: replicas \
              and restarts run different versions.",
        sources: &["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
        example: r#"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {server: {image: "example.com/feast:latest"}}}
"#,
        instead: "Use a version tag or, better, a digest.",
        mended: r#"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {server: {image: "example.com/feast:0.66.0"}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let servers = cx.servers().into_iter();
    let mut images: Vec<_> = servers
        .map(|server| (server.path.field("image"), server.config.image))
        .collect();
    let services = cx.services();
    images.push((
        FieldPath::of("spec.services.initImage"),
        services.and_then(|services| services.init_image.clone()),
    ));
    let cron_job = cx.spec().cron_job.as_ref();
    let configs = cron_job.and_then(|cron_job| cron_job.container_configs.as_ref());
    images.push((
        FieldPath::of("spec.cronJob.containerConfigs.image"),
        configs.and_then(|configs| configs.image.clone()),
    ));
    let project = cx.spec().feast_project_dir.as_ref();
    let packaged = project.and_then(|project| project.packaged.as_ref());
    images.push((
        FieldPath::of("spec.feastProjectDir.packaged.image"),
        packaged.and_then(|packaged| packaged.image.clone()),
    ));
    for (path, image) in images {
        let image = image.unwrap_or_default();
        if !image.is_empty() && moves(&image) {
            out.add(path, format!("`{image}` can change with every pull"))
                .help("use a version tag or a digest");
        }
    }
}

fn moves(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    // A digest has a colon too.
    name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}
