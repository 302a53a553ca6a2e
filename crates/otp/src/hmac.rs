//! HMAC (RFC 2104) with the key hashed in beforehand, on the compression functions of `sha1` and
//! `sha2`; refuses to be anything but the MAC of short messages.
//!
//! The `hmac` crate computes the same and is what the tests compare with. It wipes a buffer per
//! MAC, which costs as much as the hashing when a message has eight bytes; here only the key states
//! are secret, and only they are kept and wiped.

use zeroize::{Zeroize, Zeroizing};

/// A hash made of a compression function over blocks of `BLOCK` bytes (FIPS 180-4).
pub(crate) trait Compression<const BLOCK: usize> {
    /// The chaining value.
    type State: Copy + Zeroize;
    /// A chaining value as bytes, most significant first.
    type Output: AsRef<[u8]>;
    /// Where a hash starts (FIPS 180-4 §5.3).
    const START: Self::State;

    fn compress(state: &mut Self::State, blocks: &[[u8; BLOCK]]);
    fn output(state: &Self::State) -> Self::Output;
}

/// The two chaining values behind the inner and the outer key block, wiped when dropped.
pub(crate) struct Keyed<H: Compression<BLOCK>, const BLOCK: usize> {
    inner: H::State,
    outer: H::State,
}

impl<H: Compression<BLOCK>, const BLOCK: usize> Keyed<H, BLOCK> {
    /// Two compressions, four for a key longer than a block (RFC 2104 §2).
    pub(crate) fn new(key: &[u8]) -> Self {
        let hashed = (key.len() > BLOCK).then(|| H::output(&absorb::<H, BLOCK>(H::START, 0, key)));
        let key = hashed.as_ref().map_or(key, AsRef::as_ref);
        let mut padded = Zeroizing::new([0; BLOCK]);
        for (at, byte) in padded.iter_mut().zip(key) {
            *at = *byte;
        }
        let keyed = |pad: u8| {
            let block = Zeroizing::new(padded.map(|byte| byte ^ pad));
            let mut state = H::START;
            H::compress(&mut state, core::slice::from_ref(&*block));
            state
        };
        Self {
            inner: keyed(0x36),
            outer: keyed(0x5c),
        }
    }

    /// The MAC; two compressions for a message that fits one block with its padding.
    #[inline]
    pub(crate) fn mac(&self, message: &[u8]) -> H::Output {
        let inner = absorb::<H, BLOCK>(self.inner, 1, message);
        H::output(&absorb::<H, BLOCK>(
            self.outer,
            1,
            H::output(&inner).as_ref(),
        ))
    }
}

impl<H: Compression<BLOCK>, const BLOCK: usize> Drop for Keyed<H, BLOCK> {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// Hashes the rest of a message whose first `before` blocks are in `state`, and its padding (FIPS
/// 180-4 §5.1).
#[inline]
#[expect(
    clippy::indexing_slicing,
    reason = "a rest is shorter than a block, and the length is its last 8 bytes"
)]
#[expect(clippy::as_conversions, reason = "no usize has more than 64 bits")]
fn absorb<H: Compression<BLOCK>, const BLOCK: usize>(
    mut state: H::State,
    before: usize,
    message: &[u8],
) -> H::State {
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    if !blocks.is_empty() {
        H::compress(&mut state, blocks);
    }
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    // The length field has 8 bytes of a 64-byte block and 16 of a 128-byte one.
    if rest.len() >= BLOCK - BLOCK / 8 {
        H::compress(&mut state, core::slice::from_ref(&last));
        last = [0; BLOCK];
    }
    let bits = 8 * (before * BLOCK + message.len()) as u64;
    last[BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
    H::compress(&mut state, core::slice::from_ref(&last));
    state
}

/// Ties a compression function to its block size, word, number of words and start.
macro_rules! compression {
    ($name:ident, $block:literal, [$word:ty; $words:literal], $compress:path, $start:expr) => {
        pub(crate) struct $name;

        impl Compression<$block> for $name {
            type State = [$word; $words];
            type Output = [u8; size_of::<[$word; $words]>()];
            const START: Self::State = $start;

            #[inline]
            fn compress(state: &mut Self::State, blocks: &[[u8; $block]]) {
                $compress(state, blocks);
            }

            #[inline]
            fn output(state: &Self::State) -> Self::Output {
                let mut bytes = [0; size_of::<[$word; $words]>()];
                let (places, _) = bytes.as_chunks_mut::<{ size_of::<$word>() }>();
                for (place, word) in places.iter_mut().zip(state) {
                    *place = word.to_be_bytes();
                }
                bytes
            }
        }
    };
}

compression!(
    Sha1,
    64,
    [u32; 5],
    sha1::block_api::compress,
    [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0
    ]
);
compression!(
    Sha256,
    64,
    [u32; 8],
    sha2::block_api::compress256,
    [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19
    ]
);
compression!(
    Sha512,
    128,
    [u64; 8],
    sha2::block_api::compress512,
    [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ]
);
