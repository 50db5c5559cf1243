//! Wraps text to the terminal's width.

const WIDTH: usize = 96;

/// Wraps and indents all lines.
pub(super) fn indented(text: &str) -> String {
    fill(text, "  ")
}

/// Wraps lines.
pub(super) fn wrapped(text: &str) -> String {
    fill(text, "")
}

fn fill(text: &str, indent: &str) -> String {
    let paragraphs = text
        .trim()
        .split("\n\n")
        .map(|paragraph| lines(paragraph, indent));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn lines(paragraph: &str, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.join("\n")
}
