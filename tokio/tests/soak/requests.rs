//! The tasks that ask: every kind of request, some of them dropped before they have ended, and the
//! book of how each ended.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ami_tokio::action::{
    CoreShowChannels, CoreStatus, Hangup, IaxNetstats, Originate, PjsipShowEndpoints, ShowDialPlan, UserEvent,
};
use ami_tokio::client::{Ending, Reached};
use ami_tokio::{Ami, Error, Outcome};

use crate::PATIENCE;
use crate::compared::{Numbered, Numbers};

/// The end of a request, as far as the server is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    Answered,
    /// Or, of a call, with its failure.
    Refused,
    /// With the connection, and the server may have done it.
    Lost,
    /// With the connection, and the server never had it.
    NeverReached,
    /// By us, before it had ended.
    Dropped,
}

/// The requests of a task, and how each of them ended.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) requests: u64,
    pub(crate) lost: usize,
    /// Ends by kind.
    pub(crate) ends: BTreeMap<&'static str, BTreeMap<How, u64>>,
    pub(crate) numbers: Numbered,
    /// Those that a server which stands would not have refused.
    pub(crate) refused: Vec<String>,
    /// Ends that no request should have here.
    pub(crate) wrong: Vec<String>,
}

impl Book {
    pub(crate) fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.lost += other.lost;
        for (kind, ends) in other.ends {
            for (how, number) in ends {
                *self.ends.entry(kind).or_default().entry(how).or_default() += number;
            }
        }
        self.numbers.add(other.numbers);
        self.refused.extend(other.refused);
        self.wrong.extend(other.wrong);
    }
}

/// Asks for an event with a number of its own, and returns the number.
pub(crate) async fn mark(ami: &Ami, numbers: &Numbers) -> u32 {
    let number = numbers.next();
    ami.request(user_event(number)).await.expect("an event of our own");
    number
}

fn user_event(number: u32) -> UserEvent<'static> {
    UserEvent::new("Soak").header("Number", number.to_string())
}

/// One task.
pub(crate) struct Asker {
    ami: Ami,
    numbers: Arc<Numbers>,
    book: Book,
    random: u64,
}

impl Asker {
    pub(crate) fn new(ami: Ami, numbers: Arc<Numbers>, task: usize) -> Self {
        Self { ami, numbers, book: Book::default(), random: task as u64 + 1 }
    }

    /// Draws a number below this one.
    fn draw(&mut self, below: u64) -> u64 {
        // The multiplier and the shift of a usual generator; the low bits are weak.
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % below
    }

    pub(crate) async fn ask(mut self, until: Instant) -> Book {
        while Instant::now() < until {
            let number = self.numbers.next();
            let (kind, all) = (self.draw(8), self.draw(5) > 0);
            let patience = if all { PATIENCE } else { Duration::from_millis(self.draw(12)) };
            let ami = self.ami.clone();
            let asked = tokio::time::timeout(patience, one(&ami, kind, number)).await;
            assert!(asked.is_ok() || !all, "kind {kind} does not end");
            let (kind, ended) = (NAMES[usize::try_from(kind).unwrap()], asked.ok());
            self.enter(kind, number, ended);
            tokio::time::sleep(Duration::from_millis(self.draw(240))).await;
        }
        self.book
    }

    /// Enters how it ended; `None`: it was dropped.
    fn enter(&mut self, kind: &'static str, number: u32, ended: Option<Result<Option<Outcome>, Error>>) {
        let book = &mut self.book;
        let how = match &ended {
            None => How::Dropped,
            Some(Ok(_)) => How::Answered,
            Some(Err(error)) if error.is_refused() => {
                if kind != "refused" && !error.to_string().contains("shutting down") {
                    book.refused.push(format!("{kind}: {error}"));
                }
                How::Refused
            }
            Some(Err(error)) => {
                let (how, is_well) = lost(error);
                if !is_well {
                    book.wrong.push(format!("{kind}: {error}"));
                }
                book.lost += usize::from(matches!(error, Error::Ended(_)));
                how
            }
        };
        book.requests += 1;
        *book.ends.entry(kind).or_default().entry(how).or_default() += 1;
        match kind {
            "event" => book.numbers.event(number, how),
            "originate" => {
                let outcome = ended.and_then(Result::ok).flatten();
                let failed = outcome.as_ref().is_some_and(|outcome| !outcome.is_success());
                let outcome = outcome.as_ref().and_then(Outcome::event);
                let outcome = outcome.map(|event| event.frame().as_bytes().into());
                book.numbers.call(number, if failed { How::Refused } else { how }, outcome);
            }
            _ => {}
        }
    }
}

/// Returns how far one came that was not answered, and whether that is an end which a loss may lead
/// to.
fn lost(error: &Error) -> (How, bool) {
    match error {
        Error::Ended(ended) => match ended.ending.view() {
            Ending::Lost(Reached::NotSent) => (How::NeverReached, true),
            Ending::Lost(_) => (How::Lost, true),
            _ => (How::Lost, false),
        },
        _ => (How::NeverReached, false),
    }
}

const NAMES: [&str; 8] = ["request", "event", "list", "long list", "originate", "command", "text", "refused"];

/// Asks for one thing. The outcome of a call is returned.
async fn one(ami: &Ami, kind: u64, number: u32) -> Result<Option<Outcome>, Error> {
    match NAMES[usize::try_from(kind).unwrap()] {
        "request" => drop(ami.request(CoreStatus::new()).await?),
        "event" => drop(ami.request(user_event(number)).await?),
        "list" => {
            ami.list_all(CoreShowChannels::new()).await?;
            ami.list_all(PjsipShowEndpoints::new()).await?;
        }
        "long list" => {
            let mut list = ami.list(ShowDialPlan::new()).await?;
            let mut ended = Ok(None);
            while let Some(item) = list.next().await {
                assert!(ended.is_ok(), "a list goes on behind its end");
                ended = item.and(ended);
            }
            return ended;
        }
        "originate" => {
            let call = Originate::new(format!("Local/storm-{number}@live/n")).application("Wait").data("1");
            return ami.originate(call).await.map(Some);
        }
        "command" => {
            let output = ami.command("core show uptime").await?;
            assert!(output.lines().count() > 0, "{output}");
        }
        "text" => drop(ami.text(IaxNetstats::new()).await?),
        _ => drop(ami.request(Hangup::new("Local/nobody@live-00000000;1")).await?),
    }
    Ok(None)
}
