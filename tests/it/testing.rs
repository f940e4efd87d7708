//! Invariant: a world to test in does what its settings say, the same each time, and takes no time.

use ami_proto::action::{CoreShowChannels, CoreStatus, Custom, MailboxCount, Originate, Status};
use ami_proto::client::{Client, ClientEvent, Config, Credentials};
use ami_proto::conn::{Backoff, Machine};
use ami_proto::freeswitch::{self, Connection, ConnectionEvent};
use ami_proto::server::{self, Server};
use ami_proto::testing::{ByteScript, Link, ServerScript};
use ami_proto::value::Classes;
use ami_proto::{ConnectionError, Limits};
use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::peer::{quiet, words};

const SECOND: Duration = Duration::from_secs(1);

fn server(link: &Link) -> Server {
    Server::new(link.now(), server::Config::new().fully_booted(false))
}

/// A client that has begun to log in.
fn client(link: &Link, config: Config) -> Client {
    let mut client = Client::new(config).seeded(7);
    client.login(link.now(), Credentials::plain("u", "s3cret")).unwrap();
    client
}

/// Turns until nothing happens; gives what the client tells, each with the milliseconds since the
/// start.
fn run(link: &mut Link, client: &mut Client, far: &mut impl Machine) -> Vec<(u128, String)> {
    let start = link.now();
    let mut told = Vec::new();
    loop {
        let more = link.turn(client, far);
        loop {
            let said = match client.poll_event() {
                Ok(Some(event)) => words(event),
                Ok(None) => break,
                Err(error) if told.last().is_none_or(|(_, last): &(_, String)| !last.starts_with("over")) => {
                    format!("over: {error}")
                }
                Err(_) => break,
            };
            told.push(((link.now() - start).as_millis(), said));
        }
        if !more {
            return told;
        }
    }
}

fn said(told: &[(u128, String)]) -> Vec<&str> {
    told.iter().map(|(_, said)| said.as_str()).collect()
}

/// Returns how many bytes can be read now, or why none.
fn read(link: &mut Link, len: usize) -> Result<usize, ErrorKind> {
    link.near().read(&mut vec![0; len]).map_err(|error| error.kind())
}

#[test]
fn a_link_carries_all_at_once_unless_told_otherwise() {
    let mut link = Link::new();
    assert_eq!(read(&mut link, 9), Err(ErrorKind::WouldBlock));
    link.far().write_all(b"one").unwrap();
    link.far().write_all(b"two").unwrap();
    assert_eq!((link.far().written(), read(&mut link, 4), read(&mut link, 4)), (6, Ok(4), Ok(2)));
    assert_eq!(link.near().received(), b"onetwo");
    assert_eq!(link.near().written(), 0);
}

#[test]
fn latency_and_stalls() {
    let mut link = Link::new().latency(2 * SECOND);
    link.far().write_all(b"abc").unwrap();
    link.pass(SECOND);
    link.far().write_all(b"def").unwrap();
    assert_eq!(read(&mut link, 9), Err(ErrorKind::WouldBlock));
    link.pass(SECOND);
    assert_eq!((read(&mut link, 9), read(&mut link, 9)), (Ok(3), Err(ErrorKind::WouldBlock)));
    // From the fourth byte on nothing comes for a minute, and from the fifth on for another.
    link.near().stall_after(4, 60 * SECOND);
    link.near().stall_after(5, 60 * SECOND);
    link.pass(SECOND);
    assert_eq!((read(&mut link, 9), read(&mut link, 9)), (Ok(1), Err(ErrorKind::WouldBlock)));
    link.pass(59 * SECOND);
    assert_eq!(read(&mut link, 9), Err(ErrorKind::WouldBlock));
    link.pass(SECOND);
    assert_eq!((read(&mut link, 9), read(&mut link, 9)), (Ok(1), Err(ErrorKind::WouldBlock)));
    link.pass(60 * SECOND);
    assert_eq!(read(&mut link, 9), Ok(1));
}

