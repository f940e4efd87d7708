//! A branch of Asterisk.

use crate::value::AmiVersion;

/// A branch of Asterisk: `1.4`, `1.6`, `1.8`, `10` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Branch(u8, u8);

impl Branch {
    /// The branch of this major version; 1.4, 1.6 and 1.8 are major 1.
    pub const fn new(major: u8, minor: u8) -> Self {
        Self(major, minor)
    }

    /// The branch whose servers say this version in their banner; `None` for versions that no
    /// server has had.
    ///
    /// 1.6 and 1.8 both say 1.1, which gives 1.8.
    ///
    /// ```
    /// use ami_proto::catalogue::Branch;
    /// use ami_proto::value::AmiVersion;
    ///
    /// assert_eq!(Branch::of(AmiVersion::new(1, 1, None)), Some(Branch::new(1, 8)));
    /// assert_eq!(Branch::of(AmiVersion::new(2, 10, Some(6))), Some(Branch::new(13, 0)));
    /// assert_eq!(Branch::of(AmiVersion::new(0, 3, None)), None);
    /// ```
    pub const fn of(version: AmiVersion) -> Option<Self> {
        let minor = match (version.major(), version.minor()) {
            (1, 0) => 4,
            (1, 1) => 8,
            _ => 0,
        };
        match version.asterisk_major() {
            #[expect(clippy::cast_possible_truncation, reason = "the arm has room for what a u8 holds")]
            Some(major @ ..=255) => Some(Self(major as u8, minor)),
            _ => None,
        }
    }

    /// 16 of 16, 1 of 1.8.
    pub const fn major(self) -> u8 {
        self.0
    }

    /// 8 of 1.8, 0 of all branches from 10 on.
    pub const fn minor(self) -> u8 {
        self.1
    }
}

impl core::fmt::Display for Branch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.0 == 1 { write!(f, "1.{}", self.1) } else { write!(f, "{}", self.0) }
    }
}

impl Branch {
    /// Reads `1.8` or `16`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }
}
