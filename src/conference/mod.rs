//! One vocabulary for those who run conferences on several kinds of servers: [`Command`]s in four
//! [`Dialect`]s.
//!
//! [`Dialect::encode`] gives what to send, [`Dialect::decode`] reads what came back, [`Event`] what
//! happens meanwhile. Nothing is sent here: AMI is the [`client`](crate::client)'s, the event
//! socket that of [`freeswitch`](crate::freeswitch), HTTP the caller's.
//!
//! ```
//! use ami_proto::conference::{Command, Dialect, Native, Outcome, Who};
//! use ami_proto::kazoo::{Account, Method};
//!
//! let command = Command::Mute { conference: "room", who: Who::One("3") };
//! let dialects = [Dialect::FreeSwitch, Dialect::SipXecs(Method::Get), Dialect::Kazoo(Account::new("a1"))];
//! for dialect in dialects {
//!     println!("{}", String::from_utf8_lossy(&dialect.encode(&command)?.to_bytes()));
//! }
//!
//! let answer = Dialect::FreeSwitch.decode(&command, Native::Text(b"-ERR Non-Existant ID 3\n"))?;
//! let Outcome::Refused(reason) = answer.outcome() else { unreachable!() };
//! assert_eq!(reason, "Non-Existant ID 3");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # What is whose
//!
//! | | `ConfBridge` | FreeSWITCH, sipXecs | Kazoo |
//! |---|---|---|---|
//! | a conference is named by | its name | its name | its id |
//! | a participant | the name of their channel | a number, one counter for the whole server | a number, the media server's |
//! | moderators | admins; their PIN's profile makes them | members with the flag; their PIN makes them | `is_moderator`; their PIN or number makes them |
//! | mute | of what they say | the same | the same |
//! | a conference that isn't there | refused | refused | made up |
//! | no conferences | refused, which is read as empty | `No active conferences.` | an empty list |
//! | a conference without members | refused | nothing (`bgapi`), or `-ERR no reply` (`api`) | an empty list |
//!
//! Any other answer in which no line is one of a list is refused or an error, never a list without
//! items.
//!
//! The rule for each [`Who`] stands there. A dialect that can't do just what a command says has no
//! request for it: [`Unsupported`] tells what to do instead.
//!
//! # Who can do what
//!
//! | command | `ConfBridge` | FreeSWITCH | sipXecs | Kazoo |
//! |---|---|---|---|---|
//! | list rooms | `ConfbridgeListRooms` | `list delim >,<` | – | `GET /..` |
//! | list | `ConfbridgeList` | `list delim >,<` | `list&delim&%3E%2C%3C` | `GET /participants` |
//! | show | – | `xml_list` | `xml_list` | `GET /` |
//! | mute, one | `ConfbridgeMute` | `mute 3` | `mute&3` | `PUT /participants/3` mute |
//! | mute, all | `ConfbridgeMute` | `mute all` | `mute&all` | – |
//! | mute, all but moderators | `ConfbridgeMute` | `mute non_moderator` | `mute&non_moderator` | `PUT /participants` mute |
//! | mute, last | – | `mute last` | `mute&last` | – |
//! | unmute, one | `ConfbridgeUnmute` | `unmute 3` | `unmute&3` | `PUT /participants/3` unmute |
//! | unmute, all | `ConfbridgeUnmute` | `unmute all` | `unmute&all` | – |
//! | unmute, all but moderators | `ConfbridgeUnmute` | `unmute non_moderator` | `unmute&non_moderator` | `PUT /participants` unmute |
//! | unmute, last | – | `unmute last` | `unmute&last` | – |
//! | deaf, one | – | `deaf 3` | `deaf&3` | `PUT /participants/3` deaf |
//! | deaf, all | – | `deaf all` | `deaf&all` | – |
//! | deaf, all but moderators | – | `deaf non_moderator` | `deaf&non_moderator` | `PUT /participants` deaf |
//! | deaf, last | – | `deaf last` | `deaf&last` | – |
//! | undeaf, one | – | `undeaf 3` | `undeaf&3` | `PUT /participants/3` undeaf |
//! | undeaf, all | – | `undeaf all` | `undeaf&all` | – |
//! | undeaf, all but moderators | – | `undeaf non_moderator` | `undeaf&non_moderator` | `PUT /participants` undeaf |
//! | undeaf, last | – | `undeaf last` | `undeaf&last` | – |
//! | kick, one | `ConfbridgeKick` | `kick 3` | `kick&3` | `PUT /participants/3` kick |
//! | kick, all | `ConfbridgeKick` | `kick all` | `kick&all` | `PUT /participants` kick |
//! | kick, all but moderators | `ConfbridgeKick` | `kick non_moderator` | `kick&non_moderator` | – |
//! | kick, last | – | `kick last` | `kick&last` | – |
//! | hang up, one | – | `hup 3` | `hup&3` | – |
//! | hang up, all | – | `hup all` | `hup&all` | – |
//! | hang up, all but moderators | – | `hup non_moderator` | `hup&non_moderator` | – |
//! | hang up, last | – | `hup last` | `hup&last` | – |
//! | lock | `ConfbridgeLock` | `lock` | `lock` | `PUT /` lock |
//! | unlock | `ConfbridgeUnlock` | `unlock` | `unlock` | `PUT /` unlock |
//! | set pin | – | `pin 1234` | `pin&1234` | – |
//! | remove pin | – | `nopin` | `nopin` | – |
//! | start record | `ConfbridgeStartRecord` | – | `record&start` | `PUT /` record |
//! | start record, into a file | `ConfbridgeStartRecord` | `record a.wav` | – | – |
//! | stop record | `ConfbridgeStopRecord` | `norecord all` | `record&stop` | `PUT /` record |
//! | stop record, into a file | – | `norecord a.wav` | `norecord&a.wav` | – |
//! | record status | – | `chkrecord` | `record&status` | – |
//! | volume, in | – | `volume_in 3 2` | `volume_in&3&2` | – |
//! | volume, out, of all, shown | – | `volume_out all` | `volume_out&all` | – |
//! | energy, a step up | – | `energy 3 up` | `energy&3&up` | – |
//! | energy, shown | – | `energy 3` | `energy&3` | – |
//! | play | – | `play a.wav` | `play&a.wav` | `PUT /` play |
//! | play, to one | – | `play a.wav 3` | `play&a.wav&3` | `PUT /participants/3` play |
//! | stop playing | – | `stop` | `stop` | – |
//! | stop playing, to one | – | `stop all 3` | `stop&all&3` | – |
//! | say | – | `say it's 5` | `say&it%27s%205` | – |
//! | say, to one | – | `saymember 3 it's 5` | `saymember&3&it%27s%205` | – |
//! | send dtmf | – | `dtmf 3 12#` | `dtmf&3&12%23` | – |
//! | dial | `Originate` | `bgdial 100` | `bgdial&100` | `PUT /` dial |
//! | dial, with a caller id | `Originate` | `bgdial 100 1234567890 FreeSWITCH_Conference` | `bgdial&100&1234567890&FreeSWITCH_Conference` | `PUT /` dial |
//! | dial and wait, with a caller id | `Originate` | `dial 100 1234567890 FreeSWITCH_Conference` | `dial&100&1234567890&FreeSWITCH_Conference` | – |
//! | invite | – | – | `invite&401` | `PUT /` dial |
//! | transfer | – | `transfer other 3` | `transfer&other&3` | – |
//! | relate, nospeak | – | `relate 3 3 nospeak` | `relate&3&3&nospeak` | `PUT /participants` relate |
//! | relate, nohear | – | `relate 3 3 nohear` | `relate&3&3&nohear` | `PUT /participants` relate |
//! | relate, clear | – | `relate 3 3 clear` | `relate&3&3&clear` | `PUT /participants` relate |
//! | floor | – | `floor 3` | `floor&3` | – |
//! | video source | `ConfbridgeSetSingleVideoSrc` | `vid-floor 3 force` | `vid-floor&3&force` | – |
//! <!-- end -->
//!
//! A test makes the table, and holds it to the code. Requests are shortened: to `ConfBridge`'s
//! action and FreeSWITCH's sub-command; sipXecs has the last segment of its path, Kazoo the method,
//! the path behind the conference, and the action.
#![cfg_attr(feature = "std", doc = include_str!("driving.md"))]

mod answer;
mod args;
mod backend;
mod command;
mod confbridge;
mod detail;
mod dialect;
mod error;
mod event;
mod freeswitch;
mod kazoo;
mod overview;
mod participant;
mod request;
mod sipxecs;

pub use answer::{Answer, Native, Outcome};
pub use command::{CallerId, Command, Level, Relation, Side, Who};
pub use detail::Detail;
pub use dialect::Dialect;
pub use error::{ReplyError, RequestError, Unsupported};
pub use event::{Event, Happening};
pub use overview::Conference;
pub use participant::Participant;
pub use request::{Line, Request};
