use crate::lint::{Docs, Group, Level, Lint};

/// Reported where suppressions are applied.
pub(crate) static LINT: Lint = Lint {
    name: "suppression-without-reason",
    group: Group::Suppression,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an annotation that suppresses a lint without a reason",
    docs: Docs {
        why: "Without a reason, the next reader cannot tell whether it still applies. It is \
              ignored.",
        sources: &[],
        example: "
metadata:
  annotations: {allow.lint.feast.dev/hpa-minimum-of-one: ''}
spec:
  feastProject: credit_scoring
",
        instead: "Write the reason as the annotation's value.",
        mended: "
spec:
  feastProject: credit_scoring
",
    },
};
