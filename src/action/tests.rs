//! Checks that every builder with every field set writes exactly the bytes in `tests/actions.txt`,
//! and that the server's view reads every field back.

use alloc::vec::Vec;
use core::time::Duration;
use std::string::String;

use super::*;
use crate::request;
use crate::value::{Milliseconds, Seconds, ToWire};
use crate::wire::{Decoder, Framing, Limits};

fn encoded(action: &impl Action) -> Vec<u8> {
    let mut out = Vec::new();
    action.encode(Some("1"), &mut out).expect("nothing to refuse");
    out
}

fn decoder(bytes: &[u8]) -> Decoder {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(bytes);
    decoder
}

fn frame(decoder: &mut Decoder) -> Frame<'_> {
    decoder.next_frame().expect("within limits").expect("whole")
}

fn wire(value: &impl ToWire) -> String {
    let mut bytes = Vec::new();
    value.to_wire(&mut bytes);
    String::from_utf8(bytes).expect("the samples are text")
}

include!(concat!(env!("OUT_DIR"), "/samples.rs"));

#[test]
fn exact_bytes_and_back() {
    let mut all = String::new();
    let mut count = 0;
    every_action(&mut |_, bytes| {
        all.push_str(core::str::from_utf8(bytes).expect("the samples are text"));
        count += 1;
    });
    assert_eq!(count, crate::catalogue::actions().count());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/actions.txt");
    let all = all.replace("\r\n", "\n");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &all).expect("a writable file");
    }
    let golden = std::fs::read_to_string(path).expect("tests/actions.txt; BLESS=1 makes it");
    assert!(golden == all, "what the builders write has changed; BLESS=1 and look at the difference");
}

#[test]
fn what_would_break_the_framing_is_refused_and_leaves_the_output() {
    let mut out = b"kept".to_vec();
    let long = "x".repeat(68);
    let cases = [
        (Ping::new().encode(Some(&long), &mut out), "ActionID"),
        (Ping::new().encode(Some(" x"), &mut out), "ActionID"),
        (Ping::new().encode(Some(""), &mut out), "ActionID"),
        (SetVar::new("A", " b").encode(None, &mut out), "Value"),
        (SetVar::new("A", "b\nc").encode(None, &mut out), "Value"),
        (Originate::new("x").variable("a=b", "c").encode(None, &mut out), "Variable"),
        (Originate::new("x").variable("", "c").encode(None, &mut out), "Variable"),
        (Custom::new("x").header("a:b", "c").encode(None, &mut out), "a:b"),
        (Custom::new("").encode(None, &mut out), "Action"),
        (Custom::new(" Ping").encode(None, &mut out), "Action"),
        (Custom::new("\tPing").encode(Some("1"), &mut out), "Action"),
        (Custom::new("Pi\nng").encode(Some("1"), &mut out), "Action"),
    ];
    for (outcome, field) in cases {
        let error = outcome.expect_err("a refusal");
        assert_eq!(error.field(), field, "{error}");
    }
    assert_eq!(out, b"kept");
    // The server passes these headers on unchanged, so a leading blank arrives.
    assert!(UserEvent::new("x").header("Indent", "  y").encode(None, &mut out).is_ok());
}

#[test]
fn a_refusal_shows_a_bounded_part_of_the_name() {
    let field = |name: &str| {
        let error = Custom::new("x").header(name, "b").encode(None, &mut Vec::new()).expect_err("a refusal");
        (String::from(error.field()), std::format!("{error}").len())
    };
    let name = |len: usize| "n:".repeat(len).split_off(len);
    assert_eq!(field(&name(64)), (name(64), 122));
    assert_eq!(field(&name(65)).0, String::from(name(65).split_at(64).0) + "…");
    assert_eq!(field(&name(1 << 20)).1, 125);
    // A character is never cut in two.
    assert_eq!(field(&("é:".repeat(21) + "x€y")).0, "é:".repeat(21) + "x…");
    assert_eq!(field(&("é:".repeat(20) + "xx€y")).0, "é:".repeat(20) + "xx…");
}

