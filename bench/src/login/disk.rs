//! What the disk does by itself: a block written and made durable, over and over, by one thread.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Failure;

const SPAN: Duration = Duration::from_millis(500);
const BLOCKS: u64 = 1024;

/// Blocks of 4 KiB a second, each written over an old one and followed by `fdatasync`.
pub fn syncs(folder: &Path) -> Result<f64, Failure> {
    let path = folder.join("fdatasync");
    let file = File::create(&path)?;
    let block = [0x5a; 4096];
    for number in 0..BLOCKS {
        file.write_all_at(&block, 4096 * number)?;
    }
    file.sync_all()?;
    let started = Instant::now();
    let mut done = 0;
    while started.elapsed() < SPAN {
        file.write_all_at(&block, 4096 * (done % BLOCKS))?;
        file.sync_data()?;
        done += 1;
    }
    let rate = done as f64 / started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
