//! Losses: what is said of requests and to readers, and that the connection comes back.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ami_blocking::action::{CoreStatus, MailboxCount, Originate};
use ami_blocking::client::{Ending, Reached};
use ami_blocking::event::Hangup;
use ami_blocking::{Connector, Credentials, Error, Halves, Item, Reason};

use crate::pbx::{all_threads_end, connector, event, pair, pbx, script, until};

#[test]
fn requests_and_readers_are_told() {
    let pbx = pbx(2);
    let ami = connector(&pbx).connect().unwrap();
    let mut events = ami.events().of::<Hangup>().start();
    let call = {
        let ami = ami.clone();
        thread::spawn(move || ami.originate(Originate::new("PJSIP/silent").application("Echo")).unwrap_err())
    };
    let read = {
        let ami = ami.clone();
        thread::spawn(move || ami.request(MailboxCount::new("100")).unwrap_err())
    };
    until(|| ami.held().requests == 2);
    ami.request(CoreStatus::new()).unwrap();
    pbx.cut();
    let (call, read) = (call.join().unwrap(), read.join().unwrap());
    assert!(matches!(call.ending().unwrap().view(), Ending::Lost(Reached::Accepted)), "{call}");
    assert!(!call.is_safe_to_retry() && read.is_safe_to_retry());
    ami.request(CoreStatus::new()).unwrap();
    event(&pbx, "Hangup", "after");
    let Some(Item::Disconnected(lost)) = events.next() else { panic!("not told") };
    assert_eq!(lost.unanswered.unanswered.len(), 2);
    assert!(matches!(events.next(), Some(Item::Reconnected)));
    assert!(matches!(events.next(), Some(Item::Event(_))));
    assert!(ami.connected_within(Duration::from_mins(1)).unwrap() && ami.down().is_none());
}

/// Again and again, while threads ask: each request ends once, and the last ones are answered.
#[test]
fn many_losses() {
    let pbx = pbx(10);
    let ami = connector(&pbx).connect().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let ends = (0..300).filter(|_| ami.request(CoreStatus::new()).is_ok()).count();
                assert!(ends > 0);
            });
        }
        for _ in 0..9 {
            thread::sleep(Duration::from_millis(20));
            ami.connected().unwrap();
            pbx.cut();
        }
    });
    // The loss of the last connection may not be known yet.
    assert!((0..2).any(|_| ami.request(CoreStatus::new()).is_ok()));
    assert_eq!((ami.held().requests, ami.held().waiting, ami.held().open), (0, 0, 0));
    drop(ami);
    all_threads_end(&pbx);
}

/// A program that is there before its server.
#[test]
fn a_server_that_comes_late() {
    let pbx = pbx(0);
    let ami = connector(&pbx).start();
    assert!(!ami.connected_within(Duration::from_millis(20)).unwrap());
    until(|| ami.down().is_some());
    assert_eq!(ami.down().unwrap().to_string(), "pbx:5038: connection refused");
    let asked = {
        let ami = ami.clone();
        thread::spawn(move || ami.request(CoreStatus::new()).is_ok())
    };
    until(|| ami.held().waiting == 1);
    pbx.then(script);
    assert!(asked.join().unwrap());
}

#[test]
fn a_server_that_stays_away() {
    let pbx = pbx(0);
    let ami = connector(&pbx).connection_wait(Duration::from_millis(30)).start();
    let error = ami.request(CoreStatus::new()).unwrap_err();
    assert!(matches!(error, Error::NotConnected(_)) && error.never_reached_server(), "{error}");
    drop(ami);
    all_threads_end(&pbx);
}

#[test]
fn without_reconnects() {
    let pbx = pbx(2);
    let ami = connector(&pbx).reconnect(None).connect().unwrap();
    let mut events = ami.events().start();
    pbx.cut();
    let last = events.by_ref().last().unwrap();
    assert!(matches!(last, Item::Lost(_)), "{last}");
    assert!(matches!(ami.request(CoreStatus::new()), Err(Error::NotConnected(_))));
    all_threads_end(&pbx);
}

/// A stream that panics.
struct Faulty;

impl Read for Faulty {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        panic!("a fault of the stream")
    }
}

impl Write for Faulty {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        panic!("a fault of the stream")
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Panics in the program's own function, and in its stream, are told to all who wait.
#[test]
fn a_panic_is_told() {
    let connect = || Connector::new("pbx:5038", Credentials::plain("admin", "s3cret"));
    let told = |dial: Box<dyn Fn() -> Halves + Send + Sync>| {
        let error = connect().over(move |_| Ok(dial())).connect().unwrap_err();
        assert!(matches!(error.reason(), Reason::Panicked), "{error}");
    };
    told(Box::new(|| panic!("a fault of the program")));
    told(Box::new(|| Halves::new(Faulty, std::io::sink(), || ())));
    told(Box::new(|| {
        let (near, mut far) = pair();
        far.write_all(b"Asterisk Call Manager/9.0.0\r\n").unwrap();
        // The other end stays open until the near one is shut down.
        Halves::new(near.try_clone().unwrap(), Faulty, move || {
            let _ = (near.shutdown(Shutdown::Both), &far);
        })
    }));
}

/// A panic of an attempt that was given up is no end of the connection that came after it.
#[test]
fn a_panic_that_comes_late() {
    let pbx = pbx(5);
    let dials = Arc::clone(&pbx);
    let (release, wait) = channel::<()>();
    let late = Mutex::new(Some(wait));
    let dial = move |_: &str| {
        let late = late.lock().unwrap().take();
        if let Some(wait) = late {
            let _ = wait.recv();
            panic!("a fault of the program");
        }
        dials.dial()
    };
    let ami = connector(&pbx).connect_timeout(Duration::from_millis(50)).over(dial).start();
    ami.connected().unwrap();
    drop(release);
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(5));
        ami.request(CoreStatus::new()).unwrap();
    }
}
