//! What a field's kind is in Rust.

/// One kind of the tables.
pub struct Kind {
    /// Its word in the tables.
    pub word: &'static str,
    /// The variant of `catalogue::Kind`.
    pub variant: &'static str,
    /// The type that a value is read as.
    pub read: &'static str,
    /// What a getter returns, and how it gets there from what was read.
    pub getter: (&'static str, &'static str),
    /// The type of a setter's argument, and how an `Arg` is made of it.
    pub setter: (&'static str, &'static str),
    /// A value in its wire form, and the Rust expression for a setter's argument: for examples and
    /// for the tests of every builder.
    pub sample: (&'static str, &'static str),
    /// The `Datum` that a value is read as: an expression over `bytes` and `text`, in which `{}` is
    /// the type that it is read as.
    pub datum: &'static str,
}

const fn kind(
    word: &'static str,
    variant: &'static str,
    read: &'static str,
    getter: (&'static str, &'static str),
    setter: (&'static str, &'static str),
    sample: (&'static str, &'static str),
    datum: &'static str,
) -> Kind {
    Kind { word, variant, read, getter, setter, sample, datum }
}

const ARG: (&str, &str) = ("impl Into<Arg<'a>>", "value.into()");
const DURATION: &str = "Duration";
const SAME: &str = "";

/// Any bytes will do, and stay text.
pub const OPEN: &str = "text";
/// Text that has to be of its type.
const CHECKED: &str = "{}::from_wire(bytes).map(|_| text)?";
/// A number that has words.
const CODE: &str = "Datum::Int({}::from_wire(bytes)?.get().into())";

