//! Texts as they are kept in memory: a third of the bytes.

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};

/// A text, packed. The same text is always packed to the same bytes.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Packed(Box<[u8]>);

impl Packed {
    pub(crate) fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        Self(compress_prepend_size(text.as_bytes()).into())
    }

    pub(crate) fn text(&self) -> String {
        let bytes = decompress_size_prepended(&self.0).unwrap_or_default();
        // Nobody else makes one.
        String::from_utf8(bytes).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_the_same_again_and_smaller() {
        let port = r#"{"containerPort":6566,"name":"online","protocol":"TCP"},"#;
        for text in [
            String::new(),
            "7".to_owned(),
            "é".repeat(3),
            port.repeat(20),
        ] {
            let packed = Packed::of(&text);
            assert_eq!(packed.text(), text);
            assert_eq!(packed.is_empty(), text.is_empty());
            assert!(packed == Packed::of(&text));
            assert!(text.len() < 100 || packed.0.len() < text.len() / 3);
        }
    }
}
