//! A branch of Asterisk.

/// A branch of Asterisk: `1.4`, `1.6`, `1.8`, `10` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Branch(u8, u8);

impl Branch {
    /// The branch of this major version; 1.4, 1.6 and 1.8 are major 1.
    pub const fn new(major: u8, minor: u8) -> Self {
        Self(major, minor)
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
