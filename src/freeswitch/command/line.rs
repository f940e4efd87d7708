//! A command to one conference, as a line: the only place that writes one.

use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use super::Name;
use super::args::{Args, Words};
use super::quote::push_word;
use super::reading::BLANKS;
use crate::error::{EncodeError, Refusal};
use crate::wiped::{append, reserve, truncate};

/// A command and whom it goes to. What is written is refused as a whole, or is whole.
#[derive(Clone, Copy)]
#[must_use = "a line does nothing until it is written"]
pub struct Line<'a> {
    conference: Option<&'a str>,
    args: &'a Args<'a>,
    crash: bool,
    interpreted: bool,
}

/// The command's name alone, see [`ConferenceCommand`](super::ConferenceCommand).
impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("conference", &self.conference).field("command", &self.args.command()).finish()
    }
}

impl<'a> Line<'a> {
    pub(super) fn new(conference: Option<&'a str>, args: &'a Args<'a>) -> Self {
        Self { conference, args, crash: false, interpreted: false }
    }

    /// Returns the sub-command, by which the reply is read; `None` for one that the crate doesn't
    /// know.
    pub fn name(&self) -> Option<Name> {
        self.args.name()
    }

    /// Writes it even if such a line has killed a server.
    pub fn even_if_it_crashes(self) -> Self {
        Self { crash: true, ..self }
    }

    /// Writes it even if the server reads more than values in its arguments: `${…}` becomes a
    /// variable's value or runs a command of the server (`${system(…)}` one of its machine), a `+`
    /// behind the name that members are transferred to gives their PIN, an `@` the profile of the
    /// conference, a comma in it runs other applications, `{…}` before a file, text or dial string
    /// sets parameters, `://` names the format of a file, `clear` takes away. Only for texts that
    /// are the program's own: the author of such a text commands the server.
    ///
    /// ```
    /// use ami_proto::error::Refusal;
    /// use ami_proto::freeswitch::command::{ConferenceCommand, Play, SayMember, Transfer};
    ///
    /// let mut out = Vec::new();
    /// SayMember::new(7, "${caller_id_name}").to("3000").write(&mut out)?;
    /// assert_eq!(out, br"conference 3000 saymember 7 \${caller_id_name}");
    /// let refused = Transfer::new("3001+1234", &[7]).to("3000").write(&mut out).unwrap_err();
    /// assert!(matches!(refused.refusal(), Refusal::Interpreted { syntax: "+", at: 4, .. }));
    ///
    /// out.clear();
    /// Transfer::new("3001+1234", &[7]).to("3000").even_if_interpreted().write(&mut out)?;
    /// assert_eq!(out, b"conference 3000 transfer 3001+1234 7");
    /// out.clear();
    /// Play::new("tone_stream://%(200,0,500)").to("3000").even_if_interpreted().write(&mut out)?;
    /// assert_eq!(out, b"conference 3000 play tone_stream://%(200,0,500)");
    /// # Ok::<(), ami_proto::EncodeError>(())
    /// ```
    pub fn even_if_interpreted(self) -> Self {
        Self { interpreted: true, ..self }
    }

    /// Appends `conference …`, without a line end.
    ///
    /// # Errors
    /// [`EncodeError`], where an argument would arrive as something else, or the line has killed
    /// servers. `out` is then as it was.
    pub fn write(self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.framed(out, "", |_| {})
    }

    /// Appends the event socket's `api` command. The socket brings nothing else until its answer is
    /// there.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn api(self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.framed(out, "api ", |out| append(out, b"\n\n"))
    }

    /// Appends the event socket's `bgapi` command. The answer is the event `BACKGROUND_JOB` with
    /// this id, or with one that the server tells.
    ///
    /// # Errors
    /// As [`write`](Self::write); and where the id is not 1 to 255 visible ASCII characters.
    pub fn bgapi(self, job: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let fits = |job: &str| (1..256).contains(&job.len()) && job.bytes().all(|byte| byte.is_ascii_graphic());
        if job.is_some_and(|job| !fits(job)) {
            return Err(EncodeError::new("job", Refusal::JobId));
        }
        self.framed(out, "bgapi ", |out| {
            reserve(out, "\nJob-UUID: \n\n".len() + job.map_or(0, str::len));
            if let Some(job) = job {
                out.extend_from_slice(b"\nJob-UUID: ");
                out.extend_from_slice(job.as_bytes());
            }
            out.extend_from_slice(b"\n\n");
        })
    }

    fn framed(self, out: &mut Vec<u8>, verb: &str, end: impl FnOnce(&mut Vec<u8>)) -> Result<(), EncodeError> {
        let start = out.len();
        reserve(out, verb.len() + "conference".len());
        out.extend_from_slice(verb.as_bytes());
        if let Err(error) = self.words(out) {
            truncate(out, start);
            return Err(error);
        }
        end(out);
        Ok(())
    }

    fn words(self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(b"conference");
        self.args.check(self.conference, self.crash)?;
        if !self.interpreted {
            self.args.check_values(self.conference)?;
        }
        if let Some(name) = self.conference {
            check("conference", name)?;
            append(out, b" ");
            push_word(out, name, self.args.text_behind());
        }
        self.args.write(self.interpreted, &mut Plain(out))
    }
}

/// The words of a line.
struct Plain<'out>(&'out mut Vec<u8>);

impl fmt::Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        append(self.0, text.as_bytes());
        Ok(())
    }
}

impl Words for Plain<'_> {
    fn known(&mut self, word: fmt::Arguments<'_>) -> Result<(), EncodeError> {
        append(self.0, b" ");
        // Writing to a Vec can't fail.
        let _ = self.write_fmt(word);
        Ok(())
    }

    fn word(&mut self, argument: &'static str, word: &str) -> Result<(), EncodeError> {
        check(argument, word)?;
        append(self.0, b" ");
        push_word(self.0, word, None);
        Ok(())
    }

    /// Without the blanks at its ends, which FreeSWITCH leaves out as well.
    fn text(&mut self, argument: &'static str, text: &str) -> Result<(), EncodeError> {
        let text = text.trim_matches(BLANKS);
        check(argument, text)?;
        append(self.0, b" ");
        append(self.0, text.as_bytes());
        Ok(())
    }
}

fn check(argument: &'static str, text: &str) -> Result<(), EncodeError> {
    if text.is_empty() {
        return Err(EncodeError::new(argument, Refusal::EmptyValue));
    }
    match (0..).zip(text.bytes()).find(|(_, byte)| matches!(byte, b'\r' | b'\n' | 0)) {
        Some((at, byte)) => Err(EncodeError::new(argument, Refusal::InValue { byte, at })),
        None => Ok(()),
    }
}
