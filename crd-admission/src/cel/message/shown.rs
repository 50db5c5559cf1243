//! Strings and byte strings as Go prints them in a message.

use std::fmt::{self, Display, Write};

/// A quoted string. Invalid and invisible characters are shown as numbers.
pub(super) struct Shown<'b>(pub(super) &'b [u8]);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '"' | '\\' => write!(f, "\\{character}"),
                    '\n' => f.write_str("\\n"),
                    '\r' => f.write_str("\\r"),
                    '\t' => f.write_str("\\t"),
                    '\0'..' ' | '\x7f' => write!(f, "\\x{:02x}", u32::from(character)),
                    '\u{80}'..='\u{9f}' => write!(f, "\\u{:04x}", u32::from(character)),
                    other => f.write_char(other),
                }?;
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        f.write_char('"')
    }
}
