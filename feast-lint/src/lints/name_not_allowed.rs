use crate::context::Context;
use crate::finding::Findings;
use crate::foreseen::refused;
use crate::lint::{Docs, Group, Level, Lint};
use crate::refusals::Cause;

pub(crate) static LINT: Lint = Lint {
    name: "name-not-allowed",
    group: Group::Refused,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a FeatureStore name that makes an object's name invalid",
    docs: Docs {
        why: "The operator derives object names from the FeatureStore's name. A Service name \
              cannot have dots or more than 63 characters, and a CronJob name at most 52, so a \
              FeatureStore name can have 43 to 46 characters and no dots. The operator creates \
              the other objects, but not these.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
        ],
        example: r"
metadata: {name: credit.v2}
spec:
  feastProject: credit_scoring
",
        instead: "Choose a shorter name without dots.",
        mended: r"
metadata: {name: credit-v2}
spec:
  feastProject: credit_scoring
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    refused(cx, Cause::Name, out, "choose a shorter name, without dots");
}
