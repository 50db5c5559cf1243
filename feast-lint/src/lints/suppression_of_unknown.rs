use crate::lint::{Docs, Group, Level, Lint};

/// Found where suppressions are applied.
pub(crate) static LINT: Lint = Lint {
    name: "suppression-of-unknown",
    group: Group::Suppression,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an annotation that allows what is no lint",
    docs: Docs {
        why: "The name is misspelt, or a lint of another release; nothing is suppressed.",
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
