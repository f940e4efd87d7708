//! Losses: what is said of requests and to readers, and what is as before on the next connection.

use std::io::{ErrorKind, Read as _, Write as _};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ami_proto::server::Server;
use ami_proto::testing::ServerScript;
use ami_tokio::action::{CoreStatus, Events, MailboxCount, Originate};
use ami_tokio::client::{Config, Ending, Reached};
use ami_tokio::conn::Backoff;
use ami_tokio::event::Hangup;
use ami_tokio::{Ami, Connector, Credentials, Error, Item, Reason};
use tokio::io::DuplexStream;

use crate::pbx::{connector, event, pbx, script};

fn backoff() -> Backoff {
    Backoff::new(Duration::from_secs(1), Duration::from_secs(8)).seeded(1)
}

/// Calls a phone that says nothing, in a task which ends with the error of the call.
fn lost_call(ami: &Ami) -> tokio::task::JoinHandle<Error> {
    let ami = ami.clone();
    tokio::spawn(async move { ami.originate(Originate::new("PJSIP/silent").application("Echo")).await.unwrap_err() })
}

#[tokio::test(start_paused = true)]
async fn requests_and_readers_are_told() {
    let pbx = pbx(2);
    let ami = connector(&pbx).reconnect(backoff()).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    let call = lost_call(&ami);
    let read = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(MailboxCount::new("100")).await.unwrap_err() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    event(&pbx, "Hangup", "before");
    tokio::time::sleep(Duration::from_millis(1)).await;
    pbx.cut();
    let (call, read) = (call.await.unwrap(), read.await.unwrap());
    assert!(matches!(call.ending().unwrap().view(), Ending::Lost(Reached::Accepted)), "{call}");
    assert!(!call.is_safe_to_retry() && read.is_safe_to_retry());
    // Asked while there is no connection: it waits.
    assert!(!ami.is_connected());
    ami.request(CoreStatus::new()).await.unwrap();
    event(&pbx, "Hangup", "after");
    assert!(matches!(events.next().await, Some(Item::Event(_))));
    let Some(Item::Disconnected(lost)) = events.next().await else { panic!("not told") };
    assert_eq!(lost.reason.to_string(), "pbx:5038: the peer closed the connection");
    assert_eq!(lost.unanswered.unanswered.len(), 2);
    assert!(lost.again_in <= Duration::from_secs(1));
    assert!(matches!(events.next().await, Some(Item::Reconnected)));
    assert!(matches!(events.next().await, Some(Item::Event(_))));
}

/// A connection that was lost while its server was still starting has had requests as well.
#[tokio::test(start_paused = true)]
async fn one_that_is_lost_while_the_server_boots_is_told() {
    let pbx = pbx(1);
    pbx.then(|| {
        let config = ami_proto::server::Config::new().fully_booted(false);
        let server = Server::new(tokio::time::Instant::now().into_std(), config);
        ServerScript::new(server).secret("s3cret").on("MailboxCount", |_| Ok(()))
    });
    pbx.then(script);
    let config = Config::new().await_booted(Duration::from_mins(1));
    let ami = connector(&pbx).config(config).reconnect(backoff()).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    pbx.cut();
    assert!(matches!(events.next().await, Some(Item::Disconnected(_))));
    let asked = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(MailboxCount::new("100")).await.unwrap_err() }
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    pbx.cut();
    let error = asked.await.unwrap();
    assert!(matches!(error.ending().unwrap().view(), Ending::Lost(Reached::Sent)), "{error}");
    let Some(Item::Disconnected(lost)) = events.next().await else { panic!("not told") };
    assert_eq!(lost.unanswered.unanswered.len(), 1);
    assert!(matches!(events.next().await, Some(Item::Reconnected)));
}

/// A server that closes without having read all is known by a write that fails, and what it had
/// said before is still to be read then.
#[tokio::test]
async fn what_came_before_a_reset_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (close, closes) = std::sync::mpsc::channel::<()>();
    let pbx = std::thread::spawn(move || {
        let mut socket = listener.accept().unwrap().0;
        socket.write_all(b"Asterisk Call Manager/11.0.0\r\n").unwrap();
        _ = socket.read(&mut [0; 4096]).unwrap();
        socket.write_all(b"Response: Success\r\n\r\n").unwrap();
        closes.recv().unwrap();
        socket.write_all(b"Event: Hangup\r\nPrivilege: call,all\r\n\r\n").unwrap();
    });
    let connector = Connector::new(address, Credentials::plain("admin", "s3cret")).reconnect(None);
    let ami = connector.connect().await.unwrap();
    let mut events = ami.events().start();
    assert!(tokio::time::timeout(Duration::from_millis(50), ami.request(CoreStatus::new())).await.is_err());
    // The runtime hears of nothing before the request is written, since this thread is its own.
    close.send(()).unwrap();
    pbx.join().unwrap();
    let error = ami.request(CoreStatus::new()).await.unwrap_err();
    assert!(matches!(error, Error::Ended(_)), "{error}");
    assert!(matches!(events.next().await, Some(Item::Event(_))));
    assert!(matches!(events.next().await, Some(Item::Lost(_))));
}

