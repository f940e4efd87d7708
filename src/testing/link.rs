//! The connection in memory, its two ends, and its clock.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use crate::conn::Machine;
use crate::range::{part, part_mut};

/// A connection between two sides, and the clock of both.
///
/// As it is made it carries all at once; [`latency`](Self::latency), [`pieces`](Self::pieces) and
/// [`window`](Self::window) make it slower, [`End::stall_after`] and [`End::cut_after`] make it
/// fail. The near side is by custom the one that is tested; nothing else tells them apart.
///
/// The test takes the place of the driver, so it polls the events of both sides before each
/// [`turn`](Self::turn). Scripts need no polling.
pub struct Link {
    now: Instant,
    /// The time that passes by itself in one run of turns, and when that is over.
    lasts: Duration,
    end: Option<Instant>,
    latency: Duration,
    piece: usize,
    window: usize,
    random: Random,
    /// The way to the near side, and the one to the far side.
    ways: [Way; 2],
    is_cut: bool,
    /// Counts what has moved.
    moves: u64,
}

/// The side of a link, as the place of the way that leads to it.
#[derive(Clone, Copy)]
enum Side {
    Near,
    Far,
}

impl Side {
    const fn other(self) -> Self {
        match self {
            Self::Near => Self::Far,
            Self::Far => Self::Near,
        }
    }
}

/// One direction, named by the end that it leads to.
#[derive(Default)]
struct Way {
    /// Bytes written and not read, each part with the time at which it arrives.
    under_way: VecDeque<(Instant, VecDeque<u8>)>,
    written: usize,
    received: Vec<u8>,
    /// When the end of the stream arrives, once its writer has closed.
    closed: Option<Instant>,
    /// Set once the reader has been told of the end.
    told: bool,
    cut: Option<usize>,
    stalls: Vec<(usize, Duration)>,
    stalled: Option<Instant>,
}

impl Way {
    /// Bytes that may be read before something is to happen to the connection.
    fn left(&self) -> usize {
        let stalls = self.stalls.iter().map(|(after, _)| *after);
        stalls.chain(self.cut).min().map_or(usize::MAX, |at| at.saturating_sub(self.received.len()))
    }

    /// When the first of what is under way can be read.
    fn arrival(&self) -> Option<Instant> {
        let first = self.under_way.front().map(|(arrives, _)| *arrives).or(self.closed.filter(|_| !self.told))?;
        Some(self.stalled.map_or(first, |until| first.max(until)))
    }
}

impl Link {
    const HOUR: Duration = Duration::from_secs(3600);

    /// A connection that carries everything at once, on a clock that stands still.
    pub fn new() -> Self {
        let now = Instant::now();
        Self {
            now,
            lasts: Self::HOUR,
            end: now.checked_add(Self::HOUR),
            latency: Duration::ZERO,
            piece: usize::MAX,
            window: 1 << 16,
            random: Random(1),
            ways: [Way::default(), Way::default()],
            is_cut: false,
            moves: 0,
        }
    }

