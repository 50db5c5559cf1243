//! Any text as a manifest; the content of Secrets is never shown.
#![no_main]

use feast_kube::gather::Gathered;
use feast_kube::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut gathered = Gathered::new("feast");
    let lines = text.lines().count() + 1;
    for document in manifest::read(text) {
        match document {
            Ok(document) => {
                assert!((1..=lines).contains(&document.line), "line {}", document.line);
                let read: Result<serde_json::Value, _> = serde_json::from_str(&document.json);
                assert!(read.is_ok_and(|json| json.is_object()));
                let _ = document.feature_store_version();
                let _ = gathered.add(&document);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});
