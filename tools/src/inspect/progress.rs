//! How far a long file has been read, on the terminal that messages go to.

use std::io::{self, IsTerminal, Read, Write};

/// Bytes between two lines of progress.
const STEP: u64 = 4 << 20;

/// A file that tells how far it has been read.
pub(crate) struct Progress<R> {
    file: R,
    total: u64,
    read: u64,
    shown: u64,
    terminal: bool,
}

impl<R> Progress<R> {
    /// Wraps a file of `total` bytes. Nothing is shown where standard error is no terminal.
    pub(crate) fn new(file: R, total: u64) -> Self {
        Self { file, total, read: 0, shown: 0, terminal: io::stderr().is_terminal() }
    }
}

impl<R: Read> Read for Progress<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buf)?;
        self.read += n as u64;
        if self.terminal && self.read - self.shown >= STEP {
            self.shown = self.read;
            let mib = |bytes: u64| bytes >> 20;
            // Whether this can be written is of no interest.
            let _ = write!(io::stderr(), "\r{} of {} MiB\x1b[K", mib(self.read), mib(self.total));
        }
        Ok(n)
    }
}

impl<R> Drop for Progress<R> {
    /// Clears the line.
    fn drop(&mut self) {
        if self.shown > 0 {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
