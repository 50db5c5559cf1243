//! The nodes of a CRD that have rules.

use crd_admission::native::TOGETHER;
use serde_json::Value;

/// A node of a schema with rules.
pub(super) struct Place {
    /// The CEL texts of its rules, in order.
    pub(super) rules: Vec<String>,
}

impl Place {
    /// The nodes with rules in a CRD, or in a part of it.
    pub(super) fn all(part: &Value) -> Vec<Self> {
        let mut found = Vec::new();
        find(part, &mut found);
        found
    }
}

fn find(part: &Value, found: &mut Vec<Place>) {
    let rules = rules(part).map(|rule| rule.text.to_owned());
    let rules: Vec<_> = rules.collect();
    if !rules.is_empty() {
        found.push(Place { rules });
    }
    match part {
        Value::Object(fields) => fields.values().for_each(|part| find(part, found)),
        Value::Array(items) => items.iter().for_each(|part| find(part, found)),
        _ => {}
    }
}

/// A rule of a schema.
pub(super) struct Written<'s> {
    pub(super) text: &'s str,
    pub(super) message: &'s str,
}

/// The rules of a node.
pub(super) fn rules(schema: &Value) -> impl Iterator<Item = Written<'_>> {
    let rules = schema.get("x-kubernetes-validations");
    let rules = rules.and_then(Value::as_array).into_iter().flatten();
    rules.map(|rule| Written {
        text: rule["rule"].as_str().expect("a text"),
        message: rule["message"].as_str().expect("a text"),
    })
}

/// The CEL texts of all rules, once each and in order. Rules that always occur together form a
/// group, as large as possible; a node has at most one group of several rules.
pub(super) fn groups(places: &[Place]) -> Vec<Vec<&str>> {
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for rule in places.iter().flat_map(|place| &place.rules) {
        let rule = rule.as_str();
        if groups.iter().flatten().any(|known| *known == rule) {
            continue;
        }
        let own = company(rule, places);
        let stand_together = |group: &&mut Vec<&str>| company(group[0], places) == own;
        let group = groups.iter_mut().find(stand_together);
        match group.filter(|group| own.is_some() && group.len() < TOGETHER) {
            Some(group) => group.push(rule),
            None => groups.push(vec![rule]),
        }
    }
    groups
}

/// The rules that occur together with a rule, if they are the same everywhere.
fn company<'p>(rule: &str, places: &'p [Place]) -> Option<&'p [String]> {
    let has_it = |place: &&Place| place.rules.iter().any(|other| other == rule);
    let mut places = places.iter().filter(has_it).map(|place| &place.rules);
    let first = places.next()?;
    places.all(|rules| rules == first).then_some(first)
}

#[test]
fn a_place_has_one_group_of_several() {
    let place = |rules: &[&str]| Place {
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
    };
    let places = [
        place(&["a", "everywhere", "b"]),
        place(&["c", "everywhere", "d"]),
        place(&["e", "f", "g", "h", "i", "j"]),
    ];
    let groups = groups(&places);
    let several: Vec<_> = groups.iter().filter(|group| group.len() > 1).collect();
    assert_eq!(
        several,
        [&vec!["a", "b"], &vec!["c", "d"], &vec!["e", "f", "g", "h"]]
    );
    assert_eq!(groups.concat().len(), 11);
}
