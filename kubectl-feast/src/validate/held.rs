//! The texts between reading and finishing: all are read before the first is finished, because they
//! have objects for each other.

use std::sync::atomic::{AtomicUsize, Ordering};

use feast_check::Checker;
use feast_check::check::{Gathering, Read};

use super::Job;
use crate::input::Unreadable;

/// How many documents stay in memory by default, about 14 KiB each.
pub(super) const MOST: usize = 4_096;

/// The text of a document, in bytes.
const DOCUMENT: usize = 1 << 10;

/// Room in memory for documents. Texts beyond are only surveyed, and read later, so that memory does
/// not grow with their number.
pub(super) struct Room {
    /// How many documents may be kept.
    most: usize,
    kept: AtomicUsize,
}

impl Room {
    /// Room for about this many documents.
    pub(super) fn new(most: usize) -> Self {
        let kept = AtomicUsize::new(0);
        Self { most, kept }
    }

    /// Reads a text for the first time.
    pub(super) fn read<'c>(&self, job: Job<'c>) -> Result<First<'c>, Unreadable> {
        if self.kept.load(Ordering::Relaxed) >= self.most {
            let read = job.clone().survey()?;
            return Ok(First::Surveyed(job, read));
        }
        let (checker, read) = job.read()?;
        self.kept.fetch_add(read.count(), Ordering::Relaxed);
        Ok(First::Whole(checker, read))
    }
}

/// A text read for the first time.
pub(super) enum First<'c> {
    Whole(&'c Checker, Read),
    Surveyed(Job<'c>, Read),
}

impl First<'_> {
    /// What was read.
    pub(super) fn read(&self) -> &Read {
        let (Self::Whole(_, read) | Self::Surveyed(_, read)) = self;
        read
    }
}

/// The texts, in order.
#[derive(Default)]
pub(super) struct Held<'c>(Vec<Text<'c>>);

/// A text to be finished.
pub(super) enum Text<'c> {
    Kept(&'c Checker, Box<Read>),
    /// With its FeatureStores.
    Forgotten(Job<'c>, Vec<Store>),
    Unreadable(Unreadable),
}

/// Namespace and name of a FeatureStore.
type Store = (String, String);

impl<'c> Held<'c> {
    /// Adds the next text, and what it has for others.
    pub(super) fn add(&mut self, first: Result<First<'c>, Unreadable>, gathering: &mut Gathering) {
        self.0.push(match first {
            Ok(First::Whole(checker, mut read)) => {
                gathering.add(&mut read);
                Text::Kept(checker, read.into())
            }
            Ok(First::Surveyed(job, mut read)) => {
                let stores = read.stores().cloned().collect();
                gathering.add(&mut read);
                Text::Forgotten(job, stores)
            }
            Err(error) => Text::Unreadable(error),
        });
    }

    /// Reads the forgotten texts that have a FeatureStore to which another text refers.
    pub(super) fn read_wanted(&mut self, gathering: &Gathering) {
        for text in &mut self.0 {
            match text {
                Text::Forgotten(job, stores) if gathering.wants(stores) => {
                    *text = Self::whole(job.clone());
                }
                _ => {}
            }
        }
    }

    fn whole(job: Job<'c>) -> Text<'c> {
        match job.read() {
            Ok((checker, read)) => Text::Kept(checker, read.into()),
            Err(error) => Text::Unreadable(error),
        }
    }

    /// The texts in memory.
    pub(super) fn kept(&self) -> impl Iterator<Item = &Read> {
        self.0.iter().filter_map(|text| match text {
            Text::Kept(_, read) => Some(&**read),
            Text::Forgotten(..) | Text::Unreadable(_) => None,
        })
    }
}

impl<'c> IntoIterator for Held<'c> {
    type Item = Text<'c>;
    type IntoIter = std::vec::IntoIter<Text<'c>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'c> Text<'c> {
    /// About the size of its text, in bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Kept(_, read) => read.count() * DOCUMENT,
            Self::Forgotten(job, _) => job.size(),
            Self::Unreadable(_) => 0,
        }
    }

    /// What was read, now if it was forgotten.
    pub(super) fn read(self) -> Result<(&'c Checker, Read), Unreadable> {
        match self {
            Self::Kept(checker, read) => Ok((checker, *read)),
            Self::Forgotten(job, _) => job.read(),
            Self::Unreadable(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use feast_check::{Finding, Settings};
    use feast_render::{OperatorSettings, Time};

    use super::*;
    use crate::input::Source;

    /// A FeatureStore that needs a Secret, and one that refers to it.
    const TEXTS: [(&str, &str); 4] = [
        (
            "shop.json",
            // An escape hides the reference.
            r#"{"apiVersion": "feast.dev/v1", "kind": "FeatureStore", "metadata": {"name": "shop"},
            "spec": {"feastProject": "shop", "services":
            {"registry": {"remote": {"feast\u0052ef": {"name": "shared"}}}}}}"#,
        ),
        ("unreadable.yaml", "{"),
        (
            "shared.yaml",
            "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shared}\nspec: \
             {feastProject: shop, services: {registry: {local: {server: {}, persistence: {store: \
             {type: sql, secretRef: {name: db}}}}}}}\n",
        ),
        (
            "secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {sql: 'path: ${SQL}'}\n",
        ),
    ];

    /// The findings and documents, with so many texts in memory, and how many texts were forgotten.
    fn finished(checker: &Checker, most: usize) -> (Vec<(String, Vec<String>)>, usize) {
        let room = Room::new(most);
        let mut held = Held::default();
        let mut gathering = checker.gathering();
        for (name, content) in TEXTS {
            let source = Source::given(&feast_check::Text::new(name, content));
            for unit in source.units() {
                held.add(room.read(Job { checker, unit }), &mut gathering);
            }
        }
        let is_forgotten = |text: &&Text<'_>| matches!(text, Text::Forgotten(..));
        let forgotten = held.0.iter().filter(is_forgotten).count();
        held.read_wanted(&gathering);
        let around = gathering.finish(checker, held.kept());
        let outcomes = held.into_iter().flat_map(|text| {
            let (checker, read) = text.read().unwrap();
            checker.finish(read, &around)
        });
        let told = outcomes.map(|outcome| {
            let texts = outcome.checked.findings.iter().map(Finding::text);
            // It has the address of a registry that the text refers to.
            let document = outcome.rendered.iter();
            let document = document.map(|made| made.1.documents.service.yaml().to_owned());
            (
                outcome.checked.file.to_string(),
                texts.chain(document).collect(),
            )
        });
        (told.collect(), forgotten)
    }

    #[test]
    fn results_do_not_depend_on_what_is_forgotten() {
        let now = Time("2026-01-01T00:00:00Z".parse().unwrap());
        let checker = Checker::new(Settings::new(OperatorSettings::reference(), now));
        let (expected, forgotten) = finished(&checker, MOST);
        assert_eq!(forgotten, 0);
        let names = expected.iter().map(|(name, _)| name.as_str());
        let names: Vec<_> = names.collect();
        assert_eq!(names, ["shop.json", "unreadable.yaml", "shared.yaml"]);
        for (most, expected_forgotten) in [(0, 4), (1, 3), (2, 2), (3, 1)] {
            let (found, forgotten) = finished(&checker, most);
            assert_eq!(found, expected, "{most}");
            assert_eq!(forgotten, expected_forgotten, "{most}");
        }
    }
}
