//! What must hold for any bytes: nothing panics, what was read prints to something that reads as
//! the same, and open types lose nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use ami_proto::action::{Action, Arg, Originate};
use ami_proto::value::{
    AgiResultCode, AmaFlags, Assignment, Assignments, CallerIdPart, ChannelName, ChannelState, ClassSet, Classes,
    ClockTime, CodecList, CommaList, ContactList, Date, DateTime, DeviceState, Encoded, Epoch, Escaped,
    EscapedAssignment, ExtensionState, FromWire, HangupCause, Hex, Milliseconds, NumberPlan, OriginateReason, Peer,
    PresenceState, Presentation, QueueRuleStep, ReloadStatus, Seconds, SecurityAddress, SecurityTime, SoftHangup,
    TimeOfDay, Timestamp, UniqueId,
};
use ami_testkit::values::{everything, wire};
use core::time::Duration;
use proptest::collection::vec;
use proptest::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Pieces of real values, so that random joins of them come near every grammar.
const PIECES: [&str; 62] = [
    "",
    " ",
    "-",
    "+",
    ".",
    ":",
    ",",
    "/",
    ";1",
    ";2",
    "\\",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "=",
    "|",
    "%",
    "0",
    "1",
    "07",
    "59",
    "60",
    "127",
    "255",
    "256",
    "2026",
    "11",
    "29",
    "000",
    "570",
    "1795225161",
    "4294967296",
    "18446744073709551615",
    "0x",
    "ff",
    "0000002a",
    "T",
    "0500",
    "yes",
    "off",
    "call",
    "all",
    "<none>",
    "fancy",
    "SIP",
    "Local",
    "AsyncGoto",
    "<ZOMBIE>",
    "<MASQ>",
    "@",
    "<unknown>",
    "INUSE",
    "dnd",
    "billing",
    "In use",
    "IPV4",
    "TCP",
    "::1",
    "ulaw",
    "nothing",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    vec(proptest::sample::select(&PIECES[..]), 0..12).prop_map(|p| p.concat().into_bytes())
}

