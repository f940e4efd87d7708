//! The same for text.

use alloc::string::String;
use core::ops::Deref;

use super::wipe;

/// Text that is overwritten when it goes.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct WipedText(String);

impl WipedText {
    /// The string, for a writer that stays within `capacity` more bytes.
    #[cfg(feature = "std")]
    pub(crate) fn within(&mut self, capacity: usize) -> &mut String {
        self.reserve(capacity);
        &mut self.0
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.reserve(text.len());
        self.0.push_str(text);
    }

    fn reserve(&mut self, more: usize) {
        if self.0.capacity() - self.0.len() < more {
            let mut moved = String::with_capacity(self.0.len().saturating_add(more));
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

impl From<String> for WipedText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    /// It is moved by us, into as much as it needs: where a `String` grows, it leaves its bytes behind.
    #[test]
    fn it_never_grows_by_itself() {
        let mut text = WipedText::default();
        for len in 1..40 {
            text.push_str("x");
            assert_eq!((text.0.len(), text.0.capacity()), (len, len));
        }
        text.within(10).push_str("0123456789");
        assert_eq!((text.0.len(), text.0.capacity()), (49, 49));
    }
}
