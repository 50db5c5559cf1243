//! Generates texts that are valid YAML, or nearly.

#![expect(
    clippy::format_push_string,
    reason = "it is shorter, and need not be fast"
)]

use fastrand::Rng;

/// Parts of YAML.
const PARTS: &[&str] = &[
    "a",
    "b",
    "key",
    "c d",
    "é",
    "日本",
    "-",
    "- ",
    "-\t",
    "?",
    "? ",
    ":",
    ": ",
    ":\t",
    "a: ",
    "b: ",
    "a:\n",
    "\n",
    "\n",
    "\n",
    "\n  ",
    "\n  ",
    "\n    ",
    "\n ",
    "\n\n",
    " ",
    "  ",
    "\t",
    "\n\t",
    "\n  \t",
    "{",
    "}",
    "[",
    "]",
    ",",
    ", ",
    "{a: 1}",
    "[1, 2]",
    "\"",
    "'",
    "\"x\"",
    "'y'",
    "''",
    "\"\\n\"",
    "\"\\x41\\u00e9\\U0001F600\"",
    "\"\\",
    "\"a\\\n  b\"",
    "\"\\q\"",
    "\"\\ud800\"",
    "'it''s'",
    "#",
    " # c",
    "\n# c",
    "\n\t# c",
    "#c\n",
    "|",
    ">",
    "|-\n",
    ">+\n",
    "|2\n",
    "|\n  x\n",
    ">\n  x\n  y\n\n  z\n",
    "|+1 # c\n",
    "|0\n",
    "|\n\tx",
    "&a ",
    "&b",
    "*a",
    "*b ",
    "<<: ",
    "<<: *a",
    "<<: [*a, *b]",
    "!!str ",
    "!!int ",
    "!!float ",
    "!!bool ",
    "!!null ",
    "!!binary ",
    "!!timestamp ",
    "!!set ",
    "! ",
    "!x ",
    "!x!y ",
    "!<tag:yaml.org,2002:int> ",
    "!<!!int> ",
    "!%41 ",
    "!!merge <<: ",
    "---",
    "--- ",
    "---\n",
    "\n---\n",
    "...",
    "\n...\n",
    "%YAML 1.1\n---\n",
    "%YAML 1.2\n---\n",
    "%TAG !x! tag:x,\n---\n",
    "%X\n",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{1}",
    "\u{7f}",
    "@",
    "`",
    "%",
    "=",
    "<<",
    "~",
    "null",
    "true",
    "yes",
    "No",
    "on",
    "y",
    "N",
];

/// Scalars with a special value, or nearly.
const SCALARS: &[&str] = &[
    "0",
    "1",
    "-1",
    "+1",
    "007",
    "08",
    "0x1F",
    "0xG",
    "0o17",
    "0o-7",
    "0b101",
    "0b-11",
    "-0b11",
    "-0o7",
    "0b2",
    "1_000",
    "_1",
    "1__0_",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "1.0",
    "1.",
    ".5",
    ".5_0",
    "._5",
    ".5__0",
    ".5e1_0",
    "1_0.5",
    "1e3",
    "1E-7",
    "1e21",
    "1e20",
    "1e400",
    "-0",
    "-0.0",
    "0.000001",
    "0.0000001",
    "123456789.5",
    "1000000.0",
    "0.1",
    "1e-5",
    ".inf",
    "-.Inf",
    "+.INF",
    ".nan",
    ".NaN",
    "..",
    ".",
    "-",
    "+",
    "--1",
    "1 2",
    "12:30:45",
    "0x1p2",
    "2024-01-01",
    "2024-1-2T3:4:5Z",
    "2024-01-01 10:00:00",
    "2024-02-30",
    "2001-12-14t21:59:43.10-05:00",
    "2024",
    "true",
    "False",
    "TRUE",
    "tRUE",
    "yes",
    "Yes",
    "YES",
    "yEs",
    "no",
    "off",
    "On",
    "y",
    "Y",
    "n",
    "N",
    "null",
    "Null",
    "NULL",
    "nULL",
    "~",
    "",
    "<<",
    "=",
    "aGk=",
    "gA==",
    "500m",
    "2Gi",
    "1.10",
    "a:b",
    "a#b",
    "a #b",
    "http://x:1/?a=b&c",
    "-a",
    "?a",
    ":a",
    "a,b",
    "a]b",
    "é",
    "\"q\"",
    "'q'",
    "\"1\"",
    "'~'",
    "\"\\t\\x07\\e\\N\\_\\L\\P\\0\"",
    "a b  c",
    "\u{a0}",
    "\u{1f600}",
    "a\u{85}b",
    "-é",
    "$x",
    "/p",
    "(x)",
    "a:",
    "%a",
    "@a",
    "|",
    ">",
];

