//! Feeds `entry::client_data`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| countersign_fuzz::entry::client_data(bytes));
