//! The requests to Asterisk's Manager Interface.

use std::fmt;

use ami_session::action::{Action, ListAction, Originate};
use ami_session::client::Client;
use ami_session::{Error, ListItem, Outcome, Output, Reply, Text};

use crate::handle::{EventsBuilder, Handle};
use crate::wait::wait;

/// A connection to Asterisk's Manager Interface: see [`Handle`] for what it is as a value, and the
/// methods here for what can be asked.
pub type Ami = Handle<Client>;

impl Handle<Client> {
    /// Sends a request and waits for its response.
    ///
    /// ```no_run
    /// # fn calls(ami: &ami_blocking::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_blocking::action::CoreStatus;
    ///
    /// let status = ami.request(CoreStatus::new())?;
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
    pub fn request<A: Action>(&self, action: A) -> Result<Reply<A::Static>, Error> {
        wait(self.0.request(action))
    }

    /// Sends a request that is answered by a list, and returns its items as soon as it was sent:
    /// an [`Iterator`] that waits for each.
    ///
    /// ```no_run
    /// # fn rooms(ami: &ami_blocking::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_blocking::action::ConfbridgeListRooms;
    ///
    /// for room in ami.list(ConfbridgeListRooms::new())? {
    ///     println!("{}", room?.view().conference()?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error`], where it could not be sent. How it ends is for the items to say.
    pub fn list<A: ListAction>(&self, action: A) -> Result<List<A>, Error> {
        wait(self.0.list(action)).map(List)
    }

    /// Sends a request that is answered by a list, and waits for all of its items, of which there
    /// may be 65,536 or 64 MiB, see [`List::all`].
    ///
    /// # Errors
    /// [`Error`]: it was refused, not answered, or not to its end.
    pub fn list_all<A: ListAction>(&self, action: A) -> Result<Vec<ListItem<A>>, Error> {
        wait(self.0.list_all(action))
    }

    /// Calls, and waits for the outcome: whether the channel was answered, busy or unreachable. It
    /// is sent as an asynchronous `Originate`, so that nothing else waits for the phone to ring.
    ///
    /// ```no_run
    /// # fn call(ami: &ami_blocking::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_blocking::action::Originate;
    ///
    /// let call = Originate::new("PJSIP/100").application("Playback").data("hello-world");
    /// println!("{}", ami.originate(call)?); // outcome OriginateResponse: Failure; Busy
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error`]: it was refused, or the outcome wasn't seen in time or before the connection was
    /// lost. [`Error::is_safe_to_retry`] says whether the phone may be ringing.
    pub fn originate(&self, call: Originate<'_>) -> Result<Outcome, Error> {
        wait(self.0.originate(call))
    }

    /// Sends a request that is answered by an event which says how it went, and waits for that
    /// event.
    ///
    /// # Errors
    /// As [`originate`](Self::originate). A request that is done with its response is an [`Error`],
    /// too.
    pub fn outcome(&self, action: impl Action) -> Result<Outcome, Error> {
        wait(self.0.outcome(action))
    }

    /// Runs a command of the server's command line, such as `core show uptime`, and waits for what
    /// it prints.
    ///
    /// # Errors
    /// [`Error`]: it was refused, or not answered.
    pub fn command(&self, command: impl Into<String>) -> Result<Output, Error> {
        wait(self.0.command(command))
    }

    /// Sends a request that is answered by text without frames (`Queues`, `IAXnetstats`), and waits
    /// for all of it: 64 MiB at the most, of which a line takes up about twice its length.
    ///
    /// # Errors
    /// As [`list_all`](Self::list_all).
    pub fn text(&self, action: impl Action) -> Result<Text, Error> {
        wait(self.0.text(action))
    }

    /// Begins a reader of events: of all, unless it is told which.
    ///
    /// ```no_run
    /// # fn listen(ami: &ami_blocking::Ami) -> Result<(), Box<dyn std::error::Error>> {
    /// use ami_blocking::event::Hangup;
    ///
    /// for item in ami.events().of::<Hangup>().start() {
    ///     match item.view::<Hangup>() {
    ///         Some(hangup) => println!("{}: {}", hangup.channel()?, hangup.cause()?),
    ///         None => eprintln!("{item}"), // missed, disconnected, connected again
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self) -> EventsBuilder {
        self.0.events().into_kind()
    }
}

/// The items of a list as they come, as an [`Iterator`] that waits for each. It ends behind the
/// last one, or with an error.
///
/// Of those that come faster than they are read, 65,536 wait, or 8 MiB; then the list ends with
/// [`Error::Unread`]. Nothing else of the connection waits for its reader. Dropped before its end,
/// the request is cancelled.
pub struct List<A>(ami_session::List<A>);

impl<A: ListAction> List<A> {
    /// Waits for all items that are still to come.
    ///
    /// # Errors
    /// [`Error`], where the list is refused, or not answered to its end; [`Error::Unread`] where it
    /// has more than 65,536 items, or they take up more than 64 MiB: an item takes about twice its
    /// length.
    pub fn all(self) -> Result<Vec<ListItem<A>>, Error> {
        wait(self.0.all())
    }
}

impl<A: ListAction> Iterator for List<A> {
    type Item = Result<ListItem<A>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        wait(self.0.next())
    }
}

impl<A> fmt::Debug for List<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
