//! The common parts of all pictures: style, frames, legend and text.

use std::fmt::Write as _;

use crate::visible;

/// Height of a line of text, in points.
pub(crate) const LINE: f64 = 16.0;
/// Approximate width of a character, in points.
const CHARACTER: f64 = 7.2;
/// Padding of a box, in points.
pub(crate) const PADDING: f64 = 12.0;
/// Height of the legend, in points.
const LEGEND: f64 = 28.0;
const MARGIN: f64 = 16.0;
/// Size of a legend's colour sample, in points.
const SWATCH: f64 = 14.0;

/// A position and size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Box {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The style of a picture: classes, with their colours on light and dark pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    pub(crate) title: &'static str,
    pub(crate) shapes: &'static str,
    pub(crate) light: String,
    pub(crate) dark: String,
    /// Definitions that shapes refer to.
    pub(crate) definitions: &'static str,
}

/// The text of a picture. Writing to it cannot fail.
#[derive(Default)]
pub(crate) struct Picture(pub(crate) String);

impl Picture {
    /// Starts a picture of this size, with room for a legend with these words.
    pub(crate) fn new(look: &Look, width: f64, height: f64, legend: &[&str]) -> Self {
        let least: f64 = legend.iter().map(|word| entry_width(word)).sum();
        let width = width.max(least) + 2.0 * MARGIN;
        let height = height + LEGEND + 2.0 * MARGIN;
        let mut picture = Self::default();
        let _ = writeln!(
            picture.0,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n\
             <title>{}</title>\n\
             <style>{}</style>\n\
             {}<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n\
             <g transform=\"translate({MARGIN} {MARGIN})\">",
            look.title,
            style(look),
            look.definitions,
        );
        picture
    }

    /// A frame with its title.
    pub(crate) fn frame(&mut self, place: &Box, title: &str) {
        let Box {
            x,
            y,
            width,
            height,
        } = place;
        let (left, top) = (x + PADDING, y + LINE);
        let _ = writeln!(
            self.0,
            "<rect class=\"frame\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
             height=\"{height:.1}\" rx=\"10\"/><text class=\"title\" x=\"{left:.1}\" \
             y=\"{top:.1}\">{}</text>",
            escaped(title)
        );
    }

    /// Ends the picture with a legend of classes and words, below this height.
    pub(crate) fn end(mut self, entries: &[(&str, &str)], height: f64) -> String {
        let top = height + MARGIN;
        let mut x = 0.0;
        for (class, word) in entries {
            let (text, base) = (x + SWATCH + PADDING / 2.0, top + SWATCH - 2.5);
            let _ = writeln!(
                self.0,
                "<g class=\"{class}\"><rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{SWATCH}\" \
                 height=\"{SWATCH}\" rx=\"3\"/><text class=\"key\" x=\"{text:.1}\" \
                 y=\"{base:.1}\">{word}</text></g>"
            );
            x += entry_width(word);
        }
        self.0.push_str("</g>\n</svg>\n");
        self.0
    }
}

/// The style sheet, with a light and a dark mode.
fn style(look: &Look) -> String {
    let Look {
        shapes,
        light,
        dark,
        ..
    } = look;
    format!(
        "svg{{color-scheme:light dark}}text{{font:12px system-ui,Helvetica,Arial,sans-serif;\
         text-anchor:middle}}.title{{font-weight:600;font-size:13px;text-anchor:start}}\
         .key{{text-anchor:start}}.name{{font-weight:600}}\
         .frame{{fill:none;stroke-dasharray:none}}{shapes}\
         .page{{fill:#fff}}.frame{{stroke:#94a3b8}}text{{fill:#0f172a}}{light}\
         @media(prefers-color-scheme:dark){{.page{{fill:#0f172a}}.frame{{stroke:#475569}}\
         text{{fill:#f1f5f9}}{dark}}}"
    )
}

fn entry_width(word: &str) -> f64 {
    text_width(word) + SWATCH + 2.0 * PADDING
}

/// The approximate width of a text.
pub(crate) fn text_width(text: &str) -> f64 {
    text.chars().map(|_| CHARACTER).sum()
}

/// Maximum characters of a line in a box. The tooltip has all.
pub(crate) const MOST: usize = 40;

/// Shortens a line in the middle, because names differ at their ends.
pub(crate) fn shortened(line: &str) -> String {
    let characters: Vec<_> = visible(line).chars().collect();
    if characters.len() <= MOST {
        return characters.into_iter().collect();
    }
    let (start, _) = characters.split_at(MOST / 2);
    let (_, end) = characters.split_at(characters.len() - (MOST / 2 - 1));
    start.iter().chain(&['…']).chain(end).collect()
}

/// Escapes XML: referenced names may be anything.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_keeps_its_ends() {
        let long = format!("start{}end", "-".repeat(100));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), MOST);
        assert!(
            short.starts_with("start") && short.ends_with("end"),
            "{short}"
        );
    }
}
