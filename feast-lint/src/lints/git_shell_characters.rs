use apimachinery::FieldPath;
use feast_render::Correction;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "git-shell-characters",
    group: Group::Security,
    level: Level::Deny,
    since: "0.1.0",
    summary: "shell characters in git settings",
    docs: Docs {
        why: "The operator writes URL, ref and `configs` unquoted into a shell command of the \
              init container: a space splits a value, and `;`, `&`, `|`, `$` and others can run \
              other commands in the pod. The init container succeeds regardless.",
        sources: &["https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html"],
        example: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "https://github.com/example/features", ref: 1d2c3b4, configs: {user.name: Ada Lovelace}}}
"#,
        instead: "Use values without these characters, or a corrected operator.",
        mended: r#"
spec:
  feastProject: credit_scoring
  feastProjectDir: {git: {url: "https://github.com/example/features", ref: 1d2c3b4}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(git) = cx.git() else {
        return;
    };
    if cx.corrects(Correction::QuotedInitScripts) {
        return;
    }
    let base = FieldPath::of("spec.feastProjectDir.git");
    let configs = git.configs.iter().flatten();
    let configs = configs.map(|(key, value)| {
        (
            base.clone().field("configs").key(key.clone()),
            format!("{key}={value}"),
        )
    });
    let url = (base.clone().field("url"), git.url.clone());
    let name = git
        .ref_
        .clone()
        .map(|name| (base.clone().field("ref"), name));
    for (path, text) in [url].into_iter().chain(name).chain(configs) {
        if let Some(c) = special(&text) {
            out.add(
                path,
                format!("the shell interprets {c:?}, because the operator does not quote it"),
            )
            .help("remove it");
        }
    }
}

/// The first character that the shell interprets. Double quotes are allowed: they group words, and
/// variables in them are the way to pass a token.
fn special(text: &str) -> Option<char> {
    let mut is_quoted = false;
    for c in text.chars() {
        let is_special = if is_quoted {
            "`'\\".contains(c)
        } else {
            c.is_whitespace() || ";&|<>()`'\\*?#".contains(c)
        };
        if is_special {
            return Some(c);
        }
        is_quoted ^= c == '"';
    }
    is_quoted.then_some('"')
}

#[cfg(test)]
mod tests {
    use super::special;

    #[test]
    fn quotes_keep_together() {
        for (text, found) in [
            ("https://github.com/example/features.git", None),
            (
                "url.\"https://api:${TOKEN}@github.com/\".insteadOf=https://github.com/",
                None,
            ),
            ("user.name=Ada Lovelace", Some(' ')),
            ("user.name=\"Ada Lovelace\"", None),
            ("a;b", Some(';')),
            ("\"a`b\"", Some('`')),
            ("\"a", Some('"')),
            ("it's", Some('\'')),
        ] {
            assert_eq!(special(text), found, "{text}");
        }
    }
}
