use countersign::Acceptance;

fn promote(_: Acceptance) {}

fn twice(acceptance: Acceptance) {
    promote(acceptance);
    promote(acceptance);
}

fn copied(acceptance: &Acceptance) -> Acceptance {
    Acceptance::clone(acceptance)
}

fn main() {}
