//! Compares expressions with cel-go as the API server configures it: `tests/oracle/cel`.
//!
//! Needs Go. `CEL_CASES` sets the number of generated expressions, and `CEL_SEED` their seed.

mod generate;
mod oracle;
mod show;
mod written;

use std::collections::BTreeSet;

use apimachinery::Release;
use serde_json::{Value as Json, json};

use self::oracle::{Answer, Oracle, Request};
use super::ast::Expr;
use super::check::Checked;
use super::declarations::Declaration;
use super::environment::{Environment, OldSelf, PER_CALL_LIMIT, Variables};
use super::eval::{Failure, Outcome};
use super::functions::Functions;
use super::library::Overload;
use super::types::Type;
use super::value::Value;
use super::version::Version;
use crate::cel::Seen;
use crate::path::Path;
use crate::schema::Compiler;
use crate::target::{Expressions, Target};
use crate::view::{Mode, View};

/// The oracle's target.
const TARGET: Target = Target {
    release: Release::LATEST,
    expressions: Expressions::Stored,
};

/// Our answer.
fn ours(environment: &Environment, request: &Request) -> Answer {
    let Some(declaration) = Declaration::of(&request.schema, request.resource_root) else {
        return Answer::refused("schema: no declaration for the schema".to_owned());
    };
    let old_self = request.old();
    let program = match environment.compile_any(&request.expression, &declaration, old_self) {
        Ok(program) => program,
        Err(error) => return Answer::refused(error.to_string()),
    };
    let compiler = Compiler {
        twins: &[],
        release: TARGET.release,
        environment,
    };
    let schema = match compiler.compile(&request.schema, &Path::ROOT, &[]) {
        Ok((schema, _)) => schema,
        Err(error) => return Answer::refused(error.to_string()),
    };
    let seen = if request.resource_root {
        Seen::Resource
    } else {
        Seen::Typed
    };
    let value = |json| Value::of(View::new(json, &schema, Mode::Raw), seen);
    let old = request.old_self.as_ref().map(value);
    let old = match old_self {
        OldSelf::Plain => old,
        OldSelf::Optional => Some(Ok(old.map_or(Value::Optional(None), Value::some_or_fault))),
    };
    let variables = Variables {
        this: value(&request.this),
        old,
    };
    let limit = if request.limit == 0 {
        PER_CALL_LIMIT
    } else {
        request.limit
    };
    let Outcome { value, cost } = program.evaluate(variables, limit);
    let mut answer = Answer {
        estimated: program.estimated_cost(),
        cost,
        ..Answer::default()
    };
    match value {
        Ok(value) => answer.value = show::show(&value),
        Err(Failure::Fault(fault)) => answer.error = fault.to_string(),
        Err(Failure::CostLimit) => {
            "operation cancelled: actual cost limit exceeded".clone_into(&mut answer.error);
        }
    }
    answer
}

/// The difference between our answer and the server's, if any.
fn difference(request: &Request, ours: &Answer, theirs: &Answer) -> Option<String> {
    let are_refused = !ours.compile_error.is_empty() && !theirs.compile_error.is_empty();
    // Syntax errors have each parser's own wording, and a panic's message is arbitrary.
    let is_worded = |text| theirs.compile_error.contains(text);
    let is_unworded = is_worded("Syntax error") || is_worded("panic: ");
    if is_same(ours, theirs) || are_refused && is_unworded {
        return None;
    }
    let schema = &request.schema;
    let (text, this) = (&request.expression, &request.this);
    Some(format!(
        "{text}\n  self: {this}\n  schema: {schema}\n  ours:   {ours:?}\n  theirs: {theirs:?}"
    ))
}

/// The text of an error before the first struct that the server prints with pointers, which differ
/// each time.
fn before_pointers(error: &str) -> Option<&str> {
    let (before, rest) = error.split_once('{')?;
    let before = before.trim_end_matches('&');
    rest.contains("0x").then_some(before)
}

/// Whether two answers are the same, as far as the server's answer is deterministic.
fn is_same(ours: &Answer, theirs: &Answer) -> bool {
    match before_pointers(&theirs.error) {
        Some(before) if ours.error.starts_with(before) => {
            let error = theirs.error.clone();
            *theirs
                == Answer {
                    error,
                    ..ours.clone()
                }
        }
        _ => ours == theirs,
    }
}

fn compare(requests: Vec<Request>) {
    compare_as(TARGET.version(), requests);
}

/// How often the server is asked again if answers differ: its iteration order over maps changes,
/// and with it the first error that it finds. Of two keys, the second comes first one time in
/// eight.
const AGAIN: usize = 100;

