//! Values as servers write them and what they mean, one table a grammar.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::too_many_lines)]
// One row a line reads better than rustfmt's tables.

use core::fmt::Debug;
use core::time::Duration;
use std::borrow::Cow;
use ami_proto::error::Refusal;
use ami_proto::value::{
    AgiAnswer, AgiEnv, AgiResultCode, AmaFlags, AmiVersion, Assignment, Assignments, Banner, CallerIdPart, ChannelName, ChannelState,
    ClassSet, Classes, ClockTime, CodecList, CommaList, ContactList, Date, DateTime, DeviceState, Encoded, Epoch, Escaped,
    EscapedAssignment, ExtensionState, FromWire, HangupCause, Hex, LocalHalf, Milliseconds, NumberPlan, OriginateReason, Peer, PenaltyChange, PresenceState, ReloadStatus,
    Presentation, QueueRuleStep, Screening, Seconds, SecurityAddress, SecurityTime, SoftHangup, TimeOfDay, Timestamp, ToWire,
    UniqueId, Visibility,
};

fn wire(value: impl ToWire) -> String {
    let mut out = Vec::new();
    value.to_wire(&mut out);
    String::from_utf8(out).unwrap()
}

fn read<'a, T: FromWire<'a>>(text: &'a str) -> T {
    T::from_wire(text.as_bytes()).unwrap_or_else(|e| unreachable!("{text:?}: {e}"))
}

