// Every action: its builder.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

pub(super) static ARGUMENTS: Guard =
    Guard::new(",\"\\()[]", false, None, "syntax of a list of arguments, the last of which is a command");
pub(super) static SETTING: Guard =
    Guard::new("#;=[", false, None, "the beginning or end of something other than a name");
pub(super) static NAME: Guard = Guard::new("/", false, None, "a folder");

/// Does everything.
///
/// Action `2Everything`. Asterisk 11 to 12. Needs one of the classes `system`, `call`. Changes nothing.
///
/// The response: Tells a lot. See [`response::Everything`]. Then come the events `Item`, `2Everything`, then `ListEnd`. Later the event `Kinds` tells how it went.
///
/// Other headers, set with [`header`](Self::header): Other headers go along.
///
/// ```
/// # use core::time::Duration;
/// use ami_proto::action::{Action, Everything};
///
/// let mut out = Vec::new();
/// Everything::new("PJSIP/100-00000001", -3, ("k", "a,b"), Duration::from_secs(30)).encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: 2Everything\r\nActionID: 1\r\nChannel: PJSIP/100-00000001\r\nTwo-Words: -3\r\nVariable: k=a\\,b\r\nTimeout: 30000\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[doc(alias = "2Everything")]
#[doc(alias = "All")]
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Everything<'a>(pub(super) Args<'a>);
action!(Everything, 0, Everything, Some(Branch::new(11, 0)), Some(Branch::new(12, 0)));
list_action!(Everything);

impl<'a> Everything<'a> {
    /// The action with what it needs.
    #[inline]
    pub fn new(
        channel: impl Into<Arg<'a>>,
        two_words: i64,
        variable: (impl Into<Arg<'a>>, impl Into<Arg<'a>>),
        timeout: Duration,
    ) -> Self {
        Self(Args::new("2Everything").verbatim())
            .channel(channel)
            .two_words(two_words)
            .variable(variable.0, variable.1)
            .timeout(timeout)
    }

    /// Name of the channel.
    ///
    /// Header `Channel`.
    #[inline]
    pub fn channel(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("Channel", value.into()))
    }

    /// A name with a sign.
    ///
    /// Header `Two-Words`.
    #[doc(alias = "Two-Words")]
    #[inline]
    pub fn two_words(self, value: i64) -> Self {
        Self(self.0.set("Two-Words", value.into()))
    }

    /// One variable.
    ///
    /// Header `Variable`.
    ///
    /// Call it once for each; the value is quoted as the server unquotes it.
    #[inline]
    pub fn variable(self, name: impl Into<Arg<'a>>, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.assign("Variable", name.into(), value.into()))
    }

    /// How long it may take.
    ///
    /// Header `Timeout`.
    #[inline]
    pub fn timeout(self, value: Duration) -> Self {
        Self(self.0.set("Timeout", value::Milliseconds(value).into()))
    }

    /// May come more than once.
    ///
    /// Header `Again`. From Asterisk 12 on. Also `Once`.
    ///
    /// Call it once for each.
    #[doc(alias = "Once")]
    #[inline]
    pub fn again(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.push("Again", value.into()))
    }

    /// Not to be shown.
    ///
    /// Header `Secret`.
    #[inline]
    pub fn secret(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.secret("Secret", value.into()))
    }

    /// Six digits.
    ///
    /// Header `Line-{i:6}`.
    #[doc(alias = "Line-{i:6}")]
    #[inline]
    pub fn line(self, number: u32, value: u64) -> Self {
        Self(self.0.numbered("Line-{i:6}", number, value.into()))
    }

    /// A number in the name.
    ///
    /// Header `Unit({i})`.
    #[doc(alias = "Unit({i})")]
    #[inline]
    pub fn unit(self, number: u32, value: u64) -> Self {
        Self(self.0.numbered("Unit({i})", number, value.into()))
    }

    /// Several in one.
    ///
    /// Header `Codecs`.
    #[inline]
    pub fn codecs(self, value: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        Self(self.0.set("Codecs", Arg::list(value)))
    }
}

