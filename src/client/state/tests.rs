//! Every cell of the table: against what is expected, and against the page that shows it.

use super::*;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const STAGES: [Stage; 9] = [
    Stage::New,
    Stage::Greeting,
    Stage::Greeted,
    Stage::Challenge,
    Stage::Login,
    Stage::Booting,
    Stage::Ready,
    Stage::Closing,
    Stage::Over,
];

/// What each input does in each stage: the effect, and the stage that it leads to where that is
/// another one.
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

/// One of each input.
fn inputs(credentials: &Arc<Credentials>) -> [Input<'_>; 17] {
    [
        Input::LogInByChallenge(credentials),
        Input::LogIn(credentials),
        Input::Greeted,
        Input::Stranger(Service::Ssh),
        Input::Challenged { credentials, challenge: b"1" },
        Input::Unchallenged(credentials),
        Input::Accepted,
        Input::Refused(LoginRefusal::Credentials),
        Input::Booted,
        Input::Deadline,
        Input::Unsent,
        Input::Close,
        Input::Goodbye,
        Input::Ended { truncated: 7 },
        Input::Breach(breach()),
        Input::Silence,
        Input::Reconnect,
    ]
}

fn breach() -> FrameError {
    let mut decoder = crate::wire::Decoder::new(crate::wire::Limits::new().line(16));
    decoder.push(&[b'x'; 64]);
    decoder.next_frame().unwrap_err()
}

/// An input's name in the expected table, and the words for it on the page.
fn words(input: Input<'_>) -> (&'static str, &'static str) {
    match input {
        Input::LogInByChallenge(_) => ("by challenge", "`login` by challenge"),
        Input::LogIn(_) => ("log in", "`login` in plain"),
        Input::Greeted => ("greeted", "the greeting"),
        Input::Stranger(_) => ("stranger", "the first words of another service"),
        Input::Challenged { .. } => ("challenged", "the challenge"),
        Input::Unchallenged(_) => ("unchallenged", "no challenge, and plain is allowed"),
        Input::Accepted => ("accepted", "accepted"),
        Input::Refused(_) => ("refused", "refused"),
        Input::Booted => ("booted", "`FullyBooted`"),
        Input::Deadline => ("deadline", "deadline"),
        Input::Unsent => ("unsent", "deadline, never transmitted"),
        Input::Close => ("close", "`close`"),
        Input::Goodbye => ("goodbye", "goodbye to a `Logoff`"),
        Input::Ended { .. } => ("ended", "end of stream"),
        Input::Breach(_) => ("breach", "a limit is broken"),
        Input::Silence => ("silence", "no sign of life"),
        Input::Reconnect => ("reconnect", "`reconnect`"),
    }
}

/// The same of an effect.
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

#[test]
fn every_stage_takes_every_input_as_expected() {
    let credentials = Arc::new(Credentials::plain("u", "s"));
    let rows = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_string()).collect() };
    let expected: Vec<Vec<String>> = EXPECTED.trim_matches('\n').lines().map(rows).collect();
    let mut heads = alloc::vec![String::new()];
    heads.extend(STAGES.iter().map(|stage| stage.as_str().to_string()));
    assert_eq!(expected[0], heads);
    assert_eq!(expected.len(), 1 + inputs(&credentials).len());
    for (input, cells) in inputs(&credentials).into_iter().zip(&expected[1..]) {
        let mut row = alloc::vec![words(input).0.to_string()];
        for stage in STAGES {
            let (next, effect) = stage.next(input);
            let said = said(effect).0;
            // A stage that lets go of what it waits for leaves nothing undone.
            assert!(next == stage || !matches!(effect, Effect::Nothing), "{} {input:?}", stage.as_str());
            row.push(if next == stage { said } else { format!("{said} > {}", next.as_str()) });
        }
        assert_eq!(&row, cells);
    }
}

/// The page is made from the machine; `BLESS=1` writes it anew.
#[test]
fn the_page_shows_the_machine() {
    let credentials = Arc::new(Credentials::plain("u", "s"));
    let mut page = String::from("| |");
    page.extend(STAGES.iter().map(|stage| format!(" {stage:?} |")));
    page += "\n|---|";
    page.extend(STAGES.iter().map(|_| "---|"));
    for input in inputs(&credentials) {
        page.extend(["\n| ", words(input).1, " |"]);
        for stage in STAGES {
            let (next, effect) = stage.next(input);
            match said(effect).1 {
                "" => page.push_str(" |"),
                said if next == stage => page.extend([" ", said, " |"]),
                said => page.extend([" ", said, " → ", &std::format!("{next:?}"), " |"]),
            }
        }
    }
    page.push('\n');
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/client/state.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), page, "renew it with BLESS=1");
}