fn compare_as(version: Version, mut requests: Vec<Request>) {
    for request in &mut requests {
        request.compatible = version.compatible;
    }
    let environment = Environment::new(version);
    let count = requests.len();
    let mut differing = differences(&environment, requests);
    for _ in 0..AGAIN {
        if differing.is_empty() {
            return;
        }
        let requests = differing.into_iter().map(|(request, _)| request).collect();
        differing = differences(&environment, requests);
    }
    let shown: Vec<_> = differing.iter().take(40).map(|(_, how)| &**how).collect();
    assert!(
        differing.is_empty(),
        "{} of {count} differ:\n{}",
        differing.len(),
        shown.join("\n")
    );
}

/// The requests whose answers differ from the server's, and the differences.
fn differences(environment: &Environment, requests: Vec<Request>) -> Vec<(Request, String)> {
    let answers = Oracle::ask(&requests);
    assert_eq!(answers.len(), requests.len(), "the oracle answers all");
    let pairs = requests.into_iter().zip(&answers);
    pairs
        .filter_map(|(request, theirs)| {
            let how = difference(&request, &ours(environment, &request), theirs)?;
            Some((request, how))
        })
        .collect()
}

/// Runs a test with enough stack for maximum nesting, which takes much of it without optimization.
fn with_room(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(test);
    if let Err(panic) = thread.expect("a thread starts").join() {
        std::panic::resume_unwind(panic);
    }
}

/// Our answers when they agreed with the server's; written with `BLESS=1`.
#[test]
fn written_expressions_keep_their_answers() {
    with_room(|| {
        let environment = Environment::new(TARGET.version());
        let answer = |request: &Request| {
            let answer = ours(&environment, request);
            let Answer { cost, value, .. } = &answer;
            let what = [&answer.compile_error, &answer.error, value].map(String::as_str);
            let text = &request.expression;
            format!("{text}\n  {:?} for {cost}\n", what.concat())
        };
        let answers: String = written::short().iter().map(answer).collect();
        let recorded = "src/cel/differential/written/answers.txt";
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(recorded, &answers).expect("the answers are written");
        }
        let recorded = std::fs::read_to_string(recorded).expect("answers are recorded");
        for (answer, recorded) in answers.lines().zip(recorded.lines()) {
            assert_eq!(answer, recorded);
        }
        assert_eq!(answers.len(), recorded.len());
    });
}

#[test]
#[ignore = "needs Go"]
fn written_expressions() {
    with_room(|| compare(written::requests()));
}

#[test]
#[ignore = "needs Go"]
fn written_expressions_that_older_servers_have_to_understand() {
    with_room(|| {
        let version = TARGET.version();
        for compatible in Release::ALL.iter().map(|release| release.minor() - 1) {
            compare_as(
                Version {
                    compatible,
                    ..version
                },
                written::requests(),
            );
        }
    });
}

/// The overloads that an expression and its parts may call.
fn called<'c>(checked: &'c Checked, expr: &'c Expr) -> Vec<usize> {
    let mut all = checked.overloads(expr.id).to_vec();
    for child in expr.children() {
        all.extend(called(checked, child));
    }
    all
}

#[test]
fn every_function_occurs_in_generated_expressions() {
    let environment = Environment::new(TARGET.version());
    let functions = Functions::new(TARGET.version());
    let mut reached = BTreeSet::new();
    for request in generate::requests(1, 6_000) {
        let declaration = Declaration::of(&request.schema, false).expect("it is an object");
        let text = &request.expression;
        if let Ok(checked) = environment.check(text, &declaration, request.old()) {
            reached.extend(called(&checked, &checked.root));
        }
    }
    let overloads = (0..).map_while(|at| Some((at, functions.get(at)?)));
    // There are no objects to call the authorization functions on.
    let is_of_objects = |overload: &Overload| {
        let is_object = |param: &Type| matches!(param, Type::Object(_));
        overload.params.iter().any(is_object)
    };
    let missed =
        overloads.filter(|(at, overload)| !reached.contains(at) && !is_of_objects(overload));
    let missed: Vec<_> = missed.map(|(_, overload)| overload.id).collect();
    assert_eq!(missed, [""; 0]);
}

#[test]
#[ignore = "needs Go"]
fn generated_expressions() {
    let number = |name: &str, otherwise| {
        let text = std::env::var(name).ok();
        text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let count = number("CEL_CASES", 10_000);
    let mut seed = number("CEL_SEED", 1);
    let mut left = count;
    with_room(move || {
        while left > 0 {
            let batch = left.min(20_000);
            compare(generate::requests(seed, batch));
            left -= batch;
            seed += 1;
        }
    });
}

fn request(schema: &Json, this: &Json, expression: &str) -> Request {
    Request {
        schema: schema.clone(),
        expression: expression.to_owned(),
        this: this.clone(),
        ..Request::default()
    }
}

/// A request without an interesting schema.
fn plain(expression: &str) -> Request {
    request(
        &json!({"type": "object", "properties": {}}),
        &json!({}),
        expression,
    )
}
