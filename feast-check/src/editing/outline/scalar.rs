//! Scalars on one line.

/// A name with a colon.
pub(super) struct Key {
    /// The end of the name.
    pub(super) end: usize,
    pub(super) colon: usize,
}

impl Key {
    /// The name, without quotes.
    pub(super) fn name(&self, line: &str) -> String {
        let name = line.get(..self.end).unwrap_or_default();
        name.trim_matches(['"', '\'']).to_owned()
    }
}

/// The name at the start of a line, if a colon follows.
pub(super) fn key(line: &str) -> Option<Key> {
    if let Some(end) = quoted(line) {
        let rest = line.get(end..)?;
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let colon = end + spaces;
        return is_colon(line, colon).then_some(Key { end, colon });
    }
    let line = without_comment(line);
    let mut colons = line.match_indices(':').map(|(colon, _)| colon);
    let colon = colons.find(|colon| is_colon(line, *colon))?;
    let end = line.get(..colon)?.trim_end().len();
    (end > 0).then_some(Key { end, colon })
}

fn is_colon(line: &str, at: usize) -> bool {
    let rest = line.get(at..).and_then(|rest| rest.strip_prefix(':'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// The end of a quoted string at the start of a line.
fn quoted(line: &str) -> Option<usize> {
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    let inner = line.get(1..)?.char_indices();
    for (index, c) in inner.take_while(|(_, c)| *c != '\n') {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return Some(index + 2),
            _ => {}
        }
    }
    None
}

/// The scalar at the start of a line; unclosed quotes end with the line.
pub(super) fn value(line: &str) -> &str {
    match quoted(line) {
        Some(end) => line.get(..end).unwrap_or_default(),
        None => plain(line),
    }
}

/// A line without its comment and the spaces before it.
pub(super) fn plain(line: &str) -> &str {
    without_comment(line).trim_end()
}

fn without_comment(line: &str) -> &str {
    let line = line.split(['\n', '\r']).next().unwrap_or_default();
    match line.find(" #") {
        Some(end) => line.get(..end).unwrap_or(line),
        None => line,
    }
}

/// The scalar at the start of a text within brackets.
pub(super) fn in_flow(text: &str) -> &str {
    if let Some(end) = quoted(text) {
        return text.get(..end).unwrap_or_default();
    }
    let ends = text.char_indices().find(|(index, c)| match c {
        ',' | '{' | '}' | '[' | ']' | '\n' | '\r' => true,
        '#' => text
            .get(..*index)
            .is_some_and(|before| before.ends_with(' ')),
        ':' => {
            let next = text.get(index + 1..).and_then(|rest| rest.chars().next());
            let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']' | '{' | '[');
            next.is_none_or(ends)
        }
        _ => false,
    });
    let end = ends.map_or(text.len(), |(index, _)| index);
    text.get(..end).unwrap_or_default().trim_end()
}
