//! JSON, with the feature `serde`: the form of all that implements `Serialize`, and how a frame is
//! read back. `ami inspect --json` prints the same objects.
//!
//! | what | form |
//! |---|---|
//! | [`Value`](crate::Value) and what else is bytes | a string; what is no UTF-8 as `{"hex": "ff"}`, since AMI promises no charset |
//! | [`Frame`](crate::Frame) | `{"offset", "len", "kind", "name", "headers": [[name, value], …], "lines": […]}` |
//! | [`OwnedFrame`](crate::OwnedFrame) | the same, with `"bytes"` where the rest doesn't tell them: it can be read back |
//! | typed views of events, requests and responses, [`Described`](crate::describe::Described) | `{"type", "fields": {…}, "uncovered": [name, …], "invalid": [{"header", "value"}, …]}` |
//! | types of [`value`](crate::value) | what `fields` has for such a value: see there |
//! | [`AgiEnv`](crate::value::AgiEnv); [`AgiAnswer`](crate::value::AgiAnswer) | an array of `[name, value]`; `{"code", "result", "data", "end_position", "text"}` |
//! | enums without data | their word: `"response"`, `"attended"` |
//! | owned twins, such as [`OwnedEvent`](crate::event::OwnedEvent) | as what they lend |
//! | enums with data | `{"kind": word, …}` |
//! | [`calls`](crate::calls) and other structs | an object; its keys are the names of fields and methods |
//! | [`state::Mirror`](crate::state::Mirror) | an object as `ami inspect --state --json` prints it, and each thing in it: see [`state`](crate::state) |
//! | times and lengths of time in those | seconds, as a number with a fraction |
//! | what there is none of in those | `null` |
//!
//! # A call
//!
//! [`Call`](crate::calls::Call) is an object with all of these keys, in this order; it is what
//! `ami inspect --calls --json` prints. Lengths of time are seconds. The method of the same name
//! has the rule for each.
//!
//! | key | form |
//! |---|---|
//! | `linked_id` | a string |
//! | `former` | an array of the linked ids that it had before |
//! | `channels` | an array of names, in the order in which they appeared |
//! | `from` | the caller: `{"number", "name", "channel"}`, or `null` |
//! | `dialled` | the first extension that was run for it, or `null` |
//! | `to` | the one whom the caller talked to last, as `from`; `null` where there was no talk |
//! | `disposition` | `answered`, `busy`, `no-answer`, `failed`, `abandoned`, `voicemail`, `conference`, `application` or `unknown` |
//! | `start`, `end` | see below; `end` is `null` where the end was not seen |
//! | `answered_by_person` | since `start`, or `null` |
//! | `talk`, `wait`, `hold` | lengths; of what goes on, up to the last event about the call |
//! | `queues` | an array of `{"queue", "outcome", "wait", "agent"}`; `outcome` is `answered`, `abandoned`, `timeout`, `withdrawn`, `exit-key`, `empty` or `unknown`, and `agent` is who answered, or `null` |
//! | `transfers` | an array of `{"kind", "to"}`, of those that succeeded; `kind` is `blind` or `attended`, and `to` is `extension@context` or the name of a channel |
//! | `parked` | an array of `{"lot", "s"}`; `s` is a length |
//! | `recordings` | an array of `{"kind", "file", "start", "end"}`; `kind` is `mixmonitor` or `monitor`, and `file` and `end` are `null` where they were not told |
//! | `rooms` | an array of the names of its conferences, each once |
//! | `cause` | the number of Q.850, or `null` |
//! | `time_source` | see below |
//!
//! It is a line of a list, and has no more. What else its methods give has JSON of its own: a
//! program adds `direction()`, or each of `legs()` with its places in the dialplan, to what it
//! writes.
//!
//! # Times of calls
//!
//! `start` and `end` of a call and all moments in it count from what its `time_source` counts from:
//!
//! | `time_source` | what tells the times | counts from | unit |
//! |---|---|---|---|
//! | `received` | the clock of the program, or of the recording | the program's choice; the beginning of the recording | that clock's |
//! | `timestamp` | `Timestamp` of the events | 1970 | 1 µs |
//! | `cel` | `EventTime` of CEL events | 1970 | 1 s |
//! | `unique-id` | the unique ids of new channels | 1970 | 1 s |
//! | `none` | nothing: all are 0 | | |
//!
//! It is the source at the beginning of the call; later events may have a better one.
//! [`EventClock`](crate::calls::EventClock) has the rule by which it is found.
//!
//! `ami inspect --json` adds three keys to the frames of a recording of both directions: `from`
//! (`server` or `client`), `at` (seconds since the beginning, or `null`) and `time_source`
//! (`received` or `none`).
//!
//! # Typed views
//!
//! `type` is the name of the type in Rust, `Other` for an event or a request that the crate doesn't
//! know, and `Response` where nothing tells what a response answers. The keys of `fields` are those
//! of [`Field::key`](crate::catalogue::Field::key): `cause`, `dest_channel`; a field without a
//! value is left out.
//!
//! | kind of a field | form |
//! |---|---|
//! | numbers; causes, states of channels and extensions and other numbers with words | the number |
//! | truth values | `true`, `false` |
//! | whole seconds and milliseconds | the number, in the unit of the wire |
//! | `epoch` | the number of seconds since 1970 |
//! | all other times, words and text, lists in one value included | a string, as on the wire |
//! | a field that repeats, such as variables | an array of its values |
//! | a field with a number or a key in its name | an array of `[name, value]` |
//!
//! What is not of its field's kind stands in `invalid`, as the string that it is on the wire. The
//! names that the tables don't have stand in `uncovered`, their values in the frame alone; where a
//! type may have any headers, or isn't known, they are an array of `[name, value]` under `rest`.
//! Lines that are no headers, such as the output of a command up to 13, are the frame's: serialise
//! [`Frame`](crate::Frame) for them.
//!
//! # Secrets
//!
//! They are masked by the rules of [`redact`](crate::redact), and shown where
//! [`WithSecrets`](crate::redact::WithSecrets) wraps the value. Kazoo's documents alone go out as
//! they came, since that is how they are sent.
//!
//! # Frames that are read back
//!
//! ```
//! use ami_proto::redact::WithSecrets;
//! use ami_proto::{Decoder, Limits, OwnedFrame};
//!
//! let mut decoder = Decoder::new(Limits::new());
//! decoder.push(b"Event: UserEvent\r\nName: caf\xe9\r\nSecret: s3cret\r\n\r\n");
//! let kept = decoder.next_frame()?.expect("a whole frame").to_owned();
//!
//! let json = serde_json::to_string(&WithSecrets(&kept))?;
//! assert_eq!(serde_json::from_str::<OwnedFrame>(&json)?, kept);
//!
//! let masked: OwnedFrame = serde_json::from_str(&serde_json::to_string(&kept)?)?;
//! assert_eq!(masked.view().get("Secret").unwrap(), "***");
//! assert_eq!(masked.view().get("Name").unwrap().as_bytes(), b"caf\xe9");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! A frame is read from its headers and lines, each `Name: value` and a CR LF, and from `bytes`
//! where that is not how it came: then the others have to be what these bytes say. A frame of which
//! something is masked has no `bytes`; it comes back in that usual form, with `***` in it. Only
//! `kind` is required. `len` and keys that are not known, such as `typed`, are passed over, so that
//! what `ami inspect --json` prints is read as well.
//!
//! What no decoder could have given is refused in words: a line feed in a value, a colon in a name,
//! a kind that the headers don't say. So is what goes over the defaults of
//! [`Limits`](crate::Limits). These are a seed, for those who read larger frames, or want smaller
//! ones:
//!
//! ```
//! use ami_proto::Limits;
//! use serde::de::DeserializeSeed;
//!
//! let json = r#"{"kind": "event", "headers": [["Event", "Hangup"], ["Cause", "16"]]}"#;
//! let frame = Limits::new().deserialize(&mut serde_json::Deserializer::from_str(json))?;
//! assert_eq!(frame.view().as_bytes(), b"Event: Hangup\r\nCause: 16\r\n\r\n");
//!
//! let small = Limits::new().frame(16).deserialize(&mut serde_json::Deserializer::from_str(json));
//! assert!(small.unwrap_err().to_string().starts_with("frame longer than the limit of 16 bytes"));
//! # Ok::<(), serde_json::Error>(())
//! ```
