use apimachinery::{FieldPath, Quantity};

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "cron-job-settings-without-effect",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "environment variables or resources of a CronJob, which only apply to kubectl",
    docs: Docs {
        why: "The job's commands run in a server's container through `kubectl exec`. `env`, \
              `envFrom` and `resources` of `containerConfigs` apply to kubectl, not to Feast.",
        sources: &["https://kubernetes.io/docs/reference/kubectl/generated/kubectl_exec/"],
        example: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily", containerConfigs: {env: [{name: AWS_REGION, value: eu-west-1}]}}
"#,
        instead: "Set them on the server, or write the values into the command.",
        mended: r#"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {server: {env: [{name: AWS_REGION, value: eu-west-1}]}}}
  cronJob: {schedule: "@daily"}
"#,
    },
};

/// Variables that kubectl itself reads.
const OF_KUBECTL: [&str; 7] = [
    "HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "KUBECONFIG",
    "NO_PROXY",
    "POD_NAMESPACE",
    "TZ",
];
/// More memory than kubectl needs.
const MUCH: &str = "1Gi";

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let cron_job = cx.spec().cron_job.as_ref();
    let Some(configs) = cron_job.and_then(|cron_job| cron_job.container_configs.as_ref()) else {
        return;
    };
    let base = || FieldPath::of("spec.cronJob.containerConfigs");
    let mut add = |path: FieldPath, what: &str| {
        out.add(path, format!("{what} kubectl only, not to the commands"))
            .help("set it on the server in whose container the commands run");
    };
    for (position, variable) in configs.env.iter().flatten().enumerate() {
        if !OF_KUBECTL.contains(&variable.name.to_uppercase().as_str()) {
            let what = format!("`{}` reaches", variable.name);
            add(base().field("env").index(position), &what);
        }
    }
    for position in 0..configs.env_from.as_ref().map_or(0, Vec::len) {
        add(base().field("envFrom").index(position), "this applies to");
    }
    let memory = configs.resources.as_ref().and_then(|resources| {
        let lists = [&resources.requests, &resources.limits];
        lists
            .into_iter()
            .flatten()
            .find_map(|list| list.get("memory"))
    });
    let is_much = |text: &str| {
        let much = MUCH.parse::<Quantity>();
        matches!((text.parse::<Quantity>(), much), (Ok(memory), Ok(much)) if memory >= much)
    };
    if memory.is_some_and(|memory| is_much(memory.0.trim())) {
        add(base().field("resources"), "the memory applies to");
    }
}
