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
    summary: "a gRPC registry whose replicas are behind one address",
    docs: Docs {
        why: "A client of gRPC keeps one connection, and a ClusterIP chooses a pod for each \
              connection, not for each call: with a few clients most replicas have nothing to do, \
              and a new one gets no load.",
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
        instead: "Keep the registry in a FeatureStore of its own and refer to it, or put a proxy or \
                  service mesh in front that balances calls.",
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
        out.add(path, "calls of a gRPC client all go to one of the replicas")
            .related(cx.scaling_path(), "more than one replica")
            .help(
                "keep the registry in a FeatureStore of its own, or balance calls by a proxy or \
                 service mesh",
            );
    }
}