#[test]
fn pieces_are_of_any_length_up_to_the_most() {
    let mut lengths = [0; 8];
    let mut link = Link::new().pieces(7).seeded(3);
    for _ in 0..1000 {
        lengths[link.far().write(&[0; 100]).unwrap()] += 1;
        while let Ok(n) = read(&mut link, 100) {
            lengths[n] += 1;
        }
    }
    assert!(lengths[0] == 0 && lengths[1..].iter().all(|count| *count > 100), "{lengths:?}");
    // After a write that was short the end is full, for that moment.
    let mut end = link.far();
    while end.write(b"0123456789").unwrap() == 10 {}
    assert_eq!(end.write(b"x").unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(link.far().write(b"x").is_ok());
}

#[test]
fn what_is_not_read_fills_the_window() {
    let mut link = Link::new().window(10);
    assert_eq!((link.far().write(&[0; 8]).unwrap(), link.far().write(&[0; 8]).unwrap()), (8, 2));
    assert_eq!(link.far().write(b"x").unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(read(&mut link, 3), Ok(3));
    assert_eq!(link.far().write(b"12345").unwrap(), 3);
    // Such a client is dropped, and that by anything that it was sent.
    let mut link = Link::new().window(100);
    let mut server = Server::new(link.now(), server::Config::new().ceiling(1000));
    while server.poll_event().is_ok_and(|event| event.is_none()) {
        server.raw(&[b'x'; 50]);
        server.exchange(&mut link.far(), Instant::now).unwrap();
    }
    assert_eq!(server.poll_event().unwrap_err(), ConnectionError::NotRead { max: 1000 });
    assert_eq!(link.far().written(), 100);
}

#[test]
fn a_side_that_closes_is_heard_to_the_end() {
    let mut link = Link::new().latency(SECOND);
    link.far().write_all(b"bye").unwrap();
    link.far().close();
    // It isn't known yet.
    assert!(link.near().write(b"x").is_ok());
    link.pass(SECOND);
    assert_eq!(link.near().write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert_eq!((read(&mut link, 9), read(&mut link, 9), read(&mut link, 9)), (Ok(3), Ok(0), Ok(0)));
    assert_eq!(link.far().write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    link.connect_again();
    link.far().write_all(b"again").unwrap();
    link.pass(SECOND);
    assert_eq!((read(&mut link, 9), link.near().received()), (Ok(5), &b"again"[..]));
}

#[test]
fn a_cut_loses_what_is_under_way() {
    let mut link = Link::new();
    link.near().cut_after(4);
    link.far().write_all(b"123456").unwrap();
    assert_eq!((read(&mut link, 3), link.is_cut(), read(&mut link, 3)), (Ok(3), false, Ok(1)));
    assert!(link.is_cut());
    assert_eq!(read(&mut link, 3), Err(ErrorKind::ConnectionReset));
    for mut end in [Link::near, Link::far].map(|end| end(&mut link).write(b"x").unwrap_err().kind()) {
        assert_eq!(std::mem::replace(&mut end, ErrorKind::Other), ErrorKind::BrokenPipe);
    }
}

/// The server of the next three tests.
fn script(link: &Link) -> ServerScript {
    ServerScript::new(server(link))
        .on("CoreStatus", |asked| asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "0")]))
        .on("CoreStatus", |asked| asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "3")]))
        .on("CoreShowChannels", |asked| {
            let list = asked.server.list(asked.id, "Channels will follow")?;
            list.item("CoreShowChannel", [("Channel", "x")])?.complete("CoreShowChannelsComplete")
        })
        .on("originate", |asked| {
            asked.server.respond(asked.id, "Success", [("Message", "queued")])?;
            let id = asked.request.get("ActionID").unwrap_or_default();
            asked.server.event(Classes::CALL, "OriginateResponse", [("ActionID", id)])?;
            Ok(())
        })
        .on("MailboxCount", |_| Ok(()))
}

fn ask(client: &mut Client, link: &Link) {
    let now = link.now();
    client.send(now, &CoreStatus::new()).unwrap();
    client.send(now, &CoreShowChannels::new()).unwrap();
    client.send(now, &Originate::new("x").asynchronous(true)).unwrap();
    client.send(now, &MailboxCount::new("1")).unwrap();
    client.send(now, &Custom::new("Nonsense")).unwrap();
}

