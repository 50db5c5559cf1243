//! The final state does not depend on the history.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{After, Broken, Difference, first_difference};
use crate::cluster::{Cluster, Key, Settled, Store};

/// An operator that has converged changes nothing in another pass.
///
/// # Errors
///
/// [`Broken::History`], or [`Broken::Restless`] if it never converges.
pub fn rests<F, T>(cluster: &Cluster<F>) -> Result<(), Broken>
where
    F: FnMut(&mut Store, &Key) -> T + Clone,
{
    let after = After::OneMorePass;
    let mut cluster = cluster.clone();
    let once = settle(&mut cluster, after)?;
    let twice = settle(&mut cluster, after)?;
    is_same(&cluster, after, &once, &twice)
}

/// Objects of the operator do not depend on earlier states: a new operator creates the same from
/// the user's objects. Nothing is left behind or accumulates.
///
/// # Errors
///
/// [`Broken::History`], or [`Broken::Restless`] if it never converges.
pub fn forgets<F, T>(cluster: &Cluster<F>) -> Result<(), Broken>
where
    F: FnMut(&mut Store, &Key) -> T + Clone,
{
    let after = After::ThisHistory;
    let fresh = settle(&mut cluster.fresh(), after)?;
    let old = settle(&mut cluster.clone(), after)?;
    is_same(cluster, after, &fresh, &old)
}

/// Replaces an object by another of its name and back, three times: the final state is the same.
/// `object` is the current one.
///
/// # Errors
///
/// [`Broken::History`], or [`Broken::Restless`] if it never converges.
pub fn there_and_back<F, T>(
    cluster: &Cluster<F>,
    object: &impl Serialize,
    other: &impl Serialize,
) -> Result<(), Broken>
where
    F: FnMut(&mut Store, &Key) -> T + Clone,
{
    let after = After::ThereAndBack;
    let mut cluster = cluster.clone();
    let first = settle(&mut cluster, after)?;
    for _ in 0..3 {
        // Nothing changes if the API server rejects it.
        if cluster.put(other).is_err() {
            return Ok(());
        }
        settle(&mut cluster, after)?;
        if cluster.put(object).is_err() {
            return Ok(());
        }
        let back = settle(&mut cluster, after)?;
        is_same(&cluster, after, &first, &back)?;
    }
    Ok(())
}

/// An operator that dies between any two writes continues correctly.
///
/// # Errors
///
/// [`Broken::History`], or [`Broken::Restless`] if it never converges.
pub fn resumes<F, T>(cluster: &Cluster<F>) -> Result<(), Broken>
where
    F: FnMut(&mut Store, &Key) -> T + Clone,
{
    let undisturbed = settle(&mut cluster.clone(), After::Crash { writes: 0 })?;
    for writes in 0.. {
        let after = After::Crash { writes };
        let mut cluster = cluster.clone();
        if !cluster.crash_after(writes) {
            break;
        }
        let resumed = settle(&mut cluster, after)?;
        is_same(&cluster, after, &undisturbed, &resumed)?;
    }
    Ok(())
}

/// Disturbs the objects and undoes it: the final state is the same.
///
/// # Errors
///
/// [`Broken::History`], or [`Broken::Restless`] if it never converges.
pub fn recovers<F, T>(
    cluster: &Cluster<F>,
    fault: impl FnOnce(&mut Store),
    repair: impl FnOnce(&mut Store),
) -> Result<(), Broken>
where
    F: FnMut(&mut Store, &Key) -> T + Clone,
{
    let after = After::Recovery;
    let undisturbed = settle(&mut cluster.clone(), after)?;
    let mut cluster = cluster.clone();
    fault(&mut cluster.store);
    settle(&mut cluster, after)?;
    repair(&mut cluster.store);
    let repaired = settle(&mut cluster, after)?;
    is_same(&cluster, after, &undisturbed, &repaired)
}

fn settle<F, T>(cluster: &mut Cluster<F>, after: After) -> Result<Settled<T>, Broken>
where
    F: FnMut(&mut Store, &Key) -> T,
{
    cluster
        .settle()
        .map_err(|source| Broken::Restless { after, source })
}

fn is_same<F, T>(
    cluster: &Cluster<F>,
    after: After,
    wanted: &Settled<T>,
    found: &Settled<T>,
) -> Result<(), Broken> {
    alike(after, &wanted.store, &found.store, |key| {
        cluster.is_shared(key)
    })
}

/// Two histories end with the same objects, ignoring server-generated values, times, and shared
/// objects. `after` describes the second history.
///
/// # Errors
///
/// [`Broken::History`].
pub fn alike(
    after: After,
    wanted: &Store,
    found: &Store,
    is_shared: impl Fn(&Key) -> bool,
) -> Result<(), Broken> {
    let (wanted, found) = (own(wanted, &is_shared), own(found, &is_shared));
    let broken = |object: &Key, difference| {
        let object = object.clone();
        Err(Broken::History {
            after,
            object,
            difference,
        })
    };
    for (key, object) in &found {
        match wanted.get(key) {
            None => return broken(key, Difference::Leaked),
            Some(wanted) => {
                if let Some(field) = first_difference(wanted, object) {
                    return broken(key, Difference::Field(field));
                }
            }
        }
    }
    match wanted.keys().find(|key| !found.contains_key(*key)) {
        Some(key) => broken(key, Difference::Missing),
        None => Ok(()),
    }
}

