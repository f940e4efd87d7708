//! What may not be written, and what can't be trusted in what is read.
//!
//! # Writing
//!
//! AMI has no escaping: a line feed in a value *is* a new header, a blank line *is* the end of the
//! request. Any text from outside that reaches a value unchecked lets its author send actions of
//! their own (`Setvar` with `x\r\n\r\nAction: Originate…`). So
//! [`FrameWriter`](crate::wire::FrameWriter) refuses CR, LF and NUL (which cuts the line in the
//! server) in names and values, colons and outer blanks in names. It refuses, it doesn't replace: a
//! value that was changed on the way is a fault that shows up later and elsewhere.
//!
//! It also refuses what a server would cut: lines over 1,022 bytes and requests of more than 128
//! lines. The server answers those with an error that may lack the `ActionID`, and some versions
//! answer twice.
//!
//! # Reading
//!
//! Servers pass on CR LF in many values. Seen: `Value` of `Getvar`, `Variable` of `Status`, `Val`
//! of `DBGet`, the headers of `UserEvent`, `AppData` of `Newexten`, `AccountCode`, `Language`,
//! `CallerIDNum` of every channel, CDR and CEL fields. Whoever controls one of these (a caller can
//! choose the number they send) can end the frame and forge another. No reader can tell a forged
//! frame from a real one by its bytes. What helps: don't act on an event alone where it matters,
//! ask the server; the answer carries your own `ActionID`, which an outsider can't know.
//!
//! That holds for an `ActionID` that hasn't been seen: `OriginateResponse` shows the request's to
//! every session that reads the class `call`. Whoever reads it there can forge what comes later
//! under the same beginning, for as long as that connection lasts. So the client draws the
//! beginning anew for each connection, by `SipHash` under a key of 128 bits that it got from the
//! operating system: what has been shown tells nothing of the next one, nor of other clients.
//! Reconnect where users with that class aren't trusted.
