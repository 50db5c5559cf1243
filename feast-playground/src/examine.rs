//! Examines a manifest: findings, objects, documents, status, graph.

use feast_api::Admitted;
use feast_check::check::{Around, Outcome};
use feast_check::graph::{Graph, Group};
use feast_check::{Checked, Depth, Finding, Level, Mark, Text, codes, fix};
use feast_render::{Object, Rendered};
use serde::Serialize;
use serde_json::Value;

use crate::options::{Error, Options};
use crate::place::Places;

/// The name of the text, for messages.
pub(crate) const NAME: &str = "playground.yaml";

/// Findings, and the rendered FeatureStores.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Answer {
    /// The findings, in the order of the text.
    pub findings: Vec<Found>,
    /// The FeatureStores that were rendered.
    pub stores: Vec<Store>,
    /// The number of FeatureStores, rendered or not.
    pub feature_stores: usize,
}

/// A finding. Offsets are UTF-16, as in JavaScript.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Found {
    /// The name of a rule, a lint or another code in `docs/findings.md`.
    pub code: String,
    /// `error` or `warning`.
    pub level: &'static str,
    /// The message.
    pub message: String,
    /// What to do about it.
    pub help: Vec<String>,
    /// The meaning of the code.
    pub meaning: Option<String>,
    /// The object.
    pub object: Option<String>,
    /// Its start.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Related parts of the text.
    pub related: Vec<Related>,
    /// A fix.
    pub fix: Option<QuickFix>,
}

/// A part of the text that is related to a finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Related {
    /// The relation.
    pub message: String,
    /// Its start.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// Its line, from 1.
    pub line: usize,
}

/// A fix of a finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QuickFix {
    /// Such as "rename spec.servces to services".
    pub title: String,
    /// Whether it is safe to apply unseen.
    pub is_safe: bool,
    /// The edits.
    pub edits: Vec<TextEdit>,
}

/// A replacement of a part of the text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TextEdit {
    /// The start of the part.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// The replacement.
    pub insert: String,
}

/// A rendered FeatureStore.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Store {
    /// Its namespace and name, as `namespace/name`.
    pub name: String,
    /// Its objects, in the order of their application.
    pub objects: Vec<ObjectMade>,
    /// Its `feature_store.yaml` documents.
    pub documents: Vec<Writing>,
    /// Its status, as YAML.
    pub status: String,
}

/// An object of a FeatureStore.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ObjectMade {
    /// Its kind.
    pub kind: String,
    /// Its namespace and name.
    pub name: String,
    /// Its purpose, as in the graph.
    pub group: &'static str,
    /// The object, as YAML.
    pub yaml: String,
}

/// A document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Writing {
    /// Its purpose.
    pub name: &'static str,
    /// The text.
    pub yaml: String,
}

/// Examines a manifest.
///
/// # Errors
///
/// An unknown release, or a time that is not RFC 3339.
pub fn examine(text: &str, options: &Options) -> Result<Answer, Error> {
    let (outcomes, _) = outcomes(text, options, Depth::Lints)?;
    let places = Places::of(text);
    let mut answer = Answer {
        findings: Vec::new(),
        stores: Vec::new(),
        feature_stores: 0,
    };
    for outcome in outcomes {
        let document = &outcome.checked;
        answer.feature_stores += usize::from(document.feature_store.is_some());
        let findings = document.findings.iter();
        let found = findings.map(|finding| found(text, &places, document, finding));
        answer.findings.extend(found);
        if let Some(made) = &outcome.rendered {
            answer.stores.push(store(&made.0, &made.1)?);
        }
    }
    Ok(answer)
}

/// Draws the objects and their references as SVG; `None` without objects.
///
/// The layout takes longer than everything else, so the page asks for it only when it shows it.
///
/// ```
/// use feast_playground::{Options, draw};
///
/// let text = "
/// apiVersion: feast.dev/v1
/// kind: FeatureStore
/// metadata: {name: shop}
/// spec: {feastProject: shop}
/// ";
/// assert!(draw(text, &Options::default())?.unwrap().starts_with("<svg "));
/// # Ok::<(), feast_playground::Error>(())
/// ```
///
/// # Errors
///
/// As [`examine`].
pub fn draw(text: &str, options: &Options) -> Result<Option<String>, Error> {
    // No finding is in it.
    let (outcomes, around) = outcomes(text, options, Depth::Rendering)?;
    let rendered = outcomes.iter().filter_map(|it| it.rendered.as_deref());
    let mut graph = Graph::of_input(rendered, &around);
    if !options.rights {
        graph = graph.without(Group::Rights);
    }
    Ok((!graph.nodes.is_empty()).then(|| graph.to_svg()))
}

