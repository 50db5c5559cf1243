//! What stands in tables as a text and is read when it is first needed.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;

use super::Pattern;

/// A text that was found to be a `T`, and that `T` once it was needed.
#[derive(Clone, Debug)]
pub struct Made<T> {
    text: Cow<'static, str>,
    made: OnceLock<T>,
}

/// Can be read from a text.
pub trait Make: Sized {
    /// Nothing if the text is none.
    fn make(text: &str) -> Option<Self>;
}

impl Make for Value {
    /// Nothing if the text is none.
    fn make(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Make for Pattern {
    /// Nothing if the text is none.
    fn make(text: &str) -> Option<Self> {
        Self::compile(text)
    }
}

impl<T> Made<T> {
    /// Of a text that is known to be a `T`.
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
    /// A value that is at hand.
    pub(crate) fn of(value: Value) -> Self {
        Self {
            text: value.to_string().into(),
            made: OnceLock::from(value),
        }
    }
}

impl<T: Make> Made<T> {
    /// Nothing if the text is not a `T`.
    pub fn checked(text: String) -> Option<Self> {
        let made = OnceLock::from(T::make(&text)?);
        let text = text.into();
        Some(Self { text, made })
    }

    /// What it says.
    pub fn get(&self) -> &T {
        self.made
            .get_or_init(|| T::make(&self.text).expect("the text was read before"))
    }
}
