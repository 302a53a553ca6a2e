//! What the compiler must refuse: proofs made by hand, secrets shown, plain text in a store.

#[test]
fn misuse_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
