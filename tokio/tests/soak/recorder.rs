//! A recorder: a session of its own over a plain socket, which logs in again after each loss and
//! keeps every event that it reads.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use ami_tokio::ami_proto::{Decoder, FrameKind, Limits};

use crate::compared::Log;

pub(crate) struct Recorder {
    log: Arc<Mutex<Log>>,
    stops: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Recorder {
    /// Starts, and returns once it is logged in.
    pub(crate) fn start(address: &str, user: &str, secret: &str) -> Self {
        let log = Arc::new(Mutex::new(Log::default()));
        let stops = Arc::new(AtomicBool::new(false));
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = std::thread::spawn({
            let (log, stops, address) = (Arc::clone(&log), Arc::clone(&stops), address.to_owned());
            let login = format!("Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n");
            move || {
                while !stops.load(Ordering::Relaxed) {
                    // However it ends, the server has gone.
                    if let Ok(stream) = TcpStream::connect(&address) {
                        let _ = record(stream, &login, &log, &stops, || _ = ready.send(()));
                        log.lock().unwrap().lost();
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        });
        is_ready.recv_timeout(crate::PATIENCE).expect("a login of the recorder");
        Self { log, stops, thread }
    }

    pub(crate) fn log<T>(&self, look: impl FnOnce(&Log) -> T) -> T {
        look(&self.log.lock().unwrap())
    }

    pub(crate) fn stop(self) -> Log {
        self.stops.store(true, Ordering::Relaxed);
        self.thread.join().expect("a recorder that ends well");
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

/// Records one connection to its end.
fn record(
    mut stream: TcpStream,
    login: &str,
    log: &Mutex<Log>,
    stops: &AtomicBool,
    ready: impl Fn(),
) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    stream.write_all(login.as_bytes())?;
    let mut decoder = Decoder::new(Limits::new());
    let mut space = [0; 1 << 14];
    while !stops.load(Ordering::Relaxed) {
        match stream.read(&mut space) {
            Ok(0) => return Ok(()),
            Ok(n) => decoder.push(&space[..n]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
        let mut log = log.lock().unwrap();
        while let Some(frame) = decoder.next_frame().expect("frames within the limits") {
            match frame.kind() {
                FrameKind::Event => log.add(frame),
                FrameKind::Response if frame.get("Response").is_some_and(|said| said == "Success") => ready(),
                FrameKind::Response => panic!("the recorder is refused: {frame}"),
                _ => {}
            }
        }
    }
    Ok(())
}