#[test]
fn a_server_answers_by_its_script() {
    let mut link = Link::new().latency(SECOND);
    let (mut pbx, mut client) = (script(&link), client(&link, quiet()));
    run(&mut link, &mut client, &mut pbx);
    assert!(client.is_logged_in());
    ask(&mut client, &link);
    let told = run(&mut link, &mut client, &mut pbx);
    let expected = [
        (2000, "reply"),
        (2000, "started"),
        (2000, "item CoreShowChannel"),
        (2000, "list 1"),
        (2000, "started"),
        (2000, "outcome OriginateResponse"),
        (2000, "refused"),
        (30_000, "timed out Sent"),
    ];
    assert_eq!(told.iter().map(|(time, said)| (*time, said.as_str())).collect::<Vec<_>>(), expected);
    let mut names = Vec::new();
    while let Ok(Some(asked)) = pbx.poll_event() {
        names.push(asked.view().name().unwrap().to_string());
    }
    assert_eq!(names[..2], ["Login", "CoreStatus"]);
    assert_eq!(names.len(), 6);
    // An event, and a goodbye.
    pbx.server.event(Classes::CALL, "Hangup", [("Channel", "x")]).unwrap();
    assert_eq!(said(&run(&mut link, &mut client, &mut pbx)), ["event Hangup"]);
    client.close(link.now());
    assert_eq!(run(&mut link, &mut client, &mut pbx), [(2000, "closed".to_owned())]);
    assert!(pbx.is_over());
}

/// A server hands no request out while too much of what it said is unsent; its script answers those
/// once it is sent, though nothing more arrives.
#[test]
fn a_script_answers_what_its_server_held_back() {
    let mut link = Link::new().window(50);
    let config = server::Config::new().fully_booted(false).ceiling(2000);
    let mut pbx = ServerScript::new(Server::new(link.now(), config)).on("CoreStatus", |asked| {
        let text = "x".repeat(900);
        asked.server.respond(asked.id, "Success", [("Message", text.as_str())])
    });
    let mut client = client(&link, quiet());
    run(&mut link, &mut client, &mut pbx);
    for _ in 0..9 {
        client.send(link.now(), &CoreStatus::new()).unwrap();
    }
    let start = link.now();
    assert_eq!(said(&run(&mut link, &mut client, &mut pbx)), ["reply"; 9]);
    assert!(link.now() < start + SECOND, "nothing waited for a deadline");
}

