use apimachinery::FieldPath;
use json_patch::jsonptr::PointerBuf;
use json_patch::{PatchOperation, ReplaceOperation};

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "hpa-minimum-above-maximum",
    group: Group::Scaling,
    level: Level::Deny,
    since: "0.1.0",
    summary: "an autoscaler whose minimum is above its maximum",
    docs: Docs {
        why: "The CRD admits it, but the API server then rejects the HorizontalPodAutoscaler, and \
              nothing scales the Deployment.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/",
        ],
        example: "
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling:
      autoscaling: {minReplicas: 5, maxReplicas: 3}
",
        instead: "Swap the two, or raise the maximum.",
        mended: "
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling:
      autoscaling: {minReplicas: 3, maxReplicas: 5}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(autoscaling) = cx.autoscaling() else {
        return;
    };
    let (minimum, maximum) = (
        autoscaling.min_replicas.unwrap_or(1),
        autoscaling.max_replicas,
    );
    if minimum <= maximum {
        return;
    }
    let path = FieldPath::of("spec.services.scaling.autoscaling");
    let (min_path, max_path) = (path.clone().field("minReplicas"), path.field("maxReplicas"));
    let replace = |path: &FieldPath, value: i32| {
        PatchOperation::Replace(ReplaceOperation {
            path: PointerBuf::parse(path.pointer()).expect("a pointer"),
            value: value.into(),
        })
    };
    let fix = vec![replace(&min_path, maximum), replace(&max_path, minimum)];
    out.add(
        min_path,
        format!("the minimum of {minimum} replicas is above the maximum of {maximum}"),
    )
    .related(max_path, "the maximum")
    .help("swap the two, or raise the maximum")
    .fix(fix);
}
