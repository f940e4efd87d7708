//! A connection that is read and written without waiting, on the standard library alone: two
//! threads wait for the socket instead, and wake the thread that serves many of them.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

/// Bytes that a link reads or writes at once; it holds two such pieces of either direction.
const PIECE: usize = 16 << 10;
/// The longest that a peer may take nothing before its connection is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Wakes the one who serves links; a channel with room for one signal.
pub(super) type Wake = SyncSender<()>;

/// A connection. It is closed when it is dropped, after what was written to it.
pub(super) struct Link {
    input: Receiver<io::Result<Vec<u8>>>,
    /// Bytes that were received and not read.
    rest: VecDeque<u8>,
    output: SyncSender<Vec<u8>>,
}

impl Link {
    pub(super) fn new(socket: TcpStream, wake: &Wake) -> io::Result<Self> {
        socket.set_write_timeout(Some(PATIENCE))?;
        let (received, input) = sync_channel(1);
        let (output, to_send) = sync_channel(1);
        let (reader, for_reader, for_writer) = (socket.try_clone()?, wake.clone(), wake.clone());
        thread::Builder::new().spawn(move || receive(reader, received, &for_reader))?;
        thread::Builder::new().spawn(move || send(socket, to_send, &for_writer))?;
        Ok(Self { input, rest: VecDeque::new(), output })
    }
}

/// Wakes without waiting: where a signal waits already, that one will do.
fn signal(wake: &Wake) {
    let _ = wake.try_send(());
}

fn receive(mut socket: TcpStream, received: SyncSender<io::Result<Vec<u8>>>, wake: &Wake) {
    let mut piece = vec![0; PIECE];
    loop {
        let result = match socket.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => Ok(piece[..n].to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let broken = result.is_err();
        if received.send(result).is_err() || broken {
            break;
        }
        signal(wake);
    }
    drop(received);
    signal(wake);
}

fn send(mut socket: TcpStream, to_send: Receiver<Vec<u8>>, wake: &Wake) {
    for piece in &to_send {
        // There is room for the next one.
        signal(wake);
        if socket.write_all(&piece).is_err() {
            break;
        }
    }
    drop(to_send);
    let _ = socket.shutdown(Shutdown::Both);
    signal(wake);
}

impl Read for Link {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            match self.input.try_recv() {
                Ok(piece) => self.rest = piece?.into(),
                Err(TryRecvError::Empty) => return Err(ErrorKind::WouldBlock.into()),
                Err(TryRecvError::Disconnected) => return Ok(0),
            }
        }
        self.rest.read(buf)
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        match self.output.try_send(piece.to_vec()) {
            Ok(()) => Ok(piece.len()),
            Err(TrySendError::Full(_)) => Err(ErrorKind::WouldBlock.into()),
            Err(TrySendError::Disconnected(_)) => Err(ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
