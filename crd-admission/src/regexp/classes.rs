//! Named character classes.

/// Ranges of characters.
pub(super) type Ranges = &'static [(char, char)];

const DIGIT: Ranges = &[('0', '9')];
const WORD: Ranges = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACE: Ranges = &[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')];

/// The class after a backslash, and whether it is negated.
pub(super) fn perl(letter: char) -> Option<(Ranges, bool)> {
    Some(match letter {
        'd' => (DIGIT, false),
        'D' => (DIGIT, true),
        's' => (SPACE, false),
        'S' => (SPACE, true),
        'w' => (WORD, false),
        'W' => (WORD, true),
        _ => return None,
    })
}

/// The class between `[:` and `:]`, and whether it is negated.
pub(super) fn posix(name: &str) -> Option<(Ranges, bool)> {
    let (name, is_negated) = match name.strip_prefix('^') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let ranges: Ranges = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\u{7f}')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        "digit" => DIGIT,
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => WORD,
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some((ranges, is_negated))
}

/// Scripts whose names are as short as the abbreviations that Go does not know.
const SHORT_SCRIPTS: &[&str] = &[
    "Ahom", "Cham", "Han", "Kawi", "Lao", "Lisu", "Modi", "Mro", "Newa", "Nko", "Thai", "Vai", "Yi",
];

/// A Unicode class, in the engine's syntax.
pub(super) fn unicode(name: &str) -> Option<String> {
    let name = canonical(name);
    if matches!(name.as_str(), "Any" | "Ascii" | "Assigned") {
        return Some(format!(r"\p{{{name}}}"));
    }
    let category = format!(r"\p{{gc={name}}}");
    let is_script = name.len() > 4 || SHORT_SCRIPTS.contains(&name.as_str());
    let script = is_script.then(|| format!(r"\p{{sc={name}}}"));
    let candidates = [Some(category), script];
    let mut candidates = candidates.into_iter().flatten();
    candidates.find(|class| regex_syntax::parse(class).is_ok())
}

/// One upper-case letter, then lower-case ones, as in Go's comparison of names.
fn canonical(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    let mut canonical = String::with_capacity(name.len());
    for c in letters {
        let c = if canonical.is_empty() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        };
        canonical.push(c);
    }
    canonical
}
