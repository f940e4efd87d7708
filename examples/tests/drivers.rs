//! Invariant: each driver, run as a user runs it against a server over loopback, does what it says
//! and ends by itself with 0; nothing that the server says steers the terminal.

use ami_proto::value::Classes;
use ami_testkit::mock::{ESCAPED, HOSTILE, Speak, harmless, server, server_of};
use ami_testkit::programs::{BOUND, command, output, run};
use std::collections::BTreeSet;
use std::path::Path;

/// The drivers by name, each with the path that cargo built it at.
const DRIVERS: [(&str, &str); 5] = [
    ("blocking", env!("CARGO_BIN_EXE_blocking")),
    ("compio", env!("CARGO_BIN_EXE_compio")),
    ("mio", env!("CARGO_BIN_EXE_mio")),
    ("smol", env!("CARGO_BIN_EXE_smol")),
    ("tokio", env!("CARGO_BIN_EXE_tokio")),
];

/// No program in `src/bin` is left out of these tests.
#[test]
fn each_program_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin");
    let programs = ami_testkit::below(&folder, |path| path.extension().is_some_and(|extension| extension == "rs"));
    let names = programs.iter().map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned());
    let on_clients = ["call_logger", "wallboard_feed", "web_click_to_call", "originate_script"];
    let others = ["click_to_call", "http_poll", "traced"].into_iter().chain(on_clients);
    let run = DRIVERS.iter().map(|(name, _)| *name).chain(others).map(str::to_owned);
    assert_eq!(names.collect::<BTreeSet<_>>(), run.collect(), "DRIVERS lacks one");
}

#[test]
fn calls_and_events() {
    let speak: Speak = |server, id, _, _| {
        server.respond(id, "Success", [("CoreCurrentCalls", "3")]).expect("it is open");
        for name in ["Newchannel", "Newstate", HOSTILE, "Hangup", "Hangup"] {
            server.raw(format!("Event: {name}\r\nPrivilege: call,all\r\n\r\n").as_bytes());
        }
    };
    let expected = format!("calls: 3\nevent: Newchannel\nevent: Newstate\nevent: {ESCAPED}\nevent: Hangup\n");
    for (name, path) in DRIVERS {
        let stdout = output(command(path).args([&server(speak), "--events", "4"]));
        assert_eq!(stdout, expected, "{name}");
    }
}

#[test]
fn a_refusal_is_told_escaped() {
    let speak: Speak = |server, id, _, _| server.respond(id, "Error", [("Message", HOSTILE)]).expect("it is open");
    for (name, path) in DRIVERS {
        let (code, stdout, stderr) = run(command(path).arg(server(speak)));
        // As debuggers show text.
        let expected = format!("Error: \"no answer: refused: {ESCAPED}\"\n");
        assert_eq!((code, stdout.as_str(), stderr), (Some(1), "", expected), "{name}");
        harmless(&stdout);
    }
}

/// A server that is restarted: it closes in the middle, and the next connection is none yet.
#[test]
fn a_restart_of_the_server() {
    let first: Speak = |server, id, _, _| {
        server.respond(id, "Success", [("CoreCurrentCalls", "3")]).expect("it is open");
        server.raw(b"Event: Newchannel\r\n\r\nEvent: Shut");
        server.close();
    };
    let none: Speak = |server, _, _, _| server.close();
    let last: Speak = |server, id, _, _| {
        server.respond(id, "Success", [("CoreCurrentCalls", "1")]).expect("it is open");
        server.raw(b"Event: Hangup\r\n\r\nEvent: Newchannel\r\n\r\n");
    };
    for (name, path) in DRIVERS {
        let address = server_of([first, none, last]);
        let (code, stdout, stderr) = run(command(path).args([&address, "--events", "3"]));
        let expected = "calls: 3\nevent: Newchannel\ncalls: 1\nevent: Hangup\nevent: Newchannel\n";
        assert_eq!((code, stdout.as_str()), (Some(0), expected), "{name}: {stderr}");
        assert_eq!(stderr.matches("; again in ").count(), 2, "{name}: {stderr}");
        assert!(stderr.starts_with("the peer closed the connection inside a frame"), "{name}: {stderr}");
    }
}

#[test]
fn a_wrong_secret() {
    for (name, path) in DRIVERS {
        let address = server(|_, _, name, _| panic!("{name} of somebody who is not logged in"));
        let (code, stdout, stderr) = run(command(path).args([&address, "--secret", "wr0ng"]));
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{name}");
        assert!(stderr.to_lowercase().contains("refused") && !stderr.contains("wr0ng"), "{name}: {stderr}");
    }
}

/// Runs `click_to_call` with these lines on its standard input.
fn click_to_call(test: &str, address: &str, clicks: &str) -> (Option<i32>, String, String) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::write(&path, clicks).expect("a file of its own");
    let clicks = std::fs::File::open(&path).expect("the file");
    run(command(env!("CARGO_BIN_EXE_click_to_call")).arg(address).env("AMI_SECRET", "s3cret").stdin(clicks))
}

/// A server that is restarted after the first click: that one's outcome is never seen, the second
/// waits for the server to be back.
#[test]
fn click_to_call_across_a_restart() {
    let first: Speak = |server, id, name, _| {
        assert_eq!(name, "Originate");
        server.respond(id, "Success", [("Message", "Originate successfully queued")]).expect("it is open");
        server.close();
    };
    let last: Speak = |server, id, name, action_id| {
        assert_eq!(name, "Originate");
        server.respond(id, "Success", [("Message", HOSTILE)]).expect("it is open");
        let outcome = [("ActionID", action_id), ("Response", "Success"), ("Reason", "4")];
        server.event(Classes::CALL, "OriginateResponse", outcome).expect("headers");
    };
    let refusal: Speak = |server, id, _, _| server.respond(id, "Error", [("Message", HOSTILE)]).expect("it is open");
    for (speak, ended) in
        [(last, "outcome OriginateResponse: Success; Answered".to_owned()), (refusal, format!("refused: {ESCAPED}"))]
    {
        let (code, stdout, stderr) = click_to_call("restart", &server_of([first, speak]), "PJSIP/1\nPJSIP/2\n");
        let reached = "connection lost after it was accepted and before its outcome was seen";
        assert_eq!((code, stdout, stderr.as_str()), (Some(0), format!("{reached}\n{ended}\n"), ""));
    }
}

