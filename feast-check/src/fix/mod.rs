//! Fixes of findings, as edits of the text.
//!
//! A [`Fix`] is a JSON Patch of the object. This module turns it into edits of the source text,
//! which keep comments, layout and quotes. An edit is used only if the edited text parses to
//! exactly the patched object.
//!
//! ```
//! use feast_check::{Checker, Settings, Text, fix};
//! use feast_render::{OperatorSettings, Time};
//!
//! let now = Time("2026-01-01T00:00:00Z".parse()?);
//! let checker = Checker::new(Settings::new(OperatorSettings::reference(), now));
//! let text = "apiVersion: feast.dev/v1
//! kind: FeatureStore
//! metadata: {name: shop}
//! spec: # as agreed
//!   feast_project: shop
//! ";
//! let checked = checker.check([Text::new("shop.yaml", text)]);
//! let fixed = fix::safe(text, &checked).unwrap();
//! assert_eq!(fixed.text, text.replace("feast_project", "feastProject"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod edits;
mod part;
mod scene;
mod style;
mod taken;

use std::fmt::Write as _;
use std::ops::Range;

pub use feast_lint::Fix;
use feast_lint::PatchOperation;
use serde_json::Value;

use self::scene::{Scene, Source};
use self::taken::Taken;
use crate::credentials::without_credentials;
use crate::finding::Checked;

/// A range of a text, and its replacement.
///
/// Exhaustive: an edit has nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The range, in bytes.
    pub range: Range<usize>,
    /// The replacement.
    pub text: String,
}

/// Shows the range, not the replacement.
impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edit")
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

/// A fixed text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fixed {
    /// The text.
    pub text: String,
    /// The applied edits.
    pub edits: Vec<Edit>,
    /// The number of fixed findings.
    pub count: usize,
}

/// Shows the edits, but not the text, which may have Secrets.
impl std::fmt::Debug for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fixed")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// Describes a fix, such as "rename spec.servces to services".
pub fn title(fix: &Fix) -> String {
    let mut title = String::new();
    for operation in &fix.patch.0 {
        if !title.is_empty() {
            title.push_str(", ");
        }
        let path = field(operation.path().as_str());
        // Writing to a string cannot fail.
        let _ = match operation {
            PatchOperation::Remove(_) => write!(title, "remove {path}"),
            PatchOperation::Move(it) => {
                let name = path.rsplit('.').next().unwrap_or_default();
                write!(title, "rename {} to {name}", field(it.from.as_str()))
            }
            PatchOperation::Add(it) => write!(title, "set {path} to {}", shown(&it.value)),
            PatchOperation::Replace(it) => write!(title, "set {path} to {}", shown(&it.value)),
            _ => write!(title, "change {path}"),
        };
    }
    title
}

/// A pointer as a field path.
fn field(pointer: &str) -> String {
    let mut field = String::new();
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let is_index = token.bytes().all(|byte| byte.is_ascii_digit());
        // Writing to a string cannot fail.
        let _ = match (is_index, field.is_empty()) {
            (true, _) => write!(field, "[{token}]"),
            (false, true) => write!(field, "{token}"),
            (false, false) => write!(field, ".{token}"),
        };
    }
    field
}

/// Whether a fix may be shown as data. If it writes credentials it must not; hiding them would
/// change the fix.
pub(crate) fn may_be_told(fix: &Fix) -> bool {
    let mut values = fix.patch.0.iter().filter_map(|operation| match operation {
        PatchOperation::Add(it) => Some(&it.value),
        PatchOperation::Replace(it) => Some(&it.value),
        _ => None,
    });
    values.all(|value| {
        let text = value.to_string();
        without_credentials(&text) == text
    })
}

fn shown(value: &Value) -> String {
    without_credentials(&value.to_string())
}

/// Turns fixes into edits of a text.
///
/// Reads a document once, if the fixes come document by document.
pub struct Editor<'t> {
    text: &'t str,
    /// The range of the last document.
    range: Range<usize>,
    /// The last document; `None` if it cannot be read.
    source: Option<Source<'t>>,
}

