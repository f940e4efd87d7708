//! A stream over a loopback socket, for peers that have no other way in; and what that costs by
//! itself.

use super::ami_proto::{Use, decoder};
use crate::allocations;
use crate::measure::{Found, Run};
use ::ami_proto::Decoder;
use anyhow::Result;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Instant;

/// A server for one connection: a banner, one login that it accepts if `login`, and when told to,
/// the stream; then it hangs up.
pub struct Server {
    pub address: SocketAddr,
    start: Sender<()>,
    thread: JoinHandle<Result<()>>,
}

impl Server {
    pub fn new(stream: &[u8], login: bool) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let (start, started) = channel();
        let stream = stream.to_vec();
        let thread = std::thread::spawn(move || serve(&listener, &stream, login, &started));
        Ok(Self { address, start, thread })
    }

    /// Lets the stream go.
    pub fn start(&self) -> Clock {
        let clock = Clock { start: Instant::now(), allocations: allocations::count() };
        // Where the thread has failed, its error shows in `finish`.
        _ = self.start.send(());
        clock
    }

    pub fn finish(self) -> Result<()> {
        self.thread.join().expect("a thread that doesn't panic")
    }
}

fn serve(listener: &TcpListener, stream: &[u8], login: bool, started: &Receiver<()>) -> Result<()> {
    let (mut socket, _) = listener.accept()?;
    socket.write_all(b"Asterisk Call Manager/11.0.0\r\n")?;
    if login {
        let mut id = String::new();
        for line in BufReader::new(socket.try_clone()?).lines() {
            let line = line?;
            if let Some(value) = line.strip_prefix("ActionID: ") {
                id = value.to_owned();
            } else if line.is_empty() {
                break;
            }
        }
        write!(socket, "Response: Success\r\nActionID: {id}\r\nMessage: Authentication accepted\r\n\r\n")?;
    }
    if started.recv().is_ok() {
        socket.write_all(stream)?;
    }
    Ok(())
}

/// When the stream was let go.
pub struct Clock {
    start: Instant,
    allocations: u64,
}

impl Clock {
    pub fn run(&self, end: Instant, found: Found) -> Run {
        Run { found, time: end - self.start, allocations: allocations::count() - self.allocations }
    }
}

/// Reads the socket to its end, 8192 bytes at a time, and does no more.
pub fn read_only(stream: &[u8]) -> Result<Run> {
    over_socket(stream, |socket| {
        let mut buffer = vec![0; 8192];
        while socket.read(&mut buffer)? > 0 {}
        Ok(Found::default())
    })
}

/// Reads it into this crate's decoder.
pub fn decoded(stream: &[u8], decoder: &mut Decoder) -> Result<Run> {
    over_socket(stream, |socket| {
        let mut found = Found::default();
        while let Some(space) = decoder.space(8192) {
            match socket.read(space)? {
                0 => break,
                n => decoder.advance(n),
            }
            while let Some(frame) = decoder.next_frame()? {
                std::hint::black_box(frame);
                found.frames += 1;
            }
        }
        Ok(found)
    })
}

/// A decoder that has seen the stream.
pub fn warm(stream: &[u8]) -> Decoder {
    let mut decoder = decoder();
    super::ami_proto::decode(&mut decoder, stream, 8192, Use::Take);
    decoder
}

fn over_socket(stream: &[u8], read: impl FnOnce(&mut TcpStream) -> Result<Found>) -> Result<Run> {
    let server = Server::new(stream, false)?;
    let socket = TcpStream::connect(server.address)?;
    let mut line = BufReader::with_capacity(64, socket);
    line.read_line(&mut String::new())?;
    let mut socket = line.into_inner();
    let clock = server.start();
    let found = read(&mut socket)?;
    let run = clock.run(Instant::now(), found);
    server.finish()?;
    Ok(run)
}