fn items() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(&b",\\\"()[]= a"[..])];
    vec(vec(byte, 0..8), 1..64)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_that_are_read_come_back(bytes in vec(any::<u8>(), 0..40)) {
        everything(&bytes);
    }

    #[test]
    fn near_misses_that_are_read_come_back(bytes in pieces()) {
        everything(&bytes);
    }

    #[test]
    fn any_text_that_is_read_comes_back(text in "[ -~\\r\\n\\t]{0,40}") {
        everything(text.as_bytes());
    }

    #[test]
    fn numbers_are_read_as_written(i in any::<i64>(), u in any::<u64>(), f in any::<f64>()) {
        prop_assert_eq!(i64::from_wire(&wire(&i)), Ok(i));
        prop_assert_eq!(u64::from_wire(&wire(&u)), Ok(u));
        prop_assert_eq!(Hex::from_wire(&wire(&Hex(u))), Ok(Hex(u)));
        prop_assert!(f64::from_wire(&wire(&f)).unwrap().total_cmp(&f).is_eq());
        prop_assert_eq!(i32::from_wire(&wire(&i)).ok(), i32::try_from(i).ok());
        prop_assert_eq!(u8::from_wire(&wire(&u)).ok(), u8::try_from(u).ok());
        for small in [i8::MIN, -1, i8::MAX] {
            prop_assert_eq!(i8::from_wire(&wire(&small)), Ok(small));
        }
    }

    #[test]
    fn lengths_of_time(seconds in any::<u64>(), nanos in 0..1_000_000_000_u32) {
        let length = Duration::new(seconds, nanos);
        prop_assert_eq!(Seconds::from_wire(&wire(&Seconds(length))), Ok(Seconds(length)));
        prop_assert_eq!(Milliseconds::from_wire(&wire(&Milliseconds(length))), Ok(Milliseconds(length)));
        let whole = ClockTime(Duration::from_secs(seconds));
        prop_assert_eq!(ClockTime::from_wire(&wire(&ClockTime(length))), Ok(whole));
    }

    #[test]
    fn moments_are_read_as_written(seconds in any::<i64>(), micros in 0..1_000_000_u32) {
        let moment = Timestamp::new(seconds, micros).unwrap();
        // A negative moment prints as its second and the microseconds after it, and reads back as
        // such.
        prop_assert_eq!(Timestamp::from_wire(&wire(&moment)), Ok(moment));
        prop_assert_eq!(Epoch::from_wire(&wire(&Epoch::new(seconds))), Ok(Epoch::new(seconds)));
    }

    #[test]
    fn dates_are_read_as_written(y in 0..10_000_u16, m in 1..13_u8, d in 1..29_u8, h in 0..24_u8, mi in 0..60_u8, s in 0..61_u8, us in 0..1_000_000_u32, away in -5999..6000_i16) {
        let at = DateTime::new(Date::new(y, m, d).unwrap(), TimeOfDay::new(h, mi, s, us).unwrap());
        prop_assert_eq!(DateTime::from_wire(&wire(&at)), Ok(at));
        let at = SecurityTime::new(at, away).unwrap();
        prop_assert_eq!(SecurityTime::from_wire(&wire(&at)), Ok(at));
    }

    #[test]
    fn masks_are_read_as_written(bits in any::<u32>()) {
        let mask = Classes::from_bits(bits);
        prop_assert_eq!(Classes::from_wire(&wire(&mask)), Ok(mask));
    }

    #[test]
    fn escaped_bytes_are_read_as_they_were(text in vec(any::<u8>(), 0..60)) {
        let escaped = Escaped::encode(&text);
        prop_assert!(!escaped.contains(&b'\n') && !escaped.contains(&b'\r'));
        prop_assert_eq!(Escaped::new(&escaped).decode(), &text[..]);
    }

    #[test]
    fn quoted_items_come_back(items in items()) {
        prop_assume!(items.len() > 1 || !items[0].is_empty());
        let mut list = Vec::new();
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                list.push(b',');
            }
            // The server's rule, written down again.
            list.extend(item.iter().flat_map(|byte| {
                let quoted = b",\\\"()[]".contains(byte).then_some(b'\\');
                quoted.into_iter().chain([*byte])
            }));
        }
        let back: Vec<_> = CommaList::new(&list).items().map(Cow::into_owned).collect();
        prop_assert_eq!(back, items);
    }

    #[test]
    fn assignments_come_back(items in items()) {
        let mut list = Assignments::new();
        let mut kept = Vec::new();
        for (name, value) in items.iter().zip(items.iter().rev()) {
            if list.set(name, value).is_ok() {
                kept.push((name.clone(), value.clone()));
            }
        }
        let bytes = wire(&list);
        let back: Vec<_> =
            CommaList::new(&bytes).assignments().map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
        prop_assert_eq!(back, kept);
    }
}

/// Each type that a kind of the tables is read as stands in the body of the fuzz target `values`,
/// which holds it to its round trip, is serialised, and stands in the table of the docs.
#[test]
fn each_type_of_a_kind_is_held_to_it() {
    let root = ami_testkit::root();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("a readable file");
    let (kinds, values, docs) = (read("codegen/kinds.rs"), read("tests/src/values.rs"), read("src/value/mod.rs"));
    let serialized = read("src/serialize/value.rs");
    let (_, values) = values.split_once("pub fn everything").expect("the body");
    let types = types_of(&kinds);
    for name in types {
        let tried = values.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name);
        assert!(tried, "tests/src/values.rs: `everything` lacks {name}");
        let serialized = serialized.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name);
        assert!(serialized, "src/serialize/value.rs: `values!` lacks {name}");
        assert!(docs.contains(&format!("[`{name}`]")), "src/value/mod.rs: the table lacks {name}");
    }
}

