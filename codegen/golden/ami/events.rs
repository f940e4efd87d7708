// Every event: its view.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// An event, by its name: a typed view of the frame it came in.
///
/// Nothing is parsed until a field is asked for, and [`frame`](Self::frame) gives back everything that was on the wire. The case of letters
/// in the name doesn't matter. An event that the crate doesn't know is `Other`; so is a frame that is no event.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'buf> {
    /// Has \<all\> of \*it\*, in\_words and `<code>`.
    Everything(Everything<'buf>),
    /// Has no field of its own.
    Item(Item<'buf>),
    /// The end of a list.
    ListEnd(ListEnd<'buf>),
    /// Nothing at all.
    Empty(Empty<'buf>),
    /// The server is ready.
    Booted(Booted<'buf>),
    /// Has a field of each kind.
    Kinds(Kinds<'buf>),
    /// A frame that no type of this crate stands for.
    Other(Frame<'buf>),
}

impl<'buf> Event<'buf> {
    /// The frame it came in.
    #[inline]
    pub fn frame(self) -> Frame<'buf> {
        match self {
            Self::Everything(view) => view.frame(),
            Self::Item(view) => view.frame(),
            Self::ListEnd(view) => view.frame(),
            Self::Empty(view) => view.frame(),
            Self::Booted(view) => view.frame(),
            Self::Kinds(view) => view.frame(),
            Self::Other(frame) => frame,
        }
    }

    #[inline]
    pub(super) fn from_number(number: usize, frame: Frame<'buf>) -> Self {
        match number {
            0 => Self::Everything(Everything::over(frame)),
            1 => Self::Item(Item::over(frame)),
            2 => Self::ListEnd(ListEnd::over(frame)),
            3 => Self::Empty(Empty::over(frame)),
            4 => Self::Booted(Booted::over(frame)),
            5 => Self::Kinds(Kinds::over(frame)),
            _ => Self::Other(frame),
        }
    }
}

/// Has \<all\> of \*it\*, in\_words and `<code>`.
///
/// Event `2Everything`. Up to Asterisk 23. Class `call`, `agent`. Comes unasked, and as an item of a list.
///
/// Other headers, found with [`Frame::headers`]: Whatever \[else\] there is.
///
/// ```
/// # use ami_proto::{Decoder, Limits, event::Everything};
/// # let mut decoder = Decoder::new(Limits::new());
/// # decoder.push(b"Event: 2Everything\r\nText: some text\r\n\r\n");
/// # let frame = decoder.next_frame()?.unwrap();
/// if let Some(event) = Everything::view(frame) {
///     println!("{:?}", event.text()?);
/// }
/// # Everything::view(frame).unwrap().text()?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[doc(alias = "2Everything")]
#[doc(alias = "All")]
#[doc(alias = "Whole")]
#[derive(Clone, Copy, Debug)]
pub struct Everything<'buf>(BridgeBlock<'buf>);
event_view!(Everything, 0, BridgeBlock, Some(Branch::new(1, 4)), Some(Branch::new(23, 0)));

impl<'buf> Everything<'buf> {
    /// How many.
    ///
    /// Header `Count`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn count(&self) -> Result<u64, FieldError> {
        read(self.frame(), "", &Key { name: "Count", aliases: &[], kind: Kind::Uint })
    }

    /// The headers of [`ChannelBlock`] whose names begin with `Dest`. From Asterisk 12 on.
    #[inline]
    pub fn dest(&self) -> ChannelBlock<'buf> {
        ChannelBlock::over(self.frame(), "Dest")
    }

    /// The headers of [`BridgeBlock`] whose names begin with `Other`. Documented, but no server has it.
    #[doc(alias = "Other")]
    #[inline]
    pub fn other_bridge(&self) -> BridgeBlock<'buf> {
        BridgeBlock::over(self.frame(), "Other")
    }

    /// A text.
    ///
    /// Header `Text`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn text(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Text", aliases: &[], kind: Kind::Text })
    }

    /// Before 12.
    ///
    /// Header `Old-Name`. Up to Asterisk 11.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Old-Name")]
    #[inline]
    pub fn old_name(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Old-Name", aliases: &[], kind: Kind::Text })
    }

    /// From 12 on.
    ///
    /// Header `New/Name`. From Asterisk 12 on. Also `Newer`: From Asterisk 16 on, but not in 17. Also `Newest`: Documented, but no server has it.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "New/Name")]
    #[doc(alias = "Newer")]
    #[doc(alias = "Newest")]
    #[inline]
    pub fn new_name(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "New/Name", aliases: &["Newer", "Newest"], kind: Kind::Text })
    }

    /// Not in 12 and 13.
    ///
    /// Header `Gone`. Not in Asterisk 12 and 13.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn gone(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Gone", aliases: &[], kind: Kind::Text })
    }

    /// From 12 on, but not in 14.
    ///
    /// Header `Later`. From Asterisk 12 on, but not in 14.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn later(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Later", aliases: &[], kind: Kind::Text })
    }

    /// Documented.
    ///
    /// Header `Never`. Documented, but no server has it.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn never(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Never", aliases: &[], kind: Kind::Text })
    }

    /// Of 13 only.
    ///
    /// Header `Only`. Asterisk 13 only.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn only(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Only", aliases: &[], kind: Kind::Text })
    }

    /// A name with a blank.
    ///
    /// Header `Two words`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Two words")]
    #[inline]
    pub fn two_words(&self) -> Result<i64, FieldError> {
        read(self.frame(), "", &Key { name: "Two words", aliases: &[], kind: Kind::Int })
    }

    /// A name that the search of rustdoc finds by its spelling on the wire.
    ///
    /// Header `CallerIDNum`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "CallerIDNum")]
    #[inline]
    pub fn caller_id_num(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "CallerIDNum", aliases: &[], kind: Kind::Text })
    }

    /// A name that it can't find so.
    ///
    /// Header `Who's`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn who_s(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Who's", aliases: &[], kind: Kind::Text })
    }

    /// A name that is a word of the grammar.
    ///
    /// Header `use`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "use")]
    #[inline]
    pub fn used(&self) -> Result<bool, FieldError> {
        read(self.frame(), "", &Key { name: "use", aliases: &[], kind: Kind::Bool })
    }

    /// A name that is a Rust keyword.
    ///
    /// Header `Type`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Type")]
    #[inline]
    pub fn object_type(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Type", aliases: &[], kind: Kind::Text })
    }

    /// Not to be shown.
    ///
    /// Header `Secret`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn secret(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Secret", aliases: &[], kind: Kind::Text })
    }

    /// May come more than once.
    ///
    /// Header `Item`.
    #[inline]
    pub fn item(&self) -> Repeated<'buf, value::CommaList<'buf>> {
        repeated(self.frame(), "", &Key { name: "Item", aliases: &[], kind: Kind::List })
    }

    /// A number in the name.
    ///
    /// Header `Report{i}Loss`.
    #[doc(alias = "Report{i}Loss")]
    #[inline]
    pub fn report_loss(&self) -> Indexed<'buf, f64> {
        indexed(self.frame(), "", &Key { name: "Report{i}Loss", aliases: &[], kind: Kind::Float })
    }

    /// Two numbers.
    ///
    /// Header `Unit({i})/Type({j})`.
    #[doc(alias = "Unit({i})/Type({j})")]
    #[inline]
    pub fn unit_type(&self) -> Indexed<'buf, value::Hex> {
        indexed(self.frame(), "", &Key { name: "Unit({i})/Type({j})", aliases: &[], kind: Kind::Hex })
    }

    /// Six digits.
    ///
    /// Header `Line-{i:6}`.
    #[doc(alias = "Line-{i:6}")]
    #[inline]
    pub fn line(&self) -> Indexed<'buf, Value<'buf>> {
        indexed(self.frame(), "", &Key { name: "Line-{i:6}", aliases: &[], kind: Kind::Text })
    }

    /// Any text in the name, and more than once.
    ///
    /// Header `Var({key})`.
    #[doc(alias = "Var({key})")]
    #[inline]
    pub fn var(&self) -> Indexed<'buf, value::Assignment<'buf>> {
        indexed(self.frame(), "", &Key { name: "Var({key})", aliases: &[], kind: Kind::Assignment })
    }

    /// A line that is too long for its call.
    ///
    /// Header `QualifyTimeoutOfContact`. Also `QualifyTimeoutOld`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "QualifyTimeoutOfContact")]
    #[doc(alias = "QualifyTimeoutOld")]
    #[inline]
    pub fn qualify_timeout_of_contact(&self) -> Result<Duration, FieldError> {
        read(
            self.frame(),
            "",
            &Key { name: "QualifyTimeoutOfContact", aliases: &["QualifyTimeoutOld"], kind: Kind::Milliseconds },
        )
        .map(value::Milliseconds::get)
    }
}

