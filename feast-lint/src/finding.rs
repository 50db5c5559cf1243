//! Findings of lints.

use apimachinery::FieldPath;
use serde::{Serialize, Serializer};

use crate::lint::{Level, Lint};
use json_patch::Patch;

/// A finding about a FeatureStore.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The lint; serialized as its name.
    #[serde(serialize_with = "name")]
    pub lint: &'static Lint,
    /// The effect on the verdict.
    pub level: Level,
    /// The field that causes it; it may be absent from the FeatureStore.
    pub path: FieldPath,
    /// The problem; lower case, no full stop.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The fix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// Related fields of the FeatureStore.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

/// A fix for a finding.
///
/// Exhaustive, so that it can be written as a literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// Whether it can be applied automatically, because the intent is clear or the meaning stays
    /// the same.
    pub is_safe: bool,
    /// The edit of the FeatureStore.
    pub patch: Patch,
}

/// A field related to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Related {
    /// Its path.
    pub path: FieldPath,
    /// How it is related.
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
    /// Sets the help text.
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Sets a fix that is not applied automatically.
    pub(crate) fn fix(&mut self, operations: Vec<json_patch::PatchOperation>) -> &mut Self {
        self.fixed(operations, false)
    }

    /// Sets the fix and whether it is [safe](Fix::is_safe).
    pub(crate) fn fixed(
        &mut self,
        operations: Vec<json_patch::PatchOperation>,
        is_safe: bool,
    ) -> &mut Self {
        let patch = Patch(operations);
        self.fix = Some(Fix { is_safe, patch });
        self
    }

    /// Adds a related field.
    pub(crate) fn related(&mut self, path: FieldPath, message: impl Into<String>) -> &mut Self {
        let message = message.into();
        self.related.push(Related { path, message });
        self
    }
}

/// Collects the findings of a lint.
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

/// All findings on a FeatureStore.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Findings that are not suppressed, in the order of [`LINTS`](crate::LINTS).
    pub findings: Vec<Finding>,
    /// Findings suppressed by an annotation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<Suppressed>,
}

/// A finding suppressed by an annotation of the FeatureStore.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The reason.
    pub reason: String,
}

impl Report {
    /// The first finding of the lint with this name.
    pub fn find(&self, lint: &str) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.lint.name == lint)
    }

    /// The highest level; `None` if there are no findings.
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }
}
