use crate::lint::{Docs, Group, Level, Lint};

/// Found where suppressions are applied.
pub(crate) static LINT: Lint = Lint {
    name: "suppression-without-reason",
    group: Group::Suppression,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an annotation that allows a lint and does not say why",
    docs: Docs {
        why: "The next reader cannot tell whether it still holds; so it has no effect.",
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
