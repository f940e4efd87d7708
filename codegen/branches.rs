//! Which branches have something: the bounds of it, and what lies between them without it.

use super::kinds::BRANCHES;
use super::read::read_name;
use super::table::{Error, Place};

/// The branches that have a header; all of them where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    pub since: Option<String>,
    pub until: Option<String>,
    /// Between the bounds, but without it: a branch that ended before it came to older ones.
    pub without: Vec<String>,
    /// The documentation has it, and no server.
    pub never: bool,
}

impl Branches {
    /// Reads `[SINCE]..[UNTIL]{!WITHOUT}`, or `never`.
    pub fn read(text: &str, place: &Place) -> Result<Self, Error> {
        if text == "never" {
            return Ok(Self { never: true, ..Self::default() });
        }
        let mut parts = text.split('!');
        let bounds = parts.next().unwrap_or_default();
        let Some((since, until)) = bounds.split_once("..") else {
            return Err(place.error(format!("expected branches such as `12..`, found `{text}`")));
        };
        let bound = |text: &str| if text.is_empty() { Ok(None) } else { read_branch(text, place).map(Some) };
        let without = parts.map(|branch| read_branch(branch, place)).collect::<Result<_, _>>()?;
        let branches = Self { since: bound(since)?, until: bound(until)?, without, never: false };
        branches.check(place)?;
        Ok(branches)
    }

    /// Takes an attribute; `false`: it is none of these.
    pub fn attribute(&mut self, key: &str, value: &str, place: &Place) -> Result<bool, Error> {
        match key {
            "since" => self.since = Some(read_branch(value, place)?),
            "until" => self.until = Some(read_branch(value, place)?),
            "without" => {
                self.without = value.split(',').map(|branch| read_branch(branch, place)).collect::<Result<_, _>>()?;
            }
            "never" => self.never = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub fn check(&self, place: &Place) -> Result<(), Error> {
        if let (Some(since), Some(until)) = (&self.since, &self.until) {
            if number(since) > number(until) {
                return Err(place.error(format!("`since={since}` is after `until={until}`")));
            }
        }
        if let Some(out) = self.without.iter().find(|branch| {
            let inside = |bound: &Option<String>, newer: bool| {
                bound.as_ref().is_none_or(|bound| (number(branch) > number(bound)) == newer && *branch != bound)
            };
            !inside(&self.since, true) || !inside(&self.until, false)
        }) {
            return Err(place.error(format!("`{out}` is not between the branches that have it")));
        }
        if self.never && (self.since.is_some() || self.until.is_some() || !self.without.is_empty()) {
            return Err(place.error("`never` has no branches"));
        }
        Ok(())
    }

    /// Refuses branches that begin after others have ended, or end before they begin.
    pub fn meet(&self, others: &Self, place: &Place) -> Result<(), Error> {
        let bounds = |since: &Option<String>, until: &Option<String>| {
            Self { since: since.clone(), until: until.clone(), ..Self::default() }.check(place)
        };
        bounds(&self.since, &others.until).and_then(|()| bounds(&others.since, &self.until))
    }

    /// A bit for each branch of `BRANCHES`.
    pub fn bits(&self) -> u32 {
        if self.never {
            return 0;
        }
        let since = self.since.as_ref().map_or(0, |since| number(since));
        let until = self.until.as_ref().map_or(BRANCHES.len() - 1, |until| number(until));
        let without = |at: &usize| self.without.iter().any(|branch| number(branch) == *at);
        (since..=until).filter(|at| !without(at)).map(|at| 1 << at).sum()
    }
}

/// A branch's place in `BRANCHES`.
fn number(branch: &str) -> usize {
    BRANCHES.iter().position(|known| *known == branch).unwrap_or(BRANCHES.len())
}

pub fn read_branch(branch: &str, place: &Place) -> Result<String, Error> {
    if BRANCHES.contains(&branch) {
        Ok(branch.to_owned())
    } else {
        Err(place.error(format!("unknown branch `{branch}`")))
    }
}

/// A name on the wire that only some branches use.
#[derive(Clone, Debug)]
pub struct Alias {
    pub name: String,
    pub branches: Branches,
}

/// Reads `NAME[@BRANCHES]{,NAME[@BRANCHES]}`.
pub fn read_aliases(text: &str, place: &Place) -> Result<Vec<Alias>, Error> {
    let read = |alias: &str| {
        let (name, branches) = match alias.split_once('@') {
            Some((name, branches)) => (name, Branches::read(branches, place)?),
            None => (alias, Branches::default()),
        };
        Ok(Alias { name: read_name(name, place)?.to_owned(), branches })
    };
    text.split(',').map(read).collect()
}
