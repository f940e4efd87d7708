//! Ways to cut an input into pieces, the same ones each time, so that a test runs whole, in pieces
//! and with a tail.

use ami_proto::conn::Machine;
use std::time::Instant;

/// Gives a state machine what its peer has said: all of it, or the first byte into its room.
/// Returns how many bytes were taken.
pub fn hand(machine: &mut impl Machine, now: Instant, bytes: &[u8], bytewise: bool) -> usize {
    let Some(first) = bytes.first().filter(|_| bytewise) else { return machine.handle_input(now, bytes) };
    let Some(space) = machine.space(1) else { return 0 };
    *space.first_mut().expect("room is never empty") = *first;
    machine.advance(now, 1);
    1
}

/// Beyond this many bytes the plan of single bytes is left out.
const SINGLE_BYTES_LIMIT: usize = 256 * 1024;

/// Bytes to put behind an input. The frames found before must come out again, first and unchanged,
/// whatever follows.
pub const TAILS: &[&[u8]] = &[
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\r\n",
    b"\r\n\r\n",
    b"\0",
    b"\xff\xfe",
    b":",
    b"Event",
    b"Event: Tail\r\n",
    b"Event: Tail\r\n\r\n",
    b"Response: Follows\r\n\r\n--END COMMAND--",
    b"--END COMMAND--\r\n\r\n",
    b"no colon\n\n",
];

/// Chunk sizes for an input of `len` bytes, plan by plan. The first plan is the whole input; then
/// come chunks of 1, 7, 64, 1460 and 65536 bytes as far as they are shorter than the input, and
/// three plans drawn from `seed`: tiny chunks, mixed ones up to 4 KiB, mixed ones up to 128 KiB.
///
/// No size is 0 and each plan adds up to `len`; for an empty input there is one plan without
/// chunks.
#[must_use]
pub fn splits(len: usize, seed: u64) -> Vec<Vec<usize>> {
    if len == 0 {
        return vec![Vec::new()];
    }
    let mut plans = vec![vec![len]];
    for size in [1, 7, 64, 1460, 65536] {
        if size < len && (size > 1 || len <= SINGLE_BYTES_LIMIT) {
            plans.push(plan(len, || size));
        }
    }
    let mut random = Random::new(seed);
    plans.push(plan(len, || 1 + random.below(16)));
    plans.push(plan(len, || random.any_magnitude(12)));
    plans.push(plan(len, || random.any_magnitude(17)));
    plans
}

/// All plans of exactly two chunks, for inputs short enough to try every cut.
#[must_use]
pub fn halves(len: usize) -> Vec<Vec<usize>> {
    (1..len).map(|cut| vec![cut, len - cut]).collect()
}

/// A plan that cuts before and after every CR and every LF: the places where a scanner has to
/// remember something.
#[must_use]
pub fn at_line_ends(input: &[u8]) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut size = 0;
    for &byte in input {
        if matches!(byte, b'\r' | b'\n') {
            sizes.extend((size > 0).then_some(size));
            sizes.push(1);
            size = 0;
        } else {
            size += 1;
        }
    }
    sizes.extend((size > 0).then_some(size));
    sizes
}

/// The chunks of an input by a plan. What the plan doesn't cover comes as one last chunk, so that
/// nothing gets lost.
#[must_use]
pub fn chunks<'a>(input: &'a [u8], plan: &[usize]) -> Vec<&'a [u8]> {
    let mut left = input;
    let mut chunks = Vec::with_capacity(plan.len());
    for &size in plan {
        let (chunk, after) = left.split_at(size.min(left.len()));
        chunks.push(chunk);
        left = after;
    }
    if !left.is_empty() {
        chunks.push(left);
    }
    chunks
}

/// Sizes drawn one by one until they add up; the last one is cut short.
fn plan(len: usize, mut size: impl FnMut() -> usize) -> Vec<usize> {
    let mut left = len;
    let mut sizes = Vec::new();
    while left > 0 {
        let size = size().clamp(1, left);
        sizes.push(size);
        left -= size;
    }
    sizes
}

/// A xorshift generator: enough to vary what tests do, and the same on every machine.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Spread the seed, so that 1, 2, 3 give unlike plans; the state must not be 0.
        Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 33) % limit.max(1) as u64).unwrap_or(0)
    }

    /// At least 1 and less than 2 to the power of `bits`, small and large sizes equally often.
    fn any_magnitude(&mut self, bits: usize) -> usize {
        let floor = 1 << self.below(bits);
        floor + self.below(floor)
    }
}
