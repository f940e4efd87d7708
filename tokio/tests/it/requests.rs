//! Requests: what each kind of them returns, and what is said of those that fail.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use ami_tokio::action::{CoreStatus, Custom, MailboxCount, Originate, QueuePause, Queues};
use ami_tokio::client::{Config, Ending, Reached};
use ami_tokio::value::{Classes, OriginateReason};
use ami_tokio::{Connector, Credentials, Error};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::task::JoinSet;

use crate::pbx::{Pbx, Script, connector, pbx, script};

#[tokio::test(start_paused = true)]
async fn a_response() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let status = ami.request(CoreStatus::new()).await.unwrap();
    assert_eq!(status.view().core_current_calls().unwrap(), 3);
    assert!(matches!(status.ending(), Ending::Reply(_)));
    assert_eq!(ami.held().requests, 0);
}

#[tokio::test(start_paused = true)]
async fn outcomes() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let call = |channel: &'static str| ami.originate(Originate::new(channel).application("Echo"));
    let (good, busy) = tokio::join!(call("PJSIP/1"), call("PJSIP/busy"));
    let (good, busy) = (good.unwrap(), busy.unwrap());
    assert!(good.is_success() && !busy.is_success());
    assert_eq!(busy.reason(), Some(OriginateReason::BUSY));
    assert_eq!(busy.to_string(), "outcome OriginateResponse: Failure; Busy");
    // As a plain request: the response is the first answer.
    let queued = ami.request(Originate::new("PJSIP/1").application("Echo").asynchronous(true)).await.unwrap();
    assert_eq!(queued.view().message().unwrap(), "Originate successfully queued");
    assert!(matches!(queued.ending(), Ending::Outcome(_)));
}

/// The mask leaves out the class of the outcome.
#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_seen() {
    let pbx = pbx(1);
    let ami = connector(&pbx).events(Classes::SYSTEM).connect().await.unwrap();
    let outcome = ami.originate(Originate::new("PJSIP/silent").application("Echo")).await.unwrap();
    assert!(outcome.event().is_none() && !outcome.is_success());
    assert!(outcome.to_string().starts_with("accepted"), "{outcome}");
}

#[tokio::test(start_paused = true)]
async fn a_command() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let output = ami.command("core show uptime").await.unwrap();
    assert_eq!(output.to_string(), "up\n 2 days\n");
}

#[tokio::test(start_paused = true)]
async fn text() {
    let say = || {
        script().on("Queues", |asked| {
            asked.server.raw(b"support has 0 calls\r\n   No Members\r\n\r\n");
            Ok(())
        })
    };
    let pbx = Arc::new(Pbx::new([Box::new(say) as Script<_>]));
    let ami = connector(&pbx).connect().await.unwrap();
    assert_eq!(ami.text(Queues::new()).await.unwrap().to_string(), "support has 0 calls\n   No Members\n");
    // What is answered by text is no response, and the other way round.
    let error = ami.request(Queues::new()).await.unwrap_err();
    assert_eq!(error.to_string(), "answered in another way than asked for: 1 paragraphs of text");
    let error = ami.text(CoreStatus::new()).await.unwrap_err();
    assert_eq!(error.to_string(), "answered in another way than asked for: answered");
    assert_eq!(ami.held().requests, 0);
}

#[tokio::test(start_paused = true)]
async fn a_refusal() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let error = ami.request(QueuePause::new("PJSIP/1", true)).await.unwrap_err();
    assert_eq!(error.to_string(), "refused: Interface not found");
    assert!(error.is_refused() && !error.is_safe_to_retry() && !error.never_reached_server());
}

#[tokio::test(start_paused = true)]
async fn a_timeout() {
    let pbx = pbx(1);
    let ami = connector(&pbx).response_timeout(Duration::from_secs(7)).connect().await.unwrap();
    let begun = tokio::time::Instant::now();
    let error = ami.request(MailboxCount::new("100")).await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 7);
    let ending = error.ending().unwrap().view();
    assert!(matches!(ending, Ending::TimedOut(Reached::Sent)), "{error}");
    // It reads and changes nothing.
    assert!(error.is_safe_to_retry() && !error.never_reached_server());
    let begun = tokio::time::Instant::now();
    ami.within(Duration::from_secs(2)).request(MailboxCount::new("100")).await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().await.unwrap();
    let error = ami.originate(Originate::new("PJSIP/1\r\nAction: Logoff")).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(_)) && error.is_safe_to_retry());
    assert!(error.to_string().contains("Channel"), "{error}");
    // The next one has nothing of it.
    ami.request(CoreStatus::new()).await.unwrap();
}

