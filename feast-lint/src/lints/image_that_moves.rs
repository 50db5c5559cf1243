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
    for server in &cx.servers {
        let path = || server.path.clone().field("image");
        check_image(server.config.image.as_deref(), path, out);
    }
    let init = cx
        .services()
        .and_then(|services| services.init_image.as_deref());
    let path = || FieldPath::of("spec.services.initImage");
    check_image(init, path, out);
    let cron_job = cx.spec().cron_job.as_ref();
    let configs = cron_job.and_then(|cron_job| cron_job.container_configs.as_ref());
    let image = configs.and_then(|configs| configs.image.as_deref());
    let path = || FieldPath::of("spec.cronJob.containerConfigs.image");
    check_image(image, path, out);
    let project = cx.spec().feast_project_dir.as_ref();
    let packaged = project.and_then(|project| project.packaged.as_ref());
    let image = packaged.and_then(|packaged| packaged.image.as_deref());
    let path = || FieldPath::of("spec.feastProjectDir.packaged.image");
    check_image(image, path, out);
}

fn check_image(image: Option<&str>, path: impl FnOnce() -> FieldPath, out: &mut Findings) {
    let image = image.filter(|image| !image.is_empty() && moves(image));
    if let Some(image) = image {
        out.add(path(), format!("`{image}` can change with every pull"))
            .help("use a version tag or a digest");
    }
}

fn moves(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    // A digest has a colon too.
    name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}