/// Returns the types of `value` that the kinds of the tables name.
fn types_of(kinds: &str) -> BTreeSet<&str> {
    let names = kinds.split("value::").skip(1);
    let names = names.map(|text| text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default());
    let types: BTreeSet<&str> = names.filter(|name| name.starts_with(char::is_uppercase)).collect();
    assert!(types.len() > 30, "{types:?}");
    types
}

/// Each type that a getter returns can be given to a setter, and is sent as it came, but for what
/// was escaped.
#[test]
fn each_value_of_a_getter_is_taken_by_a_setter() {
    let mut taken = BTreeSet::new();
    macro_rules! sent {
        ($($type:ident: $wire:literal => $sent:literal,)+) => {$(
            let value = $type::from_wire($wire.as_bytes()).expect("a value");
            assert_eq!(parameter(value.into()), $sent, stringify!($type));
            taken.insert(stringify!($type));
        )+};
    }
    sent! {
        AgiResultCode: "200" => "200",
        AmaFlags: "DOCUMENTATION" => "DOCUMENTATION",
        Assignment: "NAME=value" => "NAME=value",
        CallerIdPart: "100" => "100",
        ChannelName: "PJSIP/100-0000002a" => "PJSIP/100-0000002a",
        ChannelState: "6" => "6",
        ClassSet: "call,all" => "call,all",
        ClockTime: "00:00:03" => "00:00:03",
        CodecList: "(ulaw|alaw)" => "(ulaw|alaw)",
        CommaList: "a,b" => "a,b",
        ContactList: "100/sip:100@127.0.0.1," => "100/sip:100@127.0.0.1,",
        Date: "2026-11-21" => "2026-11-21",
        DateTime: "2026-11-21 01:40:26" => "2026-11-21 01:40:26",
        DeviceState: "INUSE" => "INUSE",
        Encoded: "Caf%C3%A9" => "Caf\u{e9}",
        Epoch: "1795224741" => "1795224741",
        Escaped: "O\\'Brien" => "O'Brien",
        EscapedAssignment: "NAME=O\\'Brien" => "NAME=O'Brien",
        ExtensionState: "9" => "9",
        HangupCause: "16" => "16",
        Hex: "0x2e635015" => "0x2e635015",
        Milliseconds: "20" => "20",
        NumberPlan: "33" => "33",
        OriginateReason: "4" => "4",
        Peer: "SIP/100" => "SIP/100",
        PresenceState: "available" => "available",
        Presentation: "67 (Number Unavailable)" => "67 (Number Unavailable)",
        QueueRuleStep: "10,+1,-1" => "10,+1,-1",
        ReloadStatus: "2" => "2",
        Seconds: "3" => "3",
        SecurityAddress: "IPV4/TCP/127.0.0.1/5038" => "IPV4/TCP/127.0.0.1/5038",
        SecurityTime: "2026-11-21T01:47:13.937+0000" => "2026-11-21T01:47:13.937+0000",
        SoftHangup: "32" => "32",
        TimeOfDay: "12:30:05" => "12:30:05",
        Timestamp: "1795224741.137467" => "1795224741.137467",
        UniqueId: "1795225161.570" => "1795225161.570",
    }
    let kinds = std::fs::read_to_string(ami_testkit::root().join("codegen/kinds.rs")).expect("a readable file");
    let missing: Vec<_> = types_of(&kinds).into_iter().filter(|name| !taken.contains(name)).collect();
    assert!(missing.is_empty(), "no such value is given to a setter here: {missing:?}");
    assert_eq!(parameter(0.5_f64.into()), "0.5");
}

/// Returns this argument as an action sends it.
fn parameter(argument: Arg<'_>) -> String {
    let mut out = Vec::new();
    Originate::new("SIP/1").caller_id(argument).encode(None, &mut out).expect("an action");
    let text = String::from_utf8(out).expect("UTF-8");
    let (_, value) = text.split_once("CallerID: ").expect("the parameter");
    value.trim_end().to_owned()
}
