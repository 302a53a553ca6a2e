//! QR codes: what a reader makes of the pictures, and what is in the markup.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "qr")]

use countersign_otp::{Algorithm, Digits, KeyUri, QrError, Secret, qr};

fn uri() -> String {
    let secret = Secret::from_bytes(&[0x5a; 64]).ok().unwrap();
    let uri = KeyUri::totp("Acmé & Sons", "alice@example.com", secret)
        .ok()
        .unwrap();
    uri.with_algorithm(Algorithm::Sha512)
        .with_digits(Digits::EIGHT)
        .text()
        .to_string()
}

/// A grey picture, row by row.
struct Grey {
    width: usize,
    pixels: Vec<u8>,
}

fn open(file: &[u8]) -> Grey {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    assert_eq!(reader.info().bit_depth, png::BitDepth::One);
    assert_eq!(reader.info().color_type, png::ColorType::Grayscale);
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.width, info.height);
    Grey {
        width: info.width.try_into().unwrap(),
        pixels,
    }
}

fn scan(grey: &Grey) -> String {
    let width = grey.width;
    let height = grey.pixels.len() / width;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        grey.pixels[y * width + x]
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code in the picture");
    grids[0].decode().unwrap().1
}

#[test]
fn the_png_scans_to_the_text() {
    let sizes = [
        uri(),
        "HELLO WORLD 123".into(),
        "0123456789".into(),
        "é".repeat(200),
        "x".repeat(1500),
    ];
    for text in sizes {
        assert_eq!(scan(&open(&qr::png(&text).unwrap())), text);
    }
}

#[test]
fn four_modules_around_the_code_are_white() {
    let grey = open(&qr::png(&uri()).unwrap());
    let (quiet, width) = (4 * 6, grey.width);
    assert_eq!(width % 6, 0);
    let dark: Vec<_> = (0..grey.pixels.len())
        .filter(|at| grey.pixels[*at] == 0)
        .collect();
    let columns = || dark.iter().map(|at| at % width);
    assert_eq!(columns().min(), Some(quiet));
    assert_eq!(columns().max(), Some(width - quiet - 1));
    assert_eq!(dark.first().map(|at| at / width), Some(quiet));
}

#[test]
fn the_svg_scans_to_the_text() {
    let svg = qr::svg(&uri()).unwrap();
    let (_, rest) = svg.split_once("viewBox=\"0 0 ").unwrap();
    let side: usize = rest.split_once(' ').unwrap().0.parse().unwrap();
    assert!(
        svg.contains(&format!(
            "<path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>"
        )),
        "all white"
    );
    let (_, rest) = svg.split_once("fill=\"#000\" d=\"M").unwrap();
    let scale = 4;
    let width = side * scale;
    let mut pixels = vec![255; width * width];
    for run in rest
        .split_once('"')
        .unwrap()
        .0
        .trim_end_matches('z')
        .split("zM")
    {
        let (place, run) = run.split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let (len, back) = run.split_once("v1h-").unwrap();
        assert_eq!(len, back);
        let [x, y, len]: [usize; 3] = [x, y, len].map(|n| n.parse().unwrap());
        for row in y * scale..(y + 1) * scale {
            pixels[row * width + x * scale..row * width + (x + len) * scale].fill(0);
        }
    }
    assert_eq!(scan(&Grey { width, pixels }), uri());
}

#[test]
fn the_svg_is_two_paths_and_nothing_of_the_text() {
    let svg = qr::svg("\"/><script>alert(1)</script><path d=\"").unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "));
    assert_eq!(svg.matches('<').count(), 4, "svg, path, path, /svg");
    assert!(svg.ends_with("\"/></svg>") && svg.matches("<path ").count() == 2);
    for word in [
        "script", "style", "href", "url(", "<text", "<image", "on", "&",
    ] {
        assert!(!svg.contains(word), "{word}");
    }
}

#[test]
fn the_terminal_picture_scans_to_the_text() {
    let text = qr::terminal(&uri()).unwrap();
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let scale = 4;
    let width = lines[0].len() * scale;
    let mut pixels = Vec::new();
    for line in &lines {
        for dark in [['▄', ' '], ['▀', ' ']] {
            let row: Vec<u8> = line
                .iter()
                .flat_map(|c| [if dark.contains(c) { 0 } else { 255 }; 4])
                .collect();
            (0..scale).for_each(|_| pixels.extend(&row));
        }
    }
    assert_eq!(scan(&Grey { width, pixels }), uri());
}

#[test]
fn text_beyond_the_largest_code_is_refused() {
    let longest = "x".repeat(2953);
    assert!(qr::png(&longest).is_ok() && qr::svg(&longest).is_ok());
    let longer = "x".repeat(2954);
    assert_eq!(qr::png(&longer).err(), Some(QrError::TooLong));
    assert_eq!(qr::svg(&longer).err(), Some(QrError::TooLong));
    assert_eq!(qr::terminal(&longer).err(), Some(QrError::TooLong));
    assert!(qr::svg("").is_ok(), "nothing is text too");
}
