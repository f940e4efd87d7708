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
//!
//! # Kazoo's bodies and bindings
//!
//! JSON is escaped, and paths are percent-encoded. But the server takes some strings out again and
//! writes them, as they are, into a line for FreeSWITCH, or splits them. Refused is what would end
//! a quoted word there, or make two of one; the rest of ASCII is sent. Control characters are refused
//! in all of them.
//!
//! | argument | where the server puts it | refused |
//! |---|---|---|
//! | `conference`, of actions | a word of the line | blank `'` `\` |
//! | `media_id` | quoted in the line | `'` `\` |
//! | `caller_id_number` | a word of the line | blank `'` `\` |
//! | `caller_id_name` | quoted in the line | `'` `\` |
//! | `endpoints` | a dial string, or a part of one | blank `,` `\|` `{` `}` `[` `]` `<` `>` `'` `"` `\`, and `:_:` |
//! | `conference`, of bindings | between dots | blank `.` `*` `#` |
//!
//! What stays the caller's to judge:
//!
//! - A `media_id` with a `/` in it is no sound of the account, but a path of the media server or an
//!   address that it fetches; `say:`, `tone_stream://` and `$` begin something else again. Where
//!   others choose it, take 32 hexadecimal digits.
//! - An endpoint that begins with `sip:` is called wherever it is, at the account's cost.
//! - The conference's `name` is shown to those who are called in where no `caller_id_name` is given,
//!   in the same quotes: a document may have a `'` there.
//! - The server looks for `action` and for arguments in the query too, and master takes every
//!   parameter of it for one of `custom_application_vars`. No text of others is a parameter's name.
//! - Where arguments stand in `data` (`kazoo::Envelope::OnTop`), one of the
//!   name `action` or `data` would be taken for the action or for all arguments: both are refused.
//!
//! # sipXecs' paths
//!
//! The service splits a command at `&`, turns `/` into a blank and hands the line to FreeSWITCH.
//! Where it undoes percent-encoding is not certain (`sipxecs`): what would be split
//! either way is refused, which is more than one service needs.
//!
//! | argument | where the service puts it | refused |
//! |---|---|---|
//! | the conference, of commands | a word of the line | `/` blank `'` `\` |
//! | the conference, of its recorder | a value of a query of its own | `/` blank `'` `\` `&` `#` `?` `+` `%` `=` `;` |
//! | a word of a command | a word of the line | `/` `&` blank `'` `\` |
//! | a text to be spoken | the end of the line | `/` `&` |
//! | a user who is invited | an address of SIP | `/` `&` blank `'` `\` `?` `;` `,` `<` `>` `"` |
//! | a party, agent or target of a `sipxecs::Call` | an address of SIP | `/` `&` blank `?` `;` `,` `<` `>` `"` `#` `%` |
//!
//! A PIN of a `Call` becomes a header of an address: digits alone are sent. Users, parties and
//! targets may be addresses of other hosts (`user@host`): where others choose them, refuse the `@`.
