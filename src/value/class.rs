//! Reads the classes of events and privileges from a header, and writes them as a mask.

use super::bytes::{decimal, trim};
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;
use core::ops::{BitAnd, BitOr, BitOrAssign};

/// A set of classes as bits: the classes of an event, the permissions of a user, or the mask that
/// `Login` and `Events` send.
///
/// A session receives an event if the session's mask has **every** class of the event. Written in
/// the server's form for a mask: `off`, `all`, names joined by `,` without blanks, or the number if
/// a bit has no name. (Asterisk `main/manager.c`.)
///
/// ```
/// use ami_proto::value::{Classes, ToWire};
///
/// let mask = Classes::SYSTEM | Classes::CALL;
/// assert!(mask.contains(Classes::CALL));
/// assert!(!mask.contains(Classes::CALL | Classes::AGI));
///
/// let mut out = Vec::new();
/// mask.to_wire(&mut out);
/// assert_eq!(out, b"system,call");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Classes(u32);

macro_rules! classes {
    ($($bits:literal $constant:ident $name:literal $doc:literal,)+) => {
        impl Classes {
            $(#[doc = $doc]
            pub const $constant: Self = Self($bits);)+

            /// Each class and its name, in the server's order.
            const NAMES: &'static [(Self, &'static str)] = &[$((Self::$constant, $name),)+];
        }
    };
}

classes! {
    1 SYSTEM "system" "`system`: the server itself, its modules and its peers.",
    2 CALL "call" "`call`: channels and bridges.",
    4 LOG "log" "`log`: lines of the log.",
    8 VERBOSE "verbose" "`verbose`: lines of the console.",
    16 COMMAND "command" "`command`: commands of the console.",
    32 AGENT "agent" "`agent`: queues and agents.",
    64 USER "user" "`user`: events of users and their peers.",
    128 CONFIG "config" "`config`: configuration files.",
    256 DTMF "dtmf" "`dtmf`: digits.",
    512 REPORTING "reporting" "`reporting`: measurements, such as RTCP.",
    1024 CDR "cdr" "`cdr`: call detail records.",
    2048 DIALPLAN "dialplan" "`dialplan`: steps and variables of the dialplan.",
    4096 ORIGINATE "originate" "`originate`: new calls.",
    8192 AGI "agi" "`agi`: the gateway interface.",
    32768 CC "cc" "`cc`: call completion.",
    65536 AOC "aoc" "`aoc`: advice of charge.",
    131_072 TEST "test" "`test`: the server's own tests.",
    262_144 SECURITY "security" "`security`: log-ins and attacks.",
    1_073_741_824 MESSAGE "message" "`message`: text messages.",
}

impl Classes {
    /// The empty set.
    pub const NONE: Self = Self(0);
    /// Every class, including the bits that have no name yet: 2^31 - 1.
    pub const ALL: Self = Self(0x7fff_ffff);

    /// Creates the set of these bits.
    #[must_use]
    #[inline]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the bits, numbered as in the server.
    #[must_use]
    #[inline]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Returns whether the set is empty.
    #[must_use]
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns whether the set contains every class of `other`.
    #[must_use]
    #[inline]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the names of the classes, in the server's order; bits without a name are left out.
    #[inline]
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().filter(move |(class, _)| self.contains(*class)).map(|&(_, name)| name)
    }

    /// Returns the class of that name, in any case; `None` for `all`.
    fn by_name(name: &[u8]) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(_, known)| name.eq_ignore_ascii_case(known.as_bytes()));
        found.map(|&(class, _)| class)
    }

    /// Returns whether each bit has a name.
    fn is_named(self) -> bool {
        let named = Self::NAMES.iter().fold(Self::NONE, |all, &(class, _)| all | class);
        named.contains(self)
    }
}

