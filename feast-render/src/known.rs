//! A FeatureStore as seen by the operator of a release.

use apimachinery::FieldPath;
use feast_api::v1::{AuthzConfig, FeastProjectDir, FeatureStoreSpec};
use feast_api::{Admitted, Release};
use serde_json::Value;

use crate::release::OperatorRelease;

/// Removes fields that are newer than the release, even if the CRD accepts them.
pub(crate) fn seen_by(release: OperatorRelease, store: Admitted) -> Admitted {
    let later = Release::ALL
        .iter()
        .filter(|later| **later > release.release());
    without_fields(store, later.flat_map(|later| later.new_fields()))
}

/// Removes optional fields of the spec, given as [`Release::new_fields`] returns them. A one-of
/// that becomes empty is removed, too.
///
/// ```
/// use feast_api::Admitted;
/// use feast_api::v1::FeatureStore;
/// use feast_render::without_fields;
/// use serde_json::json;
///
/// let mut store = FeatureStore::new("sample", serde_json::from_value(json!({
///     "feastProject": "a", "authz": {"noAuth": true}, "replicas": 2,
/// }))?);
/// store.metadata.namespace = Some("ml".into());
/// let found = without_fields(Admitted::assume(store)?, ["authz.noAuth"]);
/// assert_eq!((found.spec.authz.clone(), found.spec.replicas), (None, Some(2)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn without_fields(store: Admitted, fields: impl IntoIterator<Item = &'static str>) -> Admitted {
    let mut fields = fields.into_iter().peekable();
    if fields.peek().is_none() {
        return store;
    }
    let mut spec = serde_json::to_value(&store.spec).expect("its keys are strings");
    let found = fields.fold(false, |found, field| remove(&mut spec, field) | found);
    let mut spec: FeatureStoreSpec = if found {
        feast_api::from_value(&spec).expect("only optional fields were removed")
    } else {
        store.spec.clone()
    };
    spec.authz.take_if(|authz| *authz == AuthzConfig::default());
    spec.feast_project_dir
        .take_if(|dir| *dir == FeastProjectDir::default());
    store.with_spec(spec)
}

/// The paths in a spec that match a field's path as [`Release::new_fields`] returns it: `[]` stands
/// for each list element.
///
/// ```
/// use feast_render::places;
/// use serde_json::json;
///
/// let spec = json!({"services": {"volumes": [{"name": "a"}, {"name": "b", "image": {}}]}});
/// let places = |path| places(&spec, path).map(|place| place.to_string()).collect::<Vec<_>>();
/// assert_eq!(places("services.volumes[].image"), ["spec.services.volumes[1].image"]);
/// assert!(places("services.tolerations").is_empty());
/// ```
pub fn places(spec: &Value, path: &'static str) -> impl Iterator<Item = FieldPath> {
    let mut found = vec![(FieldPath::of("spec"), spec)];
    for name in path.split('.') {
        let (name, is_list) = match name.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let below = found.into_iter();
        let below = below.filter_map(|(place, value)| Some((place.field(name), value.get(name)?)));
        found = if is_list {
            below
                .flat_map(|(place, value)| elements(place, value))
                .collect()
        } else {
            below.collect()
        };
    }
    found.into_iter().map(|(place, _)| place)
}

fn elements(place: FieldPath, list: &Value) -> impl Iterator<Item = (FieldPath, &Value)> {
    let elements = list.as_array().into_iter().flatten().enumerate();
    elements.map(move |(index, element)| (place.clone().index(index), element))
}

/// Removes a field; from each element of lists on its path. False if it is nowhere.
fn remove(value: &mut Value, path: &str) -> bool {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let (name, is_list) = match name.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let Some(object) = value.as_object_mut() else {
        return false;
    };
    let Some(rest) = rest else {
        return object.remove(name).is_some();
    };
    match object.get_mut(name) {
        Some(Value::Array(elements)) if is_list => elements
            .iter_mut()
            .fold(false, |found, element| remove(element, rest) | found),
        Some(inner) => remove(inner, rest),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::store;

    #[test]
    fn a_release_does_not_see_later_fields() {
        let spec = json!({
            "feastProject": "a",
            "authz": {"noAuth": true},
            "feastProjectDir": {"packaged": {"featureRepoPath": "/repo"}},
            "materialization": {},
            "services": {
                "tolerations": [], "podAnnotations": {"a": "b"},
                "volumes": [{"name": "v", "image": {"reference": "r"}}, {"name": "w"}],
            },
        });
        let all = json!({"podAnnotations": {"a": "b"}, "volumes": [{"name": "v"}, {"name": "w"}]});
        for (release, expected) in [
            (Release::Main, spec.clone()),
            (
                Release::V0_63,
                json!({"feastProject": "a", "materialization": {}, "services": {
                    "podAnnotations": {"a": "b"},
                    "volumes": [{"name": "v", "image": {"reference": "r"}}, {"name": "w"}],
                }}),
            ),
            (
                Release::V0_62,
                json!({"feastProject": "a", "services": all}),
            ),
            (
                Release::V0_61,
                json!({"feastProject": "a", "services": {"volumes": all["volumes"]}}),
            ),
        ] {
            let release = OperatorRelease::try_from(release).expect("one that is rendered");
            let found = seen_by(release, store(&spec));
            assert_eq!(found.spec, store(&expected).spec, "{release}");
        }
    }
}
