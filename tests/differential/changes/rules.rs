//! CEL rules, many of them invalid.

use serde_json::{Value, json};

use crate::random::Random;

/// A rule for a node with a property `name`.
pub(super) fn pick(random: &mut Random, name: &str) -> Value {
    const RULES: [&str; 14] = [
        "true",
        "self == oldSelf",
        "",
        " ",
        "1",
        "self.x",
        "size(self) > 0",
        "has(self.name)",
        "nope(1)",
        "self.all(a, self.all(b, a != b))",
        "oldSelf.hasValue()",
        "true ||\nfalse",
        "1 / 0 == 1",
        "self.all(a, self.all(b, self.all(c, a == b || b == c)))",
    ];
    let mut rule = json!({"rule": random.pick(&RULES)});
    let parts = [
        ("message", json!("no")),
        ("message", json!("  ")),
        ("message", json!("a\nb")),
        ("messageExpression", json!("'a'")),
        ("messageExpression", json!("1")),
        ("messageExpression", json!("  ")),
        ("messageExpression", json!("string(oldSelf)")),
        ("messageExpression", json!("self.nope")),
        ("reason", json!("FieldValueInvalid")),
        ("reason", json!("Because")),
        ("reason", json!("FieldValueForbidden")),
        ("fieldPath", json!(format!(".{name}"))),
        ("fieldPath", json!(" ")),
        ("fieldPath", json!(".nope")),
        ("fieldPath", json!(format!("['{name}']"))),
        ("fieldPath", json!("a\n")),
        ("fieldPath", json!(".a['b'")),
        ("optionalOldSelf", json!(true)),
        ("optionalOldSelf", json!(false)),
    ];
    for _ in 0..random.below(3) {
        let (field, value) = &parts[random.below(parts.len())];
        rule[*field] = value.clone();
    }
    rule
}
