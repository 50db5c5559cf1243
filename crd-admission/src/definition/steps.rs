//! Paths to fields of a schema, such as `.a.b['c']`, in rules and selectable fields.

use thiserror::Error;

use super::node::Node;
use crate::field_path::Step;

/// Why a path is invalid, in the API server's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum StepsError {
    #[error("does not refer to a valid field")]
    NoSuchField,
    #[error("unexpected end of JSON path")]
    End,
    #[error("expected single quoted string but got {0}")]
    NotQuoted(String),
    #[error("invalid string literal: invalid escape char {0}")]
    BadEscape(String),
    #[error("expected ] but got {0}")]
    NotClosed(String),
    #[error("expected [ or . but got: {0}")]
    NotASeparator(String),
    #[error("array notation is not allowed")]
    Bracket,
}

/// The steps to a field, and its schema; `None` within a map of arbitrary values.
pub(crate) fn find<'a>(
    path: &str,
    schema: Node<'a>,
) -> Result<(Vec<Step>, Option<Node<'a>>), StepsError> {
    follow(path, Some(schema), true)
}

/// The same, for paths without brackets.
pub(super) fn find_dotted<'a>(
    path: &str,
    schema: Option<Node<'a>>,
) -> Result<(Vec<Step>, Option<Node<'a>>), StepsError> {
    follow(path, schema, false)
}

fn follow<'a>(
    path: &str,
    mut schema: Option<Node<'a>>,
    has_brackets: bool,
) -> Result<(Vec<Step>, Option<Node<'a>>), StepsError> {
    let mut steps = Vec::new();
    let mut tokens = Tokens(path);
    while let Some(token) = tokens.next() {
        let name = match token {
            "[" if !has_brackets => return Err(StepsError::Bracket),
            "[" => {
                let quoted = tokens.next().ok_or(StepsError::End)?;
                let inner = quoted
                    .strip_prefix('\'')
                    .and_then(|text| text.strip_suffix('\''));
                unescape(inner.ok_or_else(|| StepsError::NotQuoted(quoted.to_owned()))?)?
            }
            "." => tokens.next().ok_or(StepsError::End)?.to_owned(),
            other => return Err(StepsError::NotASeparator(other.to_owned())),
        };
        let node = schema.ok_or(StepsError::NoSuchField)?;
        if node.has_some("properties") {
            let properties = node.part("properties");
            let part = properties.and_then(|properties| properties.part(&name));
            schema = Some(part.ok_or(StepsError::NoSuchField)?);
            steps.push(Step::Field(name));
        } else if node.has("additionalProperties") {
            schema = node.part("additionalProperties");
            steps.push(Step::Key(name));
        } else {
            return Err(StepsError::NoSuchField);
        }
        if token == "[" {
            match tokens.next() {
                Some("]") => {}
                Some(other) => return Err(StepsError::NotClosed(other.to_owned())),
                None => return Err(StepsError::End),
            }
        }
    }
    Ok((steps, schema))
}

/// Separators, quoted texts, and the text between them.
struct Tokens<'t>(&'t str);

impl<'t> Iterator for Tokens<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.0;
        if text.is_empty() {
            return None;
        }
        let bytes = text.as_bytes();
        let end = if bytes.first() == Some(&b'\'') {
            let pairs = bytes.windows(2);
            let closing = pairs
                .into_iter()
                .position(|pair| matches!(pair, [before, b'\''] if *before != b'\\'));
            closing.map_or(text.len(), |before| before + 2)
        } else {
            match text.find(['.', '[', ']']) {
                Some(0) => 1,
                Some(end) => end,
                None => text.len(),
            }
        };
        let (token, rest) = text.split_at(end);
        self.0 = rest;
        Some(token)
    }
}

fn unescape(text: &str) -> Result<String, StepsError> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escaped = match c {
            '\\' => chars.next(),
            c => {
                plain.push(c);
                continue;
            }
        };
        plain.push(match escaped {
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some(c @ ('\'' | '\\')) => c,
            Some(c) => return Err(StepsError::BadEscape(format!("\\{c}"))),
            None => '\\',
        });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_through_fields_and_maps() {
        let schema = json!({
            "type": "object",
            "properties": {
                "a": {"type": "object", "additionalProperties": {"type": "string"}},
                "b.c": {"type": "integer"},
            },
        });
        let found = |path: &str| {
            let found = find(path, Node::of(&schema).expect("an object"));
            found
                .map(|(steps, _)| steps)
                .map_err(|error| error.to_string())
        };
        let field = |name: &str| Step::Field(name.to_owned());
        let key = |name: &str| Step::Key(name.to_owned());
        assert_eq!(found(".a"), Ok(vec![field("a")]));
        assert_eq!(found("['a']['x.y']"), Ok(vec![field("a"), key("x.y")]));
        assert_eq!(found("['b.c']"), Ok(vec![field("b.c")]));
        assert_eq!(found(r".a['it\'s']"), Ok(vec![field("a"), key("it's")]));
        for (path, error) in [
            (".b", "does not refer to a valid field"),
            ("a", "expected [ or . but got: a"),
            (".a[0]", "expected single quoted string but got 0"),
            (".a['x'", "unexpected end of JSON path"),
            (
                r".a['\x']",
                r"invalid string literal: invalid escape char \x",
            ),
            (".", "unexpected end of JSON path"),
        ] {
            assert_eq!(found(path), Err(error.to_owned()), "{path}");
        }
    }
}
