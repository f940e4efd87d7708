//! The handle of a connection to Asterisk's Manager Interface, and what its requests return.

mod answers;
mod builder;
mod list;
mod protocol;

use std::time::{Duration, Instant};

use ami_proto::action::{Action, Command, EncodedAction, ListAction, Originate};
use ami_proto::catalogue::ActionType;
use ami_proto::client::{self, Client, Ending, OwnedEnding};
use ami_proto::conn::Id;
use ami_proto::error::{EncodeError, SendError};
use ami_proto::event::EventSet;

pub use answers::{Outcome, Output, Reply, Text};
pub use list::{List, ListItem};

use crate::error::{Ended, Error, Failure};
use crate::events::EventsBuilder;
use crate::handle::Handle;
use crate::hold::{End, Pending};
use crate::queue;

/// A connection to Asterisk's Manager Interface: see [`Handle`] for what it is as a value, and the
/// methods here for what can be asked.
pub type Ami = Handle<Client>;

impl Handle<Client> {
    /// Sends a request and waits for its response.
    ///
    /// ```no_run
    /// # async fn calls(ami: ami_session::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_proto::action::CoreStatus;
    ///
    /// let status = ami.request(CoreStatus::new()).await?;
    /// println!("{} calls", status.view().core_current_calls()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Where more follows the response (an outcome, items), it waits for the end of that as well;
    /// items are passed over: [`list`](Self::list) gives them.
    ///
    /// # Errors
    /// [`Error`]: it was refused, or not answered; how far it had come is in it.
    pub async fn request<A: Action>(&self, action: A) -> Result<Reply<A::Static>, Error> {
        let End { first, ending } = self.send(false, &action)?.end().await?;
        if Reply::<A>::is_one(first.as_ref(), ending.view()) {
            Ok(Reply::new(first, ending))
        } else {
            Err(failed(&action, ending))
        }
    }

    /// Sends a request that is answered by a list, and returns the stream of its items as soon as
    /// it was sent.
    ///
    /// ```no_run
    /// # async fn rooms(ami: ami_session::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_proto::action::ConfbridgeListRooms;
    ///
    /// let mut rooms = ami.list(ConfbridgeListRooms::new()).await?;
    /// while let Some(room) = rooms.next().await {
    ///     println!("{}", room?.view().conference()?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error`], where it could not be sent. How it ends is for the stream to say.
    pub async fn list<A: ListAction>(&self, action: A) -> Result<List<A>, Error> {
        let reads_only = reads_only(&action);
        let mut pending = self.send(true, &action)?;
        pending.sent().await?;
        Ok(List::new(pending, reads_only))
    }

    /// Sends a request that is answered by a list, and waits for all of its items, of which there
    /// may be 65,536 or 64 MiB, see [`List::all`].
    ///
    /// # Errors
    /// [`Error`]: it was refused, not answered, or not to its end.
    pub async fn list_all<A: ListAction>(&self, action: A) -> Result<Vec<ListItem<A>>, Error> {
        self.list(action).await?.all().await
    }

    /// Calls, and waits for the outcome: whether the channel was answered, busy or unreachable. It
    /// is sent as an asynchronous `Originate`, so that nothing else waits for the phone to ring.
    ///
    /// ```no_run
    /// # async fn call(ami: ami_session::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_proto::action::Originate;
    ///
    /// let call = Originate::new("PJSIP/100").application("Playback").data("hello-world");
    /// let outcome = ami.originate(call).await?;
    /// println!("{outcome}"); // outcome OriginateResponse: Failure; Busy
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error`]: it was refused, or the outcome wasn't seen in time or before the connection was
    /// lost. [`Error::is_safe_to_retry`] says whether the phone may be ringing.
    pub async fn originate(&self, call: Originate<'_>) -> Result<Outcome, Error> {
        self.outcome(call.asynchronous(true)).await
    }

    /// Sends a request that is answered by an event which says how it went, and waits for that
    /// event.
    ///
    /// # Errors
    /// As [`originate`](Self::originate). A request that is done with its response is an [`Error`],
    /// too.
    pub async fn outcome(&self, action: impl Action) -> Result<Outcome, Error> {
        let ending = self.send(false, &action)?.end().await?.ending;
        match ending.view() {
            Ending::Outcome(_) | Ending::OutcomeUnseen(_) => Ok(Outcome::new(ending)),
            _ => Err(failed(&action, ending)),
        }
    }

    /// Runs a command of the server's command line, such as `core show uptime`, and waits for what
    /// it prints.
    ///
    /// # Errors
    /// [`Error`]: it was refused, or not answered.
    pub async fn command(&self, command: impl Into<String>) -> Result<Output, Error> {
        self.request(Command::new(command.into())).await.map(Output::new)
    }

    /// Sends a request that is answered by text without frames (`Queues`, `IAXnetstats`), and waits
    /// for all of it: 64 MiB at the most, of which a line takes up about twice its length.
    ///
    /// # Errors
    /// As [`list_all`](Self::list_all).
    pub async fn text(&self, action: impl Action) -> Result<Text, Error> {
        let mut pending = self.send(true, &action)?;
        Text::read(&mut pending, reads_only(&action)).await
    }

    /// Begins a stream of events: of all, unless it is told which.
    ///
    /// ```no_run
    /// # async fn listen(ami: ami_session::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_proto::event::Hangup;
    ///
    /// let mut events = ami.events().of::<Hangup>().start();
    /// while let Some(item) = events.next().await {
    ///     match item.view::<Hangup>() {
    ///         Some(hangup) => println!("{}: {}", hangup.channel()?, hangup.cause()?),
    ///         None => eprintln!("{item}"), // missed, disconnected, connected again
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self) -> EventsBuilder {
        EventsBuilder::new(self.hold.clone(), EventSet::ALL)
    }

    fn send<A: Action>(&self, keeps_parts: bool, action: &A) -> Result<Pending<Client>, Error> {
        let within = self.within;
        let later = || -> Result<(queue::Send<Client>, usize), EncodeError> {
            let encoded = EncodedAction::<A::Static>::of(action)?.untyped();
            let size = encoded.as_bytes().len();
            Ok((Box::new(move |client, now| send(client, now, &encoded, within)), size))
        };
        self.hold.send(keeps_parts, |client, now| send(client, now, action, within), later)
    }
}

fn send(client: &mut Client, now: Instant, action: &impl Action, within: Option<Duration>) -> Result<Id, SendError> {
    let sent: Result<client::Handle<_>, _> = match within {
        Some(within) => client.send_within(now, action, within),
        None => client.send(now, action),
    };
    sent.map(client::Handle::id)
}

fn reads_only(action: &impl Action) -> bool {
    action.action_type().is_some_and(ActionType::is_read_only)
}

/// Returns the error of a request that ended so.
fn failed(action: &impl Action, ending: OwnedEnding) -> Error {
    failed_as(reads_only(action), ending)
}

fn failed_as(reads_only: bool, ending: OwnedEnding) -> Error {
    let how = match ending.view() {
        Ending::Refused(_) => Failure::Refused,
        Ending::Reply(_) | Ending::Outcome(_) | Ending::OutcomeUnseen(_) | Ending::Text { .. } => Failure::OtherAnswer,
        other if other.never_reached_server() => Failure::NeverReached,
        _ => Failure::Unanswered,
    };
    Error::Ended(Box::new(Ended { ending, how, reads_only }))
}
