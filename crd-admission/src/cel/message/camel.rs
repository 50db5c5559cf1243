//! Names of Go struct fields.

/// The Go field that a key is matched with: each word starts with a capital.
pub(super) fn upper_camel(key: &str) -> String {
    let mut name = String::new();
    let mut push = |before: char, this: char, after: char| {
        if is_delimiter(this) {
            return;
        }
        let begins = is_delimiter(before) || before == NONE;
        let ends_capitals =
            before.is_ascii_uppercase() && this.is_ascii_uppercase() && after.is_ascii_lowercase();
        name.push(if begins {
            this.to_ascii_uppercase()
        } else if before.is_ascii_lowercase() || ends_capitals {
            this
        } else {
            this.to_ascii_lowercase()
        });
    };
    let key = key.trim();
    let (mut before, mut this) = (NONE, NONE);
    for next in key.chars() {
        if this != NONE {
            push(before, this, next);
        }
        (before, this) = (this, next);
    }
    if !key.is_empty() {
        push(before, this, NONE);
    }
    name
}

/// Stands for no character; a NUL in the key is hidden.
const NONE: char = '\0';

const fn is_delimiter(character: char) -> bool {
    matches!(character, '-' | '_' | ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::upper_camel;

    #[test]
    fn words_begin_with_a_capital() {
        for (key, name) in [
            ("", ""),
            ("_", ""),
            ("values", "Values"),
            (" a-b_c d ", "ABCD"),
            ("someValue", "SomeValue"),
            ("HTTPServer", "HttpServer"),
            ("a1B", "A1b"),
            ("éA", "éa"),
        ] {
            assert_eq!(upper_camel(key), name, "{key}");
        }
    }
}
