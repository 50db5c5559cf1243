//! Values as Go prints them, where the reference converts them to text.

use go_yaml::{Float, Mapping, Value};

/// The Go type that go-yaml gives a value, as `%T` prints it.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Int(number) if i64::try_from(*number).is_ok() => "int",
        Value::Int(_) => "uint64",
        Value::Float(_) => "float64",
        Value::Timestamp(_) => "time.Time",
        Value::Text(_) | Value::Bytes(_) => "string",
        Value::List(_) => "[]interface {}",
        Value::Map(map) if map.iter().all(|(key, _)| key.as_str().is_some()) => {
            "map[string]interface {}"
        }
        Value::Map(_) => "map[interface {}]interface {}",
    }
}

/// A value as `%v` prints it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => match value.0 {
            f64::INFINITY => "+Inf".into(),
            f64::NEG_INFINITY => "-Inf".into(),
            _ => float(*value),
        },
        Value::Timestamp(value) => value.to_go(),
        Value::Text(value) => value.clone(),
        Value::Bytes(value) => String::from_utf8_lossy(value).into_owned(),
        Value::List(items) => list(items),
        Value::Map(entries) => map(entries),
    }
}

fn list(items: &[Value]) -> String {
    let items: Vec<_> = items.iter().map(plain).collect();
    format!("[{}]", items.join(" "))
}

fn map(entries: &Mapping) -> String {
    let entries: Vec<_> = entries
        .iter()
        .map(|(key, value)| format!("{}:{}", plain(key), plain(value)))
        .collect();
    format!("map[{}]", entries.join(" "))
}

/// A finite number as `%g` prints it: the shortest unique digits, with an exponent of at least two
/// digits if it is below -4 or above 5.
pub(super) fn float(value: Float) -> String {
    let scientific = format!("{:e}", value.0);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            format!("{mantissa}e{exponent:+03}")
        }
        _ => value.0.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        let entries = [
            ("b".into(), Value::Float(Float(1.5))),
            ("a".into(), Value::Null),
        ];
        let map = Value::Map(entries.into_iter().collect());
        Value::List(vec![1.into(), "a".into(), true.into(), map])
    }

    #[test]
    fn floats() {
        for (value, text) in [
            (1.0, "1"),
            (999_999.0, "999999"),
            (1e6, "1e+06"),
            (1.5e10, "1.5e+10"),
            (1e-4, "0.0001"),
            (1.25e-7, "1.25e-07"),
            (-123_456.789, "-123456.789"),
            (1e300, "1e+300"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(float(Float(value)), text);
        }
    }

    #[test]
    fn verbs() {
        assert_eq!(plain(&sample()), "[1 a true map[b:1.5 a:<nil>]]");
        assert_eq!(plain(&Value::Float(Float(f64::INFINITY))), "+Inf");
        assert_eq!(plain(&Value::Float(Float(f64::NEG_INFINITY))), "-Inf");
    }

    #[test]
    fn types() {
        assert_eq!(type_name(&sample()), "[]interface {}");
        assert_eq!(type_name(&Value::Int(u64::MAX.into())), "uint64");
        assert_eq!(
            type_name(&Value::Map(Mapping::default())),
            "map[string]interface {}"
        );
        let numbered = Value::Map([(1.into(), 2.into())].into_iter().collect());
        assert_eq!(type_name(&numbered), "map[interface {}]interface {}");
    }
}
