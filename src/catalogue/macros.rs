//! Macros for all typed views: each view wraps the view of a block and dereferences to it, so that
//! the headers that several views share are written once.

/// Makes a view of one field dereference to the view that it wraps.
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
