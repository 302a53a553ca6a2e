//! Starts tests, benchmarks and checks.
fn main() {}
