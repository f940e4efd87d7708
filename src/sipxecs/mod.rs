//! The REST conference service of sipXecs: FreeSWITCH's conference commands over HTTP, for the
//! owner of a conference.
//!
//! [`Conference::request`] gives the parts of an HTTP request for a [`ConferenceCommand`] of
//! FreeSWITCH, and the conference has what is the service's own, such as
//! [`invite`](Conference::invite); the HTTP is the caller's. The service asks for digest
//! authentication as the SIP user: [`Credentials`] has what goes into it. [`Response`] reads what
//! comes back.
//!
//! ```
//! use ami_proto::freeswitch::command::{Kick, Target};
//! use ami_proto::sipxecs::{Conference, Response};
//!
//! let conference = Conference::new("Conf400");
//! let request = conference.request(&Kick::new(Target::All))?;
//! assert_eq!(request.method().as_str(), "GET");
//! assert_eq!(request.path(), "/sipxconfig/rest/my/conference/Conf400/kick&all");
//!
//! let body = b"<command-response>OK kicked 1\n</command-response>\n";
//! assert_eq!(Response::new(200, body).reply()?.as_bytes(), b"OK kicked 1\n");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # What it cannot carry
//!
//! The service puts command and arguments into one path segment, joined with `&`, splits them
//! there, replaces each `/` with a blank and hands the line to FreeSWITCH, which splits it again at
//! blanks. So an argument with `/` (every dial string that names a gateway or a profile, every file
//! in a folder) would arrive as two; it is refused here, as is all that would arrive as something
//! else, with a [`Refusal`](crate::error::Refusal).
//!
//! # Where percent-encoding is undone
//!
//! That was read in its sources and not seen on a server, so it is not certain.
//!
//! | | undone |
//! |---|---|
//! | the conference's name | by nobody, it seems: its REST library leaves variables of a path alone. A name that must be encoded is then not found: 404 |
//! | command and arguments | not before they are split at `&`. They go on in a second request, encoded as they came, and are decoded where `/` becomes a blank: `%2F` splits there, and `%26` would arrive as `&` |
//! | user to invite, parties of a [`Call`] | by nobody, it seems; they become addresses as they are |
//! | parameters of a [`Call`] | by the service, once |
//!
//! Should a service undo it before, `&` splits, a blank is answered with `ERROR:`, and `?` and `#`
//! cut what follows. So `&` is refused although it might arrive, and a text with `?`, `#` or a
//! blank is sent although it might not.
//!
//! # Where the reference page and the service differ
//!
//! | the page “Freeswitch Conference Commands” | the service | here |
//! |---|---|---|
//! | PUT | its handler answers to GET, and is not modifiable: PUT should be refused with 405. The page's own samples use GET but for one | GET, unless told otherwise: [`Conference::method`] |
//! | 400 for an unknown command | 200, with FreeSWITCH's `-ERR …`; 400 only for no command at all, and for `invite` without exactly one argument | both are read: [`ServiceError`], [`Reply::error`] |
//! | `record <filename>` | the service's own recorder answers: `start`, `stop`, `status`, `duration` | [`RecordAction`] |
//! | `play <file> [async <member>]` | FreeSWITCH reads `<file> [<member>] [async]` | written as FreeSWITCH reads it |
//! | `stop last` | FreeSWITCH answers with its usage | not offered; [`Custom`] sends it |
//! | `[member_id all] last` | one of a member's number, `all`, `last`; `non_moderator` besides | [`Target`] |
//! | list: a header, then lines with number before name | no header in the list of one conference, name before number | both are read: `freeswitch::list` |
//!
//! The facts are from the sources of sipXecs (`UserConferenceCommandsResource`,
//! `ActiveConferenceContextImpl`, `ConferenceServlet`) and of FreeSWITCH (`conference_api.c`), and
//! from what FreeSWITCH 1.6.20 and 1.11.2 answered.
//!
//! [`ConferenceCommand`]: crate::freeswitch::command::ConferenceCommand
//! [`Custom`]: crate::freeswitch::command::Custom
//! [`Target`]: crate::freeswitch::command::Target

mod call_controller;
mod contact;
mod contact_draft;
mod digest;
mod recorder;
mod request;
mod response;

pub use crate::digest::Challenge;
pub use crate::http_request::{Method, Request};
pub use call_controller::{Call, SipMethod};
pub use contact::{Contact, ContactFields};
pub use contact_draft::{ContactDraft, contact_information};
pub use digest::{Credentials, DigestError};
pub use recorder::RecordAction;
pub use request::Conference;
pub use response::{Recorder, Reply, Response, ServiceError, ServiceErrorKind};
