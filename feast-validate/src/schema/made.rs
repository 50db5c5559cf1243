//! What stands in tables as a text and is read when it is first needed.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;

use super::Pattern;

/// A text that was found to be a `T`, and that `T` once it was needed.
#[derive(Clone, Debug)]
pub(crate) struct Made<T> {
    text: Cow<'static, str>,
    made: OnceLock<T>,
}

/// Can be read from a text.
pub(crate) trait Make: Sized {
    fn make(text: &str) -> Option<Self>;
}

impl Make for Value {
    fn make(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Make for Pattern {
    fn make(text: &str) -> Option<Self> {
        Self::compile(text)
    }
}

impl<T> Made<T> {
    /// Of a text that is known to be a `T`.
    pub(super) const fn new(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            made: OnceLock::new(),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl<T: Make> Made<T> {
    /// Nothing if the text is not a `T`.
    pub(super) fn checked(text: String) -> Option<Self> {
        let made = OnceLock::from(T::make(&text)?);
        let text = text.into();
        Some(Self { text, made })
    }

    pub(crate) fn get(&self) -> &T {
        self.made
            .get_or_init(|| T::make(&self.text).expect("the text was read before"))
    }
}
