//! Unchanged texts.

use std::fmt;

use super::gathering::Gathering;
use super::read::Read;

/// Texts that do not change while others do, such as the other files of a folder during editing.
/// They are read once.
pub struct Beside {
    pub(super) read: Vec<Read>,
    pub(super) gathering: Gathering,
}

/// Shows counts only: the data may be Secrets.
impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside")
            .field("read", &self.read.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use feast_render::{OperatorSettings, Time};

    use crate::{Checked, Checker, Finding, Settings, Text};

    const TEXTS: [(&str, &str); 4] = [
        (
            "secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {sql: 'path: ${SQL}'}\n",
        ),
        (
            "shared.yaml",
            "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shared}\nspec: \
             {feastProject: shop, services: {registry: {local: {server: {}, persistence: {store: \
             {type: sql, secretRef: {name: db}}}}}}}\n",
        ),
        (
            "shop.yaml",
            "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec: \
             {feastProject: shop, services: {registry: {remote: {feastRef: {name: shared}}}}}\n",
        ),
        (
            "other.yaml",
            "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec: {x: 1}\n",
        ),
    ];

    /// Regardless of which texts are unchanged, the findings of the others are the same as when all
    /// are checked together.
    #[test]
    fn kept_texts_count_as_texts_read_again() {
        let now = Time("2026-01-01T00:00:00Z".parse().unwrap());
        let checker = Checker::new(Settings::new(OperatorSettings::reference(), now));
        let text = |index: usize| Text::new(TEXTS[index].0, TEXTS[index].1);
        let told = |checked: &Checked| {
            let codes = checked.findings.iter().map(Finding::text);
            (checked.file.clone(), codes.collect::<Vec<_>>())
        };
        let all: Vec<_> = checker
            .check((0..TEXTS.len()).map(text))
            .iter()
            .map(told)
            .collect();
        assert!(all.iter().any(|(_, findings)| !findings.is_empty()));
        for kept in 0..1 << TEXTS.len() {
            let is_kept = |index: &usize| kept & (1 << index) != 0;
            let still = (0..TEXTS.len())
                .filter(is_kept)
                .map(|index| checker.read(text(index)));
            let beside = checker.keep(still.collect());
            let open = (0..TEXTS.len()).filter(|index| !is_kept(index));
            // Twice, as during typing.
            for _ in 0..2 {
                let mut read: Vec<_> = open
                    .clone()
                    .map(|index| checker.read(text(index)))
                    .collect();
                let around = checker.gather_beside(&beside, read.iter_mut());
                let outcomes = read
                    .into_iter()
                    .flat_map(|read| checker.finish(read, &around));
                let found: Vec<_> = outcomes.map(|outcome| told(&outcome.checked)).collect();
                let names: Vec<_> = open.clone().map(|index| TEXTS[index].0).collect();
                let expected = all.iter().filter(|(file, _)| names.contains(&&**file));
                assert_eq!(found, expected.cloned().collect::<Vec<_>>(), "{names:?}");
            }
        }
    }
}
