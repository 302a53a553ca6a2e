use countersign::verification::Matched;

fn main() {}
