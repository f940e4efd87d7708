//! Output of a command, in one form for all versions.

use super::Command;
use crate::wire::{Frame, FrameKind, GetAll, Lines, Value, is_follows};

impl<'buf> Command<'buf> {
    /// Returns the command's output line by line: the text of a `Response: Follows` up to 13, the
    /// `Output` headers from 14 on.
    ///
    /// ```
    /// use ami_proto::response::Command;
    /// use ami_proto::{Decoder, Framing, Limits};
    ///
    /// for answer in [
    ///     &b"Response: Follows\r\nPrivilege: Command\r\nup\n 2 days\n--END COMMAND--\r\n\r\n"[..],
    ///     b"Response: Success\r\nMessage: Command output follows\r\nOutput: up\r\nOutput:  2 days\r\n\r\n",
    /// ] {
    ///     let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    ///     decoder.push(answer);
    ///     let lines: Vec<String> = Command::from(decoder.next_frame()?.unwrap()).lines().map(|line| line.to_string()).collect();
    ///     assert_eq!(lines, ["up", " 2 days"]);
    /// }
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub fn lines(&self) -> Output<'buf> {
        Output::new(self.frame())
    }
}

/// Lines of a command's output, see [`Command::lines`].
#[derive(Clone, Debug)]
pub struct Output<'buf>(Shape<'buf>);

#[derive(Clone, Debug)]
enum Shape<'buf> {
    Follows(Lines<'buf>),
    Headers(GetAll<'buf, 'static>),
}

impl<'buf> Output<'buf> {
    fn new(frame: Frame<'buf>) -> Self {
        let follows = frame.kind() == FrameKind::Response && frame.name().is_some_and(is_follows);
        Self(if follows { Shape::Follows(frame.lines()) } else { Shape::Headers(frame.get_all("Output")) })
    }
}

impl<'buf> Iterator for Output<'buf> {
    type Item = Value<'buf>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Shape::Follows(lines) => lines.next(),
            Shape::Headers(headers) => headers.next(),
        }
    }
}
