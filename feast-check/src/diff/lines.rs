//! Texts compared line by line.

use std::collections::BTreeSet;

use similar::{ChangeTag, DiffOp, TextDiff};

use crate::credentials::without_traces;

/// Number of context lines.
const CONTEXT: usize = 3;

/// The lines in which two texts differ, with context, as in `diff -u` but without file names.
/// Credentials in URLs are hidden.
pub(super) fn unified(old: &str, new: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(old, new);
    let mut diff = diff.unified_diff();
    let hunks = diff.context_radius(CONTEXT).iter_hunks();
    let hunks = hunks.flat_map(|hunk| {
        let range = hunk.header().to_string();
        let head = match hunk.ops().first().and_then(|first| section(old, first)) {
            Some(section) => format!("{range} {}", without_traces(section)),
            None => range,
        };
        let lines = hunk.iter_changes();
        let lines = lines.map(|line| (line.tag(), without_traces(end(line.value()))));
        std::iter::once(head).chain(told(&lines.collect::<Vec<_>>()))
    });
    hunks.collect()
}

fn end(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}

/// The key that encloses the first line of a hunk.
fn section<'t>(text: &'t str, first: &DiffOp) -> Option<&'t str> {
    let begin = first.old_range().start;
    let is_inner = |line: &str| line.starts_with([' ', '-']);
    let mut above = text.lines().take(begin + 1).collect::<Vec<_>>();
    above.pop().filter(|first| is_inner(first))?;
    let outer = above.into_iter().rev().find(|line| !is_inner(line))?;
    outer.ends_with(':').then_some(outer)
}

/// The lines of a hunk with their marks. A line in which only credentials change is marked as such.
fn told(lines: &[(ChangeTag, String)]) -> Vec<String> {
    let gone = lines.iter().filter(|(tag, _)| *tag == ChangeTag::Delete);
    let gone: BTreeSet<_> = gone.map(|(_, line)| line).collect();
    let told = lines.iter().map(|(tag, line)| match tag {
        ChangeTag::Equal => format!(" {line}"),
        ChangeTag::Delete => format!("-{line}"),
        ChangeTag::Insert if gone.contains(line) => format!("+{line} # credentials changed"),
        ChangeTag::Insert => format!("+{line}"),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_are_those_of_diff() {
        let old = "a: 1\nb:\n    c: 1\n    d: 2\n    e: 3\n    f: 4\n    g: 5\nh: 6\n";
        let new = old.replace("g: 5", "g: 7");
        assert_eq!(
            unified(old, &new),
            [
                "@@ -4,5 +4,5 @@ b:",
                "     d: 2",
                "     e: 3",
                "     f: 4",
                "-    g: 5",
                "+    g: 7",
                " h: 6",
            ]
        );
        assert_eq!(unified("", "a: 1\n"), ["@@ -0,0 +1 @@", "+a: 1"]);
        assert_eq!(unified(old, old), Vec::<String>::new());
    }

    #[test]
    fn credentials_are_hidden() {
        assert_eq!(
            unified("a: git://me:one@h\n", "a: git://me:other@h\n"),
            [
                "@@ -1 +1 @@",
                "-a: git://***@h",
                "+a: git://***@h # credentials changed",
            ]
        );
    }
}