/// All of them.
pub const KINDS: [Kind; 43] = [
    kind("text", "Text", "Value<'buf>", ("Value<'buf>", SAME), ARG, ("some text", "\"some text\""), OPEN),
    kind(
        "escaped",
        "Escaped",
        "value::Escaped<'buf>",
        ("value::Escaped<'buf>", SAME),
        ARG,
        ("O\\'Brien", "\"O\\\\'Brien\""),
        OPEN,
    ),
    kind(
        "encoded",
        "Encoded",
        "value::Encoded<'buf>",
        ("value::Encoded<'buf>", SAME),
        ARG,
        ("some%20text", "\"some%20text\""),
        OPEN,
    ),
    kind(
        "int",
        "Int",
        "i64",
        ("i64", SAME),
        ("i64", "value.into()"),
        ("-3", "-3"),
        "Datum::Int({}::from_wire(bytes)?)",
    ),
    kind(
        "uint",
        "Uint",
        "u64",
        ("u64", SAME),
        ("u64", "value.into()"),
        ("3", "3"),
        "Datum::uint({}::from_wire(bytes)?)",
    ),
    // The number of a member: from 1, and of the type that commands take.
    kind(
        "member",
        "Uint",
        "u32",
        ("u32", SAME),
        ("u32", "value.into()"),
        ("3", "3"),
        "Datum::uint({}::from_wire(bytes)?)",
    ),
    kind(
        "float",
        "Float",
        "f64",
        ("f64", SAME),
        ("f64", "Arg::wire(&value)"),
        ("0.5", "0.5"),
        "Datum::Float({}::from_wire(bytes)?)",
    ),
    kind(
        "hex",
        "Hex",
        "value::Hex",
        ("u64", ".map(value::Hex::get)"),
        ("u64", "Arg::wire(&value::Hex(value))"),
        ("0x0000001f", "0x1f"),
        CHECKED,
    ),
    kind(
        "bool",
        "Bool",
        "bool",
        ("bool", SAME),
        ("bool", "value.into()"),
        ("yes", "true"),
        "Datum::Bool({}::from_wire(bytes)?)",
    ),
    kind(
        "seconds",
        "Seconds",
        "value::Seconds",
        (DURATION, ".map(value::Seconds::get)"),
        (DURATION, "value::Seconds(value).into()"),
        ("30", "Duration::from_secs(30)"),
        "Datum::seconds(bytes, {}::from_wire(bytes)?.get())",
    ),
    kind(
        "ms",
        "Milliseconds",
        "value::Milliseconds",
        (DURATION, ".map(value::Milliseconds::get)"),
        (DURATION, "value::Milliseconds(value).into()"),
        ("30000", "Duration::from_secs(30)"),
        "Datum::milliseconds(bytes, {}::from_wire(bytes)?.get())",
    ),
    kind(
        "hms",
        "ClockTime",
        "value::ClockTime",
        (DURATION, ".map(value::ClockTime::get)"),
        (DURATION, "Arg::wire(&value::ClockTime(value))"),
        ("00:00:30", "Duration::from_secs(30)"),
        CHECKED,
    ),
    kind(
        "timestamp",
        "Timestamp",
        "value::Timestamp",
        ("value::Timestamp", SAME),
        ("value::Timestamp", "Arg::wire(&value)"),
        ("1795224741.137467", "value::Timestamp::new(1_795_224_741, 137_467).unwrap()"),
        CHECKED,
    ),
    kind(
        "epoch",
        "Epoch",
        "value::Epoch",
        ("value::Timestamp", ".map(value::Epoch::get)"),
        ("value::Timestamp", "value.seconds().into()"),
        ("1795224741", "value::Timestamp::new(1_795_224_741, 0).unwrap()"),
        "Datum::Int({}::from_wire(bytes)?.get().seconds())",
    ),
    kind(
        "datetime",
        "DateTime",
        "value::DateTime",
        ("value::DateTime", SAME),
        ("value::DateTime", "Arg::wire(&value)"),
        (
            "2026-11-21 12:30:05",
            "value::DateTime::new(value::Date::new(2026, 11, 21).unwrap(), value::TimeOfDay::new(12, 30, 5, 0).unwrap())",
        ),
        CHECKED,
    ),
    kind(
        "date",
        "Date",
        "value::Date",
        ("value::Date", SAME),
        ("value::Date", "Arg::wire(&value)"),
        ("2026-11-21", "value::Date::new(2026, 11, 21).unwrap()"),
        CHECKED,
    ),
    kind(
        "time",
        "Time",
        "value::TimeOfDay",
        ("value::TimeOfDay", SAME),
        ("value::TimeOfDay", "Arg::wire(&value)"),
        ("12:30:05", "value::TimeOfDay::new(12, 30, 5, 0).unwrap()"),
        CHECKED,
    ),
    kind(
        "isotime",
        "SecurityTime",
        "value::SecurityTime",
        ("value::SecurityTime", SAME),
        ("value::SecurityTime", "Arg::wire(&value)"),
        (
            "2026-11-21T12:30:05.000+0100",
            "value::SecurityTime::new(value::DateTime::new(value::Date::new(2026, 11, 21).unwrap(), value::TimeOfDay::new(12, 30, 5, 0).unwrap()), 60).unwrap()",
        ),
        CHECKED,
    ),
    kind(
        "channel",
        "Channel",
        "value::ChannelName<'buf>",
        ("value::ChannelName<'buf>", SAME),
        ARG,
        ("PJSIP/100-00000001", "\"PJSIP/100-00000001\""),
        OPEN,
    ),
    kind(
        "uniqueid",
        "UniqueId",
        "value::UniqueId<'buf>",
        ("value::UniqueId<'buf>", SAME),
        ARG,
        ("1795225161.570", "\"1795225161.570\""),
        OPEN,
    ),
    kind(
        "callerid",
        "CallerId",
        "value::CallerIdPart<'buf>",
        ("value::CallerIdPart<'buf>", SAME),
        ARG,
        ("100", "\"100\""),
        OPEN,
    ),
    kind(
        "cause",
        "Cause",
        "value::HangupCause",
        ("value::HangupCause", SAME),
        ("value::HangupCause", "i64::from(value.get()).into()"),
        ("16", "value::HangupCause::NORMAL_CLEARING"),
        CODE,
    ),
    kind(
        "soft-hangup",
        "SoftHangup",
        "value::SoftHangup",
        ("value::SoftHangup", SAME),
        ("value::SoftHangup", "i64::from(value.get()).into()"),
        ("32", "value::SoftHangup::EXPLICIT"),
        CODE,
    ),
    kind(
        "originate-reason",
        "OriginateReason",
        "value::OriginateReason",
        ("value::OriginateReason", SAME),
        ("value::OriginateReason", "i64::from(value.get()).into()"),
        ("4", "value::OriginateReason::ANSWERED"),
        CODE,
    ),
    kind(
        "number-plan",
        "NumberPlan",
        "value::NumberPlan",
        ("value::NumberPlan", SAME),
        ("value::NumberPlan", "i64::from(value.get()).into()"),
        ("33", "value::NumberPlan::new(33)"),
        CODE,
    ),
    kind(
        "agi-result",
        "AgiResultCode",
        "value::AgiResultCode",
        ("value::AgiResultCode", SAME),
        ("value::AgiResultCode", "i64::from(value.get()).into()"),
        ("200", "value::AgiResultCode::SUCCESS"),
        CODE,
    ),
    kind(
        "channel-state",
        "ChannelState",
        "value::ChannelState",
        ("value::ChannelState", SAME),
        ("value::ChannelState", "i64::from(value.get()).into()"),
        ("6", "value::ChannelState::UP"),
        CODE,
    ),
    kind(
        "device-state",
        "DeviceState",
        "value::DeviceState<'buf>",
        ("value::DeviceState<'buf>", SAME),
        ARG,
        ("INUSE", "\"INUSE\""),
        CHECKED,
    ),
    kind(
        "device-state-number",
        "DeviceState",
        "value::DeviceState<'buf>",
        ("value::DeviceState<'buf>", SAME),
        ARG,
        ("2", "\"2\""),
        CHECKED,
    ),
    kind(
        "extension-state",
        "ExtensionState",
        "value::ExtensionState",
        ("value::ExtensionState", SAME),
        ("value::ExtensionState", "i64::from(value.get()).into()"),
        ("1", "value::ExtensionState::new(1)"),
        CODE,
    ),
    kind(
        "presence-state",
        "PresenceState",
        "value::PresenceState<'buf>",
        ("value::PresenceState<'buf>", SAME),
        ARG,
        ("away", "\"away\""),
        CHECKED,
    ),
    kind(
        "reload-status",
        "ReloadStatus",
        "value::ReloadStatus<'buf>",
        ("value::ReloadStatus<'buf>", SAME),
        ARG,
        ("0", "\"0\""),
        CHECKED,
    ),
    kind(
        "ama-flags",
        "AmaFlags",
        "value::AmaFlags<'buf>",
        ("value::AmaFlags<'buf>", SAME),
        ARG,
        ("BILLING", "\"BILLING\""),
        CHECKED,
    ),
    kind(
        "presentation",
        "Presentation",
        "value::Presentation<'buf>",
        ("value::Presentation<'buf>", SAME),
        ARG,
        ("0 (Presentation Allowed, Not Screened)", "\"0 (Presentation Allowed, Not Screened)\""),
        CHECKED,
    ),
    kind(
        "classes",
        "Classes",
        "value::ClassSet<'buf>",
        ("value::ClassSet<'buf>", SAME),
        ARG,
        ("call,all", "\"call,all\""),
        OPEN,
    ),
    kind("peer", "Peer", "value::Peer<'buf>", ("value::Peer<'buf>", SAME), ARG, ("SIP/100", "\"SIP/100\""), OPEN),
    kind(
        "address",
        "Address",
        "value::SecurityAddress<'buf>",
        ("value::SecurityAddress<'buf>", SAME),
        ARG,
        ("IPV4/TCP/127.0.0.1/5038", "\"IPV4/TCP/127.0.0.1/5038\""),
        OPEN,
    ),
    kind(
        "codecs",
        "Codecs",
        "value::CodecList<'buf>",
        ("value::CodecList<'buf>", SAME),
        ARG,
        ("(ulaw|alaw)", "\"(ulaw|alaw)\""),
        OPEN,
    ),
    kind(
        "contacts",
        "Contacts",
        "value::ContactList<'buf>",
        ("value::ContactList<'buf>", SAME),
        ARG,
        ("100/sip:100@127.0.0.1,", "\"100/sip:100@127.0.0.1,\""),
        OPEN,
    ),
    kind(
        "list",
        "List",
        "value::CommaList<'buf>",
        ("value::CommaList<'buf>", SAME),
        ("impl IntoIterator<Item = impl AsRef<[u8]>>", "Arg::list(value)"),
        ("ulaw,a\\,b", "[\"ulaw\", \"a,b\"]"),
        OPEN,
    ),
    kind(
        "assignment",
        "Assignment",
        "value::Assignment<'buf>",
        ("value::Assignment<'buf>", SAME),
        ARG,
        ("NAME=value", "\"NAME=value\""),
        CHECKED,
    ),
    kind(
        "escaped-assignment",
        "EscapedAssignment",
        "value::EscapedAssignment<'buf>",
        ("value::EscapedAssignment<'buf>", SAME),
        ARG,
        ("NAME=O\\'Brien", "\"NAME=O\\\\'Brien\""),
        CHECKED,
    ),
    kind(
        "assignments",
        "Assignments",
        "value::CommaList<'buf>",
        ("value::CommaList<'buf>", SAME),
        ("", ""),
        ("k=a\\,b", "\"k\", \"a,b\""),
        OPEN,
    ),
];