/// Does not show the text, which may have Secrets.
impl std::fmt::Debug for Editor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Editor").finish_non_exhaustive()
    }
}

impl<'t> Editor<'t> {
    /// For a text that was checked.
    pub fn of(text: &'t str) -> Self {
        Self {
            text,
            range: 0..0,
            source: None,
        }
    }

    /// The edits of a fix; `None` if the text cannot be edited without other changes.
    pub fn edits(&mut self, checked: &Checked, fix: &Fix) -> Option<Vec<Edit>> {
        let scene = self.scene(checked)?;
        let edits = scene.edits(fix)?;
        let is_made = scene.is_made(&[fix], &edits);
        is_made.then(|| after(checked.source.start, edits).collect())
    }

    fn scene(&mut self, checked: &Checked) -> Option<Scene<'_>> {
        if self.range != checked.source {
            self.range = checked.source.clone();
            self.source = self.text.get(self.range.clone()).and_then(Source::read);
        }
        self.source.as_ref()?.scene(checked.item)
    }
}

/// The edits of a text, given those of a document that starts there.
fn after(start: usize, edits: Vec<Edit>) -> impl Iterator<Item = Edit> {
    edits.into_iter().map(move |edit| Edit {
        range: start + edit.range.start..start + edit.range.end,
        ..edit
    })
}

/// Applies all [safe](Fix::is_safe) fixes that can be applied together; `None` if there are none.
/// The result may have new findings with fixes.
pub fn safe(text: &str, checked: &[Checked]) -> Option<Fixed> {
    let mut editor = Editor::of(text);
    let mut all = Vec::new();
    let mut count = 0;
    for checked in checked {
        let fixes = checked.findings.iter();
        let fixes = fixes.filter_map(|finding| finding.fix.as_ref());
        let fixes: Vec<_> = fixes.filter(|fix| fix.is_safe).collect();
        if fixes.is_empty() {
            continue;
        }
        let Some(scene) = editor.scene(checked) else {
            continue;
        };
        let (edits, made) = together(&scene, &fixes);
        all.extend(after(checked.source.start, edits));
        count += made;
    }
    (count > 0).then(|| Fixed {
        text: apply(text, &all),
        edits: all,
        count,
    })
}

/// Applies edits that do not overlap.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for edit in edits {
        result.push_str(text.get(end..edit.range.start).unwrap_or_default());
        result.push_str(&edit.text);
        end = edit.range.end;
    }
    result.push_str(text.get(end..).unwrap_or_default());
    result
}

/// The maximum number of fixes to try one by one if they cannot be applied together.
const TRIED: usize = 32;

/// The edits of a document's fixes that can be applied together, and their number.
fn together(scene: &Scene<'_>, fixes: &[&Fix]) -> (Vec<Edit>, usize) {
    let possible = fixes
        .iter()
        .filter_map(|fix| Some((*fix, scene.edits(fix)?)));
    let possible: Vec<_> = possible.collect();
    let (mut chosen, mut edits): (Vec<&Fix>, Vec<Edit>) = (Vec::new(), Vec::new());
    let mut taken = Taken::default();
    for (fix, more) in &possible {
        if !taken.overlaps(more) {
            taken.add(more);
            chosen.push(fix);
            edits.extend(more.iter().cloned());
        }
    }
    if scene.is_made(&chosen, &edits) {
        return (edits, chosen.len());
    }
    // An edit is not possible.
    chosen.clear();
    edits.clear();
    taken = Taken::default();
    for (fix, more) in possible.into_iter().take(TRIED) {
        if taken.overlaps(&more) {
            continue;
        }
        let (fixes, all) = ([&*chosen, &[fix]].concat(), [&*edits, &more].concat());
        if scene.is_made(&fixes, &all) {
            taken.add(&more);
            (chosen, edits) = (fixes, all);
        }
    }
    (edits, chosen.len())
}

#[cfg(test)]
mod tests;
