use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "grpc-registry-behind-one-address",
    group: Group::SharedState,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a gRPC registry with several replicas behind one address",
    docs: Docs {
        why: "A gRPC client keeps one connection, and a ClusterIP Service chooses a pod for each \
              connection, not for each call. With few clients most replicas are idle, and a new \
              replica gets no load.",
        sources: &[
            "https://kubernetes.io/blog/2018/11/07/grpc-load-balancing-on-kubernetes-without-tears/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {server: {}, persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
        instead: "Move the registry to its own FeatureStore and refer to it, or use a proxy or \
                  service mesh that balances calls.",
        mended: r"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {remote: {feastRef: {name: registry}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let server = services.and_then(FeatureStoreServices::registry_server);
    let Some(server) = server.filter(|_| cx.is_scaling()) else {
        return;
    };
    if server.serves_grpc() {
        let path = FieldPath::of("spec.services.registry.local.server");
        out.add(path, "all calls of a gRPC client go to the same replica")
            .related(cx.scaling_path(), "more than one replica")
            .help(
                "move the registry to its own FeatureStore, or balance calls with a proxy or \
                 service mesh",
            );
    }
}
