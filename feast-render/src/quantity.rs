//! Quantities in the canonical form that Go writes: `1024Mi` is `1Gi`, `0.5` is `500m`.

use std::collections::BTreeMap;

use apimachinery::quantity::canonical;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Canonicalizes all quantities of a resource list.
pub(crate) fn canonicalize_all(resources: Option<&mut BTreeMap<String, Quantity>>) {
    for quantity in resources.into_iter().flat_map(BTreeMap::values_mut) {
        canonicalize(quantity);
    }
}

/// Canonicalizes a quantity; leaves an invalid one unchanged.
pub(crate) fn canonicalize(quantity: &mut Quantity) {
    // Go trims white space when reading JSON.
    let text = match canonical(quantity.0.trim()) {
        Ok(text) if text != quantity.0 => text.into_owned(),
        _ => return,
    };
    quantity.0 = text;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_quantities_become_canonical() {
        for (given, written) in [
            ("1024Mi", "1Gi"),
            ("0.5", "500m"),
            (" 5 ", "5"),
            ("5", "5"),
            ("1Xi", "1Xi"),
        ] {
            let mut quantity = Quantity(given.to_owned());
            canonicalize(&mut quantity);
            assert_eq!(quantity.0, written);
        }
    }
}
