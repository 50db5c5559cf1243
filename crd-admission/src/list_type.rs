//! `x-kubernetes-list-type`: sets without duplicate items, and maps without duplicate keys.

use std::borrow::Cow;
use std::collections::HashMap;

use apimachinery::go;

use crate::error::{BadValue, ErrorType, Violation};
use crate::identity::Identity;
use crate::json::Data;
use crate::path::Path;
use crate::schema::{List, Schema};
use crate::view::View;

/// Up to this many items, comparing all pairs is fastest and needs no allocation.
const FEW: usize = 64;

/// Whether a list has no duplicates.
pub(crate) fn is_unique(schema: &Schema, list: View<'_>) -> bool {
    let mut found = Vec::new();
    check(schema, list, &Path::ROOT, &mut found);
    found.is_empty()
}

/// Finds duplicates in a list.
pub(crate) fn check(schema: &Schema, list: View<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    match &schema.list {
        List::Atomic => {}
        List::Set => report_repeated(list, Identity::of, path, out, View::shown),
        List::Map(keys) => check_map(keys, list, path, out),
    }
}

fn check_map<'a>(
    keys: &[Cow<'static, str>],
    list: View<'a>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    for (index, item) in list.items().enumerate() {
        if !matches!(item.node.data(), Data::Object(_) | Data::Null) {
            out.push(Violation::invalid(
                path.index(index).bracketed(),
                item.shown(),
                "must be an object for an array of list-type map",
            ));
            return;
        }
    }
    let shown = |item| shown_keys(keys, item);
    if let [key] = keys {
        let identity = |item: View<'a>| item.get(key).map_or(Identity::Missing, Identity::of);
        report_repeated(list, identity, path, out, shown);
    } else {
        let identity = |item: View<'a>| Identity::Json(keys_json(keys, item));
        report_repeated(list, identity, path, out, shown);
    }
}

/// Reports the second of equal items, but not a third.
fn report_repeated<'a>(
    list: View<'a>,
    identity: impl Fn(View<'a>) -> Identity<'a>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
    shown: impl Fn(View<'a>) -> BadValue,
) {
    let mut report = |index: usize, item: View<'a>| {
        out.push(Violation::new(
            ErrorType::Duplicate,
            path.index(index).bracketed(),
            shown(item),
            "",
        ));
    };
    if list.items().nth(FEW).is_none() {
        for (index, item) in list.items().enumerate() {
            let own = identity(item);
            let earlier = list.items().take(index);
            if earlier.filter(|&other| identity(other) == own).count() == 1 {
                report(index, item);
            }
        }
        return;
    }
    let mut seen = HashMap::new();
    for (index, item) in list.items().enumerate() {
        let times = seen.entry(identity(item)).or_insert(0_usize);
        if *times == 1 {
            report(index, item);
        }
        *times += 1;
    }
}

fn shown_keys(keys: &[Cow<'static, str>], item: View<'_>) -> BadValue {
    BadValue::Json(keys_json(keys, item))
}

/// The keys of an item, as a JSON object.
fn keys_json(keys: &[Cow<'static, str>], item: View<'_>) -> String {
    let mut sorted: Vec<_> = keys
        .iter()
        .filter_map(|key| Some((key, item.get(key)?)))
        .collect();
    sorted.sort_unstable_by_key(|(key, _)| *key);
    let mut json = String::from("{");
    for (i, (key, value)) in sorted.into_iter().enumerate() {
        json.push_str(if i == 0 { "" } else { "," });
        go::write_json_string(&mut json, key);
        json.push(':');
        value.write_json(&mut json);
    }
    json.push('}');
    json
}
