//! Effects of another manifest, another release or another number of replicas.

use feast_check::check::{Around, Read};
use feast_check::diff::{
    Action, Admission, Cause, Change, Comparison, Diff, Entry, FieldChange, Outcome, Pair, Remark,
    Report, upgrades,
};
use feast_check::{Checker, Depth, Text};
use feast_render::OperatorRelease;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::options::{Error, NAME, Options};

/// What to compare a manifest with.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "with", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Against {
    /// The manifest after a change.
    Text {
        /// That manifest.
        text: String,
    },
    /// The same manifest after an upgrade of the operator.
    Release {
        /// Such as `0.66.0`.
        release: String,
    },
    /// The same manifest after `kubectl scale`.
    Replicas {
        /// How many pods.
        replicas: i32,
    },
}

/// The effects of a change.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Changes {
    /// In one line.
    pub summary: String,
    /// The effects on each FeatureStore.
    pub stores: Vec<ChangedStore>,
}

/// The effects on a FeatureStore.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChangedStore {
    /// Its namespace and name.
    pub name: String,
    /// Rejections, and reasons for changes.
    pub notes: Vec<Note>,
    /// The objects that change, then the status.
    pub objects: Vec<ChangedObject>,
}

/// A rejection, or the reason for a change.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Note {
    /// `error` for a rejection, otherwise `warning`.
    pub level: &'static str,
    /// The message.
    pub text: String,
    /// Fields, and what to do.
    pub more: Vec<String>,
}

/// An object that changes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChangedObject {
    /// `add`, `change`, `remove` or `leave`.
    pub action: &'static str,
    /// Kind, and namespace and name.
    pub object: String,
    /// Effects, such as a restart.
    pub effects: Vec<String>,
    /// The fields that change.
    pub fields: Vec<FieldChange>,
}

/// Compares a manifest with another one, with another release or with another number of replicas.
///
/// ```
/// use feast_playground::{Against, Options, changes};
///
/// let text = "
/// apiVersion: feast.dev/v1
/// kind: FeatureStore
/// metadata: {name: shop}
/// spec: {feastProject: shop}
/// ";
/// let against = Against::Text { text: text.replace("Project: shop", "Project: store") };
/// let changes = changes(text, &Options::default(), &against)?;
/// assert_eq!(changes.summary, "1 of 1 FeatureStore changes, 1 restarts");
/// # Ok::<(), feast_playground::Error>(())
/// ```
///
/// # Errors
///
/// As [`examine`](crate::examine), and a release whose operator is not known.
pub fn changes(text: &str, options: &Options, against: &Against) -> Result<Changes, Error> {
    let report = match against {
        Against::Text { text: other } => updated(text, other, options)?,
        Against::Release { release } => {
            let after = Options {
                release: release.clone(),
                ..options.clone()
            };
            upgraded(text, [options, &after], None)?
        }
        Against::Replicas { replicas } => upgraded(text, [options; 2], Some(*replicas))?,
    };
    Ok(Changes {
        summary: report.summary().to_string(),
        stores: report.entries().iter().map(store).collect(),
    })
}

/// The changes from one manifest to another.
fn updated(old: &str, new: &str, options: &Options) -> Result<Report, Error> {
    let (old, new) = (Side::of(old, options)?, Side::of(new, options)?);
    let comparison = Comparison::new([old.known(), new.known()]);
    let pairs = Pair::of(old.read.admitted(), new.read.admitted());
    Ok(pairs.iter().map(|pair| comparison.update(pair)).collect())
}

/// The changes of the same manifest in another release or with other replicas.
fn upgraded(
    text: &str,
    [before, after]: [&Options; 2],
    replicas: Option<i32>,
) -> Result<Report, Error> {
    let (old, new) = (Side::of(text, before)?, Side::of(text, after)?);
    let comparison = Comparison::new([old.known(), new.known()]);
    let upgrades = upgrades(&old.read, &new.read, after.release()?);
    let entries = upgrades.map(|upgrade| comparison.upgrade(&upgrade, replicas));
    Ok(entries.collect())
}

/// A manifest, with the objects around it.
struct Side {
    checker: Checker,
    read: Read,
    around: Around,
}

impl Side {
    fn of(text: &str, options: &Options) -> Result<Self, Error> {
        let release = options.release()?;
        OperatorRelease::try_from(release).map_err(|_| Error::NotRendered(release))?;
        let checker = options.checker(Depth::Rendering)?;
        let mut read = checker.read(Text::new(NAME, text));
        let around = checker.gather([&mut read]);
        Ok(Self {
            checker,
            read,
            around,
        })
    }

    fn known(&self) -> (&Checker, &Around) {
        (&self.checker, &self.around)
    }
}

fn store(entry: &Entry) -> ChangedStore {
    let mut notes = admission(&entry.admission);
    let mut objects = Vec::new();
    match &entry.outcome {
        Outcome::Refused(reasons) => {
            let refused = |reason: &String| {
                error(format!("Rejected by the API server: {reason}"), Vec::new())
            };
            notes.extend(reasons.iter().map(refused));
        }
        Outcome::Failed(reason) => notes.push(error(reason.clone(), Vec::new())),
        Outcome::Compared(diff) => {
            let lines = diff.refusals.lines().into_iter();
            notes.extend(lines.map(|line| error(line, Vec::new())));
            notes.extend(diff.causes.iter().map(cause));
            objects = self::objects(diff);
        }
    }
    ChangedStore {
        name: entry.feature_store.clone(),
        notes,
        objects,
    }
}

fn error(text: String, more: Vec<String>) -> Note {
    let level = "error";
    Note { level, text, more }
}

fn warning(text: String, more: Vec<String>) -> Note {
    let level = "warning";
    Note { level, text, more }
}

/// The difference in the API server's verdict.
fn admission(admission: &Admission) -> Vec<Note> {
    let Admission {
        refuses,
        prunes,
        no_longer_refuses,
        ..
    } = admission;
    let note = |make: fn(String, Vec<String>) -> Note, what: &'static str| {
        move |remark: &Remark| make(format!("{what}: {}", remark.message), remark.help.clone())
    };
    let refuses = refuses
        .iter()
        .map(note(error, "Newly rejected by the API server"));
    let prunes = prunes
        .iter()
        .map(note(warning, "No longer known, and dropped"));
    let admits = no_longer_refuses
        .iter()
        .map(note(warning, "No longer rejected by the API server"));
    refuses.chain(prunes).chain(admits).collect()
}

fn cause(cause: &Cause) -> Note {
    let defaults = cause.defaults.iter();
    let defaults = defaults.map(|field| {
        let shown = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), shown);
        let (old, new) = (shown(&field.old), shown(&field.new));
        format!("{}: {old} → {new}", field.path)
    });
    warning(cause.to_string(), defaults.collect())
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn objects(diff: &Diff) -> Vec<ChangedObject> {
    let mut objects: Vec<_> = diff.changes.iter().map(object).collect();
    if !diff.status.is_empty() {
        objects.push(ChangedObject {
            action: "change",
            object: "status".to_owned(),
            effects: Vec::new(),
            fields: diff.status.clone(),
        });
    }
    objects
}

fn object(change: &Change) -> ChangedObject {
    let (action, fields) = match &change.action {
        Action::Add => ("add", Vec::new()),
        Action::Change(fields) => ("change", fields.clone()),
        Action::Remove => ("remove", Vec::new()),
        _ => ("leave", Vec::new()),
    };
    ChangedObject {
        action,
        object: format!("{} {}", change.object.kind, change.object.place()),
        effects: change.effects.iter().map(ToString::to_string).collect(),
        fields,
    }
}
