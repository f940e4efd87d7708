//! Recordings beyond the corpus: those in the folder that `AMI_CAPTURES` names, for an explicit
//! second run.
//!
//! Without the variable nothing outside the repository is read. With it, a folder that is missing
//! or that holds nothing for a test fails that test.

use std::path::{Path, PathBuf};

/// Returns the folder that `AMI_CAPTURES` names. `None`: the variable is not set.
///
/// A relative folder counts from the root of the repository.
pub fn folder() -> Option<PathBuf> {
    let folder = super::root().join(std::env::var_os("AMI_CAPTURES")?);
    assert!(folder.is_dir(), "AMI_CAPTURES={}: no such folder", folder.display());
    Some(folder)
}

/// Returns every file below the folder of [`folder`] of which `fits` says yes, in order, and says
/// how many there are.
///
/// No file is a failure; so is a folder that can't be read.
pub fn files(folder: &Path, what: &str, fits: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let files = super::below(folder, fits);
    assert!(!files.is_empty(), "AMI_CAPTURES={}: no {what} in it", folder.display());
    println!("{} {what} below {}", files.len(), folder.display());
    files
}

/// Returns what servers sent in the recordings `VERSION/SCENARIO/server.bin` of these scenarios,
/// each with its version and scenario; nothing without `AMI_CAPTURES`.
pub fn servers(scenarios: &[&str]) -> Vec<(String, String, Vec<u8>)> {
    let Some(folder) = folder() else { return Vec::new() };
    // The names of the two folders that a file is in. FreeSWITCH's versions begin with letters.
    let place = |path: &Path| {
        let mut parts = path.iter().rev().skip(1).map(|part| part.to_string_lossy().into_owned());
        let (scenario, version) = (parts.next()?, parts.next()?);
        let ours = version.bytes().all(|byte| byte.is_ascii_digit()) && scenarios.contains(&scenario.as_str());
        ours.then_some((version, scenario))
    };
    let fits = |path: &Path| path.ends_with("server.bin") && place(path).is_some();
    let files = files(&folder, &format!("streams of {}", scenarios.join(", ")), fits);
    let read = files.iter().filter_map(|path| {
        let (version, scenario) = place(path)?;
        Some((version, scenario, std::fs::read(path).expect("a readable file")))
    });
    read.collect()
}

/// Returns the answers of a FreeSWITCH of this version, as lines of JSON: those of the corpus, then
/// those of the folder, where they are named `freeswitch-VERSION-replies.jsonl`.
pub fn replies(version: &str) -> Vec<String> {
    let mut paths = vec![super::root().join(format!("corpus/freeswitch/replies/{version}.jsonl"))];
    if let Some(folder) = folder() {
        let name = format!("freeswitch-{version}-replies.jsonl");
        paths.extend(files(&folder, &name, |path| path.ends_with(&name)));
    }
    paths.iter().map(|path| std::fs::read_to_string(path).expect("a readable file")).collect()
}
