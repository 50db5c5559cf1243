//! Every output format, checked with a reader of the format.

use std::path::Path;
use std::process::Command;

use anstyle_svg::{Term, WIN10_CONSOLE};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

/// Inputs, with the number of FeatureStores and of findings.
const INPUTS: [(&[&str], usize, usize); 4] = [
    (&["tests/data/nothing.yaml"], 0, 0),
    (&["../examples"], 5, 0),
    (
        &["tests/data/broken.yaml", "tests/data/autoscaled.yaml"],
        3,
        7,
    ),
    (&["tests/data/mixed.yaml", "tests/data/missing.yaml"], 1, 7),
];

/// The output of `validate`, with the only lint that reports `autoscaled.yaml`.
fn validate(form: &str, input: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(["validate", "--output", form])
        .args(["--allow", "all", "--warn", "hpa-minimum-of-one"])
        .args(input)
        .output()
        .expect("the binary runs");
    String::from_utf8(output.stdout).expect("output is text")
}

/// Whether the URL of a rule is a heading in the documentation.
fn is_documented(rule: &Value) -> bool {
    let page = rule["helpUri"].as_str().unwrap_or_default();
    let Some((page, heading)) = page.split_once('#') else {
        return false;
    };
    let file = page.rsplit('/').next().unwrap_or_default();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let text = test_support::text(&docs.join(file));
    text.contains(&format!("\n### {heading}\n"))
}

#[test]
fn sarif_has_the_default_level_of_each_rule() {
    let sarif: Value =
        serde_json::from_str(&validate("sarif", &["tests/data/broken.yaml"])).unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let levels = rules.iter().map(|rule| {
        let level = &rule["defaultConfiguration"]["level"];
        (rule["id"].as_str().unwrap(), level.as_str().unwrap())
    });
    let levels: Vec<_> = levels.collect();
    assert!(
        levels.contains(&("rules-not-checked", "warning")),
        "{levels:?}"
    );
    assert!(
        levels.contains(&("scaling-registry", "error")),
        "{levels:?}"
    );
}

/// The published schema without descriptions, and with a fixed pattern of `language`, which is not
/// a valid regular expression.
#[test]
fn sarif_fits_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("data/sarif-schema-2.1.0.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (input, _, findings) in INPUTS {
        let sarif: Value = serde_json::from_str(&validate("sarif", input)).unwrap();
        let errors: Vec<_> = schema
            .iter_errors(&sarif)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{input:?}: {errors:?}");
        let run = &sarif["runs"][0];
        let results = run["results"].as_array().unwrap();
        let told = run["invocations"][0]["toolExecutionNotifications"]
            .as_array()
            .unwrap();
        assert_eq!(results.len() + told.len(), findings, "{input:?}");
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for rule in rules {
            for text in [
                "/shortDescription/text",
                "/fullDescription/text",
                "/help/markdown",
            ] {
                let text = rule.pointer(text).and_then(Value::as_str);
                assert!(text.is_some_and(|text| !text.is_empty()), "{rule}");
            }
            assert!(is_documented(rule), "{rule}");
        }
        for result in results {
            assert!(
                rules.iter().any(|rule| rule["id"] == result["ruleId"]),
                "{result}"
            );
        }
    }
}

#[test]
fn json_has_every_finding_and_its_place() {
    for (input, stores, findings) in INPUTS {
        let json: Value = serde_json::from_str(&validate("json", input)).unwrap();
        assert_eq!(json["summary"]["featureStores"], stores, "{input:?}");
        let found = json["findings"].as_array().unwrap();
        assert_eq!(found.len(), findings, "{input:?}");
        for finding in found
            .iter()
            .filter(|finding| finding["code"] != "unreadable-file")
        {
            for place in ["document", "line", "column"] {
                assert!(finding[place].as_u64() > Some(0), "{finding}");
            }
        }
    }
}