/// Is answered by the output of a command.
///
/// Action `Command`. Needs the class `command`.
///
/// The response: Carries the output. See [`response::Command`].
///
/// ```
/// use ami_proto::action::{Action, Command};
///
/// let mut out = Vec::new();
/// Command::new().encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Command\r\nActionID: 1\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Command<'a>(pub(super) Args<'a>);
action!(Command, 1, Command, None, None);

impl<'a> Command<'a> {
    /// The action, with nothing set.
    #[inline]
    pub fn new() -> Self {
        Self(Args::new("Command"))
    }
}

/// Is answered without a frame.
///
/// Action `Queues`.
///
/// The response: The list of queues as the console shows it.
///
/// ```
/// use ami_proto::action::{Action, Queues};
///
/// let mut out = Vec::new();
/// Queues::new().encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Queues\r\nActionID: 1\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Queues<'a>(pub(super) Args<'a>);
action!(Queues, 2, Response, None, None);

impl<'a> Queues<'a> {
    /// The action, with nothing set.
    #[inline]
    pub fn new() -> Self {
        Self(Args::new("Queues"))
    }
}

/// Has so many parameters that a line has no room for them.
///
/// Action `Many`.
///
/// The response: Carries no headers, but these. See [`response::Many`].
///
/// ```
/// # use core::time::Duration;
/// use ami_proto::action::{Action, Many};
///
/// let mut out = Vec::new();
/// Many::new("some text", Duration::from_secs(30), 3, 3).encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Many\r\nActionID: 1\r\nFirstParameter: some text\r\nSecondParameter: 30\r\nThirdParameter: 3\r\nFourthParameter: 3\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Many<'a>(pub(super) Args<'a>);
action!(Many, 3, Many, None, None);

impl<'a> Many<'a> {
    /// The action with what it needs.
    #[inline]
    pub fn new(
        first_parameter: impl Into<Arg<'a>>,
        second_parameter: Duration,
        third_parameter: u64,
        fourth_parameter: u64,
    ) -> Self {
        Self(Args::new("Many"))
            .first_parameter(first_parameter)
            .second_parameter(second_parameter)
            .third_parameter(third_parameter)
            .fourth_parameter(fourth_parameter)
    }

    /// The first.
    ///
    /// Header `FirstParameter`.
    #[doc(alias = "FirstParameter")]
    #[inline]
    pub fn first_parameter(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("FirstParameter", value.into()))
    }

    /// The second.
    ///
    /// Header `SecondParameter`.
    #[doc(alias = "SecondParameter")]
    #[inline]
    pub fn second_parameter(self, value: Duration) -> Self {
        Self(self.0.set("SecondParameter", value::Seconds(value).into()))
    }

    /// The third.
    ///
    /// Header `ThirdParameter`.
    #[doc(alias = "ThirdParameter")]
    #[inline]
    pub fn third_parameter(self, value: u64) -> Self {
        Self(self.0.set("ThirdParameter", value.into()))
    }

    /// The fourth.
    ///
    /// Header `FourthParameter`.
    #[doc(alias = "FourthParameter")]
    #[inline]
    pub fn fourth_parameter(self, value: u64) -> Self {
        Self(self.0.set("FourthParameter", value.into()))
    }
}

/// Takes nothing and tells nothing.
///
/// Action `Nothing`.
///
/// ```
/// use ami_proto::action::{Action, Nothing};
///
/// let mut out = Vec::new();
/// Nothing::new().encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Nothing\r\nActionID: 1\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Nothing<'a>(pub(super) Args<'a>);
action!(Nothing, 4, Response, None, None);

impl<'a> Nothing<'a> {
    /// The action, with nothing set.
    #[inline]
    pub fn new() -> Self {
        Self(Args::new("Nothing"))
    }
}

/// Is answered by a list in one frame.
///
/// Action `Glued`.
///
/// Then come the events `Item`, then `ListEnd`. An empty list is a response alone, with the message `There is nothing.`.
///
/// ```
/// use ami_proto::action::{Action, Glued};
///
/// let mut out = Vec::new();
/// Glued::new().encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Glued\r\nActionID: 1\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Glued<'a>(pub(super) Args<'a>);
action!(Glued, 5, Response, None, None);
list_action!(Glued, Item);

