use crate::lint::{Docs, Group, Level, Lint};

/// Reported where suppressions are applied.
pub(crate) static LINT: Lint = Lint {
    name: "suppression-of-unknown",
    group: Group::Suppression,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an annotation that suppresses an unknown lint",
    docs: Docs {
        why: "The name is misspelt, or the lint belongs to another version. Nothing is suppressed.",
        sources: &[],
        example: "
metadata:
  annotations: {allow.lint.feast.dev/hpa-minimum-one: nights are quiet}
spec:
  feastProject: credit_scoring
",
        instead: "Correct the name, or remove the annotation.",
        mended: "
spec:
  feastProject: credit_scoring
",
    },
};
