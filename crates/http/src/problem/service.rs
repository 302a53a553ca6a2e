//! The service API's own statuses. A 401 is about the back end's key there, never about its user; and
//! there is no session that something else could be missing from.

use super::{Failure, Problem};

impl Failure {
    /// The same failure, as the service API tells it.
    pub(crate) fn on_service(self) -> Self {
        Self {
            problem: on_service(self.problem),
            ..self
        }
    }
}

const fn on_service(problem: Problem) -> Problem {
    match problem {
        Problem::InvalidCode | Problem::InvalidConfirmation => Problem::CodeRefused,
        Problem::CodeAlreadyUsed => Problem::CodeSpent,
        Problem::InvalidPasskey => Problem::PasskeyRefused,
        Problem::ChallengeUsed => Problem::ChallengeSpent,
        Problem::NoPendingSetup => Problem::NothingPending,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_may_differ_and_a_code_never() {
        let mut moved = 0;
        for problem in Problem::ALL {
            let (front, service) = (problem.row(), on_service(*problem).row());
            assert_eq!(front.code, service.code);
            moved += u32::from(front.status != service.status);
        }
        assert_eq!(moved, 6);
    }
}
