// Every action as a server sees it.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// A request, by its name: a typed view of the frame it came in.
///
/// The case of letters in the name doesn't matter. An action that the crate doesn't know is `Other`; so is a frame that is no request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Request<'buf> {
    /// Does everything.
    Everything(Everything<'buf>),
    /// Is answered by the output of a command.
    Command(Command<'buf>),
    /// Is answered without a frame.
    Queues(Queues<'buf>),
    /// Has so many parameters that a line has no room for them.
    Many(Many<'buf>),
    /// Takes nothing and tells nothing.
    Nothing(Nothing<'buf>),
    /// Is answered by a list in one frame.
    Glued(Glued<'buf>),
    /// Is answered later where that is asked for.
    Place(Place<'buf>),
    /// Is read as more than its values.
    Guarded(Guarded<'buf>),
    /// Takes its time.
    Wait(Wait<'buf>),
    /// Holds for a connection.
    Choose(Choose<'buf>),
    /// Holds for a connection, all of it.
    Add(Add<'buf>),
    /// Is answered by the session itself.
    Sesame(Sesame<'buf>),
    /// Is answered so, too, and takes nothing.
    Farewell(Farewell<'buf>),
    /// A frame that no type of this crate stands for.
    Other(Frame<'buf>),
}

impl<'buf> Request<'buf> {
    /// The frame it came in.
    #[inline]
    pub fn frame(self) -> Frame<'buf> {
        match self {
            Self::Everything(view) => view.0,
            Self::Command(view) => view.0,
            Self::Queues(view) => view.0,
            Self::Many(view) => view.0,
            Self::Nothing(view) => view.0,
            Self::Glued(view) => view.0,
            Self::Place(view) => view.0,
            Self::Guarded(view) => view.0,
            Self::Wait(view) => view.0,
            Self::Choose(view) => view.0,
            Self::Add(view) => view.0,
            Self::Sesame(view) => view.0,
            Self::Farewell(view) => view.0,
            Self::Other(frame) => frame,
        }
    }

    #[inline]
    pub(super) fn from_number(number: usize, frame: Frame<'buf>) -> Self {
        match number {
            0 => Self::Everything(Everything(frame)),
            1 => Self::Command(Command(frame)),
            2 => Self::Queues(Queues(frame)),
            3 => Self::Many(Many(frame)),
            4 => Self::Nothing(Nothing(frame)),
            5 => Self::Glued(Glued(frame)),
            6 => Self::Place(Place(frame)),
            7 => Self::Guarded(Guarded(frame)),
            8 => Self::Wait(Wait(frame)),
            9 => Self::Choose(Choose(frame)),
            10 => Self::Add(Add(frame)),
            11 => Self::Sesame(Sesame(frame)),
            12 => Self::Farewell(Farewell(frame)),
            _ => Self::Other(frame),
        }
    }
}

/// Does everything.
///
/// Action `2Everything`, read by a server; [`action::Everything`](crate::action::Everything) builds it.
#[doc(alias = "2Everything")]
#[doc(alias = "All")]
#[derive(Clone, Copy, Debug)]
pub struct Everything<'buf>(Frame<'buf>);
request_view!(Everything, 0);

impl<'buf> Everything<'buf> {
    /// Name of the channel.
    ///
    /// Header `Channel`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn channel(&self) -> Result<value::ChannelName<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Channel", aliases: &[], kind: Kind::Channel })
    }

    /// A name with a sign.
    ///
    /// Header `Two-Words`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "Two-Words")]
    #[inline]
    pub fn two_words(&self) -> Result<i64, FieldError> {
        read(self.frame(), "", &Key { name: "Two-Words", aliases: &[], kind: Kind::Int })
    }

    /// One variable.
    ///
    /// Header `Variable`.
    #[inline]
    pub fn variable(&self) -> Repeated<'buf, value::CommaList<'buf>> {
        repeated(self.frame(), "", &Key { name: "Variable", aliases: &[], kind: Kind::Assignments })
    }

    /// How long it may take.
    ///
    /// Header `Timeout`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn timeout(&self) -> Result<Duration, FieldError> {
        read(self.frame(), "", &Key { name: "Timeout", aliases: &[], kind: Kind::Milliseconds })
            .map(value::Milliseconds::get)
    }

    /// May come more than once.
    ///
    /// Header `Again`. From Asterisk 12 on. Also `Once`.
    #[doc(alias = "Once")]
    #[inline]
    pub fn again(&self) -> Repeated<'buf, Value<'buf>> {
        repeated(self.frame(), "", &Key { name: "Again", aliases: &["Once"], kind: Kind::Text })
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

    /// Six digits.
    ///
    /// Header `Line-{i:6}`.
    #[doc(alias = "Line-{i:6}")]
    #[inline]
    pub fn line(&self) -> Indexed<'buf, u64> {
        indexed(self.frame(), "", &Key { name: "Line-{i:6}", aliases: &[], kind: Kind::Uint })
    }

    /// A number in the name.
    ///
    /// Header `Unit({i})`.
    #[doc(alias = "Unit({i})")]
    #[inline]
    pub fn unit(&self) -> Indexed<'buf, u64> {
        indexed(self.frame(), "", &Key { name: "Unit({i})", aliases: &[], kind: Kind::Uint })
    }

    /// Several in one.
    ///
    /// Header `Codecs`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn codecs(&self) -> Result<value::CommaList<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Codecs", aliases: &[], kind: Kind::List })
    }
}

/// Is answered by the output of a command.
///
/// Action `Command`, read by a server; [`action::Command`](crate::action::Command) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Command<'buf>(Frame<'buf>);
request_view!(Command, 1);

/// Is answered without a frame.
///
/// Action `Queues`, read by a server; [`action::Queues`](crate::action::Queues) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Queues<'buf>(Frame<'buf>);
request_view!(Queues, 2);

/// Has so many parameters that a line has no room for them.
///
/// Action `Many`, read by a server; [`action::Many`](crate::action::Many) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Many<'buf>(Frame<'buf>);
request_view!(Many, 3);

impl<'buf> Many<'buf> {
    /// The first.
    ///
    /// Header `FirstParameter`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "FirstParameter")]
    #[inline]
    pub fn first_parameter(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "FirstParameter", aliases: &[], kind: Kind::Text })
    }

    /// The second.
    ///
    /// Header `SecondParameter`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "SecondParameter")]
    #[inline]
    pub fn second_parameter(&self) -> Result<Duration, FieldError> {
        read(self.frame(), "", &Key { name: "SecondParameter", aliases: &[], kind: Kind::Seconds })
            .map(value::Seconds::get)
    }

    /// The third.
    ///
    /// Header `ThirdParameter`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "ThirdParameter")]
    #[inline]
    pub fn third_parameter(&self) -> Result<u64, FieldError> {
        read(self.frame(), "", &Key { name: "ThirdParameter", aliases: &[], kind: Kind::Uint })
    }

    /// The fourth.
    ///
    /// Header `FourthParameter`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "FourthParameter")]
    #[inline]
    pub fn fourth_parameter(&self) -> Result<u64, FieldError> {
        read(self.frame(), "", &Key { name: "FourthParameter", aliases: &[], kind: Kind::Uint })
    }
}

/// Takes nothing and tells nothing.
///
/// Action `Nothing`, read by a server; [`action::Nothing`](crate::action::Nothing) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Nothing<'buf>(Frame<'buf>);
request_view!(Nothing, 4);

/// Is answered by a list in one frame.
///
/// Action `Glued`, read by a server; [`action::Glued`](crate::action::Glued) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Glued<'buf>(Frame<'buf>);
request_view!(Glued, 5);

/// Is answered later where that is asked for.
///
/// Action `Place`, read by a server; [`action::Place`](crate::action::Place) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'buf>(Frame<'buf>);
request_view!(Place, 6);

impl<'buf> Place<'buf> {
    /// How long it may take.
    ///
    /// Header `Timeout`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn timeout(&self) -> Result<Duration, FieldError> {
        read(self.frame(), "", &Key { name: "Timeout", aliases: &[], kind: Kind::Milliseconds })
            .map(value::Milliseconds::get)
    }

    /// Whether to tell later.
    ///
    /// Header `Later`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn later(&self) -> Result<bool, FieldError> {
        read(self.frame(), "", &Key { name: "Later", aliases: &[], kind: Kind::Bool })
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

    /// A cause.
    ///
    /// Header `Cause`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn cause(&self) -> Result<value::HangupCause, FieldError> {
        read(self.frame(), "", &Key { name: "Cause", aliases: &[], kind: Kind::Cause })
    }

    /// A variable.
    ///
    /// Header `Set`.
    #[inline]
    pub fn set(&self) -> Repeated<'buf, value::CommaList<'buf>> {
        repeated(self.frame(), "", &Key { name: "Set", aliases: &[], kind: Kind::Assignments })
    }
}

/// Is read as more than its values.
///
/// Action `Guarded`, read by a server; [`action::Guarded`](crate::action::Guarded) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Guarded<'buf>(Frame<'buf>);
request_view!(Guarded, 7);

impl<'buf> Guarded<'buf> {
    /// A name.
    ///
    /// Header `Name`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn name(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Name", aliases: &[], kind: Kind::Text })
    }

    /// A file.
    ///
    /// Header `File`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn file(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "File", aliases: &[], kind: Kind::Text })
    }

    /// A setting.
    ///
    /// Header `Set-{i:6}`.
    #[doc(alias = "Set-{i:6}")]
    #[inline]
    pub fn set(&self) -> Indexed<'buf, Value<'buf>> {
        indexed(self.frame(), "", &Key { name: "Set-{i:6}", aliases: &[], kind: Kind::Text })
    }

    /// A pattern.
    ///
    /// Header `Pattern`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn pattern(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Pattern", aliases: &[], kind: Kind::Text })
    }
}