/// Has no field of its own.
///
/// Event `Item`. Class `call`. An item of a list.
#[derive(Clone, Copy, Debug)]
pub struct Item<'buf>(ChannelBlock<'buf>);
event_view!(Item, 1, ChannelBlock, None, None);

/// The end of a list.
///
/// Event `ListEnd`. The end of a list.
#[derive(Clone, Copy, Debug)]
pub struct ListEnd<'buf>(CommonBlock<'buf>);
event_view!(ListEnd, 2, CommonBlock, None, None);

/// Nothing at all.
///
/// Event `Empty`.
#[derive(Clone, Copy, Debug)]
pub struct Empty<'buf>(CommonBlock<'buf>);
event_view!(Empty, 3, CommonBlock, None, None);

/// The server is ready.
///
/// Event `Booted`. Class `system`.
#[derive(Clone, Copy, Debug)]
pub struct Booted<'buf>(CommonBlock<'buf>);
event_view!(Booted, 4, CommonBlock, None, None);

/// Has a field of each kind.
///
/// Event `Kinds`.
///
/// ```
/// # use ami_proto::{Decoder, Limits, event::Kinds};
/// # let mut decoder = Decoder::new(Limits::new());
/// # decoder.push(b"Event: Kinds\r\nText: some text\r\n\r\n");
/// # let frame = decoder.next_frame()?.unwrap();
/// if let Some(event) = Kinds::view(frame) {
///     println!("{:?}", event.text()?);
/// }
/// # Kinds::view(frame).unwrap().text()?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Kinds<'buf>(CommonBlock<'buf>);
event_view!(Kinds, 5, CommonBlock, None, None);

