//! The owned twins of what machines tell.

/// Makes the owned twin of an enum that lends the bytes of one frame at the most: the enum itself
/// over no bytes, which says all else, and a copy of the frame.
///
/// The enum has two methods for it: `lent`, which returns the frame, and `over`, which is itself
/// over another one.
macro_rules! owned {
    ($(#[$attribute:meta])* $Owned:ident, $Lent:ident, $Frame:ident, $OwnedFrame:ident) => {
        $(#[$attribute])*
        #[derive(Clone)]
        pub struct $Owned {
            shape: $Lent<'static>,
            frame: Option<$OwnedFrame>,
        }

        impl $Owned {
            /// Lends it again as it was told.
            pub fn view(&self) -> $Lent<'_> {
                self.frame.as_ref().map_or(self.shape, |frame| self.shape.over(frame.view()))
            }
        }

        impl $Lent<'_> {
            /// Copies it into storage of its own.
            pub fn to_owned(self) -> $Owned {
                $Owned { shape: self.over($Frame::bare(&[])), frame: self.lent().map($Frame::to_owned) }
            }
        }

        /// As of what it lends.
        impl core::fmt::Debug for $Owned {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&self.view(), f)
            }
        }

        /// As of what it lends.
        impl core::fmt::Display for $Owned {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&self.view(), f)
            }
        }
    };
}

pub(crate) use owned;