impl<'a> Glued<'a> {
    /// The action, with nothing set.
    #[inline]
    pub fn new() -> Self {
        Self(Args::new("Glued"))
    }
}

/// Is answered later where that is asked for.
///
/// Action `Place`.
///
/// Later the event `Kinds` tells how it went where `Later` is true.
///
/// ```
/// # use ami_proto::value;
/// use ami_proto::action::{Action, Place};
///
/// let mut out = Vec::new();
/// Place::new()
///     .later(true)
///     .text("two words")
///     .cause(value::HangupCause::new(16))
///     .set("a", "b")
///     .encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Place\r\nActionID: 1\r\nLater: yes\r\nText: two words\r\nCause: 16\r\nSet: a=b\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Place<'a>(pub(super) Args<'a>);
action!(Place, 6, Response, None, None);

impl<'a> Place<'a> {
    /// The action, with nothing set.
    #[inline]
    pub fn new() -> Self {
        Self(Args::new("Place"))
    }

    /// How long it may take.
    ///
    /// Header `Timeout`.
    #[inline]
    pub fn timeout(self, value: Duration) -> Self {
        Self(self.0.set("Timeout", value::Milliseconds(value).into()))
    }

    /// Whether to tell later.
    ///
    /// Header `Later`.
    #[inline]
    pub fn later(self, value: bool) -> Self {
        Self(self.0.set("Later", value.into()))
    }

    /// A text.
    ///
    /// Header `Text`.
    #[inline]
    pub fn text(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("Text", value.into()))
    }

    /// A cause.
    ///
    /// Header `Cause`.
    #[inline]
    pub fn cause(self, value: value::HangupCause) -> Self {
        Self(self.0.set("Cause", i64::from(value.get()).into()))
    }

    /// A variable.
    ///
    /// Header `Set`.
    ///
    /// Call it once for each; the value is quoted as the server unquotes it.
    #[inline]
    pub fn set(self, name: impl Into<Arg<'a>>, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.assign("Set", name.into(), value.into()))
    }
}

/// Is read as more than its values.
///
/// Action `Guarded`.
///
/// ```
/// use ami_proto::action::{Action, Guarded};
///
/// let mut out = Vec::new();
/// Guarded::new("word").encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Guarded\r\nActionID: 1\r\nName: word\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Guarded<'a>(pub(super) Args<'a>);
action!(Guarded, 7, Response, None, None);
guarded!(Guarded: "Name" NAME, "File" ARGUMENTS, "Set-{i:6}" SETTING);

impl<'a> Guarded<'a> {
    /// The action with what it needs.
    #[inline]
    pub fn new(name: impl Into<Arg<'a>>) -> Self {
        Self(Args::new("Guarded").guarded(Self::GUARDED)).name(name)
    }

    /// A name.
    ///
    /// Header `Name`.
    ///
    /// The server takes it for the path to a file, as in `../a`: that is refused, except by [`even_if_interpreted`](Self::even_if_interpreted).
    #[inline]
    pub fn name(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("Name", value.into()))
    }

    /// A file.
    ///
    /// Header `File`.
    ///
    /// The server joins it with options and a command for the shell, and splits that at commas, as in `a.wav,,id`: that is refused, except by [`even_if_interpreted`](Self::even_if_interpreted).
    #[inline]
    pub fn file(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("File", value.into()))
    }

    /// A setting.
    ///
    /// Header `Set-{i:6}`.
    ///
    /// The server writes it at the start of a line of a file that it reads again: `#exec` runs a command, as in `#exec`: that is refused, except by [`even_if_interpreted`](Self::even_if_interpreted).
    #[doc(alias = "Set-{i:6}")]
    #[inline]
    pub fn set(self, number: u32, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.numbered("Set-{i:6}", number, value.into()))
    }

    /// A pattern.
    ///
    /// Header `Pattern`.
    ///
    /// The server matches by it, \<all\>, as in `/./`. That is its purpose, so it is no place for texts from outside.
    #[inline]
    pub fn pattern(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("Pattern", value.into()))
    }
}

