// Groups of headers that several events share.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// What any event may carry.
#[derive(Clone, Copy, Debug)]
pub struct CommonBlock<'buf>(Event<'buf>, &'static str);
common_block!();

impl<'buf> CommonBlock<'buf> {
    /// Name of the event.
    ///
    /// Header `Event-Name`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Event-Name")]
    #[inline]
    pub fn event_name(&self) -> Result<value::Encoded<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Event-Name", aliases: &[], kind: Kind::Encoded })
    }
}

/// A member.
#[derive(Clone, Copy, Debug)]
pub struct MemberBlock<'buf>(CommonBlock<'buf>);
block_view!(MemberBlock, CommonBlock);

impl<'buf> MemberBlock<'buf> {
    /// Number of the member.
    ///
    /// Header `Member-ID`. Also `Member`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Member-ID")]
    #[doc(alias = "Member")]
    #[inline]
    pub fn member_id(&self) -> Result<u64, FieldError> {
        read(self.frame(), self.prefix(), &Key { name: "Member-ID", aliases: &["Member"], kind: Kind::Uint })
    }
}
