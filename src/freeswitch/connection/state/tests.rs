//! Every cell of the table: against what is expected, and against the page that shows it.

use super::*;
use alloc::format;
use alloc::string::{String, ToString};

use crate::conn::stage_table::{Row, StageTable, inputs};

const STAGES: [(Stage, &str); 7] = [
    (Stage::New, Stage::New.as_str()),
    (Stage::Greeting, Stage::Greeting.as_str()),
    (Stage::Greeted, Stage::Greeted.as_str()),
    (Stage::Login, Stage::Login.as_str()),
    (Stage::Ready, Stage::Ready.as_str()),
    (Stage::Closing, Stage::Closing.as_str()),
    (Stage::Over, Stage::Over.as_str()),
];

/// Each cell: the effect, and the stage that it leads to where that is another one.
const EXPECTED: &str = "
             | new               | greeting           | greeted           | login             | ready             | closing       | over
log in       | wait > greeting   | not new            | show > login      | not new           | not new           | not new       | not new
connect      | connect > login   | not new            | connect > login   | not new           | not new           | not new       | not new
greeted      | greeted > greeted | greeted > greeted  |                   |                   |                   |               |
rejected     | address > over    | address > over     | address > over    | address > over    |                   |               |
stranger     | wrong > over      | wrong > over       |                   |                   |                   |               |
accepted     |                   |                    |                   | welcome > ready   |                   |               |
refused      |                   |                    | refuse > over     | refuse > over     |                   |               |
deadline     |                   | no greeting > over |                   | no answer > over  |                   | close > over  |
unsent       |                   | no greeting > over |                   | not sent > over   |                   | close > over  |
close        | goodbye > closing | goodbye > closing  | goodbye > closing | goodbye > closing | goodbye > closing |               |
ended        | cut 7 > over      | cut 7 > over       | cut 7 > over      | cut 7 > over      | cut 7 > over      | close > over  |
disconnected | parted > over     | parted > over      | parted > over     | parted > over     | parted > over     | close > over  |
breach       | breach > over     | breach > over      | breach > over     | breach > over     | breach > over     | breach > over |
silence      |                   |                    |                   |                   | silent > over     |               |
owing        |                   |                    |                   |                   | owing > over      |               |
reconnect    | not begun         | not over           | not begun         | not over          | not over          | not over      | begin > new
";

inputs! {
    fn inputs(credentials: &Arc<Credentials>) -> Input<'_>;
    Input::LogIn(_) => Input::LogIn(credentials), "log in", "`login`";
    Input::Connect => Input::Connect, "connect", "`connect`";
    Input::Greeted => Input::Greeted, "greeted", "`auth/request`";
    Input::Rejected => Input::Rejected, "rejected", "`text/rude-rejection`";
    Input::Stranger(_) => Input::Stranger(Service::Ssh), "stranger", "the first words of another service";
    Input::Accepted => Input::Accepted, "accepted", "accepted";
    Input::Refused(_) => Input::Refused(LoginRefusal::Credentials), "refused", "refused";
    Input::Deadline => Input::Deadline, "deadline", "deadline";
    Input::Unsent => Input::Unsent, "unsent", "deadline, never transmitted";
    Input::Close => Input::Close, "close", "`close`";
    Input::Ended { .. } => Input::Ended { truncated: 7 }, "ended", "end of stream";
    Input::Disconnected => Input::Disconnected, "disconnected", "end of stream, after a disconnect notice";
    Input::Breach(_) => Input::Breach(breach()), "breach", "a limit is broken";
    Input::Silence => Input::Silence, "silence", "no sign of life";
    Input::Owing => Input::Owing, "owing", "an answer is owed too long";
    Input::Reconnect => Input::Reconnect, "reconnect", "`reconnect`";
}

fn breach() -> FrameError {
    let mut decoder = crate::freeswitch::Decoder::new(crate::freeswitch::LIMITS.line(16));
    decoder.push(&[b'x'; 64]);
    decoder.next_frame().unwrap_err()
}

/// An effect's word in the expected table, and the words for it on the page.
fn said(effect: Effect<'_>) -> (String, &'static str) {
    let (short, long) = match effect {
        Effect::Nothing => ("", ""),
        Effect::NotNew => ("not new", "`NotNew`"),
        Effect::NotOver => ("not over", "`NotOver`"),
        Effect::NotBegun => ("not begun", "`NotBegun`"),
        Effect::AwaitGreeting(_) => ("wait", "waits for the greeting"),
        Effect::Greeted => ("greeted", "a login that waits goes on"),
        Effect::LogIn(_) => ("show", "shows the password"),
        Effect::Connect => ("connect", "asks for the call's data"),
        Effect::Welcome => ("welcome", "`LoggedIn`"),
        Effect::SayGoodbye => ("goodbye", "says goodbye"),
        Effect::Refuse(LoginRefusal::Credentials) => ("refuse", "`LoginRefused`"),
        Effect::Refuse(LoginRefusal::Address) => ("address", "`LoginRefused`"),
        Effect::Lose(ConnectionError::LoginTimedOut(LoginStage::Greeting)) => ("no greeting", "lost"),
        Effect::Lose(ConnectionError::LoginTimedOut(LoginStage::Login)) => ("no answer", "lost"),
        Effect::Lose(ConnectionError::LoginTimedOut(LoginStage::Transmission)) => ("not sent", "lost"),
        Effect::Lose(ConnectionError::WrongServer(Service::Ssh)) => ("wrong", "lost"),
        Effect::Lose(ConnectionError::Closed { truncated }) => return (format!("cut {truncated}"), "lost"),
        Effect::Lose(ConnectionError::Disconnected) => ("parted", "lost"),
        Effect::Lose(ConnectionError::Frame(error)) if error == breach() => ("breach", "lost"),
        Effect::Lose(ConnectionError::KeepAlive) => ("silent", "lost"),
        Effect::Lose(ConnectionError::NotAnswered) => ("owing", "lost"),
        Effect::Close => ("close", "`Closed`"),
        Effect::Begin => ("begin", "begins anew"),
        Effect::Refuse(_) | Effect::Lose(_) => ("?", "?"),
    };
    (short.to_string(), long)
}

fn table<'a>(inputs: &'a [Row<Input<'a>>]) -> StageTable<'a, Stage, Input<'a>> {
    let cell = |stage: Stage, input| {
        let (next, effect) = stage.next(input);
        let (word, page) = said(effect);
        (next, word, page)
    };
    StageTable { stages: &STAGES, inputs, cell }
}

#[test]
fn every_stage_takes_every_input_as_expected() {
    table(&inputs(&Arc::new(Credentials::password("s")))).is_as_expected(EXPECTED);
}

/// The page is made from the machine; `BLESS=1` writes it anew.
#[test]
fn the_page_shows_the_machine() {
    table(&inputs(&Arc::new(Credentials::password("s")))).is_shown_in("freeswitch/connection/state.md");
}
