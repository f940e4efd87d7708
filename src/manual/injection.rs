//! Values that a request must not contain, and received values that a program must not trust.
//!
//! # Writing
//!
//! AMI has no escaping: a line feed in a value *is* a new header, a blank line *is* the end of the
//! request. The author of an unchecked text can send any action (`Setvar` with
//! `x\r\n\r\nAction: Originate…`). Therefore [`FrameWriter`](crate::wire::FrameWriter) refuses CR,
//! LF and NUL (which cuts the line in the server) in names and values, and colons and outer blanks
//! in names. It refuses and never replaces: a value that was changed silently causes an error later
//! and elsewhere.
//!
//! It also refuses requests that a server would truncate: lines over 1,022 bytes and more than 128
//! lines. The server answers those with an error that may lack the `ActionID`, and some versions
//! answer twice.
//!
//! # Commands of FreeSWITCH
//!
//! The server splits a line of `conference …` into words, and then each command interprets its
//! words in its own way: it expands variables, runs commands, looks for parameters. A text from
//! another person, such as a name to greet, must arrive unchanged. Therefore each argument has a
//! rule for the use that the server makes of it: if the server has an escape, the text is escaped;
//! if it has none, texts with a special meaning are refused. [`Line::even_if_interpreted`] writes
//! such a text anyway, for texts that the program itself wrote.
//!
//! The table lists each argument that the server may interpret, what the server does with it, and a
//! text that shows it. An *escaped* text arrives unchanged. All other arguments are read literally
//! once the line is split.
//!
//! | Commands | Argument | The server | Such as | Here |
//! |---|---|---|---|---|
//! | any | conference | splits at blanks | `a kick all` | escaped |
//! | any | conference | joins words by quotes | `it's` | escaped |
//! | any | conference | splits the line elsewhere | `^^:a` | escaped |
//! | any | conference | asks all conferences, if there is none of that name | `list` | refused |
//! | `say`, `saymember` | conference | looks for the text behind the command's name | `essaymember` | escaped |
//! | `dial`, `bgdial` | conference | puts variables in, runs commands | `${system(id)}` | refused |
//! | `dial`, `bgdial` | conference | gives PIN and flags | `a+flags{moderator}` | refused |
//! | `dial`, `bgdial` | conference | chooses the profile | `a@wide` | refused |
//! | `dial`, `bgdial` | conference | calls somebody, to bridge to | `bridge:a:user/1` | refused |
//! | `dial`, `bgdial` | conference | sets variables of the channel | `%[a=b]c` | refused |
//! | `mute`, `kick` | member | takes digits first for a number | `7x` | refused |
//! | `say`, `saymember` | text | sets parameters, such as another voice | `{tts_voice=x}hi` | refused |
//! | `say`, `saymember` | text | takes another voice | `#x#hi` | refused |
//! | `say` | text | reads behind the line's end | `hi\` | refused |
//! | `saymember` | text | puts variables in, runs commands | `${system(id)}` | escaped |
//! | `saymember` | text | takes escapes | `a\\b` | escaped |
//! | `play 7`, `kick`, `hold`, `enter_sound`, `exit_sound` | file | puts variables in, runs commands | `/${system(id)}.wav` | escaped |
//! | `play`, `moh`, `kick`, `hold`, `enter_sound`, `exit_sound`, `record`, `recording start` | file | sets parameters | `{timeout=1}/a.wav` | refused |
//! | `play`, `moh`, `kick`, `hold`, `enter_sound`, `exit_sound`, `record`, `recording start` | file | opens it by another format, of which `shell_stream` runs commands | `shell_stream:///bin/id` | refused |
//! | `play`, `moh`, `kick`, `hold`, `enter_sound`, `exit_sound` | file | speaks it | `say:hi` | refused |
//! | `kick` | file | speaks a phrase | `phrase:hi` | refused |
//! | `play`, `moh`, `hold`, `enter_sound`, `exit_sound` | file | plays it in one channel | `/position=1.wav` | refused |
//! | `play`, `moh`, `hold`, `enter_sound`, `exit_sound` | file | takes another voice, if it speaks the name | `#x#a.wav` | refused |
//! | `moh` | file | changes whether there is music | `off` | refused |
//! | `norecord`, `recording stop` | file | ends all recordings | `all` | refused |
//! | `set sound_prefix` | value | opens each sound by another format | `shell_stream://` | refused |
//! | `transfer` | room | runs other applications | `a,system:id` | refused |
//! | `transfer` | room | puts variables in, runs commands | `${system(id)}` | refused |
//! | `transfer` | room | joins and escapes by quotes and backslashes | `a\,b` | refused |
//! | `transfer` | room | gives PIN and flags | `a+1234` | refused |
//! | `transfer` | room | chooses the profile | `a@wide` | refused |
//! | `transfer` | room | calls somebody, to bridge to | `bridge:a:user/1` | refused |
//! | `transfer` | room | sets variables of the channel | `%[a=b]c` | refused |
//! | `dial`, `bgdial` | endpoint | calls more, at once or in turn | `user/1,user/2` | refused |
//! | `dial`, `bgdial` | endpoint | calls more, in turn | `user/1\|user/2` | refused |
//! | `dial`, `bgdial` | endpoint | calls more, each for itself | `user/1:_:user/2` | refused |
//! | `dial`, `bgdial` | endpoint | sets variables of the channel | `{api_on_answer=x}user/1` | refused |
//! | `dial`, `bgdial` | endpoint | sets variables of the channel | `[api_on_answer=x]user/1` | refused |
//! | `dial`, `bgdial` | endpoint | sets variables of the channel | `<api_on_answer=x>user/1` | refused |
//! | `dial`, `bgdial` | endpoint | puts variables in, in the directory's own dial string | `user/${system(id)}` | refused |
//! | `dial`, `bgdial` | endpoint | runs an application | `loopback/app=system:id` | refused |
//! | `setvar` | variable | sets an element of an array | `a[4000]` | refused |
//! | `setvar` | value | sets an array | `ARRAY::a\|:b` | refused |
//! | `list` | delimiter | looks for the other quote | `"` | refused |
//! | `vid-layout` | layout | takes a group of layouts | `group:a` | refused |
//! | `vid-layout` | layout | lists the layouts | `list` | refused |
//! | `vid-banner` | text | decodes percent signs | `100%25` | escaped |
//! | `vid-banner`, `vid-logo-img` | text | sets parameters | `{font_face=/a}b` | refused |
//! | `vid-banner`, `vid-logo-img` | text | leaves out what stands before it | `a}b` | refused |
//! | `vid-banner`, `vid-logo-img`, `vid-mute-img`, `vid-bgimg`, `vid-fgimg`, `vid-codec-group`, `vid-res-id`, `vid-role-id` | text | takes away | `clear` | refused |
//! | `vid-role-id` | text | keeps it where the same again would take it away | `=a` | refused |
//!
//! The table covers `mod_conference` and the core. The author of a whole dial string chooses the
//! module that calls: let the program write that part. The author of a file's name chooses the
//! folder (`..`). A text-to-speech engine may have its own markup. [`Custom`] checks only the text
//! of `say` and `saymember`: it writes words that the server splits as intended, and leaves their
//! interpretation to the caller.
//!
//! The service of sipXecs makes such lines from the parts of a path: the same texts are refused
//! there.
//!
//! # Parameters of actions
//!
//! A server reads some parameters as more than a value: it splits them, matches by them, runs them,
//! or writes them into a file that it reads again. If a parameter is meant as a value, its builder
//! refuses texts that the server would interpret ([`Refusal::Interpreted`]); the builder's
//! `even_if_interpreted` writes them anyway, for texts that the program itself wrote. If
//! interpretation is the parameter's purpose, any text is written: its author chooses what the
//! server does.
//!
//! | Parameter | The server | Such as | Here |
//! |---|---|---|---|
//! | `Conference`, `RecordFile` of `ConfbridgeStartRecord`, `File` of `MixMonitor` | joins it with options and a command for the shell, and splits that at commas | `a.wav,,id` | refused: `,` `"` `\` `(` `)` `[` `]` |
//! | `Filename` of `GetConfig`, `Filename` of `GetConfigJSON`, `Filename` of `ListCategories`, `Filename` of `CreateConfig`, `SrcFilename`, `DstFilename` of `UpdateConfig`, `Module` of `ModuleLoad`, `Module` of `ModuleCheck`, `Mailbox` of `MailboxStatus` | takes it for the path to a file | `../a` | refused: `/` |
//! | `Cat-{i:6}` of `UpdateConfig` | writes it between brackets into a file that it reads again: templates follow | `a](!)` | refused: `]` `;` |
//! | `Var-{i:6}` of `UpdateConfig` | writes it at the start of a line of a file that it reads again: `#exec` runs a command | `#exec` | refused: `#` `;` `=` `[` |
//! | `Value-{i:6}` of `UpdateConfig` | writes it, where it is a category's new name, between brackets into a file that it reads again | `a](!)` | refused: `]` `;`, where `Action-{i:6}` is `RenameCat` |
//! | `Family`, `Key` of `DBGetTree` | lists what matches it: `%` is any text | `%` | refused: `%` |
//! | `Family`, `Key` of `DBDelTree` | deletes what matches it: `%` is any text, `_` any character | `a_b` | refused: `%` `_` |
//! | `Options` of `MixMonitor` | joins it with a command for the shell, and splits that at commas | `b,id` | refused: `,` `"` `\` `[` `]`, and `(` `)` that don't close |
//! | `File` of `Monitor`, `File` of `ChangeMonitor` | writes it between double quotes into a line for the shell, where `Mix` is set | `$(id)` | refused: `"` `$` `\` `` ` `` |
//! | `Interface`, `Reason`, `MemberName`, `StateInterface` of `QueueAdd`, `Reason` of `QueuePause` | stores it between semicolons and bars, and adds what members it reads there when it starts | `a\|PJSIP/9;0;0` | refused: `,` `;` `\|` |
//! | `Queue`, `Event`, `Uniqueid`, `Interface` of `QueueLog` | writes it between bars into the queue log | `a\|ABANDON\|1` | refused: `\|` |
//! | `Mailbox` of `MailboxCount` | adds up those of several mailboxes, and takes each for a folder's name | `1,2` | refused: blank `,` `&` `/` |
//! | `ChannelPrefix` of `AOCMessage`, `Channel` of `ConfbridgeSetSingleVideoSrc` | takes the beginning of a name for the first that has it | `PJSIP` | written |
//! | `Channel` of `Hangup`, `Channel` of `PJSIPHangup` | hangs up all channels that a regular expression between slashes matches | `/./` | written |
//! | `Variables` of `Status` | splits it at commas and calls functions, of which `SHELL` runs commands | `SHELL(id)` | written |
//! | `Variable` of `Getvar`, `Variable` of `Setvar` | calls a function, of which `SHELL` runs commands | `SHELL(id)` | written |
//! | `Command` of `AGI` | runs it as a line of AGI, of which `EXEC` runs any application | `EXEC System id` | written |
//! | `Channel` of `ConfbridgeMute`, `Channel` of `ConfbridgeUnmute` | takes two words for many, and the beginning of a name for the first that has it | `all` | written |
//! | `Channel` of `ConfbridgeKick` | takes two words for many | `all` | written |
//! | `Filter` of `GetConfig`, `Filter` of `GetConfigJSON`, `Match` of `ListCategories`, `Filter` of `UpdateConfig` | splits it at commas, and takes names and values for regular expressions | `.*=.*` | written |
//! | `Options-{i:6}` of `UpdateConfig` | splits it at commas | `allowdups,template` | written |
//! | `File` of `PRIDebugFileSet` | takes it for a path to write to | `/tmp/a` | written |
//! | `Family`, `Key` of `DBGet`, `Family`, `Key` of `DBPut`, `Family`, `Key` of `DBDel` | joins family and key by `/` | `a/b` | written |
//! | `Destination`, `To` of `MessageSend` | takes the technology before the first colon | `pjsip:100` | written |
//! | `Command` of `MixMonitor` | runs it by the shell when the recording ends | `id` | written |
//! | `Channel` of `Originate` | takes it for the dial string of any channel driver, of which `Local` runs an extension of any context | `Local/200@default/n` | written |
//! | `Application` of `Originate` | runs it, of which `System` and others need the class `system` | `System` | written |
//! | `Data` of `Originate` | splits it into the arguments of the application, some of which are commands or functions | `a,,b` | written |
//! | `CallerID` of `Originate` | takes name and number out of quotes and angle brackets | `a <1>` | written |
//! | `Codecs` of `Originate` | splits it at commas, and leaves out those behind a `!` | `all,!ulaw` | written |
//! | `PreDialGoSub` of `Originate` | splits it into a place in the dialplan and arguments, and runs it | `a,1,1(b)` | written |
//! | `Registration` of `PJSIPRegister`, `Registration` of `PJSIPUnregister` | takes a word for all | `*all` | written |
//! | `URI` of `PJSIPNotify` | sends it to any address | `sip:a@example.org` | written |
//! | `Provider` of `PresenceState` | takes the provider before the first colon | `CustomPresence:a` | written |
//! | `Message` of `QueueLog` | parts its fields at bars | `a\|b` | written |
//! | `Events` of `Login`, `EventMask` of `Events` | splits it at commas | `call,user` | written |
//! | `MatchCriteria` of `Filter` | splits it at commas into what to match and how | `name(Hangup),method(regex)` | written |
//! | `Filter` of `Filter` | takes it for a regular expression, which a `!` at its start excludes | `!.` | written |
//! | `Command` of `Command` | runs it as its command line does | `core stop now` | written |
//! | `Extension` of `DialplanExtensionAdd` | splits a caller id off at `/`, and matches by what begins with `_` | `_X./100` | written |
//! | `Application` of `DialplanExtensionAdd` | runs it for each who calls the extension | `System` | written |
//! | `ApplicationData` of `DialplanExtensionAdd` | splits it into arguments, and puts in variables and functions, of which `SHELL` runs commands | `${SHELL(id)}` | written |
//! | `Extension` of `DialplanExtensionRemove` | splits a caller id off at `/` | `200/100` | written |
//! | `Search` of `DataGet` | splits it at commas into conditions | `a/b=c,a/d=e` | written |
//! | `Filter` of `DataGet` | splits it at commas | `a,b` | written |
//! | `Exten` of `Atxfer` | dials it as digits, behind the code of the feature | `200#` | written |
//! | `Mailbox` of `MWIGet`, `Mailbox` of `MWIDelete` | takes what stands between slashes for a regular expression | `/./` | written |
//!
//! These rules apply to the builders of [`action`]. [`action::Custom`] has no such rules: it writes
//! the headers that it is given. [`Client::forward`] passes a request on unchanged: the forwarding
//! program decides what its author may request. The server role refuses no such text either: the
//! views of [`request`] return any text.
//!
//! The command after the second comma of a recording's name was seen to run on 22, as the server's
//! user. Variables (`${…}`) in such a name are not expanded. `/` and `..` are not refused: they
//! name a folder.
//!
//! The database is searched by SQL's `LIKE`, from 10 to at least 23, and no version has an escape.
//! Deleting too much does harm, so `DBDelTree` refuses a `_`: list the tree instead, and delete by
//! `DBDel`, which compares exactly. `DBGetTree` writes it, since families have it in their names:
//! compare the key of each returned entry. Both ignore the case of letters, which a client can't
//! prevent: deleting the tree `cid` also deletes `CID`.
//!
//! [`Refusal::Interpreted`]: crate::error::Refusal::Interpreted
//! [`action`]: crate::action
//! [`action::Custom`]: crate::action::Custom
//! [`Client::forward`]: crate::client::Client::forward
//! [`request`]: crate::request
//!
//! # Parameters of AMI in `conference`
//!
//! The texts of the common vocabulary are values. Therefore `conference` refuses a text that the
//! server would split or interpret, even if the builder of the action writes it. It also refuses
//! all texts that builders refuse.
//!
//! | Header | The server | Such as | Here |
//! |---|---|---|---|
//! | `Data` of `Originate` | takes it for the arguments of the application: profiles of the caller | `a,,admin` | `conference` refuses `,` `"` `\` `(` `)` `[` `]` |
//! | `CallerID` of `Originate` | takes name and number out of quotes and brackets | `"a" <1>` | `conference` refuses `"` `\` `<` `>` |
//! | `Channel` of `ConfbridgeMute`, `ConfbridgeKick` | takes two words for many | `all` | `conference` refuses `all`, `participants` |
//! | `Variable` of `Originate`, `MessageSend`, `PJSIPNotify`, `SIPnotify` | sets several | `a=1,b=2` | escaped: `value::Assignments` |
//!
//! Variables (`${…}`) in `Data` are not expanded.
//!
//! [`Line::even_if_interpreted`]: crate::freeswitch::command::Line::even_if_interpreted
//! [`Custom`]: crate::freeswitch::command::Custom
//!
//! # Reading
//!
//! Servers pass on CR LF in many values. Seen: `Value` of `Getvar`, `Variable` of `Status`, `Val`
//! of `DBGet`, the headers of `UserEvent`, `AppData` of `Newexten`, `AccountCode`, `Language`,
//! `CallerIDNum` of every channel, CDR and CEL fields. A person who controls one of these values (a
//! caller can choose the caller number) can end the frame and forge another. The bytes of a forged
//! frame don't differ from those of a real one. The remedy: where it matters, don't act on an event
//! alone, but ask the server; its answer carries your own `ActionID`, which an outsider can't know.
//!
//! This protection requires a secret `ActionID`: `OriginateResponse` shows the request's `ActionID`
//! to every session that reads the class `call`. A reader of that event can forge later frames with
//! the same prefix, until the connection ends. Therefore the client draws a new prefix for each
//! connection, by `SipHash` under a key of 128 bits from the operating system: a prefix that was
//! shown reveals nothing about the next one or about other clients. Reconnect if users with that
//! class aren't trusted.
//!
//! # Kazoo's bodies and bindings
//!
//! JSON is escaped, and paths are percent-encoded. But the server extracts some strings and writes
//! them unchanged into a line for FreeSWITCH, or splits them. The crate refuses characters that
//! would end a quoted word there, or split a word; other ASCII characters are sent. Control
//! characters are refused in all of these strings.
//!
//! | argument | where the server puts it | refused |
//! |---|---|---|
//! | `conference`, of actions | a word of the line | blank `'` `\` |
//! | `media_id` | quoted in the line | `'` `\` |
//! | `caller_id_number` | a word of the line | blank `'` `\` |
//! | `caller_id_name` | quoted in the line | `'` `\` |
//! | `profile_name`, `target_call_id`, `outbound_call_id` | quoted in the line, or in variables of it | `'` `\` |
//! | `endpoints` | a dial string, or a part of one | blank `,` `\|` `{` `}` `[` `]` `<` `>` `'` `"` `\`, and `:_:` |
//! | `conference`, `call` and `event`, of bindings | between dots | blank `.` `*` `#` |
//!
//! The caller has to judge these cases:
//!
//! - Values that are JSON already (`Dial::device`, `field`, `Other`) and `Binding::Other` are sent
//!   unchanged.
//! - A `media_id` that contains a `/` is not a sound of the account, but a path of the media server
//!   or an address that it fetches; `say:`, `tone_stream://` and `$` have other meanings again. If
//!   other people choose it, accept only 32 hexadecimal digits.
//! - An endpoint that begins with `sip:` is called at any host, at the account's cost.
//! - If no `caller_id_name` is given, the called phone shows the conference's `name`, in the same
//!   quotes: a document may have a `'` there.
//! - The server looks for `action` and for arguments in the query too, and master reads every query
//!   parameter as one of `custom_application_vars`. Never use a text from other people as a
//!   parameter's name.
//! - If arguments are placed in `data` (`kazoo::Envelope::OnTop`), the server would read an
//!   argument named `action` or `data` as the action or as all arguments: both names are refused.
//!
//! # sipXecs' paths
//!
//! The service splits a command at `&`, turns `/` into a blank and passes the line to FreeSWITCH.
//! It is uncertain where it decodes percent-encoding (`sipxecs`): characters that would split the
//! text before or after decoding are refused, which is stricter than one service needs.
//!
//! | argument | where the service puts it | refused |
//! |---|---|---|
//! | the conference, of commands | a word of the line | `/` blank `'` `\` |
//! | the conference, of its recorder | a value of a query of its own | `/` blank `'` `\` `&` `#` `?` `+` `%` `=` `;` |
//! | a word of a command, an instant-message id | a word of the line | `/` `&` blank `'` `\` |
//! | a text to be spoken | the end of the line | `/` `&` |
//! | a user who is invited | an address of SIP | `/` `&` blank `'` `\` `?` `;` `,` `<` `>` `"` |
//! | a party, agent or target of a `sipxecs::Call` | an address of SIP | `/` `&` blank `?` `;` `,` `<` `>` `"` `#` `%` |
//!
//! A PIN of a `Call` becomes a header of an address: only digits are sent. Users, parties and
//! targets may be addresses of other hosts (`user@host`): if other people choose them, refuse the
//! `@`.
