//! Text whose memory is overwritten when it is dropped or moved.

use alloc::string::String;
use core::ops::Deref;

use super::wipe;

/// Text that is overwritten when it is dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct WipedText(String);

impl WipedText {
    /// Returns the string, for a writer that appends at most `capacity` bytes.
    #[cfg(any(feature = "std", feature = "sipxecs"))]
    pub(crate) fn within(&mut self, capacity: usize) -> &mut String {
        self.reserve(capacity);
        &mut self.0
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.reserve(text.len());
        self.0.push_str(text);
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        if self.0.capacity() - self.0.len() < more {
            let capacity = self.0.len().saturating_add(more).max(self.0.capacity().saturating_mul(2));
            let mut moved = String::with_capacity(capacity);
            moved.push_str(&self.0);
            *self = Self(moved);
        }
    }
}

impl Drop for WipedText {
    fn drop(&mut self) {
        wipe(&mut core::mem::take(&mut self.0).into_bytes());
    }
}

impl Deref for WipedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for WipedText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for WipedText {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for WipedText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    /// The text grows by this crate's own code: a growing `String` would leave its old bytes in
    /// memory.
    #[test]
    fn it_grows_by_doubling() {
        let mut text = WipedText::default();
        for len in 1..40_usize {
            text.push_str("x");
            assert_eq!((text.0.len(), text.0.capacity()), (len, len.next_power_of_two()));
        }
        text.within(100).push_str("0123456789");
        assert_eq!((text.0.len(), text.0.capacity()), (49, 139));
    }
}
