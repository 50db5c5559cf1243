//! Anchors, tags and directives.

use super::{Kind, Scanner};
use crate::cursor::is_name;
use crate::error::Error;
use crate::position::Mark;

/// The context of a tag.
#[derive(Clone, Copy)]
enum Place {
    Node,
    Directive,
}

impl<'t> Scanner<'t> {
    /// An anchor `&a` or an alias `*a`.
    pub(super) fn scan_anchor(&mut self, is_alias: bool) -> Result<(), Error> {
        let start = self.cursor.mark();
        self.cursor.skip_bytes(1);
        let name = self.cursor.skip_while(is_name);
        let is_over = self.cursor.is_word_end(0)
            || matches!(
                self.cursor.byte(0),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if name.is_empty() || !is_over {
            let problem = "did not find expected alphabetic or numeric character";
            return Err(self.error(problem, start));
        }
        let kind = if is_alias {
            Kind::Alias(name)
        } else {
            Kind::Anchor(name)
        };
        self.push(kind, start);
        Ok(())
    }

    /// A tag: `!<uri>`, `!handle!suffix`, `!suffix` or `!`.
    pub(super) fn scan_tag(&mut self) -> Result<(), Error> {
        let start = self.cursor.mark();
        let (handle, suffix) = if self.cursor.byte(1) == b'<' {
            self.cursor.skip_bytes(2);
            let suffix = self.scan_tag_uri("", false, start)?;
            if self.cursor.byte(0) != b'>' {
                return Err(self.error("did not find the expected '>'", start));
            }
            self.cursor.skip_bytes(1);
            ("", suffix)
        } else {
            let handle = self.scan_tag_handle(Place::Node, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                (handle, self.scan_tag_uri("", false, start)?)
            } else {
                let head = handle.get(1..).unwrap_or("");
                match self.scan_tag_uri(head, true, start)? {
                    suffix if suffix.is_empty() => ("", "!".to_owned()),
                    suffix => ("!", suffix),
                }
            }
        };
        if !self.cursor.is_word_end(0) {
            let problem = "did not find expected whitespace or line break";
            return Err(self.error(problem, start));
        }
        self.push(Kind::Tag(handle, suffix), start);
        Ok(())
    }

    fn scan_tag_handle(&mut self, place: Place, start: Mark) -> Result<&'t str, Error> {
        let from = self.cursor.mark().byte;
        if self.cursor.byte(0) != b'!' {
            return Err(self.error("did not find expected '!'", start));
        }
        self.cursor.skip_bytes(1);
        let name = self.cursor.skip_while(is_name);
        match (self.cursor.byte(0), place) {
            (b'!', _) => self.cursor.skip_bytes(1),
            (_, Place::Directive) if !name.is_empty() => {
                return Err(self.error("did not find expected '!'", start));
            }
            _ => {}
        }
        Ok(self.cursor.since(from))
    }

