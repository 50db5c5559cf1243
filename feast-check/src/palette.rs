//! The colours of all drawings.

/// A colour, for light pages and for dark ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hue {
    pub(crate) light: Colors,
    pub(crate) dark: Colors,
}

/// The colours of a box, as in CSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Colors {
    /// Fill colour.
    pub ground: &'static str,
    /// Outline colour.
    pub line: &'static str,
}

impl Hue {
    const fn new(light: [&'static str; 2], dark: [&'static str; 2]) -> Self {
        Self {
            light: Colors::new(light),
            dark: Colors::new(dark),
        }
    }
}

impl Colors {
    const fn new([ground, line]: [&'static str; 2]) -> Self {
        Self { ground, line }
    }
}

pub(crate) const PLAIN: Hue = Hue::new(["#ffffff", "#334155"], ["#1e293b", "#cbd5e1"]);
pub(crate) const BLUE: Hue = Hue::new(["#e0f2fe", "#0369a1"], ["#0c3a57", "#7dd3fc"]);
pub(crate) const GREEN: Hue = Hue::new(["#dcfce7", "#15803d"], ["#12402a", "#86efac"]);
pub(crate) const PURPLE: Hue = Hue::new(["#f3e8ff", "#7e22ce"], ["#3b1d5c", "#d8b4fe"]);
pub(crate) const AMBER: Hue = Hue::new(["#fef3c7", "#a16207"], ["#453411", "#fcd34d"]);
pub(crate) const RED: Hue = Hue::new(["#ffe4e6", "#be123c"], ["#4c1525", "#fda4af"]);
