//! Completion and hover.

use feast_check::editing::{self, CompletionKind, Markup};
use serde::Serialize;

use crate::options::{Error, Options};
use crate::place::Places;

/// A completion. Offsets are UTF-16, as in JavaScript.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Offered {
    /// The name in the list.
    pub label: String,
    /// `required`, `field` or `value`.
    pub kind: &'static str,
    /// The start of the replaced part.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// The new text.
    pub insert: String,
    /// The field's type.
    pub detail: Option<String>,
    /// The field's documentation.
    pub info: Option<String>,
}

/// The documentation of a field in the text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Hovered {
    /// Its start.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// The documentation.
    pub text: String,
}

/// The completions at an offset.
///
/// ```
/// use feast_playground::{Options, complete};
///
/// let text = "apiVersion: feast.dev/v1\nkind: FeatureStore\nspec:\n  ";
/// let offered = complete(text, text.len(), &Options::default())?;
/// let required = offered.iter().find(|offer| offer.kind == "required").unwrap();
/// assert_eq!(required.label, "feastProject");
/// # Ok::<(), feast_playground::Error>(())
/// ```
///
/// # Errors
///
/// An unknown release.
pub fn complete(text: &str, offset: usize, options: &Options) -> Result<Vec<Offered>, Error> {
    let places = Places::of(text);
    let byte = places.byte(offset);
    let offered = editing::completions(text, byte, options.release()?, Markup::Plain);
    let offered = offered.into_iter().map(|offer| Offered {
        label: offer.label,
        kind: match offer.kind {
            CompletionKind::RequiredField => "required",
            CompletionKind::Field => "field",
            _ => "value",
        },
        from: places.offset(offer.range.start),
        to: places.offset(offer.range.end),
        insert: offer.text,
        detail: offer.detail,
        info: offer.documentation,
    });
    Ok(offered.collect())
}

/// The documentation of the field at an offset.
///
/// ```
/// let text = "apiVersion: feast.dev/v1\nkind: FeatureStore\nspec: {replicas: 3}";
/// let found = feast_playground::hover(text, 52).unwrap();
/// assert!(found.text.starts_with("spec.replicas integer"));
/// ```
pub fn hover(text: &str, offset: usize) -> Option<Hovered> {
    let places = Places::of(text);
    let found = editing::hover(text, places.byte(offset), Markup::Plain)?;
    Some(Hovered {
        from: places.offset(found.range.start),
        to: places.offset(found.range.end),
        text: found.text,
    })
}
