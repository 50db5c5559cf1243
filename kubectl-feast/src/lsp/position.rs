//! Positions in a text, as client and server count them.

use std::ops::Range;

use gen_lsp_types as lsp;

/// The unit of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    /// Supported by every client.
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The first supported encoding of those that a client lists by preference.
    pub(super) fn of<'n>(mut names: impl Iterator<Item = &'n str>) -> Self {
        let known = |name| match name {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            "utf-32" => Some(Self::Utf32),
            _ => None,
        };
        names.find_map(known).unwrap_or_default()
    }

    pub(super) fn kind(self) -> lsp::PositionEncodingKind {
        match self {
            Self::Utf8 => lsp::PositionEncodingKind::UTF8,
            Self::Utf16 => lsp::PositionEncodingKind::UTF16,
            Self::Utf32 => lsp::PositionEncodingKind::UTF32,
        }
    }

    fn width(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// The lines of a text.
pub(super) struct Lines<'t> {
    text: &'t str,
    encoding: Encoding,
    /// Their starts in bytes; the first is 0.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(index, byte)| {
            // `\r\n` is one line end.
            **byte == b'\n' || **byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')
        });
        Self {
            text,
            encoding,
            starts: std::iter::once(0)
                .chain(ends.map(|(index, _)| index + 1))
                .collect(),
        }
    }

    /// The byte at a position; a position outside the text is moved to the nearest one inside.
    pub(super) fn byte(&self, position: lsp::Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line) else {
            return self.text.len();
        };
        let mut left = position.character as usize;
        for (offset, c) in self.line(line).char_indices() {
            let width = self.encoding.width(c);
            if left < width {
                return start + offset;
            }
            left -= width;
        }
        start + self.line(line).len()
    }

    /// A range in bytes; empty if it ends before it starts.
    pub(super) fn bytes(&self, range: lsp::Range) -> Range<usize> {
        let start = self.byte(range.start);
        start..self.byte(range.end).max(start)
    }

    /// The position of a byte.
    pub(super) fn position(&self, byte: usize) -> lsp::Position {
        let line = self.starts.partition_point(|start| *start <= byte) - 1;
        let before = self.text.get(self.starts[line]..byte).unwrap_or_default();
        let character: usize = before.chars().map(|c| self.encoding.width(c)).sum();
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        lsp::Position {
            line: number(line),
            character: number(character),
        }
    }

    pub(super) fn range(&self, bytes: Range<usize>) -> lsp::Range {
        lsp::Range {
            start: self.position(bytes.start),
            end: self.position(bytes.end),
        }
    }

    /// The range from a character to the end of its line; line and column are counted from 1, as in
    /// findings.
    pub(super) fn rest(&self, line: usize, column: usize) -> lsp::Range {
        let line = line.clamp(1, self.starts.len()) - 1;
        let text = self.line(line);
        let before = text.char_indices().nth(column.saturating_sub(1));
        let offset = before.map_or(text.len(), |(offset, _)| offset);
        let start = self.starts[line];
        self.range(start + offset..start + text.len())
    }

    /// The text of a line, without its end.
    fn line(&self, line: usize) -> &'t str {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self
            .starts
            .get(line + 1)
            .copied()
            .unwrap_or(self.text.len());
        let line = self.text.get(start..end).unwrap_or_default();
        line.trim_end_matches(['\r', '\n'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a: ü𝄞x\r\nb\rc\n";

    fn position(line: u32, character: u32) -> lsp::Position {
        lsp::Position { line, character }
    }

    #[test]
    fn columns_use_the_negotiated_encoding() {
        // Before the `x`.
        let byte = TEXT.find('x').unwrap();
        for (encoding, column) in [
            (Encoding::Utf8, 9),
            (Encoding::Utf16, 6),
            (Encoding::Utf32, 5),
        ] {
            let lines = Lines::of(TEXT, encoding);
            assert_eq!(lines.position(byte), position(0, column), "{encoding:?}");
            assert_eq!(lines.byte(position(0, column)), byte, "{encoding:?}");
        }
    }

    #[test]
    fn every_position_has_a_byte() {
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let lines = Lines::of(TEXT, encoding);
            for line in [0, 1, 2, 3, 4, u32::MAX] {
                for character in (0..12).chain([u32::MAX]) {
                    let byte = lines.byte(position(line, character));
                    assert!(TEXT.is_char_boundary(byte));
                    // A position inside a character or after a line's end is moved once.
                    assert_eq!(lines.byte(lines.position(byte)), byte);
                }
            }
        }
        let lines = Lines::of(TEXT, Encoding::Utf16);
        let backwards = lsp::Range {
            start: position(2, 0),
            end: position(0, 0),
        };
        let c = TEXT.find('c').unwrap();
        assert_eq!(lines.bytes(backwards), c..c);
        assert_eq!(Lines::of("", Encoding::Utf16).byte(position(3, 3)), 0);
    }

    #[test]
    fn lines_end_as_in_the_protocol() {
        let lines = Lines::of(TEXT, Encoding::Utf16);
        for (character, line) in [('a', 0), ('b', 1), ('c', 2)] {
            let byte = TEXT.find(character).unwrap();
            assert_eq!(lines.position(byte), position(line, 0), "{character}");
        }
        assert_eq!(lines.position(TEXT.len()), position(3, 0));
        assert_eq!(lines.rest(1, 4).end, position(0, 7));
        assert_eq!(lines.rest(9, 9), lines.range(TEXT.len()..TEXT.len()));
    }

    #[test]
    fn the_client_chooses_the_encoding() {
        assert_eq!(Encoding::of([].into_iter()), Encoding::Utf16);
        assert_eq!(
            Encoding::of(["ebcdic", "utf-32", "utf-8"].into_iter()),
            Encoding::Utf32
        );
    }
}
