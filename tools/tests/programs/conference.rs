//! Invariant: `conference` sends to each of the four servers what it prints, and prints what they
//! answer.
//!
//! The servers are as small as can be: each takes one connection after the other until it has
//! answered what it was made to.

use super::{command, listening, run};
use ami_testkit::programs::{BOUND, Running, all, read};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread::JoinHandle;

/// FreeSWITCH's event socket, with the replies that 1.11.2 gave. Gives the commands that it was
/// sent.
pub(super) fn event_socket(reply: &'static str) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let server = std::thread::spawn(move || {
        let (socket, _) = listener.accept().expect("a client");
        socket.set_read_timeout(Some(BOUND)).expect("a bound");
        let (mut lines, mut out) = (BufReader::new(socket.try_clone().expect("a socket")), socket);
        out.write_all(b"Content-Type: auth/request\n\n").expect("a greeting");
        let mut commands = Vec::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).expect("a line") == 0 {
                return commands;
            }
            let answer = match line.trim_end() {
                "" => continue,
                "auth ClueCon" => "Content-Type: command/reply\nReply-Text: +OK accepted\n\n".to_string(),
                "exit" => {
                    let bye = "Content-Type: command/reply\nReply-Text: +OK bye\n\n\
                        Content-Type: text/disconnect-notice\nContent-Length: 67\n\n\
                        Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";
                    out.write_all(bye.as_bytes()).expect("a client that listens");
                    return commands;
                }
                api if api.starts_with("api ") => {
                    commands.push(api.to_string());
                    format!("Content-Type: api/response\nContent-Length: {}\n\n{reply}", reply.len())
                }
                _ => "Content-Type: command/reply\nReply-Text: -ERR invalid\n\n".to_string(),
            };
            out.write_all(answer.as_bytes()).expect("a client that listens");
        }
    });
    (address, server)
}

/// The service of sipXecs: wants the digest of user 400 with PIN 123, and gives this for it.
fn service(reply: &'static str) -> (String, JoinHandle<Vec<String>>) {
    web(2, move |request| {
        let header = request.headers().iter().find(|header| header.field.equiv("Authorization"));
        let Some(header) = header.map(|header| header.value.as_str()) else {
            return (401, String::new(), Some(r#"Digest realm="sipXecs", qop="auth", nonce="abc", algorithm=MD5"#));
        };
        let value = |name: &str| {
            let (_, rest) = header.split_once(&format!("{name}=")).expect("a parameter");
            rest.split([',', ' ']).next().expect("a value").trim_matches('"').to_string()
        };
        let hash = |text: String| {
            use md5::Digest as _;
            let hash: Vec<_> = md5::Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            hash.concat()
        };
        // RFC 2617.
        let a1 = hash(format!("{}:sipXecs:123", value("username")));
        let a2 = hash(format!("{}:{}", request.method(), request.url()));
        let proof = hash(format!("{a1}:abc:{}:{}:auth:{a2}", value("nc"), value("cnonce")));
        assert_eq!(value("uri"), request.url());
        if value("username") == "400" && value("response") == proof {
            (200, format!("<command-response>{reply}</command-response>\n"), None)
        } else {
            (403, "<command-exception>User is not owner of this conference</command-exception>\n".to_string(), None)
        }
    })
}

/// Kazoo: wants a token.
pub(super) fn crossbar(status: u16, reply: &'static str) -> (String, JoinHandle<Vec<String>>) {
    web(1, move |request| {
        let known =
            request.headers().iter().any(|header| header.field.equiv("X-Auth-Token") && header.value == "t0ken");
        if known {
            (status, reply.to_string(), None)
        } else {
            (401, r#"{"status": "error", "error": "401", "message": "invalid_credentials"}"#.to_string(), None)
        }
    })
}

/// A web server that answers so many requests, and gives them as method, target and body.
fn web(
    requests: usize,
    answer: impl Fn(&tiny_http::Request) -> (u16, String, Option<&'static str>) + Send + 'static,
) -> (String, JoinHandle<Vec<String>>) {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", server.server_addr().to_ip().expect("an address"));
    let handle = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for _ in 0..requests {
            let mut request = server.recv_timeout(BOUND).expect("a server").expect("a request in time");
            let mut body = String::new();
            request.as_reader().read_to_string(&mut body).expect("a body");
            let (status, text, challenge) = answer(&request);
            seen.push(format!("{} {} {body}", request.method(), request.url()).trim_end().to_string());
            let mut response = tiny_http::Response::from_string(text).with_status_code(status);
            if let Some(challenge) = challenge {
                response.add_header(tiny_http::Header::from_bytes("WWW-Authenticate", challenge).expect("a header"));
            }
            request.respond(response).expect("a client that listens");
        }
        seen
    });
    (address, handle)
}

/// Runs `conference`, which should do well.
fn prints(args: &[&str]) -> String {
    let (code, stdout, stderr) = run("conference", args);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "conference {args:?} printed {stdout}");
    stdout
}

/// Runs it where it should not.
fn fails(args: &[&str]) -> String {
    let (code, stdout, stderr) = run("conference", args);
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "conference {args:?}");
    stderr
}

