//! QR codes as SVG, PNG and terminal text; refuses colors, logos and everything else that makes
//! scanning harder.

use core::fmt::Write as _;

use fast_qr::{ECL, QRBuilder, QRCode};
use zeroize::Zeroizing;

use crate::error::QrError;

/// Modules of white around the code (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;
/// Pixels to a module in the PNG.
const SCALE: usize = 6;

/// An `<svg>` element to embed in a page: two paths and a `viewBox`, no script, style, text or
/// reference.
///
/// One unit a module; the size, the role and the alternative text are the page's. The white
/// background includes the quiet zone, so that it scans on a dark page too.
pub fn svg(text: &str) -> Result<Zeroizing<String>, QrError> {
    let picture = Picture::new(text)?;
    let side = picture.side();
    let mut svg = Zeroizing::new(String::with_capacity(512 + 16 * side * side / 2));
    // Writing to a string does not fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\""
    );
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|&x| picture.dark(x, y)).count();
            if run > 0 {
                let _ = write!(svg, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    svg.push_str("\"/></svg>");
    Ok(svg)
}

/// A PNG file, one bit a pixel, six pixels a module.
pub fn png(text: &str) -> Result<Zeroizing<Vec<u8>>, QrError> {
    let picture = Picture::new(text)?;
    let side = picture.side() * SCALE;
    let mut pixels = Zeroizing::new(Vec::with_capacity(side * side.div_ceil(8)));
    for y in 0..picture.side() {
        let mut row = Zeroizing::new(vec![0xff_u8; side.div_ceil(8)]);
        for (at, byte) in row.iter_mut().enumerate() {
            for bit in 0..8 {
                if picture.dark((8 * at + bit) / SCALE, y) {
                    *byte ^= 0x80 >> bit;
                }
            }
        }
        for _ in 0..SCALE {
            pixels.extend_from_slice(&row);
        }
    }
    encode(side, &pixels).ok_or(QrError::TooLong)
}

/// Text for a terminal, two rows of modules a line, with a newline at the end of each.
///
/// Light modules are drawn and dark ones left out, for light text on a dark ground; scanners read
/// the inverse too.
pub fn terminal(text: &str) -> Result<Zeroizing<String>, QrError> {
    let picture = Picture::new(text)?;
    let side = picture.side();
    let mut lines = Zeroizing::new(String::with_capacity(3 * (side + 1) * side.div_ceil(2)));
    for y in (0..side).step_by(2) {
        for x in 0..side {
            lines.push(match (picture.dark(x, y), picture.dark(x, y + 1)) {
                (false, false) => '█',
                (false, true) => '▀',
                (true, false) => '▄',
                (true, true) => ' ',
            });
        }
        lines.push('\n');
    }
    Ok(lines)
}

/// The modules of a code and the white around them.
struct Picture(QRCode);

impl Picture {
    /// Medium error correction, which screens and print need; the low one only where the text is
    /// too long for it.
    fn new(text: &str) -> Result<Self, QrError> {
        let mut builder = QRBuilder::new(text);
        let medium = builder.ecl(ECL::M).build();
        medium
            .or_else(|_| builder.ecl(ECL::L).build())
            .map(Self)
            .map_err(|_| QrError::TooLong)
    }

    /// Modules to a side, quiet zone included.
    fn side(&self) -> usize {
        self.0.size + 2 * QUIET
    }

    /// Whether a module is black; white outside.
    fn dark(&self, x: usize, y: usize) -> bool {
        let size = self.0.size;
        match (x.checked_sub(QUIET), y.checked_sub(QUIET)) {
            (Some(x), Some(y)) if x < size && y < size => self
                .0
                .data
                .get(y * size + x)
                .is_some_and(|module| module.value()),
            _ => false,
        }
    }
}

fn encode(side: usize, pixels: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let side = u32::try_from(side).ok()?;
    let mut file = Zeroizing::new(Vec::with_capacity(pixels.len() + 1024));
    let mut encoder = png::Encoder::new(&mut *file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}
