//! Reads the event mask as the server does, with its oddities. (Asterisk `main/manager.c`,
//! `strings_to_mask` and `get_perm`.)

use crate::value::{ClassSet, Classes, FromWire};

/// Returns the classes of a mask. `None` if it is empty: at login that means everything that the
/// user may read, and it is an error of `Events`.
pub(super) fn read(mask: &[u8]) -> Option<Classes> {
    if mask.is_empty() {
        return None;
    }
    if mask.iter().all(u8::is_ascii_digit) {
        // More digits than fit mean all classes.
        let bits = u32::from_wire(mask).unwrap_or(u32::MAX);
        return Some(Classes::from_bits(bits) & Classes::ALL);
    }
    match bool::from_wire(mask) {
        Ok(true) => Some(Classes::ALL),
        Ok(false) => Some(Classes::NONE),
        Err(_) => Some(named(mask)),
    }
}

/// Returns the classes of names between commas; case and blanks count. Every name but the last
/// matches all classes that begin with it: `c,` is call, command, config, cdr and cc.
fn named(mask: &[u8]) -> Classes {
    let mut parts = mask.rsplit(|byte| *byte == b',');
    let last = parts.next().unwrap_or_default();
    let mut set = Classes::NONE;
    let known = Classes::ALL.names().map(|name| (name, ClassSet::new(name.as_bytes()).classes()));
    for (name, class) in known.chain([("all", Classes::ALL)]) {
        if name.as_bytes() == last || parts.clone().any(|part| name.as_bytes().starts_with(part)) {
            set |= class;
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_read_as_asterisk_reads_them() {
        let cases: [(&[u8], Option<Classes>); 13] = [
            (b"", None),
            (b"off", Some(Classes::NONE)),
            (b"on", Some(Classes::ALL)),
            (b"3", Some(Classes::SYSTEM | Classes::CALL)),
            (b"system,call", Some(Classes::SYSTEM | Classes::CALL)),
            // A blank or a capital letter makes a name unknown.
            (b"system, call", Some(Classes::SYSTEM)),
            (b"Call", Some(Classes::NONE)),
            (b"c,", Some(Classes::CALL | Classes::COMMAND | Classes::CONFIG | Classes::CDR | Classes::CC)),
            (b"call,nonsense", Some(Classes::CALL)),
            (b"all", Some(Classes::ALL)),
            // A digit among letters does not make a number.
            (b"3x", Some(Classes::NONE)),
            (b"1,agi", Some(Classes::AGI)),
            (b"99999999999", Some(Classes::ALL)),
        ];
        for (mask, set) in cases {
            assert_eq!(read(mask), set, "{}", mask.escape_ascii());
        }
    }
}