/// What the README shows.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(ami_testkit::root().join("README.md")).expect("the README");
    let (_, section) = readme.split_once("## Conference control").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("its end");
    let mut ran = 0;
    for block in section.split("```").skip(1).step_by(2) {
        let mut lines = block.lines().skip(1).peekable();
        while let Some(line) = lines.next() {
            let Some(args) = line.strip_prefix("$ conference ") else { continue };
            let mut expected = String::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                expected.extend([line, "\n"]);
            }
            let args: Vec<_> = args.split(' ').collect();
            let (_, stdout, stderr) = run("conference", &args);
            let printed = (stdout + &stderr).replace('\r', "");
            assert_eq!(printed.trim_end(), expected.trim_end(), "{line}");
            ran += 1;
        }
    }
    assert_eq!(ran, 12, "three commands in four dialects");
}

#[test]
fn freeswitch_is_asked_and_its_answer_shown() {
    let (address, server) = event_socket("+OK mute 3\n");
    let args = ["--dialect", "freeswitch", "--secret", "ClueCon", "--send", &address, "mute", "room", "3"];
    assert_eq!(prints(&args), "done\n");
    assert_eq!(server.join().expect("a server"), ["api conference room mute 3"]);

    let list = "3>,<loopback/a>,<uuid-3>,<Carol; \"Q\">,<1003>,<hear|speak|talking|floor>,<0>,<0>,<100\n\
        1>,<loopback/b>,<uuid-1>,<Bob>,<1001>,<hear|moderator>,<0>,<0>,<100\n";
    let (address, server) = event_socket(list);
    let args = ["--dialect", "freeswitch", "--secret", "ClueCon", "--send", &address, "list", "room"];
    let table = prints(&args);
    assert!(table.contains("| 3  | Carol; \"Q\" | 1003   | no    | no   | yes     | yes   | no        |"), "{table}");
    assert!(table.contains("| 1  | Bob        | 1001   | yes   | no   | no      | no    | yes       |"), "{table}");
    assert_eq!(server.join().expect("a server"), ["api conference room list delim >,<"]);

    let (address, server) = event_socket("-ERR Conference room not found\n");
    let args = ["--dialect", "freeswitch", "--secret", "ClueCon", "--send", &address, "lock", "room"];
    assert_eq!(fails(&args), "conference: refused: Conference room not found\n");
    assert!(server.join().is_ok());
}

#[test]
fn sipxecs_is_asked_with_digest_and_its_refusal_told() {
    let path = "/sipxconfig/rest/my/conference/Conf400/mute&3";
    let sent = |secret: &str| {
        let (address, server) = service("OK mute 3\n");
        let args = ["--dialect", "sipxecs", "--user", "400", "--secret", secret, "--send", &address];
        let ran = run("conference", args.into_iter().chain(["mute", "Conf400", "3"]));
        assert_eq!(server.join().expect("a server"), [format!("GET {path}"), format!("GET {path}")]);
        ran
    };
    assert_eq!(sent("123"), (Some(0), "done\n".to_string(), String::new()));
    let refused = "conference: refused: User is not owner of this conference\n".to_string();
    assert_eq!(sent("999"), (Some(1), String::new(), refused));
}