/// A text composed of parts, or YAML with a few errors.
pub(crate) fn text(random: &mut Rng) -> String {
    let mut text = match random.u8(0..8) {
        0 | 1 => soup(random),
        2 => aliases(random),
        3 => deep(random),
        _ => {
            let mut text = String::new();
            block(random, &mut text, 0, 4);
            text
        }
    };
    for _ in 0..random.usize(0..4) {
        mutate(random, &mut text);
    }
    match random.u8(0..20) {
        0 => text.replace('\n', "\r\n"),
        1 => format!("\u{feff}{text}"),
        2 => format!("---\n{text}"),
        3 => format!("{text}\n---\n{}", soup(random)),
        4 => format!("{}{}", " \n".repeat(random.usize(0..400)), text),
        5 => json(random, &text),
        _ => text,
    }
}

fn soup(random: &mut Rng) -> String {
    (0..random.usize(1..20)).map(|_| part(random)).collect()
}

fn part(random: &mut Rng) -> &'static str {
    let parts = if random.u8(0..4) == 0 { SCALARS } else { PARTS };
    parts[random.usize(..parts.len())]
}

fn scalar(random: &mut Rng) -> &'static str {
    SCALARS[random.usize(..SCALARS.len())]
}

/// Inserts a part, removes a character, or repeats a piece.
fn mutate(random: &mut Rng, text: &mut String) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if places.is_empty() {
        text.push_str(part(random));
        return;
    }
    let at = places[random.usize(..places.len())];
    match random.u8(0..5) {
        0 | 1 => text.insert_str(at, part(random)),
        2 | 3 => {
            text.remove(at);
        }
        _ => {
            let end = places[random.usize(..places.len())];
            let piece = text[at.min(end)..at.max(end)].to_owned();
            text.insert_str(at, &piece);
        }
    }
}

/// A mapping, list or scalar whose lines start at an indentation.
fn block(random: &mut Rng, text: &mut String, indent: usize, depth: usize) {
    let margin = " ".repeat(indent);
    match random.u8(..if depth == 0 { 2 } else { 7 }) {
        0 => text.push_str(&format!("{margin}{}\n", scalar(random))),
        1 => text.push_str(&format!("{margin}{}\n", flow(random, 3))),
        2 | 3 => {
            for _ in 0..random.usize(1..4) {
                comment(random, text, &margin);
                text.push_str(&margin);
                text.push('-');
                value(random, text, indent, depth - 1);
            }
        }
        _ => {
            for number in 0..random.usize(1..5) {
                comment(random, text, &margin);
                text.push_str(&margin);
                text.push_str(&key(random, number));
                value(random, text, indent, depth - 1);
            }
        }
    }
}

fn key(random: &mut Rng, number: usize) -> String {
    match random.u8(0..16) {
        0 => format!("{}:", scalar(random)),
        1 => format!("? {}\n:", scalar(random)),
        2 => format!("\"k{number}\":"),
        3 => format!("'k{number}' :"),
        4 => "<<:".to_owned(),
        5 => format!("&k{number} k{number}:"),
        6 => format!("? [{number}]\n:"),
        7 => format!("{}: ", "k".repeat(random.usize(1000..1030))),
        _ => format!("k{number}:"),
    }
}

fn comment(random: &mut Rng, text: &mut String, margin: &str) {
    match random.u8(0..12) {
        0 => text.push_str(&format!("{margin}# c\n")),
        1 => text.push_str("# c\n\n"),
        2 => text.push('\n'),
        3 => text.push_str(&format!("# c\n{margin}\t# d\n")),
        _ => {}
    }
}

/// The value after a dash or colon.
fn value(random: &mut Rng, text: &mut String, indent: usize, depth: usize) {
    let properties = [
        "&a ",
        "&b ",
        "!!str ",
        "!!int ",
        "!!float ",
        "! ",
        "!x ",
        "!!binary ",
        "!!timestamp ",
    ];
    match random.u8(0..18) {
        0 => text.push_str(" *a\n"),
        1 => text.push_str(" *b # c\n"),
        2 => text.push_str(" # c\n"),
        3 => text.push('\n'),
        4 => block_scalar(random, text, indent),
        5 => text.push_str(&format!(
            " {}{}\n",
            properties[random.usize(..properties.len())],
            scalar(random)
        )),
        6 => text.push_str(&format!(
            " \"{}\n\n   {}\"\n",
            scalar(random).replace('"', "\\\""),
            scalar(random).replace('"', "")
        )),
        7 => text.push_str(&format!(" {}\n    {}\n", scalar(random), scalar(random))),
        8..=10 => {
            if random.bool() {
                text.push(' ');
                text.push_str(properties[random.usize(..properties.len())]);
            }
            text.push('\n');
            let deeper = indent + random.usize(0..4);
            block(random, text, deeper, depth.saturating_sub(1));
        }
        11 => text.push_str(&format!(" {}\n", flow(random, 3))),
        12 if depth > 0 => {
            // On the line of the dash.
            let mut inner = String::new();
            block(random, &mut inner, indent + 2, depth - 1);
            text.push(' ');
            text.push_str(inner.trim_start());
        }
        _ => text.push_str(&format!(" {}\n", scalar(random))),
    }
}

