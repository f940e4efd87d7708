//! Requests: what each kind of them returns, from many threads, and what is said of those that
//! fail.

use std::thread;
use std::time::{Duration, Instant};

use ami_blocking::action::{CoreShowChannels, CoreStatus, MailboxCount, Originate, QueuePause, Queues, SipPeers};
use ami_blocking::client::{Config, Ending, Reached};
use ami_blocking::value::OriginateReason;
use ami_blocking::{Connector, Credentials, Error, Reason};

use crate::pbx::{all_threads_end, connector, pbx};

#[test]
fn each_kind() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    assert_eq!(ami.request(CoreStatus::new()).unwrap().view().core_current_calls().unwrap(), 3);
    assert!(ami.originate(Originate::new("PJSIP/1").application("Echo")).unwrap().is_success());
    let busy = ami.originate(Originate::new("PJSIP/busy").application("Echo")).unwrap();
    assert_eq!(busy.reason(), Some(OriginateReason::BUSY));
    assert_eq!(ami.command("core show uptime").unwrap().to_string(), "core show uptime\n");
    assert_eq!(ami.text(Queues::new()).unwrap().to_string(), "support has 0 calls\n   No Members\n");
    let error = ami.request(QueuePause::new("PJSIP/1", true)).unwrap_err();
    assert_eq!(error.to_string(), "refused: Interface not found");
    assert_eq!((ami.held().requests, ami.held().open), (0, 0));
}

#[test]
fn lists() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let names =
        ami.list(CoreShowChannels::new()).unwrap().map(|item| item.unwrap().view().channel().unwrap().to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["PJSIP/1-1", "PJSIP/2-2"]);
    assert_eq!(ami.list(CoreShowChannels::new()).unwrap().all().unwrap().len(), 2);
    // One that is dropped in its middle is cancelled.
    let mut endless = ami.list(SipPeers::new()).unwrap();
    assert!(endless.next().unwrap().is_ok());
    assert_eq!(ami.held().requests, 1);
    drop(endless);
    assert_eq!(ami.held().requests, 0);
    ami.request(CoreStatus::new()).unwrap();
}

/// Eight threads at once, with less room than they want: each has its own answers.
#[test]
fn many_threads() {
    let pbx = pbx(1);
    let ami = connector(&pbx).config(Config::new().max_in_flight(3)).connect().unwrap();
    thread::scope(|scope| {
        for thread in 0..8 {
            let ami = ami.clone();
            scope.spawn(move || {
                for number in 0..200 {
                    let text = format!("{thread} {number}");
                    assert_eq!(ami.command(text.clone()).unwrap().to_string(), format!("{text}\n"));
                }
            });
        }
    });
    assert_eq!((ami.held().requests, ami.held().waiting, ami.held().open), (0, 0, 0));
}

#[test]
fn a_deadline() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let begun = Instant::now();
    let error = ami.within(Duration::from_millis(50)).request(MailboxCount::new("100")).unwrap_err();
    assert!(begun.elapsed() >= Duration::from_millis(50));
    assert!(matches!(error.ending().unwrap().view(), Ending::TimedOut(Reached::Sent)), "{error}");
    ami.request(CoreStatus::new()).unwrap();
}

#[test]
fn failures_to_connect() {
    let pbx = pbx(1);
    let connector = connector(&pbx);
    let dial = std::sync::Arc::clone(&pbx);
    let wrong = Connector::new("pbx:5038", Credentials::plain("admin", "wr0ng")).over(move |_| dial.dial());
    let words = wrong.connect().unwrap_err().to_string();
    assert!(words.starts_with("pbx:5038: login refused") && !words.contains("wr0ng"), "{words}");
    // The PBX has no connection left.
    assert_eq!(connector.connect().unwrap_err().to_string(), "pbx:5038: connection refused");
    all_threads_end(&pbx);
    let error = ami_blocking::connect("localhost", Credentials::plain("admin", "s3cret")).unwrap_err();
    assert!(matches!(error.reason(), Reason::Connect(_)) && !error.is_temporary(), "{error}");
}

/// An attempt that comes to no end is given up in its time; its thread ends by itself.
#[test]
fn an_attempt_that_takes_too_long() {
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let dial = move |_: &str| {
        let _ = wait.lock().unwrap().recv();
        Err(std::io::ErrorKind::ConnectionRefused.into())
    };
    let connector = Connector::new("pbx:5038", Credentials::plain("admin", "s3cret"));
    let error = connector.connect_timeout(Duration::from_millis(20)).over(dial).connect().unwrap_err();
    assert_eq!(error.to_string(), "pbx:5038: no connection within 20ms");
    drop(release);
}

/// A real address, as programs have it.
#[test]
fn over_tcp() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = ami_blocking::connect(&address, Credentials::plain("admin", "s3cret")).unwrap_err();
    assert_eq!(error.address(), address);
    assert!(matches!(error.reason(), Reason::Connect(error) if error.kind() == std::io::ErrorKind::ConnectionRefused));
}

#[test]
fn what_cannot_be_sent() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let error = ami.originate(Originate::new("PJSIP/1\r\nAction: Logoff")).unwrap_err();
    assert!(matches!(error, Error::NotSent(_)) && error.is_safe_to_retry());
    ami.request(CoreStatus::new()).unwrap();
}