/// The outcome of a call that the last connection has lost.
#[tokio::test(start_paused = true)]
async fn a_late_outcome() {
    let pbx = pbx(2);
    let ami = connector(&pbx).reconnect(backoff()).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    let call = lost_call(&ami);
    tokio::time::sleep(Duration::from_secs(1)).await;
    pbx.cut();
    call.await.unwrap();
    let Some(Item::Disconnected(lost)) = events.next().await else { panic!("not told") };
    let id = lost.unanswered.unanswered[0].action_id.to_string();
    assert!(matches!(events.next().await, Some(Item::Reconnected)));
    pbx.deed(move |pbx| {
        let outcome = [("ActionID", &*id), ("Response", "Success"), ("Reason", "4")];
        pbx.server.event(ami_tokio::value::Classes::CALL, "OriginateResponse", outcome).unwrap();
    });
    let told = events.next().await.unwrap();
    assert!(matches!(told, Item::Notice(_)) && told.to_string().starts_with("late-outcome"), "{told}");
}

/// A mask that `Events` has set holds on the next connection as well.
#[tokio::test(start_paused = true)]
async fn the_mask_is_set_again() {
    let pbx = pbx(2);
    let ami = connector(&pbx).reconnect(backoff()).connect().await.unwrap();
    ami.request(Events::new("system")).await.unwrap();
    pbx.cut();
    tokio::time::sleep(Duration::from_millis(1)).await;
    ami.request(CoreStatus::new()).await.unwrap();
    let (tell, told) = tokio::sync::oneshot::channel();
    pbx.deed(move |pbx| _ = tell.send(pbx.server.mask()));
    assert_eq!(told.await.unwrap(), ami_tokio::value::Classes::SYSTEM);
}

/// The attempts are as far apart as the delays say, and a request doesn't wait for ever.
#[tokio::test(start_paused = true)]
async fn a_server_that_stays_away() {
    let pbx = pbx(1);
    let wait = Duration::from_secs(20);
    let ami = connector(&pbx).reconnect(backoff()).connection_wait(wait).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    pbx.cut();
    assert!(matches!(events.next().await, Some(Item::Disconnected(_))));
    let begun = tokio::time::Instant::now();
    let error = ami.request(CoreStatus::new()).await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 20);
    assert_eq!(error.to_string(), "not sent, without a connection: pbx:5038: connection refused");
    assert!(matches!(error, Error::NotConnected(_)) && error.never_reached_server());
    tokio::time::sleep(Duration::from_secs(40)).await;
    // One, two, four, then eight seconds at the most each, and half of that at the least.
    let dialled = *pbx.dialled.lock().unwrap();
    assert!((9..=17).contains(&dialled), "{dialled}");
    pbx.then(script);
    ami.connected().await.unwrap();
    assert!(matches!(events.next().await, Some(Item::Reconnected)));
    ami.request(CoreStatus::new()).await.unwrap();
}

/// A program that is there before its server.
#[tokio::test(start_paused = true)]
async fn a_server_that_comes_late() {
    let pbx = pbx(0);
    let ami = connector(&pbx).reconnect(backoff()).start();
    let mut events = ami.events().of::<Hangup>().start();
    let asked = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(CoreStatus::new()).await.is_ok() }
    });
    assert!(ami.down().is_none());
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(ami.down().unwrap().to_string(), "pbx:5038: connection refused");
    pbx.then(script);
    assert!(asked.await.unwrap() && ami.is_connected() && ami.down().is_none());
    // The first connection is no news.
    event(&pbx, "Hangup", "c");
    assert!(matches!(events.next().await, Some(Item::Event(_))));
}

/// A reader without room hears of the last loss and the last return all the same.
#[tokio::test(start_paused = true)]
async fn a_reader_that_lags_is_told() {
    let pbx = pbx(3);
    let ami = connector(&pbx).reconnect(backoff()).connect().await.unwrap();
    let mut full = ami.events().of::<Hangup>().capacity(1).start();
    for _ in 0..2 {
        event(&pbx, "Hangup", "c");
        ami.request(CoreStatus::new()).await.unwrap();
        pbx.cut();
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(ami.is_connected());
    }
    assert!(matches!(full.next().await, Some(Item::Event(_))));
    // An event, a loss and a return.
    assert!(matches!(full.next().await, Some(Item::Missed(3))));
    assert!(matches!(full.next().await, Some(Item::Disconnected(_))));
    assert!(matches!(full.next().await, Some(Item::Reconnected)));
    event(&pbx, "Hangup", "c");
    assert!(matches!(full.next().await, Some(Item::Event(_))));
}

