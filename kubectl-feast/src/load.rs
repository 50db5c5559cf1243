//! FeatureStores and what they need, out of files.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_check::gather::Gathered;
use feast_check::manifest::Document;
use feast_check::missing::{self, Missing};
use feast_render::{ObjectRef, Rendered, Wanted, WrongAnswer, try_resolve};
use feast_validate::{Request, Validator, admitted};
use serde_json::Value;

use crate::admission;
use crate::finding::{Checked, Finding, Level, Locator};
use crate::input::{Files, Text, Unreadable};
use crate::report::Report;
use crate::setting::{Setting, now};

/// A FeatureStore that was admitted.
pub(crate) struct Placed {
    /// Where it is.
    place: Checked,
    /// As it is stored.
    pub(crate) store: Admitted,
}

impl Placed {
    /// Whether it needs the status of another FeatureStore.
    fn refers(&self) -> bool {
        let references = feast_render::references(&self.store);
        let is_store = |wanted: &Wanted| matches!(wanted, Wanted::FeatureStore(_));
        references.iter().any(is_store)
    }
}

/// Objects as they are in a cluster.
pub(crate) type Live = BTreeMap<ObjectRef, Value>;

/// What files hold.
pub(crate) struct Loaded {
    pub(crate) gathered: Gathered,
    pub(crate) stores: Vec<Placed>,
}

/// Reads files; what is wrong with them is reported.
pub(crate) fn load(files: &Files, namespace: &str, report: &mut Report) -> io::Result<Loaded> {
    let mut loaded = Loaded {
        gathered: Gathered::new(namespace),
        stores: Vec::new(),
    };
    for text in files.texts() {
        match text {
            Ok(text) => loaded.add(&text, report)?,
            Err(error) => report.unreadable(&error)?,
        }
    }
    Ok(loaded)
}

impl Loaded {
    fn add(&mut self, text: &Text, report: &mut Report) -> io::Result<()> {
        for document in text.documents() {
            match document {
                Ok(document) => self.document(text, &document, report)?,
                Err(error) => report.checked(&Checked::fault(text, &error))?,
            }
        }
        Ok(())
    }

    fn document(
        &mut self,
        text: &Text,
        document: &Document,
        report: &mut Report,
    ) -> io::Result<()> {
        let locator = Locator::new(text, document);
        if let Err(unreadable) = self.gathered.add(document) {
            let finding = Finding::new("unreadable-object", Level::Error, unreadable.to_string());
            return report.checked(&Checked {
                feature_store: None,
                ..locator.checked("", vec![finding])
            });
        }
        let version = match document.feature_store_version() {
            Ok(Some(version)) => version,
            Ok(None) => return Ok(()),
            Err(_) if text.is_foreign() => return Ok(()),
            Err(error) => return report.checked(&admission::unrecognized(text, document, &error)),
        };
        let verdict = Validator::of(version).run(Request::create(&document.json));
        let mut findings = Vec::new();
        admission::findings(&verdict, document, &locator, false, &mut findings);
        let namespace = self.gathered.namespace();
        if verdict.is_allowed() {
            match admitted(verdict, namespace) {
                Ok(store) => self.stores.push(Placed {
                    place: locator.checked(namespace, vec![]),
                    store: complete(store, document),
                }),
                Err(error) => {
                    let message = error.to_string();
                    findings.push(Finding::new("unreadable-value", Level::Error, message));
                }
            }
        }
        report.checked(&locator.checked(self.gathered.namespace(), findings))
    }
}

/// Adds what a creation drops or makes up: the status, which others may refer to, and the uid, which
/// owned objects name.
fn complete(store: Admitted, document: &Document) -> Admitted {
    let metadata = document.object().get("metadata");
    let uid = metadata.and_then(|metadata| metadata.get("uid")?.as_str());
    let given = document.object().contains_key("status").then(|| {
        let given = FeatureStore::from_json(document.json.as_bytes());
        given.ok()?.status
    });
    store
        .with_uid(uid.map(str::to_owned))
        .with_status(given.flatten())
}

/// How to render what was loaded.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct How {
    /// Render with visible placeholders for Secrets, ConfigMaps and FeatureStores that are missing
    #[arg(long)]
    pub(crate) allow_missing: bool,
    #[command(flatten)]
    pub(crate) setting: Setting,
}

