//! A soak against real servers: while they are restarted twice, every request ends exactly once,
//! and the stream of events is what a recorder reads that shares nothing with the client but the
//! decoder. `tests/live/README.md` says how a server is brought up:
//!
//! ```sh
//! AMI_LIVE=127.0.0.1:15038 AMI_SOAK_SECONDS=1800 cargo test -p ami-tokio --test soak -- --nocapture
//! ```
//!
//! **The server is restarted, and all its calls are hung up.**

mod compared;
mod recorder;
mod requests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ami_tokio::client::{ClientEvent, Config};
use ami_tokio::conn::Backoff;
use ami_tokio::{Ami, Connector, Credentials, Events, Item, Lag};

use compared::{Log, Numbers, compare};
use recorder::Recorder;
use requests::{Asker, Book};

/// Tasks that ask, each for one thing at a time.
const TASKS: usize = 8;

const RESTARTS: usize = 2;

/// Nothing takes longer, a restart of the server in its midst.
const PATIENCE: Duration = Duration::from_secs(90);

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn credentials() -> Credentials {
    Credentials::md5(variable("AMI_LIVE_USER", "admin"), variable("AMI_LIVE_SECRET", "s3cret"))
}

fn connector(address: &str) -> Connector {
    // Requests are sent before that as well; the way to it is longer.
    let config = Config::new().await_booted(PATIENCE);
    let backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(1));
    Connector::new(address, credentials()).config(config).reconnect(backoff).connection_wait(PATIENCE)
}

#[test]
fn requests_end_once_and_events_are_those_of_a_recorder() {
    let servers = std::env::var("AMI_LIVE").expect("AMI_LIVE: see tests/live/README.md");
    let seconds = variable("AMI_SOAK_SECONDS", "60").parse().expect("AMI_SOAK_SECONDS: whole seconds");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for address in servers.split(',') {
        println!("{address}, {seconds} s");
        runtime.block_on(soak(address.trim(), Duration::from_secs(seconds)));
    }
}

async fn soak(address: &str, time: Duration) {
    let until = Instant::now() + time;
    let recorder =
        Recorder::start(address, &variable("AMI_LIVE_USER", "admin"), &variable("AMI_LIVE_SECRET", "s3cret"));
    let ami = connector(address).connect().await.expect("the server listens: tests/live/README.md");
    let ours = Arc::new(Mutex::new(Ours::default()));
    let events = ami.events().lag(Lag::Wait).with_unclaimed().start();
    let listening = tokio::spawn(listen(events, Arc::clone(&ours)));

    let numbers = Arc::new(Numbers::default());
    let tasks: Vec<_> =
        (0..TASKS).map(|task| tokio::spawn(Asker::new(ami.clone(), Arc::clone(&numbers), task).ask(until))).collect();
    for _ in 0..RESTARTS {
        tokio::time::sleep(time / (u32::try_from(RESTARTS).unwrap() + 1)).await;
        let losses = || ours.lock().unwrap().log.losses();
        let before = losses();
        restart_server(address).await;
        until_true("the loss of the connection is told", || losses() > before).await;
        ami.connected().await.expect("another connection");
    }
    let mut book = Book::default();
    for task in tasks {
        book.add(task.await.expect("a task that ends well"));
    }

    let last = requests::mark(&ami, &numbers).await;
    until_true("both have the last event", || {
        ours.lock().unwrap().log.has_last(last) && recorder.log(|log| log.has_last(last))
    })
    .await;
    until_true("nothing is held", || {
        let held = ami.held();
        (held.requests, held.open, held.unread) == (0, 0, 0)
    })
    .await;
    close(ami).await;
    listening.await.expect("a stream that ends well");
    let ours = std::mem::take(&mut *ours.lock().unwrap());
    report(&book, &ours, &recorder.stop());
}

async fn close(ami: Ami) {
    tokio::time::timeout(PATIENCE, ami.close()).await.expect("a goodbye");
}

async fn restart_server(address: &str) {
    let ami = connector(address).reconnect(None).connect().await.expect("a connection to restart by");
    // It is answered or not.
    let _ = ami.command("core restart now").await;
}

async fn until_true(what: &str, mut yes: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !yes() {
        assert!(Instant::now() < deadline, "not so: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// All that the stream of events has told.
#[derive(Default)]
struct Ours {
    log: Log,
    /// Requests that lost connections left unanswered, as they say themselves.
    unanswered: usize,
    /// Kinds of items, and how many.
    items: BTreeMap<&'static str, u64>,
}

async fn listen(mut events: Events, ours: Arc<Mutex<Ours>>) {
    while let Some(item) = events.next().await {
        let mut ours = ours.lock().unwrap();
        let kind = match &item {
            Item::Event(event) => {
                ours.log.add(event.view().frame());
                "events"
            }
            Item::Notice(notice) => match notice.view() {
                // The answer to a request that was cancelled, or else an event as all others.
                ClientEvent::Unclaimed { frame, .. } => {
                    ours.log.add_unclaimed(frame);
                    "unclaimed"
                }
                // Of a server that has closed ours and lets us in once more before it goes.
                ClientEvent::LateOutcome { event, .. } => {
                    ours.log.add(event.frame());
                    "late outcomes"
                }
                other => panic!("no such thing is expected: {other}"),
            },
            Item::Disconnected(lost) => {
                println!("  {item}; {} unanswered", lost.unanswered.unanswered.len());
                ours.unanswered += lost.unanswered.unanswered.len();
                ours.log.lost();
                "losses"
            }
            Item::Reconnected => "reconnects",
            other => panic!("no such thing is expected: {other}"),
        };
        *ours.items.entry(kind).or_default() += 1;
    }
}

/// Prints what came of it all, and checks it.
fn report(book: &Book, ours: &Ours, theirs: &Log) {
    println!("  stream: {:?}", ours.items);
    for (kind, ends) in &book.ends {
        println!("  {kind}: {ends:?}");
    }
    println!("  {} requests, each with one end", book.requests);
    let losses = ours.log.losses();
    assert!(losses >= RESTARTS, "{losses} losses");
    assert_eq!(book.wrong, Vec::<String>::new());
    assert!(book.lost <= ours.unanswered, "{} lost, {} were told", book.lost, ours.unanswered);
    // What was asked in the last moment: each task has one request at a time.
    let at_losses = losses * TASKS;
    // A server that goes down takes its actions away one by one, and has them back one by one.
    assert!(book.refused.len() <= at_losses, "{:#?}", book.refused);
    println!("  refused by a server that goes down or comes up: {:?}", book.refused);
    book.numbers.check(&ours.log, at_losses);

    let compared = compare(&ours.log, theirs, &book.numbers);
    println!("  {compared}");
    assert!(compared.connections > RESTARTS, "{} connections compared", compared.connections);
    assert!(compared.missing_outcomes <= at_losses, "{} outcomes are in no recording", compared.missing_outcomes);
}
