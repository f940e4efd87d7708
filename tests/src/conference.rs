//! Commands of the vocabulary out of any bytes, what each dialect should be told by them, and
//! servers' own ways of taking a request apart: the body of the fuzz target `conference_roundtrip`.

use super::mod_conference::{Beyond, read};
use ami_proto::conference::{CallerId, Command, Dialect, Level, Relation, Request, Side, Who};
use ami_proto::kazoo::{Account, Envelope, Method};
use arbitrary::{Arbitrary, Result, Unstructured};

pub const DIALECTS: [Dialect<'static>; 4] =
    [Dialect::ConfBridge, Dialect::FreeSwitch, Dialect::SipXecs(Method::Get), Dialect::Kazoo(Account::new("ACCOUNT"))];

/// Every dialect that differs from those by how it asks.
const OTHERS: [Dialect<'static>; 5] = [
    Dialect::SipXecs(Method::Put),
    Dialect::SipXecs(Method::Post),
    Dialect::SipXecs(Method::Patch),
    Dialect::SipXecs(Method::Delete),
    ON_TOP,
];
const ON_TOP: Dialect<'static> = Dialect::Kazoo(Account::new("ACCOUNT").envelope(Envelope::OnTop));

/// Whatever a command is made of, its request says just that to its server, or there is none; and
/// there is one where the dialect has the command and nothing is odd about its arguments.
pub fn conference_roundtrip(data: &[u8]) {
    let mut source = Unstructured::new(data);
    let Ok(texts) = <[&str; 4]>::arbitrary(&mut source) else { return };
    let mut again = Unstructured::new(source.peek_bytes(source.len()).unwrap_or_default());
    let Ok(odd) = command(&mut source, texts, &LIKELY) else { return };
    let plain = command(&mut again, ["3"; 4], &["3"]).expect("the same choices");
    for dialect in DIALECTS.into_iter().chain(OTHERS) {
        carries(dialect, &odd);
        assert_eq!(carries(dialect, &plain), has(dialect, &plain), "{plain} in {}", dialect.name());
    }
}

/// Whether a dialect has a command: the table of the documentation, written down again.
pub fn has(dialect: Dialect<'_>, command: &Command<'_>) -> bool {
    use Command::*;
    match dialect {
        Dialect::ConfBridge => match command {
            Mute { who, .. } | Unmute { who, .. } | Kick { who, .. } => *who != Who::Last,
            StopRecord { file, .. } => file.is_none(),
            command => matches!(
                command,
                ListRooms
                    | List(_)
                    | Lock(_)
                    | Unlock(_)
                    | StartRecord { .. }
                    | VideoSource { .. }
                    | Command::Dial { .. }
                    | DialAndWait { .. }
            ),
        },
        Dialect::FreeSwitch => match command {
            StartRecord { file, .. } => file.is_some(),
            command => !matches!(command, Invite { .. }),
        },
        Dialect::SipXecs(_) => match command {
            StartRecord { file, .. } => file.is_none(),
            command => !matches!(command, ListRooms),
        },
        _ => match command {
            Mute { who, .. } | Unmute { who, .. } | Deaf { who, .. } | Undeaf { who, .. } => {
                matches!(who, Who::One(_) | Who::AllButModerators)
            }
            Kick { who, .. } => matches!(who, Who::One(_) | Who::All),
            StartRecord { file, .. } | StopRecord { file, .. } => file.is_none(),
            command => matches!(
                command,
                ListRooms
                    | List(_)
                    | Show(_)
                    | Lock(_)
                    | Unlock(_)
                    | Play { .. }
                    | Command::Dial { .. }
                    | Invite { .. }
                    | Relate { .. }
            ),
        },
    }
}

/// Texts such as a person would give, so that more than refusals is tried.
pub const LIKELY: [&str; 8] = ["3", "room", "it's a room", "SIP/a-00000001", "^^:a", "say", "4294967295", "a;b|c"];

fn text<'a>(source: &mut Unstructured<'_>, texts: [&'a str; 4], likely: &[&'a str]) -> Result<&'a str> {
    let of_ours = source.choose_index(4)?;
    let chosen = source.choose_index(LIKELY.len())?;
    Ok(if source.ratio(1, 3)? { likely[chosen % likely.len()] } else { texts[of_ours] })
}