#[test]
fn a_server_lets_in_who_knows_the_secret_or_whom_a_rule_names() {
    for (script, expected) in [
        ((|script, secret| script.secret(secret)) as fn(ServerScript, &str) -> ServerScript, true),
        (|script, _| script.secret("other"), false),
        (|script, _| script.on("Login", |asked| Ok(asked.server.refuse_in_use(asked.now, asked.id)?)), false),
    ] {
        let mut link = Link::new();
        let mut pbx = script(ServerScript::new(server(&link)), "s3cret");
        let mut client = client(&link, quiet());
        let told = run(&mut link, &mut client, &mut pbx);
        assert_eq!(client.is_logged_in(), expected, "{told:?}");
        if !expected {
            // After a second, as Asterisk does.
            assert_eq!(told[1], (1000, "login refused".to_owned()));
        }
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    let session = |seed: u64| {
        let mut link = Link::new().latency(Duration::from_millis(30)).pieces(20).seeded(seed);
        link.near().stall_after(100, SECOND);
        let (mut pbx, mut client) = (script(&link), client(&link, quiet()));
        let mut told = run(&mut link, &mut client, &mut pbx);
        ask(&mut client, &link);
        told.extend(run(&mut link, &mut client, &mut pbx));
        (told, format!("{link:?}"))
    };
    let runs: Vec<_> = (0..10).map(session).collect();
    for (seed, run) in (0..).zip(&runs) {
        assert_eq!(session(seed), *run);
        assert_eq!(said(&run.0), said(&runs[0].0), "the pieces make no difference");
    }
}

/// Hours go by in no time: a minute without a word, and a sign of life.
#[test]
fn a_day_of_signs_of_life() {
    let mut link = Link::new().lasts(2 * 24 * 3600 * SECOND);
    let (mut pbx, start) = (ServerScript::new(server(&link)), link.now());
    let mut client = client(&link, Config::new().keep_alive(60 * SECOND, 10 * SECOND));
    while link.now() <= start + 24 * 3600 * SECOND && link.turn(&mut client, &mut pbx) {
        while client.poll_event().unwrap().is_some() {}
    }
    assert_eq!(std::iter::from_fn(|| pbx.poll_event().unwrap()).count(), 1 + 24 * 60);
    // Nothing comes any more, not even the answer to the last one.
    let arrived = link.near().received().len();
    link.near().stall_after(arrived, 3600 * SECOND);
    let told = run(&mut link, &mut client, &mut pbx);
    assert_eq!(told, [(10_000, "over: no sign of life from the peer".to_owned())]);
}

/// Signs of life would go on for ever, and each run of turns comes to its end.
#[test]
fn a_run_lasts_an_hour_unless_told_otherwise() {
    for (link, seconds) in [(Link::new(), 3600), (Link::new().lasts(600 * SECOND), 600)] {
        let mut link = link.latency(SECOND);
        let mut pbx = ServerScript::new(server(&link));
        let mut client = client(&link, Config::new());
        assert_eq!(said(&run(&mut link, &mut client, &mut pbx)), ["connected", "logged in", "ready"]);
        for _ in 0..3 {
            let start = link.now();
            client.send(start, &CoreStatus::new()).unwrap();
            // Asked for no more than that, and answered after a second each way.
            let told = run(&mut link, &mut client, &mut pbx);
            assert_eq!((told.len(), told[0].0), (1, 2000));
            let passed = (link.now() - start).as_secs();
            assert!((seconds - 70..=seconds).contains(&passed), "{passed}");
        }
    }
}

#[test]
fn a_script_with_a_new_server_has_no_old_error() {
    let now = Instant::now();
    let short = || Server::new(now, server::Config::new().limits(Limits::new().line(64)));
    let mut pbx = ServerScript::new(short());
    let _ = pbx.handle_input(now, &[b'x'; 100]);
    assert!(matches!(pbx.poll_event(), Err(ConnectionError::Frame(_))) && pbx.is_over());
    pbx.server = short();
    assert!(matches!(pbx.poll_event(), Ok(None)));
}

/// A server that is restarted each quarter of an hour, and is down for five minutes then.
#[test]
fn a_client_comes_back_after_each_restart() {
    let mut link = Link::new().latency(SECOND / 50).pieces(50).seeded(5).lasts(2 * 3600 * SECOND);
    let mut pbx = ServerScript::new(server(&link));
    let mut client = Client::new(Config::new().keep_alive(60 * SECOND, 10 * SECOND)).seeded(1);
    let mut backoff = Backoff::default().seeded(1);
    let start = link.now();
    let (mut logins, mut attempts, mut restarts) = (0, 0, 0);
    client.login(link.now(), Credentials::plain("u", "s")).unwrap();
    while link.now() < start + 3600 * SECOND {
        let since = (link.now() - start).as_secs();
        let is_up = since % 900 >= 300;
        if !is_up && !link.is_cut() {
            restarts += 1;
            link.cut();
        }
        assert!(link.turn(&mut client, &mut pbx), "signs of life never end");
        while let Ok(Some(event)) = client.poll_event() {
            if let ClientEvent::LoggedIn(_) = event {
                logins += 1;
                backoff.accepted(link.now());
            }
        }
        if client.is_over() {
            attempts += 1;
            link.pass(backoff.lost(link.now()));
            link.connect_again();
            pbx.server = server(&link);
            client.reconnect().unwrap();
            client.login(link.now(), Credentials::plain("u", "s")).unwrap();
        }
    }
    assert!(client.is_logged_in());
    assert_eq!(logins, 4);
    assert!(restarts > 4, "attempts fail as well: {restarts}");
    assert!((4 * 10..=4 * 40).contains(&attempts), "{attempts} attempts in four times five minutes");
}

/// FreeSWITCH, with one command of each kind.
fn freeswitch() -> ByteScript {
    ByteScript::new("Content-Type: auth/request\n\n")
        .on("auth ClueCon\n\n", "Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
        .on("api status\n\n", "Content-Type: api/response\nContent-Length: 3\n\nUP\n")
        .on("\nevent plain BACKGROUND_JOB\n\n", "Content-Type: command/reply\nReply-Text: +OK event listener\n\n")
        .answering("Job-UUID: ", |_| Vec::new())
        .closing_on("exit\n\n", "Content-Type: command/reply\nReply-Text: +OK bye\n\n")
}

fn log_in(link: &mut Link, connection: &mut Connection, peer: &mut ByteScript) -> Vec<String> {
    connection.login(link.now(), freeswitch::Credentials::password("ClueCon")).unwrap();
    told(link, connection, peer)
}

fn told(link: &mut Link, connection: &mut Connection, peer: &mut ByteScript) -> Vec<String> {
    let mut told = Vec::new();
    while link.turn(connection, peer) {
        while let Ok(Some(event)) = connection.poll_event() {
            told.push(match event {
                ConnectionEvent::LoggedIn(_) => "logged in".to_owned(),
                ConnectionEvent::Ended { ending, .. } => ending.to_string(),
                ConnectionEvent::Closed => "closed".to_owned(),
                other => format!("{other:?}"),
            });
        }
    }
    told
}

#[test]
fn freeswitch_by_a_script() {
    let mut link = Link::new().pieces(5);
    let (mut connection, mut peer) = (Connection::new(freeswitch::Config::new().without_keep_alive()), freeswitch());
    assert_eq!(log_in(&mut link, &mut connection, &mut peer), ["logged in"]);
    connection.api(link.now(), "status").unwrap();
    assert_eq!(told(&mut link, &mut connection, &mut peer), ["answered"]);
    connection.api(link.now(), "nothing").unwrap();
    assert_eq!(told(&mut link, &mut connection, &mut peer)[0], "timed out before it was answered");
    connection.close(link.now());
    assert!(connection.is_over());
}

#[test]
fn freeswitch_is_cut_off_at_any_byte() {
    let session = |cut: &dyn Fn(&mut Link)| {
        let mut link = Link::new().pieces(9);
        cut(&mut link);
        let (mut connection, mut peer) =
            (Connection::new(freeswitch::Config::new().without_keep_alive()), freeswitch());
        let mut all = log_in(&mut link, &mut connection, &mut peer);
        let mut sent = 0;
        if connection.is_logged_in() {
            sent = 2;
            connection.api(link.now(), "status").unwrap();
            connection.api(link.now(), "status").unwrap();
            all.extend(told(&mut link, &mut connection, &mut peer));
        }
        (link, connection, all, sent)
    };
    let (mut link, ..) = session(&|_| {});
    let [there, back] = [link.far().received().len(), link.near().received().len()];
    assert!(there > 30 && back > 100);
    let cuts = (0..there).map(|at| (true, at)).chain((0..back).map(|at| (false, at)));
    for (to_far, at) in cuts {
        let cut = |link: &mut Link| if to_far { link.far().cut_after(at) } else { link.near().cut_after(at) };
        let (mut link, mut connection, all, sent) = session(&cut);
        assert!(link.is_cut() && connection.is_over(), "{to_far} {at}: {all:?}");
        let endings = all.iter().filter(|told| *told == "answered" || told.starts_with("connection lost")).count();
        assert_eq!(endings, sent, "{to_far} {at}: {all:?}");
        let report = connection.reconnect().unwrap();
        let asked = link.far().received().windows(12).filter(|part| part == b"api status\n\n").count();
        let may_be_sent_again = report.unanswered.iter().filter(|request| request.never_reached_server()).count();
        // What reached the server is not among them.
        assert!(may_be_sent_again <= sent - asked.min(sent), "{to_far} {at}: {report:?}");
        link.connect_again();
        assert_eq!(log_in(&mut link, &mut connection, &mut freeswitch()), ["logged in"]);
    }
}

/// Bytes by a rule: the first place in the stream counts, not the order of the rules.
#[test]
fn bytes_are_answered_in_the_order_in_which_they_come() {
    let mut link = Link::new().pieces(1);
    let mut peer = ByteScript::new("hello")
        .on("two", "2")
        .on("one", "1")
        .answering("echo;", |heard| heard.to_vec())
        .closing_on("end", "!");
    let mut near = Link::new();
    near.pass(SECOND);
    for byte in b"one and two, two echo;one end one" {
        link.near().write_all(&[*byte]).unwrap();
        while peer.exchange(&mut link.far(), || near.now()).unwrap() {}
    }
    while read(&mut link, 9).is_ok_and(|n| n > 0) {}
    assert_eq!(link.near().received(), b"hello122 echo;1!");
    assert!(peer.is_over() && !peer.wants_input());
    let heard: Vec<_> = std::iter::from_fn(|| peer.poll_event().unwrap()).collect();
    assert_eq!(heard[..2], [b"one".to_vec(), b" and two".to_vec()]);
    peer.say("nothing");
    assert_eq!(peer.poll_transmit(), None);
}

/// Servers that break the protocol, byte by byte.
#[test]
fn a_client_and_a_peer_that_misbehaves() {
    let greeting = "Asterisk Call Manager/11.0.0\r\n";
    let cases: [(ByteScript, &str, bool); 4] = [
        (ByteScript::new(greeting).closing_on("Login", ""), "the peer closed the connection", true),
        (ByteScript::new([b'x'; 1 << 20]), "", false),
        (ByteScript::new(""), "the peer has not greeted", false),
        (ByteScript::new("SSH-2.0-OpenSSH_9.6\r\n"), "the peer speaks SSH", false),
    ];
    for (mut peer, expected, asked) in cases {
        let mut link = Link::new();
        let mut client = client(&link, quiet());
        let told = run(&mut link, &mut client, &mut peer);
        assert!(told.last().unwrap().1.starts_with(&format!("over: {expected}")), "{told:?}");
        // A peer that is no manager interface hears no secret.
        assert_eq!(!link.far().received().is_empty(), asked, "{told:?}");
    }
}

/// A request is safe to send again where the server has never read it, or where it changes nothing.
#[test]
fn what_may_be_sent_again_after_a_lost_connection() {
    for (transmitted, expected) in [(true, [false, true, false, false]), (false, [true; 4])] {
        let mut link = Link::new();
        let (mut pbx, mut client) = (ServerScript::new(server(&link)), client(&link, quiet()));
        run(&mut link, &mut client, &mut pbx);
        let now = link.now();
        let ids = [
            client.send(now, &Originate::new("x").asynchronous(true)).unwrap().id(),
            client.send(now, &CoreStatus::new()).unwrap().id(),
            client.send(now, &Status::new()).unwrap().id(),
            client.send(now, &Custom::new("Nonsense")).unwrap().id(),
        ];
        while let Some(bytes) = client.poll_transmit().filter(|_| transmitted) {
            let n = bytes.len();
            client.transmitted(n);
        }
        link.cut();
        let error = client.exchange(&mut link.near(), || now).unwrap_err();
        assert_eq!(error.kind(), if transmitted { ErrorKind::ConnectionReset } else { ErrorKind::BrokenPipe });
        let mut endings = Vec::new();
        while let Ok(Some(event)) = client.poll_event() {
            let ClientEvent::Ended { id, ending } = event else { panic!("{event:?}") };
            assert_eq!(ending.never_reached_server(), !transmitted, "{ending}");
            endings.push(id);
        }
        assert_eq!(endings, ids);
        let unanswered = client.reconnect().unwrap().unanswered;
        assert!(unanswered.iter().all(|request| request.never_reached_server() != transmitted));
        assert_eq!(unanswered.iter().map(|request| request.is_safe_to_retry()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn what_the_catalogue_says_changes_nothing() {
    let reads = |name: &str| {
        let found = ami_proto::catalogue::actions().find(|action| action.name() == name);
        found.expect(name).is_read_only()
    };
    for name in ["Ping", "CoreStatus", "QueueStatus", "DBGet", "PJSIPShowEndpoint", "SIPpeers", "MailboxCount"] {
        assert!(reads(name), "{name}");
    }
    // Of the last three, two read functions of the dialplan, and one takes events away.
    for name in ["Originate", "Command", "DBDel", "PJSIPQualify", "Events", "Login", "Status", "Getvar", "WaitEvent"] {
        assert!(!reads(name), "{name}");
    }
    // One that reports later how it went has gone about something.
    for action in ami_proto::catalogue::actions().filter(|action| action.is_read_only()) {
        assert!(action.reply().outcome().is_none() || action.name() == "DataGet", "{}", action.name());
    }
}

/// The driver reads as much at once as it has room for.
#[test]
fn a_script_has_the_room_that_is_asked_for() {
    let mut peer = ByteScript::new("").on("four", "4");
    assert!(peer.space(0).is_some_and(|space| !space.is_empty()));
    for min in [1, 4, 1000] {
        assert!(peer.space(min).is_some_and(|space| space.len() >= min), "{min}");
    }
    let now = std::time::Instant::now();
    assert_eq!(peer.handle_input(now, b"one two four"), 12);
    assert_eq!(peer.poll_transmit(), Some(&b"4"[..]));
}
