// Responses that carry headers of their own.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// The response to [`2Everything`](crate::action::Everything). Tells a lot.
#[doc(alias = "2Everything")]
#[doc(alias = "All")]
#[derive(Clone, Copy, Debug)]
pub struct Everything<'buf>(Response<'buf>);
response_view!(Everything, 0);

impl<'buf> Everything<'buf> {
    /// A line of a category.
    ///
    /// Header `Line-{i:6}-{j:6}`.
    #[doc(alias = "Line-{i:6}-{j:6}")]
    #[inline]
    pub fn line(&self) -> Indexed<'buf, Value<'buf>> {
        indexed(self.frame(), "", &Key { name: "Line-{i:6}-{j:6}", aliases: &[], kind: Kind::Text })
    }

    /// May come more than once.
    ///
    /// Header `Many`.
    #[inline]
    pub fn many(&self) -> Repeated<'buf, u64> {
        repeated(self.frame(), "", &Key { name: "Many", aliases: &[], kind: Kind::Uint })
    }
}

/// The response to [`Command`](crate::action::Command). Carries the output.
#[derive(Clone, Copy, Debug)]
pub struct Command<'buf>(Response<'buf>);
response_view!(Command, 1);

/// The response to [`Many`](crate::action::Many). Carries no headers, but these.
#[derive(Clone, Copy, Debug)]
pub struct Many<'buf>(Response<'buf>);
response_view!(Many, 3);

/// Hands the names of the views to a macro.
#[cfg(feature = "serde")]
macro_rules! each_view {
    ($macro:ident) => {
        $macro! {
            Everything,
            Command,
            Many,
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use each_view;
