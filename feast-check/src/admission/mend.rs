//! Fixes for fields that the API server rejects or drops, unless they are secret.

use feast_lint::{Fix, Patch, PatchOperation};
use feast_validate::{BadValue, Hint, UnknownField, Violation};
use json_patch::jsonptr::PointerBuf;
use json_patch::{MoveOperation, ReplaceOperation};
use serde_json::Value;

use crate::finding::Locator;

/// Renames an unknown field to the intended one.
pub(super) fn unknown_field(field: &UnknownField, locator: &Locator<'_>) -> Option<Fix> {
    let Some(Hint::DidYouMean(name)) = &field.hint else {
        return None;
    };
    let place = locator.find(&field.path);
    let (parent, _) = place.pointer.rsplit_once('/')?;
    let to = format!("{parent}/{name}");
    // If both fields exist, the author has to choose.
    if !place.exists || locator.pointer(&to).exists {
        return None;
    }
    let operation = PatchOperation::Move(MoveOperation {
        from: PointerBuf::parse(place.pointer.as_str()).ok()?,
        path: PointerBuf::parse(to).ok()?,
    });
    Some(Fix {
        is_safe: field.is_slip,
        patch: Patch(vec![operation]),
    })
}

/// Corrects the case or the type of a value.
pub(super) fn value(violation: &Violation, locator: &Locator<'_>) -> Option<Fix> {
    let field = violation.path.as_str();
    let value = of_list(violation).or_else(|| of_type(violation, locator.written(field)?))?;
    replace(field, value, locator)
}

/// Sets an existing field.
pub(super) fn replace(field: &str, value: Value, locator: &Locator<'_>) -> Option<Fix> {
    let place = locator.find(field);
    let operation = PatchOperation::Replace(ReplaceOperation {
        path: PointerBuf::parse(place.pointer.as_str()).ok()?,
        value,
    });
    place.exists.then(|| Fix {
        is_safe: true,
        patch: Patch(vec![operation]),
    })
}

/// The listed value that differs only in case and separators.
fn of_list(violation: &Violation) -> Option<Value> {
    let listed = violation.detail.strip_prefix("supported values: ")?;
    let listed: Vec<String> = serde_json::from_str(&format!("[{listed}]")).ok()?;
    let BadValue::Text(written) = &violation.value else {
        return None;
    };
    let mut same = listed
        .into_iter()
        .filter(|value| letters(value) == letters(written));
    let value = same.next()?;
    same.next().is_none().then_some(Value::String(value))
}

fn letters(text: &str) -> String {
    text.to_lowercase().replace(['-', '_', ' '], "")
}

/// Converts the value to the expected type, from its source text.
fn of_type(violation: &Violation, written: &str) -> Option<Value> {
    let (_, wanted) = violation.detail.split_once(" in body must be of type ")?;
    let (wanted, found) = wanted.split_once(": ")?;
    let is_text = found == "\"string\"";
    let inner = written.trim_matches(['"', '\'']);
    match wanted {
        "boolean" if is_text => match inner.to_lowercase().as_str() {
            "true" | "yes" | "on" => Some(Value::Bool(true)),
            "false" | "no" | "off" => Some(Value::Bool(false)),
            _ => None,
        },
        "integer" if is_text => inner.parse::<i64>().ok().map(Value::from),
        "number" if is_text => {
            let number: serde_json::Number = inner.parse().ok()?;
            Some(Value::Number(number))
        }
        // `yes` and `1.10` are meant as strings; only the quotes are missing.
        "string" if matches!(found, "\"boolean\"" | "\"integer\"" | "\"number\"") => {
            let is_word = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '#');
            let is_one = !written.is_empty() && written.chars().all(is_word);
            is_one.then(|| Value::String(written.to_owned()))
        }
        _ => None,
    }
}
