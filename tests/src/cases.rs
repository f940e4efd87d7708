//! The framing grammar by example: bytes in, what came out. Each case lists its input part by part.
//!
//! `skip` is blank lines between frames, `rest` what stays unfinished; a frame is its bytes, its
//! name, its headers and its other lines.

use super::case::{Case, action, banner, connect, event, response, rest, skip, stream, text};

/// All cases. Names are unique.
#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // Lines and blank lines.
    stream("nothing", &[]),
    stream("one event", &[event(b"Event: A\r\nX: 1\r\n\r\n", b"A", &[(b"Event", b"A"), (b"X", b"1")], &[])]),
    stream("LF only", &[event(b"Event: A\nX: 1\n\n", b"A", &[(b"Event", b"A"), (b"X", b"1")], &[])]),
    stream("CRLF lines, LF closes", &[event(b"Event: A\r\nX: 1\r\n\n", b"A", &[(b"Event", b"A"), (b"X", b"1")], &[])]),
    stream("LF line, CRLF closes: the text of an error ends in LF", &[
        response(b"Response: Success\r\nMessage: Park successful\n\r\n", b"Success", &[(b"Response", b"Success"), (b"Message", b"Park successful")], &[]),
        skip(b"\r\n"),
    ]),
    stream("LF in the middle of an event", &[
        event(b"Event: Agents\r\nCallStarted: 1795225606\nTalkingTo: n/a\r\n\r\n", b"Agents", &[(b"Event", b"Agents"), (b"CallStarted", b"1795225606"), (b"TalkingTo", b"n/a")], &[]),
    ]),
    stream("LF LF closes", &[event(b"Event: A\n\n", b"A", &[(b"Event", b"A")], &[]), event(b"Event: B\n\n", b"B", &[(b"Event", b"B")], &[])]),
    stream("LF CRLF closes", &[event(b"Event: A\n\r\n", b"A", &[(b"Event", b"A")], &[])]),
    stream("CRLF LF closes", &[event(b"Event: A\r\n\n", b"A", &[(b"Event", b"A")], &[])]),
    stream("CR CR LF keeps one CR", &[event(b"Event: A\r\r\nX: 1\r\n\r\n", b"A\r", &[(b"Event", b"A\r"), (b"X", b"1")], &[])]),
    stream("a line of CR CR LF is not blank", &[event(b"Event: A\r\n\r\r\nX: 1\r\n\r\n", b"A", &[(b"Event", b"A"), (b"X", b"1")], &[b"\r"])]),
    stream("a line of CR CR LF opens a text", &[text(b"\r\r\n\r\n", &[b"\r"])]),
    stream("CR CR is data up to the next LF", &[text(b"\r\rEvent: A\r\n\r\n", &[b"\r\rEvent: A"])]),
    stream("a leading CR spoils the name", &[text(b"\rEvent: A\r\n\r\n", &[b"\rEvent: A"])]),
    stream("CR alone ends no line", &[event(b"Event: A\rX: 1\r\n\r\n", b"A\rX: 1", &[(b"Event", b"A\rX: 1")], &[])]),
    stream("CR inside a name", &[event(b"Event: A\r\nX\rY: 1\r\n\r\n", b"A", &[(b"Event", b"A"), (b"X\rY", b"1")], &[])]),
    stream("a blank is not blank", &[event(b"Event: A\r\n \r\n\t\n\r\n", b"A", &[(b"Event", b"A")], &[b" ", b"\t"])]),
    stream("blank lines only", &[skip(b"\r\n\n\r\n\n\n")]),
    stream("blank lines before a frame", &[skip(b"\r\n\n\r\n"), event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[])]),
    stream("an extra blank line between frames", &[
        response(b"Response: Success\r\n\r\n", b"Success", &[(b"Response", b"Success")], &[]),
        skip(b"\r\n"),
        event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[]),
    ]),
    stream("blank lines of both kinds between and behind", &[
        event(b"Event: A\n\n", b"A", &[(b"Event", b"A")], &[]),
        skip(b"\n\r\n\n"),
        event(b"Event: B\r\n\r\n", b"B", &[(b"Event", b"B")], &[]),
        skip(b"\r\n\n\r\n"),
    ]),
    stream("NUL is data", &[event(b"Event: A\0B\r\n\0X: \0\r\n\0\r\n\r\n", b"A\0B", &[(b"Event", b"A\0B"), (b"\0X", b"\0")], &[b"\0"])]),
    stream("not UTF-8", &[event(b"Event: UserEvent\r\nk\xe9y: caf\xe9 \xff\xfe\x80\r\n\xc3\r\n\r\n", b"UserEvent", &[(b"Event", b"UserEvent"), (b"k\xe9y", b"caf\xe9 \xff\xfe\x80")], &[b"\xc3"])]),
    stream("the line separators of Unicode and of others are data", &[event(b"Event: A\x0b\x0c\x1c\x85\xe2\x80\xa8B\r\n\r\n", b"A\x0b\x0c\x1c\x85\xe2\x80\xa8B", &[(b"Event", b"A\x0b\x0c\x1c\x85\xe2\x80\xa8B")], &[])]),

    // Unfinished ends.
    stream("a lone CR is unfinished", &[rest(b"\r")]),
    stream("a lone CR behind blank lines", &[skip(b"\r\n\n"), rest(b"\r")]),
    stream("two CRs are unfinished", &[rest(b"\r\r")]),
    stream("an unfinished line", &[rest(b"Event: A")]),
    stream("a line without its LF", &[rest(b"Event: A\r")]),
    stream("a frame without its blank line", &[rest(b"Event: A\r\nX: 1\r\n")]),
    stream("a frame whose blank line lacks its LF", &[rest(b"Event: A\r\nX: 1\r\n\r")]),
    stream("a finished frame, then an unfinished one", &[
        event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[]),
        skip(b"\r\n"),
        rest(b"Event: B\r\nX: 1\r\n"),
    ]),
    stream("a finished frame, then a lone CR", &[event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[]), rest(b"\r")]),
    stream("an unfinished NUL", &[rest(b"\0")]),

    // Header lines.
    stream("no blank behind the colon", &[event(b"Event:A\r\nReportBlock:\r\n\r\n", b"A", &[(b"Event", b"A"), (b"ReportBlock", b"")], &[])]),
    stream("one blank behind the colon goes, the others stay", &[event(b"Event: A\r\nMES:  0.0\r\nX:   \r\n\r\n", b"A", &[(b"Event", b"A"), (b"MES", b" 0.0"), (b"X", b"  ")], &[])]),
    stream("a tab is no blank", &[event(b"Event: A\r\nX:\t1\r\n\r\n", b"A", &[(b"Event", b"A"), (b"X", b"\t1")], &[])]),
    stream("trailing blanks stay", &[event(b"Event: A \r\nX: 1 \t\r\n\r\n", b"A ", &[(b"Event", b"A "), (b"X", b"1 \t")], &[])]),
    stream("empty values with and without the blank", &[event(b"Event: A\r\nX: \r\nY:\r\n\r\n", b"A", &[(b"Event", b"A"), (b"X", b""), (b"Y", b"")], &[])]),
    stream("only the first colon counts", &[event(b"Event: A\r\nX:: :1:\r\nTime: 12:00:01\r\n\r\n", b"A", &[(b"Event", b"A"), (b"X", b": :1:"), (b"Time", b"12:00:01")], &[])]),
    stream("an empty name", &[event(b"Event: A\r\n: 1\r\n:\r\n\r\n", b"A", &[(b"Event", b"A"), (b"", b"1"), (b"", b"")], &[])]),
    stream("blanks in names stay", &[event(b"Event: A\r\n X : 1\r\nDataGet Tree:2\r\n \t: 3\r\n\r\n", b"A", &[(b"Event", b"A"), (b" X ", b"1"), (b"DataGet Tree", b"2"), (b" \t", b"3")], &[])]),
    stream("duplicates and order stay", &[event(b"Event: A\r\nX: 2\r\nY: 1\r\nx: 3\r\nX: 2\r\n\r\n", b"A", &[(b"Event", b"A"), (b"X", b"2"), (b"Y", b"1"), (b"x", b"3"), (b"X", b"2")], &[])]),
    stream("a line without a colon", &[
        response(b"Response: Success\r\nActionID: 1\r\nNo categories found\r\n\r\n", b"Success", &[(b"Response", b"Success"), (b"ActionID", b"1")], &[b"No categories found"]),
    ]),
    stream("lines and headers by turns", &[event(b"Event: A\r\none\r\nX: 1\r\ntwo \r\n\r\n", b"A", &[(b"Event", b"A"), (b"X", b"1")], &[b"one", b"two "])]),
    stream("command output since 14", &[
        response(b"Response: Success\r\nActionID: 1\r\nMessage: Command output follows\r\nOutput:   a  \r\nOutput: \r\nOutput: b\r\r\nOutput: --END COMMAND--\r\n\r\n", b"Success",
            &[(b"Response", b"Success"), (b"ActionID", b"1"), (b"Message", b"Command output follows"), (b"Output", b"  a  "), (b"Output", b""), (b"Output", b"b\r"), (b"Output", b"--END COMMAND--")], &[]),
    ]),
    stream("a channel in the name", &[
        event(b"Event: A\r\nChanVariable(Local/x@lab-00000000;1): CHANNEL(language)=en\r\n\r\n", b"A", &[(b"Event", b"A"), (b"ChanVariable(Local/x@lab-00000000;1)", b"CHANNEL(language)=en")], &[]),
    ]),

    // The kind.
    stream("a response", &[response(b"Response: Error\r\nMessage: x\r\n\r\n", b"Error", &[(b"Response", b"Error"), (b"Message", b"x")], &[])]),
    stream("an action", &[action(b"Action: Ping\r\nActionID: 7\r\n\r\n", b"Ping", &[(b"Action", b"Ping"), (b"ActionID", b"7")], &[])]),
    stream("names of any case", &[
        event(b"eVENT: A\r\n\r\n", b"A", &[(b"eVENT", b"A")], &[]),
        response(b"RESPONSE: B\r\n\r\n", b"B", &[(b"RESPONSE", b"B")], &[]),
        action(b"action: C\r\n\r\n", b"C", &[(b"action", b"C")], &[]),
    ]),
    stream("the case of the value stays", &[event(b"Event: FULLYbooted\r\n\r\n", b"FULLYbooted", &[(b"Event", b"FULLYbooted")], &[])]),
    stream("an event without a name", &[event(b"Event: \r\n\r\n", b"", &[(b"Event", b"")], &[]), event(b"Event:\n\n", b"", &[(b"Event", b"")], &[])]),
    stream("an event with blanks in its name", &[event(b"Event: DataGet Tree\r\n1-peers.peer.name: ua1\r\n\r\n", b"DataGet Tree", &[(b"Event", b"DataGet Tree"), (b"1-peers.peer.name", b"ua1")], &[])]),
    stream("a response header inside an event", &[
        event(b"Event: OriginateResponse\r\nActionID: 1\r\nResponse: Failure\r\n\r\n", b"OriginateResponse", &[(b"Event", b"OriginateResponse"), (b"ActionID", b"1"), (b"Response", b"Failure")], &[]),
    ]),
    stream("an event and an action inside an event", &[
        event(b"Event: UserEvent\r\nAction: UserEvent\r\nEvent: Fake\r\n\r\n", b"UserEvent", &[(b"Event", b"UserEvent"), (b"Action", b"UserEvent"), (b"Event", b"Fake")], &[]),
    ]),
    stream("an item and the end of its list as one frame", &[
        event(b"Event: DeviceEntry\r\nActionID: 1\r\nEvent: DevicelistComplete\r\nActionID: 1\r\nEventList: Complete\r\n\r\n", b"DeviceEntry",
            &[(b"Event", b"DeviceEntry"), (b"ActionID", b"1"), (b"Event", b"DevicelistComplete"), (b"ActionID", b"1"), (b"EventList", b"Complete")], &[]),
    ]),
    stream("ActionID first", &[
        event(b"ActionID: 1\r\nEvent: VoicemailUserEntry\r\nVMContext: default\r\n\r\n", b"VoicemailUserEntry", &[(b"ActionID", b"1"), (b"Event", b"VoicemailUserEntry"), (b"VMContext", b"default")], &[]),
    ]),
    stream("ActionID first, twice, of any case, empty", &[
        response(b"actionid:\r\nACTIONID: 2\r\nResponse: Success\r\n\r\n", b"Success", &[(b"actionid", b""), (b"ACTIONID", b"2"), (b"Response", b"Success")], &[]),
    ]),
    stream("ActionID first, then an action", &[action(b"ActionID: 1\r\nAction: Ping\r\n\r\n", b"Ping", &[(b"ActionID", b"1"), (b"Action", b"Ping")], &[])]),
    stream("nothing but ActionID", &[text(b"ActionID: 1\r\nactionid: 2\r\n\r\n", &[b"ActionID: 1", b"actionid: 2"])]),
    stream("ActionID first, then another header", &[text(b"ActionID: 1\r\nX: 2\r\nEvent: A\r\n\r\n", &[b"ActionID: 1", b"X: 2", b"Event: A"])]),
    stream("ActionID first, then a line without a colon", &[text(b"ActionID: 1\r\nraw\r\nEvent: A\r\n\r\n", &[b"ActionID: 1", b"raw", b"Event: A"])]),
    stream("ActionID without a colon is an ordinary line", &[text(b"ActionID\r\nEvent: A\r\n\r\n", &[b"ActionID", b"Event: A"])]),
    stream("a blank before the colon spoils the name", &[text(b"Event : A\r\n\r\n", &[b"Event : A"])]),
    stream("a blank before the name spoils it", &[text(b" Event: A\r\n\r\n", &[b" Event: A"])]),
    stream("a blank spoils ActionID too", &[text(b"ActionID : 1\r\nEvent: A\r\n\r\n", &[b"ActionID : 1", b"Event: A"])]),
    stream("a longer name is another name", &[text(b"Events: On\r\n\r\n", &[b"Events: On"]), text(b"EventList: x\n\n", &[b"EventList: x"])]),
    stream("Event without a colon", &[text(b"Event\r\nEvent: A\r\n\r\n", &[b"Event", b"Event: A"])]),
    stream("a colon first", &[text(b":Event: A\r\n\r\n", &[b":Event: A"]), text(b": Response: A\r\n\r\n", &[b": Response: A"])]),
    stream("a colon alone", &[text(b":\r\n\r\n", &[b":"])]),
    stream("raw rows before an event", &[
        text(b"IAX2/iaxuser-3767 1000 1 61 0 Rx:NEW     Tx:ACK    \nIAX2/iaxuser-3768 1000 1 61 0 Rx:NEW     Tx:ACK    \n\r\n",
            &[b"IAX2/iaxuser-3767 1000 1 61 0 Rx:NEW     Tx:ACK    ", b"IAX2/iaxuser-3768 1000 1 61 0 Rx:NEW     Tx:ACK    "]),
        event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[]),
    ]),
    stream("a text of queues is as many frames as queues", &[
        text(b"q1 has 0 calls (max unlimited)\r\n   No Members\r\n\r\n", &[b"q1 has 0 calls (max unlimited)", b"   No Members"]),
        text(b"q2 has 0 calls\r\n   Members: \r\n      SIP/ua1\r\n\r\n", &[b"q2 has 0 calls", b"   Members: ", b"      SIP/ua1"]),
        skip(b"\r\n\r\n\r\n"),
        response(b"Response: Success\r\n\r\n", b"Success", &[(b"Response", b"Success")], &[]),
    ]),
    stream("headers without a response are text", &[text(b"Devicename: SEP1\r\nEvent: A\r\n\r\n", &[b"Devicename: SEP1", b"Event: A"])]),
    stream("bytes beyond ASCII have no case", &[text(b"\xc9vent: A\r\n\r\n", &[b"\xc9vent: A"])]),
    stream("a forged frame is a frame", &[
        response(b"Response: Success\r\nValue: evil\r\nEvent: Fake\r\n\r\n", b"Success", &[(b"Response", b"Success"), (b"Value", b"evil"), (b"Event", b"Fake")], &[]),
        skip(b"\r\n\r\n"),
    ]),

    // The banner.
    connect("a banner, then nothing", &[banner(b"Asterisk Call Manager/1.3\r\n", &[b"Asterisk Call Manager/1.3"])]),
    connect("a banner, then a frame at once", &[
        banner(b"Asterisk Call Manager/1.3\r\n", &[b"Asterisk Call Manager/1.3"]),
        response(b"Response: Success\r\n\r\n", b"Success", &[(b"Response", b"Success")], &[]),
    ]),
    connect("a banner that ends in LF", &[banner(b"Asterisk Call Manager/9\n", &[b"Asterisk Call Manager/9"]), event(b"Event: A\n\n", b"A", &[(b"Event", b"A")], &[])]),
    connect("a banner, then a text that looks like one", &[banner(b"one\r\n", &[b"one"]), text(b"two\r\nthree\r\n\r\n", &[b"two", b"three"])]),
    connect("a banner with a colon", &[banner(b"Proxy: Asterisk Call Manager/1.3\r\n", &[b"Proxy: Asterisk Call Manager/1.3"]), event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[])]),
    connect("a banner that begins with a colon", &[banner(b":Event: A\r\n", &[b":Event: A"]), skip(b"\r\n")]),
    connect("a banner that is nearly a header", &[banner(b"Event : A\r\n", &[b"Event : A"]), event(b"Event: B\r\n\r\n", b"B", &[(b"Event", b"B")], &[])]),
    connect("a banner without a colon that says Event", &[banner(b"Event\r\n", &[b"Event"]), event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[])]),
    connect("a banner of CR", &[banner(b"\r\r\n", &[b"\r"]), event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[])]),
    connect("a banner of blanks and bytes", &[banner(b" \0\xff \r\n", &[b" \0\xff "])]),
    connect("blank lines before and behind the banner", &[
        skip(b"\r\n\n"),
        banner(b"Asterisk Call Manager/1.3\r\n", &[b"Asterisk Call Manager/1.3"]),
        skip(b"\r\n\n"),
        event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[]),
    ]),
    connect("only one banner", &[banner(b"a/1\r\n", &[b"a/1"]), text(b"a/1\r\n\r\n", &[b"a/1"])]),
    connect("a response instead of a banner, then a text", &[response(b"Response: Error\r\n\r\n", b"Error", &[(b"Response", b"Error")], &[]), text(b"Asterisk/1\r\n\r\n", &[b"Asterisk/1"])]),
    connect("an event of any case instead of a banner", &[skip(b"\r\n"), event(b"EVENT:A\r\n\r\n", b"A", &[(b"EVENT", b"A")], &[])]),
    connect("an action instead of a banner", &[action(b"Action: Ping\r\n\r\n", b"Ping", &[(b"Action", b"Ping")], &[])]),
    connect("an ActionID instead of a banner", &[event(b"actionid: 1\r\nEvent: A\r\n\r\n", b"A", &[(b"actionid", b"1"), (b"Event", b"A")], &[])]),
    connect("an ActionID instead of a banner, then text", &[text(b"ActionID: 1\r\nraw\r\n\r\n", &[b"ActionID: 1", b"raw"])]),
    connect("an unfinished banner", &[skip(b"\r\n"), rest(b"Asterisk Call Manager/1.3\r")]),
    connect("a banner, then an unfinished frame", &[banner(b"Asterisk Call Manager/1.3\r\n", &[b"Asterisk Call Manager/1.3"]), rest(b"Response: Success\r\n")]),
    connect("a banner, then a lone CR", &[banner(b"Asterisk Call Manager/1.3\r\n", &[b"Asterisk Call Manager/1.3"]), rest(b"\r")]),
    connect("nothing of a banner", &[]),
    connect("a banner, then command output", &[
        banner(b"Asterisk Call Manager/1.3\r\n", &[b"Asterisk Call Manager/1.3"]),
        response(b"Response: Follows\r\n\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b""]),
    ]),
    stream("without a banner the first line opens a text", &[
        text(b"Asterisk Call Manager/1.3\r\nResponse: Success\r\n\r\n", &[b"Asterisk Call Manager/1.3", b"Response: Success"]),
    ]),

    // Response: Follows.
    stream("command output", &[
        response(b"Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\nLast reload: 0 seconds\nok\n--END COMMAND--\r\n\r\n", b"Follows",
            &[(b"Response", b"Follows"), (b"Privilege", b"Command"), (b"ActionID", b"1")], &[b"Last reload: 0 seconds", b"ok"]),
        skip(b"\r\n"),
        event(b"Event: A\r\n\r\n", b"A", &[(b"Event", b"A")], &[]),
    ]),
    stream("no output: the marker behind the headers", &[
        response(b"Response: Follows\r\nPrivilege: Command\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"Privilege", b"Command")], &[]),
    ]),
    stream("the marker behind the first line", &[response(b"Response: Follows\n--END COMMAND--\n\n", b"Follows", &[(b"Response", b"Follows")], &[])]),
    stream("the marker glued to the last line", &[
        response(b"Response: Follows\r\nPrivilege: Command\r\nUsage: x\n profile information--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"Privilege", b"Command")], &[b"Usage: x", b" profile information"]),
    ]),
    stream("the marker glued to the only line", &[response(b"Response: Follows\r\nx--END COMMAND--\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"x"])]),
    stream("the marker glued to a blank", &[response(b"Response: Follows\r\n --END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b" "])]),
    stream("the marker glued to a CR", &[response(b"Response: Follows\r\nx\r--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"x\r"])]),
    stream("the marker glued to a header", &[
        response(b"Response: Follows\r\nX: 1--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"X: 1"]),
    ]),
    stream("the marker glued to the marker", &[response(b"Response: Follows\r\n--END COMMAND----END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"--END COMMAND--"])]),
    stream("the marker overlaps itself", &[response(b"Response: Follows\r\n--END COMMAND--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"--END COMMAND"])]),
    stream("the marker as data", &[
        response(b"Response: Follows\r\nValue: --END COMMAND--\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"Value: --END COMMAND--"]),
    ]),
    stream("the marker as data, on a line of its own", &[
        response(b"Response: Follows\r\n--END COMMAND--\n--END COMMAND--\nx\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"--END COMMAND--", b"--END COMMAND--", b"x"]),
    ]),
    stream("the marker inside a line", &[
        response(b"Response: Follows\r\n--END COMMAND-- \n\n--END COMMAND--x\n\n--END COMMAND--\n\n", b"Follows", &[(b"Response", b"Follows")], &[b"--END COMMAND-- ", b"", b"--END COMMAND--x", b""]),
    ]),
    stream("the marker in another case", &[
        response(b"Response: Follows\r\n--end command--\n\n--END COMMAND--\n\n", b"Follows", &[(b"Response", b"Follows")], &[b"--end command--", b""]),
    ]),
    stream("the marker short of a dash", &[
        response(b"Response: Follows\r\n-END COMMAND--\n\n--END COMMAND-\n\n--END COMMAND--\n\n", b"Follows", &[(b"Response", b"Follows")], &[b"-END COMMAND--", b"", b"--END COMMAND-", b""]),
    ]),
    stream("the marker with a CR too many", &[
        response(b"Response: Follows\r\n--END COMMAND--\r\r\n\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"--END COMMAND--\r", b""]),
    ]),
    stream("the marker, then a line of CR CR LF", &[
        response(b"Response: Follows\r\n--END COMMAND--\r\n\r\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"--END COMMAND--", b"\r"]),
    ]),
    stream("a blank line behind the marker closes, whoever wrote it", &[
        response(b"Response: Follows\r\na\n--END COMMAND--\n\n", b"Follows", &[(b"Response", b"Follows")], &[b"a"]),
        text(b"b\n--END COMMAND--\r\n\r\n", &[b"b", b"--END COMMAND--"]),
    ]),
    // `core show channel` in Asterisk 11: the last variable's value is the marker, and the list
    // ends with a blank line.
    stream("the marker as a value before a blank line closes too early", &[
        response(b"Response: Follows\r\nPrivilege: Command\r\n      Variables:\nLABVAR=--END COMMAND--\n\n", b"Follows", &[(b"Response", b"Follows"), (b"Privilege", b"Command")], &[b"      Variables:", b"LABVAR="]),
        text(b"  CDR Variables:\nlevel 1: dnid=\n\n", &[b"  CDR Variables:", b"level 1: dnid="]),
        text(b"--END COMMAND--\r\n\r\n", &[b"--END COMMAND--"]),
    ]),
    stream("blank lines in the output", &[
        response(b"Response: Follows\r\nPrivilege: Command\r\n\na\n\r\n\n\nb\n\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"Privilege", b"Command")], &[b"", b"a", b"", b"", b"", b"b", b""]),
    ]),
    stream("a blank line is the whole output", &[response(b"Response: Follows\r\n\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b""])]),
    stream("whole frames in the output", &[
        response(b"Response: Follows\r\nPrivilege: Command\r\nEvent: A\r\nX: 1\r\n\r\nResponse: Follows\r\nActionID: 2\r\n\r\n--END COMMAND--\r\n\r\n", b"Follows",
            &[(b"Response", b"Follows"), (b"Privilege", b"Command")], &[b"Event: A", b"X: 1", b"", b"Response: Follows", b"ActionID: 2", b""]),
    ]),
    stream("CR in the output", &[
        response(b"Response: Follows\r\na\rb\nc\r\r\n\r\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"a\rb", b"c\r", b"\r"]),
    ]),
    stream("no UTF-8 and NUL in the output", &[response(b"Response: Follows\r\n\xff\0\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"\xff\0"])]),
    stream("headers of the output in any order and case", &[
        response(b"Response: Follows\r\nactionid: 1\r\nPRIVILEGE: Command\r\nx\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"actionid", b"1"), (b"PRIVILEGE", b"Command")], &[b"x"]),
    ]),
    stream("a second Privilege begins the output", &[
        response(b"Response: Follows\r\nPrivilege: Command\r\nprivilege: x\nActionID: 1\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"Privilege", b"Command")], &[b"privilege: x", b"ActionID: 1"]),
    ]),
    stream("a second Response begins the output", &[
        response(b"Response: Follows\r\nResponse: x\nPrivilege: Command\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"Response: x", b"Privilege: Command"]),
    ]),
    stream("another name begins the output", &[
        response(b"Response: Follows\r\nX: 1\r\nPrivilege: Command\r\nActionID: 1\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"X: 1", b"Privilege: Command", b"ActionID: 1"]),
    ]),
    stream("a blank before the colon begins the output", &[
        response(b"Response: Follows\r\nPrivilege : Command\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b"Privilege : Command"]),
    ]),
    stream("ActionID before the response", &[
        response(b"ActionID: 1\r\nResponse: Follows\r\nPrivilege: Command\r\na\n\nb\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"ActionID", b"1"), (b"Response", b"Follows"), (b"Privilege", b"Command")], &[b"a", b"", b"b"]),
    ]),
    stream("ActionID before and behind the response", &[
        response(b"ActionID: 1\r\nResponse: Follows\r\nActionID: 2\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"ActionID", b"1"), (b"Response", b"Follows")], &[b"ActionID: 2"]),
    ]),
    stream("ActionID twice before the response: the output begins early", &[
        response(b"ActionID: 1\r\nActionID: 2\r\nResponse: Follows\r\n\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"ActionID", b"1")], &[b"ActionID: 2", b"Response: Follows", b""]),
    ]),
    stream("a header that ends in the marker closes", &[
        response(b"Response: Follows\r\nPrivilege: x--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"Privilege", b"x--END COMMAND--")], &[]),
    ]),
    stream("a header that is the marker closes", &[
        response(b"Response: Follows\r\nActionID: --END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"ActionID", b"--END COMMAND--")], &[]),
    ]),
    stream("a header that ends in the marker, without a blank line", &[
        response(b"Response: Follows\r\nActionID: --END COMMAND--\r\nx\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"ActionID", b"--END COMMAND--")], &[b"x"]),
    ]),
    stream("a repeated header that ends in the marker is output", &[
        response(b"Response: Follows\r\nPrivilege: a\r\nPrivilege: --END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"Privilege", b"a")], &[b"Privilege: "]),
    ]),
    stream("an ActionID before the response that ends in the marker", &[
        response(b"ActionID: --END COMMAND--\r\nResponse: Follows\r\n\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"ActionID", b"--END COMMAND--"), (b"Response", b"Follows")], &[b""]),
    ]),
    stream("Follows without a blank", &[response(b"Response:Follows\r\n\r\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows")], &[b""])]),
    stream("Follows of any case", &[response(b"response: fOLLOWS\r\n\r\n--END COMMAND--\r\n\r\n", b"fOLLOWS", &[(b"response", b"fOLLOWS")], &[b""])]),
    stream("Follows with a blank too many is an ordinary response", &[
        response(b"Response:  Follows\r\n\r\n", b" Follows", &[(b"Response", b" Follows")], &[]),
        response(b"Response: Follows \r\n\r\n", b"Follows ", &[(b"Response", b"Follows ")], &[]),
        response(b"Response:\tFollows\r\n\r\n", b"\tFollows", &[(b"Response", b"\tFollows")], &[]),
    ]),
    stream("Follows with a CR too many is an ordinary response", &[response(b"Response: Follows\r\r\n\r\n", b"Follows\r", &[(b"Response", b"Follows\r")], &[])]),
    stream("an event named Follows ends at its blank line", &[event(b"Event: Follows\r\nResponse: Follows\r\n\r\n", b"Follows", &[(b"Event", b"Follows"), (b"Response", b"Follows")], &[])]),
    stream("Follows further down is a header", &[
        response(b"Response: Success\r\nResponse: Follows\r\n\r\n", b"Success", &[(b"Response", b"Success"), (b"Response", b"Follows")], &[]),
        text(b"X: 1\r\nResponse: Follows\r\n\r\n", &[b"X: 1", b"Response: Follows"]),
    ]),
    stream("the marker outside command output", &[
        text(b"--END COMMAND--\r\n\r\n", &[b"--END COMMAND--"]),
        event(b"Event: A--END COMMAND--\r\n\r\n", b"A--END COMMAND--", &[(b"Event", b"A--END COMMAND--")], &[]),
    ]),
    stream("command output without its marker", &[rest(b"Response: Follows\r\nPrivilege: Command\r\n\r\nEvent: A\r\n\r\n")]),
    stream("command output without its blank line", &[rest(b"Response: Follows\r\nx\n--END COMMAND--\r\n")]),
    stream("command output whose blank line lacks its LF", &[rest(b"Response: Follows\r\nx\n--END COMMAND--\r\n\r")]),
    stream("command output that goes on behind the marker", &[rest(b"Response: Follows\r\nx\n--END COMMAND--\r\nEvent: A\r\n\r\n")]),
    stream("command output of nothing but its first line", &[rest(b"Response: Follows\r\n\r\n")]),
    stream("Follows not yet finished", &[skip(b"\n"), rest(b"Response: Follows\r")]),
    stream("command output twice", &[
        response(b"Response: Follows\r\nActionID: 1\r\na\n--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"ActionID", b"1")], &[b"a"]),
        response(b"Response: Follows\r\nActionID: 2\r\nb--END COMMAND--\r\n\r\n", b"Follows", &[(b"Response", b"Follows"), (b"ActionID", b"2")], &[b"b"]),
    ]),
    stream("an error instead of command output", &[
        response(b"Response: Error\r\nMessage: Command blacklisted\r\n\r\n", b"Error", &[(b"Response", b"Error"), (b"Message", b"Command blacklisted")], &[]),
    ]),
];
