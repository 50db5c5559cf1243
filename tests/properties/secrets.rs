//! With documents in a Secret, Secret data is nowhere else; and never in an error, a status or a
//! difference.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use feast_api::Admitted;
use feast_check::diff::{Entry, Outcome, Report, Side, diff, markdown};
use feast_render::{Answer, DocumentStorage, OperatorSettings, Wanted, failed, render};
use feast_testing::invariants;
use feast_testing::strategies::{self as s, SECRET_MARK};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{cluster, config, releases};

/// Letters of the generated secrets, which are rare elsewhere.
const LETTERS: &[u8] = b"QXZ";

/// Four of these letters in a row.
fn leaked(text: &str) -> Option<&str> {
    let is_secret = |part: &[u8]| part.iter().all(|byte| LETTERS.contains(byte));
    let place = text.as_bytes().windows(4).position(is_secret)?;
    text.get(place..place + 4)
}

/// Objects whose Secrets contain other words: known and unknown parameters, texts and lists.
fn holding(objects: &[Value], words: &[String; 4]) -> Vec<Value> {
    let [one, two, three, four] = words;
    let parameters =
        format!("password: {one}\nhost: {two}\n{three}: {four}\n{four}x: [{{name: {one}}}]\n");
    let client = format!(
        "client_id: {one}\nclient_secret: {two}\nusername: {three}\npassword: {four}\n\
         auth_discovery_url: https://{one}\naudience: {two}\n"
    );
    let hold = |object: &Value| {
        let mut object = object.clone();
        if object["kind"] != "Secret" {
            return object;
        }
        for (key, value) in object["data"].as_object_mut().into_iter().flatten() {
            let before = BASE64_STANDARD.decode(value.as_str().unwrap_or_default());
            let before = String::from_utf8(before.unwrap_or_default()).unwrap_or_default();
            let text = match key.as_str() {
                "connection_string" => format!("postgresql://{one}:{two}@{three}/{four}"),
                _ if before.starts_with("client_id:") => client.clone(),
                _ if before.contains('\n') => parameters.clone(),
                _ => one.clone(),
            };
            *value = BASE64_STANDARD.encode(text).into();
        }
        object
    };
    objects.iter().map(hold).collect()
}

fn words() -> impl Strategy<Value = [String; 4]> {
    prop::array::uniform4("[QXZ]{4,12}")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn secrets_stay_in_secrets(mut scenario in s::scenarios()) {
        scenario.settings.storage = DocumentStorage::InSecret;
        let settled = cluster(&scenario).settle()?;
        invariants::secrets_stay(&settled)?;
        let debug = format!("{settled:?}");
        prop_assert!(!debug.contains(SECRET_MARK), "{debug}");
    }

    #[test]
    fn differences_contain_no_secrets(
        (scenario, other) in (s::scenarios(), s::admitted()),
        (from, to) in (releases(), releases()),
        (in_secret, words) in (any::<bool>(), [words(), words()]),
    ) {
        let mut after = scenario.feature_store.clone();
        after.spec = other.spec;
        let objects = words.map(|words| holding(&scenario.objects, &words));
        let others = objects[0].iter().filter(|object| object["kind"] != "Secret");
        let known = json!([scenario.feature_store, after, others.collect::<Vec<_>>()]);
        prop_assume!(leaked(&known.to_string()).is_none());

        let storage = if in_secret { DocumentStorage::InSecret } else { DocumentStorage::InDeployment };
        let settings = [from, to].map(|release| OperatorSettings {
            release, storage, ..scenario.settings.clone()
        });
        let stores = [&scenario.feature_store, &after].map(|store| Admitted::assume(store.clone()));
        let [Ok(before), Ok(after)] = stores else { return Ok(()) };
        let clusters = objects.map(|objects| s::Scenario { objects, ..scenario.clone() }.store());
        let lookups = clusters.each_ref().map(|cluster| {
            move |wanted: &Wanted| cluster.look_up(wanted).unwrap_or(Answer::Absent)
        });
        let found = diff(
            Some(Side { store: &before, settings: &settings[0], lookup: &lookups[0] }),
            Some(Side { store: &after, settings: &settings[1], lookup: &lookups[1] }),
        )?;
        let debug = format!("{found:?}");
        let entry = Entry::new("ml/sample", Outcome::Compared(found));
        let data = json!(entry).to_string();
        let text = markdown(&Report::from_iter([entry]));
        for text in [debug, data, text] {
            prop_assert!(leaked(&text).is_none(), "{:?} is in {text}", leaked(&text));
        }
    }

    #[test]
    fn errors_about_secrets_do_not_contain_them(
        (mut scenario, objects) in s::scenarios().prop_flat_map(|scenario| {
            let objects = s::with_faulty_secrets(scenario.objects.clone());
            (Just(scenario), objects)
        })
    ) {
        scenario.objects = objects;
        let inputs = scenario.inputs()?;
        let debug = format!("{inputs:?}");
        prop_assert!(!debug.contains(SECRET_MARK), "{debug}");
        match render(&inputs) {
            Ok(rendered) => {
                let texts = format!("{:?} {}", rendered, json!(rendered.status));
                prop_assert!(!texts.contains(SECRET_MARK), "{texts}");
            }
            Err(error) => {
                let status = json!(failed(&inputs, &error));
                let texts = format!("{error} {error:?} {status}");
                prop_assert!(!texts.contains(SECRET_MARK), "{texts}");
            }
        }
        scenario.settings.storage = DocumentStorage::InSecret;
        invariants::secrets_stay(&cluster(&scenario).settle()?)?;
    }
}