#[test]
fn junit_is_xml_that_adds_up() {
    for (input, stores, _) in INPUTS {
        let text = validate("junit", input);
        let mut reader = Reader::from_str(&text);
        let (mut open, mut cases, mut told) = (0, 0, None);
        loop {
            let event = reader.read_event().unwrap();
            if let Event::Start(start) | Event::Empty(start) = &event {
                cases += usize::from(start.name().as_ref() == b"testcase");
                if start.name().as_ref() == b"testsuites" {
                    let tests = start.try_get_attribute("tests").unwrap().unwrap();
                    told = Some(std::str::from_utf8(&tests.value).unwrap().to_owned());
                }
            }
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open, 0);
        assert_eq!(told, Some(cases.to_string()), "{input:?}");
        assert!(cases >= stores, "{input:?}");
    }
}

#[test]
fn tap_has_its_plan() {
    for (input, stores, _) in INPUTS {
        let text = validate("tap", input);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("TAP version 14"));
        let is_test = |line: &&str| line.starts_with("ok ") || line.starts_with("not ok ");
        let tests: Vec<_> = text.lines().filter(is_test).collect();
        for (index, test) in tests.iter().enumerate() {
            assert!(test.contains(&format!("ok {} - ", index + 1)), "{test}");
        }
        assert!(tests.len() >= stores);
        let plan = format!("1..{}", tests.len());
        assert_eq!(
            text.lines().filter(|line| *line == plan).count(),
            1,
            "{text}"
        );
        let opened = text.lines().filter(|line| *line == "  ---").count();
        assert_eq!(opened, text.lines().filter(|line| *line == "  ...").count());
    }
}

#[test]
fn commands_for_github_are_one_on_a_line() {
    for (input, _, findings) in INPUTS {
        let text = validate("github", input);
        let commands = text.lines().filter(|line| line.starts_with("::"));
        assert_eq!(commands.count(), findings, "{input:?}");
        // The last line is the summary.
        assert_eq!(text.lines().count(), findings + 1, "{input:?}");
    }
}

#[test]
fn colour_is_used_when_it_is_wanted() {
    let run = |args: &[&str], no_color: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"));
        command
            .arg("validate")
            .args(args)
            .arg("tests/data/broken.yaml");
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let output = command.output().expect("the binary runs");
        output.stdout.contains(&b'\x1b')
    };
    assert!(!run(&[], false));
    assert!(!run(&["--color", "never"], false));
    assert!(run(&["--color", "always"], false));
    assert!(!run(&["--color", "auto"], true));
}

/// `BLESS=1` updates it.
#[test]
fn the_pictures_of_the_readme_are_what_commands_draw() {
    is_drawn(
        "../docs/graph.svg",
        &[
            "graph",
            "../examples/production.yaml",
            "--without",
            "rights",
        ],
    );
    is_drawn(
        "../docs/capacity.svg",
        &[
            "capacity",
            "../examples/scaling-hpa.yaml",
            "../examples/scaling-static.yaml",
            "--max-cpu=8",
            "--max-connections=400",
        ],
    );
}

/// `BLESS=1` draws it anew.
#[test]
fn the_picture_of_findings_is_what_a_terminal_shows() {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .current_dir("tests/data")
        .args(["validate", "autoscaled.yaml", "--color", "always"])
        .output()
        .expect("the binary runs");
    let printed = String::from_utf8(output.stdout).expect("output is text");
    let command = "$ kubectl feast validate autoscaled.yaml";
    let terminal = Term::new().palette(WIN10_CONSOLE);
    let drawn = terminal.render_svg(&format!("{command}\n{printed}"));
    is_known("../docs/findings.svg", &drawn);
}

fn is_drawn(picture: &str, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(arguments)
        .args(["--output", "svg"])
        .output()
        .expect("the binary runs");
    let drawn = String::from_utf8(output.stdout).expect("output is text");
    is_known(picture, &drawn);
}

fn is_known(picture: &str, drawn: &str) {
    let mut reader = Reader::from_str(drawn);
    while reader.read_event().expect("it is XML") != Event::Eof {}
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(picture, drawn).expect("the picture is written");
    }
    let known = std::fs::read_to_string(picture).expect("the picture can be read");
    assert!(drawn == known, "draw {picture} anew: BLESS=1");
}
