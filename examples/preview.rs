//! A preview: the objects that a FeatureStore calls for, and what a change of it does to them.
//!
//! ```console
//! $ cargo run --example preview -- new.json
//! $ cargo run --example preview -- new.json old.json
//! ```
#![expect(clippy::print_stdout, reason = "it prints")]

use std::error::Error;
use std::{env, fs};

use feast_kube::admit;
use feast_kube::api::Admitted;
use feast_kube::diff::{Action, Diff, Side, diff};
use feast_kube::render::{Answer, OperatorSettings, Wanted, WrongAnswer};

/// What becomes of the cluster if `old`, or nothing, becomes `new`.
fn preview(old: Option<&Admitted>, new: &Admitted) -> Result<Diff, WrongAnswer> {
    let settings = OperatorSettings::reference();
    // There is no cluster. Answer with Secrets and ConfigMaps where FeatureStores refer to some.
    let lookup = |_: &Wanted| Answer::Absent;
    let side = |store| Side {
        store,
        settings: &settings,
        lookup: &lookup,
    };
    diff(old.map(side), Some(side(new)))
}

/// A line for each object, and for what follows from its change.
fn lines(diff: &Diff) -> Vec<String> {
    let mut lines = Vec::new();
    let refusal = diff.refusals.after.iter();
    lines.extend(refusal.map(|refusal| format!("! the operator rejects it: {refusal}")));
    for change in &diff.changes {
        let sign = match &change.action {
            Action::Add => '+',
            Action::Remove => '-',
            _ => '~',
        };
        lines.push(format!("{sign} {}", change.object));
        let effects = change.effects.iter();
        lines.extend(effects.map(|effect| format!("    {effect}")));
    }
    lines
}

fn main() -> Result<(), Box<dyn Error>> {
    let read = |path: String| -> Result<Admitted, Box<dyn Error>> {
        Ok(admit(&fs::read(path)?, "default")?)
    };
    let mut paths = env::args().skip(1);
    let new = read(paths.next().ok_or("usage: preview NEW [OLD]")?)?;
    let old = paths.next().map(read).transpose()?;
    for line in lines(&preview(old.as_ref(), &new)?) {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn store(project: &str) -> Admitted {
        let store = json!({
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
            "metadata": {"name": "shop"},
            "spec": {"feastProject": project},
        });
        admit(store.to_string().as_bytes(), "ml").expect("it is admitted")
    }

    #[test]
    fn a_new_feature_store_adds_objects() {
        let diff = preview(None, &store("shop")).expect("it renders");
        let lines = lines(&diff);
        assert!(
            lines.contains(&"+ apps/v1/Deployment/ml/feast-shop".to_owned()),
            "{lines:#?}"
        );
        assert!(
            !lines.iter().any(|line| line.starts_with(['-', '~'])),
            "{lines:#?}"
        );
    }

    #[test]
    fn another_project_restarts_the_servers() {
        let diff = preview(Some(&store("shop")), &store("fraud")).expect("it renders");
        let lines = lines(&diff);
        let deployment = lines
            .iter()
            .position(|line| line == "~ apps/v1/Deployment/ml/feast-shop");
        let effect = &lines[deployment.expect("it changes") + 1];
        assert!(effect.starts_with("    restarts 1 pod"), "{lines:#?}");
    }

    #[test]
    fn no_change_does_nothing() {
        let store = store("shop");
        assert!(
            preview(Some(&store), &store)
                .expect("it renders")
                .is_empty()
        );
    }
}
