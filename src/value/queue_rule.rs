//! Steps of a queue's penalty rules.

use super::bytes::push_display;
use super::nom::{number, whole};
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use nom::character::complete::{char, one_of};
use nom::combinator::{map_opt, opt};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// One step of a queue's rule: `10,+1,-1` changes the penalties after 10 seconds of waiting.
///
/// The parts are the time in seconds, the change of the highest penalty, that of the lowest, and in
/// newer servers that of the penalty to which lower ones are raised. Blanks around the value are
/// ignored. (Asterisk `apps/app_queue.c`.)
///
/// ```
/// use core::time::Duration;
/// use ami_proto::value::{FromWire, PenaltyChange, QueueRuleStep};
///
/// let step = QueueRuleStep::from_wire(b"10,+1,5")?;
/// assert_eq!(step.after(), Duration::from_secs(10));
/// assert_eq!(step.max(), PenaltyChange::Add(1));
/// assert_eq!(step.min(), PenaltyChange::Set(5));
/// assert_eq!(step.to_string(), "10,+1,5");
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QueueRuleStep {
    seconds: u32,
    max: PenaltyChange,
    min: PenaltyChange,
    raise: Option<PenaltyChange>,
}

/// Change of a penalty.
///
/// ```
/// use ami_proto::value::PenaltyChange;
///
/// assert_eq!(PenaltyChange::Add(-1).to_string(), "-1");
/// assert_eq!(PenaltyChange::Add(1).to_string(), "+1");
/// assert_eq!(PenaltyChange::Set(1).to_string(), "1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a number with a sign, or without one")]
pub enum PenaltyChange {
    /// The penalty becomes this number.
    Set(u32),
    /// The penalty grows by this number, or shrinks if it is negative; the wire has a sign.
    Add(i32),
}

impl QueueRuleStep {
    /// Creates a step that is taken after this time of waiting.
    #[must_use]
    #[inline]
    pub const fn new(seconds: u32, max: PenaltyChange, min: PenaltyChange, raise: Option<PenaltyChange>) -> Self {
        Self { seconds, max, min, raise }
    }

    /// Returns how long a caller has waited when the step is taken, in whole seconds.
    #[must_use]
    #[inline]
    pub const fn after(self) -> Duration {
        Duration::from_secs(self.seconds as u64)
    }

    /// Returns the change of the highest penalty that members may have.
    #[must_use]
    #[inline]
    pub const fn max(self) -> PenaltyChange {
        self.max
    }

    /// Returns the change of the lowest penalty that members may have.
    #[must_use]
    #[inline]
    pub const fn min(self) -> PenaltyChange {
        self.min
    }

    /// Returns the change of the penalty to which members with a lower one are raised; `None` in
    /// older servers.
    #[must_use]
    #[inline]
    pub const fn raise(self) -> Option<PenaltyChange> {
        self.raise
    }
}

fn change(input: &[u8]) -> IResult<&[u8], PenaltyChange> {
    let (rest, sign) = opt(one_of("+-")).parse(input)?;
    match sign {
        None => number.map(PenaltyChange::Set).parse(rest),
        Some('-') => map_opt(number::<i64>, |n| Some(PenaltyChange::Add(i32::try_from(-n).ok()?))).parse(rest),
        Some(_) => number.map(PenaltyChange::Add).parse(rest),
    }
}

impl<'a> FromWire<'a> for QueueRuleStep {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let next = || preceded(char(','), change);
        let step =
            (number, next(), next(), opt(next())).map(|(seconds, max, min, raise)| Self { seconds, max, min, raise });
        whole(bytes, "a step as seconds,max,min", step)
    }
}

impl fmt::Display for PenaltyChange {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(n) => write!(f, "{n}"),
            Self::Add(n) => write!(f, "{n:+}"),
        }
    }
}

impl fmt::Display for QueueRuleStep {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.seconds, self.max, self.min)?;
        match self.raise {
            Some(raise) => write!(f, ",{raise}"),
            None => Ok(()),
        }
    }
}

impl ToWire for QueueRuleStep {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}
