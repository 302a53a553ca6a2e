//! The QR code of an enrollment, as PNG.

use std::hint::black_box;
use std::time::Duration;

use countersign_otp::{KeyUri, Secret, qr};
use countersign_testkit::TestRandom;

use crate::Failure;
use crate::interleave::{Contender, rounds};
use crate::report::{Measure, Report, Row};

/// The most seconds that a picture may take.
const MOST: f64 = 0.4e-3;

/// Takes the figure.
pub fn measure(report: &mut Report) -> Result<(), Failure> {
    let secret: [u8; 20] = TestRandom::default().bytes();
    let uri = KeyUri::totp("MyApp", "alice@example.com", Secret::from_bytes(&secret)?)?;
    let text = uri.text();
    let peer = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::new_stack(secret))
        .with_issuer(Some("MyApp"))
        .with_account_name("alice@example.com")
        .build()?;
    qr::png(&text)?;
    peer.to_qr_png()?;
    let [ours, theirs] = rounds(
        [
            Contender::new(|| {
                black_box(qr::png(black_box(&text)).ok());
            }),
            Contender::new(|| {
                black_box(black_box(&peer).to_qr_png().ok());
            }),
        ],
        11,
        Duration::from_millis(100),
    );
    let took = ours.median();
    report.row(
        Row::new("QR code of an enrollment, PNG", Measure::Seconds(took))
            .beside("totp-rs 6", Measure::Seconds(theirs.median()))
            .ratio(ours.faster_than(&theirs))
            .goal("≤ 0.4 ms", took <= MOST),
    );
    Ok(())
}
