//! What a person types as a code, and what is refused.

use countersign_otp::{Code, CodeError};

#[test]
fn digits_with_the_spaces_and_hyphens_people_type() {
    for (typed, expected) in [
        ("123456", "123456"),
        ("123 456", "123456"),
        (" 12-34-56\n", "123456"),
        ("123\u{a0}456", "123456"),
        ("000000", "000000"),
        ("0000001", "0000001"),
        ("99999999", "99999999"),
    ] {
        let code = Code::parse(typed).ok().unwrap();
        assert_eq!(code.text().as_str(), expected, "{typed:?}");
        assert_eq!(usize::from(code.digits().get()), expected.len());
    }
}

#[test]
fn digits_of_other_scripts_are_refused() {
    for typed in [
        "１２３４５６",
        "١٢٣٤٥٦",
        "१२३४५६",
        "𝟏𝟐𝟑𝟒𝟓𝟔",
        "12345６",
        "①②③④⑤⑥",
    ] {
        assert_eq!(
            Code::parse(typed).err(),
            Some(CodeError::NotDigits),
            "{typed}"
        );
    }
}

#[test]
fn other_characters_are_refused() {
    for typed in [
        "12345a",
        "+123456",
        "123.456",
        "0x1234",
        "123456\0",
        "123–456",
        "１",
    ] {
        assert_eq!(
            Code::parse(typed).err(),
            Some(CodeError::NotDigits),
            "{typed}"
        );
    }
}

#[test]
fn a_code_has_six_to_eight_digits() {
    for typed in ["1", "12345", "123456789", "4294967296123456"] {
        assert_eq!(Code::parse(typed).err(), Some(CodeError::Length), "{typed}");
    }
    // 64 digits are counted, not wrapped into a short code.
    assert_eq!(Code::parse(&"1".repeat(64)).err(), Some(CodeError::Length));
    assert_eq!(Code::parse(&" ".repeat(58)).err(), Some(CodeError::Empty));
    for typed in ["", " ", "--", "\t \n"] {
        assert_eq!(
            Code::parse(typed).err(),
            Some(CodeError::Empty),
            "{typed:?}"
        );
    }
}

#[test]
fn input_beyond_the_bound_is_refused_unread() {
    let typed = format!("{:>64}", "123456");
    assert!(Code::parse(&typed).is_ok());
    assert_eq!(
        Code::parse(&format!(" {typed}")).err(),
        Some(CodeError::Length)
    );
    // Were it read, the letter would be what is refused.
    assert_eq!(
        Code::parse(&"x".repeat(1 << 20)).err(),
        Some(CodeError::Length)
    );
}
