//! A copy of the workspace to write the switches into.
//!
//! Files that are the same already keep their times, so that cargo compiles only what changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{Fallible, read};

/// What no build needs.
const LEFT_OUT: [&str; 3] = ["target", ".git", "proptest-regressions"];

/// The copy's folder.
#[derive(Debug)]
pub(crate) struct Copy {
    root: PathBuf,
    path: PathBuf,
}

impl Copy {
    /// Makes `path` the same as `root`, but for the library's sources, which [`Copy::put`] writes.
    pub(crate) fn of(root: &Path, path: &Path) -> Fallible<Self> {
        mirror(root, path, root)?;
        Ok(Self { root: root.into(), path: path.into() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that was copied.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The text of the original.
    pub(crate) fn original(&self, file: &str) -> Fallible<String> {
        read(&self.root.join(file))
    }

    pub(crate) fn put(&self, file: &str, text: &str) -> Fallible<()> {
        update(&self.path.join(file), text.as_bytes())
    }
}

fn mirror(from: &Path, to: &Path, root: &Path) -> Fallible<()> {
    let failed = |error| format!("{}: {error}", from.display());
    std::fs::create_dir_all(to).map_err(failed)?;
    let is_source = from.starts_with(root.join("src"));
    let mut kept = BTreeSet::new();
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        kept.insert(name.clone());
        if entry.path().is_dir() {
            mirror(&entry.path(), &to.join(&name), root)?;
        } else if !is_source || entry.path().extension().is_none_or(|end| end != "rs") {
            update(&to.join(&name), &std::fs::read(entry.path()).map_err(failed)?)?;
        }
    }
    for entry in std::fs::read_dir(to).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_ours = from.join("lib.rs").exists() && entry.file_name() == "mutant.rs";
        if !kept.contains(&entry.file_name()) && !is_ours {
            let path = entry.path();
            if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) }.map_err(failed)?;
        }
    }
    Ok(())
}

fn update(path: &Path, bytes: &[u8]) -> Fallible<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
