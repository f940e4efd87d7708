//! Reads what asynchronous AGI tells in `Env` and `Result`, once they are decoded.

/// The variables of a call, as AGI tells them when it begins: a line `agi_name: value` each, up to
/// an empty one. It is the decoded `Env` of `AsyncAGIStart`.
///
/// ```
/// use ami_proto::value::{AgiEnv, Encoded};
///
/// let decoded = Encoded::new(b"agi_request%3A%20async%0Aagi_callerid%3A%20100%0A%0A").decode();
/// let env = AgiEnv::new(&decoded);
/// assert_eq!(env.get("agi_callerid"), Some(&b"100"[..]));
/// assert_eq!(env.iter().next(), Some((&b"agi_request"[..], &b"async"[..])));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgiEnv<'a>(&'a [u8]);

impl<'a> AgiEnv<'a> {
    /// Takes the decoded bytes.
    #[must_use]
    #[inline]
    pub const fn new(decoded: &'a [u8]) -> Self {
        Self(decoded)
    }

    /// Returns each name with its value, in order. Lines without a colon are left out.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        self.0.split(|byte| *byte == b'\n').filter_map(|line| {
            let (name, value) = cut(line, b":")?;
            Some((name, value.strip_prefix(b" ").unwrap_or(value)))
        })
    }

    /// Returns the first value of this name, the case of letters apart.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a [u8]> {
        self.iter().find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }
}

/// The answer to an AGI command, such as `200 result=1 (timeout)`. It is the decoded `Result` of
/// `AsyncAGIExec`; that of `AGIExecEnd` is in words, and its code a header of its own,
/// [`AgiResultCode`](super::AgiResultCode).
///
/// ```
/// use ami_proto::value::{AgiAnswer, AgiResultCode, Encoded};
///
/// let decoded = Encoded::new(b"200%20result%3D1%20(timeout)%20endpos%3D960%0A").decode();
/// let answer = AgiAnswer::new(&decoded);
/// assert_eq!(answer.code(), Some(AgiResultCode::SUCCESS));
/// assert_eq!(answer.result(), Some(&b"1"[..]));
/// assert_eq!(answer.data(), Some(&b"timeout"[..]));
/// assert_eq!(answer.end_position(), Some(960));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgiAnswer<'a>(&'a [u8]);

impl<'a> AgiAnswer<'a> {
    /// Takes the decoded bytes.
    #[must_use]
    #[inline]
    pub const fn new(decoded: &'a [u8]) -> Self {
        Self(decoded)
    }

    /// Returns the number that it begins with; `None` where it begins with none.
    #[must_use]
    pub fn code(self) -> Option<super::AgiResultCode> {
        self.split().0
    }

    /// Returns what follows the number, without the line end: `result=1 (timeout)`, or a problem in
    /// words.
    #[must_use]
    pub fn text(self) -> &'a [u8] {
        self.split().1
    }

    /// Returns what the command gives back: what stands behind `result=`, up to a blank.
    #[must_use]
    pub fn result(self) -> Option<&'a [u8]> {
        let value = self.text().strip_prefix(b"result=")?;
        Some(cut(value, b" ").map_or(value, |(value, _)| value))
    }

    /// Returns what stands in parentheses behind the result, up to the last one that closes: the
    /// value of a variable, `timeout`, `speech`. The value may hold parentheses.
    #[must_use]
    pub fn data(self) -> Option<&'a [u8]> {
        let (_, rest) = cut(self.text().strip_prefix(b"result=")?, b" (")?;
        rest.iter().rposition(|byte| *byte == b')').and_then(|end| rest.get(..end))
    }

    /// Returns where a playback or a recording ended, in samples: what stands behind `endpos=` at
    /// the end.
    #[must_use]
    pub fn end_position(self) -> Option<u64> {
        let text = self.text();
        let (_, last) = text.split_at(text.iter().rposition(|byte| *byte == b' ')? + 1);
        core::str::from_utf8(last.strip_prefix(b"endpos=")?).ok()?.parse().ok()
    }

    fn split(self) -> (Option<super::AgiResultCode>, &'a [u8]) {
        let line = self.0.trim_ascii_end();
        let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = line.split_at(digits);
        let number = core::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        match (number, rest) {
            (Some(number), []) => (Some(super::AgiResultCode::new(number)), rest),
            // `520-` begins the lines of a command's usage.
            (Some(number), [b' ' | b'-', text @ ..]) => (Some(super::AgiResultCode::new(number)), text),
            _ => (None, line),
        }
    }
}

/// Returns what stands before the first mark, and what stands behind it.
fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    let (before, rest) = bytes.split_at(at);
    Some((before, rest.split_at(mark.len()).1))
}
