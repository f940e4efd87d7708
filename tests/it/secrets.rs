//! Invariant: what is secret shows as `***` wherever something is shown, and what is not secret shows.

use ami_proto::action::{Custom, DBPut, Originate, Setvar, UpdateConfig};
use ami_proto::{Decoder, Framing, Limits};

/// The headers of the one frame of these lines as `Debug` shows them.
fn shown(lines: &str) -> String {
    let framing = if lines.starts_with("Action") { Framing::REQUESTS } else { Framing::SERVER };
    let mut decoder = Decoder::new(Limits::new()).with_framing(framing);
    decoder.push(lines.replace('\n', "\r\n").as_bytes());
    decoder.push(b"\r\n\r\n");
    let frame = decoder.next_frame().unwrap().expect("a whole frame");
    #[cfg(feature = "serde")]
    {
        let json = serde_json::to_string(&frame).unwrap();
        for header in frame.headers() {
            let masked = json.contains(&format!(r#"["{}","***"]"#, String::from_utf8_lossy(header.name())));
            assert_eq!(masked, ami_proto::wire::is_secret(frame, header), "{json}");
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
            let (clear, hidden) = (format!(r#""{name}": "{value}""#), format!(r#""{name}": ***"#));
            assert!(shown.contains(&clear) != shown.contains(&hidden), "{clear} or {hidden} in {shown}");
            shown.contains(&hidden)
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
        "auth=md5",
        "outbound_auth=ext200",
        "auth_type=userpass",
        "same=n,Set(a=secret)",
        "exten=1000,1,Answer()",
        "conf=1000",
        "member=Local/agent2@lab/n,1,Agent",
        "100rel=yes",
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

#[test]
fn configuration_files_as_json() {
    let secrets = [
        r#"{"100":{"type":"friend","secret":"s3cret"}}"#,
        r#"{"general":{},"default":{"1000":"4242,Name"}}"#,
        r#"{"general":{"register":"user:pass@host"}}"#,
        r#"{"a":{"x":"say \"hi\"","password" : "pw"}}"#,
        r#"{"a":{"password":"cut off"#,
    ];
    let others = [
        "{}",
        r#"{"100":{"type":"friend","context":"secret"}}"#,
        r#"{"secret":{"type":"auth"}}"#,
        r#"{"general":{"register":"user@host","auth":"md5"}}"#,
        r#"{"a":{"x":"\"password\":\"pw\""}}"#,
        r#"{"a":["secret","b"]}"#,
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
    let put = DBPut::new("trunk", "password").value("s3cret");
    assert_eq!(format!("{put:?}"), r#"DBPut({"Action": "DBPut", "Family": "trunk", "Key": "password", "Val": ***})"#);
    let set = Setvar::new("PIN", "1234");
    assert_eq!(format!("{set:?}"), r#"Setvar({"Action": "Setvar", "Variable": "PIN", "Value": ***})"#);
    let call = Originate::new("x").variable("PIN", "1234").variable("A", "PIN");
    assert_eq!(
        format!("{call:?}"),
        r#"Originate({"Action": "Originate", "Channel": "x", "Variable": ***, "Variable": "A=PIN"})"#
    );
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
    let hidden = ami_proto::wire::is_secret_line(frame, last);
    if hidden { "***".into() } else { last.to_str_lossy().into_owned() }
}

#[cfg(feature = "freeswitch")]
mod freeswitch {
    use ami_proto::freeswitch::{Message, mask, mask_header};

    #[test]
    fn headers() {
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
            ("Application-Data", "sip_auth_password=s3cret", "sip_auth_password=***"),
            ("variable_current_application_data", "{pin=1}r+1234", "{pin=***}r+***"),
        ];
        for (name, value, shown) in table {
            assert_eq!(String::from_utf8_lossy(&mask_header(name.as_bytes(), value.as_bytes())), shown, "{name}");
        }
    }

    #[test]
    fn texts() {
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

#[cfg(feature = "kazoo")]
#[test]
fn kazoo() {
    let object = br#"{"tokens":["a"],"member":{"pins":["1"],"X-Auth-Token":"t"},"auth_type":"b","next_start_key":"c"}"#;
    let object = ami_proto::kazoo::Object::from_slice(object).unwrap();
    assert_eq!(
        format!("{object:?}"),
        r#"{"tokens": ***, "member": {"pins": ***, "X-Auth-Token": ***}, "auth_type": "b", "next_start_key": "c"}"#
    );
}