/// More requests than may be in flight wait for their turn.
#[tokio::test(start_paused = true)]
async fn more_than_may_be_in_flight() {
    for config in [Config::new().max_in_flight(3), Config::new().max_open(2), Config::new().ceiling(1500)] {
        let pbx = pbx(1);
        let ami = connector(&pbx).config(config).connect().await.unwrap();
        let mut all = JoinSet::new();
        for _ in 0..100 {
            let ami = ami.clone();
            all.spawn(async move { ami.request(CoreStatus::new()).await.is_ok() });
        }
        assert!(all.join_all().await.into_iter().all(|answered| answered));
        assert_eq!((ami.held().requests, ami.held().open), (0, 0));
    }
}

/// Threads that ask at once and give up at odd times: all that stays is answered, and nothing is
/// kept.
#[test]
fn many_tasks_on_many_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let pbx = pbx(1);
        let config = Config::new().max_in_flight(4).max_open(8);
        let ami = connector(&pbx).config(config).connect().await.unwrap();
        let mut all = JoinSet::new();
        for task in 0..50_u64 {
            let ami = ami.clone();
            all.spawn(async move {
                let mut answered = 0;
                for round in 0..40 {
                    let dropped = Duration::from_micros((task * 7 + round * 13) % 50);
                    if round % 2 == 0 {
                        let _ = tokio::time::timeout(dropped, ami.request(CoreStatus::new())).await;
                    } else {
                        let status = ami.request(CoreStatus::new()).await.unwrap();
                        answered += status.view().core_current_calls().unwrap();
                    }
                }
                answered
            });
        }
        assert_eq!(all.join_all().await, [60; 50]);
        assert_eq!((ami.held().requests, ami.held().open), (0, 0));
        ami.close().await;
    });
}