/// Objects that are not shared, without server-generated values and times.
fn own(store: &Store, is_shared: impl Fn(&Key) -> bool) -> BTreeMap<&Key, Value> {
    let objects = store.objects().iter();
    let own = objects.filter(|(key, _)| !key.is_record() && !is_shared(key));
    own.map(|(key, object)| (key, plain(object))).collect()
}

fn plain(object: &Value) -> Value {
    let mut object = object.clone();
    let mut without = |pointer: &str, fields: &[&str]| {
        let parts = object.pointer_mut(pointer).into_iter();
        let parts = parts.flat_map(|part| match part {
            Value::Array(items) => items.iter_mut(),
            part => std::slice::from_mut(part).iter_mut(),
        });
        for part in parts.filter_map(Value::as_object_mut) {
            part.retain(|name, _| !fields.contains(&name.as_str()));
        }
    };
    without("/metadata", &["resourceVersion", "generation", "uid"]);
    without("/metadata/ownerReferences", &["uid"]);
    let times = ["lastTransitionTime", "observedGeneration"];
    without("/status/conditions", &times);
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{cluster, feature_store, owned};
    use super::*;

    /// Creates a ConfigMap for the project, and a Secret if `isWanted`.
    fn good(store: &mut Store, key: &Key) {
        let spec = store
            .get(key)
            .map(|fs| fs["spec"].clone())
            .unwrap_or_default();
        store.apply(owned(
            "v1",
            "ConfigMap",
            &json!({ "data": { "a": spec["feastProject"] } }),
        ));
        let secret = owned("v1", "Secret", &json!({}));
        if spec["isWanted"] == true {
            store.apply(secret);
        } else {
            store.delete(&Key::of(&secret));
        }
    }

    fn other() -> Value {
        let mut other = feature_store();
        other["spec"] = json!({ "feastProject": "b", "isWanted": true });
        other
    }

    #[test]
    fn a_good_operator_passes() {
        let mut cluster = cluster(good);
        resumes(&cluster).unwrap();
        cluster.put(&other()).unwrap();
        cluster.settle().unwrap();
        cluster.put(&feature_store()).unwrap();
        cluster.settle().unwrap();
        forgets(&cluster).unwrap();
        rests(&cluster).unwrap();
        there_and_back(&cluster, &feature_store(), &other()).unwrap();
        let fault = |store: &mut Store| store.put(other());
        recovers(&cluster, fault, |store| store.put(feature_store())).unwrap();
    }

    #[test]
    fn leaked_objects_are_found() {
        let leaky = |store: &mut Store, key: &Key| {
            if store
                .get(key)
                .is_some_and(|fs| fs["spec"]["isWanted"] == true)
            {
                store.apply(owned("v1", "Secret", &json!({})));
            }
        };
        let mut cluster = cluster(leaky);
        let broken = there_and_back(&cluster, &feature_store(), &other()).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "after a change and the change back, v1/Secret/ml/sample is left behind"
        );
        let fault = |store: &mut Store| store.put(other());
        assert!(recovers(&cluster, fault, |store| store.put(feature_store())).is_err());
        cluster.put(&other()).unwrap();
        cluster.settle().unwrap();
        cluster.put(&feature_store()).unwrap();
        cluster.settle().unwrap();
        let broken = forgets(&cluster).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "after this history, v1/Secret/ml/sample is left behind"
        );
    }

    /// Creates the Secret along with the ConfigMap, or never.
    #[test]
    fn unfinished_work_is_found() {
        let forgetful = |store: &mut Store, _: &Key| {
            let config = owned("v1", "ConfigMap", &json!({}));
            if store.get(&Key::of(&config)).is_none() {
                store.create(config);
                store.create(owned("v1", "Secret", &json!({})));
            }
        };
        let broken = resumes(&cluster(forgetful)).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "after a crash following write 1, v1/Secret/ml/sample is missing"
        );
    }

    #[test]
    fn growth_is_seen() {
        let growing = |store: &mut Store, key: &Key| {
            let project = store.get(key).map(|fs| fs["spec"]["feastProject"].clone());
            let config = owned("v1", "ConfigMap", &json!({}));
            store.create(config.clone());
            let key = Key::of(&config);
            let seen = store
                .get(&key)
                .map(|live| live["data"].clone())
                .unwrap_or_default();
            if seen["last"] != json!(project) {
                let all = format!("{}+", seen["all"].as_str().unwrap_or_default());
                store.patch(&key, &json!({ "data": { "all": all, "last": project } }));
            }
        };
        let broken = there_and_back(&cluster(growing), &feature_store(), &other()).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "after a change and the change back, v1/ConfigMap/ml/sample differs in /data/all"
        );
    }
}
