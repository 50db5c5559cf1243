//! Support for editors: completion and hover for FeatureStores.
//!
//! The text may be incomplete YAML. Positions are in bytes.
//!
//! ```
//! use feast_api::Release;
//! use feast_check::editing::{Markup, completions, hover};
//!
//! let text = "apiVersion: feast.dev/v1\nkind: FeatureStore\nspec:\n  repl";
//! let offered = completions(text, text.len(), Release::NEWEST, Markup::Plain);
//! let replicas = offered.iter().find(|offer| offer.label == "replicas").unwrap();
//! assert_eq!((&*replicas.text, &text[replicas.range.clone()]), ("replicas: ", "repl"));
//!
//! let found = hover(text, text.find("spec").unwrap(), Markup::Plain).unwrap();
//! assert!(found.text.starts_with("spec object\n"));
//! ```

mod completion;
pub mod fields;
mod hover;
mod outline;

pub use self::completion::{Completion, CompletionKind, completions};
pub use self::hover::{Hover, hover};

/// The format of a text about a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Markup {
    /// Plain text.
    #[default]
    Plain,
    /// As Markdown.
    Markdown,
}
