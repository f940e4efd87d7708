//! Invariant: what is secret shows as `***` wherever something is shown, and what is not secret
//! shows.

use ami_proto::action::{Custom, DbPut, Originate, SetVar, UpdateConfig};
use ami_proto::{Decoder, Framing, Limits};

/// The headers of the one frame of these lines as `Debug` shows them.
fn shown(lines: &str) -> String {
    let framing = if lines.starts_with("Action") { Framing::PLAIN } else { Framing::SERVER };
    let mut decoder = Decoder::new(Limits::new()).with_framing(framing);
    decoder.push(lines.replace('\n', "\r\n").as_bytes());
    decoder.push(b"\r\n\r\n");
    let frame = decoder.next_frame().unwrap().expect("a whole frame");
    {
        let json = serde_json::to_string(&frame).unwrap();
        for header in frame.headers() {
            let shown = ami_proto::redact::mask_value(frame, header);
            let pair = [String::from_utf8_lossy(header.name()), String::from_utf8_lossy(&shown)];
            assert!(json.contains(&serde_json::to_string(&pair).unwrap()), "{json}");
            assert_eq!(shown != header.value().as_bytes(), ami_proto::redact::is_secret(frame, header), "{json}");
        }
    }
    format!("{frame:?}")
}

/// Whether the values of the lines after the first are masked, in order.
fn masked(lines: &str) -> Vec<bool> {
    let shown = shown(lines);
    lines
        .lines()
        .skip(1)
        .map(|line| {
            let (name, value) = line.split_once(": ").expect("a header");
            let value = value.replace('\\', r"\\").replace('"', r#"\""#);
            let clear = shown.contains(&format!(r#""{name}": "{value}""#));
            let rest = shown.split(&format!(r#""{name}": "#)).nth(1).expect("the header");
            let hidden = rest.starts_with("***") || rest.split(", \"").next().expect("its value").contains("***");
            assert!(clear != hidden, "{name} in {shown}");
            hidden
        })
        .collect()
}

#[test]
fn by_the_name_of_the_header() {
    let detail = "Event: AuthDetail\nAuthType: userpass\nPassword: pw\nMd5Cred: 00\nOauthSecret: s\nNonceLifetime: 32";
    assert_eq!(masked(detail), [false, true, true, true, false]);
    let peer = "Event: PeerEntry\nSecretExist: Y\nMD5SecretExist: N\nUsingPassword: 1\nX-Api-Key: k\nSet-Cookie: c";
    assert_eq!(masked(peer), [false, false, false, true, true]);
    assert_eq!(masked("Event: DataGet Tree\n2-peers.peer.secret: s\n2-peers.peer.name: n"), [true, false]);
    assert_eq!(masked("Event: ChallengeResponseFailed\nChallenge: 1\nResponse: 0123"), [false, true]);
    assert_eq!(masked("Event: OriginateResponse\nResponse: Failure"), [false]);
}

#[test]
fn by_what_another_header_says() {
    assert_eq!(masked("Action: Login\nKey: 0123"), [true]);
    assert_eq!(masked("Action: DBGet\nFamily: cidname\nKey: 100"), [false, false]);
    assert_eq!(masked("Action: DBPut\nFamily: trunk\nKey: password\nVal: s"), [false, false, true]);
    assert_eq!(masked("Action: DBPut\nFamily: secrets\nKey: trunk\nVal: s"), [false, false, true]);
    assert_eq!(masked("Action: DBPut\nFamily: cidname\nKey: 100\nVal: s"), [false, false, false]);
    assert_eq!(masked("Event: DBGetResponse\nFamily: a\nKey: sip_token\nVal: s"), [false, false, true]);
    assert_eq!(masked("Action: Setvar\nVariable: TRUNK_PASSWORD\nValue: s"), [false, true]);
    assert_eq!(masked("Action: Setvar\nVariable: COLOUR\nValue: s"), [false, false]);
    assert_eq!(masked("Event: VarSet\nVariable: PIN\nValue: 1234"), [false, true]);
    assert_eq!(masked("Response: Success\nVariable: auth_token\nValue: s"), [false, true]);
    assert_eq!(masked("Action: Originate\nVariable: A=b,PIN=1234\nChannel: x"), [true, false]);
    assert_eq!(masked("Action: Originate\nVariable: A=b,c=PIN"), [false]);
    assert_eq!(masked("Event: Hangup\nChanVariable: SECRET=s\nDestChanVariable(x): B=c"), [true, false]);
    assert_eq!(
        masked("Action: UpdateConfig\nVar-000000: secret\nValue-000000: s\nMatch-000000: t"),
        [false, true, true]
    );
    let other = "Action: UpdateConfig\nVar-000000: secret\nVar-000001: context\nValue-000001: s\nMatch-000001: t";
    assert_eq!(masked(other), [false; 4]);
    assert_eq!(masked("Action: UpdateConfig\nVar-000000: 1000\nValue-000000: 4242,Name"), [false, true]);
}

#[test]
fn lines_of_configuration_files() {
    let secrets = [
        "secret=s3cret",
        "secret = s3cret",
        "md5secret=0123",
        "password=pw",
        "1000=4242,Name,name@lab.invalid",
        "1000 => 4242,Name",
        "1000 =4242,Name",
        "  1000  =  >4242",
        "1000=-4242",
        "register=user:pass@host",
        "register=>user:pass@host:5061/100",
        "register=user:pass:authuser@host",
        "auth=user:secret@realm",
        "auth=user#0123456789abcdef@realm",
        "auth=md5,s3cret",
        "conf=1000,1234,5678",
        "agent=>1001,4321,Name",
        "api_key=k",
    ];
    let others = [
        "context=from-sip",
        "register=user@host",
        "auth=ext100-auth",
        "auth => ext100-auth",
        "auth=md5",
        "outbound_auth=ext200",
        "auth_type=userpass",
        "same=n,Set(a=secret)",
        "exten=1000,1,Answer()",
        "conf=1000",
        "member=Local/agent2@lab/n,1,Agent",
        "100rel=yes",
        "1=toggle_mute",
        "1000=,Name 1",
        "10a=4242",
        "=x",
    ];
    for line in secrets {
        assert_eq!(masked(&format!("Response: Success\nLine-000000-000001: {line}")), [true], "{line}");
    }
    for line in others {
        assert_eq!(masked(&format!("Response: Success\nLine-000000-000001: {line}")), [false], "{line}");
    }
    // Only answers quote such files.
    assert_eq!(masked("Event: X\nLine-000000-000001: secret=s3cret"), [false]);
    assert_eq!(masked("Response: Success\nCategory-000000: secret=x"), [false]);
}

/// The name of an option or a variable stays, and what it is set to is masked.
#[test]
fn what_is_masked_of_a_value() {
    for (lines, expected) in [
        ("Response: Success\nLine-000000-000001: secret=s3cret", r#""secret=***""#),
        ("Response: Success\nLine-000000-000001: 1000 => 4242,Name", r#""1000 => ***""#),
        ("Response: Success\nLine-000000-000001: setvar=PASSWORD=s", r#""setvar=PASSWORD=***""#),
        ("Response: Success\nLine-000000-000001: set_var = A=b", r#""set_var = A=b""#),
        ("Response: Success\nLine-000000-000001: setvar=PASSWORD=", r#""setvar=PASSWORD=""#),
        ("Response: Success\nLine-000000-000001: contact=sip:u:pw@h", r#""contact=sip:u:***@h""#),
        ("Action: Originate\nVariable: A=b,PIN=12,C=d", r#""A=b,PIN=***""#),
        ("Action: Originate\nVariable: PIN=,C=d", r#""PIN=***""#),
        ("Action: Originate\nVariable: PIN=", r#""PIN=""#),
        ("Action: Originate\nChannel: PJSIP/a/sip:100:pw@h", r#""PJSIP/a/sip:100:***@h""#),
        ("Event: ContactStatus\nURI: sips:100:pw@h;x=y", r#""sips:100:***@h;x=y""#),
        ("Event: X\nOutput: sip:a:b@c and https://d:e@f", r#""sip:a:***@c and https://d:***@f""#),
        ("Event: ContactStatus\nURI: sip:100@10.0.0.1:5060", r#""sip:100@10.0.0.1:5060""#),
        ("Action: UpdateConfig\nVar-000000: setvar\nValue-000000: PASSWORD=s", "Value-000000\": ***"),
    ] {
        let shown = shown(lines);
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
}

#[test]
fn configuration_files_as_json() {
    let secrets = [
        r#"{"100":{"type":"friend","secret":"s3cret"}}"#,
        r#"{"general":{},"default":{"1000":"4242,Name"}}"#,
        r#"{"general":{"register":"user:pass@host"}}"#,
        r#"{"a":{"x":"say \"hi\"","password" : "pw"}}"#,
        r#"{"a":{"password":"cut off"#,
        r#"{"a":{"sec\u0072et":"s"}}"#,
        r#"{"a":{"\u0050\u0049N":"1234"}}"#,
        r#"{"a":{"pass\u0077ord":"say \"hi\""}}"#,
        r#"{"a":{"setvar":"TRUNK_PASSWORD=s"}}"#,
        r#"{"a":{"\/token":"s"}}"#,
        r#"{"a":{"x":"","secret":"s"}}"#,
        r#"{"a":{"x":"\\","secret":"s"}}"#,
    ];
    let others = [
        "{}",
        r#"{"100":{"type":"friend","context":"secret"}}"#,
        r#"{"secret":{"type":"auth"}}"#,
        r#"{"general":{"register":"user@host","auth":"md5"}}"#,
        r#"{"a":{"x":"\"password\":\"pw\""}}"#,
        r#"{"a":["secret","b"]}"#,
        r#"{"a":{"secret":1,"x":"y"}}"#,
        r#"{"a":{"":"","x":"secret"}}"#,
        r#"{"menu":{"type":"menu","1":"toggle_mute"}}"#,
        r#"{"a":{"setvar":"COLOUR=red"}}"#,
        r#"{"a":{"col\u006fur":"s"}}"#,
        r#"{"a":{"secret\u0100":"x"}}"#,
        r#"{"a":{"x\u00":"x"}}"#,
    ];
    for json in secrets {
        assert_eq!(masked(&format!("Response: Success\nJSON: {json}")), [true], "{json}");
    }
    for json in others {
        assert_eq!(masked(&format!("Response: Success\nJSON: {json}")), [false], "{json}");
    }
    assert_eq!(
        masked(
            r#"Event: X
JSON: {"a":{"secret":"s"}}"#
        ),
        [false]
    );
}

#[test]
fn builders_mask_as_frames_do() {
    let update = UpdateConfig::new("a", "b").update("100", "secret", "s3cret").update("100", "context", "lab");
    let update = update.match_value(0, "0ld").append("default", "1000", "4242,Name");
    assert_eq!(
        format!("{update:?}"),
        r#"UpdateConfig({"Action": "UpdateConfig", "SrcFilename": "a", "DstFilename": "b", "Action-000000": "Update", "Cat-000000": "100", "Var-000000": "secret", "Value-000000": ***, "Action-000001": "Update", "Cat-000001": "100", "Var-000001": "context", "Value-000001": "lab", "Match-000000": ***, "Action-000002": "Append", "Cat-000002": "default", "Var-000002": "1000", "Value-000002": ***})"#
    );
    let custom = Custom::new("Login").header("Key", "0123").header("Auth-Token", "t").header("AuthType", "MD5");
    assert_eq!(
        format!("{custom:?}"),
        r#"Custom({"Action": "Login", "Key": ***, "Auth-Token": ***, "AuthType": "MD5"})"#
    );
    let put = DbPut::new("trunk", "password").val("s3cret");
    assert_eq!(format!("{put:?}"), r#"DbPut({"Action": "DBPut", "Family": "trunk", "Key": "password", "Val": ***})"#);
    let set = SetVar::new("PIN", "1234");
    assert_eq!(format!("{set:?}"), r#"SetVar({"Action": "Setvar", "Variable": "PIN", "Value": ***})"#);
    let call = Originate::new("x").variable("PIN", "1234").variable("A", "PIN");
    assert_eq!(
        format!("{call:?}"),
        r#"Originate({"Action": "Originate", "Channel": "x", "Variable": "PIN=***", "Variable": "A=PIN"})"#
    );
    let channel = format!("{:?}", Originate::new("PJSIP/a/sip:100:pw@h"));
    assert_eq!(channel, r#"Originate({"Action": "Originate", "Channel": "PJSIP/a/sip:100:***@h"})"#);
    // An empty secret hides nothing.
    assert_eq!(format!("{:?}", Custom::new("X").header("Secret", "")), r#"Custom({"Action": "X", "Secret": ""})"#);
}

#[test]
fn lines_of_a_request_that_was_cut() {
    assert_eq!(shown_lines("Secret: s3cret"), "***");
    assert_eq!(shown_lines("OauthSecret : s3cret"), "***");
    assert_eq!(shown_lines("Colour: s3cret"), "Colour: s3cret");
    assert_eq!(shown_lines("No such token: s3cret"), "No such token: s3cret");
}

/// A line of text as it is shown in JSON.
fn shown_lines(line: &str) -> String {
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(format!("{line}\r\n\r\n").as_bytes());
    let frame = decoder.next_frame().unwrap().expect("a whole frame");
    let last = frame.lines().last().expect("a line");
    let hidden = ami_proto::redact::is_secret_line(frame, last);
    if hidden { "***".into() } else { last.to_str_lossy().into_owned() }
}

mod freeswitch {
    use ami_proto::freeswitch::{Message, mask, mask_header};

    #[test]
    fn secret_headers_are_masked() {
        let table = [
            ("variable_sip_auth_password", "s3cret", "***"),
            ("variable_auth_token", "t0ken", "***"),
            ("variable_api_key", "k", "***"),
            ("variable_sip_h_Authorization", "Digest a=b", "***"),
            ("variable_sip_auth_username", "1000", "1000"),
            ("variable_sip_authorized", "true", "true"),
            ("variable_sip_auth_realm", "lab", "lab"),
            ("Member-ID", "12", "12"),
            ("Pin", "", ""),
            ("variable_dialed", "{sip_auth_password=s3cret}sofia/a/b", "{sip_auth_password=***}sofia/a/b"),
            (
                "variable_dialed",
                "[a=b,pin=1,c=d]user/1|<x_token=t>user/2",
                "[a=b,pin=***,c=d]user/1|<x_token=***>user/2",
            ),
            ("variable_dialed", r"{password=a\,b,c='d,e'}x", "{password=***,c='d,e'}x"),
            ("variable_dialed", "{password='a,b}',c=d}x", "{password=***,c=d}x"),
            ("variable_dialed", "{^^:a=b:password=x:c=d}user/1", "{^^:a=b:password=***}user/1"),
            ("variable_dialed", "{password=open", "{password=***"),
            ("variable_dialed", "{a=b}[c=d]user/1", "{a=b}[c=d]user/1"),
            ("variable_dialed", "{pass_digits=1,nopin=2}user/1", "{pass_digits=1,nopin=2}user/1"),
            ("Job-Command-Arg", "room pin 1234", "room pin ***"),
            ("API-Command-Argument", "0123 sip_auth_password s3cret", "0123 sip_auth_password ***"),
            ("Application-Data", "room@default+1234+flags{mute}", "room@default+***+flags{mute}"),
            ("Application-Data", "room@default+flags{mute}", "room@default+flags{mute}"),
            ("Application-Data", "room@default++flags{mute}", "room@default++flags{mute}"),
            ("Application-Data", "room+1234", "room+***"),
            ("Application-Data", "room", "room"),
            ("Application-Data", "sip_auth_password=s3cret", "sip_auth_password=***"),
            ("variable_current_application_data", "{pin=1}r+1234", "{pin=***}r+***"),
        ];
        for (name, value, shown) in table {
            assert_eq!(String::from_utf8_lossy(&mask_header(name.as_bytes(), value.as_bytes())), shown, "{name}");
        }
    }

    #[test]
    fn secrets_in_texts_are_masked() {
        let table = [
            ("auth ClueCon", "auth ***"),
            ("userauth 1000@lab:pw", "userauth ***"),
            ("api originate {sip_auth_password=s3cret}user/1 9", "api originate {sip_auth_password=***}user/1 9"),
            ("api uuid_setvar 0123 sip_auth_password s3cret x", "api uuid_setvar 0123 sip_auth_password ***"),
            ("api global_setvar default_password=1234", "api global_setvar default_password=***"),
            ("conference g dial {pin=1}x pin 1234\nnext", "conference g dial {pin=***}x pin ***\nnext"),
            ("conference g pin mod 1234", "conference g pin mod ***"),
            ("+OK Pin for conference g set: 1234\n", "+OK Pin for conference g set: ***\n"),
            ("+OK Pin for conference g cleared", "+OK Pin for conference g cleared"),
            ("Authorization: Digest x\r\nX: y", "Authorization: ***\nX: y"),
            ("a\nb=c\n\nauth ", "a\nb=c\n\nauth "),
            ("-ERR invalid", "-ERR invalid"),
            ("api originate sofia/a/sip:u:pw@h 9", "api originate sofia/a/sip:u:***@h 9"),
            ("{pin=1}x\nsip:u:pw@h", "{pin=***}x\nsip:u:***@h"),
        ];
        for (text, shown) in table {
            assert_eq!(String::from_utf8_lossy(&mask(text.as_bytes())), shown);
        }
        let message = Message::api("originate {sip_auth_password=s3cret}user/1 9");
        assert_eq!(
            format!("{message:?}"),
            r#"Message { line: "api originate {sip_auth_password=***}user/1 9", headers: 0, body: None }"#
        );
    }
}

#[test]
fn secrets_in_kazoo_objects_are_masked() {
    let escaped = br#"{"sec\u0072et":"s","a":{"p\u0069ns":["1"]},"to":"sip:u\u003apw@h","n":"sip:u@h:1"}"#;
    let escaped = ami_proto::kazoo::Object::from_slice(escaped).unwrap();
    assert_eq!(format!("{escaped:?}"), r#"{"secret": ***, "a": {"pins": ***}, "to": "sip:u:***@h", "n": "sip:u@h:1"}"#);
    let object = br#"{"tokens":["a"],"member":{"pins":["1"],"X-Auth-Token":"t"},"auth_type":"b","next_start_key":"c"}"#;
    let object = ami_proto::kazoo::Object::from_slice(object).unwrap();
    assert_eq!(
        format!("{object:?}"),
        r#"{"tokens": ***, "member": {"pins": ***, "X-Auth-Token": ***}, "auth_type": "b", "next_start_key": "c"}"#
    );
}

/// No memory goes back to the allocator with a secret in it, whatever becomes of a login.
mod wiping {
    use ami_proto::action::{Action, Login, Ping, SetVar, UpdateConfig};
    use ami_proto::client::{Client, Config, Credentials};
    use ami_proto::server::{Server, ServerEvent};
    use ami_proto::wire::FrameWriter;
    use ami_proto::{Decoder, Framing, Limits};
    use ami_testkit::heap::left_behind;
    use std::time::Instant;

    const SECRET: &[u8] = b"0-hunted-s3cret-0";
    const WITH_LINE_END: &[u8] = b"0-hunted-s3cret-0\rX: y";

    fn has_secret(bytes: &[u8]) -> bool {
        bytes.windows(SECRET.len()).any(|bytes| bytes == SECRET)
    }

    /// Nothing is left behind while this runs.
    fn clean(what: &str, run: impl FnOnce()) {
        assert_eq!(left_behind(SECRET, run).1, 0, "{what}");
    }

    #[test]
    fn the_search_finds_what_is_left() {
        let leave = || {
            let mut bytes = SECRET.to_vec();
            bytes.reserve(100);
            bytes
        };
        assert_eq!(left_behind(SECRET, || drop(leave())).1, 2);
        let (bytes, left) = left_behind(SECRET, leave);
        assert_eq!((left, bytes.len()), (1, SECRET.len()));
        assert_eq!(left_behind(SECRET, || drop(vec![0_u8; 100])).1, 0);
    }

    /// Transmits all in small pieces, and says whether the secret was among it.
    fn transmit(client: &mut Client) -> bool {
        let secret = client.poll_transmit().is_some_and(has_secret);
        while let Some(bytes) = client.poll_transmit() {
            let n = bytes.len().min(7);
            client.transmitted(n);
        }
        secret
    }

    fn asking(credentials: Credentials) -> (Client, Instant) {
        let now = Instant::now();
        let mut client = Client::new(Config::new().await_greeting(false)).seeded(7);
        client.login(now, credentials).unwrap();
        (client, now)
    }

    /// Answers the request that waits for transmission, and takes what is told.
    fn answer(client: &mut Client, now: Instant, answer: &str) {
        let request = String::from_utf8_lossy(client.poll_transmit().unwrap()).into_owned();
        let id = request.split("ActionID: ").last().unwrap().split("\r\n").next().unwrap();
        let answer = answer.replace('$', id);
        let sent = client.poll_transmit().unwrap().len();
        client.transmitted(sent);
        assert_eq!(client.handle_input(now, answer.as_bytes()), answer.len());
        while client.poll_event().unwrap().is_some() {}
    }

    fn logged_in() -> (Client, Instant) {
        let (mut client, now) = asking(Credentials::plain("u", "other"));
        answer(&mut client, now, "Asterisk Call Manager/2.10.6\r\nResponse: Success\r\nActionID: $\r\n\r\n");
        assert!(client.is_logged_in());
        (client, now)
    }

    #[test]
    fn a_login_leaves_no_secret_in_memory() {
        clean("transmitted", || assert!(transmit(&mut asking(Credentials::plain("u", SECRET)).0)));
        clean("dropped before", || drop(asking(Credentials::plain("u", SECRET))));
        clean("closed before", || {
            let (mut client, now) = asking(Credentials::plain("u", SECRET));
            client.close(now);
        });
        clean("the stream ended before", || {
            let (mut client, now) = asking(Credentials::plain("u", SECRET));
            client.handle_eof(now);
            assert!(client.poll_event().is_err() && client.poll_transmit().is_none());
            client.reconnect().unwrap();
        });
        clean("timed out", || {
            let (mut client, now) = asking(Credentials::plain("u", SECRET));
            client.handle_timeout(now + std::time::Duration::from_secs(3600));
            assert!(client.poll_event().is_err());
        });
        clean("no room", || {
            let mut client = Client::new(Config::new().ceiling(600).max_items(1));
            let name = [b'u'; 900];
            assert!(client.login(Instant::now(), Credentials::plain(name, SECRET)).is_err());
        });
        clean("refused", || {
            let mut client = Client::new(Config::new());
            assert!(client.login(Instant::now(), Credentials::plain("u", WITH_LINE_END)).is_err());
            assert!(client.login(Instant::now(), Credentials::plain("u", SECRET)).is_ok());
        });
    }

    #[test]
    fn a_login_after_a_challenge() {
        const CHALLENGE: &str = "Response: Success\r\nActionID: $\r\nChallenge: 840415273\r\n\r\n";
        clean("md5", || {
            let (mut client, now) = asking(Credentials::md5("u", SECRET));
            answer(&mut client, now, CHALLENGE);
            assert!(client.poll_transmit().is_some() && !transmit(&mut client));
        });
        clean("unanswered", || drop(asking(Credentials::md5("u", SECRET).or_plain())));
        clean("falls back", || {
            let (mut client, now) = asking(Credentials::md5("u", SECRET).or_plain());
            answer(&mut client, now, "Response: Error\r\nActionID: $\r\nMessage: no\r\n\r\n");
            assert!(transmit(&mut client));
        });
        clean("refused", || {
            let mut client = Client::new(Config::new());
            assert!(client.login(Instant::now(), Credentials::md5("u", WITH_LINE_END).or_plain()).is_err());
        });
        clean("no room", || {
            let mut client = Client::new(Config::new().ceiling(700).max_items(1));
            let name = [b'u'; 900];
            assert!(client.login(Instant::now(), Credentials::md5(name, SECRET).or_plain()).is_err());
        });
    }

    #[test]
    fn a_secret_with_requests_behind_it() {
        let (mut client, now) = logged_in();
        clean("transmitted", || {
            client.send(now, &SetVar::new("PIN", SECRET)).unwrap();
            for _ in 0..20 {
                client.send(now, &Ping::new()).unwrap();
            }
            assert!(transmit(&mut client));
        });
        clean("forwarded", || {
            let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
            decoder.push(b"Action: Login\r\nSecret: 0-hunted-s3cret-0\r\nA: b\r\nC: d\r\n\r\n");
            let frame = decoder.next_frame().unwrap().unwrap();
            let kept = frame.to_owned();
            client.forward(now, kept.view()).unwrap();
            for _ in 0..20 {
                client.send(now, &Ping::new()).unwrap();
            }
            drop(client);
        });
    }

    #[test]
    fn what_an_action_owns() {
        let mut out = Vec::new();
        clean("encoded", || {
            let secret = || SECRET.to_vec();
            let login = Login::new("u").secret(secret()).secret(secret());
            login.clone().encode(None, &mut out).unwrap();
            UpdateConfig::new("a", "b").update("c", "secret", secret()).encode(Some("1"), &mut out).unwrap();
            assert!(login.header("A", "b\n").encode(None, &mut out).is_err());
            assert!(FrameWriter::event(&mut out, "A").header("Secret", SECRET).header("", "").finish().is_err());
            FrameWriter::event(&mut out, "A").header("Secret", SECRET).header("B", [b'b'; 500]).finish().unwrap();
        });
        assert!(has_secret(&out));
    }

    #[test]
    fn a_login_that_a_server_receives() {
        let logins: [&[u8]; 2] = [
            b"Action: Login\r\nUsername: u\r\nSecret: 0-hunted-s3cret-0\r\n\r\n",
            b"Secret:   0-hunted-s3cret-0\nUsername: u\nAction: Login\n\n",
        ];
        for login in logins {
            clean("received", || {
                let now = Instant::now();
                let mut server = Server::new(now, ami_proto::server::Config::new());
                for piece in login.chunks(20) {
                    assert_eq!(server.handle_input(now, piece), piece.len());
                }
                let Ok(Some(ServerEvent::Login { attempt, .. })) = server.poll_event() else { panic!("a login") };
                assert!(attempt.verify(SECRET));
                let kept = attempt.request().frame().to_owned();
                assert!(has_secret(kept.view().as_bytes()));
                drop(kept.clone());
                let taken = server.handle_input(now, &[b'x'; 5000]);
                assert_eq!(taken, 5000);
            });
        }
    }

    #[test]
    fn a_login_over_http() {
        use ami_proto::http::{Credentials, Endpoint, Outcome, Session};
        const COOKIE: &[u8] = b"a5458122";
        let accepted: &[u8] = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n";
        let header = [("Set-Cookie", r#"mansession_id="a5458122"; Version=1; Max-Age=120"#)];
        let secret = core::str::from_utf8(SECRET).unwrap();
        let run = |endpoint: Endpoint| {
            let now = Instant::now();
            let mut session = Session::new(endpoint, Credentials::new("u", secret));
            let login = session.poll_request(now).unwrap().unwrap();
            assert!(has_secret(login.parameters().as_bytes()));
            drop(login.clone());
            let Ok(Outcome::Answer(_)) = session.handle(now, &login, 200, header, accepted) else { panic!() };
            let wait = session.poll_request(now).unwrap().unwrap();
            assert!(wait.headers().any(|(_, value)| value.contains("a5458122")));
            let Ok(Outcome::Answer(_)) = session.handle(now, &wait, 200, header, accepted) else { panic!() };
        };
        for needle in [SECRET, COOKIE] {
            assert_eq!(left_behind(needle, || run(Endpoint::rawman())).1, 0, "form");
            assert_eq!(left_behind(needle, || run(Endpoint::rawman().in_query())).1, 0, "query");
        }
        let none: [(&str, &str); 0] = [];
        clean("hashed", || {
            let now = Instant::now();
            let mut session = Session::new(Endpoint::rawman(), Credentials::new("u", secret).hashed());
            let challenge = session.poll_request(now).unwrap().unwrap();
            let answer = b"Response: Success\r\nChallenge: 125065091\r\n\r\n";
            let Ok(Outcome::Send(_)) = session.handle(now, &challenge, 200, none, answer) else { panic!() };
        });
        clean("digest", || {
            let now = Instant::now();
            let mut session = Session::new(Endpoint::rawman(), Credentials::new("u", secret)).with_digest("c0ffee");
            let wait = session.poll_request(now).unwrap().unwrap();
            let challenge = r#"Digest algorithm=MD5, realm="asterisk", nonce="15159486", qop="auth""#;
            let headers = [("WWW-Authenticate", challenge)];
            let Ok(Outcome::Send(_)) = session.handle(now, &wait, 401, headers, b"") else { panic!() };
        });
        clean("refused", || {
            let mut session = Session::new(Endpoint::rawman(), Credentials::new("u", "0-hunted-s3cret-0\r"));
            assert!(session.poll_request(Instant::now()).is_err());
        });
    }

    /// What an answer brings, what is collected of a list, and a filter that is set again after a
    /// reconnect.
    #[test]
    fn what_a_client_keeps() {
        use ami_proto::action::{Filter, PjsipShowAuths};
        use ami_proto::client::ClientEvent;
        fn ids(client: &mut Client) -> Vec<String> {
            let mut ids = Vec::new();
            while let Some(bytes) = client.poll_transmit() {
                let text = String::from_utf8_lossy(bytes).into_owned();
                ids.extend(text.lines().filter_map(|line| line.strip_prefix("ActionID: ").map(str::to_owned)));
                let sent = bytes.len();
                client.transmitted(sent);
                std::mem::forget(text);
            }
            ids
        }
        let hear = |client: &mut Client, now: Instant, text: &str| {
            assert_eq!(client.handle_input(now, text.as_bytes()), text.len());
        };
        const ITEM: &str = "Event: AuthDetail\r\nPassword: 0-hunted-s3cret-0\r\nActionID: ";
        for items in [1, 2] {
            clean("collected, and a filter", || {
                let now = Instant::now();
                let mut client = Client::new(Config::new().await_greeting(false));
                client.login(now, Credentials::plain("u", "s")).unwrap();
                let login = ids(&mut client).remove(0);
                hear(
                    &mut client,
                    now,
                    &format!("Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: {login}\r\n\r\n"),
                );
                while client.poll_event().unwrap().is_some() {}
                let list = client.send(now, &PjsipShowAuths::new()).unwrap();
                client.collect(list, 10).unwrap();
                client.send(now, &Filter::new(SECRET)).unwrap();
                let ids = ids(&mut client);
                hear(
                    &mut client,
                    now,
                    &format!("Response: Success\r\nEventList: start\r\nActionID: {}\r\n\r\n", ids[0]),
                );
                for _ in 0..items {
                    for text in [ITEM, &ids[0], "\r\n\r\n"] {
                        hear(&mut client, now, text);
                    }
                    while client.poll_event().unwrap().is_some() {}
                }
                hear(&mut client, now, &format!("Response: Success\r\nActionID: {}\r\n\r\n", ids[1]));
                while let Some(event) = client.poll_event().unwrap() {
                    assert!(!matches!(event, ClientEvent::Unclaimed { .. }), "{event:?}");
                }
                assert_eq!(client.take_items(list).len(), items);
            });
        }
    }

    /// Requests that wait in a queue, and what a thread keeps that has asked.
    #[test]
    fn what_crosses_threads() {
        use ami_proto::action::EncodedAction;
        use ami_proto::client::ClientEvent;
        use ami_proto::freeswitch;
        clean("a request encoded ahead", || {
            let encoded = EncodedAction::of(&Login::new("u").secret(SECRET)).unwrap();
            drop(encoded.clone().untyped());
            assert!(has_secret(encoded.as_bytes()));
            let broken = Login::new("u").secret(SECRET).header("A", "b\n");
            assert!(EncodedAction::of(&broken).is_err());
        });
        let answer = b"Response: Success\r\nSecret: 0-hunted-s3cret-0\r\n\r\n";
        let told = b"Content-Type: log/data\nContent-Length: 17\n\n0-hunted-s3cret-0";
        clean("what was told", || {
            let mut decoder = Decoder::new(Limits::new());
            decoder.push(answer);
            let frame = decoder.next_frame().unwrap().unwrap();
            let kept = ClientEvent::Unclaimed { id: None, frame }.to_owned();
            drop((kept.clone(), frame.to_owned()));
            assert!(kept.view().frame().is_some_and(|frame| has_secret(frame.as_bytes())));
            let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
            decoder.push(told);
            let frame = decoder.next_frame().unwrap().unwrap();
            drop(freeswitch::ConnectionEvent::Log(frame).to_owned().clone());
        });
    }

    #[test]
    fn what_conferences_are_asked_with() {
        use ami_proto::conference::{Command, Dialect, Request};
        use ami_proto::http::Method;
        use ami_proto::kazoo::{Account, ConferenceAction, Dial, Draft, Json, SideDraft};
        use ami_proto::sipxecs::{self, Challenge, Conference};

        let secret = core::str::from_utf8(SECRET).unwrap();
        clean("FreeSWITCH, sipXecs", || {
            for dialect in [Dialect::FreeSwitch, Dialect::SipXecs(Method::Get)] {
                let request = dialect.encode(&Command::SetPin { conference: "room", pin: secret }).unwrap();
                assert!(!format!("{request:?}").contains(secret));
                assert!(matches!(&request, Request::Line(_) | Request::Http(_)));
                drop(request.clone());
            }
        });
        clean("a digest of sipXecs", || {
            let request = Conference::new("c").request(&ami_proto::freeswitch::command::Lock::new()).unwrap();
            let challenge = Challenge::parse(r#"Digest realm="sipXecs", qop="auth", nonce="abc""#).unwrap();
            sipxecs::Credentials::new("400", secret)
                .authorization(&request, &challenge, "f00", 1, |_| [7; 16])
                .unwrap();
        });
        // The hash stands for the PIN.
        let hash = b"5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c";
        let left = left_behind(hash, || {
            let request = Conference::new("c").request(&ami_proto::freeswitch::command::Lock::new()).unwrap();
            let challenge = Challenge::parse(r#"Digest realm="sipXecs", nonce="abc""#).unwrap();
            let md5 = |text: &[u8]| if text.ends_with(SECRET) { [0x5c; 16] } else { [7; 16] };
            sipxecs::Credentials::new("400", secret).authorization(&request, &challenge, "f00", 1, md5).unwrap();
        });
        assert_eq!(left.1, 0, "the digest's hash");
        clean("Kazoo", || {
            let quoted = Json::from_slice(b"\"0-hunted-s3cret-0\"").unwrap();
            let side = SideDraft::new().pins(["1", "2"]).field("pin", quoted).join_muted(true);
            let draft = Draft::new().name("n").bridge_password(secret).bridge_password(secret).member(&side);
            let account = Account::new("A");
            account.create(&draft).unwrap();
            account.merge("c", &draft.clone().bridge_password("other")).unwrap();
            assert!(!format!("{draft:?} {side:?}").contains(secret));
            let dial = Dial::new().endpoint(secret).field("pin", quoted);
            drop(account.act("c", &ConferenceAction::Dial(dial)).unwrap());
        });
    }

    #[test]
    fn what_is_set_again_on_freeswitch() {
        use ami_proto::freeswitch::{Config, Connection, Credentials, Message};
        clean("a filter", || {
            let now = Instant::now();
            let mut connection = Connection::new(Config::new());
            connection.login(now, Credentials::password("x")).unwrap();
            let hear = |connection: &mut Connection, text: &[u8]| {
                assert_eq!(connection.handle_input(now, text), text.len());
                while connection.poll_event().unwrap().is_some() {}
                while let Some(bytes) = connection.poll_transmit() {
                    let sent = bytes.len();
                    connection.transmitted(sent);
                }
            };
            let ok = b"Content-Type: command/reply\nReply-Text: +OK\n\n";
            hear(&mut connection, b"Content-Type: auth/request\n\n");
            hear(&mut connection, b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
            hear(&mut connection, ok);
            let line = [&b"filter variable_x "[..], SECRET].concat();
            connection.send(now, &Message::new(&line)).unwrap();
            connection.send(now, &Message::new(&line)).unwrap();
            connection.send(now, &Message::new("filter delete all")).unwrap();
            for _ in 0..3 {
                hear(&mut connection, ok);
            }
            connection.send(now, &Message::new(&line)).unwrap();
            hear(&mut connection, ok);
            std::mem::forget(line);
        });
    }

    #[test]
    fn a_login_to_freeswitch() {
        use ami_proto::freeswitch::{Config, Connection, Credentials, Message};

        fn transmit(connection: &mut Connection) -> bool {
            let secret = connection.poll_transmit().is_some_and(has_secret);
            while let Some(bytes) = connection.poll_transmit() {
                let n = bytes.len().min(7);
                connection.transmitted(n);
            }
            secret
        }
        let both: [fn(&[u8]) -> Credentials; 2] =
            [|secret| Credentials::password(secret), |secret| Credentials::user("1000", "lab.invalid", secret)];
        for credentials in both {
            let now = Instant::now();
            let asking = || {
                let mut connection = Connection::new(Config::new());
                connection.login(now, credentials(SECRET)).unwrap();
                connection
            };
            let greet = |connection: &mut Connection| {
                assert_eq!(connection.handle_input(now, b"Content-Type: auth/request\n\n"), 28);
                while connection.poll_event().unwrap().is_some() {}
            };
            clean("never greeted", || drop(asking()));
            clean("never greeted, ended", || asking().handle_eof(now));
            clean("greeted", || {
                let mut connection = asking();
                greet(&mut connection);
                assert!(transmit(&mut connection));
            });
            clean("dropped before transmission", || greet(&mut asking()));
            clean("closed before transmission", || {
                let mut connection = asking();
                greet(&mut connection);
                connection.close(now);
                connection.handle_eof(now);
            });
            clean("refused", || {
                assert!(Connection::new(Config::new()).login(now, credentials(WITH_LINE_END)).is_err());
            });
        }
        let mut out = Vec::new();
        clean("a message", || {
            let line = [b"auth ", SECRET].concat();
            let message = Message::new(&line).header("a", SECRET).body(SECRET);
            message.clone().encode(&mut out).unwrap();
            assert!(message.header("b", "c\n").encode(&mut out).is_err());
            // The caller's own.
            std::mem::forget(line);
        });
    }
}

/// The server's words in an ending are shown as its frame's headers are.
#[test]
fn endings_in_words() {
    use ami_proto::client::{ClientEvent, Ending};
    let mut peer = crate::peer::Peer::ready(crate::peer::quiet());
    let call = peer.send(&ami_proto::action::Originate::new("SIP/u"));
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    for kind in ["Error", "Success"] {
        decoder.push(
            format!("Response: {kind}\r\nMessage: no sip:u:s3cret@h\r\nOutput: at sip:u:s3cret@h\r\n\r\n").as_bytes(),
        );
        let frame = decoder.next_frame().unwrap().unwrap();
        let list = Ending::List { items: 0, end: frame.into(), cancelled: false };
        for ending in [Ending::Refused(frame.into()), Ending::Reply(frame.into()), list] {
            let event = ClientEvent::Ended { id: call.id(), ending };
            let json = serde_json::to_string(&event).unwrap();
            let shown = format!("{ending}{event}{ending:?}{event:?}{}{json}", ending.to_owned());
            assert!(
                !shown.contains("s3cret") && ending.to_string().contains("no sip:u:***@h; at sip:u:***@h"),
                "{shown}"
            );
        }
    }
    decoder.push(b"Event: SMSSent\r\nMessage: to sip:u:s3cret@h\r\n\r\n");
    let outcome = Ending::Outcome(decoder.next_frame().unwrap().unwrap().into());
    assert_eq!(outcome.to_string(), "outcome SMSSent: to sip:u:***@h");
    let mut decoder = ami_proto::freeswitch::Decoder::new(ami_proto::freeswitch::LIMITS);
    decoder.push(b"Content-Type: command/reply\nReply-Text: -ERR room pin s3cret\n\n");
    let ending = ami_proto::freeswitch::Ending::Refused(decoder.next_frame().unwrap().unwrap());
    assert_eq!(ending.to_string(), "refused: -ERR room pin ***");
    let event = ami_proto::freeswitch::ConnectionEvent::Ended { id: call.id(), ending };
    assert!(!format!("{event}{ending:?}{event:?}{}", serde_json::to_string(&event).unwrap()).contains("s3cret"));
}
