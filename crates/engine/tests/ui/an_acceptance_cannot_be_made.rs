use countersign::Acceptance;

fn forge(attempt: countersign::id::AttemptId, user: countersign::user::UserKey, assurance: countersign::assurance::Assurance) -> Acceptance {
    Acceptance { user, attempt, authenticator: None, assurance }
}

fn main() {}
