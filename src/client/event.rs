//! Events of a client, and the one ending that every request has.

use alloc::string::ToString as _;
use core::fmt::{self, Write as _};

use super::{Id, Reached};
use crate::catalogue::Kind;
use crate::conn::owned;
use crate::error::FrameError;
use crate::event::{Event, FullyBooted};
use crate::redact::{Escaped, log_line, mask_value};
use crate::response::Response;
use crate::value::{Banner, OriginateReason};
use crate::wire::{Frame, FrameKind, OwnedFrame, Value};

/// An event of a client. It borrows from the client's buffer until the next call that takes the
/// client mutably; [`to_owned`](Self::to_owned) keeps it longer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ClientEvent<'buf> {
    /// The server has greeted. Behind some proxies, and over HTTP, no greeting comes.
    ///
    /// Any first line is taken for a greeting. If it is not the greeting of a manager interface,
    /// the connection is over: see [`Config::await_greeting`](super::Config::await_greeting).
    Connected(Banner<'buf>),
    /// The login was accepted; requests can be sent.
    LoggedIn(Response<'buf>),
    /// The login was refused. The connection is over: the next call returns
    /// [`ConnectionError::LoginRefused`](crate::ConnectionError::LoginRefused) with the reason.
    LoginRefused(Response<'buf>),
    /// The server has started, with the event that reports it. Comes right after `LoggedIn` (with
    /// `None`) unless [`await_booted`](super::Config::await_booted) was configured; `None` also if
    /// that wait ended without the event.
    Ready(Option<FullyBooted<'buf>>),
    /// An event that no request asked for.
    Event(Event<'buf>),
    /// The request was accepted, and more is to come: the items of a list, or the event that
    /// reports the outcome.
    Started {
        /// The request.
        id: Id,
        /// The server's response.
        response: Response<'buf>,
    },
    /// An item of a list. Lists belong to actions that the catalogue knows to have one, to your own
    /// actions with [`Custom::list`](crate::action::Custom::list), and to any response that
    /// announces a list (`EventList: start`). The list ends with [`Ending::List`].
    Item {
        /// The request.
        id: Id,
        /// The item.
        event: Event<'buf>,
    },
    /// Text without a frame around it, one paragraph at a time. It answers `Queues`, `IAXnetstats`,
    /// `SKINNYshowdevice` and `SKINNYshowline`, and your own actions with
    /// [`Custom::text`](crate::action::Custom::text). It ends with [`Ending::Text`].
    Text {
        /// The request.
        id: Id,
        /// The paragraph, as [`lines`](Frame::lines).
        frame: Frame<'buf>,
    },
    /// The request has ended. Comes exactly once for each request.
    Ended {
        /// The request.
        id: Id,
        /// The ending of the request.
        ending: Ending<'buf>,
    },
    /// The next item of this collected list does not fit under the ceiling. Nothing more comes
    /// until items are taken, of this list or of another that takes up the room, or until the list
    /// has waited as long as it may. See [`AtCeiling::StopReading`](super::AtCeiling::StopReading).
    Full {
        /// The request whose list it is.
        id: Id,
    },
    /// The outcome of a request that the last connection lost, as the
    /// [`ReconnectReport`](super::ReconnectReport) said. A server reports the outcome of an
    /// asynchronous `Originate` to every session, so the next connection receives it too. Comes at
    /// most once; the request itself has already ended with [`Ending::Lost`].
    ///
    /// It may come until the next connection that logs in is over. It does not come if the call
    /// ended between the connections or the server was restarted, so limit the wait for it, for
    /// example to the time that the call may ring.
    LateOutcome {
        /// The request, sent on the last connection that was logged in.
        id: Id,
        /// The event that reports the outcome.
        event: Event<'buf>,
    },
    /// A filter that had been set before the connection was lost could not be set again.
    NotRestored(Response<'buf>),
    /// A message that no request in flight claims: a late or repeated answer; the rest of a list
    /// that was cancelled or has failed; a response to an `ActionID` of another program; text that
    /// no request asked for.
    Unclaimed {
        /// The request, if it was one of this client.
        id: Option<Id>,
        /// The message.
        frame: Frame<'buf>,
    },
    /// A frame went over one of the [`Limits`](crate::Limits) and has been skipped. Its first lines
    /// show that it answers no request. The connection stays open.
    Oversized {
        /// The complete lines that had been read of the frame.
        head: Frame<'buf>,
        /// The limit, its value, and the offset in the stream where it was exceeded.
        error: FrameError,
    },
    /// The connection is closed, as asked for with [`close`](super::Client::close) or a `Logoff`
    /// request.
    Closed,
}

impl<'buf> ClientEvent<'buf> {
    /// Returns the request that the event is about, or `None` if it is about no request.
    pub const fn id(self) -> Option<Id> {
        match self {
            Self::Started { id, .. }
            | Self::Item { id, .. }
            | Self::Text { id, .. }
            | Self::LateOutcome { id, .. }
            | Self::Ended { id, .. }
            | Self::Full { id } => Some(id),
            Self::Unclaimed { id, .. } => id,
            _ => None,
        }
    }

    /// Returns the frame that holds the event. `None` for a banner, for the beginning of a frame
    /// over a limit, and for events that no frame brought.
    pub fn frame(self) -> Option<Frame<'buf>> {
        match self {
            Self::LoggedIn(response)
            | Self::LoginRefused(response)
            | Self::Started { response, .. }
            | Self::NotRestored(response) => Some(response.frame()),
            Self::Ready(booted) => booted.map(|booted| booted.frame()),
            Self::Event(event) | Self::Item { event, .. } | Self::LateOutcome { event, .. } => Some(event.frame()),
            Self::Text { frame, .. } | Self::Unclaimed { frame, .. } => Some(frame),
            Self::Ended { ending, .. } => ending.frame(),
            Self::Connected(_) | Self::Full { .. } | Self::Oversized { .. } | Self::Closed => None,
        }
    }

    /// Returns the bytes that the event borrows, as a frame.
    fn lent(self) -> Option<Frame<'buf>> {
        match self {
            Self::Connected(banner) => Some(Frame::bare(banner.as_bytes())),
            Self::Oversized { head, .. } => Some(head),
            Self::Ended { ending, .. } => ending.lent(),
            event => event.frame(),
        }
    }

    /// Returns this event with its borrowed frame replaced by `frame`.
    fn over(self, frame: Frame<'_>) -> ClientEvent<'_> {
        match self {
            Self::Connected(_) => ClientEvent::Connected(Banner::new(frame.as_bytes())),
            Self::LoggedIn(_) => ClientEvent::LoggedIn(frame.into()),
            Self::LoginRefused(_) => ClientEvent::LoginRefused(frame.into()),
            Self::Ready(booted) => ClientEvent::Ready(booted.map(|_| FullyBooted::over(frame))),
            Self::Event(_) => ClientEvent::Event(frame.into()),
            Self::Started { id, .. } => ClientEvent::Started { id, response: frame.into() },
            Self::Item { id, .. } => ClientEvent::Item { id, event: frame.into() },
            Self::Text { id, .. } => ClientEvent::Text { id, frame },
            Self::Ended { id, ending } => ClientEvent::Ended { id, ending: ending.over(frame) },
            Self::Full { id } => ClientEvent::Full { id },
            Self::LateOutcome { id, .. } => ClientEvent::LateOutcome { id, event: frame.into() },
            Self::NotRestored(_) => ClientEvent::NotRestored(frame.into()),
            Self::Unclaimed { id, .. } => ClientEvent::Unclaimed { id, frame },
            Self::Oversized { error, .. } => ClientEvent::Oversized { head: frame, error },
            Self::Closed => ClientEvent::Closed,
        }
    }
}

owned! {
    /// A [`ClientEvent`] with its own copy of the bytes. It can be sent to another thread and read
    /// as if it had just been polled; secrets in it are wiped when it is dropped.
    ///
    /// ```
    /// use std::sync::mpsc::Sender;
    /// use ami_proto::client::{Client, OwnedClientEvent};
    ///
    /// fn pass_on(client: &mut Client, others: &Sender<OwnedClientEvent>) -> Result<(), ami_proto::ConnectionError> {
    ///     while let Some(event) = client.poll_event()? {
    ///         let _ = others.send(event.to_owned());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    OwnedClientEvent, ClientEvent, Frame, OwnedFrame
}

/// Writes one line for a log: the kind, the request by its number, and the `Display` text of the
/// frame or of the ending.
///
/// ```
/// use ami_proto::client::ClientEvent;
///
/// assert_eq!(ClientEvent::Closed.to_string(), "closed");
/// ```
impl fmt::Display for ClientEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log_line(f, |line| {
            line.write_str(self.kind())?;
            if let Some(Id(number)) = self.id() {
                write!(line, " {number}")?;
            }
            match self {
                Self::Connected(banner) => write!(line, ": {}", Escaped(banner.as_bytes())),
                Self::Oversized { error, .. } => write!(line, ": {error}"),
                Self::Ended { ending, .. } => write!(line, ": {}", Escaped(ending.to_string().as_bytes())),
                event => event.frame().map_or(Ok(()), |frame| {
                    line.write_str(": ")?;
                    line.frame(frame)
                }),
            }
        })
    }
}

impl ClientEvent<'_> {
    /// Returns the kind of event in lower case, such as `logged-in`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Connected(_) => "connected",
            Self::LoggedIn(_) => "logged-in",
            Self::LoginRefused(_) => "login-refused",
            Self::Ready(_) => "ready",
            Self::Event(_) => "event",
            Self::Started { .. } => "started",
            Self::Item { .. } => "item",
            Self::Text { .. } => "text",
            Self::Ended { .. } => "ended",
            Self::Full { .. } => "full",
            Self::NotRestored(_) => "not-restored",
            Self::LateOutcome { .. } => "late-outcome",
            Self::Unclaimed { .. } => "unclaimed",
            Self::Oversized { .. } => "oversized",
            Self::Closed => "closed",
        }
    }
}

