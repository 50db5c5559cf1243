//! The flags of a program, as Markdown.

use std::fmt::Write as _;

use clap::{Arg, Command};

/// A chapter for each subcommand of a program: usage, arguments and flags, examples.
///
/// Global flags are listed once, at the end. Hidden flags are omitted.
pub fn reference(program: Command) -> String {
    let mut program = program.term_width(usize::MAX);
    program.build();
    let mut text = String::new();
    let shown = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    for command in program.get_subcommands().filter(shown) {
        chapter(&mut text, command);
    }
    let global: Vec<_> = program
        .get_arguments()
        .filter(|arg| is_shown(arg))
        .collect();
    text.push_str("\n## Flags of all commands\n");
    table(&mut text, &global);
    text
}

// Writing to a string cannot fail.

fn chapter(text: &mut String, command: &Command) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let _ = writeln!(text, "\n## {name}");
    let about = command.get_long_about().or(command.get_about());
    if let Some(about) = about {
        let _ = writeln!(text, "\n{}", prose(&about.to_string()));
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = writeln!(text, "\n```text\n{usage}\n```");
    let own = |arg: &&Arg| is_shown(arg) && !arg.is_global_set();
    let mut args: Vec<_> = command.get_arguments().filter(own).collect();
    args.sort_by_key(|arg| !arg.is_positional());
    let mut headings = Vec::new();
    for arg in &args {
        let heading = arg.get_help_heading();
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        if let Some(heading) = heading {
            let _ = writeln!(text, "\n{heading}:");
        }
        let of = args.iter().filter(|arg| arg.get_help_heading() == heading);
        table(text, &of.copied().collect::<Vec<_>>());
    }
    if let Some(help) = command.get_after_help() {
        after(text, &help.to_string());
    }
}

fn is_shown(arg: &Arg) -> bool {
    !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())
}

fn table(text: &mut String, args: &[&Arg]) {
    if args.is_empty() {
        return;
    }
    text.push_str("\n| argument | |\n| --- | --- |\n");
    for arg in args {
        let _ = writeln!(text, "| {} | {} |", name(arg), described(arg));
    }
}

/// Such as `-o`, `--output FORM`.
fn name(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default();
    let takes_value = arg.get_action().takes_values();
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    let values = values.join(" ").replace('|', "\\|");
    if arg.is_positional() {
        return format!("`{values}`");
    }
    let value = if takes_value {
        format!(" {values}")
    } else {
        String::new()
    };
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let mut names: Vec<_> = short.into_iter().chain(long).collect();
    if let Some(last) = names.last_mut() {
        last.push_str(&value);
    }
    let names = names.iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}

/// The description of an argument, its values, and its default.
fn described(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help());
    let mut text = help
        .map(|help| prose(&help.to_string()))
        .unwrap_or_default();
    if !arg.is_hide_possible_values_set() && arg.get_action().takes_values() {
        let values = arg.get_possible_values();
        let shown = values.iter().filter(|value| !value.is_hide_set());
        let shown = shown.map(|value| match value.get_help() {
            Some(help) => {
                let help = prose(&help.to_string());
                format!("`{}`: {}", value.get_name(), help.trim_end_matches('.'))
            }
            None => format!("`{}`", value.get_name()),
        });
        let shown: Vec<_> = shown.collect();
        if !shown.is_empty() {
            let _ = write!(text, ".<br>{}", shown.join("<br>"));
        }
    }
    let defaults = arg.get_default_values().iter();
    let defaults = defaults.map(|value| value.to_string_lossy().into_owned());
    let defaults: Vec<_> = defaults.filter(|value| !value.is_empty()).collect();
    let is_flag = !arg.get_action().takes_values();
    if !defaults.is_empty() && !is_flag && !arg.is_hide_default_value_set() {
        let line = if text.contains("<br>") { "<br>" } else { " " };
        let _ = write!(text, "{line}[default: `{}`]", defaults.join(","));
    }
    if let Some(variable) = arg.get_env() {
        let _ = write!(text, " [env: `{}`]", variable.to_string_lossy());
    }
    text.replace('|', "\\|")
}

/// Plain text as Markdown: flags become code, and nothing becomes emphasis, a tag, or a line of its
/// own.
fn prose(text: &str) -> String {
    let paragraphs = text.trim().split("\n\n");
    let paragraphs = paragraphs.map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(index, part)| match index % 2 {
        0 => escaped(part),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

fn escaped(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let start = word.len() - word.trim_start_matches('(').len();
        let (open, word) = word.split_at(start);
        if !word.starts_with("--") {
            let word = word
                .replace('*', "\\*")
                .replace('<', "\\<")
                .replace('_', "\\_");
            return format!("{open}{word}");
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        let (flag, rest) = word.split_at(end);
        format!("{open}`{flag}`{rest}")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The text below the flags: examples as a block, the rest as text.
fn after(text: &mut String, help: &str) {
    for part in help.split("\n\n") {
        let _ = match part.strip_prefix("Examples:\n") {
            Some(lines) => {
                let lines = lines.lines().map(str::trim_start).collect::<Vec<_>>();
                writeln!(text, "\nExamples:\n\n```sh\n{}\n```", lines.join("\n"))
            }
            None => writeln!(text, "\n{}", prose(part)),
        };
    }
}
