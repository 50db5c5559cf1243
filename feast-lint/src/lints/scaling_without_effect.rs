use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "scaling-without-effect",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "scaling settings without effect",
    docs: Docs {
        why: "The operator creates a HorizontalPodAutoscaler only for \
              `services.scaling.autoscaling`, and the autoscaler then sets the number of \
              replicas. `services.scaling` alone has no effect, and neither does `replicas` beside \
              an autoscaler.",
        sources: &[
            "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services: {scaling: {}}
",
        instead: "Set `autoscaling`, or remove the settings.",
        mended: r"
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let scaling = cx.services().and_then(|services| services.scaling.as_ref());
    let Some(scaling) = scaling else { return };
    if scaling.autoscaling.is_none() {
        let path = FieldPath::of("spec.services.scaling");
        let fix = vec![patch::remove(&path)];
        out.add(path, "`scaling` without `autoscaling` has no effect")
            .help("set `autoscaling`, or `spec.replicas` instead")
            .fixed(fix, true);
        return;
    }
    let written = cx.subject.written;
    if written.is_some_and(|written| written.has(&["spec", "replicas"])) {
        let path = FieldPath::of("spec.replicas");
        let fix = vec![patch::remove(&path)];
        out.add(path, "the autoscaler sets the number of replicas")
            .help("remove `replicas`; `minReplicas` is the lower bound")
            .fixed(fix, true);
    }
}

#[cfg(test)]
mod tests {
    use feast_api::Admitted;
    use feast_api::v1::FeatureStore;
    use feast_render::{Answer, OperatorSettings, Time, resolve};
    use k8s_openapi::jiff::Timestamp;
    use serde_json::json;

    use crate::{Config, Subject, check};

    #[test]
    fn only_written_replicas_beside_an_autoscaler_are_reported() {
        let mut object = json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "name": "sample", "namespace": "ml" },
            "spec": {
                "feastProject": "credit_scoring",
                "replicas": 1,
                "services": { "scaling": { "autoscaling": { "minReplicas": 2, "maxReplicas": 3 } } },
            },
        });
        let found = |written: &serde_json::Value| {
            let fs = FeatureStore::from_value(written.clone()).unwrap();
            let store = Admitted::assume(fs).unwrap();
            let now = Time(Timestamp::UNIX_EPOCH);
            let inputs = resolve(store, &OperatorSettings::reference(), &now, |_| {
                Answer::Absent
            });
            let inputs = inputs.unwrap();
            let subject = Subject::new(&inputs).written(written);
            let report = check(&subject, &Config::default());
            let finding = report.find("scaling-without-effect");
            finding.map(|finding| finding.path.to_string())
        };
        assert_eq!(found(&object).as_deref(), Some("spec.replicas"));
        object["spec"].as_object_mut().unwrap().remove("replicas");
        assert_eq!(found(&object), None);
    }
}
