//! Converts between byte positions and JavaScript's UTF-16 offsets.

/// Converts positions of a text.
pub(crate) struct Places<'t> {
    text: &'t str,
    /// Where each line starts: in bytes, and in code units.
    lines: Vec<(usize, usize)>,
}

impl<'t> Places<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let mut lines = vec![(0, 0)];
        let (mut bytes, mut units) = (0, 0);
        for line in text.split_inclusive('\n') {
            bytes += line.len();
            units += length(line);
            lines.push((bytes, units));
        }
        Self { text, lines }
    }

    /// The offset of a byte.
    pub(crate) fn offset(&self, byte: usize) -> usize {
        let (start, units) = self.line(|(start, _)| *start <= byte);
        let before = self.text.get(start..byte.min(self.text.len()));
        units + before.map_or(0, length)
    }

    /// The byte at an offset; an offset beyond the text is its end.
    pub(crate) fn byte(&self, offset: usize) -> usize {
        let (start, units) = self.line(|(_, units)| *units <= offset);
        let mut left = offset - units;
        for (index, c) in self.text.get(start..).unwrap_or_default().char_indices() {
            if left < c.len_utf16() {
                return start + index;
            }
            left -= c.len_utf16();
        }
        self.text.len()
    }

    /// The range from a character to the end of its line; both are counted from 1, as in findings.
    pub(crate) fn rest_of_line(&self, line: usize, column: usize) -> (usize, usize) {
        let line = self.lines.get(line.saturating_sub(1)).or(self.lines.last());
        let (start, units) = line.copied().unwrap_or_default();
        let text = self.text.get(start..).unwrap_or_default();
        let text = text.lines().next().unwrap_or_default();
        let before: usize = text
            .chars()
            .take(column.saturating_sub(1))
            .map(char::len_utf16)
            .sum();
        (units + before, units + length(text))
    }

    /// The last line whose start satisfies the condition.
    fn line(&self, is_before: impl Fn(&(usize, usize)) -> bool) -> (usize, usize) {
        let count = self.lines.partition_point(is_before);
        let line = count.checked_sub(1).and_then(|last| self.lines.get(last));
        line.copied().unwrap_or_default()
    }
}

fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_has_its_offset() {
        let text = "a: ü𝄞x\nb\n";
        let places = Places::of(text);
        let mut offset = 0;
        for (byte, c) in text.char_indices() {
            assert_eq!((places.offset(byte), places.byte(offset)), (offset, byte));
            offset += c.len_utf16();
        }
        assert_eq!(offset, 10);
        assert_eq!((places.offset(99), places.byte(99)), (10, text.len()));
        assert_eq!(Places::of("").byte(0), 0);
        assert_eq!(places.rest_of_line(1, 5), (4, 7));
        assert_eq!(places.rest_of_line(9, 9), (10, 10));
    }
}
