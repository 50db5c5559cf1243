//! Capacity as a picture.

use std::fmt::Write as _;

use super::need::{Amounts, Need};
use super::section::Section;
use crate::palette::{BLUE, Hue, PLAIN, RED};
use crate::picture::{Box, LINE, Look, PADDING, Picture, escaped, shortened};

/// Width of a frame, in points.
const WIDTH: f64 = 800.0;
const GAP: f64 = 16.0;
/// Height of a frame's heading, in points.
const HEAD: f64 = 3.5 * LINE;
/// Height of a row, in points.
const ROW: f64 = 42.0;
/// Position, length and thickness of bars.
const START: f64 = 250.0;
const LENGTH: f64 = 340.0;
const THICKNESS: f64 = 16.0;

/// Classes of the drawn parts, with their legend.
const LEGEND: [(&str, &str); 5] = [
    ("min", "minimum"),
    ("max", "maximum"),
    ("peak", "peak: rolling update and job"),
    ("over", "over the limit"),
    ("free", "free"),
];

pub(super) fn svg(sections: &[Section]) -> String {
    let height: f64 = sections
        .iter()
        .map(|section| height_of(section) + GAP)
        .sum();
    let words = LEGEND.map(|(_, word)| word);
    let mut picture = Picture::new(&look(), WIDTH, height, &words);
    let mut top = 0.0;
    for section in sections {
        picture.section(section, top);
        top += height_of(section) + GAP;
    }
    picture.end(&LEGEND, top)
}

fn height_of(section: &Section) -> f64 {
    section.needs.iter().map(|_| ROW).sum::<f64>() + HEAD
}

impl Picture {
    fn section(&mut self, section: &Section, top: f64) {
        let frame = Box {
            x: 0.0,
            y: top,
            width: WIDTH,
            height: height_of(section),
        };
        self.frame(&frame, &section.title);
        self.text("key", PADDING, top + 2.0 * LINE + 2.0, &section.about);
        let mut top = top + HEAD;
        for need in &section.needs {
            self.need(need, top);
            top += ROW;
        }
    }

    fn need(&mut self, need: &Need, top: f64) {
        let _ = write!(self.0, "<g><title>{}</title>", escaped(&tooltip(need)));
        self.text(
            "key name",
            PADDING,
            top + 12.0,
            &shortened(need.measure.title()),
        );
        self.text("key note", PADDING, top + 26.0, &shortened(&note(need)));
        self.bar(need, top);
        let beside = START + LENGTH + PADDING;
        if need.fits() {
            self.text("key", beside, top + 12.0, &amounts(need));
        } else {
            self.text("key bad", beside, top + 12.0, &amounts(need));
            self.text("key note bad", beside, top + 26.0, "does not fit");
        }
        self.0.push_str("</g>\n");
    }

    /// Draws the parts from the left: minimum, maximum, peak, free.
    fn bar(&mut self, need: &Need, top: f64) {
        let limit = need.limit.as_ref().map(|limit| limit.amount);
        let whole = limit.unwrap_or(0).max(need.peak()).max(1);
        let mut from = 0;
        let parts = [
            ("min", need.min.at_rest),
            ("max", need.max.at_rest),
            ("peak", need.peak()),
            ("free", whole),
        ];
        for (class, to) in parts {
            self.part(class, (from, to), whole, top);
            from = from.max(to);
        }
        if let Some(limit) = limit.filter(|limit| *limit < need.peak()) {
            self.part("over", (limit, need.peak()), whole, top);
        }
    }

    fn part(&mut self, class: &str, (from, to): (u64, u64), whole: u64, top: f64) {
        if from >= to {
            return;
        }
        let (x, end) = (
            START + LENGTH * share(from, whole),
            START + LENGTH * share(to, whole),
        );
        let width = end - x;
        let _ = write!(
            self.0,
            "<g class=\"{class}\"><rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
             height=\"{THICKNESS}\"/></g>"
        );
    }

    fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.0,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"
        );
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "fractions of a point are invisible"
)]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// The text beside a bar.
fn amounts(need: &Need) -> String {
    let shown = |amount| need.measure.shown(amount);
    let Amounts { at_rest: min, .. } = need.min;
    let (max, peak) = (need.max.at_rest, need.peak());
    let mut text = if min == max {
        shown(max).to_string()
    } else {
        format!("{} to {}", shown(min), shown(max))
    };
    if peak > max {
        let _ = write!(text, ", peak {}", shown(peak));
    }
    text
}

/// The text below a name: the limit.
fn note(need: &Need) -> String {
    let limit = need.limit.as_ref();
    let limit =
        limit.map(|limit| format!("{}: {}", limit.source, need.measure.shown(limit.amount)));
    limit.unwrap_or_default()
}

/// The tooltip of a row.
fn tooltip(need: &Need) -> String {
    let said = need.misfit();
    said.unwrap_or_else(|| format!("{}: {}", need.title(), amounts(need)))
}

fn look() -> Look {
    Look {
        title: "Resources of FeatureStores as they scale, and their limits",
        shapes: ".note{font-size:11px;opacity:.75}.max rect{opacity:.55}.peak rect{opacity:.25}",
        light: colors(|hue| hue.light.line, PLAIN.light.ground),
        dark: colors(|hue| hue.dark.line, PLAIN.dark.ground),
        definitions: "",
    }
}

fn colors(of: fn(Hue) -> &'static str, ground: &str) -> String {
    let (needed, over, line) = (of(BLUE), of(RED), of(PLAIN));
    format!(
        ".min rect,.max rect,.peak rect{{fill:{needed}}}.over rect{{fill:{over}}}\
         .bad{{fill:{over}}}.free rect{{fill:{ground};stroke:{line};stroke-width:.5}}"
    )
}
