//! A FeatureStore as seen by the operator of a release.

mod set;

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
/// that is empty, as its API server may have left it, is removed, too.
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
    let set: Vec<_> = fields
        .filter(|field| set::may_have(&store.spec, field))
        .collect();
    let (authz, dir) = (AuthzConfig::default(), FeastProjectDir::default());
    let has_empty = store.spec.authz.as_ref() == Some(&authz)
        || store.spec.feast_project_dir.as_ref() == Some(&dir);
    if set.is_empty() && !has_empty {
        return store;
    }
    let mut spec = without(&store.spec, &set);
    spec.authz.take_if(|found| *found == authz);
    spec.feast_project_dir.take_if(|found| *found == dir);
    store.with_spec(spec)
}

fn without(spec: &FeatureStoreSpec, fields: &[&str]) -> FeatureStoreSpec {
    let mut spec = serde_json::to_value(spec).expect("its keys are strings");
    for field in fields {
        remove(&mut spec, field);
    }
    feast_api::from_value(&spec).expect("only optional fields were removed")
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
    let mut rest = Some(path);
    while let Some(path) = rest {
        let (name, is_list, after) = split(path);
        rest = after;
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

/// The first name of a path, whether it is a list, and the rest.
fn split(path: &str) -> (&str, bool, Option<&str>) {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    match name.strip_suffix("[]") {
        Some(name) => (name, true, rest),
        None => (name, false, rest),
    }
}

fn elements(place: FieldPath, list: &Value) -> impl Iterator<Item = (FieldPath, &Value)> {
    let elements = list.as_array().into_iter().flatten().enumerate();
    elements.map(move |(index, element)| (place.clone().index(index), element))
}

/// Removes a field; from each element of lists on its path.
fn remove(value: &mut Value, path: &str) {
    let (name, is_list, rest) = split(path);
    let Some(object) = value.as_object_mut() else {
        return;
    };
    let Some(rest) = rest else {
        object.remove(name);
        return;
    };
    match object.get_mut(name) {
        Some(Value::Array(elements)) if is_list => {
            for element in elements {
                remove(element, rest);
            }
        }
        Some(inner) => remove(inner, rest),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::store;

    /// A spec with a field of each kind that a release brought.
    fn spec() -> Value {
        json!({
            "feastProject": "a",
            "authz": {"noAuth": true},
            "feastProjectDir": {"packaged": {"featureRepoPath": "/repo"}},
            "materialization": {},
            "services": {
                "tolerations": [], "podAnnotations": {"a": "b"},
                "volumes": [{"name": "v", "image": {"reference": "r"}}, {"name": "w"}],
            },
        })
    }

    #[test]
    fn a_search_finds_the_fields_that_are_set() {
        let store = store(&spec());
        let spec = serde_json::to_value(&store.spec).expect("its keys are strings");
        let fields = Release::ALL.iter().flat_map(|release| release.new_fields());
        let is_set = |path| places(&spec, path).next().is_some();
        let (set, not): (Vec<_>, Vec<_>) = fields.partition(|path| is_set(path));
        assert!(set.len() > 4 && not.len() > 4, "{set:?} {not:?}");
        for path in set {
            assert!(set::may_have(&store.spec, path), "{path}");
        }
        for path in not {
            assert!(!set::may_have(&store.spec, path), "{path}");
        }
        // A map is not searched.
        assert!(set::may_have(&store.spec, "services.podAnnotations.other"));
    }

    #[test]
    fn a_release_does_not_see_later_fields() {
        let spec = spec();
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

    #[test]
    fn an_empty_one_of_counts_as_none_in_a_release_that_lacks_some_of_it() {
        let spec = json!({"feastProject": "a", "authz": {}, "feastProjectDir": {}});
        let release = OperatorRelease::try_from(Release::V0_62).expect("one that is rendered");
        let found = seen_by(release, store(&spec));
        assert_eq!(found.spec, store(&json!({"feastProject": "a"})).spec);
    }
}