/// Takes its time.
///
/// Action `Wait`, read by a server; [`action::Wait`](crate::action::Wait) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Wait<'buf>(Frame<'buf>);
request_view!(Wait, 8);

impl<'buf> Wait<'buf> {
    /// How long it may take.
    ///
    /// Header `Timeout`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn timeout(&self) -> Result<i64, FieldError> {
        read(self.frame(), "", &Key { name: "Timeout", aliases: &[], kind: Kind::Int })
    }
}

/// Holds for a connection.
///
/// Action `Choose`, read by a server; [`action::Choose`](crate::action::Choose) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Choose<'buf>(Frame<'buf>);
request_view!(Choose, 9);

impl<'buf> Choose<'buf> {
    /// What to choose.
    ///
    /// Header `Mask`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn mask(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Mask", aliases: &[], kind: Kind::Text })
    }
}

/// Holds for a connection, all of it.
///
/// Action `Add`, read by a server; [`action::Add`](crate::action::Add) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Add<'buf>(Frame<'buf>);
request_view!(Add, 10);

impl<'buf> Add<'buf> {
    /// What to add.
    ///
    /// Header `Filter`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn filter(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Filter", aliases: &[], kind: Kind::Text })
    }
}

/// Is answered by the session itself.
///
/// Action `Sesame`, read by a server; [`action::Sesame`](crate::action::Sesame) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Sesame<'buf>(Frame<'buf>);
request_view!(Sesame, 11);

