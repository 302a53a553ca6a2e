//! Which passwords may be set (SP 800-63B-4 §3.1.1.2): long enough and not on a list. It demands no
//! composition and no rotation, and it checks nobody's password.

use zeroize::Zeroizing;

use crate::secret_text::Password;
use crate::verdict::Refusal;

/// The fewest code points of a password that is the only factor.
pub const LEAST_ALONE: u8 = 15;

/// The fewest code points of a password beside a second factor.
pub const LEAST_WITH_MFA: u8 = 8;

/// The most code points.
pub const MOST: usize = 128;

const COMMON: &str = include_str!("../data/common-passwords.txt");

/// The password in the form that is hashed, if it may be set for a user of these names.
pub(crate) fn permitted(
    password: &Password,
    least: u8,
    context: &[&str],
) -> Result<Zeroizing<String>, Refusal> {
    let normalized = password.normalized().ok_or(Refusal::PasswordTooLong)?;
    let length = normalized.chars().count();
    if length > MOST {
        return Err(Refusal::PasswordTooLong);
    }
    if length < usize::from(least) {
        return Err(Refusal::PasswordTooShort { least });
    }
    let lower = Zeroizing::new(normalized.to_lowercase());
    if is_common(&lower) || context.iter().any(|word| is_mostly(&lower, word)) {
        return Err(Refusal::PasswordCommon);
    }
    Ok(normalized)
}

fn is_common(lower: &str) -> bool {
    COMMON.lines().any(|common| common == lower) || repeats(lower) || runs(lower)
}

/// A unit of up to eight characters, again and again.
fn repeats(text: &str) -> bool {
    let symbols: Zeroizing<Vec<char>> = Zeroizing::new(text.chars().collect());
    (1..=8.min(symbols.len() / 2)).any(|unit| {
        symbols
            .iter()
            .zip(symbols.iter().skip(unit))
            .all(|(one, next)| one == next)
    })
}

/// Each character the next or the one before of its predecessor, as in `abcdefgh` or `87654321`.
fn runs(text: &str) -> bool {
    let steps = |by: i64| {
        text.chars()
            .zip(text.chars().skip(1))
            .all(|(one, next)| i64::from(u32::from(next)) - i64::from(u32::from(one)) == by)
    };
    steps(1) || steps(-1)
}

/// The user's or the site's own name, and little else.
fn is_mostly(lower: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    let rest = lower.replace(&word, "").chars().count();
    word.chars().count() >= 4 && lower.contains(&word) && rest < 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str, least: u8) -> Result<(), Refusal> {
        permitted(
            &Password::new(text.to_owned()),
            least,
            &["alice", "Example Corp"],
        )
        .map(|_| ())
    }

    #[test]
    fn length_is_counted_in_code_points() {
        assert_eq!(
            judge(&"ü7".repeat(3), 8),
            Err(Refusal::PasswordTooShort { least: 8 })
        );
        assert_eq!(judge("🦀🐙🦑🦐🦞🐡🐠🐟", 8), Ok(()));
        assert_eq!(judge("correct horse b", 15), Ok(()));
        assert_eq!(
            judge("correct horse ", 15),
            Err(Refusal::PasswordTooShort { least: 15 })
        );
        let long: String = ('!'..'~').cycle().take(128).collect();
        assert_eq!(judge(&long, 15), Ok(()));
        assert_eq!(
            judge(&format!("{long}x"), 15),
            Err(Refusal::PasswordTooLong)
        );
    }

    #[test]
    fn common_passwords_are_refused() {
        for text in [
            "Password1",
            "1q2w3e4r5t",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "abcdefghijklmnop",
            "9876543210",
            "alice-2024",
            "Example Corp 99",
        ] {
            assert_eq!(judge(text, 8), Err(Refusal::PasswordCommon), "{text}");
        }
        assert_eq!(judge("alice and her seven dwarves", 15), Ok(()));
    }
}
