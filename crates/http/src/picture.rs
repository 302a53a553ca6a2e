//! A setup's QR picture in the two forms that answers carry.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use countersign::otp::qr;

use crate::problem::Problem;

/// The picture of an `otpauth:` URI, as secret as that.
pub(crate) struct Picture {
    /// An SVG element.
    pub(crate) svg: Zeroizing<String>,
    /// The address of a PNG.
    pub(crate) data_uri: Zeroizing<String>,
}

impl Picture {
    /// Draws it.
    pub(crate) fn of(uri: &str) -> Result<Self, Problem> {
        let undrawable = |_| Problem::Internal;
        let png = qr::png(uri).map_err(undrawable)?;
        let mut data_uri = Zeroizing::new(String::from("data:image/png;base64,"));
        BASE64.encode_append(&png, &mut data_uri);
        Ok(Self {
            svg: qr::svg(uri).map_err(undrawable)?,
            data_uri,
        })
    }
}
