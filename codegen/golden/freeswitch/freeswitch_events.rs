// Every event: its view.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// An event of a conference, by its `Action`: a typed view of the [`Event`] it came as.
///
/// Nothing is parsed until a field is asked for, and [`event`](Self::event) gives back everything that was on the wire. The case of letters
/// in the name doesn't matter. An action that the crate doesn't know is `Other`; so is an event of another subclass.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ConferenceEvent<'buf> {
    /// Plays a \<file\>.
    PlayFile(PlayFile<'buf>),
    /// Has no field of its own.
    Nothing(Nothing<'buf>),
    /// Records \<something\>.
    SomeThing(SomeThing<'buf>),
    /// An event that no type of this crate stands for.
    Other(Event<'buf>),
}

impl<'buf> ConferenceEvent<'buf> {
    /// The event it came in.
    #[inline]
    pub fn event(self) -> Event<'buf> {
        match self {
            Self::PlayFile(view) => view.event(),
            Self::Nothing(view) => view.event(),
            Self::SomeThing(view) => view.event(),
            Self::Other(event) => event,
        }
    }

    #[inline]
    pub(super) fn from_number(number: usize, event: Event<'buf>) -> Self {
        match number {
            0 => Self::PlayFile(PlayFile::over(event)),
            1 => Self::Nothing(Nothing::over(event)),
            2 => Self::SomeThing(SomeThing::over(event)),
            _ => Self::Other(event),
        }
    }
}

/// Plays a \<file\>.
///
/// Action `play-file`.
///
/// Other headers, found with [`Event::headers`]: Whatever else there is.
///
/// ```
/// # use ami_proto::freeswitch::{Decoder, LIMITS, event::PlayFile};
/// # let mut decoder = Decoder::new(LIMITS);
/// # decoder.push(b"Content-Length: 100\nContent-Type: text/event-plain\n\nEvent-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nAction: play-file\nFile: some%20text\n\n");
/// # let frame = decoder.next_frame()?.unwrap();
/// if let Some(event) = frame.event().and_then(PlayFile::view) {
///     println!("{:?}", event.file()?);
/// }
/// # frame.event().and_then(PlayFile::view).unwrap().file()?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[doc(alias = "play-file")]
#[derive(Clone, Copy, Debug)]
pub struct PlayFile<'buf>(MemberBlock<'buf>);
event_view!(PlayFile, 0, MemberBlock, None, None);

impl<'buf> PlayFile<'buf> {
    /// The file.
    ///
    /// Header `File`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[inline]
    pub fn file(&self) -> Result<value::Encoded<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "File", aliases: &[], kind: Kind::Encoded })
    }
}

/// Has no field of its own.
///
/// Action `nothing`.
#[derive(Clone, Copy, Debug)]
pub struct Nothing<'buf>(CommonBlock<'buf>);
event_view!(Nothing, 1, CommonBlock, None, None);

/// Records \<something\>.
///
/// Subclass `some::thing`.
///
/// ```
/// # use ami_proto::freeswitch::{Decoder, LIMITS, event::SomeThing};
/// # let mut decoder = Decoder::new(LIMITS);
/// # decoder.push(b"Content-Length: 74\nContent-Type: text/event-plain\n\nEvent-Subclass: some%3A%3Athing\nEvent-Name: CUSTOM\nCDR-Path: some%20text\n\n");
/// # let frame = decoder.next_frame()?.unwrap();
/// if let Some(event) = frame.event().and_then(SomeThing::view) {
///     println!("{:?}", event.cdr_path()?);
/// }
/// # frame.event().and_then(SomeThing::view).unwrap().cdr_path()?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[doc(alias = "some::thing")]
#[derive(Clone, Copy, Debug)]
pub struct SomeThing<'buf>(CommonBlock<'buf>);
event_view!(SomeThing, 2, CommonBlock, None, None);

impl<'buf> SomeThing<'buf> {
    /// The file.
    ///
    /// Header `CDR-Path`.
    ///
    /// # Errors
    /// [`FieldError`] where the frame has no value for it, or one of another kind.
    #[doc(alias = "CDR-Path")]
    #[inline]
    pub fn cdr_path(&self) -> Result<value::Encoded<'buf>, FieldError> {
        read(self.frame(), "", &Key { name: "CDR-Path", aliases: &[], kind: Kind::Encoded })
    }
}

/// Hands the names of the views to a macro.
#[cfg(feature = "serde")]
macro_rules! each_view {
    ($macro:ident) => {
        $macro! {
            PlayFile,
            Nothing,
            SomeThing,
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use each_view;
