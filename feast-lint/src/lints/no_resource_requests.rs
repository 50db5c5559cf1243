use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "no-resource-requests",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "servers without requests of CPU and memory",
    docs: Docs {
        why: "The scheduler takes a container without requests for one that needs nothing, puts it \
              onto a full node, and it is among the first to be evicted.",
        sources: &[
            "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {server: {}}}
",
        instead: "Say what the server needs.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {server: {resources: {requests: {cpu: 500m, memory: 1Gi}}}}
",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings) {
    for server in cx.servers() {
        let resources = server.config.resources.as_ref();
        let has = |name: &str| {
            let requests = resources.and_then(|resources| resources.requests.as_ref());
            let limits = resources.and_then(|resources| resources.limits.as_ref());
            [requests, limits]
                .into_iter()
                .flatten()
                .any(|list| list.contains_key(name))
        };
        let missing: Vec<_> = ["cpu", "memory"]
            .into_iter()
            .filter(|name| !has(name))
            .collect();
        if !missing.is_empty() {
            let path = server.path.clone().field("resources").field("requests");
            out.add(
                path,
                format!(
                    "the {} server requests no {}",
                    server.name,
                    missing.join(" and no ")
                ),
            )
            .help("set `resources.requests`");
        }
    }
}
