//! Makes texts of others safe for terminals and logs.

use std::borrow::Cow;

use apimachinery::go::{Quoted, is_printable};

/// Escapes a text to one line, without control characters or characters that line-based programs
/// treat as line breaks. Escapes are Go's.
///
/// ```
/// use feast_check::visible;
///
/// assert_eq!(visible("shop\n::error::\u{1b}[31m"), r"shop\n::error::\x1b[31m");
/// assert_eq!(visible("größer, größer"), "größer, größer");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_printable(c) {
            shown.push(c);
        } else {
            let quoted = Quoted(c.encode_utf8(&mut [0; 4])).to_string();
            shown.push_str(quoted.trim_matches('"'));
        }
    }
    shown.into()
}

/// Like [`visible`], for a text with several lines. No line starts with a command that GitHub would
/// execute in a log.
///
/// ```
/// use feast_check::visible_lines;
///
/// assert_eq!(visible_lines("undefined field\n | self.row\n | ....^"), "undefined field\n | self.row\n | ....^");
/// assert_eq!(visible_lines("a\n  ::error::b"), "a\n  \\x3a:error::b");
/// ```
pub fn visible_lines(text: &str) -> String {
    let line = |text| {
        let line = visible(text);
        if line.trim_start().starts_with("::") {
            return line.replacen("::", r"\x3a:", 1).into();
        }
        line
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
