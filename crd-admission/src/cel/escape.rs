//! Escaped names of fields: an expression writes `spec.__dash__x` for the field `-x`.

use std::borrow::Cow;

/// Literals that look like names.
const LITERALS: [&str; 3] = ["true", "false", "null"];

/// Words that CEL reserves; variables cannot have these names.
pub(super) const RESERVED: [&str; 18] = [
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Texts that names in expressions cannot contain, and their replacements.
const ESCAPES: [(&str, &str); 4] = [
    ("__", "underscores"),
    (".", "dot"),
    ("-", "dash"),
    ("/", "slash"),
];

/// Whether CEL reserves a word.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || LITERALS.contains(&name)
}

/// The escaped name of a field; `None` if it has none.
pub(crate) fn escape(name: &str) -> Option<Cow<'_, str>> {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if is_reserved(name) {
        return Some(format!("__{name}__").into());
    }
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte);
    if !name.bytes().all(is_known) {
        return None;
    }
    if !name.contains(['.', '-', '/']) && !name.contains("__") {
        return Some(name.into());
    }
    let mut out = String::with_capacity(name.len() * 2);
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let special = ESCAPES.iter().find(|(text, _)| rest.starts_with(text));
        let length = if let Some((text, word)) = special {
            out.extend(["__", word, "__"]);
            text.len()
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Some(out.into())
}

/// The field with an escaped name; `None` if there cannot be one.
pub(crate) fn unescape(written: &str) -> Option<Cow<'_, str>> {
    // This runs for each selected field, and few are escaped.
    if !written.as_bytes().windows(2).any(|pair| pair == b"__") {
        return Some(written.into());
    }
    let mut out = String::new();
    let mut rest = written;
    let mut has_escapes = false;
    while let Some((before, word, after)) = next_escape(rest) {
        let name = match ESCAPES.iter().find(|(_, known)| *known == word) {
            Some((text, _)) => *text,
            None if is_reserved(word) && word.len() + 4 == written.len() => word,
            None => return None,
        };
        out.push_str(before);
        out.push_str(name);
        rest = after;
        has_escapes = true;
    }
    if !has_escapes {
        return Some(written.into());
    }
    out.push_str(rest);
    Some(out.into())
}

/// The first text between two double underscores, and the texts around it.
fn next_escape(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("__")?;
        // Of more than two underscores, the last two are the separator.
        let inside = text.get(start..)?;
        let underscores = inside.bytes().take_while(|byte| *byte == b'_').count();
        let start = start + underscores - 2;
        let inside = text.get(start + 2..)?;
        let end = inside.find('_')?;
        if end > 0 && inside.get(end..)?.starts_with("__") {
            return Some((
                text.get(..start)?,
                inside.get(..end)?,
                inside.get(end + 2..)?,
            ));
        }
        from = start + 2 + end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        let cases = [
            ("replicas", "replicas"),
            ("if", "__if__"),
            ("namespace", "__namespace__"),
            ("x-prop", "x__dash__prop"),
            ("redact__d", "redact__underscores__d"),
            ("a.b/c", "a__dot__b__slash__c"),
            ("___", "__underscores___"),
            ("_a_", "_a_"),
        ];
        for (name, written) in cases {
            assert_eq!(escape(name).as_deref(), Some(written));
            assert_eq!(unescape(written).as_deref(), Some(name));
        }
    }

    #[test]
    fn some_names_cannot_be_written_or_are_no_names() {
        for name in ["", "1a", "a b", "é"] {
            assert_eq!(escape(name), None, "{name}");
        }
        for written in ["__foo__", "a__if__", "x__dot__y__nope__"] {
            assert_eq!(unescape(written), None, "{written}");
        }
        assert_eq!(unescape("a__b").as_deref(), Some("a__b"));
    }
}
