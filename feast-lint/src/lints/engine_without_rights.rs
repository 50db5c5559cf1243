use crate::concerned::concerned;
use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "engine-without-rights",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a batch engine whose servers lack rights in the cluster",
    docs: Docs {
        why: "The engines `k8s` and, with `use_kuberay`, `ray.engine` create Jobs or RayClusters \
              from the servers, with the ServiceAccount `feast-NAME`. The operator grants rights \
              for `spark_application` only, and only in the FeatureStore's namespace. Otherwise \
              every materialization fails as forbidden.",
        sources: &[
            "https://docs.feast.dev/reference/compute-engine",
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
        ],
        example: r"
apiVersion: v1
kind: ConfigMap
metadata: {name: engine}
data:
  config: |
    type: k8s
    namespace: ml
---
spec:
  feastProject: credit_scoring
  batchEngine: {configMapRef: {name: engine}}
",
        instead: "Bind the servers' ServiceAccount to a Role with the rights.",
        mended: r"
apiVersion: v1
kind: ConfigMap
metadata: {name: engine}
data:
  config: |
    type: k8s
    namespace: ml
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: engine}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: engine}
subjects: [{kind: ServiceAccount, name: feast-sample, namespace: ml}]
---
spec:
  feastProject: credit_scoring
  batchEngine: {configMapRef: {name: engine}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(engine) = cx.engine() else {
        return;
    };
    let namespace = engine.text("namespace").unwrap_or("default");
    let what = match engine.kind {
        "k8s" => "create Jobs",
        "ray.engine" if engine.parameters.get("use_kuberay") == Some(&true.into()) => {
            "create RayClusters"
        }
        "spark_application" if namespace != cx.namespace() => "create SparkApplications",
        _ => return,
    };
    if !is_bound(cx) {
        let account = format!("feast-{}", cx.name());
        out.add(
            engine.path(),
            format!("nothing in the input allows the ServiceAccount `{account}` to {what}"),
        )
        .help("bind it with a RoleBinding to a Role that allows it, in the jobs' namespace");
    }
}

fn is_bound(cx: &Context<'_>) -> bool {
    let others = cx.subject.others.iter();
    let mut bindings = others.filter(|other| {
        matches!(
            other["kind"].as_str(),
            Some("RoleBinding" | "ClusterRoleBinding")
        )
    });
    bindings.any(|binding| {
        let bound = concerned(binding, cx.namespace());
        bound
            .iter()
            .any(|stores| stores.has(cx.namespace(), cx.name()))
    })
}
