//! The FeatureStores of the examples, with the objects they refer to.

use feast_kube::gather::Gathered;
use feast_kube::{admit, manifest};
use feast_render::{Inputs, OperatorSettings, Time, resolve};
use k8s_openapi::jiff::Timestamp;

const EXAMPLES: [(&str, &str); 3] = [
    ("minimal", include_str!("../../examples/minimal.yaml")),
    (
        "scaling-hpa",
        include_str!("../../examples/scaling-hpa.yaml"),
    ),
    ("production", include_str!("../../examples/production.yaml")),
];

/// Name and JSON of each.
pub(crate) fn feature_stores() -> Vec<(&'static str, String)> {
    EXAMPLES
        .iter()
        .map(|(name, text)| (*name, feature_store(text)))
        .collect()
}

fn feature_store(text: &str) -> String {
    let documents = manifest::read(text).into_iter().flatten();
    let mut stores = documents.filter(|document| document.kind() == Some("FeatureStore"));
    stores.next().expect("every example has one").json
}

/// The rendering inputs of an example.
#[allow(dead_code, reason = "not every bench renders")]
pub(crate) fn inputs(json: &str) -> Inputs {
    let gathered = gathered();
    let store = admit(json.as_bytes(), gathered.namespace()).expect("the examples are admitted");
    let (settings, now) = (OperatorSettings::reference(), Time(Timestamp::UNIX_EPOCH));
    let inputs = resolve(store, &settings, &now, |wanted| gathered.answer(wanted));
    inputs.expect("what was wanted")
}

fn gathered() -> Gathered {
    let mut gathered = Gathered::default();
    for document in EXAMPLES
        .iter()
        .flat_map(|(_, text)| manifest::read(text))
        .flatten()
    {
        gathered.add(&document).expect("the examples are readable");
    }
    gathered
}
