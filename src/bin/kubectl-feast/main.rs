//! kubectl-feast
fn main() {}