/// A request that never has room is refused, and holds up no other.
#[tokio::test(start_paused = true)]
async fn what_never_has_room() {
    let pbx = pbx(1);
    let ami = connector(&pbx).config(Config::new().ceiling(2000)).connect().await.unwrap();
    let huge =
        || Custom::new("Huge").header("A", "x".repeat(900)).header("B", "x".repeat(900)).header("C", "x".repeat(900));
    let (huge, small) = tokio::join!(ami.request(huge()), ami.request(CoreStatus::new()));
    assert!(matches!(huge.unwrap_err(), Error::NotSent(_)));
    small.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret() {
    let pbx = pbx(1);
    let with = Arc::clone(&pbx);
    let connector = Connector::new("pbx:5038", Credentials::md5("admin", "wr0ng"));
    let error = connector.over(move |_| std::future::ready(with.dial())).connect().await.unwrap_err();
    assert!(!error.is_temporary());
    let words = error.to_string();
    assert!(words.starts_with("pbx:5038: login refused: wrong user, wrong secret"), "{words}");
    assert!(words.ends_with("(the server says: Authentication failed)") && !words.contains("wr0ng"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn nobody_there() {
    let pbx = pbx(0);
    let error = connector(&pbx).connect().await.unwrap_err();
    assert_eq!((error.address(), error.is_temporary()), ("pbx:5038", true));
    assert_eq!(error.to_string(), "pbx:5038: connection refused");
    assert_eq!(*pbx.dialled.lock().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_is_never_made() {
    let connector = Connector::new("pbx:5038", Credentials::plain("admin", "s3cret"));
    let never = |_| std::future::pending::<std::io::Result<tokio::io::DuplexStream>>();
    let error = connector.over(never).connect().await.unwrap_err();
    assert_eq!(error.to_string(), "pbx:5038: no connection within 10s");
}

/// A login that can't be written is told, and is no reason to try again.
#[tokio::test(start_paused = true)]
async fn a_user_with_a_line_feed() {
    let pbx = pbx(1);
    let with = Arc::clone(&pbx);
    let connector = Connector::new("pbx:5038", Credentials::plain("ad\nmin", "s3cret"));
    let error = connector.over(move |_| std::future::ready(with.dial())).connect().await.unwrap_err();
    assert!(!error.is_temporary() && error.to_string().contains("Username"), "{error}");
}

/// The words of a server reach a log without what a terminal obeys.
#[tokio::test(start_paused = true)]
async fn a_refusal_in_odd_words() {
    let dial = |_| async {
        let (near, far) = tokio::io::duplex(1 << 12);
        tokio::spawn(async move {
            let (read, mut write) = tokio::io::split(far);
            write.write_all(b"Asterisk Call Manager/9.0.0\r\n").await.unwrap();
            let mut lines = BufReader::new(read).lines();
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some(id) = line.strip_prefix("ActionID: ") {
                    let answer = format!("Response: Error\r\nActionID: {id}\r\nMessage: no\u{1b}[2J\u{202e}\r\n\r\n");
                    write.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        Ok(near)
    };
    let error =
        Connector::new("pbx:5038", Credentials::plain("admin", "s3cret")).over(dial).connect().await.unwrap_err();
    let words = error.to_string();
    assert!(words.ends_with("(the server says: no\\u{1b}[2J\\u{202e})"), "{words}");
}

/// A PBX that notes the commands in their order; `CoreStatus` is answered by the test alone.
fn noting(commands: &Arc<Mutex<Vec<String>>>) -> Arc<Pbx> {
    let commands = Arc::clone(commands);
    let script = move || {
        let commands = Arc::clone(&commands);
        script().on("CoreStatus", |_| Ok(())).on("Command", move |asked| {
            commands.lock().unwrap().push(asked.request.get("Command").unwrap_or_default().to_string());
            asked.server.respond(asked.id, "Success", [("Output", "done")])
        })
    };
    Arc::new(Pbx::new([Box::new(script) as Script<_>]))
}

/// Those that wait for room are sent as they came, also past a caller that doesn't look: its future
/// stands in a `select!` whose other branch runs, say.
#[tokio::test(start_paused = true)]
async fn a_caller_that_does_not_look_holds_up_no_other() {
    let commands = Arc::default();
    let pbx = noting(&commands);
    let config = Config::new().max_in_flight(1).response_timeout(Duration::from_secs(5));
    let ami = connector(&pbx).config(config).connect().await.unwrap();
    let mut all: Vec<Pin<Box<dyn Future<Output = bool>>>> = Vec::new();
    // The first one has all the room there is, until its time has passed.
    let first = ami.clone();
    all.push(Box::pin(async move { first.request(CoreStatus::new()).await.is_ok() }));
    for number in 0..10 {
        let ami = ami.clone();
        all.push(Box::pin(async move { ami.command(number.to_string()).await.is_ok() }));
    }
    let mut cx = Context::from_waker(Waker::noop());
    assert!(all.iter_mut().all(|asked| asked.as_mut().poll(&mut cx).is_pending()));
    // Only the last one is looked at.
    assert!(all.pop().unwrap().await);
    assert_eq!(*commands.lock().unwrap(), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(ami.held().waiting, 0);
    drop(all);
    assert_eq!((ami.held().requests, ami.held().open), (0, 0));
}

/// Those that wait for a connection are sent as they came; of those that were dropped, none.
#[tokio::test(start_paused = true)]
async fn requests_that_wait_are_sent_in_their_order() {
    let commands = Arc::default();
    let pbx = noting(&commands);
    let dials = Arc::clone(&pbx);
    let late = move |_| {
        let pbx = Arc::clone(&dials);
        async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            pbx.dial()
        }
    };
    let ami = connector(&pbx).over(late).start();
    let mut all = JoinSet::new();
    let mut dropped: Vec<Pin<Box<dyn Future<Output = bool> + Send>>> = Vec::new();
    for number in 0..20 {
        let ami = ami.clone();
        let mut asked: Pin<Box<dyn Future<Output = bool> + Send>> =
            Box::pin(async move { ami.command(number.to_string()).await.is_ok() });
        assert!(asked.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        if number % 3 == 1 {
            dropped.push(asked);
        } else {
            all.spawn(asked);
        }
    }
    assert_eq!(ami.held().waiting, 20);
    drop(dropped);
    assert!(all.join_all().await.into_iter().all(|answered| answered));
    let expected: Vec<_> = (0..20).filter(|number| number % 3 != 1).map(|number| number.to_string()).collect();
    assert_eq!(*commands.lock().unwrap(), expected);
}

/// One that can never have room fails at once, also while others are open.
#[tokio::test(start_paused = true)]
async fn a_request_beyond_the_ceiling() {
    let pbx = pbx(1);
    let ami = connector(&pbx).config(Config::new().ceiling(4000)).connect().await.unwrap();
    let open = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(MailboxCount::new("100")).await.is_err() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begun = tokio::time::Instant::now();
    let headers = ["A", "B", "C", "D", "E"].into_iter();
    let huge = headers.fold(Custom::new("Huge"), |huge, name| huge.header(name, "x".repeat(900)));
    let error = ami.request(huge).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(_)), "{error}");
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert!(open.await.unwrap());
}
