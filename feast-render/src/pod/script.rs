//! The script of the first init container.

use std::borrow::Cow;

use feast_api::v1::{FeastInitOptions, GitCloneOptions};

use crate::context::Context;
use crate::corrections::Correction;
use crate::names::STORE_YAML_KEY;

/// Copies a packaged repository.
const STAGE: &str = r#"set -euo pipefail
echo "Staging packaged feast repository..."
if [[ ! -d "${FEAST_PACKAGED_FEATURE_REPO_PATH}" ]]; then echo "Packaged feature repository not found: ${FEAST_PACKAGED_FEATURE_REPO_PATH}" >&2; exit 1; fi
rm -rf -- "${FEAST_STAGED_FEATURE_REPO_PATH}"
mkdir -p -- "${FEAST_STAGED_FEATURE_REPO_PATH}"
cp -a -- "${FEAST_PACKAGED_FEATURE_REPO_PATH}/." "${FEAST_STAGED_FEATURE_REPO_PATH}/"
printf '%s' "${TMP_FEATURE_STORE_YAML_BASE64}" | base64 -d > "${FEAST_STAGED_FEATURE_REPO_PATH}/feature_store.yaml"
echo "Packaged feast repository staging complete"
"#;

/// The script that creates the feature repository.
pub(super) fn init(context: &Context<'_>) -> String {
    if context.packaged_path().is_some() {
        return STAGE.to_owned();
    }
    let shell = Shell {
        quoted: context.corrects(Correction::QuotedInitScripts),
    };
    let set = if context.corrects(Correction::FailingInitScripts) {
        "set -euo pipefail\n"
    } else {
        ""
    };
    let command = command(context, shell);
    let shown = shell.literal(&command);
    let made = context.made_repository_path();
    let repository = shell.word(&made);
    let file = [&made, "/", STORE_YAML_KEY].concat();
    let file = shell.word(&file);
    let parts = [
        set,
        "echo \"Creating feast repository...\"\n",
        "echo ",
        &shown,
        "\nif [[ ! -d ",
        &repository,
        " ]]; then ",
        &command,
        "; fi;\necho $TMP_FEATURE_STORE_YAML_BASE64 | base64 -d > ",
        &file,
        ";\necho \"Feast repo creation complete\";\n",
    ];
    parts.concat()
}

fn command(context: &Context<'_>, shell: Shell) -> String {
    let dir = context.applied.feast_project_dir.as_ref();
    if let Some(git) = dir.and_then(|dir| dir.git.as_ref()) {
        return clone(git, &context.project_path(), shell);
    }
    let options = dir.and_then(|dir| dir.init.as_ref());
    feast_init(options, &context.applied.feast_project)
}

fn feast_init(options: Option<&FeastInitOptions>, project: &str) -> String {
    let mut command = "feast init".to_owned();
    if options.is_some_and(|options| options.minimal == Some(true)) {
        command.push_str(" -m");
    }
    if let Some(template) = options.and_then(|options| options.template) {
        command.push_str(" -t ");
        command.push_str(template.as_str());
    }
    [&command, " ", project].concat()
}

fn clone(git: &GitCloneOptions, project: &str, shell: Shell) -> String {
    let mut command = "git".to_owned();
    for (key, value) in git.configs.iter().flatten() {
        command.push_str(" -c ");
        command.push_str(&shell.word(&format!("{key}={value}")));
    }
    let project = shell.word(project);
    let url = shell.word(&git.url);
    let checkout = git.ref_.as_ref().map_or_else(String::new, |reference| {
        format!(" && cd {project} && git checkout {}", shell.word(reference))
    });
    format!("{command} clone {url} {project}{checkout}")
}

/// How a string is inserted into a script.
#[derive(Clone, Copy)]
struct Shell {
    /// Whether words are quoted; the reference inserts them verbatim.
    quoted: bool,
}

impl Shell {
    /// One word, in which `${VARIABLE}` is still expanded, because URLs may contain tokens this
    /// way. Double quotes, which the reference requires around some words, are dropped.
    fn word(self, text: &str) -> Cow<'_, str> {
        let safe = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
        if !self.quoted || (!text.is_empty() && text.chars().all(safe)) {
            return text.into();
        }
        let mut word = String::from('"');
        for (at, c) in text.char_indices() {
            match c {
                '"' => continue,
                '$' if is_variable(&text[at..]) => {}
                '\\' | '`' | '$' => word.push('\\'),
                _ => {}
            }
            word.push(c);
        }
        word.push('"');
        word.into()
    }

    /// A literal string.
    fn literal(self, text: &str) -> String {
        let text = if self.quoted {
            Cow::from(text.replace('\'', r"'\''"))
        } else {
            text.into()
        };
        ["'", &text, "'"].concat()
    }
}

/// Whether a string starts with `${NAME}`.
fn is_variable(text: &str) -> bool {
    let name = text
        .strip_prefix("${")
        .and_then(|rest| rest.split_once('}'));
    name.is_some_and(|(name, _)| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_if_necessary() {
        let shell = Shell { quoted: true };
        for (text, word) in [
            (
                "https://github.com/acme/repo.git",
                "https://github.com/acme/repo.git",
            ),
            ("user.name=a b", r#""user.name=a b""#),
            ("x; rm -rf /", r#""x; rm -rf /""#),
            ("$(id)`id`$HOME", r#""\$(id)\`id\`\$HOME""#),
            ("a'b\\", r#""a'b\\""#),
            ("", r#""""#),
            (
                r#"url."https://api:${TOKEN}@github.com/".insteadOf=https://github.com/"#,
                r#""url.https://api:${TOKEN}@github.com/.insteadOf=https://github.com/""#,
            ),
            ("${1}${a-b}${}", r#""\${1}\${a-b}\${}""#),
        ] {
            assert_eq!(shell.word(text), word);
            assert_eq!(Shell { quoted: false }.word(text), text);
        }
        assert_eq!(shell.literal("git 'x'"), r"'git '\''x'\'''");
    }
}
