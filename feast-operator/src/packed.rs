//! Compressed text, for a third of the memory.

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};

/// A compressed text. Equal texts are compressed to equal bytes.
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
        // It was made from a string.
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
    fn unpacking_restores_the_text() {
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