fn block_scalar(random: &mut Rng, text: &mut String, indent: usize) {
    let style = [
        "|", ">", "|-", ">-", "|+", ">+", "|2", ">1-", "|+2", "> # c", "| \t", "|#",
    ];
    text.push(' ');
    text.push_str(style[random.usize(..style.len())]);
    text.push('\n');
    let margin = " ".repeat(indent + random.usize(0..4));
    for _ in 0..random.usize(0..5) {
        match random.u8(0..6) {
            0 => text.push('\n'),
            1 => text.push_str(&format!("{margin}  {}\n", scalar(random))),
            2 => text.push_str(&format!("{margin}\t{}\n", scalar(random))),
            3 => text.push_str("   \n"),
            _ => text.push_str(&format!("{margin}{}\n", scalar(random))),
        }
    }
}

fn flow(random: &mut Rng, depth: usize) -> String {
    let space = ["", "", " ", "\n  ", " # c\n ", "\t"][random.usize(0..6)];
    match random.u8(..if depth == 0 { 2 } else { 7 }) {
        0 => scalar(random).to_owned(),
        1 => [
            "*a", "&a x", "&b [x]", "!!str 1", "\"x\"", "'y'", "? a", "a: b", ": a", "?",
        ][random.usize(..10)]
        .to_owned(),
        2..=4 => {
            let fields = (0..random.usize(0..4)).map(|number| {
                let key = if random.bool() {
                    format!("f{number}")
                } else {
                    format!("\"f{number}\"")
                };
                let colon = [": ", ":", " : ", ":\n "][random.usize(0..4)];
                format!("{key}{colon}{}", flow(random, depth - 1))
            });
            let fields: Vec<_> = fields.collect();
            format!("{{{space}{}{space}}}", fields.join(&format!(",{space}")))
        }
        _ => {
            let items: Vec<_> = (0..random.usize(0..4))
                .map(|_| flow(random, depth - 1))
                .collect();
            format!("[{space}{}{space}]", items.join(&format!(",{space}")))
        }
    }
}

/// Anchors and their aliases, sometimes too many.
fn aliases(random: &mut Rng) -> String {
    let width = random.usize(1..60);
    let mut text = format!("- &a0 [{}]\n", "x, ".repeat(width));
    for level in 1..=random.usize(1..4) {
        let below = format!("*a{}, ", level - 1).repeat(random.usize(1..60));
        text.push_str(&format!("- &a{level} [{below}]\n"));
    }
    text.push_str(&format!("- [{}]\n", "y, ".repeat(random.usize(0..40))));
    match random.u8(0..4) {
        0 => text.push_str("- &s [*s]\n"),
        1 => text.push_str("- {<<: *a0}\n"),
        2 => {
            text.push_str(
                "- &m {k: 1, l: 2}\n- {k: 0, <<: *m, l: 3}\n- {<<: [*m, {k: 5, z: 1}]}\n",
            );
        }
        _ => {}
    }
    text
}

fn deep(random: &mut Rng) -> String {
    let depth = random.usize(1..160);
    let (open, close) = [("[", "]"), ("{a: ", "}"), ("- ", ""), ("[a: ", "]")][random.usize(0..4)];
    format!(
        "{}{}{}",
        open.repeat(depth),
        scalar(random),
        close.repeat(depth)
    )
}

/// JSON values, one or more.
fn json(random: &mut Rng, text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("JSON");
    let separator = ["", "\n", " ", "\n---\n", "{"][random.usize(0..5)];
    let second = ["{\"b\": [1.0, 2e3]}", "b: 1", "{b: 1}", "", "null"][random.usize(0..5)];
    let third = ["", "{}", "\n---\nc: 1"][random.usize(0..3)];
    format!("{{\"a\": {quoted}}}{separator}{second}{third}")
}
