//! Compares names and quantities with Kubernetes' own code.
//!
//! `data/` has the answers of `k8s.io/apimachinery` 0.35.10 to texts, one per line: generated ones
//! and edge cases.

use std::collections::BTreeMap;
use std::fs;
use std::str::FromStr;

use apimachinery::names::{self, Fault};
use apimachinery::{ParseQuantityError, Quantity};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    text: String,
    error: Option<String>,
    shown: Option<String>,
    sign: i32,
    integer: Option<i64>,
    float: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Two {
    a: String,
    b: String,
    compare: i32,
    sum: String,
    difference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    text: String,
    faults: BTreeMap<String, Vec<String>>,
}

/// The lines of a file; from another directory if `APIMACHINERY_REFERENCE` is set.
fn lines<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let folder = std::env::var("APIMACHINERY_REFERENCE")
        .unwrap_or_else(|_| format!("{}/tests/data", env!("CARGO_MANIFEST_DIR")));
    let text = fs::read_to_string(format!("{folder}/{file}")).expect("recorded answers");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("an answer"));
    lines.collect()
}

#[test]
fn quantities_are_read_and_written() {
    for One {
        text,
        error,
        shown,
        sign,
        integer,
        float,
    } in lines("quantities.jsonl")
    {
        let quantity = match Quantity::from_str(&text) {
            Ok(quantity) => quantity,
            Err(wrong) => {
                assert_eq!(Some(wrong.to_string()), error, "{text}");
                continue;
            }
        };
        assert_eq!(error, None, "{text}");
        assert_eq!(Some(quantity.to_string()), shown, "{text}");
        assert_eq!(quantity.sign(), sign, "{text}");
        assert_eq!(quantity.as_integer(), integer, "{text}");
        let bits = format!("{:x}", quantity.as_approximate_f64().to_bits());
        let is_nan = quantity.as_approximate_f64().is_nan();
        assert!(
            Some(&bits) == float.as_ref() || is_nan,
            "{text}: {bits} {float:?}"
        );
    }
}

#[test]
fn quantities_are_compared_added_and_subtracted() {
    for Two {
        a,
        b,
        compare,
        sum,
        difference,
    } in lines("pairs.jsonl")
    {
        let [x, y] = [&a, &b].map(|text| Quantity::from_str(text).expect("a quantity"));
        assert_eq!(x.cmp(&y) as i32, compare, "{a} {b}");
        let shown = |quantity: Option<Quantity>| quantity.map(|quantity| quantity.to_string());
        assert_eq!(shown(x.checked_add(&y)), Some(sum), "{a} + {b}");
        assert_eq!(shown(x.checked_sub(&y)), Some(difference), "{a} - {b}");
    }
}

/// A check of names.
type Check<'a> = &'a dyn Fn(&str) -> Vec<Fault>;

#[test]
fn names_are_checked() {
    let masked = |text: &str| names::dns_subdomain(&names::mask_trailing_dash(text));
    let checks: &[(&str, Check<'_>)] = &[
        ("config_map_key", &names::config_map_key),
        ("dns_1035_label", &names::dns_1035_label),
        ("dns_label", &names::dns_label),
        ("dns_subdomain", &names::dns_subdomain),
        ("dns_subdomain_prefix", &masked),
        ("env_var_name", &names::env_var_name),
        ("label_value", &names::label_value),
        ("path_segment", &names::path_segment),
        ("path_segment_prefix", &names::path_segment_prefix),
        ("percent", &names::percent),
        ("port_name", &names::port_name),
        ("qualified_name", &names::qualified_name),
        ("strict_env_var_name", &names::strict_env_var_name),
    ];
    for Name { text, faults } in lines("names.jsonl") {
        let found = checks.iter().map(|(name, check)| {
            let faults = check(&text).into_iter().map(String::from).collect();
            ((*name).to_owned(), faults)
        });
        let found: BTreeMap<_, Vec<_>> =
            found.filter(|(_, faults)| !Vec::is_empty(faults)).collect();
        assert_eq!(found, faults, "{text:?}");
    }
}

#[test]
fn numbers_too_long_to_expand_are_rejected_or_kept() {
    let too_long = Err(ParseQuantityError::TooLong);
    assert_eq!(Quantity::from_str(&"9".repeat(1 << 20)), too_long);
    assert_eq!(
        Quantity::from_str("12345678901234567890e2147483647"),
        too_long
    );
    let (huge, one) = ("1e2147483647", "1");
    let [huge, one] = [huge, one].map(|text| Quantity::from_str(text).expect("a quantity"));
    assert_eq!(huge.to_string(), "10e2147483646");
    assert_eq!(huge.checked_add(&one), None);
    assert_eq!(huge.milli_value(), None);
    assert!(huge > one);
    let tiny = Quantity::from_str("1e-2147483648").expect("a quantity");
    assert_eq!(tiny.to_string(), "1e-9");
}

#[test]
fn integers_are_rounded_away_from_zero() {
    for (text, value, thousandths) in [
        ("1", Some(1), Some(1000)),
        ("1500m", Some(2), Some(1500)),
        ("-1500m", Some(-2), Some(-1500)),
        ("1n", Some(1), Some(1)),
        ("0.0", Some(0), Some(0)),
        ("1.5Gi", Some(1_610_612_736), Some(1_610_612_736_000)),
        ("9E", Some(9_000_000_000_000_000_000), None),
        ("10E", None, None),
    ] {
        let quantity = Quantity::from_str(text).expect("a quantity");
        assert_eq!(
            (quantity.value(), quantity.milli_value()),
            (value, thousandths),
            "{text}"
        );
    }
}
