//! What a client tells: events, and the one ending that every request has.

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

/// What happened. What it lends is gone at the next call that takes the client mutably;
/// [`to_owned`](Self::to_owned) keeps it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ClientEvent<'buf> {
    /// The server has greeted. A server behind some proxies, and AMI over HTTP, doesn't.
    ///
    /// Any first line is taken for a greeting. Where it isn't that of a manager interface, the
    /// connection is over: see [`Config::await_greeting`](super::Config::await_greeting).
    Connected(Banner<'buf>),
    /// The login was accepted; requests can be sent.
    LoggedIn(Response<'buf>),
    /// The login was refused. The connection is over: the next call gives
    /// [`ConnectionError::LoginRefused`](crate::ConnectionError::LoginRefused), which says why.
    LoginRefused(Response<'buf>),
    /// The server is up, with what it said of that; right after `LoggedIn` (with `None`) unless
    /// [`await_booted`](super::Config::await_booted) was asked for, and `None` where that wait was
    /// in vain.
    Ready(Option<FullyBooted<'buf>>),
    /// An event that no request asked for.
    Event(Event<'buf>),
    /// The request was accepted, and more is to come: the items of a list, or the event that says
    /// how it went.
    Started {
        /// The request.
        id: Id,
        /// What it said.
        response: Response<'buf>,
    },
    /// An item of a list: of an action that the catalogue knows to have one, of one of your own of
    /// which [`Custom::list`](crate::action::Custom::list) says so, or of any response that
    /// announces a list (`EventList: start`). It ends with [`Ending::List`].
    Item {
        /// The request.
        id: Id,
        /// The item.
        event: Event<'buf>,
    },
    /// Text without a frame around it, a paragraph at a time: the answer to `Queues`,
    /// `IAXnetstats`, `SKINNYshowdevice` and `SKINNYshowline`, and to an action of your own of which
    /// [`Custom::text`](crate::action::Custom::text) says so. It ends with [`Ending::Text`].
    Text {
        /// The request.
        id: Id,
        /// Its [`lines`](Frame::lines).
        frame: Frame<'buf>,
    },
    /// The request is done with. Comes exactly once for each.
    Ended {
        /// The request.
        id: Id,
        /// How.
        ending: Ending<'buf>,
    },
    /// The next item of this collected list doesn't fit under the ceiling; nothing more comes until
    /// items are taken, of this list or of another that takes up the room, or the list has waited
    /// in vain for as long as it may. See
    /// [`AtCeiling::StopReading`](super::AtCeiling::StopReading).
    Full {
        /// The list.
        id: Id,
    },
    /// The outcome of a request that the last connection lost, as
    /// [`ReconnectReport`](super::ReconnectReport) told: a server tells every session how an
    /// asynchronous `Originate` went, so the next one hears it too. Comes once at the most; the
    /// request had its ending, [`Ending::Lost`].
    ///
    /// It may come until the next connection that was logged in is over, and not at all where the
    /// call ended in between or the server was restarted: don't wait for it without a limit, such as
    /// the time that the call may ring.
    LateOutcome {
        /// The request, of the last connection that was logged in.
        id: Id,
        /// How it went.
        event: Event<'buf>,
    },
    /// A filter that had been set before the connection was lost could not be set again.
    NotRestored(Response<'buf>),
    /// What no request in flight claims: an answer that comes late, or twice; the rest of a list
    /// that was cancelled or has failed; a response to an `ActionID` that isn't ours; text that
    /// nobody asked for.
    Unclaimed {
        /// The request, where it was one of this client.
        id: Option<Id>,
        /// What came.
        frame: Frame<'buf>,
    },
    /// A frame went over one of the [`Limits`](crate::Limits) and has been skipped; it answered no
    /// request, as its first lines tell. The connection stands.
    Oversized {
        /// The lines that had been read of it, as far as they are whole.
        head: Frame<'buf>,
        /// The limit, its value, and where in the stream it was exceeded.
        error: FrameError,
    },
    /// The connection is closed, as [`close`](super::Client::close) or a request for `Logoff` had
    /// asked for.
    Closed,
}

impl<'buf> ClientEvent<'buf> {
    /// The request that it is about, where it is about one.
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

    /// The frame that it came in, where it came in one of its own. A banner is none, nor is the part
    /// of a frame that was read before that went over a limit.
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

    /// The bytes that it lends, as a frame.
    fn lent(self) -> Option<Frame<'buf>> {
        match self {
            Self::Connected(banner) => Some(Frame::bare(banner.as_bytes())),
            Self::Oversized { head, .. } => Some(head),
            Self::Ended { ending, .. } => ending.lent(),
            event => event.frame(),
        }
    }

    /// The same over this frame, where it lends one.
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
    /// A [`ClientEvent`] kept beyond the buffer it was read from. It can be sent to another thread,
    /// which reads it as if it had just been polled; secrets in it are wiped when it is dropped.
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

/// One line for a log: the kind, the request by its number, and the frame as its own `Display` has
/// it, or the ending in words.
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
    /// The kind of event in lower case, such as `logged-in`.
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

/// How a request ended.
///
/// `Display` says it in words, with the server's own where it gave some, masked: of an outcome
/// whether it is a success and why, `outcome OriginateResponse: Failure; Busy`.
///
/// May I send it again, or dial again? An action that
/// [changes nothing](crate::catalogue::ActionType::is_read_only): yes, after any ending. Any other:
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
/// [`never_reached_server`](Self::never_reached_server) tells the last two apart.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ending<'buf> {
    /// With a response that isn't an error.
    Reply(Response<'buf>),
    /// With the end of its list, see [`ClientEvent::Item`].
    ///
    /// Where there is nothing to list, some actions are answered by a response alone, most of them
    /// by an error: `No active conferences.`, `No Contacts found`. By the words that the catalogue
    /// has for that ([`ReplySpec::none_message`](crate::catalogue::ReplySpec::none_message)) it is
    /// an empty list, which has not [started](ClientEvent::Started). Any other error is
    /// [`Refused`](Self::Refused): a missing permission, a conference or parking lot that isn't
    /// there.
    List {
        /// Items that came.
        items: u64,
        /// The event that ended it, and says more of it; of an empty list perhaps the response that
        /// says so, as [`Event::Other`].
        end: Event<'buf>,
        /// Whether the server broke it off (`EventList: cancelled`).
        cancelled: bool,
    },
    /// With the event that says how it went, well or badly: `OriginateResponse` of an asynchronous
    /// `Originate` (its [`reason`](crate::event::OriginateResponse::reason) says answered, busy or
    /// another), `WaitEventComplete`, `SIPQualifyPeerDone`, the tree of `DataGet`, the one event of
    /// `FAXStats` and `FAXSession`, and the event that
    /// [`Custom::outcome`](crate::action::Custom::outcome) names for an action of your own.
    Outcome(Event<'buf>),
    /// The server has accepted it and does it; how it goes can't be seen, since the event mask
    /// leaves out the class of the event that says so (`call` for `OriginateResponse`). With the
    /// response, or with none where an `Events` changed the mask after that had been
    /// [told](ClientEvent::Started).
    ///
    /// No failure: an `Originate` that ends so may be answered by a person at this moment. Ask for
    /// the class, with [`Config::events`](super::Config::events) or `Events`, to be told.
    OutcomeUnseen(Option<Response<'buf>>),
    /// With the end of its text, see [`ClientEvent::Text`], which says what is answered so. Of
    /// `SIPqualifypeer` on Asterisk 11: without any answer, which there means that the peer is known.
    Text {
        /// Paragraphs that came; 0 also where the server printed nothing.
        paragraphs: u64,
    },
    /// With an error; of a list perhaps in its middle.
    Refused(Response<'buf>),
    /// The item in hand didn't fit under the ceiling. With either value of
    /// [`AtCeiling`](super::AtCeiling) that can happen; what still comes is
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    Overflowed(Event<'buf>),
    /// Its answer, or a part of it, went over one of the [`Limits`](crate::Limits) and has been
    /// skipped: the output of a command that prints more than 65,536 lines, say. The connection
    /// stands, and other requests are not concerned.
    ///
    /// The server has acted on it. What still comes of a list is
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    Oversized {
        /// The lines that had been read, as far as they are whole: of a command's output its
        /// beginning.
        head: Frame<'buf>,
        /// The limit, its value, and where in the stream it was exceeded.
        error: FrameError,
    },
    /// Its time was up: how far it had come by then. What still comes is
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    ///
    /// The server may have acted on it, unless it was never sent.
    /// [`Accepted`](Reached::Accepted) is no failure: an `Originate` whose outcome this user may
    /// not read ends so, though the call was made.
    TimedOut(Reached),
    /// By [`cancel`](super::Client::cancel). What still comes is
    /// [`Unclaimed`](ClientEvent::Unclaimed).
    Cancelled,
    /// With the connection. Whether the server has acted on it can't be known, unless it was never
    /// sent.
    Lost(Reached),
}

impl<'buf> Ending<'buf> {
    /// Returns whether the server has never had the request and never will: its connection was lost
    /// before all of it had left. It can be sent again without the danger that it is carried out
    /// twice.
    ///
    /// One whose time was up is not such a request, however far it had come: on a connection that
    /// stands what has not left may still do so.
    ///
    /// What the action itself allows is another question:
    /// [`Unanswered::is_safe_to_retry`](super::Unanswered::is_safe_to_retry) answers both.
    pub const fn never_reached_server(self) -> bool {
        matches!(self, Self::Lost(Reached::NotSent))
    }

    /// The frame that ended it, where one did.
    pub fn frame(self) -> Option<Frame<'buf>> {
        match self {
            Self::Reply(response) | Self::Refused(response) => Some(response.frame()),
            Self::OutcomeUnseen(response) => response.map(|response| response.frame()),
            Self::List { end: event, .. } | Self::Outcome(event) | Self::Overflowed(event) => Some(event.frame()),
            Self::Text { .. } | Self::Oversized { .. } | Self::TimedOut(_) | Self::Cancelled | Self::Lost(_) => None,
        }
    }

    /// The bytes that it lends.
    fn lent(self) -> Option<Frame<'buf>> {
        if let Self::Oversized { head, .. } = self { Some(head) } else { self.frame() }
    }

    /// The same over this frame, where it lends one.
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
    /// An [`Ending`] kept beyond the buffer it was read from, for whoever has asked.
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

/// Writes what has become of it and the server's own words: its message, and the first line of a
/// command's output, which says more than that one follows.
fn said(f: &mut fmt::Formatter<'_>, what: &str, frame: Frame<'_>) -> fmt::Result {
    f.write_str(what)?;
    words(f, frame, ["Message", "Output"])
}

/// Writes how it went by the event that says so: success or failure, the server's words, and the
/// reason, by the words for its number where the event is known to have such.
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

/// Writes the words in these headers, where there are any, masked.
fn words(f: &mut fmt::Formatter<'_>, frame: Frame<'_>, names: [&str; 2]) -> fmt::Result {
    let mut between = ": ";
    let headers = names.into_iter().filter_map(|name| frame.headers().find(|header| header.is(name)));
    for header in headers.filter(|header| !header.value().is_empty()) {
        write!(f, "{between}{}", Value::new(&mask_value(frame, header)))?;
        between = "; ";
    }
    Ok(())
}
