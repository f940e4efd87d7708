//! Invariant: no text of the caller's becomes a command of FreeSWITCH: a model of the server's
//! parsers, made of its source alone, reads just the texts in each line, or nothing is written.

use ami_testkit::fs_injection::{TYPED, fs_injection};

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