/// Each text reads as the value beside it.
fn reads<'a, T: FromWire<'a> + PartialEq + Debug>(table: &[(&'a str, T)]) {
    for (text, value) in table {
        assert_eq!(T::from_wire(text.as_bytes()).as_ref(), Ok(value), "{text:?}");
    }
}

/// Each text is refused at the byte beside it.
fn refuses<'a, T: FromWire<'a> + Debug>(table: &[(&'a str, usize)]) {
    for (text, at) in table {
        let error = T::from_wire(text.as_bytes()).expect_err(text);
        assert_eq!(error.at(), *at, "{text:?}: {error}");
    }
}

#[test]
fn reads_integers_within_their_type() {
    reads::<u64>(&[("0", 0), ("8", 8), ("18446744073709551615", u64::MAX), (" 3 ", 3), ("\t3", 3), ("+3", 3)]);
    reads::<i64>(&[("-1", -1), ("-9223372036854775808", i64::MIN), ("9223372036854775807", i64::MAX)]);
    reads::<u8>(&[("255", 255), ("-0", 0)]);
    reads::<i8>(&[("-128", -128), ("127", 127)]);
    refuses::<u64>(&[("", 0), ("  ", 2), ("-", 1), ("-1", 1), ("18446744073709551616", 19), ("3x", 1), (" 3 4", 2)]);
    refuses::<u8>(&[("256", 2), ("0x1", 1), ("1.0", 1)]);
    refuses::<i8>(&[("128", 2), ("-129", 3), ("--1", 1)]);
    assert_eq!(wire(u64::MAX), "18446744073709551615");
    assert_eq!(wire(-5_i32), "-5");
}

#[test]
fn reads_decimal_numbers_and_exponents() {
    reads::<f64>(&[
        ("  0.0", 0.0),
        ("88.0", 88.0),
        ("0.0000", 0.0),
        ("0", 0.0),
        ("-1.5", -1.5),
        ("29659.521771440953884672", 29_659.521_771_440_954),
        ("1e3", 1000.0),
    ]);
    assert!(read::<f64>("-nan").is_nan());
    refuses::<f64>(&[("", 0), ("62811.2690 (sec)", 10), ("N/A", 0), ("1,5", 1)]);
    assert!(f64::from_wire(b"\xff").is_err());
    assert_eq!(wire(0.25_f64), "0.25");
}

#[test]
fn reads_hexadecimal_ids_of_64_bits() {
    reads(&[("0x2e635015", Hex(0x2e63_5015)), ("0X0A", Hex(10)), ("0xffffffffffffffff", Hex(u64::MAX))]);
    refuses::<Hex>(&[("", 0), ("10", 0), ("0x", 2), ("0xg", 2), ("0x1ffffffffffffffff", 18), ("(nil)", 0)]);
    assert_eq!(wire(Hex(0x09cb_2883)), "0x09cb2883");
    assert_eq!(wire(Hex(0x7fa4_c400_5c40)), "0x7fa4c4005c40");
}

#[test]
fn reads_each_word_for_a_truth_value() {
    for word in ["yes", "Yes", "TRUE", "True", "y", "Y", "t", "1", "on", "On", "Enabled", "  true"] {
        assert_eq!(bool::from_wire(word.as_bytes()), Ok(true), "{word}");
    }
    for word in ["no", "No", "false", "False", "n", "N", "f", "0", "off", "Disabled", "                  false"] {
        assert_eq!(bool::from_wire(word.as_bytes()), Ok(false), "{word}");
    }
    refuses::<bool>(&[("", 0), ("2", 0), ("A", 0), (" yes!", 1), ("N/A", 0)]);
    assert_eq!((wire(true), wire(false)), ("yes".into(), "no".into()));
}

#[test]
fn lengths_of_time() {
    let s = |secs, nanos| Seconds(Duration::new(secs, nanos));
    reads(&[
        ("74", s(74, 0)),
        ("0.0042", s(0, 4_200_000)),
        ("1.", s(1, 0)),
        ("1.9999999999", s(1, 999_999_999)),
        ("18446744073709551615", s(u64::MAX, 0)),
    ]);
    refuses::<Seconds>(&[("", 0), ("-1", 0), (".5", 0), ("1.2.3", 3), ("94 seconds", 2), ("18446744073709551616", 20)]);
    assert_eq!(
        (wire(s(74, 0)), wire(s(1, 500_000_000)), wire(s(0, 1))),
        ("74".into(), "1.5".into(), "0.000000001".into())
    );

    let ms = |nanos| Milliseconds(Duration::from_nanos(nanos));
    reads(&[("163", ms(163_000_000)), ("0.5", ms(500_000)), (" 0 ", ms(0))]);
    refuses::<Milliseconds>(&[("N/A", 0), ("1ms", 1)]);
    assert_eq!((wire(ms(163_000_000)), wire(ms(1_000_500_000))), ("163".into(), "1000.5".into()));

    let clock = |secs| ClockTime(Duration::from_secs(secs));
    reads(&[("00:00:03", clock(3)), ("01:01:01", clock(3661)), ("120:00:59", clock(432_059)), ("0:00:00", clock(0))]);
    refuses::<ClockTime>(&[("", 0), ("3", 1), ("00:60:00", 3), ("00:00:61", 6), ("00:00:3", 6), ("00:00:03.5", 8)]);
    assert_eq!((wire(clock(432_059)), wire(clock(3))), ("120:00:59".into(), "00:00:03".into()));
}

#[test]
fn reads_moments_to_the_microsecond() {
    let at = |s, us| Timestamp::new(s, us).unwrap();
    reads(&[
        ("1795224741.137467", at(1_795_224_741, 137_467)),
        ("1795224741.5", at(1_795_224_741, 500_000)),
        ("1795224741", at(1_795_224_741, 0)),
        ("0", at(0, 0)),
        ("-1", at(-1, 0)),
        ("-9223372036854775808", at(i64::MIN, 0)),
    ]);
    refuses::<Timestamp>(&[
        ("", 0),
        ("1.", 1),
        ("1.1234567", 8),
        ("x", 0),
        ("9223372036854775808", 0),
        ("-1 seconds", 2),
    ]);
    assert_eq!(wire(at(1_795_224_741, 5)), "1795224741.000005");
    assert_eq!(wire(read::<Epoch>("1795224493")), "1795224493");
    assert!(read::<Epoch>("0").get().is_never());
    assert_eq!(Timestamp::new(0, 1_000_000), None);
    assert_eq!(at(-1, 0).since_1970(), None);
    assert_eq!(at(1, 5).since_1970(), Some(Duration::new(1, 5000)));
}

#[test]
fn dates_and_times() {
    let day = |y, m, d| Date::new(y, m, d).unwrap();
    let time = |h, m, s, us| TimeOfDay::new(h, m, s, us).unwrap();
    reads(&[("2026-11-21", day(2026, 11, 21)), ("2024-02-29", day(2024, 2, 29)), ("0000-01-01", day(0, 1, 1))]);
    refuses::<Date>(&[("", 0), ("2026-13-01", 5), ("2026-02-29", 0), ("2026-1-01", 5)]);
    reads(&[
        ("01:21:45", time(1, 21, 45, 0)),
        ("23:59:60", time(23, 59, 60, 0)),
        ("00:00:00.5", time(0, 0, 0, 500_000)),
    ]);
    refuses::<TimeOfDay>(&[("24:00:00", 0), ("1:00:00", 0), ("00:00:00.", 8), ("00:00:00.1234567", 15)]);
    refuses::<TimeOfDay>(&[("00:60:00", 3), ("00:00:61", 6)]);
    for (year, month, day) in [(10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 11, 0), (2026, 11, 31)] {
        assert_eq!(Date::new(year, month, day), None);
    }
    for (hour, minute, second, micros) in [(24, 0, 0, 0), (0, 60, 0, 0), (0, 0, 61, 0), (0, 0, 0, 1_000_000)] {
        assert_eq!(TimeOfDay::new(hour, minute, second, micros), None);
    }
    reads(&[
        ("2026-11-21 01:40:26", DateTime::new(day(2026, 11, 21), time(1, 40, 26, 0))),
        ("2026-11-21 01:40:26.000001", DateTime::new(day(2026, 11, 21), time(1, 40, 26, 1))),
    ]);
    refuses::<DateTime>(&[("2026-11-21", 10), ("2026-11-21T01:40:26", 10), ("1795224741.137467", 4)]);
    assert_eq!(wire(read::<DateTime>("2026-11-21 01:40:26.25")), "2026-11-21 01:40:26.250000");

    let unix = |text: &'static str| read::<DateTime>(text).unix_seconds(0);
    assert_eq!(unix("1970-01-01 00:00:00"), 0);
    assert_eq!(unix("1969-12-31 23:59:59"), -1);
    assert_eq!(unix("2000-03-01 00:00:00"), 951_868_800);
    assert_eq!(unix("2038-01-19 03:14:08"), 1 << 31);
    assert_eq!(read::<DateTime>("1970-01-01 01:00:00").unix_seconds(3600), 0);
    let none = [(10_000, 1, 1), (2026, 13, 1), (2026, 0, 1), (2026, 4, 31), (2026, 1, 0)];
    assert_eq!(none.map(|(year, month, day)| Date::new(year, month, day)), [None; 5]);
    assert_eq!([TimeOfDay::new(24, 0, 0, 0), TimeOfDay::new(0, 60, 0, 0), TimeOfDay::new(0, 0, 61, 0)], [None; 3]);
    assert_eq!(TimeOfDay::new(0, 0, 0, 1_000_000), None);
    refuses::<TimeOfDay>(&[("00:60:00", 3), ("00:00:61", 6)]);
    assert_eq!(time(1, 0, 1, 7).since_midnight(), Duration::new(3601, 7000));
}

#[test]
fn days_follow_each_other() {
    let mut last = Date::new(0, 1, 1).unwrap().days_since_1970() - 1;
    let days = (0..10_000).flat_map(|y| (1..=12).flat_map(move |m| (1..=31).filter_map(move |d| Date::new(y, m, d))));
    for day in days {
        last += 1;
        assert_eq!(day.days_since_1970(), last, "{day}");
    }
    assert_eq!(last, 2_932_896, "9999-12-31");
}

#[test]
fn times_of_security_events() {
    let at: SecurityTime = read("2016-01-31T12:46:29.000-0500");
    assert_eq!(
        (at.local().date().to_string(), at.local().time().to_string()),
        ("2016-01-31".into(), "12:46:29".into())
    );
    assert_eq!((at.millis(), at.utc_offset_minutes()), (0, -300));
    let other: SecurityTime = read("2016-01-31T23:16:29.000+0530");
    assert_eq!(at.unix_millis(), other.unix_millis());
    assert_eq!(at.unix_millis(), 1_454_262_389_000);
    assert_eq!(read::<SecurityTime>("1970-01-01T01:00:01.250+0100").unix_millis(), 1250);
    for text in ["2026-11-21T01:47:13.937+0000", "2016-01-31T12:46:29.000-0500", "2016-01-31T12:46:29.001-0030"] {
        assert_eq!(wire(read::<SecurityTime>(text)), text);
    }
    refuses::<SecurityTime>(&[
        ("", 0),
        ("2016-01-31 12:46:29.000-0500", 10),
        ("2016-01-31T12:46:29-0500", 19),
        ("2016-01-31T12:46:29.00-0500", 20),
        ("2016-01-31T12:46:29.000", 23),
        ("2016-01-31T12:46:29.000-0560", 26),
    ]);
}

#[test]
fn reads_parts_of_channel_names() {
    type Row = (
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
        Option<&'static str>,
        Option<u32>,
        Option<LocalHalf>,
    );
    let rows: [Row; 16] = [
        ("PJSIP/100-0000002a", Some("PJSIP"), Some("100"), Some("0000002a"), Some(0x2a), None),
        ("SIP/loop-ffffffff", Some("SIP"), Some("loop"), Some("ffffffff"), Some(u32::MAX), None),
        ("SIP/my-trunk-00000001", Some("SIP"), Some("my-trunk"), Some("00000001"), Some(1), None),
        ("Local/1@a-b-0000001c;1", Some("Local"), Some("1@a-b"), Some("0000001c"), Some(0x1c), Some(LocalHalf::First)),
        ("Local/1@lab-0000001c;2", Some("Local"), Some("1@lab"), Some("0000001c"), Some(0x1c), Some(LocalHalf::Second)),
        ("CBAnn/room1-00000013;2", Some("CBAnn"), Some("room1"), Some("00000013"), Some(0x13), Some(LocalHalf::Second)),
        ("IAX2/iaxuser-3824", Some("IAX2"), Some("iaxuser"), Some("3824"), None, None),
        ("DAHDI/i1/5551234-2", Some("DAHDI"), Some("i1/5551234"), Some("2"), None, None),
        ("DAHDI/3-1", Some("DAHDI"), Some("3"), Some("1"), None, None),
        ("Message/ast_msg_queue", Some("Message"), Some("ast_msg_queue"), None, None, None),
        ("Agent/1001", Some("Agent"), Some("1001"), None, None, None),
        ("SIP/ua1-0000001d<ZOMBIE>", Some("SIP"), Some("ua1"), Some("0000001d"), Some(0x1d), None),
        (
            "AsyncGoto/Local/x@lab-00000016;1<ZOMBIE>",
            Some("AsyncGoto"),
            Some("Local/x@lab"),
            Some("00000016"),
            Some(0x16),
            Some(LocalHalf::First),
        ),
        ("none", None, None, None, None, None),
        ("", None, None, None, None, None),
        ("/-", Some(""), Some(""), Some(""), None, None),
    ];
    for (text, technology, resource, suffix, sequence, half) in rows {
        let name: ChannelName = read(text);
        assert_eq!(name.technology(), technology.map(str::as_bytes), "{text}");
        assert_eq!(name.resource(), resource.map(str::as_bytes), "{text}");
        assert_eq!(name.suffix(), suffix.map(str::as_bytes), "{text}");
        assert_eq!((name.sequence(), name.half()), (sequence, half), "{text}");
        assert_eq!(wire(name), text);
    }
    let name = ChannelName::from;
    assert!(name("SIP/ua1-0000001d<ZOMBIE>").is_zombie());
    assert!(!name("SIP/ua1-0000001d").is_zombie());
    assert_eq!(name("SIP/ua1-0000001g").sequence(), None);
    assert!(name("none").is_none() && name("").is_none() && !name("SIP/ua1-0000001d").is_none());
    assert!(name("Local/park@lab-00000086;2<MASQ>").is_masquerading());
    assert!(!name("Local/park@lab-00000086;2").is_masquerading());
    assert!(!name("SIP/ua1-0000001d").is_zombie());
    assert!(!name("<ZOMBIE>/ua1").is_zombie());
    assert!(name("none").is_none() && name("").is_none());
    assert!(!name("SIP/none-0000001d").is_none());
    assert_eq!(name("SIP/a-0000000g").sequence(), None);
    assert_eq!(name("SIP/a-f0000001").sequence(), Some(0xf000_0001));
    assert_eq!(name("SIP/my-trunk-00000001").device(), Some(&b"SIP/my-trunk"[..]));
    assert_eq!(name("Bridge/SIP/loop-00000003").stands_for(), Some(name("SIP/loop-00000003")));
    assert_eq!(name("DAHDI/i1/5551234-2").stands_for(), None);
    assert_eq!(format!("{:?}", name("SIP/a\r")), r#"ChannelName("SIP/a\r")"#);
    assert_eq!(ChannelName::new(b"SIP/\xff").to_string(), "SIP/\u{fffd}");
}

#[test]
fn reads_parts_of_unique_ids() {
    let parts = |text: &'static str| {
        let id: UniqueId = read(text);
        assert_eq!(wire(id), text);
        (id.system().map(|s| core::str::from_utf8(s).unwrap()), id.epoch(), id.sequence())
    };
    assert_eq!(parts("1795225161.570"), (None, Some(1_795_225_161), Some(570)));
    assert_eq!(parts("labsys-1795225226.0"), (Some("labsys"), Some(1_795_225_226), Some(0)));
    assert_eq!(parts("pbx-1.de-1795225226.7"), (Some("pbx-1.de"), Some(1_795_225_226), Some(7)));
    assert_eq!(parts("1795225161.570;2"), (None, Some(1_795_225_161), Some(570)));
    for other in ["lab-1795225643b", "lab-1795225643", "none", "", "<unknown>", "a.b", "1.", ".1"] {
        assert_eq!(parts(other), (None, None, None), "{other}");
    }
    assert_eq!(UniqueId::from("lab;2").half(), Some(LocalHalf::Second));
    assert!(UniqueId::from("none").is_none());
    assert!(!UniqueId::from("lab").is_none());
}

#[test]
fn words_for_no_caller_id_are_none() {
    for absent in ["", "<unknown>", "unknown", "<no name>"] {
        assert_eq!(read::<CallerIdPart>(absent).known(), None, "{absent}");
        assert_eq!(Escaped::from(absent).known(), None, "{absent}");
    }
    assert_eq!(read::<CallerIdPart>("Unknown Caller").known(), Some(&b"Unknown Caller"[..]));
    assert_eq!(Escaped::from(r#"Lab \"Q\" Name"#).known().unwrap().decode(), &br#"Lab "Q" Name"#[..]);
    assert_eq!(CallerIdPart::from_wire(b"caf\xe9").unwrap().as_bytes(), b"caf\xe9");
}

#[test]
fn hangup_causes_have_names_and_descriptions() {
    let rows = [
        (1, Some("UNALLOCATED"), Some("Unallocated (unassigned) number")),
        (5, Some("MISDIALLED_TRUNK_PREFIX"), Some("Misdialed trunk prefix")),
        (16, Some("NORMAL_CLEARING"), Some("Normal Clearing")),
        (17, Some("USER_BUSY"), Some("User busy")),
        (34, Some("NORMAL_CIRCUIT_CONGESTION"), Some("Circuit/channel congestion")),
        (127, Some("INTERWORKING"), Some("Interworking, unspecified")),
        (0, None, None),
        (4, None, None),
        (-1, None, None),
    ];
    for (number, name, text) in rows {
        let cause = HangupCause::new(number);
        assert_eq!((cause.name(), cause.description()), (name, text));
        assert_eq!(HangupCause::from_wire(number.to_string().as_bytes()), Ok(cause));
    }
    assert_eq!((0..=127).filter(|&n| HangupCause::new(n).name().is_some()).count(), 49);
    refuses::<HangupCause>(&[("Expired", 0), ("", 0)]);
}

#[test]
fn reasons_of_originated_calls() {
    let words = [(0, "Failed"), (1, "Hung up"), (3, "No answer"), (4, "Answered"), (5, "Busy"), (8, "Congestion")];
    for (number, text) in words {
        assert_eq!(OriginateReason::new(number).description(), Some(text));
    }
    reads(&[("4", OriginateReason::ANSWERED), ("15", OriginateReason::new(15))]);
    assert_eq!(OriginateReason::new(15).description(), None);
    refuses::<OriginateReason>(&[("busy", 0)]);
}

/// Each octet has a type and a plan, in words where the standard has one.
#[test]
fn types_and_plans_of_numbers() {
    let types = ["unknown", "international", "national", "network-specific", "subscriber", "", "abbreviated", ""];
    let plans = [(0, "unknown"), (1, "telephone (E.164)"), (3, "data (X.121)"), (4, "telex (F.69)"), (8, "national"), (9, "private")];
    for octet in 0..=255 {
        let plan = NumberPlan::new(octet);
        let kind = types[usize::try_from(octet / 16 % 8).expect("small")];
        assert_eq!(plan.type_of_number(), Some(kind).filter(|kind| !kind.is_empty()), "{octet}");
        let known = plans.iter().find(|(number, _)| *number == octet % 16);
        assert_eq!(plan.numbering_plan(), known.map(|(_, words)| *words), "{octet}");
    }
    for number in [-1, 256, i32::MIN, i32::MAX] {
        assert_eq!((NumberPlan::new(number).type_of_number(), NumberPlan::new(number).numbering_plan()), (None, None));
    }
    refuses::<NumberPlan>(&[("isdn", 0)]);
}

/// Numbers from 12 on, words up to 11.
#[test]
fn results_of_reloads() {
    let known = ["0", "1", "2", "3", "4", "5", "6", "Enabled", "Disabled"];
    for word in known {
        let status: ReloadStatus = read(word);
        assert!(status.description().is_some() && wire(status) == word, "{word}");
    }
    reads(&[("0", ReloadStatus::Done), (" 2 ", ReloadStatus::NotFound), ("enabled", ReloadStatus::Enabled)]);
    for other in ["7", "02", "", "Enabled\r/nMessage: DNSmgr reload Requested"] {
        assert_eq!(read::<ReloadStatus>(other), ReloadStatus::Other(other.as_bytes()));
        assert_eq!(read::<ReloadStatus>(other).description(), None);
    }
}

#[test]
fn results_of_agi_commands() {
    reads(&[("200", AgiResultCode::SUCCESS), ("-1", AgiResultCode::FAILURE), ("7", AgiResultCode::new(7))]);
    assert_eq!(AgiResultCode::DEAD_CHANNEL.description(), Some("Not permitted on a dead channel"));
    assert_eq!(AgiResultCode::new(7).description(), None);
}

#[test]
fn soft_hangups_are_sets_of_flags() {
    reads(&[("32", SoftHangup::EXPLICIT), ("34", SoftHangup::new(34))]);
    assert!(SoftHangup::new(34).flags().eq([SoftHangup::ASYNC_GOTO, SoftHangup::EXPLICIT]));
    assert_eq!((SoftHangup::new(34).description(), SoftHangup::TIMEOUT.description()), (None, Some("Timeout")));
    assert_eq!((SoftHangup::new(-1).flags().count(), SoftHangup::new(0).flags().count()), (0, 0));
}

#[test]
fn device_states_by_number() {
    let phrases: Vec<_> = (0..9).map(|n| DeviceState::from_number(n).and_then(DeviceState::description)).collect();
    assert_eq!((phrases[1], phrases[6], phrases[8]), (Some("Not in use"), Some("Ringing"), Some("On Hold")));
    assert_eq!(DeviceState::from_number(9), None);
}

#[test]
fn channel_states_have_descriptions() {
    let texts: Vec<_> = (0..=10).map(|n| ChannelState::new(n).description().unwrap()).collect();
    let expected =
        ["Down", "Rsrvd", "OffHook", "Dialing", "Ring", "Ringing", "Up", "Busy", "Dialing Offhook", "Pre-ring", "Mute"];
    assert_eq!(texts, expected);
    reads(&[("6", ChannelState::UP), ("65542", ChannelState::new(65_542))]);
    assert_eq!(ChannelState::new(65_542).description(), None);
}

#[test]
fn reads_device_states_in_every_form() {
    let words = ["UNKNOWN", "NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD"];
    let phrases =
        ["Unknown", "Not in use", "In use", "Busy", "Invalid", "Unavailable", "Ringing", "Ring+Inuse", "On Hold"];
    for (n, (word, phrase)) in words.into_iter().zip(phrases).enumerate() {
        let state: DeviceState = read(word);
        let digit = n.to_string();
        assert_eq!(state.number(), u8::try_from(n).ok());
        assert_eq!(state.description(), Some(phrase));
        assert_eq!(DeviceState::from_wire(digit.as_bytes()), Ok(state));
        assert_eq!(read::<DeviceState>(phrase), state);
        assert_eq!(wire(state), word);
    }
    for other in ["9", "", "02", "SLEEPING", " x "] {
        assert_eq!(read::<DeviceState>(other), DeviceState::Other(other.as_bytes()));
        assert_eq!(wire(read::<DeviceState>(other)), other);
    }
    assert_eq!(format!("{:?}", read::<DeviceState>("x\n")), r#"Other("x\n")"#);
}

#[test]
fn extension_states_are_sets_of_flags() {
    let rows = [
        (0, "Idle"),
        (1, "InUse"),
        (2, "Busy"),
        (4, "Unavailable"),
        (8, "Ringing"),
        (9, "InUse&Ringing"),
        (16, "Hold"),
        (17, "InUse&Hold"),
    ];
    for (number, text) in rows {
        assert_eq!(ExtensionState::new(number).description(), Some(text));
    }
    assert_eq!((ExtensionState::new(3).description(), ExtensionState::REMOVED.description()), (None, None));
    assert!(ExtensionState::new(17).contains(ExtensionState::ON_HOLD));
    assert!(!ExtensionState::REMOVED.contains(ExtensionState::BUSY));
    assert_eq!(ExtensionState::REMOVED.flags().count(), 0);
    assert_eq!(ExtensionState::IDLE.flags().count(), 0);
    assert!(ExtensionState::new(31).flags().map(ExtensionState::get).eq([1, 2, 4, 8, 16]));
}

#[test]
fn presence_and_ama() {
    for word in ["not_set", "unavailable", "available", "away", "xa", "chat", "dnd"] {
        let state: PresenceState = read(word);
        assert!(!matches!(state, PresenceState::Other(_)), "{word}");
        assert_eq!(wire(state), word);
    }
    assert_eq!(read::<PresenceState>("DND"), PresenceState::DoNotDisturb);
    assert_eq!(wire(read::<PresenceState>("out to lunch")), "out to lunch");

    for word in ["OMIT", "BILLING", "DOCUMENTATION", "Unknown", "default"] {
        let flags: AmaFlags = read(word);
        assert!(!matches!(flags, AmaFlags::Other(_)), "{word}");
        assert_eq!(wire(flags), word);
    }
    assert_eq!(read::<AmaFlags>("billing"), AmaFlags::Billing);
}

#[test]
fn reads_presentations_in_every_form() {
    let rows = [
        ("0 (Presentation Allowed, Not Screened)", Some(0), Some(Visibility::Allowed), Some(Screening::NotScreened)),
        ("Presentation Allowed, Not Screened", Some(0), Some(Visibility::Allowed), Some(Screening::NotScreened)),
        (
            "33 (Presentation Prohibited, Passed Screen)",
            Some(33),
            Some(Visibility::Prohibited),
            Some(Screening::Passed),
        ),
        ("2", Some(2), Some(Visibility::Allowed), Some(Screening::Failed)),
        ("67 (Number Unavailable)", Some(67), Some(Visibility::Unavailable), Some(Screening::Network)),
        ("Number Unavailable", Some(67), Some(Visibility::Unavailable), Some(Screening::Network)),
        ("96 (?)", Some(96), None, Some(Screening::NotScreened)),
        ("unknown", None, None, None),
        ("", None, None, None),
    ];
    for (text, number, visibility, screening) in rows {
        let p: Presentation = read(text);
        assert_eq!((p.number(), p.visibility(), p.screening()), (number, visibility, screening), "{text}");
        assert_eq!(wire(p), text);
    }
    assert_eq!(Presentation::from("2").text(), None);
    assert_eq!(Presentation::from("32").description(), Some("Presentation Prohibited, Not Screened"));
    assert_eq!(Presentation::from("200").description(), None);
    assert_eq!(Presentation::from("1 (yes").text(), Some(&b"yes"[..]));
    assert_eq!(Presentation::known(0), Some(Presentation::from(rows[0].0)));
    assert_eq!(Presentation::known(4), None);
}

#[test]
fn reads_classes_by_their_names() {
    let rows = [
        ("call,all", Classes::CALL),
        ("system,call,reporting,all", Classes::SYSTEM | Classes::CALL | Classes::REPORTING),
        ("<none>", Classes::NONE),
        ("Call", Classes::CALL),
        ("Command", Classes::COMMAND),
        ("System", Classes::SYSTEM),
        ("all", Classes::ALL),
        ("message,all", Classes::MESSAGE),
        ("fancy,all", Classes::NONE),
        ("", Classes::NONE),
    ];
    for (text, classes) in rows {
        let set: ClassSet = read(text);
        assert_eq!(set.classes(), classes, "{text}");
        assert_eq!(wire(set), text);
    }
    assert!(read::<ClassSet>("fancy,call,all,new").unknown().eq([&b"fancy"[..], b"new"]));
    assert_eq!(read::<ClassSet>("<none>").names().count(), 0);

    let masks = [
        (Classes::NONE, "off"),
        (Classes::ALL, "all"),
        (Classes::SYSTEM | Classes::CALL | Classes::CC, "system,call,cc"),
        (Classes::from_bits(1 << 14 | 1), "16385"),
    ];
    for (mask, text) in masks {
        assert_eq!(wire(mask), text);
        assert_eq!(read::<Classes>(text), mask);
    }
    reads(&[
        ("on", Classes::ALL),
        ("3", Classes::SYSTEM | Classes::CALL),
        ("no", Classes::NONE),
        ("call,x", Classes::CALL),
    ]);
    refuses::<Classes>(&[("4294967296", 0)]);
    // An event of two classes needs both.
    assert!(!Classes::CALL.contains(Classes::CALL | Classes::DTMF));
    assert_eq!(format!("{:?}", Classes::CALL | Classes::AGI), "Classes(call,agi)");
}

#[test]
fn escapes_stand_for_their_bytes() {
    let rows: [(&[u8], &[u8]); 8] = [
        (br"plain", b"plain"),
        (br"O\'Brien \x", b"O'Brien \\x"),
        (br"a\r\nEvent: Fake\r\n\r\nb", b"a\r\nEvent: Fake\r\n\r\nb"),
        (br"\a\b\f\n\r\t\v\\\'\x22\?", b"\x07\x08\x0c\n\r\t\x0b\\'\\x22?"),
        (br#"\""#, b"\""),
        (b"\\", b"\\"),
        (br"\\n", b"\\n"),
        (b"\\\xff\xfe", b"\\\xff\xfe"),
    ];
    for (wire, text) in rows {
        assert_eq!(Escaped::new(wire).decode(), text, "{}", wire.escape_ascii());
    }
    assert!(matches!(Escaped::from("clean").decode(), Cow::Borrowed(_)));
    assert_eq!(Escaped::encode(b"\x07\x08\x0c\n\r\t\x0b\\'\"?z"), br#"\a\b\f\n\r\t\v\\\'\"\?z"#);
}

#[test]
fn splits_comma_lists_as_the_server_does() {
    let rows: [(&str, &[&str]); 20] = [
        ("", &[]),
        ("a", &["a"]),
        ("a,b", &["a", "b"]),
        ("a=1, b=2", &["a=1", " b=2"]),
        (",", &["", ""]),
        ("a,", &["a", ""]),
        ("a,,b", &["a", "", "b"]),
        ("f(x,y),z", &["f(x,y)", "z"]),
        ("f[x,y],z", &["f[x,y]", "z"]),
        ("f(a(b,c),d),e", &["f(a(b,c),d)", "e"]),
        (r#""a,b",c"#, &["a,b", "c"]),
        (r#"x"a,b"y,c"#, &["xa,by", "c"]),
        (r"a\,b,c", &["a,b", "c"]),
        (r"a\\,b", &[r"a\", "b"]),
        (r#"\"a,b\""#, &["\"a", "b\""]),
        (r"\(a,b\)", &["(a", "b)"]),
        // What closes without an opening is text; what opens and never closes takes the rest.
        ("a),b],c", &["a)", "b]", "c"]),
        ("a(b,c", &["a(b,c"]),
        ("\"a,b", &["a,b"]),
        // A parenthesis counts inside quotes too.
        (r#""(",b"#, &["(,b"]),
    ];
    for (text, items) in rows {
        let list: CommaList = read(text);
        let got: Vec<_> = list.items().map(|i| String::from_utf8(i.into_owned()).unwrap()).collect();
        assert_eq!(got, items, "{text}");
        assert_eq!(wire(list), text);
    }
    assert_eq!(CommaList::new(b"a\\").items().next().unwrap(), &b"a"[..]);
    assert!(CommaList::from("a,\"b\"").plain().eq([&b"a"[..], b"\"b\""]));
    assert_eq!(CommaList::from("").plain().count(), 0);
}

#[test]
fn comma_lists_end_at_64_items() {
    let sixty_three = "x,".repeat(63);
    let long = format!("{sixty_three}\"y\",z\\,");
    let items: Vec<_> = CommaList::from(long.as_str()).items().collect();
    assert_eq!(items.len(), 64);
    assert_eq!(items[63], &br#""y",z\,"#[..], "the last one is not unquoted");
    assert_eq!(CommaList::from(sixty_three.as_str()).items().count(), 64);
    assert_eq!(CommaList::from(long.as_str()).items_up_to(100).count(), 65);
    assert!(CommaList::from("a,b,c").items_up_to(2).eq([&b"a"[..], b"b,c"]));
    assert!(CommaList::from("a,b").items_up_to(0).eq([&b"a,b"[..]]));
}

#[test]
fn reads_and_writes_assignments() {
    let row = |text: &'static str| {
        let a: Assignment = read(text);
        assert_eq!(wire(a), text);
        (core::str::from_utf8(a.name()).unwrap(), core::str::from_utf8(a.value()).unwrap())
    };
    assert_eq!(row("CHANNEL(language)=en"), ("CHANNEL(language)", "en"));
    assert_eq!(row("LABVAR="), ("LABVAR", ""));
    assert_eq!(row("A=b=c,d"), ("A", "b=c,d"));
    assert_eq!(row("=x"), ("", "x"));
    refuses::<Assignment>(&[("", 0), ("BRIDGEPEER", 10)]);
    assert_eq!(read::<Assignment>(r"A=a\r\nb").value(), br"a\r\nb");
    let escaped = read::<EscapedAssignment>(r"A=a\r\nb");
    assert_eq!((escaped.name(), &*escaped.value().decode()), (&b"A"[..], &b"a\r\nb"[..]));
    assert_eq!(wire(escaped), r"A=a\r\nb");
    assert_eq!(EscapedAssignment::new(b"A", Escaped::from(r"a\r\nb")), Some(escaped));
    assert_eq!(EscapedAssignment::new(b"A=", Escaped::from("")), None);
    assert_eq!(format!("{escaped:?}"), r#"EscapedAssignment("A=a\\r\\nb")"#);
    refuses::<EscapedAssignment>(&[("", 0), ("BRIDGEPEER", 10)]);

    let mut list = Assignments::new();
    for name in ["", "a=b"] {
        let error = list.set(name, "x").unwrap_err();
        assert_eq!((error.field(), error.refusal()), (name, Refusal::VariableName));
    }
    for i in 0..Assignments::MAX {
        list.set(format!("V{i}"), "a,b").unwrap();
    }
    let before = list.clone();
    let error = list.set("one_more", "x").unwrap_err();
    assert_eq!((error.field(), error.refusal()), ("one_more", Refusal::ListFull { max: 63 }));
    assert!(error.to_string().ends_with("put it into another header"), "{error}");
    assert_eq!(list, before);
    assert_eq!((list.len(), list.is_empty()), (63, false));
    let bytes = wire(&list);
    let back: Vec<_> = CommaList::from(bytes.as_str()).assignments().collect();
    assert_eq!(back.len(), 63);
    assert!(back.iter().all(|(_, value)| **value == *b"a,b"));
}

#[test]
fn peers_codecs_contacts() {
    assert_eq!((Peer::from("IAX2/a/b").technology(), Peer::from("IAX2/a/b").name()), (Some(&b"IAX2"[..]), &b"a/b"[..]));
    assert_eq!((Peer::from("sipuser").technology(), Peer::from("sipuser").name()), (None, &b"sipuser"[..]));

    let rows: [(&str, &[&str]); 8] = [
        ("(ulaw|alaw)", &["ulaw", "alaw"]),
        ("(gsm|ulaw|alaw|h263|testlaw)", &["gsm", "ulaw", "alaw", "h263", "testlaw"]),
        ("(slin)", &["slin"]),
        ("ulaw,alaw", &["ulaw", "alaw"]),
        ("0x4 (ulaw)", &["ulaw"]),
        ("(nothing)", &[]),
        ("()", &[]),
        ("", &[]),
    ];
    for (text, names) in rows {
        let codecs: CodecList = read(text);
        assert!(codecs.iter().eq(names.iter().map(|n| n.as_bytes())), "{text}");
        assert_eq!(codecs.is_empty(), names.is_empty());
        assert_eq!(wire(codecs), text);
    }
    assert!(CodecList::from("(ulaw|alaw)").contains("ALAW"));

    let list: ContactList = read("ext202/sip:ext202@127.0.0.1:9,b/sip:b@127.0.0.1;x=/,");
    let pairs: Vec<_> = list.iter().map(|c| (c.aor().unwrap(), c.uri())).collect();
    assert_eq!(pairs, [(&b"ext202"[..], &b"sip:ext202@127.0.0.1:9"[..]), (b"b", b"sip:b@127.0.0.1;x=/")]);
    assert!(read::<ContactList>("").is_empty());
}

#[test]
fn reads_addresses_of_security_events() {
    let rows = [
        ("IPV4/TCP/127.0.0.1/5038", Some("127.0.0.1:5038")),
        ("IPV4/UDP/10.0.0.1/5060", Some("10.0.0.1:5060")),
        ("IPV6/TLS/2001:db8::1/5039", Some("[2001:db8::1]:5039")),
        ("IPV6/UDP/fe80::1%eth0/5060", Some("[fe80::1]:5060")),
        ("IPV4/TCP/127.0.0.1/70000", None),
        ("IPV4/TCP/pbx/5038", None),
        ("IPV4/TCP", None),
        ("", None),
    ];
    for (text, socket) in rows {
        let address: SecurityAddress = read(text);
        assert_eq!(address.socket(), socket.map(|s| s.parse().unwrap()), "{text}");
        assert_eq!(wire(address), text);
    }
    assert_eq!(SecurityAddress::from("IPV4/TCP/pbx/5038").host(), Some(&b"pbx"[..]));
}

#[test]
fn banners_tell_the_version_of_asterisk() {
    let rows = [
        ("1.0", Some(1)),
        ("1.1", Some(1)),
        ("1.2", Some(10)),
        ("1.3", Some(11)),
        ("2.0.0", Some(12)),
        ("2.5.0", Some(12)),
        ("2.6.0", Some(13)),
        ("2.10.6", Some(13)),
        ("3.2.2", Some(14)),
        ("4.0.4", Some(15)),
        ("5.0.5", Some(16)),
        ("7.0.3", Some(18)),
        ("9.0.0", Some(20)),
        ("11.0.0", Some(22)),
        ("12.0.0", Some(23)),
        ("13.0.0", Some(24)),
        ("1.9", None),
        ("0.1", None),
    ];
    for (version, asterisk) in rows {
        let line = format!("Asterisk Call Manager/{version}");
        let banner = Banner::from(line.as_str());
        let read = banner.version().unwrap();
        assert_eq!(read.asterisk_major(), asterisk, "{version}");
        assert_eq!(wire(read), version);
        assert_eq!(wire(banner), line);
    }
    for odd in ["", "Hello", "x/", "x/1", "x/1.2.3.4", "x/1.a", "x/4294967296.0"] {
        assert_eq!(Banner::from(odd).version(), None, "{odd}");
    }
    assert!(AmiVersion::new(2, 5, Some(0)) < AmiVersion::new(2, 10, Some(6)));
}

#[test]
fn reads_steps_of_queue_rules() {
    let step: QueueRuleStep = read("10,+1,-1");
    assert_eq!(
        (step.after(), step.max(), step.min()),
        (Duration::from_secs(10), PenaltyChange::Add(1), PenaltyChange::Add(-1))
    );
    assert_eq!(read::<QueueRuleStep>("5,3,0,2").raise(), Some(PenaltyChange::Set(2)));
    for text in ["5,3,0", "10,+1,-1", "30,+0,7,-3", "0,2147483647,-2147483648"] {
        assert_eq!(wire(read::<QueueRuleStep>(text)), text);
    }
    refuses::<QueueRuleStep>(&[
        ("", 0),
        ("labrule", 0),
        ("5,3", 3),
        ("5,,0", 2),
        ("5,3,0,1,2", 7),
        ("5,3,-2147483649", 5),
    ]);
}

#[test]
fn reads_text_and_bytes_as_they_are() {
    assert_eq!(<&[u8]>::from_wire(b"\xff"), Ok(&b"\xff"[..]));
    assert_eq!(<&str>::from_wire(b"abc"), Ok("abc"));
    assert_eq!(<&str>::from_wire(b"ab\xff").unwrap_err().at(), 2);
    assert_eq!(wire("abc"), "abc");
    assert_eq!(wire(&b"abc"[..]), "abc");
}

#[test]
fn percent_codes_stand_for_their_bytes() {
    let rows: [(&[u8], &[u8]); 9] = [
        (b"", b""),
        (b"_undef_", b""),
        (b"a%20b", b"a b"),
        (b"100%25", b"100%"),
        (b"a%ZZb%2", b"a%ZZb%2"),
        (b"%", b"%"),
        (b"%FF%fe%00%0A", b"\xff\xfe\0\n"),
        (b"a+b", b"a+b"),
        (b"caf\xc3\xa9", b"caf\xc3\xa9"),
    ];
    for (wire, text) in rows {
        let value = Encoded::new(wire);
        assert_eq!(value.decode(), text, "{}", wire.escape_ascii());
        assert!(value == *text && value.is_empty() == text.is_empty());
        assert_eq!(value.to_string(), String::from_utf8_lossy(text));
    }
    let every: Vec<u8> = (0..=255).collect();
    assert_eq!(Encoded::new(&Encoded::encode(&every)).decode(), every);
    assert_eq!(Encoded::encode(b"!$'()*,-./_~"), b"!$'()*,-./_~", "what a server leaves as it is");
    assert_eq!(Encoded::encode(b"\"#%&+:;<=>?@[\\]^`{|} \x7f"), b"%22%23%25%26%2B%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D%20%7F");
    let lists: [(&[u8], &[&str]); 4] = [
        (b"one", &["one"]),
        (b"ARRAY%3A%3Aone%7C%3Atwo%20three", &["one", "two three"]),
        (b"ARRAY::one|:two%7C%3A|:", &["one", "two|:", ""]),
        (b"ARRAY%3A%3A", &[""]),
    ];
    for (wire, items) in lists {
        assert_eq!(Encoded::new(wire).items().map(|item| item.to_string()).collect::<Vec<_>>(), items);
    }
}

#[test]
fn parts_of_a_security_address() {
    for (text, host, port, ip) in [
        ("IPV4/TCP/10.0.0.1/5038", Some("10.0.0.1"), Some(5038), Some("10.0.0.1")),
        ("IPV6/TLS/fe80::1%eth0/65535", Some("fe80::1%eth0"), Some(65535), Some("fe80::1")),
        ("IPV4/UDP/host/65536", Some("host"), None, None),
        ("IPV4/UDP/1.2.3.4/", Some("1.2.3.4"), None, Some("1.2.3.4")),
        ("IPV4/UDP/1.2.3.4", None, None, None),
    ] {
        let address = SecurityAddress::from(text);
        assert_eq!((address.host(), address.port()), (host.map(str::as_bytes), port), "{text}");
        assert_eq!(address.ip(), ip.map(|ip| ip.parse().unwrap()), "{text}");
        let socket = address.ip().zip(address.port()).map(std::net::SocketAddr::from);
        assert_eq!(address.socket(), socket, "{text}");
    }
}

/// An error says what was expected, in words of its own for each type.
#[test]
fn what_is_expected() {
    fn of<'a, T: FromWire<'a> + Debug>() -> &'static str {
        T::from_wire(b"!\xff").expect_err("no such value").expected()
    }
    let told = [
        (of::<&str>(), "UTF-8 text"),
        (of::<bool>(), "yes, no, or another word for true or false"),
        (of::<u8>(), "an unsigned 8-bit integer"),
        (of::<i64>(), "a signed 64-bit integer"),
        (of::<f64>(), "a decimal number"),
        (of::<Hex>(), "a hexadecimal number with 0x"),
        (of::<Seconds>(), "a number of seconds"),
        (of::<Milliseconds>(), "a number of milliseconds"),
        (of::<ClockTime>(), "hours:minutes:seconds"),
        (of::<Date>(), "a date as YYYY-MM-DD"),
        (of::<TimeOfDay>(), "a time as HH:MM:SS"),
        (of::<DateTime>(), "a time as YYYY-MM-DD HH:MM:SS"),
        (of::<SecurityTime>(), "a time as YYYY-MM-DDTHH:MM:SS.mmm+hhmm"),
        (of::<Timestamp>(), "seconds since 1970"),
        (of::<AmiVersion>(), "a version of two or three numbers"),
        (of::<Assignment<'_>>(), "an equals sign"),
        (of::<QueueRuleStep>(), "a step as seconds,max,min"),
    ];
    for (expected, words) in told {
        assert_eq!(expected, words);
    }
    assert_eq!(Classes::from_wire(b"99999999999").unwrap_err().expected(), "a mask of 32 bits");
    assert_eq!(Epoch::from_wire(b"x").unwrap_err().at(), 0);
}

/// Decoded `Result` and `Env` of asynchronous AGI: forms from recordings, and others.
#[test]
fn answers_to_asynchronous_agi() {
    type Row = (&'static str, Option<i32>, Option<&'static str>, Option<&'static str>, Option<u64>);
    let rows: [Row; 9] = [
        ("200 result=0\n", Some(200), Some("0"), None, None),
        ("200 result=1 (timeout)\n", Some(200), Some("1"), Some("timeout"), None),
        ("200 result=1 (a (b) c)\n", Some(200), Some("1"), Some("a (b) c"), None),
        ("200 result=-1 (hangup) endpos=960\n", Some(200), Some("-1"), Some("hangup"), Some(960)),
        ("200 result=0 endpos=18446744073709551616\n", Some(200), Some("0"), None, None),
        ("510 Invalid or unknown command\n", Some(510), None, None, None),
        ("520-Invalid command syntax.  Proper usage follows:\n", Some(520), None, None, None),
        ("", None, None, None, None),
        ("HANGUP", None, None, None, None),
    ];
    for (text, code, result, data, end) in rows {
        let answer = AgiAnswer::new(text.as_bytes());
        let text_of = |bytes: Option<&'static [u8]>| bytes.map(|bytes| std::str::from_utf8(bytes).unwrap());
        assert_eq!(answer.code().map(AgiResultCode::get), code, "{text:?}");
        assert_eq!((text_of(answer.result()), text_of(answer.data())), (result, data), "{text:?}");
        assert_eq!(answer.end_position(), end, "{text:?}");
    }
    assert_eq!(AgiAnswer::new(b"510 Invalid or unknown command\n").text(), b"Invalid or unknown command");
    let env = AgiEnv::new(b"agi_request: async\nno colon\nagi_empty:\nagi_uri: a: b\n\n");
    let pairs: Vec<_> = env.iter().collect();
    let expected: [(&[u8], &[u8]); 3] = [(b"agi_request", b"async"), (b"agi_empty", b""), (b"agi_uri", b"a: b")];
    assert_eq!(pairs, expected);
    assert_eq!((env.get("AGI_URI"), env.get("agi_none")), (Some(&b"a: b"[..]), None));
}
