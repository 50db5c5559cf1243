//! The format `hostname`.

/// Labels of letters, digits, symbols and inner dashes, and a last one of letters. A single label
/// may have digits and symbols, too, and a dash as its second character.
pub(super) fn is_hostname(text: &str) -> bool {
    if text.len() > 255 || text.split('.').any(|label| label.len() > 63) {
        return false;
    }
    is_single_label(text) || is_domain(text)
}

fn is_single_label(text: &str) -> bool {
    let mut chars = text.chars();
    let starts_well = chars.next().is_some_and(is_host_character);
    let rest = chars.as_str();
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    starts_well && rest.chars().all(is_host_character)
}

fn is_domain(text: &str) -> bool {
    let Some((labels, last)) = text.rsplit_once('.') else {
        return false;
    };
    let is_label = |label: &str| {
        let is_end = |c: Option<char>| c.is_some_and(is_host_character);
        is_end(label.chars().next())
            && is_end(label.chars().next_back())
            && label.chars().all(|c| c == '-' || is_host_character(c))
    };
    last.chars().nth(1).is_some()
        && last.chars().all(char::is_alphabetic)
        && labels.split('.').all(is_label)
}

/// A letter or symbol of any script, or an ASCII digit.
fn is_host_character(c: char) -> bool {
    c.is_ascii_digit() || c.is_alphabetic() || is_symbol(c)
}

/// A symbol (`\p{S}`), approximated by Unicode blocks.
fn is_symbol(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~');
    }
    matches!(u32::from(c),
        0xa2..=0xa6 | 0xa8 | 0xa9 | 0xac | 0xae..=0xb1 | 0xb4 | 0xb8 | 0xd7 | 0xf7 | 0x2044 | 0x2052
        | 0x207a..=0x207c | 0x208a..=0x208c | 0x20a0..=0x20c0 | 0x2100..=0x2bff | 0x1f000..=0x1faff)
}
