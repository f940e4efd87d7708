//! An event in bytes, encoded once for all sessions that receive it.

use core::fmt;

use super::Server;
use super::answer::{privilege, write_event};
use crate::error::EncodeError;
use crate::value::Classes;
use crate::wiped::{Wiped, append};
use crate::wire::Frame;

/// An event that has been encoded, to be sent to many sessions with [`Server::send_event`]: each of
/// them costs a look at its mask and a copy of the bytes.
///
/// ```
/// use std::time::Instant;
/// use ami_proto::server::{Config, EncodedEvent, Server};
/// use ami_proto::value::Classes;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # fn logged_in() -> Result<Server, Box<dyn std::error::Error>> {
/// #     use ami_proto::server::ServerEvent;
/// #     let mut server = Server::new(Instant::now(), Config::new().banner("").fully_booted(false));
/// #     let _ = server.handle_input(Instant::now(), b"Action: Login\r\nEvents: call\r\n\r\n");
/// #     let Some(ServerEvent::Login { id, .. }) = server.poll_event()? else { panic!() };
/// #     server.accept(id, Classes::ALL)?;
/// #     let sent = server.unsent();
/// #     server.transmitted(sent);
/// #     Ok(server)
/// # }
/// let mut sessions: Vec<Server> = Vec::new(); // those of all clients
/// # sessions.push(logged_in()?);
/// let hangup = EncodedEvent::new(Classes::CALL, "Hangup", [("Channel", "PJSIP/100-00000001"), ("Cause", "16")])?;
/// for session in &mut sessions {
///     session.send_event(&hangup);
/// }
/// # let expected: &[u8] = b"Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/100-00000001\r\nCause: 16\r\n\r\n";
/// # assert_eq!(sessions[0].poll_transmit(), Some(expected));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedEvent {
    classes: Classes,
    bytes: Wiped,
}

impl EncodedEvent {
    /// Encodes an event of these classes, as [`Server::event`] does.
    ///
    /// # Errors
    /// As [`Server::event`].
    pub fn new<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        classes: Classes,
        name: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, EncodeError> {
        let mut bytes = Wiped::default();
        write_event(bytes.vec(), classes, name, headers)?;
        Ok(Self { classes, bytes })
    }

    /// Takes over an event of another connection as it came, as [`Server::forward`] does. `None`:
    /// it is no event, or half of one, or has no `Privilege`, as the items of lists.
    pub fn from_frame(event: Frame<'_>) -> Option<Self> {
        let classes = privilege(event)?;
        let mut bytes = Wiped::default();
        append(bytes.vec(), event.as_bytes());
        Some(Self { classes, bytes })
    }

    /// Returns the classes that a session has to receive, all of them.
    pub const fn classes(&self) -> Classes {
        self.classes
    }

    /// Returns the event as it is sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Server {
    /// Sends an event that was encoded before, if the session receives **all** of its classes; says
    /// whether.
    pub fn send_event(&mut self, event: &EncodedEvent) -> bool {
        let sent = self.receives_classes(event.classes);
        if sent {
            self.raw(&event.bytes);
        }
        sent && self.is_logged_in()
    }
}

impl fmt::Debug for EncodedEvent {
    /// The classes and the length, without the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedEvent").field("classes", &self.classes).field("bytes", &self.bytes.len()).finish()
    }
}