impl Loaded {
    /// Renders each FeatureStore; those that others refer to come first, for their status.
    pub(crate) fn render(
        mut self,
        how: &How,
        live: &Live,
        report: &mut Report,
    ) -> io::Result<Vec<(Admitted, Rendered)>> {
        let (referring, alone): (Vec<_>, Vec<_>) =
            self.stores.into_iter().partition(Placed::refers);
        let mut all = Vec::new();
        for group in [alone, referring] {
            for admitted in group {
                match render(&admitted.store, &self.gathered, how, live) {
                    Ok(rendered) => {
                        let status = admitted.store.status.clone();
                        let status = status.or_else(|| Some(rendered.status.clone()));
                        let known = admitted.store.clone().with_status(status);
                        self.gathered.add_feature_store(known.into_inner());
                        all.push((admitted.store, rendered));
                    }
                    Err(findings) => report.checked(&Checked {
                        findings,
                        ..admitted.place
                    })?,
                }
            }
        }
        Ok(all)
    }
}

/// Renders one FeatureStore.
///
/// # Errors
///
/// Everything that is missing, or the operator's refusal.
pub(crate) fn render(
    store: &Admitted,
    gathered: &Gathered,
    how: &How,
    live: &Live,
) -> Result<Rendered, Vec<Finding>> {
    let lookup = |wanted: &Wanted| {
        if wanted.is_live() {
            wanted.among(live)
        } else {
            let answer = gathered.answer(wanted);
            Ok(if how.allow_missing {
                missing::fill(wanted, answer)
            } else {
                answer
            })
        }
    };
    let mut missed = Vec::new();
    let operator = how.setting.operator();
    let inputs = try_resolve(store.clone(), &operator, &now(), |wanted| {
        let answer = lookup(wanted)?;
        missed.extend(missing::missing(wanted, &answer));
        Ok(answer)
    });
    let inputs = inputs.map_err(|error: WrongAnswer| {
        vec![Finding::new(
            "unreadable-object",
            Level::Error,
            error.to_string(),
        )]
    })?;
    feast_render::render(&inputs).map_err(|error| {
        if is_about_inputs(&error) && !missed.is_empty() {
            return missed.iter().map(missing_input).collect();
        }
        vec![Finding::new(
            "operator-refuses",
            Level::Error,
            error.to_string(),
        )]
    })
}

/// Whether a rendering fails for what it is not given.
pub(crate) fn is_about_inputs(error: &feast_render::Error) -> bool {
    use feast_render::Error;
    use feast_render::documents::Error as Document;

    let is_absent = |error: &Document| {
        matches!(
            error,
            Document::SecretNotFound { .. }
                | Document::SecretKeyNotFound { .. }
                | Document::ConfigMapNotFound { .. }
                | Document::ConfigMapKeyNotFound { .. }
                | Document::RequiredKeyNotFound { .. }
        )
    };
    match error {
        Error::StoreSecretNotFound { .. } | Error::ReferenceNotFound { .. } => true,
        Error::Document(Document::LineageSecret { source, .. }) => is_absent(source),
        Error::Document(error) => is_absent(error),
        _ => false,
    }
}

fn missing_input(missing: &Missing) -> Finding {
    let mut finding = Finding::new("missing-input", Level::Error, format!("missing: {missing}"));
    finding.help = vec![
        format!("add it to the files; `{}` prints it", missing.command()),
        "or use --allow-missing, which puts a placeholder in its place".to_owned(),
    ];
    finding
}

/// Objects as they are in a cluster, out of a folder.
///
/// # Errors
///
/// A file that cannot be read, and what is no object.
pub(crate) fn observed(folder: &std::path::Path) -> Result<(Live, Vec<FeatureStore>), Unreadable> {
    let files = Files {
        files: vec![PathBuf::from(folder)],
    };
    let (mut live, mut stores) = (Live::new(), Vec::new());
    for text in files.texts() {
        let text = text?;
        let fault = |message: String| Unreadable(format!("{}: {message}", text.name()));
        for document in text.documents() {
            let document = document.map_err(|error| fault(error.to_string()))?;
            let object = Value::Object(document.object().clone());
            if document.kind() == Some(feast_api::KIND) {
                let store = FeatureStore::from_value(object);
                stores.push(store.map_err(|error| fault(error.to_string()))?);
                continue;
            }
            let number = document.number;
            let unclear = || fault(format!("document {number} is no readable object"));
            let reference = ObjectRef::of_value(&object).ok_or_else(unclear)?;
            live.insert(reference, object);
        }
    }
    Ok((live, stores))
}
