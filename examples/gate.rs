//! A gate for CI: manifests in, findings out, and the exit code 1 if there are errors.
//!
//! ```console
//! $ cargo run --example gate -- stores/*.yaml
//! ```

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, fs};

use feast_kube::check::format::{Form, Style, Summary};
use feast_kube::check::{Checker, Settings, Text};
use feast_kube::render::{OperatorSettings, Time};
use k8s_openapi::jiff::Timestamp;

/// Checks texts that belong together, and writes what is found as annotations of a change on
/// GitHub; `Form` has other forms.
fn gate(texts: Vec<Text>, now: Time, out: impl Write) -> io::Result<Summary> {
    let settings = Settings::new(OperatorSettings::reference(), now);
    let checked = Checker::new(settings).check(texts);
    let summary = Summary::of(&checked);
    let mut format = Form::Github.start(Box::new(out), Style::default())?;
    for checked in &checked {
        format.checked(checked)?;
    }
    format.finish(&summary)?;
    Ok(summary)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let read = |path: String| -> io::Result<Text> {
        let content = fs::read_to_string(&path)?;
        Ok(Text::new(path, content))
    };
    let texts = env::args().skip(1).map(read).collect::<Result<_, _>>()?;
    let summary = gate(texts, Time(Timestamp::now()), io::stdout())?;
    let passes = summary.errors == 0 && !summary.is_nothing();
    Ok(ExitCode::from(u8::from(!passes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(replicas: u32) -> (Summary, String) {
        let store = format!(
            "apiVersion: feast.dev/v1\n\
             kind: FeatureStore\n\
             metadata: {{name: shop, namespace: ml}}\n\
             spec:\n  feastProject: shop\n  replicas: {replicas}\n"
        );
        let mut out = Vec::new();
        let now = Time(Timestamp::UNIX_EPOCH);
        let summary = gate(vec![Text::new("shop.yaml", store)], now, &mut out).expect("a Vec");
        (summary, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn an_error_is_annotated_where_it_stands() {
        let (summary, out) = check(3);
        assert_eq!(summary.errors, 2, "{out}");
        assert!(out.contains("::error file=shop.yaml,line=6,"), "{out}");
    }

    #[test]
    fn what_an_api_server_admits_has_no_errors() {
        let (summary, out) = check(1);
        assert_eq!((summary.feature_stores, summary.errors), (1, 0), "{out}");
    }
}
