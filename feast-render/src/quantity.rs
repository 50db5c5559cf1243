//! Quantities in the form that Go writes: `1024Mi` is `1Gi`, `0.5` is `500m`.

use std::collections::BTreeMap;

use apimachinery::quantity::canonical;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Brings every quantity of a list of resources to its canonical form.
pub(crate) fn canonicalize_all(resources: Option<&mut BTreeMap<String, Quantity>>) {
    for quantity in resources.into_iter().flat_map(BTreeMap::values_mut) {
        canonicalize(quantity);
    }
}

/// Brings a quantity to its canonical form; one that cannot be read stays.
pub(crate) fn canonicalize(quantity: &mut Quantity) {
    // Where Go reads JSON it takes off white space.
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
    fn what_can_be_read_becomes_canonical() {
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
