//! What a lint found.

use apimachinery::FieldPath;
use serde::{Serialize, Serializer};

use crate::lint::{Level, Lint};
use json_patch::Patch;

/// Something to say about a FeatureStore.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked for; as its name.
    #[serde(serialize_with = "name")]
    pub lint: &'static Lint,
    /// What it means for the verdict.
    pub level: Level,
    /// What causes it, in the FeatureStore; it need not exist.
    pub path: FieldPath,
    /// What is wrong; lower case, no full stop.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// Other places in the FeatureStore that matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

/// What mends a finding.
///
/// Exhaustive, so that it can be written as a literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// Whether it may be made without asking: what it makes is what was meant, or means the same as
    /// before.
    pub is_safe: bool,
    /// The edit of the FeatureStore.
    pub patch: Patch,
}

/// A place that has to do with a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Related {
    /// The place.
    pub path: FieldPath,
    /// What it has to do with it.
    pub message: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference to the field"
)]
fn name<S: Serializer>(lint: &&'static Lint, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lint.name)
}

impl Finding {
    /// Says what to do.
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Gives an edit that mends it, and that somebody has to choose.
    pub(crate) fn fix(&mut self, operations: Vec<json_patch::PatchOperation>) -> &mut Self {
        self.fixed(operations, false)
    }

    /// Gives the edit that mends it, and says whether it is [safe](Fix::is_safe).
    pub(crate) fn fixed(
        &mut self,
        operations: Vec<json_patch::PatchOperation>,
        is_safe: bool,
    ) -> &mut Self {
        let patch = Patch(operations);
        self.fix = Some(Fix { is_safe, patch });
        self
    }

    /// Names another place.
    pub(crate) fn related(&mut self, path: FieldPath, message: impl Into<String>) -> &mut Self {
        let message = message.into();
        self.related.push(Related { path, message });
        self
    }
}

/// Takes what the check of a lint finds.
#[derive(Debug)]
pub(crate) struct Findings {
    lint: &'static Lint,
    level: Level,
    found: Vec<Finding>,
}

impl Findings {
    pub(crate) fn new(lint: &'static Lint, level: Level) -> Self {
        Self {
            lint,
            level,
            found: Vec::new(),
        }
    }

    /// Adds a finding, to be completed.
    pub(crate) fn add(&mut self, path: FieldPath, message: impl Into<String>) -> &mut Finding {
        self.found.push(Finding {
            lint: self.lint,
            level: self.level,
            path,
            message: message.into(),
            help: None,
            fix: None,
            related: Vec::new(),
        });
        self.found.last_mut().expect("one was added")
    }

    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}

/// All that there is to say about a FeatureStore.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What was found and not suppressed, in the order of [`LINTS`](crate::LINTS).
    pub findings: Vec<Finding>,
    /// What was found and suppressed by an annotation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<Suppressed>,
}

/// A finding that an annotation of the FeatureStore suppresses.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Suppressed {
    /// What was found.
    pub finding: Finding,
    /// Why it does not matter.
    pub reason: String,
}

impl Report {
    /// The first finding of the lint of this name.
    pub fn find(&self, lint: &str) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.lint.name == lint)
    }

    /// The worst level there is; `None` if nothing was found.
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }
}
