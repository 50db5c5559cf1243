//! File names for annotations.

/// The files' repository: some consumers need paths relative to its root.
///
/// ```
/// use feast_check::format::Repository;
///
/// let repository = Repository::new("/home/me/stores", "/home/me/stores/teams");
/// assert_eq!(repository.path("./a.yaml"), "teams/a.yaml");
/// assert_eq!(repository.path("../b.yaml"), "b.yaml");
/// assert_eq!(repository.path("/home/me/stores/c.yaml"), "c.yaml");
/// assert_eq!(repository.path("/tmp/d.yaml"), "/tmp/d.yaml");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    root: String,
    current: String,
}

impl Repository {
    /// A repository with this root, for names relative to the current folder; both absolute.
    pub fn new(root: impl Into<String>, current: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            current: current.into(),
        }
    }

    /// A file's path relative to the root, or as named if it is elsewhere.
    pub fn path(&self, name: &str) -> String {
        let whole = if name.starts_with('/') {
            name.to_owned()
        } else {
            format!("{}/{name}", self.current)
        };
        let mut steps = Vec::new();
        for step in whole.split('/') {
            match step {
                "" | "." => {}
                ".." => drop(steps.pop()),
                step => steps.push(step),
            }
        }
        let root: Vec<_> = self
            .root
            .split('/')
            .filter(|step| !step.is_empty())
            .collect();
        match steps.strip_prefix(root.as_slice()) {
            Some(below) => below.join("/"),
            None => name.to_owned(),
        }
    }
}

/// A file's name relative to a repository, if there is one.
pub(super) fn name(repository: Option<&Repository>, file: &str) -> String {
    // Standard input is not a file.
    match repository {
        Some(repository) if !file.starts_with('<') => repository.path(file),
        _ => file.strip_prefix("./").unwrap_or(file).to_owned(),
    }
}
