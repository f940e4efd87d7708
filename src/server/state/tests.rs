//! Every cell of the table: against what is expected, and against the page that shows it.

use super::*;
use alloc::format;
use alloc::string::{String, ToString};

use crate::conn::stage_table::{StageTable, inputs};

const STAGES: [(Stage, &str); 5] = [
    (Stage::New, Stage::New.as_str()),
    (Stage::Asked, Stage::Asked.as_str()),
    (Stage::Refusing, Stage::Refusing.as_str()),
    (Stage::Ready, Stage::Ready.as_str()),
    (Stage::Over, Stage::Over.as_str()),
];

/// Each cell: the effect, and the stage that it leads to where that is another one.
const EXPECTED: &str = "
         | new              | asked               | refusing         | ready            | over
log in   | ask call > asked |                     |                  | already          |
accept   | not open         | let in call > ready | not open         | not open         |
refuse   | not open         | keep out: no > refusing | not open     | not open         |
goodbye  | close > over     | close > over        | close > over     | close > over     |
deadline | close > over     | close > over        | tell > over      |                  |
close    | close > over     | close > over        | close > over     | close > over     |
ended    | close > over     | close > over        | close > over     | close > over     |
cut      | cut 7 > over     | cut 7 > over        | cut 7 > over     | cut 7 > over     |
breach   | breach > over    | breach > over       | breach > over    | breach > over    |
not read | full 9 > over    | full 9 > over       | full 9 > over    | full 9 > over    |
";

inputs! {
    fn inputs() -> Input;
    Input::LogIn(_) => Input::LogIn(Classes::CALL), "log in", "`Login`";
    Input::Accept(_) => Input::Accept(Classes::CALL), "accept", "`accept`";
    Input::Refuse(_) => Input::Refuse("no"), "refuse", "`refuse`, `refuse_in_use`";
    Input::Goodbye => Input::Goodbye, "goodbye", "`Logoff`";
    Input::Deadline => Input::Deadline, "deadline", "deadline";
    Input::Close => Input::Close, "close", "`close`";
    Input::Ended => Input::Ended, "ended", "end of stream";
    Input::Cut { .. } => Input::Cut { truncated: 7 }, "cut", "end of stream inside a request";
    Input::Breach(_) => Input::Breach(breach()), "breach", "a limit is broken";
    Input::NotRead { .. } => Input::NotRead { max: 9 }, "not read", "more waits for transmission than may";
}

fn breach() -> FrameError {
    let mut decoder = crate::wire::Decoder::new(crate::wire::Limits::new().line(16));
    decoder.push(&[b'x'; 64]);
    decoder.next_frame().unwrap_err()
}

/// An effect's word in the expected table, and the words for it on the page.
fn said(effect: Effect) -> (String, &'static str) {
    let (short, long) = match effect {
        Effect::Nothing => ("", ""),
        Effect::NotOpen => ("not open", "`NotOpen`"),
        Effect::Ask(Classes::CALL) => ("ask call", "`ServerEvent::Login`"),
        Effect::AlreadyIn => ("already", "says that it is logged in"),
        Effect::LetIn(Classes::CALL) => ("let in call", "tells it"),
        Effect::KeepOut(message) => return (format!("keep out: {message}"), "waits before it tells it"),
        Effect::TellRefusal => ("tell", "tells the refusal, `Closed`"),
        Effect::Close => ("close", "`Closed`"),
        Effect::Lose(ConnectionError::Closed { truncated }) => return (format!("cut {truncated}"), "lost"),
        Effect::Lose(ConnectionError::Frame(error)) if error == breach() => ("breach", "lost"),
        Effect::Lose(ConnectionError::NotRead { max }) => return (format!("full {max}"), "lost"),
        Effect::Ask(_) | Effect::LetIn(_) | Effect::Lose(_) => ("?", "?"),
    };
    (short.to_string(), long)
}

fn cell(stage: Stage, input: Input) -> (Stage, String, &'static str) {
    let (next, effect) = stage.next(input);
    let (word, page) = said(effect);
    (next, word, page)
}

#[test]
fn every_stage_takes_every_input_as_expected() {
    StageTable { stages: &STAGES, inputs: &inputs(), cell }.is_as_expected(EXPECTED);
}

/// The page is made from the machine; `BLESS=1` writes it anew.
#[test]
fn the_page_shows_the_machine() {
    StageTable { stages: &STAGES, inputs: &inputs(), cell }.is_shown_in("server/state.md");
}
