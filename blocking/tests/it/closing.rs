//! The end of a connection, asked for or by the last handle, in each state it can be in; no thread
//! is left behind.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use ami_blocking::action::{CoreStatus, Custom, MailboxCount};
use ami_blocking::client::Config;
use ami_blocking::event::Hangup;
use ami_blocking::{Connector, Credentials, Error, Halves, Item, Lag};

use crate::pbx::{all_threads_end, connector, event, pair, pbx, until};

#[test]
fn closed_on_demand() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let events = ami.events().of::<Hangup>().start();
    event(&pbx, "Hangup", "c");
    let open = {
        let ami = ami.clone();
        thread::spawn(move || ami.request(MailboxCount::new("100")).unwrap_err())
    };
    until(|| ami.held().requests == 1 && ami.held().unread == 1);
    ami.close();
    assert_eq!(open.join().unwrap().to_string(), "connection lost before it was answered");
    let items: Vec<_> = events.collect();
    assert!(matches!(items[..], [Item::Event(_)]), "{items:?}");
    assert!(matches!(ami.request(CoreStatus::new()), Err(Error::Closed)));
    ami.close();
    assert!(!ami.is_connected() && ami.connected().is_err());
    all_threads_end(&pbx);
}

/// By the last handle: while it stands, between two attempts, and in one.
#[test]
fn dropped_in_each_state() {
    let standing = pbx(1);
    let ami = connector(&standing).connect().unwrap();
    let events = ami.events().start();
    drop(ami);
    drop(events);
    all_threads_end(&standing);

    let absent = pbx(0);
    let ami = connector(&absent).start();
    until(|| ami.down().is_some());
    drop(ami);
    all_threads_end(&absent);

    // As soon as it has begun, at odd times.
    for pause in 0..50 {
        let pbx = pbx(1);
        let ami = connector(&pbx).start();
        thread::sleep(Duration::from_micros(pause * 40));
        drop(ami);
        all_threads_end(&pbx);
    }
}

/// A reader that holds up the connection, in the thread that closes it.
#[test]
fn no_reader_is_waited_for_at_the_end() {
    let pbx = pbx(1);
    let ami = connector(&pbx).connect().unwrap();
    let slow = ami.events().of::<Hangup>().capacity(2).lag(Lag::Wait).start();
    for number in 0..10 {
        event(&pbx, "Hangup", format!("c{number}"));
    }
    until(|| ami.held().unread >= 2);
    ami.close();
    let items: Vec<_> = slow.collect();
    assert!(matches!(items[..2], [Item::Event(_), Item::Event(_)]), "{items:?}");
    all_threads_end(&pbx);
}

/// A server that logs the client in, and reads nothing from then on: what is written piles up.
#[test]
fn a_server_that_stops_reading() {
    let (near, far) = pair();
    thread::spawn({
        let far = far.try_clone().unwrap();
        move || answer_the_login(&far)
    });
    let near = Mutex::new(Some(near));
    let dial = move |_: &str| Halves::tcp(near.lock().unwrap().take().ok_or(ErrorKind::ConnectionRefused)?);
    let config = Config::new().close_timeout(Duration::from_millis(100)).max_in_flight(10_000);
    let ami =
        Connector::new("pbx:5038", Credentials::plain("admin", "s3cret")).config(config).over(dial).connect().unwrap();
    // More than the buffers of both sockets take.
    let asks = ami.within(Duration::from_millis(200));
    let huge = || (0..60).fold(Custom::new("Huge"), |huge, number| huge.header(format!("H{number}"), "x".repeat(900)));
    thread::scope(|scope| {
        for _ in 0..120 {
            scope.spawn(|| asks.request(huge()).unwrap_err());
        }
    });
    assert_eq!(ami.held().requests, 0);
    ami.close();
    drop(far);
}

/// Answers the login by hand.
fn answer_the_login(far: &TcpStream) {
    let mut writes = far;
    writes.write_all(b"Asterisk Call Manager/9.0.0\r\n").unwrap();
    for line in BufReader::new(far).lines() {
        if let Some(id) = line.unwrap().strip_prefix("ActionID: ") {
            let answer = format!(
                "Response: Success\r\nActionID: {id}\r\nMessage: Authentication accepted\r\n\r\nEvent: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"
            );
            writes.write_all(answer.as_bytes()).unwrap();
            return;
        }
    }
}

/// One that closes while a thread of the program still asks: no request is left without an end.
#[test]
fn closed_while_many_ask() {
    for _ in 0..20 {
        let pbx = pbx(1);
        let ami = connector(&pbx).connect().unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| while ami.request(CoreStatus::new()).is_ok() {});
            }
            thread::sleep(Duration::from_millis(5));
            ami.close();
        });
        assert_eq!((ami.held().requests, ami.held().waiting), (0, 0));
        drop(ami);
        all_threads_end(&pbx);
    }
}

/// A stream whose read doesn't end when it is shut down, but later.
struct Deaf(TcpStream, Receiver<()>);

impl Read for Deaf {
    fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(space) {
            Ok(0) | Err(_) => {
                let _ = self.1.recv();
                Ok(0)
            }
            read => read,
        }
    }
}

/// The close is not held up by it.
#[test]
fn a_reader_that_cannot_be_stopped() {
    let (release, wait) = channel();
    let (near, far) = pair();
    thread::spawn(move || answer_the_login(&far));
    let once = Mutex::new(Some((near, wait)));
    let dial = move |_: &str| {
        let (near, wait) = once.lock().unwrap().take().ok_or(ErrorKind::ConnectionRefused)?;
        let (writer, ends) = (near.try_clone()?, near.try_clone()?);
        Ok(Halves::new(Deaf(near, wait), writer, move || _ = ends.shutdown(Shutdown::Both)))
    };
    let config = Config::new().close_timeout(Duration::from_millis(50));
    let ami = Connector::new("pbx:5038", Credentials::plain("admin", "s3cret")).config(config).over(dial);
    ami.connect().unwrap().close();
    drop(release);
}
