use crate::lint::{Docs, Group, Level, Lint};

/// Reported where suppressions are applied.
pub(crate) static LINT: Lint = Lint {
    name: "suppression-without-effect",
    group: Group::Suppression,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an annotation that suppresses nothing",
    docs: Docs {
        why: "The problem that it suppressed is fixed. Left in place, the annotation would hide \
              the next one.",
        sources: &[],
        example: "
metadata:
  annotations: {allow.lint.feast.dev/hpa-minimum-of-one: nights are quiet}
spec:
  feastProject: credit_scoring
",
        instead: "Remove the annotation.",
        mended: "
spec:
  feastProject: credit_scoring
",
    },
};
