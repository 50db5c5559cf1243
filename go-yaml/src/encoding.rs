//! Decodes bytes to text.

use std::borrow::Cow;

use crate::error::Error;

/// The text of a document: UTF-8, or UTF-16 with a byte order mark, as some editors write it.
///
/// # Errors
///
/// If the bytes are neither.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    match bytes {
        [0xFF, 0xFE, units @ ..] => utf16(units, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, units @ ..] => utf16(units, u16::from_be_bytes).map(Cow::Owned),
        _ => utf8(bytes).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|error| {
        let wrong = bytes.get(error.valid_up_to()).copied().unwrap_or(0);
        Error::encoding(match (wrong, error.error_len()) {
            (_, None) => "incomplete UTF-8 octet sequence",
            (0x80..0xC0 | 0xF8.., _) => "invalid leading UTF-8 octet",
            (0xC0 | 0xC1, _) => "invalid length of a UTF-8 sequence",
            (0xF5..0xF8, _) => "invalid Unicode character",
            _ => "invalid trailing UTF-8 octet",
        })
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Error> {
    let (units, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(Error::encoding("incomplete UTF-16 character"));
    }
    let units = units.iter().map(|bytes| unit(*bytes));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map_err(|error| {
        Error::encoding(if error.unpaired_surrogate() < 0xDC00 {
            "expected low surrogate area"
        } else {
            "unexpected low surrogate area"
        })
    })
}