impl<'buf> Kinds<'buf> {
    /// A text.
    ///
    /// Header `Text`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn text(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Text", aliases: &[], kind: Kind::Text })
    }

    /// An escaped text.
    ///
    /// Header `Escaped`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn escaped(&self) -> Result<value::Escaped<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Escaped", aliases: &[], kind: Kind::Escaped })
    }

    /// A number with a sign.
    ///
    /// Header `Int`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn int(&self) -> Result<i64, FieldError> {
        read(self.frame(), "", &Key { name: "Int", aliases: &[], kind: Kind::Int })
    }

    /// A number.
    ///
    /// Header `Uint`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn uint(&self) -> Result<u64, FieldError> {
        read(self.frame(), "", &Key { name: "Uint", aliases: &[], kind: Kind::Uint })
    }

    /// A number with a fraction.
    ///
    /// Header `Float`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn float(&self) -> Result<f64, FieldError> {
        read(self.frame(), "", &Key { name: "Float", aliases: &[], kind: Kind::Float })
    }

    /// A number in hexadecimal digits.
    ///
    /// Header `Hex`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn hex(&self) -> Result<u64, FieldError> {
        read(self.frame(), "", &Key { name: "Hex", aliases: &[], kind: Kind::Hex }).map(value::Hex::get)
    }

    /// A truth value.
    ///
    /// Header `Bool`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn bool(&self) -> Result<bool, FieldError> {
        read(self.frame(), "", &Key { name: "Bool", aliases: &[], kind: Kind::Bool })
    }

    /// Seconds.
    ///
    /// Header `Seconds`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn seconds(&self) -> Result<Duration, FieldError> {
        read(self.frame(), "", &Key { name: "Seconds", aliases: &[], kind: Kind::Seconds }).map(value::Seconds::get)
    }

    /// Milliseconds.
    ///
    /// Header `Ms`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn ms(&self) -> Result<Duration, FieldError> {
        read(self.frame(), "", &Key { name: "Ms", aliases: &[], kind: Kind::Milliseconds })
            .map(value::Milliseconds::get)
    }

    /// Hours, minutes and seconds.
    ///
    /// Header `Hms`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn hms(&self) -> Result<Duration, FieldError> {
        read(self.frame(), "", &Key { name: "Hms", aliases: &[], kind: Kind::ClockTime }).map(value::ClockTime::get)
    }

    /// Seconds and microseconds since 1970.
    ///
    /// Header `Timestamp`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn timestamp(&self) -> Result<value::Timestamp, FieldError> {
        read(self.frame(), "", &Key { name: "Timestamp", aliases: &[], kind: Kind::Timestamp })
    }

    /// Seconds since 1970.
    ///
    /// Header `Epoch`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn epoch(&self) -> Result<value::Timestamp, FieldError> {
        read(self.frame(), "", &Key { name: "Epoch", aliases: &[], kind: Kind::Epoch }).map(value::Epoch::get)
    }

    /// A day and a time.
    ///
    /// Header `Datetime`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn datetime(&self) -> Result<value::DateTime, FieldError> {
        read(self.frame(), "", &Key { name: "Datetime", aliases: &[], kind: Kind::DateTime })
    }

    /// A day.
    ///
    /// Header `Date`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn date(&self) -> Result<value::Date, FieldError> {
        read(self.frame(), "", &Key { name: "Date", aliases: &[], kind: Kind::Date })
    }

    /// A time of day.
    ///
    /// Header `Time`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn time(&self) -> Result<value::TimeOfDay, FieldError> {
        read(self.frame(), "", &Key { name: "Time", aliases: &[], kind: Kind::Time })
    }

    /// A time of a security event.
    ///
    /// Header `Isotime`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn isotime(&self) -> Result<value::SecurityTime, FieldError> {
        read(self.frame(), "", &Key { name: "Isotime", aliases: &[], kind: Kind::SecurityTime })
    }

    /// The name of a channel.
    ///
    /// Header `Channel`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn channel(&self) -> Result<value::ChannelName<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Channel", aliases: &[], kind: Kind::Channel })
    }

    /// A unique id.
    ///
    /// Header `Uniqueid`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Uniqueid")]
    #[inline]
    pub fn unique_id(&self) -> Result<value::UniqueId<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Uniqueid", aliases: &[], kind: Kind::UniqueId })
    }

    /// A part of a caller id.
    ///
    /// Header `Callerid`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Callerid")]
    #[inline]
    pub fn caller_id(&self) -> Result<value::CallerIdPart<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Callerid", aliases: &[], kind: Kind::CallerId })
    }

    /// A hangup cause.
    ///
    /// Header `Cause`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn cause(&self) -> Result<value::HangupCause, FieldError> {
        read(self.frame(), "", &Key { name: "Cause", aliases: &[], kind: Kind::Cause })
    }

    /// The state of a channel.
    ///
    /// Header `ChannelState`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "ChannelState")]
    #[inline]
    pub fn channel_state(&self) -> Result<value::ChannelState, FieldError> {
        read(self.frame(), "", &Key { name: "ChannelState", aliases: &[], kind: Kind::ChannelState })
    }

    /// The state of a device.
    ///
    /// Header `DeviceState`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "DeviceState")]
    #[inline]
    pub fn device_state(&self) -> Result<value::DeviceState<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "DeviceState", aliases: &[], kind: Kind::DeviceState })
    }

    /// The same as a number.
    ///
    /// Header `DeviceStateNumber`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "DeviceStateNumber")]
    #[inline]
    pub fn device_state_number(&self) -> Result<value::DeviceState<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "DeviceStateNumber", aliases: &[], kind: Kind::DeviceState })
    }

    /// The state of an extension.
    ///
    /// Header `ExtensionState`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "ExtensionState")]
    #[inline]
    pub fn extension_state(&self) -> Result<value::ExtensionState, FieldError> {
        read(self.frame(), "", &Key { name: "ExtensionState", aliases: &[], kind: Kind::ExtensionState })
    }

    /// A presence.
    ///
    /// Header `PresenceState`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "PresenceState")]
    #[inline]
    pub fn presence_state(&self) -> Result<value::PresenceState<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "PresenceState", aliases: &[], kind: Kind::PresenceState })
    }

    /// Flags for billing.
    ///
    /// Header `AmaFlags`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "AmaFlags")]
    #[inline]
    pub fn ama_flags(&self) -> Result<value::AmaFlags<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "AmaFlags", aliases: &[], kind: Kind::AmaFlags })
    }

    /// What may be shown of a number.
    ///
    /// Header `Presentation`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn presentation(&self) -> Result<value::Presentation<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Presentation", aliases: &[], kind: Kind::Presentation })
    }

    /// Classes.
    ///
    /// Header `Classes`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn classes(&self) -> Result<value::ClassSet<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Classes", aliases: &[], kind: Kind::Classes })
    }

    /// A peer.
    ///
    /// Header `Peer`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn peer(&self) -> Result<value::Peer<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Peer", aliases: &[], kind: Kind::Peer })
    }

    /// An address.
    ///
    /// Header `Address`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn address(&self) -> Result<value::SecurityAddress<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Address", aliases: &[], kind: Kind::Address })
    }

    /// Codecs.
    ///
    /// Header `Codecs`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn codecs(&self) -> Result<value::CodecList<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Codecs", aliases: &[], kind: Kind::Codecs })
    }

    /// Contacts.
    ///
    /// Header `Contacts`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn contacts(&self) -> Result<value::ContactList<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Contacts", aliases: &[], kind: Kind::Contacts })
    }

    /// A comma list.
    ///
    /// Header `List`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn list(&self) -> Result<value::CommaList<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "List", aliases: &[], kind: Kind::List })
    }

    /// A variable.
    ///
    /// Header `Assignment`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn assignment(&self) -> Result<value::Assignment<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Assignment", aliases: &[], kind: Kind::Assignment })
    }

    /// Variables.
    ///
    /// Header `Assignments`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn assignments(&self) -> Result<value::CommaList<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Assignments", aliases: &[], kind: Kind::Assignments })
    }
}

/// The event that says that the server is ready.
#[cfg(feature = "std")]
pub(crate) type Ready<'buf> = Booted<'buf>;

/// Hands the names of the views to a macro.
#[cfg(feature = "serde")]
macro_rules! each_view {
    ($macro:ident) => {
        $macro! {
            Everything,
            Item,
            ListEnd,
            Empty,
            Booted,
            Kinds,
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use each_view;
