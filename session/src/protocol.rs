//! The two protocols, as a connection sees them: a state machine of `ami-proto` each, and what is
//! to be done with each thing that one tells.

use std::sync::Arc;
use std::time::Instant;

use ami_proto::ConnectionError;
use ami_proto::conn::{Id, Machine, Trace};
use ami_proto::error::{ApiMisuse, SendError};

/// A protocol that a connection speaks: that of Asterisk's Manager Interface ([`Client`]), or of
/// FreeSWITCH's event socket (`freeswitch::Connection`).
///
/// It is the parameter of what both have in common, and names what is theirs alone. It can't be
/// implemented outside of this crate.
///
/// [`Client`]: ami_proto::client::Client
pub trait Protocol: Machine + Sized + Send + 'static {
    /// The settings of the state machine.
    type Config: Clone + Send + Sync;
    /// The user and the secret.
    type Credentials: Clone + Send + Sync;
    /// An event, kept and shared by all who read it.
    type OwnedEvent: Send + Sync;
    /// Something beside events, kept.
    type Notice: Send + Sync;
    /// The end of a request, kept.
    type Ending: std::fmt::Display + std::fmt::Debug + Send + Sync;
    /// A frame that answers a request, kept.
    type Frame: Send + Sync;
    /// The events that a reader wants.
    type Wanted: Send + Sync;
    /// The requests that a lost connection left unanswered.
    type Report: std::fmt::Debug + Send + Sync;

    /// An event, lent.
    #[doc(hidden)]
    type EventView<'a>: Copy;
    /// A frame, lent.
    #[doc(hidden)]
    type FrameView<'a>: Copy;
    /// A notice, lent.
    #[doc(hidden)]
    type NoticeView<'a>: Copy;

    #[doc(hidden)]
    fn start(config: Arc<Self::Config>, hook: Option<Hook>, hidden: Hidden) -> Self;
    #[doc(hidden)]
    fn log_in(&mut self, now: Instant, credentials: Self::Credentials, hidden: Hidden) -> Result<(), SendError>;
    #[doc(hidden)]
    fn say_goodbye(&mut self, now: Instant, hidden: Hidden);
    #[doc(hidden)]
    fn give_up(&mut self, id: Id, hidden: Hidden);
    #[doc(hidden)]
    fn begin_anew(&mut self, hidden: Hidden) -> Result<Self::Report, ApiMisuse>;
    /// Returns whether the login is done.
    #[doc(hidden)]
    fn accepts_requests(&self, hidden: Hidden) -> bool;
    /// Returns the number of requests that have not ended.
    #[doc(hidden)]
    fn open_requests(&self, hidden: Hidden) -> usize;
    /// Returns the bytes that the machine holds.
    #[doc(hidden)]
    fn held_bytes(&self, hidden: Hidden) -> usize;
    /// Returns whether the server, by answering or reading, may make room for another request.
    #[doc(hidden)]
    fn may_make_room(&self, hidden: Hidden) -> bool;
    /// Returns the ending of a request of which nothing more is known.
    #[doc(hidden)]
    fn lost(hidden: Hidden) -> Self::Ending;
    #[doc(hidden)]
    fn next(&mut self, hidden: Hidden) -> Result<Option<Happened<'_, Self>>, ConnectionError>;
    #[doc(hidden)]
    fn wants(wanted: &Self::Wanted, event: Self::EventView<'_>, hidden: Hidden) -> bool;
    #[doc(hidden)]
    fn keep_event(event: Self::EventView<'_>, hidden: Hidden) -> Self::OwnedEvent;
    #[doc(hidden)]
    fn keep_frame(frame: Self::FrameView<'_>, hidden: Hidden) -> Self::Frame;
    #[doc(hidden)]
    fn keep_notice(notice: Self::NoticeView<'_>, hidden: Hidden) -> Self::Notice;
    /// Returns about how many bytes the event takes up when it is kept.
    #[doc(hidden)]
    fn event_size(event: Self::EventView<'_>, hidden: Hidden) -> usize;
    /// Returns about how many bytes the frame takes up when it is kept.
    #[doc(hidden)]
    fn frame_size(frame: Self::FrameView<'_>, hidden: Hidden) -> usize;
}

/// Keeps the hidden methods of [`Protocol`] to this crate: no other can make one.
#[derive(Clone, Copy, Debug)]
pub struct Hidden(pub(crate) ());

/// The one there is.
pub(crate) const HIDDEN: Hidden = Hidden(());

/// A function that is told each frame, stage and limit of a connection, for a log: see
/// [`Client::traced`](ami_proto::client::Client::traced).
pub type Hook = Box<dyn FnMut(Trace<'_>) + Send + Sync>;

/// One thing that a machine tells, by what is to be done with it.
#[derive(Debug)]
pub enum Happened<'a, P: Protocol> {
    /// The login was accepted.
    LoggedIn,
    /// It was accepted, and the connection stands.
    Ready,
    /// An event that no request asked for.
    Event(P::EventView<'a>),
    /// The first answer to a request that has more to come.
    Started(Id, P::FrameView<'a>),
    /// An item of a list, or a paragraph of a text.
    Part(Id, P::FrameView<'a>),
    /// The next item of this list has no room in the machine.
    Full(Id),
    /// The end of a request.
    Ended(Id, P::Ending),
    /// Something that each reader has to know of.
    Notice(P::NoticeView<'a>),
    /// A frame that no request claims.
    Unclaimed(P::NoticeView<'a>),
    /// The server's words on a refused login.
    Refused(Option<String>),
    /// The connection is closed, as was asked for.
    Closed,
    /// Nothing that matters to a reader.
    Nothing,
}

/// Implements what each protocol has by its state machine's methods of the same meaning, which both
/// machines call alike; given the ending of a request of which nothing more is known.
macro_rules! by_the_machines_own_methods {
    ($lost:expr) => {
        fn start(config: std::sync::Arc<Self::Config>, hook: Option<$crate::protocol::Hook>, _: Hidden) -> Self {
            match hook {
                Some(hook) => Self::new(config).traced(hook),
                None => Self::new(config),
            }
        }

        fn log_in(
            &mut self,
            now: std::time::Instant,
            credentials: Self::Credentials,
            _: Hidden,
        ) -> Result<(), ami_proto::error::SendError> {
            self.login(now, credentials)
        }

        fn say_goodbye(&mut self, now: std::time::Instant, _: Hidden) {
            self.close(now);
        }

        fn give_up(&mut self, id: ami_proto::conn::Id, _: Hidden) {
            self.cancel(id);
        }

        fn begin_anew(&mut self, _: Hidden) -> Result<Self::Report, ami_proto::error::ApiMisuse> {
            self.reconnect()
        }

        fn accepts_requests(&self, _: Hidden) -> bool {
            self.is_logged_in()
        }

        fn open_requests(&self, _: Hidden) -> usize {
            self.open()
        }

        fn held_bytes(&self, _: Hidden) -> usize {
            self.held()
        }

        fn may_make_room(&self, _: Hidden) -> bool {
            self.open() > 0 || self.in_flight() > 0 || self.poll_transmit().is_some()
        }

        fn lost(_: Hidden) -> Self::Ending {
            $lost.to_owned()
        }

        fn keep_event(event: Self::EventView<'_>, _: Hidden) -> Self::OwnedEvent {
            event.to_owned()
        }

        fn keep_notice(notice: Self::NoticeView<'_>, _: Hidden) -> Self::Notice {
            notice.to_owned()
        }

        fn keep_frame(frame: Self::FrameView<'_>, _: Hidden) -> Self::Frame {
            frame.to_owned()
        }

        fn frame_size(frame: Self::FrameView<'_>, _: Hidden) -> usize {
            2 * frame.as_bytes().len() + size_of::<Self::Frame>()
        }
    };
}

pub(crate) use by_the_machines_own_methods;