impl<'buf> Sesame<'buf> {
    /// May be empty.
    ///
    /// Header `Word`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn word(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "Word", aliases: &[], kind: Kind::Text })
    }

    /// Has one value.
    ///
    /// Header `How`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn how(&self) -> Result<Value<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "How", aliases: &[], kind: Kind::Text })
    }
}

/// Is answered so, too, and takes nothing.
///
/// Action `Farewell`, read by a server; [`action::Farewell`](crate::action::Farewell) builds it.
#[derive(Clone, Copy, Debug)]
pub struct Farewell<'buf>(Frame<'buf>);
request_view!(Farewell, 12);

/// Hands the names of the views to a macro.
#[cfg(feature = "serde")]
macro_rules! each_view {
    ($macro:ident) => {
        $macro! {
            Everything,
            Command,
            Queues,
            Many,
            Nothing,
            Glued,
            Place,
            Guarded,
            Wait,
            Choose,
            Add,
            Sesame,
            Farewell,
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use each_view;

/// A request that a session answers by itself, by the `role` in its action's entry; with its
/// view, where it has parameters.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum SessionRequest<'buf> {
    Login(Sesame<'buf>),
    Logoff,
    Mask(Choose<'buf>),
}

#[cfg(feature = "std")]
impl<'buf> SessionRequest<'buf> {
    /// The request as one of these, if its action has a role.
    pub(crate) fn of(request: Request<'buf>) -> Option<Self> {
        match request {
            Request::Sesame(view) => Some(Self::Login(view)),
            Request::Farewell(_) => Some(Self::Logoff),
            Request::Choose(view) => Some(Self::Mask(view)),
            _ => None,
        }
    }
}
