use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "host-path-volume",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a `hostPath` volume",
    docs: Docs {
        why: "A `hostPath` volume is a directory of the node: whoever controls the container can \
              read and write there, and only the Pod Security Standard `privileged` allows it. \
              The data stays on the node when the pod moves.",
        sources: &[
            "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    volumes: [{name: data, hostPath: {path: /data}}]
",
        instead: "Use a volume claim.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let volumes = cx.services().and_then(|services| services.volumes.as_ref());
    for (position, volume) in volumes.into_iter().flatten().enumerate() {
        if volume.host_path.is_some() {
            let path = FieldPath::of("spec.services.volumes").index(position);
            out.add(
                path.field("hostPath"),
                format!("the volume `{}` is a directory of the node", volume.name),
            )
            .help("use a volume claim");
        }
    }
}
