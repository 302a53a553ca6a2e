//! Writes CBOR in canonical form, as far as its caller sorts the keys.

fn head(major: u8, argument: usize) -> Vec<u8> {
    let top = major << 5;
    let argument = u32::try_from(argument).unwrap();
    match argument {
        0..=23 => vec![top + u8::try_from(argument).unwrap()],
        24..=0xff => vec![top + 24, u8::try_from(argument).unwrap()],
        0x100..=0xffff => [
            vec![top + 25],
            u16::try_from(argument).unwrap().to_be_bytes().to_vec(),
        ]
        .concat(),
        _ => [vec![top + 26], argument.to_be_bytes().to_vec()].concat(),
    }
}

pub fn int(number: i64) -> Vec<u8> {
    match usize::try_from(number) {
        Ok(number) => head(0, number),
        Err(_) => head(1, usize::try_from(-1 - number).unwrap()),
    }
}

pub fn bytes(content: &[u8]) -> Vec<u8> {
    [head(2, content.len()), content.to_vec()].concat()
}

pub fn text(content: &str) -> Vec<u8> {
    [head(3, content.len()), content.as_bytes().to_vec()].concat()
}

pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

/// Keys and values as they stand, encoded already.
pub fn map(members: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let body: Vec<u8> = members
        .iter()
        .flat_map(|(key, value)| [key.clone(), value.clone()].concat())
        .collect();
    [head(5, members.len()), body].concat()
}
