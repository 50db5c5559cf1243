use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::servers::Server;

pub(crate) static LINT: Lint = Lint {
    name: "no-resource-requests",
    group: Group::Hygiene,
    level: Level::Allow,
    since: "0.1.0",
    summary: "servers without CPU and memory requests",
    docs: Docs {
        why: "The scheduler assumes that a container without requests needs nothing and may place \
              it on a full node, and it is among the first to be evicted.",
        sources: &[
            "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {server: {}}}
",
        instead: "Set the server's requests.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {server: {resources: {requests: {cpu: 500m, memory: 1Gi}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let servers = cx.servers.iter();
    let mut lacking = servers.filter_map(|server| Some((server, missing(server)?)));
    let Some((first, what)) = lacking.next() else {
        return;
    };
    let path = |server: &Server| server.path.clone().field("resources").field("requests");
    let finding = out.add(
        path(first),
        format!("the {} server requests no {what}", first.name),
    );
    for (server, what) in lacking {
        let message = format!("nor does the {} server request {what}", server.name);
        finding.related(path(server), message);
    }
    finding.help("set `resources.requests`");
}

/// The resources that a server does not request.
fn missing(server: &Server) -> Option<String> {
    let resources = server.config.resources.as_ref();
    let requests = resources.and_then(|resources| resources.requests.as_ref());
    let limits = resources.and_then(|resources| resources.limits.as_ref());
    let has = |name: &str| {
        let mut lists = [requests, limits].into_iter().flatten();
        lists.any(|list| list.contains_key(name))
    };
    let missing: Vec<_> = ["cpu", "memory"]
        .into_iter()
        .filter(|name| !has(name))
        .collect();
    (!missing.is_empty()).then(|| missing.join(" and no "))
}