#[test]
fn kazoo_is_asked_over_http_with_a_token() {
    let args = |address: &str| {
        let args = ["--dialect", "kazoo", "--account", "A", "--secret", "t0ken", "--send", address, "lock", "c1"];
        args.map(str::to_string)
    };
    let (address, server) = crossbar(202, r#"{"data": "ok", "status": "success"}"#);
    let (code, stdout, stderr) = run("conference", args(&address));
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "done\n", ""));
    let [asked] = &server.join().expect("a server")[..] else { panic!("one request") };
    // Another request than the one before it, which is answered with 304 otherwise.
    let rest = asked.strip_prefix("PUT /v2/accounts/A/conferences/c1?random=").expect(asked);
    assert_eq!(rest.trim_start_matches(|c: char| c.is_ascii_digit()), r#" {"data": {"action": "lock"}}"#);

    let (address, server) = crossbar(304, "");
    let (code, stdout, _) = run("conference", args(&address));
    assert_eq!((code, stdout.as_str()), (Some(0), "nothing to do\n"));
    assert!(server.join().is_ok());

    let (address, server) = crossbar(400, include_str!("../../../corpus/kazoo/error_faulty_request.json"));
    let (code, _, stderr) = run("conference", args(&address));
    assert_eq!((code, stderr.as_str()), (Some(1), "conference: refused: faulty_request\n"));
    assert!(server.join().is_ok());
}

#[test]
fn confbridge_is_listed_and_moderated() {
    let (_mock, address) = listening("mock", &["127.0.0.1:0", "--every", "10"]);
    let args = |words: &[&'static str]| {
        let options = ["--dialect", "confbridge", "--secret", "s3cret", "--send", &address].map(str::to_string);
        options.into_iter().chain(words.iter().map(|word| (*word).to_string())).collect::<Vec<_>>()
    };
    let (code, table, _) = run("conference", args(&["list", "room"]));
    assert_eq!(code, Some(0));
    assert!(table.contains("| PJSIP/100-00000001 | Ann  | 100    | no    |"), "{table}");
    let (code, stdout, _) = run("conference", args(&["mute", "room", "PJSIP/100-00000001"]));
    assert_eq!((code, stdout.as_str()), (Some(0), "done\n"));
    // The phone is left to ring.
    let (code, stdout, stderr) = run("conference", args(&["dial", "room", "PJSIP/100"]));
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "done\n", ""));
    // It is waited for.
    let (code, stdout, stderr) = run("conference", args(&["dial", "room", "PJSIP/100", "--wait"]));
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "done\n", ""));
    let (code, _, stderr) = run("conference", args(&["dial", "room", "PJSIP/busy", "--wait"]));
    assert_eq!((code, stderr.as_str()), (Some(1), "conference: refused: Busy\n"));
    let (code, _, stderr) = run("conference", args(&["lock", "room"]));
    assert_eq!((code, stderr.as_str()), (Some(1), "conference: refused: Invalid/unknown command\n"));
}

/// `conference --dialect kazoo list < answer.json`
#[test]
fn an_answer_that_was_kept() {
    let listed = |dialect: &str, answer: &[u8]| {
        let mut command = command("conference");
        let command = command.args(["--dialect", dialect, "list"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Running(command.spawn().expect("the example starts"));
        child.0.stdin.take().expect("a pipe").write_all(answer).expect("a reader");
        let stdout = read(child.0.stdout.take().expect("a pipe"), all);
        let stdout = stdout.recv_timeout(BOUND).expect("its end in time");
        assert_eq!(child.0.wait().expect("the example ends").code(), Some(0));
        stdout
    };
    let table = listed("kazoo", include_bytes!("../../../corpus/kazoo/reference_document.json"));
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(
        table.lines().last().is_some_and(|line| line.starts_with("| 1 ") && line.ends_with("| 10      |")),
        "{table}"
    );
    let table = listed("confbridge", include_bytes!("../../../corpus/reference/000_ConfbridgeList.answer.ami"));
    assert!(table.contains("| SIP/malcolm-00000000 | malcolm | malcolm |"), "{table}");
    let table = listed("freeswitch", b"-ERR no reply\n");
    assert_eq!(table.lines().count(), 2, "{table}");
}

#[test]
fn secrets_and_what_there_is_not() {
    let pin = ["set-pin", "room", "98765"];
    for dialect in ["freeswitch", "sipxecs"] {
        let args = |flags: &[&'static str]| [&["--dialect", dialect], flags, &pin].concat();
        let masked = prints(&args(&[]));
        assert!(masked.contains("***") && !masked.contains("98765"), "{masked}");
        assert!(prints(&args(&["--show-secrets"])).contains("98765"));
    }
    let error = fails(&["--dialect", "kazoo", "say", "room", "hello"]);
    assert_eq!(error, "conference: Kazoo has no such say: play a sound that says it\n");
    let error = fails(&["--dialect", "sipxecs", "dial", "room", "sofia/gateway/gw/100"]);
    assert!(error.starts_with("conference: ") && error.contains('/'), "{error}");
}