    /// Draws the lengths of [`pieces`](Self::pieces) from this number.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        self
    }

    /// Sets how long time passes by itself until [`turn`](Self::turn) returns `false`; then it
    /// begins anew. Default: an hour.
    #[must_use]
    pub fn lasts(mut self, time: Duration) -> Self {
        (self.lasts, self.end) = (time, self.now.checked_add(time));
        self
    }

    /// Has everything arrive so much later than it was written. Default: at once.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Has each read and each write take at most so many bytes, of a length that is drawn. Default:
    /// any number.
    #[must_use]
    pub fn pieces(mut self, most: usize) -> Self {
        self.piece = most.max(1);
        self
    }

    /// Sets how many bytes may be under way in one direction; beyond, writes take nothing. Default
    /// 64 KiB.
    #[must_use]
    pub fn window(mut self, bytes: usize) -> Self {
        self.window = bytes.max(1);
        self
    }

    /// Returns the time by the clock of the link, which passes in [`turn`](Self::turn) and
    /// [`pass`](Self::pass) alone.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Lets time pass.
    pub fn pass(&mut self, time: Duration) {
        self.now = self.now.checked_add(time).unwrap_or(self.now);
    }

    /// Returns the near end, for one moment.
    pub fn near(&mut self) -> End<'_> {
        End { link: self, side: Side::Near, is_full: false }
    }

    /// Returns the far end, for one moment.
    pub fn far(&mut self) -> End<'_> {
        End { link: self, side: Side::Far, is_full: false }
    }

    /// Breaks the connection off: what is under way is lost, and the next read or write of either
    /// side fails.
    pub fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Returns whether the connection has been broken off.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Makes the connection anew: nothing is under way, and nothing is to happen to it. Its clock
    /// goes on, and its speed stays.
    pub fn connect_again(&mut self) {
        self.ways = [Way::default(), Way::default()];
        self.is_cut = false;
    }

    /// Has each side write and read what it can at present: one [`Machine::exchange`] each. A side
    /// that is over, and has nothing left to transmit, closes its end. Returns whether anything
    /// happened.
    pub fn exchange(&mut self, near: &mut impl Machine, far: &mut impl Machine) -> bool {
        self.serve(Side::Near, near) | self.serve(Side::Far, far)
    }

    /// Does what [`exchange`](Self::exchange) does; where nothing happens, lets time pass until
    /// something is due on either side or arrives, and tries again. `false`: nothing will ever
    /// happen, unless one of the sides is told to do something; or not before the link's time is
    /// [up](Self::lasts), since a side that sends signs of life never comes to an end.
    pub fn turn(&mut self, near: &mut impl Machine, far: &mut impl Machine) -> bool {
        if self.exchange(near, far) {
            return true;
        }
        let arrivals = self.ways.iter().map(Way::arrival);
        let due = arrivals.chain([near.poll_timeout(), far.poll_timeout()]).flatten();
        let next = due.filter(|due| *due > self.now).min();
        let Some(next) = next.filter(|next| self.end.is_none_or(|end| *next <= end)) else {
            self.end = self.now.checked_add(self.lasts);
            return false;
        };
        self.now = next;
        self.exchange(near, far);
        true
    }

    fn serve(&mut self, side: Side, machine: &mut impl Machine) -> bool {
        let (now, moves) = (self.now, self.moves);
        let due = machine.poll_timeout().filter(|due| *due <= now);
        let mut end = End { link: self, side, is_full: false };
        // An error is the end of the connection, of which the machine knows.
        let _ = machine.exchange(&mut end, || now);
        if machine.is_over() && machine.poll_transmit().is_none() {
            end.close();
        }
        // What is due and was not done waits for the side to be polled.
        self.moves > moves || due.is_some_and(|due| machine.poll_timeout() != Some(due))
    }

    fn way(&mut self, to: Side) -> &mut Way {
        let [near, far] = &mut self.ways;
        match to {
            Side::Near => near,
            Side::Far => far,
        }
    }

    /// Makes what is to happen after so many bytes happen.
    fn settle(&mut self) {
        let now = self.now;
        for way in &mut self.ways {
            let received = way.received.len();
            self.is_cut |= way.cut.is_some_and(|after| after <= received);
            while let Some(place) = way.stalls.iter().position(|(after, _)| *after <= received) {
                let (_, time) = way.stalls.swap_remove(place);
                way.stalled = way.stalled.max(now.checked_add(time));
            }
        }
    }

    /// Returns how many of so many bytes are moved at once.
    fn piece(&mut self, len: usize) -> usize {
        if self.piece < usize::MAX { self.random.up_to(self.piece).min(len) } else { len }
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Link {
    /// The state without any bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [near, far] = self.ways.each_ref().map(|way| way.received.len());
        f.debug_struct("Link")
            .field("is_cut", &self.is_cut)
            .field("received_near", &near)
            .field("received_far", &far)
            .finish_non_exhaustive()
    }
}