/// A command out of any bytes, of these texts.
pub fn command<'a>(source: &mut Unstructured<'_>, texts: [&'a str; 4], likely: &[&'a str]) -> Result<Command<'a>> {
    let conference = text(source, texts, likely)?;
    let one = text(source, texts, likely)?;
    let other = text(source, texts, likely)?;
    let some = bool::arbitrary(source)?.then_some(other);
    let who = *source.choose(&[Who::One(one), Who::All, Who::AllButModerators, Who::Last])?;
    let level = *source.choose(&[None, Some(Level::Up), Some(Level::Down), Some(Level::To(-3))])?;
    let side = *source.choose(&[Side::In, Side::Out])?;
    let relation = *source.choose(&[Relation::NoSpeak, Relation::NoHear, Relation::Clear])?;
    let to = some;
    let file = some;
    let caller = some.map(|number| CallerId { number, name: one });
    let all = [
        Command::ListRooms,
        Command::List(conference),
        Command::Show(conference),
        Command::Mute { conference, who },
        Command::Unmute { conference, who },
        Command::Deaf { conference, who },
        Command::Undeaf { conference, who },
        Command::Kick { conference, who },
        Command::HangUp { conference, who },
        Command::Lock(conference),
        Command::Unlock(conference),
        Command::SetPin { conference, pin: one },
        Command::RemovePin(conference),
        Command::StartRecord { conference, file },
        Command::StopRecord { conference, file },
        Command::RecordStatus(conference),
        Command::Volume { conference, who, side, level },
        Command::Energy { conference, who, level },
        Command::Play { conference, file: one, to },
        Command::StopPlaying { conference, to },
        Command::Say { conference, text: one, to },
        Command::SendDtmf { conference, who, digits: other },
        Command::Dial { conference, endpoint: other, caller },
        Command::DialAndWait { conference, endpoint: other, caller },
        Command::Invite { conference, user: one },
        Command::Transfer { conference, participants: ids(one), to: other },
        Command::Relate { conference, participant: one, other, relation },
        Command::Floor { conference, participant: one },
        Command::VideoSource { conference, participant: one },
    ];
    Ok(all[source.choose_index(all.len())?])
}

/// A list of one or two, for texts that are there for good.
fn ids(one: &str) -> &'static [&'static str] {
    match one {
        "3" => &["3"],
        "4294967295" => &["3", "4294967295"],
        "SIP/a-00000001" => &["SIP/a-00000001"],
        "room" => &[],
        _ => &["3", "9", "9"],
    }
}

/// Whether the dialect has a request for a command; where it has, the request says what the command
/// does.
pub fn carries(dialect: Dialect<'_>, command: &Command<'_>) -> bool {
    let request = match dialect.encode(command) {
        Ok(request) => request,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return false;
        }
    };
    let bytes = request.to_bytes();
    match &request {
        Request::Action(_) => assert_eq!(headers(&bytes), told_to_asterisk(command)),
        Request::Line(line) => {
            let line = line.as_bytes();
            assert_eq!(bytes, [b"api ", line, b"\n\n"].concat());
            assert_eq!(words(line), told_to_freeswitch(command, &dialect));
        }
        Request::Http(request) if matches!(dialect, Dialect::SipXecs(_)) => {
            let rest = request.target().strip_prefix("/sipxconfig/rest/my/conference/").expect("the service's path");
            let (conference, rest) = rest.split_once('/').expect("a command");
            assert_eq!(dialect, Dialect::SipXecs(request.method()));
            assert!(request.body().is_empty() && !rest.contains(['/', '?']));
            // The service splits what it has decoded, and makes blanks of slashes.
            let rest = decoded(rest);
            let arguments: Vec<_> = rest.split('&').map(|argument| argument.replace('/', " ")).collect();
            let expected = told_to_freeswitch(command, &dialect);
            if ["invite", "record"].contains(&&*arguments[0]) {
                let mut all = vec!["conference".to_string(), decoded(conference)];
                all.extend(arguments);
                assert_eq!(all, expected);
            } else {
                let line = format!("conference {} {}", decoded(conference), arguments.join(" "));
                assert_eq!(words(line.as_bytes()), expected);
            }
        }
        Request::Http(request) => {
            assert_eq!(request.method(), if request.body().is_empty() { Method::Get } else { Method::Put });
            let segments: Vec<_> = request.target().split('/').skip(1).map(decoded).collect();
            let mut told = segments[2..].to_vec();
            if !request.body().is_empty() {
                let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
                let (action, data) = if dialect == ON_TOP {
                    assert_eq!(body.as_object().map(serde_json::Map::len), Some(2));
                    (&body["action"], &body["data"])
                } else {
                    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1));
                    (&body["data"]["action"], &body["data"]["data"])
                };
                told.push(format!("={}", action.as_str().expect("an action")));
                for (name, value) in data.as_object().into_iter().flatten() {
                    let value = if value.is_array() { &value[0] } else { value };
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_string);
                    told.push(format!("{name}={value}"));
                }
            }
            assert_eq!(segments[..2], ["v2", "accounts"]);
            assert_eq!(sorted(told), sorted(told_to_kazoo(command)));
        }
        _ => unreachable!("a request of another kind"),
    }
    true
}

