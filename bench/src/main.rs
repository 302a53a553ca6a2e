//! Load generator and peers.
fn main() {}
