//! The constants in a CRD's rules, at which results may change.

use serde_json::Value;

/// The strings and numbers in the rules of a CRD.
#[derive(Default)]
pub(crate) struct Literals {
    pub(crate) texts: Vec<String>,
    pub(crate) numbers: Vec<i64>,
}

impl Literals {
    pub(crate) fn of(crd: &Value) -> Self {
        let mut literals = Self::default();
        literals.collect(crd);
        literals.texts.sort_unstable();
        literals.texts.dedup();
        literals.numbers.sort_unstable();
        literals.numbers.dedup();
        literals
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(fields) => {
                if let Some(rule) = fields.get("rule").and_then(Value::as_str) {
                    self.scan(rule);
                }
                fields.values().for_each(|field| self.collect(field));
            }
            _ => {}
        }
    }

    /// Finds the quoted strings in a rule, and each run of digits outside.
    fn scan(&mut self, rule: &str) {
        let mut rest = rule;
        while let Some(at) = rest.find(|char: char| "'\"".contains(char) || char.is_ascii_digit()) {
            let quote = rest.as_bytes()[at];
            if quote.is_ascii_digit() {
                let digits = &rest[at..];
                let end = digits.find(|char: char| !char.is_ascii_digit());
                let (digits, others) = digits.split_at(end.unwrap_or(digits.len()));
                self.numbers.extend(digits.parse::<i64>());
                rest = others;
            } else {
                let quoted = &rest[at + 1..];
                let end = quoted.find(char::from(quote)).unwrap_or(quoted.len());
                self.texts.push(quoted[..end].to_owned());
                rest = quoted.get(end + 1..).unwrap_or_default();
            }
        }
    }
}