/// The outcome of each document, and the objects they share.
fn outcomes(text: &str, options: &Options, depth: Depth) -> Result<(Vec<Outcome>, Around), Error> {
    let checker = options.checker(depth)?;
    let mut read = checker.read(Text::new(NAME, text));
    let around = checker.gather([&mut read]);
    Ok((checker.finish(read, &around), around))
}

fn found(text: &str, places: &Places<'_>, checked: &Checked, finding: &Finding) -> Found {
    let (from, to) = match &finding.mark {
        Some(mark) => range(places, checked, mark),
        None => places.rest_of_line(checked.start.line, checked.start.column),
    };
    let related = finding.related.iter().map(|mark| {
        let (from, to) = range(places, checked, mark);
        Related {
            message: mark.label.clone(),
            from,
            to,
            line: mark.span.start.line,
        }
    });
    Found {
        code: finding.code.clone(),
        level: match finding.level {
            Level::Error => "error",
            _ => "warning",
        },
        message: finding.text(),
        help: finding.advice().map(str::to_owned).collect(),
        meaning: codes::meaning(&finding.code).map(|meaning| meaning.text),
        object: checked.name().map(str::to_owned),
        from,
        to,
        line: checked.position(finding).line,
        related: related.collect(),
        fix: quick_fix(text, places, checked, finding),
    }
}

fn range(places: &Places<'_>, checked: &Checked, mark: &Mark) -> (usize, usize) {
    let start = checked.source.start;
    let bytes = &mark.span.bytes;
    (
        places.offset(start + bytes.start),
        places.offset(start + bytes.end),
    )
}

fn quick_fix(
    text: &str,
    places: &Places<'_>,
    checked: &Checked,
    finding: &Finding,
) -> Option<QuickFix> {
    let fix = finding.fix.as_ref()?;
    let edits = fix::edits(text, checked, fix)?;
    let edits = edits.into_iter().map(|edit| TextEdit {
        from: places.offset(edit.range.start),
        to: places.offset(edit.range.end),
        insert: edit.text,
    });
    Some(QuickFix {
        title: fix::title(fix),
        is_safe: fix.is_safe,
        edits: edits.collect(),
    })
}

fn store(store: &Admitted, rendered: &Rendered) -> Result<Store, Error> {
    let objects = rendered.plan.apply();
    let objects: Result<_, _> = objects.map(object).collect();
    let name = format!("{}/{}", store.namespace(), store.name());
    let status = serde_json::to_value(&rendered.status).map_err(Error::Answer)?;
    let documents = &rendered.documents;
    let lineage = documents.lineage.as_ref();
    let documents = [
        ("service", Some(&documents.service)),
        ("client", Some(&documents.client)),
        ("lineage", lineage),
    ];
    let documents = documents.into_iter().filter_map(|(name, document)| {
        let yaml = document?.yaml().to_owned();
        Some(Writing { name, yaml })
    });
    Ok(Store {
        objects: objects?,
        documents: documents.collect(),
        status: yaml(&format!("the status of {name}"), &status)?,
        name,
    })
}

fn object(object: Object<'_>) -> Result<ObjectMade, Error> {
    let reference = object.reference();
    let (kind, name) = (reference.kind.to_string(), reference.place());
    Ok(ObjectMade {
        group: Group::of_kind(&kind).name(),
        yaml: yaml(&format!("{kind} {name}"), &object.to_value())?,
        kind,
        name,
    })
}

fn yaml(what: &str, value: &Value) -> Result<String, Error> {
    let text = serde_saphyr::to_string(value);
    text.map_err(|error| Error::Yaml(what.to_owned(), error.to_string()))
}
