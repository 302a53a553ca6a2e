//! Feeds `entry::authentication_json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| countersign_fuzz::entry::authentication_json(bytes));