/// One end of a [`Link`], as a non-blocking socket for one moment.
///
/// It can be given to [`Machine::exchange`], or to a driver that reads and writes by itself; a test
/// that plays the other side by hand writes to it and reads from it. After a write that was short
/// it takes nothing more, as a socket whose buffer is full.
pub struct End<'a> {
    link: &'a mut Link,
    side: Side,
    is_full: bool,
}

impl End<'_> {
    /// Returns all that has been read at this end, of this connection.
    pub fn received(&self) -> &[u8] {
        let [near, far] = &self.link.ways;
        match self.side {
            Side::Near => &near.received,
            Side::Far => &far.received,
        }
    }

    /// Returns how many bytes this end has written, whether they have arrived or not.
    pub fn written(&mut self) -> usize {
        self.out().written
    }

    /// Breaks the connection off, see [`Link::cut`], once so many bytes have been read at this end,
    /// counted from the start of the connection: at once, where [`received`](Self::received) has as
    /// many already.
    pub fn cut_after(&mut self, bytes: usize) {
        self.link.way(self.side).cut = Some(bytes);
    }

    /// Has nothing arrive at this end for so long, once so many bytes have been read at it, counted
    /// from the start of the connection.
    pub fn stall_after(&mut self, bytes: usize, time: Duration) {
        self.link.way(self.side).stalls.push((bytes, time));
    }

    /// Closes this end: the other reads what is under way and then the end of the stream; what it
    /// writes after that fails.
    pub fn close(&mut self) {
        let arrives = self.arrival();
        let out = self.out();
        if out.closed.is_none() {
            out.closed = Some(arrives);
            self.link.moves += 1;
        }
    }

    /// The way from here to the other end.
    fn out(&mut self) -> &mut Way {
        self.link.way(self.side.other())
    }

    /// When what is written now arrives.
    fn arrival(&self) -> Instant {
        self.link.now.checked_add(self.link.latency).unwrap_or(self.link.now)
    }

    /// Tells the reader of the end, which counts once.
    fn tell_end(&mut self) {
        let told = core::mem::replace(&mut self.link.way(self.side).told, true);
        self.link.moves += u64::from(!told);
    }
}

impl Read for End<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.link.settle();
        if self.link.is_cut {
            self.tell_end();
            return Err(ErrorKind::ConnectionReset.into());
        }
        let (now, most) = (self.link.now, self.link.piece(space.len()));
        let way = self.link.way(self.side);
        if way.arrival().is_some_and(|arrives| arrives > now) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let left = way.left();
        let Some((_, bytes)) = way.under_way.front_mut() else {
            if way.closed.is_none() {
                return Err(ErrorKind::WouldBlock.into());
            }
            self.tell_end();
            return Ok(0);
        };
        let n = bytes.read(part_mut(space, ..most.min(left)))?;
        if bytes.is_empty() {
            way.under_way.pop_front();
        }
        way.received.extend_from_slice(part(space, ..n));
        self.link.moves += n as u64;
        self.link.settle();
        Ok(n)
    }
}

impl Write for End<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        self.link.settle();
        let (now, arrives) = (self.link.now, self.arrival());
        let other_closed = self.link.way(self.side).closed.is_some_and(|closed| closed <= now);
        if self.link.is_cut || other_closed || self.out().closed.is_some() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let (window, most) = (self.link.window, self.link.piece(bytes.len()));
        let out = self.out();
        let under_way: usize = out.under_way.iter().map(|(_, part)| part.len()).sum();
        let n = if self.is_full { 0 } else { most.min(window.saturating_sub(under_way)) };
        if n == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.is_full = n < bytes.len();
        let out = self.out();
        let taken = part(bytes, ..n);
        match out.under_way.back_mut() {
            Some((at, last)) if *at == arrives => last.extend(taken),
            _ => out.under_way.push_back((arrives, taken.to_vec().into())),
        }
        out.written += n;
        self.link.moves += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for End<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("End").field(self.link).finish()
    }
}

/// A xorshift generator: the same on every machine.
struct Random(u64);

impl Random {
    /// A number from 1 to the limit.
    fn up_to(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from((self.0 >> 33) % limit + 1).unwrap_or(1)
    }
}
