//! Reads and writes truth values, which the server spells in nine ways.

use super::bytes::trim;
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;

const TRUE: [&[u8]; 6] = [b"yes", b"true", b"y", b"t", b"1", b"on"];
const FALSE: [&[u8]; 6] = [b"no", b"false", b"n", b"f", b"0", b"off"];

/// `yes true y t 1 on enabled` and `no false n f 0 off disabled`, in any case; blanks around the
/// word don't count.
///
/// The first six of each are what the server itself takes (Asterisk `main/utils.c`); `Enabled` and
/// `Disabled` come from DAHDI. Any other word fails.
impl<'a> FromWire<'a> for bool {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let (skipped, word) = trim(bytes);
        let is = |known: &[u8]| word.eq_ignore_ascii_case(known);
        if TRUE.into_iter().any(is) || is(b"enabled") {
            Ok(true)
        } else if FALSE.into_iter().any(is) || is(b"disabled") {
            Ok(false)
        } else {
            Err(ValueError::new("yes, no, or another word for true or false", skipped))
        }
    }
}

/// Writes `yes` or `no`, which every parameter that takes a truth value understands.
impl ToWire for bool {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"yes" } else { b"no" });
    }
}
