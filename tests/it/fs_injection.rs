//! Invariant: no text of the caller's becomes a command of FreeSWITCH: a model of the server's
//! parsers, made of its source alone, reads just the texts in each line, or nothing is written.

use ami_testkit::fs_injection::{ROOM, TYPED, Typed, fs_injection};
use ami_testkit::mod_conference::read;

/// A generator of bytes, so that a run is the same each time.
struct Bytes(u64);

impl Bytes {
    fn next(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 56) as u8
    }
}

/// `FS_INJECTION=10000000` for more of them.
#[test]
fn no_text_is_a_command() {
    let count = std::env::var("FS_INJECTION").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let mut bytes = Bytes(15);
    let mut written = 0;
    for _ in 0..count {
        let data: [u8; 24] = std::array::from_fn(|_| bytes.next());
        written += u32::from(fs_injection(&data));
    }
    println!("{written} of {count} were written, the others refused");
    // Refusing is no way to be safe.
    assert!(written > count / 10, "{written} of {count}");
}

/// Texts that nothing is odd about go out with every command, as a program that looks at nothing
/// writes them.
#[test]
fn plain_texts_are_written() {
    for typed in TYPED {
        let texts = ["plain", "text"];
        assert_eq!(typed.written("3000", texts).as_deref(), Ok(&typed.naive("3000", texts)[..]), "{}", typed.words);
        assert!(typed.holds("3000", texts), "{}", typed.words);
    }
}

/// No argument of a command that takes a text is left out, nor one that may name a member by a
/// variable.
#[test]
fn every_text_has_a_row() {
    let arguments = crate::generator::text_arguments();
    assert!(arguments.len() > 90, "{}", arguments.len());
    let is_tried = |builder: &str, argument: &str| {
        TYPED.iter().any(|typed| typed.builder() == builder && typed.fields.contains(&argument))
    };
    let missing: Vec<_> = arguments.iter().filter(|(builder, argument)| !is_tried(builder, argument)).collect();
    assert!(missing.is_empty(), "no row of `TYPED` in tests/src/fs_injection.rs tries {missing:?}");
}

/// The page of the manual is right on each argument: the text means something to the server
/// if it goes out as it is, and the crate escapes it or refuses it, as the page says.
#[test]
fn the_page_is_true() {
    let page = include_str!("../../src/manual/injection.rs");
    let rows = page.lines().filter(|line| line.starts_with("//! | ")).map(cells);
    // The tables of the other dialects have fewer columns.
    let rows: Vec<Vec<String>> = rows.filter(|row| row.len() == 5).skip(1).collect();
    assert!(rows.len() > 40, "the table is there");
    for row in &rows {
        let [commands, argument, _, text, here] = &row[..] else { panic!("{row:?}") };
        for command in commands.split(", ") {
            let tried = TYPED.iter().filter(|typed| match command {
                "any" => typed.words == "pin $0",
                command => typed.is_called(command),
            });
            let tried: Vec<bool> =
                tried.filter_map(|typed| attacked(typed, argument, text, here == "escaped")).collect();
            assert!(tried.contains(&true), "{command}: `{text}` as {argument} is nothing to the server, or not {here}");
        }
    }
}

/// The cells of a row of the table, without their marks.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim_start_matches("//! |").trim_end_matches('|').replace("\\|", "\u{0}");
    line.split('|').map(|cell| cell.replace('\u{0}', "|").replace('`', "").trim().to_owned()).collect()
}

/// Returns whether a text is more than itself to the server in the line of a program that looks at
/// nothing, and is not in what the crate writes. `None` if the command has no such argument.
fn attacked(typed: &Typed, argument: &str, text: &str, escaped: bool) -> Option<bool> {
    let field = |name: &str| typed.fields.iter().position(|field| *field == name);
    let names = ["text", "file", "sound", "group", "reservation", "role"];
    let at = match argument {
        "conference" => None,
        "room" => Some(field("other conference")?),
        "file" => Some(field("file").or(field("sound"))?),
        "text" => Some(names.iter().find_map(|name| field(name))?),
        name => Some(field(name)?),
    };
    let mut texts = ["plain", "plain"];
    let mut room = ROOM;
    match at {
        None => room = text,
        Some(at) => texts[at] = text,
    }
    let naive = typed.naive(room, texts);
    let reads = [false, true].iter().any(|exists| !typed.is_meant(&read(&naive, *exists), room, texts));
    Some(reads && typed.holds(room, texts) == escaped)
}