/// Takes its time.
///
/// Action `Wait`.
///
/// The response: Text up to 11. Later the event `Kinds` tells how it went.
///
/// ```
/// use ami_proto::action::{Action, Wait};
///
/// let mut out = Vec::new();
/// Wait::new(-3).encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Wait\r\nActionID: 1\r\nTimeout: -3\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Wait<'a>(pub(super) Args<'a>);
action!(Wait, 8, Response, None, None);

impl<'a> Wait<'a> {
    /// The action with what it needs.
    #[inline]
    pub fn new(timeout: i64) -> Self {
        Self(Args::new("Wait")).timeout(timeout)
    }

    /// How long it may take.
    ///
    /// Header `Timeout`.
    #[inline]
    pub fn timeout(self, value: i64) -> Self {
        Self(self.0.set("Timeout", value.into()))
    }
}

/// Holds for a connection.
///
/// Action `Choose`.
///
/// ```
/// use ami_proto::action::{Action, Choose};
///
/// let mut out = Vec::new();
/// Choose::new("some text").encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Choose\r\nActionID: 1\r\nMask: some text\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Choose<'a>(pub(super) Args<'a>);
action!(Choose, 9, Response, None, None);

impl<'a> Choose<'a> {
    /// The action with what it needs.
    #[inline]
    pub fn new(mask: impl Into<Arg<'a>>) -> Self {
        Self(Args::new("Choose")).mask(mask)
    }

    /// What to choose.
    ///
    /// Header `Mask`.
    #[inline]
    pub fn mask(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("Mask", value.into()))
    }
}

/// Holds for a connection, all of it.
///
/// Action `Add`.
///
/// ```
/// use ami_proto::action::{Action, Add};
///
/// let mut out = Vec::new();
/// Add::new("some text").encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Add\r\nActionID: 1\r\nFilter: some text\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Add<'a>(pub(super) Args<'a>);
action!(Add, 10, Response, None, None);

impl<'a> Add<'a> {
    /// The action with what it needs.
    #[inline]
    pub fn new(filter: impl Into<Arg<'a>>) -> Self {
        Self(Args::new("Add")).filter(filter)
    }

    /// What to add.
    ///
    /// Header `Filter`.
    #[inline]
    pub fn filter(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("Filter", value.into()))
    }
}

/// Is answered by the session itself.
///
/// Action `Sesame`.
///
/// Writes `How: MD5` by itself. Has one value.
///
/// ```
/// use ami_proto::action::{Action, Sesame};
///
/// let mut out = Vec::new();
/// Sesame::new("some text").encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Sesame\r\nActionID: 1\r\nHow: MD5\r\nWord: some text\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Sesame<'a>(pub(super) Args<'a>);
action!(Sesame, 11, Response, None, None);

impl<'a> Sesame<'a> {
    /// The action with what it needs.
    #[inline]
    pub fn new(word: impl Into<Arg<'a>>) -> Self {
        Self(Args::new("Sesame").set("How", "MD5".into())).word(word)
    }

    /// May be empty.
    ///
    /// Header `Word`.
    #[inline]
    pub fn word(self, value: impl Into<Arg<'a>>) -> Self {
        Self(self.0.set("Word", value.into()))
    }
}

/// Is answered so, too, and takes nothing.
///
/// Action `Farewell`.
///
/// ```
/// use ami_proto::action::{Action, Farewell};
///
/// let mut out = Vec::new();
/// Farewell::new().encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: Farewell\r\nActionID: 1\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it is sent"]
pub struct Farewell<'a>(pub(super) Args<'a>);
action!(Farewell, 12, Response, None, None);

impl<'a> Farewell<'a> {
    /// The action, with nothing set.
    #[inline]
    pub fn new() -> Self {
        Self(Args::new("Farewell"))
    }
}
