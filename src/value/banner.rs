//! Reads the line that a server greets with, and derives the server's release from it.

use super::bytes::{push_display, split_last};
use super::nom::{number, whole};
use super::open::open_bytes;
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;
use nom::Parser;
use nom::character::complete::char;
use nom::combinator::opt;
use nom::sequence::preceded;

open_bytes! {
    /// The first line of a connection: `Asterisk Call Manager/11.0.0`.
    ///
    /// Takes any bytes, because proxies and patched servers send other greetings.
    ///
    /// ```
    /// use ami_proto::value::Banner;
    ///
    /// let banner = Banner::from("Asterisk Call Manager/11.0.0");
    /// assert_eq!(banner.product(), b"Asterisk Call Manager");
    /// assert_eq!(banner.version().and_then(|v| v.asterisk_major()), Some(22));
    /// assert_eq!(Banner::from("Hello").version(), None);
    /// ```
    Banner
}

impl<'a> Banner<'a> {
    /// Returns the bytes before the last `/`, or all bytes if there is none.
    #[must_use]
    #[inline]
    pub fn product(self) -> &'a [u8] {
        split_last(self.0, b'/').map_or(self.0, |(product, _)| product)
    }

    /// Returns the protocol version after the last `/`.
    #[must_use]
    #[inline]
    pub fn version(self) -> Option<AmiVersion> {
        AmiVersion::from_wire(split_last(self.0, b'/')?.1).ok()
    }
}

/// Protocol version of a server: `1.3`, `11.0.0`. `AMIversion` of `CoreSettings` has it too.
///
/// ```
/// use ami_proto::value::{AmiVersion, FromWire};
///
/// let version = AmiVersion::from_wire(b"2.10.6")?;
/// assert_eq!((version.major(), version.minor(), version.patch()), (2, 10, Some(6)));
/// assert_eq!(version.asterisk_major(), Some(13));
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AmiVersion {
    major: u32,
    minor: u32,
    patch: Option<u32>,
}

impl AmiVersion {
    /// Creates a version of two or three numbers.
    #[must_use]
    #[inline]
    pub const fn new(major: u32, minor: u32, patch: Option<u32>) -> Self {
        Self { major, minor, patch }
    }

    /// Returns the first number.
    #[must_use]
    #[inline]
    pub const fn major(self) -> u32 {
        self.major
    }

    /// Returns the second number.
    #[must_use]
    #[inline]
    pub const fn minor(self) -> u32 {
        self.minor
    }

    /// Returns the third number, which servers send from 12 on.
    #[must_use]
    #[inline]
    pub const fn patch(self) -> Option<u32> {
        self.patch
    }

    /// Returns the first number of the Asterisk release that speaks this version: up to 13 by a
    /// table, from 14 on computed as the version's first number plus 11.
    ///
    /// Returns 1 for all of Asterisk 1.0 to 1.8, and `None` for versions that no server has had.
    #[must_use]
    #[inline]
    pub const fn asterisk_major(self) -> Option<u32> {
        match (self.major, self.minor) {
            (1, 0 | 1) => Some(1),
            (1, 2) => Some(10),
            (1, 3) => Some(11),
            (2, 0..=5) => Some(12),
            (2, _) => Some(13),
            (3.., _) => self.major.checked_add(11),
            _ => None,
        }
    }
}

impl AmiVersion {
    /// Returns the protocol version of the last Asterisk of this release: the inverse of
    /// [`asterisk_major`](Self::asterisk_major). Returns `None` if there is no such release.
    ///
    /// ```
    /// use ami_proto::value::AmiVersion;
    ///
    /// assert_eq!(AmiVersion::of_asterisk(22), Some(AmiVersion::new(11, 0, Some(0))));
    /// assert_eq!(AmiVersion::of_asterisk(5), None);
    /// ```
    #[must_use]
    pub const fn of_asterisk(release: u32) -> Option<Self> {
        Some(match release {
            1 => Self::new(1, 1, None),
            10 => Self::new(1, 2, None),
            11 => Self::new(1, 3, None),
            12 => Self::new(2, 5, Some(0)),
            13 => Self::new(2, 10, Some(6)),
            14 => Self::new(3, 2, Some(2)),
            15 => Self::new(4, 0, Some(3)),
            16 => Self::new(5, 0, Some(5)),
            17 => Self::new(6, 0, Some(1)),
            18 => Self::new(7, 0, Some(3)),
            19 => Self::new(8, 0, Some(2)),
            20.. => Self::new(release - 11, 0, Some(0)),
            _ => return None,
        })
    }
}

impl<'a> FromWire<'a> for AmiVersion {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let parts = (number, preceded(char('.'), number), opt(preceded(char('.'), number)));
        let version = parts.map(|(major, minor, patch)| Self { major, minor, patch });
        whole(bytes, "a version of two or three numbers", version)
    }
}

impl fmt::Display for AmiVersion {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        match self.patch {
            Some(patch) => write!(f, ".{patch}"),
            None => Ok(()),
        }
    }
}

impl ToWire for AmiVersion {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}
