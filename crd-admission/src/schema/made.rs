//! Values that compiled tables contain as text, and that are parsed on first use.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;

use super::Pattern;

/// A text that is known to be a valid `T`, and the `T`, once it was used.
#[derive(Clone, Debug)]
pub struct Made<T> {
    text: Cow<'static, str>,
    made: OnceLock<T>,
}

/// Can be parsed from a text.
pub trait Make: Sized {
    /// `None` if the text is invalid.
    fn make(text: &str) -> Option<Self>;
}

impl Make for Value {
    /// `None` if the text is invalid.
    fn make(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Make for Pattern {
    /// `None` if the text is invalid.
    fn make(text: &str) -> Option<Self> {
        Self::compile(text)
    }
}

impl<T> Made<T> {
    /// From a text that is known to be valid.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            made: OnceLock::new(),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Made<Value> {
    /// From a value.
    pub(crate) fn of(value: Value) -> Self {
        Self {
            text: value.to_string().into(),
            made: OnceLock::from(value),
        }
    }
}

impl<T: Make> Made<T> {
    /// From a text; `None` if it is invalid.
    pub fn checked(text: String) -> Option<Self> {
        let made = OnceLock::from(T::make(&text)?);
        let text = text.into();
        Some(Self { text, made })
    }

    /// The parsed value.
    pub fn get(&self) -> &T {
        self.made
            .get_or_init(|| T::make(&self.text).expect("the text was read before"))
    }
}