/// Ending of a request.
///
/// `Display` describes the ending in words, with the server's own message where there is one,
/// masked. For an outcome it says whether it is a success, and why:
/// `outcome OriginateResponse: Failure; Busy`.
///
/// An action that [changes nothing](crate::catalogue::ActionType::is_read_only) may be sent again
/// after any ending. For other actions, such as a call, the table shows when that is safe:
///
/// | ending | what has happened | again? |
/// |---|---|---|
/// | [`Reply`](Self::Reply) | the server has done it; an `Originate` without `Async` was answered | no |
/// | [`List`](Self::List), [`Text`](Self::Text) | the server has done it, and said all | no |
/// | [`Outcome`](Self::Outcome) | the server has done it, and says how it went | after a failure: a call that nobody answered is over |
/// | [`OutcomeUnseen`](Self::OutcomeUnseen) | the server does it: the phone may be ringing | no |
/// | [`Refused`](Self::Refused) | the server has not done it, and says why; an `Originate` without `Async` may have rung in vain, and is over | once the reason is gone |
/// | [`Overflowed`](Self::Overflowed), [`Oversized`](Self::Oversized) | the server has done it, and said more than fits | no |
/// | [`TimedOut`](Self::TimedOut), [`Cancelled`](Self::Cancelled) | the server may have done it, or may do it yet, even where it was [`NotSent`](Reached::NotSent) by then | no |
/// | [`Lost`](Self::Lost) with [`NotSent`](Reached::NotSent) | the server has never had it | yes |
/// | [`Lost`](Self::Lost) with any other | the server may have done it: the phone may be ringing | no |
///
/// [`never_reached_server`](Self::never_reached_server) tells the last two rows apart.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ending<'buf> {
    /// Ended by a response that is not an error.
    Reply(Response<'buf>),
    /// Ended by the end of the request's list, see [`ClientEvent::Item`].
    ///
    /// If there is nothing to list, the server answers some actions with a response alone, mostly
    /// an error: `No active conferences.`, `No Contacts found`. A message that the catalogue knows
    /// for that ([`ReplySpec::none_message`](crate::catalogue::ReplySpec::none_message)) is an
    /// empty list, which has not [started](ClientEvent::Started). Any other error is
    /// [`Refused`](Self::Refused): a missing permission, an unknown conference or parking lot.
    List {
        /// Number of items received.
        items: u64,
        /// The event that ended the list. For an empty list it may be the response that says so, as
        /// [`Event::Other`].
        end: Event<'buf>,
        /// True if the server broke the list off (`EventList: cancelled`).
        cancelled: bool,
    },
    /// Ended by the event that reports success or failure: `OriginateResponse` of an asynchronous
    /// `Originate` (its [`reason`](crate::event::OriginateResponse::reason) is answered, busy or
    /// another), `WaitEventComplete`, `SIPQualifyPeerDone`, the tree of `DataGet`, the one event of
    /// `FAXStats` and `FAXSession`, and the event that
    /// [`Custom::outcome`](crate::action::Custom::outcome) names for your own action.
    Outcome(Event<'buf>),
    /// The server has accepted the request and carries it out, but its outcome cannot be received:
    /// the event mask leaves out the class of the event that reports it (`call` for
    /// `OriginateResponse`). Holds the response, or `None` if an `Events` request changed the mask
    /// after the response had been [told](ClientEvent::Started).
    ///
    /// This is no failure: a person may be answering the `Originate` at this moment. Ask for the
    /// class, with [`Config::events`](super::Config::events) or `Events`, to receive the outcome.
    OutcomeUnseen(Option<Response<'buf>>),
    /// Ended by the end of the request's text; [`ClientEvent::Text`] names the actions that are
    /// answered so. `SIPqualifypeer` on Asterisk 11 ends so without any answer, which there means
    /// that the peer is known.
    Text {
        /// Number of paragraphs received; 0 also if the server printed nothing.
        paragraphs: u64,
    },
    /// Ended by an error response, which may also come in the middle of a list.
    Refused(Response<'buf>),
    /// Ended because this item did not fit under the ceiling. That can happen with either value of
    /// [`AtCeiling`](super::AtCeiling). The rest of the list is
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    Overflowed(Event<'buf>),
    /// Ended because the answer, or a part of it, went over one of the [`Limits`](crate::Limits)
    /// and has been skipped: for example the output of a command that prints more than 65,536
    /// lines. The connection stays open, and other requests are not affected.
    ///
    /// The server has acted on the request. The rest of a list is
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    Oversized {
        /// The complete lines that had been read: for a command, the beginning of its output.
        head: Frame<'buf>,
        /// The limit, its value, and the offset in the stream where it was exceeded.
        error: FrameError,
    },
    /// Ended by a timeout; says how far the request had come by then. Later answers are
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    ///
    /// The server may have acted on the request, unless it was never sent.
    /// [`Accepted`](Reached::Accepted) is no failure: an `Originate` whose outcome this user may
    /// not read ends so, though the call was made.
    TimedOut(Reached),
    /// Ended by [`cancel`](super::Client::cancel). Later answers are
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    Cancelled,
    /// Ended because the connection was lost. The server may have acted on the request, unless it
    /// was never sent.
    Lost(Reached),
}

impl<'buf> Ending<'buf> {
    /// Returns whether the server has never received the request and never will, because the
    /// connection was lost before all of the request had left. Such a request can be sent again
    /// without the danger that it is carried out twice.
    ///
    /// Returns `false` for a request that timed out, however far it had come: on an open connection
    /// its bytes may still leave.
    ///
    /// [`Unanswered::is_safe_to_retry`](super::Unanswered::is_safe_to_retry) also takes into
    /// account whether the action itself may be repeated.
    pub const fn never_reached_server(self) -> bool {
        matches!(self, Self::Lost(Reached::NotSent))
    }

    /// Returns the frame that ended the request, if a frame did.
    pub fn frame(self) -> Option<Frame<'buf>> {
        match self {
            Self::Reply(response) | Self::Refused(response) => Some(response.frame()),
            Self::OutcomeUnseen(response) => response.map(|response| response.frame()),
            Self::List { end: event, .. } | Self::Outcome(event) | Self::Overflowed(event) => Some(event.frame()),
            Self::Text { .. } | Self::Oversized { .. } | Self::TimedOut(_) | Self::Cancelled | Self::Lost(_) => None,
        }
    }

    /// Returns the bytes that the ending borrows.
    fn lent(self) -> Option<Frame<'buf>> {
        if let Self::Oversized { head, .. } = self { Some(head) } else { self.frame() }
    }

    /// Returns this ending with its borrowed frame replaced by `frame`.
    fn over(self, frame: Frame<'_>) -> Ending<'_> {
        match self {
            Self::Reply(_) => Ending::Reply(frame.into()),
            Self::List { items, cancelled, .. } => Ending::List { items, end: frame.into(), cancelled },
            Self::Outcome(_) => Ending::Outcome(frame.into()),
            Self::OutcomeUnseen(response) => Ending::OutcomeUnseen(response.map(|_| frame.into())),
            Self::Text { paragraphs } => Ending::Text { paragraphs },
            Self::Refused(_) => Ending::Refused(frame.into()),
            Self::Overflowed(_) => Ending::Overflowed(frame.into()),
            Self::Oversized { error, .. } => Ending::Oversized { head: frame, error },
            Self::TimedOut(reached) => Ending::TimedOut(reached),
            Self::Cancelled => Ending::Cancelled,
            Self::Lost(reached) => Ending::Lost(reached),
        }
    }
}

owned! {
    /// An [`Ending`] with its own copy of the bytes, to hand to the part of a program that sent the
    /// request.
    ///
    /// ```
    /// use ami_proto::client::{Ending, OwnedEnding};
    ///
    /// fn asked(ended: &std::sync::mpsc::Receiver<OwnedEnding>) {
    ///     let ending = ended.recv().unwrap();
    ///     println!("{ending}"); // outcome OriginateResponse: Failure; Busy
    ///     match ending.view() {
    ///         Ending::Outcome(_) | Ending::Refused(_) => {} // the server's word
    ///         other if other.never_reached_server() => println!("was never sent"),
    ///         _ => println!("may have been carried out"),
    ///     }
    /// }
    /// ```
    OwnedEnding, Ending, Frame, OwnedFrame
}

impl fmt::Display for Ending<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Reply(response) => said(f, "answered", response.frame()),
            Self::List { end, .. } if end.frame().kind() == FrameKind::Response => {
                said(f, "list of 0 items", end.frame())
            }
            Self::List { items, cancelled: false, .. } => write!(f, "list of {items} items"),
            Self::List { items, .. } => write!(f, "list broken off by the server after {items} items"),
            Self::Outcome(event) => went(f, event),
            Self::OutcomeUnseen(_) => f.write_str(
                "accepted; how it went can't be seen, since the event mask leaves out the class of that event",
            ),
            Self::Text { paragraphs } => write!(f, "{paragraphs} paragraphs of text"),
            Self::Refused(response) => said(f, "refused", response.frame()),
            Self::Overflowed(_) => f.write_str("more items than may be held"),
            Self::Oversized { error, .. } => write!(f, "answer too large: {error}"),
            Self::TimedOut(reached) => write!(f, "timed out {reached}"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Lost(reached) => write!(f, "connection lost {reached}"),
        }
    }
}

/// Writes `what` and the server's own words: its message, and the first line of a command's output,
/// which often explains more than the message that follows it.
fn said(f: &mut fmt::Formatter<'_>, what: &str, frame: Frame<'_>) -> fmt::Result {
    f.write_str(what)?;
    words(f, frame, ["Message", "Output"])
}

/// Writes the outcome that an event reports: success or failure, the server's words, and the
/// reason, in words if the event's reason numbers are known.
fn went(f: &mut fmt::Formatter<'_>, event: Event<'_>) -> fmt::Result {
    let frame = event.frame();
    write!(f, "outcome {}", event.name().unwrap_or_default())?;
    words(f, frame, ["Response", "Message"])?;
    let Some(reason) = frame.get("Reason").filter(|reason| !reason.is_empty()) else { return Ok(()) };
    let field = event.event_type().and_then(|event| event.field_of(b"Reason"));
    let number = field.filter(|field| field.kind() == Kind::OriginateReason);
    match number.and_then(|_| reason.parse::<OriginateReason>().ok()?.description()) {
        Some(words) => write!(f, "; {words}"),
        None => write!(f, "; Reason {reason}"),
    }
}

/// Writes the values of these headers that are present, masked.
fn words(f: &mut fmt::Formatter<'_>, frame: Frame<'_>, names: [&str; 2]) -> fmt::Result {
    let mut between = ": ";
    let headers = names.into_iter().filter_map(|name| frame.headers().find(|header| header.is(name)));
    for header in headers.filter(|header| !header.value().is_empty()) {
        write!(f, "{between}{}", Value::new(&mask_value(frame, header)))?;
        between = "; ";
    }
    Ok(())
}
