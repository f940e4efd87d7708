//! What all typed views have in common: each stands on the view of a block and dereferences to it,
//! so that what several share is written once.

/// Makes a view of one field dereference to what it stands on.
macro_rules! derefs {
    ($name:ident, $base:ident) => {
        impl<'buf> core::ops::Deref for $name<'buf> {
            type Target = $base<'buf>;

            #[inline]
            fn deref(&self) -> &$base<'buf> {
                &self.0
            }
        }
    };
}

pub(crate) use derefs;