#[test]
fn click_to_call_is_refused() {
    let nothing: Speak = |_, _, name, _| panic!("{name} of somebody who asks nothing");
    let (code, stdout, stderr) = click_to_call("refused", &server(nothing), "PJSIP/1\0\n");
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("Channel") && !stderr.contains('\0'), "{stderr}");
}

/// The log has the whole session, and none of its secrets; the program's own output is as ever.
#[test]
fn the_log_has_the_session_and_none_of_its_secrets() {
    let speak: Speak = |server, id, _, _| {
        server.respond(id, "Success", [("CoreCurrentCalls", "3"), ("Secret", "0ther")]).expect("it is open");
        server.raw(format!("Event: Hangup\r\nChannel: {HOSTILE}\r\n\r\n").as_bytes());
    };
    let (code, stdout, stderr) = run(command(env!("CARGO_BIN_EXE_traced")).args([&server(speak), "--events", "1"]));
    assert_eq!((code, stdout.as_str()), (Some(0), "calls: 3\nevent: Hangup\n"), "{stderr}");
    for line in [
        r#"received banner "Asterisk Call Manager/"#,
        "sent action Login",
        r#"Key="***""#,
        "stage login to booting",
        "sent action CoreStatus",
        r#"Secret="***""#,
        "received event Hangup",
        "sent action Logoff",
        "to over",
    ] {
        assert!(stderr.contains(line), "{line}: {stderr}");
    }
    assert!(!stderr.contains("s3cret") && !stderr.contains("0ther"), "{stderr}");
    harmless(&stderr);
}

const HTTP_POLL: &str = env!("CARGO_BIN_EXE_http_poll");

/// A web server as Asterisk's is, with a session that holds one batch of events for each
/// `WaitEvent`.
#[test]
fn http_poll_logs_in_and_fetches_events() {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
    let address = server.server_addr().to_ip().expect("an address").to_string();
    let asked = std::thread::scope(|scope| {
        let web = scope.spawn(|| {
            let (mut asked, mut restarted) = (Vec::new(), false);
            while let Some(mut request) = server.recv_timeout(BOUND).expect("a request") {
                let mut form = String::new();
                request.as_reader().read_to_string(&mut form).expect("a form");
                let action = form.split('&').next().unwrap_or_default().to_lowercase();
                let known = request.headers().iter().any(|header| header.field.equiv("Cookie"));
                assert_eq!((request.url(), known), ("/pbx/rawman", action != "action=login"));
                let closes = |header: &tiny_http::Header| header.field.equiv("Connection") && header.value == "close";
                assert!(request.headers().iter().any(closes), "Asterisk would keep it open");
                // It is restarted, and has the next answer cut off.
                if asked.last().is_some_and(|last| last == "action=waitevent") && !restarted {
                    restarted = true;
                    drop(request.into_writer());
                    continue;
                }
                let body = match &*action {
                    "action=login" if form.to_lowercase().contains("secret=s3cret") => {
                        "Response: Success\r\nMessage: Authentication accepted\r\n\r\n"
                    }
                    "action=waitevent" => {
                        "Response: Success\r\nMessage: Waiting for Event completed.\r\n\r\n\
                            Event: New\x1b[2Jchannel\r\n\r\nEvent: Hangup\r\nCause: 16\r\n\r\nEvent: WaitEventComplete\r\n\r\n"
                    }
                    "action=logoff" => "Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n",
                    _ => panic!("{form}"),
                };
                let cookie = &br#"mansession_id="a5458122"; Version=1; Max-Age=60"#[..];
                let header = tiny_http::Header::from_bytes("Set-Cookie", cookie).expect("a header");
                request.respond(tiny_http::Response::from_string(body).with_header(header)).expect("an answer");
                asked.push(action);
                if asked.last().is_some_and(|last| last == "action=logoff") {
                    break;
                }
            }
            asked
        });
        let (code, stdout, stderr) = run(command(HTTP_POLL).args([&address, "--prefix", "pbx", "--events", "3"]));
        assert_eq!((code, stderr.matches("; again in ").count()), (Some(0), 1), "{stderr}");
        assert_eq!(stdout, "event: New\\u{1b}[2Jchannel\nevent: Hangup\nevent: New\\u{1b}[2Jchannel\n");
        web.join().expect("the web server")
    });
    assert_eq!(asked, ["action=login", "action=waitevent", "action=waitevent", "action=logoff"]);
}

/// A web server that refuses the login.
#[test]
fn http_poll_with_a_wrong_secret() {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
    let address = server.server_addr().to_ip().expect("an address").to_string();
    let web = std::thread::spawn(move || {
        let request = server.recv_timeout(BOUND).expect("a server").expect("a request");
        let body = "Response: Error\r\nMessage: Authentication failed\r\n\r\n";
        request.respond(tiny_http::Response::from_string(body)).expect("an answer");
    });
    let (code, stdout, stderr) = run(command(HTTP_POLL).args([&address, "--secret", "wr0ng"]));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("refused") && !stderr.contains("wr0ng"), "{stderr}");
    web.join().expect("the web server");
}
