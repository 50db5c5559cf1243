//! The objects, documents, status and graph of the FeatureStores in a manifest.

use feast_api::Admitted;
use feast_check::Depth;
use feast_check::graph::{Graph, Group};
use feast_render::{Object, Rendered};
use serde::Serialize;
use serde_json::Value;

use crate::options::{Error, Options};

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

/// Renders the FeatureStores of a manifest; those that the API server or the operator would reject
/// are left out.
///
/// Writing the YAML takes as long as all findings do, so the page asks for it only when it shows it.
///
/// ```
/// use feast_playground::{Options, render};
///
/// let text = "
/// apiVersion: feast.dev/v1
/// kind: FeatureStore
/// metadata: {name: shop}
/// spec: {feastProject: shop}
/// ";
/// let stores = render(text, &Options::default())?;
/// assert_eq!(stores[0].name, "default/shop");
/// assert!(stores[0].objects.iter().any(|object| object.kind == "Deployment"));
/// # Ok::<(), feast_playground::Error>(())
/// ```
///
/// # Errors
///
/// As [`examine`](crate::examine).
pub fn render(text: &str, options: &Options) -> Result<Vec<Store>, Error> {
    let (outcomes, _) = options.outcomes(text, Depth::Rendering)?;
    let rendered = outcomes.iter().filter_map(|it| it.rendered.as_deref());
    rendered.map(|made| store(&made.0, &made.1)).collect()
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
/// As [`examine`](crate::examine).
pub fn draw(text: &str, options: &Options) -> Result<Option<String>, Error> {
    let (outcomes, around) = options.outcomes(text, Depth::Rendering)?;
    let rendered = outcomes.iter().filter_map(|it| it.rendered.as_deref());
    let mut graph = Graph::of_input(rendered, &around);
    if !options.rights {
        graph = graph.without(Group::Rights);
    }
    Ok((!graph.nodes.is_empty()).then(|| graph.to_svg()))
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