#[tokio::test(start_paused = true)]
async fn without_reconnects() {
    let pbx = pbx(2);
    let ami = connector(&pbx).reconnect(None).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    // Also one that has room for nothing more hears of the end.
    let mut full = ami.events().of::<Hangup>().capacity(1).start();
    for _ in 0..3 {
        event(&pbx, "Hangup", "c");
        assert!(matches!(events.next().await, Some(Item::Event(_))));
    }
    pbx.cut();
    let Some(Item::Lost(error)) = events.next().await else { panic!("not told") };
    assert_eq!(error.to_string(), "pbx:5038: the peer closed the connection");
    assert!(events.next().await.is_none());
    assert!(matches!(full.next().await, Some(Item::Event(_))));
    assert!(matches!(full.next().await, Some(Item::Missed(2))));
    assert!(matches!(full.next().await, Some(Item::Lost(_))));
    assert!(full.next().await.is_none());
    assert!(matches!(ami.request(CoreStatus::new()).await, Err(Error::NotConnected(_))));
    assert_eq!(*pbx.dialled.lock().unwrap(), 1);
    ami.close().await;
}

/// A secret that was changed meanwhile: it isn't tried again and again.
#[tokio::test(start_paused = true)]
async fn a_login_that_is_refused_later() {
    let pbx = pbx(1);
    pbx.then(|| script().secret("0ther"));
    pbx.then(script);
    let ami = connector(&pbx).reconnect(backoff()).connect().await.unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    pbx.cut();
    assert!(matches!(events.next().await, Some(Item::Disconnected(_))));
    let Some(Item::Lost(error)) = events.next().await else { panic!("not told") };
    assert!(error.to_string().contains("login refused"), "{error}");
    assert_eq!(*pbx.dialled.lock().unwrap(), 2);
}

/// Clones of a connector don't attempt together.
#[tokio::test(start_paused = true)]
async fn clones_draw_their_own_delays() {
    let connector = connector(&pbx(0));
    let attempts = [connector.clone(), connector].map(|connector| {
        let attempts = Arc::new(Mutex::new(Vec::new()));
        let dialled = Arc::clone(&attempts);
        let ami = connector
            .over(move |_| {
                dialled.lock().unwrap().push(tokio::time::Instant::now());
                std::future::ready(Err::<DuplexStream, _>(ErrorKind::ConnectionRefused.into()))
            })
            .start();
        (ami, attempts)
    });
    tokio::time::sleep(Duration::from_hours(1)).await;
    let [one, two] = attempts.map(|(_, attempts)| attempts.lock().unwrap()[..20].to_vec());
    assert!(one[0] == two[0] && one[1..] != two[1..], "{one:?} {two:?}");
}

/// An address that no time mends is not attempted again and again.
#[tokio::test(start_paused = true)]
async fn an_address_without_a_port() {
    let ami = Connector::new("localhost", Credentials::plain("admin", "s3cret")).start();
    let error = ami.connected().await.unwrap_err();
    assert!(matches!(error.reason(), Reason::Connect(_)) && !error.is_temporary(), "{error}");
    assert_eq!(ami.down().unwrap().to_string(), error.to_string());
}

/// A wait without an end.
#[tokio::test(start_paused = true)]
async fn a_request_that_waits_for_ever() {
    let pbx = pbx(0);
    let ami = connector(&pbx).connection_wait(Duration::MAX).start();
    let asked = tokio::spawn(async move { ami.request(CoreStatus::new()).await.is_ok() });
    tokio::time::sleep(Duration::from_hours(100)).await;
    assert!(!asked.is_finished());
    pbx.then(script);
    assert!(asked.await.unwrap());
}

/// A caller without a runtime waits by the timer of the connection's.
#[test]
fn a_request_from_outside_of_the_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ami = {
        let _entered = runtime.enter();
        connector(&pbx(0)).connection_wait(Duration::from_millis(20)).start()
    };
    let mut asked = std::pin::pin!(ami.request(CoreStatus::new()));
    let mut cx = Context::from_waker(Waker::noop());
    let error = loop {
        match asked.as_mut().poll(&mut cx) {
            Poll::Ready(answer) => break answer.unwrap_err(),
            Poll::Pending => std::thread::yield_now(),
        }
    };
    assert!(matches!(error, Error::NotConnected(_)), "{error}");
}

/// Closed, or left by the last handle, while the next attempt is waited for.
#[tokio::test(start_paused = true)]
async fn closed_between_two_connections() {
    let pbx = pbx(1);
    let ami = connector(&pbx).reconnect(backoff()).connect().await.unwrap();
    pbx.cut();
    let waits = tokio::spawn({
        let ami = ami.clone();
        async move { ami.request(MailboxCount::new("100")).await.unwrap_err() }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = tokio::time::Instant::now();
    ami.close().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert!(waits.await.unwrap().never_reached_server());
}
