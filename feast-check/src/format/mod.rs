//! Output formats of findings, one per file.
//!
//! ```
//! use feast_check::format::{Form, Style, Summary};
//! use feast_check::{Checked, Text};
//!
//! let text = Text::new("shop.yaml", "[");
//! let error = text.documents().remove(0).unwrap_err();
//! let checked = Checked::fault(&text, &error);
//!
//! let mut out = Vec::new();
//! let mut format = Form::Github.start(Box::new(&mut out), Style::default())?;
//! format.checked(&checked)?;
//! format.finish(&Summary::of([&checked]))?;
//! drop(format);
//! assert!(out.starts_with(b"::error file=shop.yaml,line=1,"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod github;
mod human;
mod json;
mod junit;
mod repository;
mod sarif;
mod tap;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

pub use self::json::data;
pub use self::repository::Repository;
use crate::finding::{Checked, Level};

/// Output options.
///
/// Exhaustive, so that it can be written as a literal with `..Style::default()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether text is in colour.
    pub color: bool,
    /// The files' repository, for [`Form::Github`] and [`Form::Sarif`], which need paths relative
    /// to its root.
    pub repository: Option<Repository>,
    /// Whether text only has findings, without a summary, unless nothing was checked.
    pub quiet: bool,
}

/// An output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Text with source lines.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub Actions workflow commands, which annotate a pull request.
    Github,
    /// JUnit XML: a test case for each FeatureStore, and each other validated object.
    Junit,
    /// The Test Anything Protocol, with the same tests.
    Tap,
}

/// Writes findings in a format.
pub trait Format {
    /// A document with findings, or a validated one without.
    ///
    /// # Errors
    ///
    /// An error of the writer, here and below.
    fn checked(&mut self, checked: &Checked) -> io::Result<()>;

    /// An unreadable file; the message names it.
    fn unreadable(&mut self, message: &str) -> io::Result<()>;

    /// The end.
    fn finish(&mut self, summary: &Summary) -> io::Result<()>;
}

impl Form {
    /// All formats.
    pub const ALL: [Self; 6] = [
        Self::Human,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Junit,
        Self::Tap,
    ];

    /// The format's name, such as `sarif`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Junit => "junit",
            Self::Tap => "tap",
        }
    }

    /// Starts writing.
    ///
    /// # Errors
    ///
    /// An error of the writer.
    pub fn start<'w>(
        self,
        out: Box<dyn Write + 'w>,
        style: Style,
    ) -> io::Result<Box<dyn Format + 'w>> {
        Ok(match self {
            Self::Human => Box::new(human::Human::new(out, style.color, style.quiet)),
            Self::Json => Box::new(json::Json::start(out)?),
            Self::Sarif => Box::new(sarif::Sarif::start(out, style.repository)?),
            Self::Github => Box::new(github::Github::new(out, style.repository, style.quiet)),
            Self::Junit => Box::new(junit::Junit::new(out)),
            Self::Tap => Box::new(tap::Tap::start(out)?),
        })
    }
}

/// The name is not a format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown format {0:?}: use human, json, sarif, github, junit or tap")]
#[non_exhaustive]
pub struct UnknownForm(pub String);

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(name: &str) -> Result<Self, UnknownForm> {
        let form = Self::ALL.into_iter().find(|form| form.name() == name);
        form.ok_or_else(|| UnknownForm(name.to_owned()))
    }
}

/// Counts of findings.
///
/// Exhaustive: programs show all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// FeatureStores checked.
    pub feature_stores: usize,
    /// Objects of other kinds checked.
    pub objects: usize,
    /// Errors found.
    pub errors: usize,
    /// Warnings found.
    pub warnings: usize,
    /// Unreadable files.
    pub unreadable: usize,
}

impl Summary {
    /// Counts checked documents.
    pub fn of<'a>(checked: impl IntoIterator<Item = &'a Checked>) -> Self {
        let mut summary = Self::default();
        checked.into_iter().for_each(|checked| summary.add(checked));
        summary
    }

    /// Whether nothing was checked, which should not count as success.
    pub const fn is_nothing(&self) -> bool {
        self.feature_stores == 0
            && self.objects == 0
            && self.errors == 0
            && self.warnings == 0
            && self.unreadable == 0
    }

    /// Whether a quiet program may omit the summary.
    pub(crate) const fn goes_without_saying(&self, quiet: bool) -> bool {
        quiet && !self.is_nothing()
    }

    /// Adds a document.
    pub fn add(&mut self, checked: &Checked) {
        self.feature_stores += usize::from(checked.feature_store.is_some());
        self.objects += usize::from(checked.object.is_some());
        self.errors += checked.count(Level::Error);
        self.warnings += checked.count(Level::Warning);
    }
}

/// One line.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            feature_stores,
            objects,
            errors,
            warnings,
            unreadable,
        } = *self;
        if self.is_nothing() {
            return f.write_str("nothing was checked: no FeatureStores found");
        }
        match (feature_stores, objects) {
            (stores, 0) => write!(f, "{}", count(stores, "FeatureStore"))?,
            (0, objects) => write!(f, "{}", count(objects, "object"))?,
            (stores, objects) => {
                let stores = count(stores, "FeatureStore");
                write!(f, "{stores} and {}", count(objects, "other object"))?;
            }
        }
        f.write_str(" checked: ")?;
        match (errors, warnings) {
            (0, 0) => write!(f, "no errors")?,
            _ => write!(
                f,
                "{}, {}",
                count(errors, "error"),
                count(warnings, "warning")
            )?,
        }
        if unreadable > 0 {
            write!(f, "; {} not read", count(unreadable, "file"))?;
        }
        Ok(())
    }
}

