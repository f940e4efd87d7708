//! The command on a tiny crate whose one weak test lets mutants live.

use std::path::{Path, PathBuf};
use std::process::Command;

const LIB: &str = r"
pub fn larger(a: usize, b: usize) -> bool {
    a > b
}

pub fn first(text: &str) -> Option<char> {
    text.chars().next()
}

pub fn count(end: usize) -> usize {
    let mut at = 0;
    while at < end {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    #[test]
    fn weak() {
        assert!(super::larger(2, 1));
        assert!(!super::larger(1, 2));
        assert_eq!(super::count(0), 0);
        assert_eq!(super::count(3), 3);
    }
}
";

struct Tiny(PathBuf);

impl Tiny {
    fn new(name: &str, lib: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(root.join("src")).expect("a folder");
        let manifest = "[package]\nname = \"tiny\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
        std::fs::write(root.join("Cargo.toml"), manifest).expect("a manifest");
        std::fs::write(root.join("src/lib.rs"), lib).expect("a library");
        Self(root)
    }

    fn run(&self, more: &[&str]) -> (Option<i32>, String) {
        let root = self.0.to_str().expect("a path that is text");
        let out = self.0.join("report.md");
        let _ = std::fs::remove_file(&out);
        let output = Command::new(env!("CARGO_BIN_EXE_ami-mutants"))
            .args(["--root", root, "--timeout", "1", "--opt-level", "0", "--out"])
            .arg(&out)
            .args(more)
            .output()
            .expect("the command");
        let report = std::fs::read_to_string(&out).unwrap_or_default();
        let text = format!("{report}{}", String::from_utf8_lossy(&output.stderr));
        (output.status.code(), text)
    }
}

#[test]
fn survivors_are_told() {
    let tiny = Tiny::new("survivors", LIB);
    std::fs::create_dir_all(tiny.0.join("mutants")).expect("a folder");
    let explained = tiny.0.join("mutants/explained.txt");
    let _ = std::fs::remove_file(&explained);

    let (code, text) = tiny.run(&[]);
    assert_eq!(code, Some(1), "{text}");
    // Nobody asks what is said of equal numbers.
    assert!(text.contains("| src/lib.rs:3 `larger` | `a > b -> a >= b` | reached by 1 |"), "{text}");
    assert!(text.contains("| src/lib.rs:6 `first` | `{body} -> None` | unreached |"), "{text}");
    // The loop without its step never ends.
    assert!(text.contains("| src/lib.rs | 12 | 12 | 10 | 1 | 1 | 1 | 0 |"), "{text}");
    assert!(text.contains("# Mutants: 83.3 % caught"), "{text}");

    std::fs::write(
        &explained,
        "src/lib.rs | larger | a > b -> a >= b | never asked\nsrc/lib.rs | larger | a < b -> a <= b | gone\n",
    )
    .expect("a file");
    let (code, text) = tiny.run(&["--at-least", "90"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("# Mutants: 90.9 % caught"), "{text}");
    assert!(text.contains("`a > b -> a >= b` | reached by 1 | never asked |"), "{text}");
    assert!(text.contains("- `src/lib.rs \\| larger \\| a < b -> a <= b`"), "{text}");
}

#[test]
fn what_does_not_compile_is_left_out() {
    // The sum of two texts has no difference, and a text is compared with no number.
    let lib = "pub fn join(a: String, b: &str) -> String {\n    a + b\n}\n\
               #[cfg(test)]\nmod tests {\n    #[test]\n    fn joins() {\n        \
               assert_eq!(super::join(\"a\".into(), \"b\"), \"ab\");\n    }\n}\n";
    let tiny = Tiny::new("unviable", lib);
    let (code, text) = tiny.run(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 of 2 candidates in src; 1 more did not compile."), "{text}");
}

#[test]
fn tests_read_the_sources_without_switches() {
    let lib = "pub fn two() -> usize {\n    1 + 1\n}\n#[test]\nfn reads() {\n    assert_eq!(two(), 2);\n    \
               let text = std::fs::read_to_string(\"src/lib.rs\").unwrap();\n    \
               assert!(!text.contains(concat!(\"mut\", \"ant\")));\n}\n";
    let (code, text) = Tiny::new("sources", lib).run(&[]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_test_that_fails_anyway_is_told() {
    let lib = "pub fn one() -> usize {\n    2\n}\n#[test]\nfn red() {\n    assert_eq!(one(), 1);\n}\n";
    let (code, text) = Tiny::new("red", lib).run(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("Left out, as they do not pass without a mutant: red"), "{text}");
}