/// A kind of a command's argument: the type that a setter takes, and how an `Argument` is made of
/// it.
const fn argument(word: &'static str, setter: (&'static str, &'static str)) -> Kind {
    kind(word, "", "", ("", ""), setter, ("", ""), "")
}

/// All of those.
pub const ARGUMENTS: [Kind; 32] = [
    argument("target", ("impl Into<Target<'a>>", "Argument::Target(value.into())")),
    argument("member", ("impl Into<MemberRef<'a>>", "Argument::Member(value.into())")),
    argument("members", ("impl Into<Members<'a>>", "Argument::Members(value.into())")),
    argument("list", ("&'a [u32]", "Argument::List(value)")),
    argument("word", ("&'a str", "Argument::Word(value)")),
    // What the server makes of a word beyond its value: `src/freeswitch/command/reading.rs`.
    argument("opened", ("&'a str", "Argument::Read(Reads::Opened, value)")),
    argument("played", ("&'a str", "Argument::Read(Reads::Played, value)")),
    argument("played-to", ("&'a str", "Argument::Read(Reads::PlayedTo, value)")),
    argument("room", ("&'a str", "Argument::Read(Reads::Room, value)")),
    argument("dialed", ("&'a str", "Argument::Read(Reads::Dialed, value)")),
    argument("image", ("&'a str", "Argument::Read(Reads::Image, value)")),
    argument("named", ("&'a str", "Argument::Read(Reads::Named, value)")),
    argument("layout", ("&'a str", "Argument::Read(Reads::Layout, value)")),
    argument("variable", ("&'a str", "Argument::Read(Reads::Variable, value)")),
    argument("value", ("&'a str", "Argument::Read(Reads::Value, value)")),
    argument("words", ("&'a [&'a str]", "Argument::Words(value)")),
    argument("text", ("&'a str", "Argument::Text(value)")),
    argument("expanded-text", ("&'a str", "Argument::ExpandedText(value)")),
    argument("encoded", ("&'a str", "Argument::Encoded(value)")),
    argument("delimiter", ("&'a str", "Argument::Delimiter(value)")),
    argument("level", ("Level", "value.argument()")),
    argument("int", ("i32", "Argument::Number(value.into())")),
    argument("uint", ("u32", "Argument::Number(value.into())")),
    argument("float", ("f32", "Argument::Float(value)")),
    argument("size", ("(u32, u32)", "Argument::Size(value)")),
    argument("position", ("[f32; 3]", "Argument::Position(value)")),
    argument("seek", ("Seek", "Argument::Seek(value)")),
    argument("sounds", ("Sounds", "Argument::Known(value.as_str())")),
    argument("relation", ("Relation", "Argument::Known(value.as_str())")),
    argument("switch", ("bool", "Argument::Known(if value { \"on\" } else { \"off\" })")),
    argument("boolean", ("bool", "Argument::Known(if value { \"true\" } else { \"false\" })")),
    // Its setter takes nothing; it writes its own name.
    argument("flag", ("", "")),
];

