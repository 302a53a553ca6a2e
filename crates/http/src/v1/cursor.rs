//! Where a list goes on, as a text that means nothing to who holds it. It is no secret and no right.

use data_encoding::BASE64URL_NOPAD;

use crate::problem::Problem;

/// Of which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Users,
    AuditEvents,
}

/// The first byte of every cursor of this form.
const VERSION: u8 = 1;
const LENGTH: usize = 22;

/// The cursor behind the row with this key.
pub(super) fn text(list: List, row: &[u8; 16]) -> String {
    let front = front(list, row);
    BASE64URL_NOPAD.encode(&[&front[..], &check(&front)].concat())
}

/// The key of the row that a cursor is behind; a slip in it, or another list's, is told.
pub(super) fn parse(list: List, text: &str) -> Result<[u8; 16], Problem> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let bytes = bytes.filter(|bytes| bytes.len() == LENGTH);
    let row = bytes.and_then(|bytes| {
        let row: [u8; 16] = bytes.get(2..18)?.try_into().ok()?;
        let front = front(list, &row);
        (bytes == [&front[..], &check(&front)].concat()).then_some(row)
    });
    row.ok_or(Problem::InvalidCursor)
}

fn front(list: List, row: &[u8; 16]) -> Vec<u8> {
    let list = match list {
        List::Users => 1,
        List::AuditEvents => 2,
    };
    [&[VERSION, list][..], row].concat()
}

/// FNV-1a: a page that goes on at a wrong place would leave rows out and say nothing. It protects
/// nothing.
fn check(bytes: &[u8]) -> [u8; 4] {
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    hash.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_a_slip_is_told() {
        let row = *b"0123456789abcdef";
        let cursor = text(List::Users, &row);
        assert_eq!(parse(List::Users, &cursor), Ok(row));
        assert!(parse(List::AuditEvents, &cursor).is_err());
        for at in 0..cursor.len() {
            let other = if cursor.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            let mut slip = cursor.clone();
            slip.replace_range(at..=at, other);
            assert!(parse(List::Users, &slip).is_err(), "{slip}");
        }
        for none in ["", "A", &cursor[1..], &format!("{cursor}A"), "\u{e9}"] {
            assert!(parse(List::Users, none).is_err(), "{none}");
        }
    }
}
