//! Feeds `entry::registration_json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| countersign_fuzz::entry::registration_json(bytes));