/// The kind of argument of this word.
pub fn find_argument(word: &str) -> Option<&'static Kind> {
    ARGUMENTS.iter().find(|kind| kind.word == word)
}

/// Values for text whose header says what it is; examples read better for it.
const TEXTS: [(&str, &str); 16] = [
    ("Channel", "PJSIP/100-00000001"),
    ("Conference", "1000"),
    ("Context", "default"),
    ("Endpoint", "100"),
    ("Exten", "200"),
    ("Filename", "queues.conf"),
    ("SrcFilename", "queues.conf"),
    ("DstFilename", "queues.conf"),
    ("Interface", "PJSIP/100"),
    ("Mailbox", "100@default"),
    ("MemberName", "Alice"),
    ("Module", "app_queue.so"),
    ("Peer", "100"),
    ("Queue", "support"),
    ("Family", "cidname"),
    ("Variable", "CALLERID(num)"),
];

/// A value for a field in its wire form, and as the Rust expression for its setter's argument.
pub fn sample(kind: &Kind, name: &str) -> (String, String) {
    let text = TEXTS.iter().find(|(known, _)| kind.word == "text" && *known == name);
    text.map_or((kind.sample.0.to_owned(), kind.sample.1.to_owned()), |(_, text)| {
        ((*text).to_owned(), format!("{text:?}"))
    })
}

