//! The names that can be explained.

use feast_api::rules::RULES;
use feast_check::codes;
use feast_lint::{Group, LINTS};
use feast_render::Correction;

/// The names of lists.
const LISTS: [&str; 3] = ["rules", "lints", "corrections"];

/// All names that can be explained.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let rules = RULES.iter().map(|rule| rule.name);
    let lints = LINTS.iter().map(|lint| lint.name);
    let groups = Group::ALL.iter().map(|group| group.name());
    let codes = codes::CODES.iter().map(|code| code.name);
    let corrections = Correction::ALL.iter().map(|correction| correction.name());
    let names = rules.chain(lints).chain(groups).chain(codes);
    names.chain(corrections).chain(LISTS)
}

/// `: did you mean ...?`, if a name is close.
pub(crate) fn similar<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let close = names.map(|other| (strsim::jaro_winkler(name, other), other));
    let best = close
        .filter(|(score, _)| *score > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.map_or_else(String::new, |(_, name)| format!(": did you mean `{name}`?"))
}
