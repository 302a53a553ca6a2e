//! Feeds `entry::cose_key`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| countersign_fuzz::entry::cose_key(bytes));
