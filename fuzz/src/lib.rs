//! What is fuzzed. The same functions replay the corpus in the tests of `countersign-webauthn`.

pub mod entry;
