//! `/mfa/setup`: begins an enrollment. The answer to the post is the only one that holds the secret.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use countersign::authenticator::Kind;
use countersign::otp::{Algorithm, Digits, qr};
use countersign::{Enrollment, EnrollmentOptions};

use crate::extract::{Signed, Submitted};
use crate::pages::{EnrollmentDone, EnrollmentScan, EnrollmentStart, StartProblem, Steps};
use crate::picture::Picture;
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::state::Front;
use crate::table::Table;
use crate::{reply, view};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/mfa/setup", page)
        .post("/mfa/setup", submit)
        .get("/mfa/setup/done", done)
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    label: Option<String>,
    algorithm: Option<String>,
    digits: Option<u8>,
}

impl Fields {
    fn options(&self) -> Result<EnrollmentOptions, Problem> {
        let invalid = |_| Problem::InvalidFields;
        let algorithm = self.algorithm.as_deref().map(str::parse::<Algorithm>);
        let digits = self.digits.map(Digits::try_from);
        // A form sends its empty field too.
        let label = self.label.clone().filter(|label| !label.is_empty());
        Ok(EnrollmentOptions {
            kind: Kind::Totp,
            label,
            algorithm: algorithm.transpose().map_err(invalid)?,
            digits: digits.transpose().map_err(invalid)?,
        })
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    authenticator_id: String,
    secret: &'a str,
    uri: &'a str,
    qr_data_uri: &'a str,
    qr_svg: &'a str,
    expires_at: String,
}

async fn page(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    signed.fresh(&front, Place::Setup)?;
    Ok(start(&front, &signed, Fields::default(), None))
}

async fn submit(
    State(front): State<Front>,
    signed: Signed,
    Submitted(fields): Submitted<Fields>,
) -> Result<Response, Failure> {
    let options = fields.options()?;
    let beginning = front
        .mfa
        .begin_enrollment(&signed.session, options, signed.visit.origin());
    match beginning.await?.settle() {
        Ok(enrollment) if signed.visit.html => scan(&front, &signed, &enrollment),
        Ok(enrollment) => answer(&signed, &enrollment),
        Err(failure) if signed.visit.html && problem(&failure).is_some() => {
            Ok(start(&front, &signed, fields, Some(&failure)))
        }
        Err(failure) => Err(failure.at(Place::Setup)),
    }
}

async fn done(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    signed.visit.browser("")?;
    let overview = front.mfa.overview(&signed.session).await?;
    let mut confirmed: Vec<_> = overview
        .authenticators
        .iter()
        .filter(|row| row.status.demands_second_step())
        .collect();
    confirmed.sort_by_key(|row| row.confirmed_at);
    let first = confirmed.len() == 1;
    let newest = confirmed.pop().ok_or(Problem::NotFound)?;
    let page = EnrollmentDone {
        chrome: signed.chrome(&front),
        label: newest.label.clone(),
        first,
    };
    Ok(reply::page(StatusCode::OK, signed.jar(), &page))
}

/// Where the first authenticator's four steps or a further one's two stand.
pub(super) fn steps(signed: &Signed, current: u8) -> Steps {
    let first = signed.session.holdings().demanding() == 0;
    let total = if first { 4 } else { 2 };
    Steps { current, total }
}

fn answer(signed: &Signed, enrollment: &Enrollment) -> Result<Response, Failure> {
    let picture = Picture::of(enrollment.uri())?;
    let answer = Answer {
        authenticator_id: enrollment.id().to_string(),
        secret: enrollment.secret(),
        uri: enrollment.uri(),
        qr_data_uri: &picture.data_uri,
        qr_svg: &picture.svg,
        expires_at: enrollment.expires_at().rfc3339(),
    };
    Ok(reply::json(StatusCode::CREATED, signed.jar(), &answer))
}

fn scan(front: &Front, signed: &Signed, enrollment: &Enrollment) -> Result<Response, Failure> {
    let svg = qr::svg(enrollment.uri()).map_err(|_| Problem::Internal)?;
    let symbols: Vec<char> = enrollment.secret().chars().collect();
    let page = EnrollmentScan {
        chrome: signed.chrome(front),
        steps: steps(signed, 2),
        qr_svg: svg.to_string(),
        key_groups: symbols
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect(),
        uri: enrollment.uri().to_owned(),
        account: enrollment.account().to_owned(),
        issuer: enrollment.issuer().to_owned(),
        algorithm: enrollment.algorithm().as_str().to_owned(),
        digits: enrollment.digits().get(),
        period: u32::try_from(enrollment.period().get()).unwrap_or(u32::MAX),
        expires: view::time_of_day(enrollment.expires_at()),
    };
    Ok(reply::page(StatusCode::OK, signed.jar(), &page))
}

fn start(front: &Front, signed: &Signed, fields: Fields, failure: Option<&Failure>) -> Response {
    let page = EnrollmentStart {
        chrome: signed.chrome(front),
        steps: steps(signed, 1),
        label: fields.label.unwrap_or_default(),
        algorithm: fields.algorithm.unwrap_or_else(|| "SHA1".to_owned()),
        digits: fields.digits.unwrap_or(6),
        problem: failure.and_then(problem),
    };
    let status = failure.map_or(StatusCode::OK, Failure::status);
    reply::page(status, signed.jar(), &page)
}

fn problem(failure: &Failure) -> Option<StartProblem> {
    match failure.problem {
        Problem::LabelInvalid => Some(StartProblem::Label),
        Problem::TooManyAuthenticators => Some(StartProblem::TooMany),
        _ => None,
    }
}
