//! Reads the line that a server greets with, and tells its release from it.

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
    /// Takes any bytes, because proxies and patched servers greet with other words.
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
    /// What stands before the last `/`, or everything when there is none.
    #[must_use]
    #[inline]
    pub fn product(self) -> &'a [u8] {
        split_last(self.0, b'/').map_or(self.0, |(product, _)| product)
    }

    /// The version of the protocol after the last `/`.
    #[must_use]
    #[inline]
    pub fn version(self) -> Option<AmiVersion> {
        AmiVersion::from_wire(split_last(self.0, b'/')?.1).ok()
    }
}

/// The version of the protocol that a server speaks: `1.3`, `11.0.0`. `AMIversion` of
/// `CoreSettings` has it too.
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
    /// A version of two or three numbers.
    #[must_use]
    #[inline]
    pub const fn new(major: u32, minor: u32, patch: Option<u32>) -> Self {
        Self { major, minor, patch }
    }

    /// The first number.
    #[must_use]
    #[inline]
    pub const fn major(self) -> u32 {
        self.major
    }

    /// The second number.
    #[must_use]
    #[inline]
    pub const fn minor(self) -> u32 {
        self.minor
    }

    /// The third number, which servers have from 12 on.
    #[must_use]
    #[inline]
    pub const fn patch(self) -> Option<u32> {
        self.patch
    }

    /// The release of Asterisk that speaks it, by its first number: 11 to 13 by table, from 14 on
    /// the version's first number and 11.
    ///
    /// 1.0 to 1.8 share the first number 1. `None` for versions that no server has had.
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
    /// The version that the last of this release of Asterisk speaks: the inverse of
    /// [`asterisk_major`](Self::asterisk_major). `None`: there is no such release.
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
