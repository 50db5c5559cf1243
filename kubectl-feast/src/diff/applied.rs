//! The effects of applying manifests to a cluster.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Arg;
use feast_check::diff::{Comparison, Entry, Outcome, Pair, Report as Changes};
use feast_check::manifest::Document;
use feast_check::{Checker, Text};
use serde_json::{Value, json};

use super::{Args, texts};
use crate::input::Unreadable;
use crate::live::{self, Foreseen, Question};
use crate::load::load;
use crate::report::Report;
use crate::selection::Selection;

/// Changes the help of the cluster arguments for this command.
pub(super) fn explained(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "live" => arg.help("Compare the cluster with what applying OLD would change"),
        "all_namespaces" => arg.hide(true),
        _ => arg,
    }
}

/// The effects of applying the manifests in a file or folder; `None` if they cannot be parsed.
pub(super) fn applied(
    args: &Args,
    report: &mut Report,
) -> io::Result<Result<Option<Changes>, Unreadable>> {
    let mut files = Vec::new();
    for text in texts(&args.old) {
        match text {
            Ok(text) => files.push(text),
            Err(error) => report.unreadable(&error)?,
        }
    }
    let stores: Vec<_> = files.iter().flat_map(|text| stores(text, args)).collect();
    if report.exit_code() != ExitCode::SUCCESS {
        return Ok(Ok(None));
    }
    if stores.is_empty() {
        return Ok(Ok(Some(Changes::from_iter([]))));
    }
    let question = Question {
        namespace: args.how.setting.namespace.clone(),
        all_namespaces: false,
        names: Vec::new(),
        live: false,
        definition: args.how.setting.release.is_none(),
        limits: false,
        settings: args.how.settings(&Selection::default()),
    };
    match live::foresee(&args.reach.target, &question, &stores) {
        Ok(foreseen) => Ok(Ok(compared(&foreseen, &files, args, report)?)),
        Err(error) => Ok(Err(error)),
    }
}

/// The selected FeatureStores of a text.
fn stores(text: &Text, args: &Args) -> Vec<Value> {
    let documents = text.documents().into_iter().flatten();
    let selector = &args.selection.selector;
    let stores = documents.filter(|document| is_store(document) && document.is_selected(selector));
    stores
        .map(|document| Value::Object(document.object().clone()))
        .collect()
}

fn is_store(document: &Document) -> bool {
    matches!(document.feature_store_version(), Ok(Some(_)))
}

fn compared(
    foreseen: &Foreseen,
    files: &[Arc<Text>],
    args: &Args,
    report: &mut Report,
) -> io::Result<Option<Changes>> {
    let Foreseen {
        seen,
        after,
        refused,
        ..
    } = foreseen;
    let settings = seen.settings(args.how.settings(&Selection::default()));
    let checker = || seen.inform(Checker::new(settings.clone()));
    let old = load(seen.texts().into_iter(), checker(), report)?;
    let new = [seen.around()]
        .into_iter()
        .chain(files.iter().map(|text| beside(text)));
    let new = new.chain(
        after
            .iter()
            .map(|store| Text::new(name(store), store.to_string())),
    );
    let new = load(new.map(|text| Ok(Arc::new(text))), checker(), report)?;
    old.report(report)?;
    new.report(report)?;
    if report.exit_code() != ExitCode::SUCCESS {
        return Ok(None);
    }
    let comparison = Comparison::new([old.known(), new.known()]);
    let pairs = Pair::of(old.stores(), new.stores()).into_iter();
    let entries = pairs.map(|pair| comparison.change(&pair));
    let refused = refused.iter().map(|(name, message)| {
        let outcome = Outcome::Refused(vec![message.clone()]);
        Entry::new(name.clone(), outcome)
    });
    Ok(Some(entries.chain(refused).collect()))
}

/// The other objects in a file, which take precedence over the cluster's.
fn beside(text: &Text) -> Text {
    let documents = text.documents().into_iter().flatten();
    let others = documents.filter(|document| !is_store(document));
    let others: Vec<_> = others.map(|document| document.object().clone()).collect();
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": others });
    Text::new(live::PLACE_OF_FILES, list.to_string())
}

fn name(store: &Value) -> String {
    format!("{}/{}", live::PLACE_OF_FILES, live::place(store))
}
