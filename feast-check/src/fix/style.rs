//! Scalar styles.

use serde_json::Value;

/// The style of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Double quotes as in JSON, which is YAML, too.
    Double,
    Single,
    Plain,
}

impl Style {
    /// The style of a scalar; `None` if it spans lines.
    pub(super) fn of(written: &str) -> Option<Self> {
        match written.chars().next()? {
            '"' => Some(Self::Double),
            '\'' => Some(Self::Single),
            // A multi-line string, an anchor, a tag or an alias.
            '|' | '>' | '&' | '!' | '*' => None,
            _ => Some(Self::Plain),
        }
    }
}

/// Writes a scalar in a style, or in the nearest one that can represent it; `None` if the value is
/// not a scalar.
pub(super) fn scalar(value: &Value, style: Style) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Bool(_) | Value::Number(_) => return Some(value.to_string()),
        _ => return None,
    };
    let is_printable = text.chars().all(|c| !c.is_control());
    match style {
        Style::Plain if is_plain(text) => Some(text.clone()),
        Style::Single if is_printable => Some(format!("'{}'", text.replace('\'', "''"))),
        _ => Some(value.to_string()),
    }
}

/// Whether a string needs no quotes anywhere.
fn is_plain(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_./:@-".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || "_/".contains(c));
    starts
        && text.chars().all(is_word)
        && !text.ends_with(':')
        && go_yaml::to_value(text).is_ok_and(|read| read == text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn written_scalars_are_read_back() {
        for value in [
            json!("feast.dev/v1"),
            json!("https://a/b"),
            json!("yes"),
            json!("8080"),
            json!("1.10"),
            json!("null"),
            json!("it's"),
            json!("a: b"),
            json!("a:"),
            json!("- a"),
            json!("#"),
            json!(""),
            json!("a\nb\u{1b}"),
            json!("ü"),
            json!(true),
            json!(3),
            json!(1.5),
        ] {
            for style in [Style::Plain, Style::Single, Style::Double] {
                let written = scalar(&value, style).unwrap();
                let text = format!("a: [{written}, 1]\n");
                let read = go_yaml::to_value(&text).unwrap();
                assert_eq!(read["a"][0], value, "{text}");
            }
        }
    }

    #[test]
    fn a_style_is_kept() {
        let url = json!("https://a/b");
        assert_eq!(scalar(&url, Style::Plain).unwrap(), "https://a/b");
        assert_eq!(scalar(&url, Style::Single).unwrap(), "'https://a/b'");
        assert_eq!(scalar(&url, Style::Double).unwrap(), "\"https://a/b\"");
        assert_eq!(scalar(&json!({}), Style::Plain), None);
        assert_eq!(Style::of("|\n  text"), None);
        assert_eq!(Style::of("&a b"), None);
    }
}
