//! Checks every cell of the table against the expected effects, and the page that shows it.

use super::*;
use alloc::format;
use alloc::string::{String, ToString};

use crate::conn::stage_table::{Row, StageTable, inputs};

const STAGES: [(Stage, &str); 9] = [
    (Stage::New, Stage::New.as_str()),
    (Stage::Greeting, Stage::Greeting.as_str()),
    (Stage::Greeted, Stage::Greeted.as_str()),
    (Stage::Challenge, Stage::Challenge.as_str()),
    (Stage::Login, Stage::Login.as_str()),
    (Stage::Booting, Stage::Booting.as_str()),
    (Stage::Ready, Stage::Ready.as_str()),
    (Stage::Closing, Stage::Closing.as_str()),
    (Stage::Over, Stage::Over.as_str()),
];

/// Effect of each input in each stage, and the next stage if it is another one.
const EXPECTED: &str = "
             | new               | greeting          | greeted           | challenge           | login             | booting           | ready             | closing       | over
by challenge | wait > greeting   | not new           | ask > challenge   | not new             | not new           | not new           | not new           | not new       | not new
log in       | wait > greeting   | not new           | log in > login    | not new             | not new           | not new           | not new           | not new       | not new
greeted      | greeted > greeted | greeted > greeted |                   |                     |                   |                   |                   |               |
stranger     | wrong > over      | wrong > over      | wrong > over      | wrong > over        | wrong > over      |                   |                   |               |
challenged   |                   |                   |                   | answer > login      |                   |                   |                   |               |
unchallenged |                   |                   |                   | log in > login      |                   |                   |                   |               |
accepted     |                   |                   |                   |                     | welcome > booting |                   |                   | close > over  |
refused      |                   |                   | refuse > over     | refuse > over       | refuse > over     |                   |                   | close > over  |
booted       |                   |                   |                   |                     |                   | booted > ready    |                   |               |
deadline     |                   | no banner > over  |                   | no challenge > over | no answer > over  | ready > ready     |                   | close > over  |
unsent       |                   |                   |                   | not sent > over     | not sent > over   |                   |                   | close > over  |
close        | goodbye > closing | goodbye > closing | goodbye > closing | goodbye > closing   | goodbye > closing | goodbye > closing | goodbye > closing |               |
goodbye      |                   |                   |                   |                     |                   | await > closing   | await > closing   |               |
ended        | cut 7 > over      | cut 7 > over      | cut 7 > over      | cut 7 > over        | cut 7 > over      | cut 7 > over      | cut 7 > over      | close > over  |
breach       | breach > over     | breach > over     | breach > over     | breach > over       | breach > over     | breach > over     | breach > over     | breach > over |
silence      |                   |                   |                   |                     |                   | silent > over     | silent > over     |               |
reconnect    | not begun         | not over          | not begun         | not over            | not over          | not over          | not over          | not over      | begin > new
";

inputs! {
    fn inputs(credentials: &Arc<Credentials>) -> Input<'_>;
    Input::LogInByChallenge(_) => Input::LogInByChallenge(credentials), "by challenge", "`login` by challenge";
    Input::LogIn(_) => Input::LogIn(credentials), "log in", "`login` in plain";
    Input::Greeted => Input::Greeted, "greeted", "the greeting";
    Input::Stranger(_) => Input::Stranger(Service::Ssh), "stranger", "the first words of another service";
    Input::Challenged { .. } => Input::Challenged { credentials, challenge: b"1" }, "challenged", "the challenge";
    Input::Unchallenged(_) => Input::Unchallenged(credentials), "unchallenged", "no challenge, and plain is allowed";
    Input::Accepted => Input::Accepted, "accepted", "accepted";
    Input::Refused(_) => Input::Refused(LoginRefusal::Credentials), "refused", "refused";
    Input::Booted => Input::Booted, "booted", "`FullyBooted`";
    Input::Deadline => Input::Deadline, "deadline", "deadline";
    Input::Unsent => Input::Unsent, "unsent", "deadline, never transmitted";
    Input::Close => Input::Close, "close", "`close`";
    Input::Goodbye => Input::Goodbye, "goodbye", "goodbye to a `Logoff`";
    Input::Ended { .. } => Input::Ended { truncated: 7 }, "ended", "end of stream";
    Input::Breach(_) => Input::Breach(breach()), "breach", "a limit is broken";
    Input::Silence => Input::Silence, "silence", "no sign of life";
    Input::Reconnect => Input::Reconnect, "reconnect", "`reconnect`";
}

fn breach() -> FrameError {
    let mut decoder = crate::wire::Decoder::new(crate::wire::Limits::new().line(16));
    decoder.push(&[b'x'; 64]);
    decoder.next_frame().unwrap_err()
}

/// Returns an effect's word in the expected table, and its words on the page.
fn said(effect: Effect<'_>) -> (String, &'static str) {
    let (short, long) = match effect {
        Effect::Nothing => ("", ""),
        Effect::NotNew => ("not new", "`NotNew`"),
        Effect::NotOver => ("not over", "`NotOver`"),
        Effect::NotBegun => ("not begun", "`NotBegun`"),
        Effect::AwaitGreeting(_) => ("wait", "waits for the greeting"),
        Effect::Greeted => ("greeted", "`Connected`"),
        Effect::AskChallenge(_) => ("ask", "asks for the challenge"),
        Effect::LogIn { challenge: None, .. } => ("log in", "logs in"),
        Effect::LogIn { challenge: Some(_), .. } => ("answer", "logs in"),
        Effect::Welcome => ("welcome", "`LoggedIn`"),
        Effect::Ready => ("ready", "`Ready(None)`"),
        Effect::Booted => ("booted", "`Ready(Some)`"),
        Effect::SayGoodbye => ("goodbye", "says goodbye"),
        Effect::AwaitEnd => ("await", "waits for the end"),
        Effect::Refuse(LoginRefusal::Credentials) => ("refuse", "`LoginRefused`"),
        Effect::Lose(ConnectionError::LoginTimedOut(LoginStage::Challenge)) => ("no challenge", "lost"),
        Effect::Lose(ConnectionError::LoginTimedOut(LoginStage::Login)) => ("no answer", "lost"),
        Effect::Lose(ConnectionError::LoginTimedOut(LoginStage::Banner)) => ("no banner", "lost"),
        Effect::Lose(ConnectionError::LoginTimedOut(LoginStage::Transmission)) => ("not sent", "lost"),
        Effect::Lose(ConnectionError::WrongServer(Service::Ssh)) => ("wrong", "lost"),
        Effect::Lose(ConnectionError::Closed { truncated }) => return (format!("cut {truncated}"), "lost"),
        Effect::Lose(ConnectionError::Frame(error)) if error == breach() => ("breach", "lost"),
        Effect::Lose(ConnectionError::KeepAlive) => ("silent", "lost"),
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
    table(&inputs(&Arc::new(Credentials::plain("u", "s")))).is_as_expected(EXPECTED);
}

/// The page is made from the machine; `BLESS=1` writes it anew.
#[test]
fn the_page_shows_the_machine() {
    table(&inputs(&Arc::new(Credentials::plain("u", "s")))).is_shown_in("client/state.md");
}