/// In an object the order of what stands behind the action means nothing.
fn sorted(mut told: Vec<String>) -> Vec<String> {
    let action = told.iter().position(|part| part.starts_with('=')).unwrap_or(told.len());
    told[action..].sort();
    told
}

/// Asterisk's: lines, each split at the first colon; blanks before a value go.
fn headers(bytes: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(bytes).expect("texts are UTF-8");
    let text = text.strip_suffix("\r\n\r\n").expect("a blank line at the end");
    let header = |line: &str| {
        let (name, value) = line.split_once(':').expect("a header");
        (name.to_string(), value.trim_start_matches(|c| c <= ' ').to_string())
    };
    // Asterisk takes bare line feeds too.
    text.split('\n').map(|line| header(line.strip_suffix('\r').unwrap_or(line))).collect()
}

fn told_to_asterisk(command: &Command<'_>) -> Vec<(String, String)> {
    let (action, who) = match *command {
        Command::ListRooms => ("ConfbridgeListRooms", None),
        Command::List(_) => ("ConfbridgeList", None),
        Command::Mute { who, .. } => ("ConfbridgeMute", Some(who)),
        Command::Unmute { who, .. } => ("ConfbridgeUnmute", Some(who)),
        Command::Kick { who, .. } => ("ConfbridgeKick", Some(who)),
        Command::Lock(_) => ("ConfbridgeLock", None),
        Command::Unlock(_) => ("ConfbridgeUnlock", None),
        Command::StartRecord { .. } => ("ConfbridgeStartRecord", None),
        Command::StopRecord { .. } => ("ConfbridgeStopRecord", None),
        Command::VideoSource { participant: one, .. } => ("ConfbridgeSetSingleVideoSrc", Some(Who::One(one))),
        Command::Dial { .. } | Command::DialAndWait { .. } => ("Originate", None),
        _ => panic!("{command} is not ConfBridge's"),
    };
    let mut all = vec![("Action", action.to_string())];
    if let Command::Dial { conference, endpoint, caller } | Command::DialAndWait { conference, endpoint, caller } =
        *command
    {
        all.push(("Channel", endpoint.to_string()));
        all.push(("Application", "ConfBridge".to_string()));
        all.push(("Data", conference.to_string()));
        all.push(("Async", "yes".to_string()));
        all.extend(caller.map(|CallerId { number, name }| ("CallerID", format!("\"{name}\" <{number}>"))));
    } else {
        all.extend(command.conference().map(|conference| ("Conference", conference.to_string())));
    }
    if let Command::StartRecord { file: Some(file), .. } = *command {
        all.push(("RecordFile", file.to_string()));
    }
    all.extend(who.map(|who| {
        let channel = match who {
            Who::One(one) => {
                assert!(!["all", "participants"].iter().any(|word| word.eq_ignore_ascii_case(one)));
                one
            }
            Who::All => "all",
            Who::AllButModerators => "participants",
            _ => panic!("ConfBridge has none such"),
        };
        ("Channel", channel.to_string())
    }));
    all.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// FreeSWITCH's: the words of the line as whatever uses them has them, and nothing beyond.
fn words(line: &[u8]) -> Vec<String> {
    assert!(!line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0')), "the line ends before its end");
    let reading = read(line, true);
    // A word of the command's own is what is meant by some: `norecord all`.
    assert!(reading.beyond.iter().all(|beyond| *beyond == Beyond::Word), "{}", reading.shown());
    let said = reading.command.starts_with(b"say");
    let words = [b"conference".to_vec(), reading.room, reading.command].into_iter().chain(reading.values);
    let words = words.filter(|word| !word.is_empty()).map(|word| String::from_utf8(word).expect("texts are UTF-8"));
    let mut words: Vec<String> = words.collect();
    // Blanks around a text aren't spoken.
    if let Some(text) = words.last_mut().filter(|_| said) {
        *text = text.trim_matches([' ', '\t', '\u{b}']).to_string();
    }
    words
}

fn told_to_freeswitch(command: &Command<'_>, dialect: &Dialect<'_>) -> Vec<String> {
    let service = matches!(dialect, Dialect::SipXecs(_));
    let mut words = vec!["conference".to_string()];
    words.extend(command.conference().map(str::to_string));
    let number = |id: &str| id.parse::<u32>().expect("a number").to_string();
    let who = |who: Who<'_>| match who {
        Who::One(one) => number(one),
        Who::All => "all".to_string(),
        Who::AllButModerators => "non_moderator".to_string(),
        Who::Last => "last".to_string(),
        _ => unreachable!("no other"),
    };
    let level = |level: Option<Level>| {
        level.map(|level| match level {
            Level::To(level) => level.to_string(),
            Level::Up => "up".to_string(),
            Level::Down => "down".to_string(),
            _ => unreachable!("no other"),
        })
    };
    let two = |verb: &str, argument: String| vec![verb.to_string(), argument];
    let rest = match *command {
        Command::ListRooms | Command::List(_) => ["list", "delim", ">,<"].map(str::to_string).to_vec(),
        Command::Show(_) => vec!["xml_list".to_string()],
        Command::Mute { who: whom, .. } => two("mute", who(whom)),
        Command::Unmute { who: whom, .. } => two("unmute", who(whom)),
        Command::Deaf { who: whom, .. } => two("deaf", who(whom)),
        Command::Undeaf { who: whom, .. } => two("undeaf", who(whom)),
        Command::Kick { who: whom, .. } => two("kick", who(whom)),
        Command::HangUp { who: whom, .. } => two("hup", who(whom)),
        Command::Lock(_) => vec!["lock".to_string()],
        Command::Unlock(_) => vec!["unlock".to_string()],
        Command::SetPin { pin, .. } => two("pin", pin.to_string()),
        Command::RemovePin(_) => vec!["nopin".to_string()],
        Command::StartRecord { file: Some(file), .. } if !service => two("record", file.to_string()),
        Command::StartRecord { file: None, .. } if service => two("record", "start".to_string()),
        Command::StopRecord { file: None, .. } if service => two("record", "stop".to_string()),
        Command::StopRecord { file, .. } => two("norecord", file.unwrap_or("all").to_string()),
        Command::RecordStatus(_) if service => two("record", "status".to_string()),
        Command::RecordStatus(_) => vec!["chkrecord".to_string()],
        Command::Volume { who: whom, side, level: to, .. } => {
            let mut all = two(if side == Side::In { "volume_in" } else { "volume_out" }, who(whom));
            all.extend(level(to));
            all
        }
        Command::Energy { who: whom, level: to, .. } => {
            let mut all = two("energy", who(whom));
            all.extend(level(to));
            all
        }
        Command::Play { file, to, .. } => {
            let mut all = two("play", file.to_string());
            all.extend(to.map(number));
            all
        }
        Command::StopPlaying { to: None, .. } => vec!["stop".to_string()],
        Command::StopPlaying { to: Some(one), .. } => vec!["stop".to_string(), "all".to_string(), number(one)],
        Command::Say { text, to: None, .. } => two("say", text.trim_matches([' ', '\t', '\u{b}']).to_string()),
        Command::Say { text, to: Some(one), .. } => {
            vec!["saymember".to_string(), number(one), text.trim_matches([' ', '\t', '\u{b}']).to_string()]
        }
        Command::SendDtmf { who: whom, digits, .. } => vec!["dtmf".to_string(), who(whom), digits.to_string()],
        Command::Dial { endpoint, caller, .. } | Command::DialAndWait { endpoint, caller, .. } => {
            let verb = if matches!(command, Command::Dial { .. }) { "bgdial" } else { "dial" };
            let mut all = two(verb, endpoint.to_string());
            all.extend(caller.into_iter().flat_map(|CallerId { number, name }| [number.to_string(), name.to_string()]));
            all
        }
        Command::Invite { user, .. } if service => two("invite", user.to_string()),
        Command::Transfer { participants, to, .. } => {
            let mut all = two("transfer", to.to_string());
            all.extend(participants.iter().map(|id| number(id)));
            all
        }
        Command::Relate { participant, other, relation, .. } => {
            vec!["relate".to_string(), number(participant), number(other), relation.as_str().to_string()]
        }
        Command::Floor { participant: one, .. } => two("floor", number(one)),
        Command::VideoSource { participant: one, .. } => {
            vec!["vid-floor".to_string(), number(one), "force".to_string()]
        }
        _ => panic!("{command} is not FreeSWITCH's"),
    };
    words.extend(rest);
    words
}

/// Segments of the path behind `accounts`, `=` and the action, and its arguments.
fn told_to_kazoo(command: &Command<'_>) -> Vec<String> {
    let mut told = vec!["ACCOUNT".to_string(), "conferences".to_string()];
    told.extend(command.conference().map(str::to_string));
    let mut say = |parts: &[&str]| told.extend(parts.iter().map(|part| part.to_string()));
    let number = |id: &str| id.parse::<u32>().expect("a number").to_string();
    match *command {
        Command::ListRooms | Command::Show(_) => {}
        Command::List(_) => say(&["participants"]),
        Command::Mute { who, .. }
        | Command::Unmute { who, .. }
        | Command::Deaf { who, .. }
        | Command::Undeaf { who, .. }
        | Command::Kick { who, .. } => {
            let action = format!("={}", command.name());
            match (who, command) {
                (Who::One(one), _) => say(&["participants", &number(one), &action]),
                (Who::All, Command::Kick { .. }) => say(&["participants", "=kick"]),
                (Who::AllButModerators, Command::Mute { .. } | Command::Unmute { .. }) => {
                    say(&["participants", &action])
                }
                (Who::AllButModerators, Command::Deaf { .. } | Command::Undeaf { .. }) => {
                    say(&["participants", &action])
                }
                _ => panic!("Kazoo can't {command} them"),
            }
        }
        Command::Lock(_) => say(&["=lock"]),
        Command::Unlock(_) => say(&["=unlock"]),
        Command::StartRecord { file: None, .. } => say(&["=record", "action=start"]),
        Command::StopRecord { file: None, .. } => say(&["=record", "action=stop"]),
        Command::Play { file, to: None, .. } => say(&["=play", &format!("media_id={file}")]),
        Command::Play { file, to: Some(one), .. } => {
            say(&["participants", &number(one), "=play", &format!("media_id={file}")]);
        }
        Command::Dial { endpoint, caller, .. } => {
            say(&["=dial", &format!("endpoints={endpoint}")]);
            if let Some(CallerId { number, name }) = caller {
                say(&[&format!("caller_id_number={number}"), &format!("caller_id_name={name}")]);
            }
        }
        Command::Invite { user, .. } => say(&["=dial", &format!("endpoints={user}")]),
        Command::Relate { participant, other, relation, .. } => {
            let relation = match relation {
                Relation::NoSpeak => "mute",
                Relation::NoHear => "deaf",
                _ => "clear",
            };
            let [participant, other] = [number(participant), number(other)];
            let arguments = [format!("participant_id={participant}"), format!("other_participant={other}")];
            say(&["participants", "=relate", &arguments[0], &arguments[1], &format!("relationship={relation}")]);
        }
        _ => panic!("{command} is not Kazoo's"),
    }
    told
}

/// A segment of a path, its `%XX` undone.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex: Vec<_> = rest.by_ref().take(2).collect();
            let hex = std::str::from_utf8(&hex).expect("two digits");
            bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("texts are UTF-8")
}

