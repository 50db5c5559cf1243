//! ConfigMaps and Secrets.

use apimachinery::names;

use crate::metadata;
use crate::node::Node;
use crate::refusal::Refusals;

/// The maximum size of all values together, in bytes.
const MOST: usize = 1024 * 1024;

pub(crate) fn check_config_map(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::dns_subdomain, out);
    let (data, binary) = (object.get("data"), object.get("binaryData"));
    let size = check_keys(&data, out) + check_keys(&binary, out);
    for (key, value) in data.entries() {
        if binary.entry(key).is_some() {
            out.invalid(&value, "duplicate of key present in binaryData");
        }
    }
    if size > MOST {
        out.too_long(object, MOST);
    }
}

pub(crate) fn check_secret(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::dns_subdomain, out);
    let data = object.get("data");
    // Base64 encodes three bytes as four.
    let size = check_keys(&data, out) / 4 * 3;
    if size > MOST {
        out.too_long(&data, MOST);
    }
}

/// Checks the keys and returns the size of the values.
fn check_keys(data: &Node<'_, '_>, out: &mut Refusals) -> usize {
    let mut size = 0;
    for (key, value) in data.entries() {
        for fault in names::config_map_key(key) {
            let path = data.path().key(key);
            let field = path.to_string();
            out.invalid_at(path, field, key, fault.as_str());
        }
        size += value.len();
    }
    size
}
