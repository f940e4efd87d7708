// Groups of headers that several events share.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// What any event may carry.
#[derive(Clone, Copy, Debug)]
pub struct CommonBlock<'buf>(Frame<'buf>, &'static str);
common_block!();

impl<'buf> CommonBlock<'buf> {
    /// Name of the event.
    ///
    /// Header `Event`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn event(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Event", aliases: &[], kind: Kind::Text })
    }

    /// ActionID of the action that the event answers.
    ///
    /// Header `ActionID`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "ActionID")]
    #[inline]
    pub fn action_id(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "ActionID", aliases: &[], kind: Kind::Text })
    }
}

/// A channel.
#[derive(Clone, Copy, Debug)]
pub struct ChannelBlock<'buf>(CommonBlock<'buf>);
block_view!(ChannelBlock, CommonBlock);

impl<'buf> ChannelBlock<'buf> {
    /// Name of the channel.
    ///
    /// Header `Channel`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn channel(&self) -> Result<value::ChannelName<'buf>, FieldError> {
        read(self.frame(), self.prefix(), &Key { name: "Channel", aliases: &[], kind: Kind::Channel })
    }

    /// One channel variable.
    ///
    /// Header `ChanVariable`. Asterisk 12 to 22.
    #[doc(alias = "ChanVariable")]
    #[inline]
    pub fn chan_variable(&self) -> Repeated<'buf, value::Assignment<'buf>> {
        repeated(self.frame(), self.prefix(), &Key { name: "ChanVariable", aliases: &[], kind: Kind::Assignment })
    }
}

/// A bridge, and a block in a block.
#[derive(Clone, Copy, Debug)]
pub struct BridgeBlock<'buf>(ChannelBlock<'buf>);
block_view!(BridgeBlock, ChannelBlock);

impl<'buf> BridgeBlock<'buf> {
    /// Unique id of the bridge.
    ///
    /// Header `BridgeUniqueid`. Also `BridgeID`. Also `BridgeUUID`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "BridgeUniqueid")]
    #[doc(alias = "BridgeID")]
    #[doc(alias = "BridgeUUID")]
    #[inline]
    pub fn bridge_unique_id(&self) -> Result<Value<'buf>, FieldError> {
        read(
            self.frame(),
            self.prefix(),
            &Key { name: "BridgeUniqueid", aliases: &["BridgeID", "BridgeUUID"], kind: Kind::Text },
        )
    }
}