/// A command with this for its conference, and with this for whatever else is the caller's.
pub fn renamed<'a>(command: &Command<'a>, name: &'a str) -> Vec<Command<'a>> {
    let conference = name;
    match *command {
        Command::Lock(_) => vec![Command::Lock(name)],
        Command::List(_) => vec![Command::List(name)],
        Command::Mute { conference: room, who } => {
            vec![Command::Mute { conference, who }, Command::Mute { conference: room, who: Who::One(name) }]
        }
        Command::SetPin { conference: room, pin } => {
            vec![Command::SetPin { conference, pin }, Command::SetPin { conference: room, pin: name }]
        }
        Command::StartRecord { conference: room, file } => {
            vec![Command::StartRecord { conference, file }, Command::StartRecord { conference: room, file: Some(name) }]
        }
        Command::Play { conference: room, file, to } => {
            vec![Command::Play { conference, file, to }, Command::Play { conference: room, file: name, to }]
        }
        Command::Say { conference: room, text, to } => {
            vec![Command::Say { conference, text, to }, Command::Say { conference: room, text: name, to }]
        }
        Command::Dial { conference: room, endpoint, caller } => vec![
            Command::Dial { conference, endpoint, caller },
            Command::Dial { conference: room, endpoint: name, caller },
            Command::Dial { conference: room, endpoint, caller: Some(CallerId { number: name, name }) },
        ],
        Command::SendDtmf { conference, who, .. } => vec![Command::SendDtmf { conference, who, digits: name }],
        Command::Invite { conference, .. } => vec![Command::Invite { conference, user: name }],
        _ => Vec::new(),
    }
}
