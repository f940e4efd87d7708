//! Measures what many connections cost a process: memory and CPU time of ten thousand that are
//! idle, and CPU time of two hundred that are told ten thousand events a second. Linux.
//!
//! ```sh
//! cargo bench -p ami-tokio --bench load
//! ```
//!
//! The servers run in a process of their own, this program once more. Under `cargo test` all is
//! much less than what is measured, and only looks whether it runs.

mod mock;

use std::future::Future;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ami_testkit::heap::{Counting, held_by};
use ami_tokio::ami_proto::event::Event;
use ami_tokio::client::Config;
use ami_tokio::{Ami, Connector, Credentials, Events, Item};
use rustix::process::{Resource, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Amounts of a measurement.
struct Size {
    idle: usize,
    idle_for: Duration,
    busy: usize,
    /// Events of each busy connection.
    events: u32,
    /// The time between two of them.
    every: Duration,
}

/// The idle ones are watched for as long as it takes each of them to ask for a sign of life once.
const MEASURED: Size =
    Size { idle: 10_000, idle_for: Duration::from_mins(1), busy: 200, events: 750, every: Duration::from_millis(20) };

const TRIED: Size =
    Size { idle: 50, idle_for: Duration::from_millis(100), busy: 10, events: 20, every: Duration::from_millis(1) };

fn main() {
    raise_descriptors();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "mock") {
        let number = |offset: usize| arguments[at + offset].parse().expect("a number");
        return mock::run(number(1), Duration::from_micros(number(2).into()));
    }
    let size = if arguments.iter().any(|argument| argument == "--bench") { MEASURED } else { TRIED };
    idle(&size);
    busy(&size);
}

/// Each connection takes a descriptor on each side.
fn raise_descriptors() {
    let mut limits = getrlimit(Resource::Nofile);
    limits.current = limits.maximum;
    setrlimit(Resource::Nofile, limits).expect("the soft limit may go up to the hard one");
}

/// The servers, in their process.
struct Servers {
    process: Child,
    address: String,
    orders: ChildStdin,
}

impl Servers {
    fn start(size: &Size) -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        let mut process = Command::new(program)
            .args(["mock", &size.events.to_string(), &size.every.as_micros().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program once more");
        let orders = process.stdin.take().expect("a pipe");
        let mut address = String::new();
        let said = process.stdout.take().expect("a pipe");
        BufReader::new(said).read_line(&mut address).expect("an address");
        Self { process, address: address.trim().to_owned(), orders }
    }

    /// Has them tell their events.
    fn go(&mut self) {
        self.orders.write_all(b"go\n").expect("servers that run");
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn connect(address: &str, connections: usize) -> Vec<Ami> {
    let config = Arc::new(Config::new());
    let mut all = Vec::with_capacity(connections);
    for _ in 0..connections {
        let connector = Connector::new(address, Credentials::md5("admin", "s3cret")).config(Arc::clone(&config));
        all.push(connector.connect().await.expect("a server that lets everybody in"));
    }
    all
}

fn idle(size: &Size) {
    let servers = Servers::start(size);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // What all share is not a connection's: the first one makes it.
    let first = runtime.block_on(connect(&servers.address, 1));
    let before = resident();
    let (all, held) = held_by(|| runtime.block_on(connect(&servers.address, size.idle)));
    let resident = resident().saturating_sub(before);
    println!(
        "{} connections: {} bytes each by the allocator, {} by the resident set (asked: at most 12,288)",
        size.idle,
        held / size.idle,
        resident / size.idle
    );
    let share = runtime.block_on(share_of_a_core(async { tokio::time::sleep(size.idle_for).await }));
    println!("idle for {:?}: {share:.2} % of a core (asked: about 0)", size.idle_for);
    drop((first, all));
}

fn busy(size: &Size) {
    let mut servers = Servers::start(size);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (all, readers) = runtime.block_on(async {
        let all = connect(&servers.address, size.busy).await;
        let readers: Vec<_> = all.iter().map(|ami| tokio::spawn(read(ami.events().start(), size.events))).collect();
        (all, readers)
    });
    let begun = Instant::now();
    let share = runtime.block_on(share_of_a_core(async {
        servers.go();
        for reader in readers {
            reader.await.expect("a reader that ends well");
        }
    }));
    let took = begun.elapsed().as_secs_f64();
    let events = size.events as usize * size.busy;
    #[expect(clippy::cast_precision_loss, reason = "to be read")]
    let rate = events as f64 / took;
    println!(
        "{} connections, {events} events sent and read, {rate:.0} a second for {took:.1} s: {share:.1} % of a core \
         (asked: at most 15 at 10,000 a second)",
        size.busy
    );
    drop(all);
}

/// Reads so many events, of each a field.
async fn read(mut events: Events, number: u32) {
    for _ in 0..number {
        match events.next().await {
            Some(Item::Event(event)) => assert!(field(event.view()), "{event}"),
            other => panic!("an event is missing: {other:?}"),
        }
    }
}

/// Reads a field of the event, as a program does that looks for one call.
fn field(event: Event<'_>) -> bool {
    match event {
        Event::Cel(event) => event.unique_id().is_ok(),
        Event::Newexten(event) => event.unique_id().is_ok(),
        Event::VarSet(event) => event.variable().is_ok(),
        Event::Hangup(event) => event.cause().is_ok(),
        Event::Newchannel(event) => event.unique_id().is_ok(),
        Event::DeviceStateChange(event) => event.state().is_ok(),
        other => other.name().is_some(),
    }
}

/// CPU time of this process while the future runs, in percent of one core.
async fn share_of_a_core(run: impl Future<Output = ()>) -> f64 {
    let (begun, before) = (Instant::now(), cpu());
    run.await;
    100.0 * cpu().saturating_sub(before).as_secs_f64() / begun.elapsed().as_secs_f64()
}

fn cpu() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().expect("a time since the start")
}

/// Bytes of this process that are in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.map_or(0, |pages: usize| pages * rustix::param::page_size())
}
