//! `--fix`: applies safe fixes in place.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use feast_check::{Text, fix, without_credentials};
use similar::TextDiff;

use super::{Args, Plan};
use crate::input::{Source, Unreadable, named};

/// Maximum number of rounds: fixes may reveal further findings.
const ROUNDS: usize = 8;

/// A text being fixed.
struct Draft {
    /// The index of its source and checker in the plan.
    place: usize,
    name: String,
    /// `None` for standard input.
    path: Option<PathBuf>,
    found: bool,
    before: String,
    after: String,
    count: usize,
}

/// Applies safe fixes to the files of a plan, and prints the changes. For standard input, prints
/// the fixed text, which then replaces the input in the plan.
pub(super) fn run(plan: &mut Plan, out: &mut impl Write) -> io::Result<()> {
    let mut drafts = read(plan);
    for _ in 0..ROUNDS {
        if !improve(plan, &mut drafts) {
            break;
        }
    }
    let mut err = io::stderr().lock();
    let (mut mended, mut files) = (0, 0);
    for draft in drafts {
        let is_changed = draft.before != draft.after;
        if let Some(path) = draft.path.as_deref().filter(|_| is_changed)
            && let Err(why) = write(path, &draft)
        {
            writeln!(
                err,
                "not fixed: {}: {}",
                draft.name,
                feast_check::visible(&why)
            )?;
            continue;
        }
        if is_changed {
            write!(err, "{}", diff(&draft))?;
            mended += draft.count;
            files += 1;
        }
        if draft.path.is_none() {
            out.write_all(draft.after.as_bytes())?;
            let text = Text::new(draft.name, draft.after);
            plan.sources[draft.place].1 = Source::given(&text);
        }
    }
    if mended > 0 {
        let s = |count| if count == 1 { "" } else { "s" };
        writeln!(
            err,
            "fixed {mended} finding{} in {files} file{}",
            s(mended),
            s(files)
        )?;
    }
    Ok(())
}

/// The texts of a plan, each as a whole. Unreadable files are reported by the check; standard input
/// can only be read once.
fn read(plan: &mut Plan) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut failed = Vec::new();
    for (place, (_, source)) in plan.sources.iter().enumerate() {
        let name = source.name.to_string();
        let before = match source.path() {
            Some(path) => fs::read_to_string(path),
            None => io::read_to_string(io::stdin()),
        };
        match before {
            Ok(before) => drafts.push(Draft {
                place,
                name,
                path: source.path().map(Path::to_owned),
                found: source.is_found(),
                after: before.clone(),
                before,
                count: 0,
            }),
            Err(error) if source.path().is_none() => failed.push(Unreadable::new(&name, &error)),
            Err(_) => {}
        }
    }
    if !failed.is_empty() {
        plan.sources.clear();
        plan.failed.extend(failed);
    }
    drafts
}

/// Fixes findings; returns whether anything was fixed.
fn improve(plan: &Plan, drafts: &mut [Draft]) -> bool {
    let texts = drafts.iter().map(|draft| {
        let (number, _) = plan.sources[draft.place];
        let checker = plan.checkers.get(number).unwrap_or(&plan.base);
        let text = Text::new(draft.name.as_str(), draft.after.as_str()).found(draft.found);
        (checker, checker.read(text))
    });
    let mut read: Vec<_> = texts.collect();
    let around = plan.base.gather(read.iter_mut().map(|(_, read)| read));
    let mut is_better = false;
    for (draft, (checker, read)) in drafts.iter_mut().zip(read) {
        let checked = checker.findings(read, &around);
        if let Some(fixed) = fix::safe(&draft.after, &checked) {
            draft.after = fixed.text;
            draft.count += fixed.count;
            is_better = true;
        }
    }
    is_better
}

/// Replaces a file atomically.
///
/// # Errors
///
/// The reason why the file is not changed.
fn write(path: &Path, draft: &Draft) -> Result<(), String> {
    let reason = |error: io::Error| named(path, &error).to_string();
    let metadata = fs::symlink_metadata(path).map_err(reason)?;
    if !metadata.is_file() {
        return Err("a symbolic link: name the file it points to".to_owned());
    }
    if has_other_names(&metadata) {
        return Err("it has other hard links, which would keep the old text".to_owned());
    }
    if metadata.permissions().readonly() {
        return Err("the file is read-only".to_owned());
    }
    if is_template(&draft.before) {
        return Err("a template: fix its source".to_owned());
    }
    let is_current = fs::read(path).is_ok_and(|bytes| bytes == draft.before.as_bytes());
    if !is_current {
        return Err("the file has changed in the meantime".to_owned());
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(reason)?;
    let written = file.write_all(draft.after.as_bytes());
    let written = written.and_then(|()| give(file.as_file(), &metadata));
    // After changing the owner, which may reset permissions.
    let written = written.and_then(|()| file.as_file().set_permissions(metadata.permissions()));
    let written = written.and_then(|()| file.as_file().sync_all());
    written.map_err(reason)?;
    file.persist(path).map_err(|error| reason(error.error))?;
    Ok(())
}

/// Whether a file has several hard links, which replacing it would separate.
#[cfg(unix)]
fn has_other_names(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    metadata.nlink() > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &fs::Metadata) -> bool {
    false
}

/// Gives a file the owner of another.
#[cfg(unix)]
fn give(file: &fs::File, of: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    let now = file.metadata()?;
    if (now.uid(), now.gid()) == (of.uid(), of.gid()) {
        return Ok(());
    }
    fchown(file, Some(of.uid()), Some(of.gid()))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "same signature as on Unix")]
fn give(_: &fs::File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Whether a text has placeholders of Go's or other templates.
fn is_template(text: &str) -> bool {
    text.contains("{{") && text.contains("}}")
}

/// The changed lines, without context, which may be part of a Secret.
fn diff(draft: &Draft) -> String {
    let diff = TextDiff::from_lines(draft.before.as_str(), draft.after.as_str());
    let mut diff = diff.unified_diff();
    let diff = diff.context_radius(0).header(&draft.name, &draft.name);
    feast_check::visible_lines(&without_credentials(&diff.to_string()))
}

/// An error if `--fix` cannot be used with the other arguments.
pub(super) fn refused(plan: &Plan, args: &Args) -> Option<Unreadable> {
    let without_file = plan
        .sources
        .iter()
        .any(|(_, source)| source.path().is_none());
    if !without_file {
        return None;
    }
    if !args.files.have_stdin() {
        return Some(Unreadable(
            "--fix changes files; it cannot be used with --live".to_owned(),
        ));
    }
    (plan.sources.len() > 1).then(|| {
        Unreadable(
            "--fix of standard input takes no other files, because it prints the fixed text"
                .to_owned(),
        )
    })
}