/// A value in its wire form, and as the Rust expression for its setter's argument, of the kinds
/// that examples are written in.
pub fn written(kind: &Kind, value: &str) -> Option<(String, String)> {
    let number = || value.parse::<u32>().ok();
    let expression = match kind.word {
        "int" | "uint" => number()?.to_string(),
        "ms" => format!("Duration::from_millis({})", number()?),
        "seconds" => format!("Duration::from_secs({})", number()?),
        "cause" => format!("value::HangupCause::new({})", number()?),
        "bool" => matches!(value, "true" | "false").then(|| value.to_owned())?,
        "assignments" => {
            let (name, value) = value.split_once('=').filter(|_| !value.contains([',', '\\', '"', ' ']))?;
            format!("{name:?}, {value:?}")
        }
        _ if kind.setter == ARG => format!("{value:?}"),
        _ => return None,
    };
    Some((value.to_owned(), expression))
}

/// Whether a setter takes any text for it.
pub fn is_text(kind: &Kind) -> bool {
    kind.setter == ARG
}

/// The kind of this word.
pub fn find(word: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.word == word)
}

/// The branches that `since` and `until` name, oldest first.
pub const BRANCHES: [&str; 18] =
    ["1.4", "1.6", "1.8", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24"];

/// The actions that a server's session answers by itself: the word in the tables, and the variant
/// of `SessionRequest`.
pub const ROLES: [(&str, &str); 4] =
    [("login", "Login"), ("challenge", "Challenge"), ("logoff", "Logoff"), ("mask", "Mask")];

/// The classes and their bits, as Asterisk's `main/manager.c` numbers them.
pub const CLASSES: [(&str, u32); 19] = [
    ("system", 1),
    ("call", 2),
    ("log", 4),
    ("verbose", 8),
    ("command", 16),
    ("agent", 32),
    ("user", 64),
    ("config", 128),
    ("dtmf", 256),
    ("reporting", 512),
    ("cdr", 1024),
    ("dialplan", 2048),
    ("originate", 4096),
    ("agi", 8192),
    ("cc", 32768),
    ("aoc", 65536),
    ("test", 131_072),
    ("security", 262_144),
    ("message", 1 << 30),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_one_kind() {
        for kinds in [&KINDS[..], &ARGUMENTS[..]] {
            for (number, kind) in kinds.iter().enumerate() {
                assert!(kinds[..number].iter().all(|before| before.word != kind.word), "{}", kind.word);
            }
        }
    }
}
