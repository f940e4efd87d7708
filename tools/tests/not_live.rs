//! A build without `live` says how to get the subcommands that it lacks, and no other.

#![cfg(not(feature = "live"))]

use ami_testkit::programs;

fn run(name: &str) -> (Option<i32>, String, String) {
    let mut command = programs::command(env!("CARGO_BIN_EXE_ami"));
    command.arg(name);
    programs::run(&mut command)
}

#[test]
fn what_is_left_out_is_named() {
    for name in ["conference", "originate", "queues", "proxy", "mock"] {
        let (code, out, words) = run(name);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(words.contains(&format!("without '{name}': build it with `--features live`")), "{words}");
    }
}

#[test]
fn what_there_never_was_is_refused() {
    let (code, out, words) = run("inspct\x1b[2J");
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(words.contains("unrecognized subcommand") && !words.contains('\x1b') && !words.contains("live"), "{words}");
}