    /// The rest of a tag after its head; `may_be_empty` if the head is enough.
    fn scan_tag_uri(
        &mut self,
        head: &str,
        may_be_empty: bool,
        start: Mark,
    ) -> Result<String, Error> {
        let mut uri = head.as_bytes().to_vec();
        let from = self.cursor.mark().byte;
        loop {
            match self.cursor.byte(0) {
                b'%' => self.scan_uri_escape(&mut uri, start)?,
                byte if is_uri(byte) => {
                    uri.push(byte);
                    self.cursor.skip_bytes(1);
                }
                _ => break,
            }
        }
        if !may_be_empty && self.cursor.mark().byte == from {
            return Err(self.error("did not find expected tag URI", start));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// The bytes of a character, such as `%C3%A9`.
    fn scan_uri_escape(&mut self, uri: &mut Vec<u8>, start: Mark) -> Result<(), Error> {
        let mut missing = None;
        while missing != Some(0) {
            let digits = [self.cursor.byte(1), self.cursor.byte(2)].map(hexadecimal);
            let (b'%', [Some(high), Some(low)]) = (self.cursor.byte(0), digits) else {
                return Err(self.error("did not find URI escaped octet", start));
            };
            let octet = high << 4 | low;
            missing = Some(match missing {
                None => match octet {
                    0..0x80 => 0,
                    0xC0..0xE0 => 1,
                    0xE0..0xF0 => 2,
                    0xF0..0xF8 => 3,
                    _ => {
                        let problem = "found an incorrect leading UTF-8 octet";
                        return Err(self.error(problem, start));
                    }
                },
                Some(_) if octet & 0xC0 != 0x80 => {
                    return Err(self.error("found an incorrect trailing UTF-8 octet", start));
                }
                Some(missing) => missing - 1,
            });
            uri.push(octet);
            self.cursor.skip_bytes(3);
        }
        Ok(())
    }

    /// `%YAML 1.1` or `%TAG !handle! prefix`.
    pub(super) fn scan_directive(&mut self) -> Result<(), Error> {
        let start = self.cursor.mark();
        self.cursor.skip_bytes(1);
        let name = self.cursor.skip_while(is_name);
        if name.is_empty() {
            return Err(self.error("could not find expected directive name", start));
        }
        if !self.cursor.is_word_end(0) {
            return Err(self.error("found unexpected non-alphabetical character", start));
        }
        match name {
            "YAML" => self.scan_version(start)?,
            "TAG" => self.scan_tag_directive(start)?,
            _ => return Err(self.error("found unknown directive name", start)),
        }
        self.cursor.skip_blanks();
        if self.cursor.byte(0) == b'#' {
            self.cursor.skip_line();
        }
        if !self.cursor.is_line_end() {
            let problem = "did not find expected comment or line break";
            return Err(self.error(problem, start));
        }
        if let Some(found) = self.cursor.break_at(0) {
            self.cursor.skip_break(found);
        }
        Ok(())
    }

    fn scan_version(&mut self, start: Mark) -> Result<(), Error> {
        self.cursor.skip_blanks();
        let major = self.scan_version_number(start)?;
        if self.cursor.byte(0) != b'.' {
            return Err(self.error("did not find expected digit or '.' character", start));
        }
        self.cursor.skip_bytes(1);
        let minor = self.scan_version_number(start)?;
        let is_known = [major, minor].map(|number| number.trim_start_matches('0')) == ["1", "1"];
        self.push(Kind::VersionDirective(is_known), start);
        Ok(())
    }

    fn scan_version_number(&mut self, start: Mark) -> Result<&'t str, Error> {
        const LONGEST: usize = 2;
        let from = self.cursor.mark().byte;
        while self.cursor.byte(0).is_ascii_digit() {
            if self.cursor.since(from).len() == LONGEST {
                return Err(self.error("found extremely long version number", start));
            }
            self.cursor.skip_bytes(1);
        }
        let number = self.cursor.since(from);
        if number.is_empty() {
            return Err(self.error("did not find expected version number", start));
        }
        Ok(number)
    }

    fn scan_tag_directive(&mut self, start: Mark) -> Result<(), Error> {
        self.cursor.skip_blanks();
        let handle = self.scan_tag_handle(Place::Directive, start)?;
        if !self.cursor.is_blank(0) {
            return Err(self.error("did not find expected whitespace", start));
        }
        self.cursor.skip_blanks();
        let prefix = self.scan_tag_uri("", false, start)?;
        if !self.cursor.is_word_end(0) {
            let problem = "did not find expected whitespace or line break";
            return Err(self.error(problem, start));
        }
        self.push(Kind::TagDirective(handle, prefix), start);
        Ok(())
    }
}

const fn is_uri(byte: u8) -> bool {
    is_name(byte)
        || matches!(
            byte,
            b';' | b'/'
                | b'?'
                | b':'
                | b'@'
                | b'&'
                | b'='
                | b'+'
                | b'$'
                | b','
                | b'.'
                | b'!'
                | b'~'
                | b'*'
                | b'\''
                | b'('
                | b')'
                | b'['
                | b']'
        )
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
