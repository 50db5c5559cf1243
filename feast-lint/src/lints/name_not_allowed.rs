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
    summary: "a name that an object of the operator cannot have",
    docs: Docs {
        why: "The operator makes its names from that of the FeatureStore. A Service cannot have a \
              dot or more than 63 characters in its name, and a CronJob no more than 52; so the \
              name of a FeatureStore has room for 43 to 46 characters, without dots. The other \
              objects are made, those are not.",
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
