//! Feeds `entry::attestation_object`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| countersign_fuzz::entry::attestation_object(bytes));