/// `1 error`, `2 errors`.
fn count(number: usize, name: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {name}{plural}")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::finding::{Finding, Locator};
    use crate::fix::Fix;
    use crate::text::Text;

    /// A FeatureStore without findings, one with an error, a related field, help and a fix, an
    /// unreadable document, and a missing file.
    fn written(form: Form) -> String {
        let text = Text::new(
            "stores/shop.yaml",
            "kind: FeatureStore\n---\nmetadata: {name: \"50%, #1\"}\nspec:\n  replicas: 3\n---\n[",
        );
        let documents = text.documents();
        let [Ok(good), Ok(bad), Err(fault)] = documents.as_slice() else {
            panic!("{documents:?}");
        };
        let locator = Locator::new(&text, bad);
        let patch = serde_json::json!([{ "op": "remove", "path": "/spec/replicas" }]);
        let finding = Finding {
            related: vec![locator.mark("metadata.name")],
            fix: Some(Fix {
                is_safe: true,
                patch: serde_json::from_value(patch).unwrap(),
            }),
            ..Finding::new("scaling-online-store", Level::Error, "100 % wrong")
        };
        let finding = finding
            .at("spec.replicas", locator.mark("spec.replicas"))
            .help("use one replica");
        let whole = Finding::new("admission-warning", Level::Warning, "two\nlines");
        let checked = [
            Locator::new(&text, good).checked("ml", vec![]),
            locator.checked("ml", vec![finding, whole]),
            Checked::fault(&text, fault),
        ];
        let mut summary = Summary::of(&checked);
        summary.unreadable = 1;
        let mut out = Vec::new();
        let mut format = form.start(Box::new(&mut out), Style::default()).unwrap();
        for checked in &checked {
            format.checked(checked).unwrap();
        }
        format.unreadable("absent.yaml: no such file").unwrap();
        format.finish(&summary).unwrap();
        drop(format);
        String::from_utf8(out).unwrap()
    }

    /// Text from the input stays on its line and contains no control characters, in all formats for
    /// people and for line-based programs.
    #[test]
    fn text_from_the_input_cannot_inject_commands() {
        const HOSTILE: &str = "x\n::error::y\rnot ok 9\u{1b}[31m\u{9b}2J\u{202e}";
        let text = Text::new("a", "kind: FeatureStore\nmetadata: {name: a}\nspec: {}\n");
        let document = text.documents().remove(0).unwrap();
        let locator = Locator::new(&text, &document);
        let mut mark = locator.mark("spec");
        HOSTILE.clone_into(&mut mark.label);
        let finding = Finding {
            related: vec![mark.clone()],
            ..Finding::new("unknown-field", Level::Error, HOSTILE)
        };
        let finding = finding.at(HOSTILE, mark).help(HOSTILE);
        let checked = Checked {
            file: HOSTILE.into(),
            feature_store: Some(HOSTILE.to_owned()),
            ..locator.checked("ml", vec![finding])
        };
        for form in [Form::Human, Form::Tap, Form::Github] {
            let mut out = Vec::new();
            let mut format = form.start(Box::new(&mut out), Style::default()).unwrap();
            format.checked(&checked).unwrap();
            format.unreadable(HOSTILE).unwrap();
            format.finish(&Summary::of([&checked])).unwrap();
            drop(format);
            let out = String::from_utf8(out).unwrap();
            let starts = |start: &str| out.lines().any(|line| line.trim().starts_with(start));
            assert!(
                !starts("::error::y") && !starts("not ok 9"),
                "{form:?}: {out}"
            );
            // JSON is read by programs.
            let mut texts = out.lines().filter(|line| !line.starts_with("    - {"));
            let is_shown = |line: &str| line.chars().all(apimachinery::go::is_printable);
            assert!(texts.all(is_shown), "{form:?}: {out:?}");
        }
    }

    #[test]
    fn only_relevant_lines_of_a_long_document_are_shown() {
        let long = "x".repeat(20_000);
        let source = format!("kind: FeatureStore\na: {long}\nspec: {{b: 1}}\nc: {long}\n");
        let text = Text::new("a", source);
        let document = text.documents().remove(0).unwrap();
        for (field, place, line) in [
            ("spec.b", "--> a:3:11\n", Some("3 | spec: {b: 1}\n")),
            ("c", "--> a:4:4\n", None),
        ] {
            let locator = Locator::new(&text, &document);
            let finding = Finding::new("unknown-field", Level::Warning, "unknown");
            let finding = finding.at(field, locator.mark(field));
            let mut out = Vec::new();
            let mut format = Form::Human
                .start(Box::new(&mut out), Style::default())
                .unwrap();
            format
                .checked(&locator.checked("ml", vec![finding]))
                .unwrap();
            drop(format);
            let out = String::from_utf8(out).unwrap();
            assert!(out.contains(place) && out.len() < 1000, "{out}");
            assert!(line.is_none_or(|line| out.contains(line)), "{out}");
        }
    }

    #[test]
    fn each_form_has_its_snapshot() {
        for form in Form::ALL {
            assert_snapshot!(form.name(), written(form));
            assert_eq!(form.name().parse(), Ok(form));
        }
        assert!("nonsense".parse::<Form>().is_err());
    }
}