#[test]
fn secrets_are_not_shown() {
    let login = Login::new("admin").secret("s3cret").key("k3y");
    assert_eq!(
        std::format!("{login:?}"),
        r#"Login({"Action": "Login", "Username": "admin", "Secret": ***, "Key": ***})"#
    );
    let free = Custom::new("x").header("Mood", "good").header("Secret", "s3cret");
    assert_eq!(std::format!("{free:?}"), r#"Custom({"Action": "x", "Mood": "good", "Secret": ***})"#);
}

#[test]
fn setting_again_replaces_and_repeats_add() {
    let mut out = Vec::new();
    let action = Originate::new("a").exten("1").exten("2").variable("v", "1").variable("v", "2");
    action.encode(None, &mut out).expect("nothing to refuse");
    assert_eq!(out, b"Action: Originate\r\nChannel: a\r\nExten: 2\r\nVariable: v=1\r\nVariable: v=2\r\n\r\n");
}

#[test]
fn numbers_and_booleans_are_written_in_words() {
    for (number, text) in [(0, "0"), (-1, "-1"), (i64::MAX, "9223372036854775807"), (i64::MIN, "-9223372036854775808")]
    {
        assert_eq!(Arg::from(number).bytes(&mut [0; 20]), text.as_bytes());
    }
    assert_eq!(Arg::from(u64::MAX).bytes(&mut [0; 20]), b"18446744073709551615");
    assert_eq!(Arg::from(true).bytes(&mut [0; 20]), b"yes");
    assert_eq!(Arg::from(false).bytes(&mut [0; 20]), b"no");
}

/// A duration is written as a whole number if it is one, and is never rounded.
#[test]
fn lengths_of_time_are_written_whole_or_with_their_fraction() {
    let written = |arg: Arg<'_>| String::from_utf8(arg.bytes(&mut [0; 20]).to_vec()).expect("text");
    for (nanos, seconds, milliseconds) in [
        (0, "0", "0"),
        (2_000_000_000, "2", "2000"),
        (1_500_000_000, "1.5", "1500"),
        (1_000_500_000, "1.0005", "1000.5"),
        (1, "0.000000001", "0.000001"),
    ] {
        let length = Duration::from_nanos(nanos);
        assert_eq!(written(Seconds(length).into()), seconds);
        assert_eq!(written(Milliseconds(length).into()), milliseconds);
    }
}

/// Arguments that are written alike are equal.
#[test]
fn arguments_that_are_alike() {
    assert!(Arg::from(7_u64) == Arg::from("7") && Arg::from(-7_i64) == Arg::from(b"-7".to_vec()));
    assert!(Arg::from(7_u64) != Arg::from("8") && Arg::from(true) != Arg::from("true"));
}

/// Each edit has its name and its headers, under the next number.
#[test]
fn edits_of_a_file() {
    let update = UpdateConfig::new("a", "b")
        .new_category("c0")
        .rename_category("c1", "n1")
        .delete_category("c2")
        .empty_category("c3")
        .append("c4", "v4", "x4")
        .update("c5", "v5", "x5")
        .delete("c6", "v6")
        .insert("c7", 9, "v7", "x7");
    let bytes = encoded(&update);
    let mut decoder = decoder(&bytes);
    let frame = frame(&mut decoder);
    for (number, name, [variable, value, line]) in [
        (0, "NewCat", [None, None, None]),
        (1, "RenameCat", [None, Some("n1"), None]),
        (2, "DelCat", [None, None, None]),
        (3, "EmptyCat", [None, None, None]),
        (4, "Append", [Some("v4"), Some("x4"), None]),
        (5, "Update", [Some("v5"), Some("x5"), None]),
        (6, "Delete", [Some("v6"), None, None]),
        (7, "Insert", [Some("v7"), Some("x7"), Some("9")]),
    ] {
        let get = |header: &str| frame.get(&std::format!("{header}-{number:06}")).map(|value| std::format!("{value}"));
        let category = std::format!("c{number}");
        assert_eq!((get("Action").as_deref(), get("Cat")), (Some(name), Some(category)));
        let found = ["Var", "Value", "Line"].map(get);
        assert_eq!(found.each_ref().map(Option::as_deref), [variable, value, line], "{name}");
    }
    assert_eq!(frame.headers().count(), 4 + 2 * 8 + 9);
}

/// The cost of a line does not depend on the number of lines: 20,000 lines at 4 setters.
#[test]
fn edits_of_a_configuration_are_not_searched() {
    let looked = |edits: usize| {
        let steps = crate::steps::steps(|| {
            let update = (0..edits).fold(UpdateConfig::new("a", "b"), |update, _| update.append("c", "d", "e"));
            drop(update.match_value(0, "f").match_value(0, "g"));
        });
        steps.looked
    };
    let few = looked(1_000);
    assert!(looked(20_000) <= 21 * few, "{few}");
}

#[test]
fn edits_are_numbered_behind_the_highest() {
    let mut update = UpdateConfig::new("a", "b").edit(3, "NewCat").cat(3, "c");
    for _ in 0..30 {
        update = update.new_category("d");
    }
    let text = String::from_utf8(encoded(&update.edit(3, "DelCat").src_filename("z"))).expect("text");
    assert!(text.contains("SrcFilename: z\r\nDstFilename: b\r\nAction-000003: DelCat\r\n"), "{text}");
    assert!(text.contains("Action-000004: NewCat\r\nCat-000004: d\r\n"), "{text}");
    assert!(text.ends_with("Action-000033: NewCat\r\nCat-000033: d\r\n\r\n"), "{text}");
}

/// A repeated field is set at its first place, among few headers and among many.
#[test]
fn a_field_is_set_in_its_place() {
    for variables in [0, 3, 40] {
        let mut call = Originate::new("x").context("a");
        for _ in 0..variables {
            call = call.variable("v", "w").header("Contexts", "free");
        }
        let text = String::from_utf8(encoded(&call.context("b").channel("y"))).expect("text");
        assert!(text.contains("\r\nChannel: y\r\nContext: b\r\n"), "{text}");
        assert!(!text.contains("Context: a"), "{text}");
    }
}

/// Without the refusal a second `Action` or `ActionID` would be sent; the server reads the first.
#[test]
fn headers_that_every_request_has() {
    for name in ["Action", "action", "ActionID", "ACTIONID"] {
        let custom = Custom::new("X").header(name, "1");
        let event = UserEvent::new("X").header(name, "1");
        let ping = Ping::new().header(name, "1");
        let mut out = b"kept".to_vec();
        for refused in [custom.encode(None, &mut out), event.encode(None, &mut out), ping.encode(Some("1"), &mut out)] {
            let error = refused.expect_err(name);
            assert!(matches!(error.refusal(), crate::error::Refusal::Given { .. }), "{error}");
            assert_eq!(error.field(), name);
        }
        assert_eq!(out, b"kept");
    }
    let error = Custom::new("X").header("ActionID", "1").encode(None, &mut Vec::new()).expect_err("a second id");
    assert_eq!(
        std::format!("{error}"),
        "field \"ActionID\" refused: the message has this header already, from `send` \
         (`send_as` takes an id of your own); leave it out and use that"
    );
    assert!(Custom::new("X").header("ActionIDs", "1").encode(None, &mut Vec::new()).is_ok());
}