impl BitOr for Classes {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Classes {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for Classes {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Reads a mask as the server does: digits are bits, words for false are no class, words for true
/// are all classes, and other text is names joined by `,`. Unknown names are left out. Fails only
/// on digits beyond 32 bits.
impl<'a> FromWire<'a> for Classes {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let (skipped, mask) = trim(bytes);
        if !mask.is_empty() && mask.iter().all(u8::is_ascii_digit) {
            let bits = decimal(mask).and_then(|bits| u32::try_from(bits).ok());
            return bits.map(Self).ok_or(ValueError::new("a mask of 32 bits", skipped));
        }
        match bool::from_wire(mask) {
            Ok(true) => Ok(Self::ALL),
            Ok(false) => Ok(Self::NONE),
            Err(_) => Ok(ClassSet::new(mask).classes),
        }
    }
}

impl ToWire for Classes {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        match *self {
            Self::NONE => out.extend_from_slice(b"off"),
            Self::ALL => out.extend_from_slice(b"all"),
            set if set.is_named() => {
                for (i, name) in set.names().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(name.as_bytes());
                }
            }
            set => set.0.to_wire(out),
        }
    }
}

impl fmt::Debug for Classes {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        self.to_wire(&mut out);
        write!(f, "Classes({})", out.escape_ascii())
    }
}

/// The classes in a header: `Privilege: call,all`.
///
/// Keeps the bytes, so that classes unknown to this crate are kept too. The server puts `all` at
/// the end of every list; it is not a class of the event and does not count, unless it is the only
/// word. `<none>` is the empty set. Names are read in any case: list items say `Call`, `Command`
/// and `System`. (Asterisk `main/manager.c`.)
///
/// ```
/// use ami_proto::value::{ClassSet, Classes, FromWire};
///
/// let set = ClassSet::from_wire(b"system,call,fancy,all")?;
/// assert_eq!(set.classes(), Classes::SYSTEM | Classes::CALL);
/// assert!(set.unknown().eq([b"fancy"]));
/// assert_eq!(set.as_bytes(), b"system,call,fancy,all");
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClassSet<'a> {
    bytes: &'a [u8],
    classes: Classes,
}

impl<'a> ClassSet<'a> {
    /// Reads a list of names.
    #[must_use]
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut classes = Classes::NONE;
        let mut names = 0;
        let mut all = false;
        for name in parts(bytes) {
            names += 1;
            match Classes::by_name(name) {
                Some(class) => classes |= class,
                None => all |= name.eq_ignore_ascii_case(b"all"),
            }
        }
        if all && names == 1 {
            classes = Classes::ALL;
        }
        Self { bytes, classes }
    }

    /// Returns the bytes unchanged.
    #[must_use]
    #[inline]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the classes that this crate knows.
    #[must_use]
    #[inline]
    pub const fn classes(self) -> Classes {
        self.classes
    }

    /// Returns whether the header names every class of `classes`.
    #[must_use]
    #[inline]
    pub const fn contains(self, classes: Classes) -> bool {
        self.classes.contains(classes)
    }

    /// Returns the names unchanged, including `all`; no names for `<none>`.
    #[inline]
    pub fn names(self) -> impl Iterator<Item = &'a [u8]> {
        parts(self.bytes)
    }

    /// Returns the names that this crate does not know.
    #[inline]
    pub fn unknown(self) -> impl Iterator<Item = &'a [u8]> {
        self.names().filter(|name| !name.eq_ignore_ascii_case(b"all") && Classes::by_name(name).is_none())
    }
}

fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&b| b == b',').map(|name| trim(name).1).filter(|name| !name.is_empty() && *name != b"<none>")
}

/// Never fails.
impl<'a> FromWire<'a> for ClassSet<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(Self::new(bytes))
    }
}

impl ToWire for ClassSet<'_> {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.bytes);
    }
}

impl fmt::Debug for ClassSet<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClassSet(\"{}\")", self.bytes.escape_ascii())
    }
}

/// Writes the bytes, with U+FFFD in place of invalid UTF-8.
impl fmt::Display for ClassSet<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::bytes::fmt_lossy(self.bytes, f)
    }
}
