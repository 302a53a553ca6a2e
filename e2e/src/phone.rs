//! An authenticator app by other hands than ours: reads the picture, keeps the secret, shows codes.

use std::time::Duration;

use totp_rs::{Algorithm, Builder, Secret, Totp};

/// An app with one entry.
pub struct Phone {
    entry: Totp,
    /// The newest step whose code was typed.
    typed: u64,
}

impl Phone {
    /// Takes over what a QR code or a link holds.
    pub fn scan(uri: &str) -> Self {
        let entry = Totp::from_url(uri).unwrap();
        Self { entry, typed: 0 }
    }

    /// Takes over a key typed in by hand, with the settings that every app has.
    pub fn with_key(key: &str) -> Self {
        let key: String = key.split_whitespace().collect();
        let entry = Builder::new()
            .with_secret(Secret::try_from_base32(key).unwrap())
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .build()
            .unwrap();
        Self { entry, typed: 0 }
    }

    /// A code that was not typed yet: the present one, or the next one, waited for if need be until a
    /// server takes it.
    pub async fn code(&mut self) -> String {
        self.typed = (self.typed + 1).max(self.step());
        while self.typed > self.step() + 1 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.newest()
    }

    /// The code that was typed last.
    pub fn newest(&self) -> String {
        self.at(self.typed)
    }

    /// A code that fits no step from ten minutes ago to ten minutes ahead.
    pub fn wrong(&self) -> String {
        let near: Vec<String> = (self.step() - 20..self.step() + 20)
            .map(|step| self.at(step))
            .collect();
        (0..100)
            .map(|number| format!("{number:06}"))
            .find(|code| !near.contains(code))
            .unwrap()
    }

    fn at(&self, step: u64) -> String {
        self.entry.generate(step * 30).to_string()
    }

    fn step(&self) -> u64 {
        self.entry.next_step_current() / 30 - 1
    }
}

/// What the QR code on a picture says.
pub fn read_picture(png: &[u8]) -> String {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let [width, height] = [frame.width, frame.height].map(|side| usize::try_from(side).unwrap());
    let channels = frame.color_type.samples();
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels.get((y * width + x) * channels).copied().unwrap()
    });
    let grids = image.detect_grids();
    let [grid] = grids.as_slice() else {
        panic!("{} QR codes on the picture", grids.len())
    };
    grid.decode().unwrap().1
}
