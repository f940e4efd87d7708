//! Cargo, as far as it is needed: does the copy compile, and where are its test programs.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Fallible;

/// Cargo in the copy's folder.
#[derive(Debug)]
pub(crate) struct Cargo {
    root: PathBuf,
    target: PathBuf,
    opt_level: String,
}

/// An error of the compiler.
#[derive(Debug)]
pub(crate) struct CompileError {
    pub(crate) text: String,
    /// The places that it is about, the main ones first.
    pub(crate) spans: Vec<Span>,
}

/// A place in a file of the copy.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) file: String,
    pub(crate) bytes: Range<usize>,
}

impl Cargo {
    pub(crate) fn new(root: &Path, target: &Path, opt_level: &str) -> Self {
        Self { root: root.into(), target: target.into(), opt_level: opt_level.into() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_PROFILE_TEST_OPT_LEVEL", &self.opt_level)
            .env("CARGO_PROFILE_TEST_DEBUG", "0")
            // A mutant leaves names unused and code unreachable.
            .env("RUSTFLAGS", "--cap-lints=allow");
        command
    }

    /// What keeps the library from compiling.
    pub(crate) fn check(&self) -> Fallible<Vec<CompileError>> {
        let (messages, _) = self.messages(&["check", "--lib", "--all-features"])?;
        Ok(messages.iter().filter_map(compile_error).collect())
    }

    /// Compiles the tests of the library and of the folder `tests`; the programs made.
    pub(crate) fn tests(&self) -> Fallible<Vec<PathBuf>> {
        let (messages, succeeded) = self.messages(&["test", "--tests", "--all-features", "--no-run"])?;
        if !succeeded {
            let errors: Vec<String> = messages.iter().filter_map(compile_error).map(|error| error.text).collect();
            return Err(format!("the tests do not compile:\n{}", errors.join("\n")));
        }
        let programs = messages.iter().filter_map(|message| message["executable"].as_str());
        Ok(programs.map(PathBuf::from).collect())
    }

    /// Runs the documentation's examples as this mutant; whether they pass.
    pub(crate) fn doc_tests(&self, mutant: Option<usize>) -> Fallible<bool> {
        let mut command = self.command(&["test", "--doc", "--all-features", "--quiet"]);
        if let Some(id) = mutant {
            command.env("MUTANT", id.to_string());
        }
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        Ok(status.map_err(|error| format!("cargo: {error}"))?.success())
    }

    fn messages(&self, arguments: &[&str]) -> Fallible<(Vec<Value>, bool)> {
        let mut command = self.command(arguments);
        command.args(["--message-format=json", "--quiet"]).stderr(Stdio::inherit());
        let output = command.output().map_err(|error| format!("cargo: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let messages: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if !output.status.success() && !messages.iter().any(|message| compile_error(message).is_some()) {
            return Err("cargo failed, see above".into());
        }
        Ok((messages, output.status.success()))
    }
}

fn compile_error(message: &Value) -> Option<CompileError> {
    let message = &message["message"];
    if message["level"] != "error" {
        return None;
    }
    let text = message["rendered"].as_str().unwrap_or_default().to_owned();
    let mut spans = message["spans"].as_array().cloned().unwrap_or_default();
    spans.sort_by_key(|span| span["is_primary"] != true);
    let spans: Vec<Span> = spans.iter().flat_map(places).collect();
    // "aborting due to 3 previous errors" has no place.
    (!spans.is_empty() || !text.contains("aborting due to")).then_some(CompileError { text, spans })
}

/// The span, and the call of each macro that it comes from.
fn places(span: &Value) -> Vec<Span> {
    let mut places = Vec::new();
    let mut next = span;
    while let (Some(file), Some(start), Some(end)) =
        (next["file_name"].as_str(), next["byte_start"].as_u64(), next["byte_end"].as_u64())
    {
        let bytes = usize::try_from(start).unwrap_or_default()..usize::try_from(end).unwrap_or_default();
        places.push(Span { file: file.replace('\\', "/"), bytes });
        next = &next["expansion"]["span"];
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_places_and_the_last_line_is_none() {
        let at = |file: &str, start: u64, primary: bool| serde_json::json!({ "file_name": file, "byte_start": start, "byte_end": start + 1, "is_primary": primary });
        let mut inner = at("macros.rs", 3, true);
        inner["expansion"] = serde_json::json!({ "span": at("src/a.rs", 9, false) });
        let message = serde_json::json!({
            "message": { "level": "error", "rendered": "error", "spans": [at("src/b.rs", 1, false), inner] }
        });
        let error = compile_error(&message).expect("an error");
        let places: Vec<_> = error.spans.iter().map(|span| (span.file.as_str(), span.bytes.start)).collect();
        assert_eq!(places, [("macros.rs", 3), ("src/a.rs", 9), ("src/b.rs", 1)]);

        let last = serde_json::json!({
            "message": { "level": "error", "rendered": "error: aborting due to 1 previous error", "spans": [] }
        });
        assert!(compile_error(&last).is_none());
        assert!(compile_error(&serde_json::json!({ "message": { "level": "warning" } })).is_none());
    }
}
