//! Reads Kubernetes objects, one a line as JSON, and says what the newest release's API server
//! refuses of each: a line with the list of refusals, empty if it takes the object.

use std::io::{self, BufRead, BufWriter, Write};

use kube_object_validation::{Release, check};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let object = serde_json::from_str(&line?)?;
        let refusals = check(&object, Release::LATEST).into_iter();
        let refusals: Vec<_> = refusals.map(|refusal| refusal.to_string()).collect();
        writeln!(out, "{}", serde_json::to_string(&refusals)?)?;
    }
    out.flush()
}
