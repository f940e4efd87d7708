//! The rules of the server's schemas, checked before sending: `conferences`, `conferences.profile`
//! and `conferences.dial` of Kazoo 4.0 to master, and additions from the pages of Kazoo 5.
//!
//! A rule is what all versions that have the field agree on; if they differ (`profile`), it allows
//! what any version allows.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;

use super::dial::ParticipantFlag;
use super::fields::CONFERENCE;
use super::json::{Json, Object};
use crate::error::{EncodeError, Refusal};

/// The values that a field may have.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// A string of any length.
    Text,
    /// A string with a number of characters in this range.
    Length(u32, u32),
    Flag,
    /// A whole number in this range.
    Number(i64, i64),
    /// One of the sample rates.
    Rate,
    /// An array of strings.
    Texts,
    /// An array of distinct strings of digits.
    Numbers,
    /// An array of strings of digits.
    Pins,
    /// An array of strings, each one of these words.
    Words(&'static [&'static str]),
    /// A truth value, or a string that is not empty.
    Tone,
    Object,
    /// An array that is not empty.
    Array,
    /// An object with these fields; other fields are not checked.
    Fields(&'static [(&'static str, Rule)]),
    /// An object with these fields, or a string.
    FieldsOrText(&'static [(&'static str, Rule)]),
}

/// The rules of the arguments of a dial: `conferences.dial`, which exists from 4.2 on. `endpoints`
/// are checked where they are written.
pub(super) const DIAL: &[(&str, Rule)] = &[
    ("endpoints", Rule::Array),
    ("caller_id_name", Rule::Text),
    ("caller_id_number", Rule::Text),
    ("participant_flags", Rule::Words(&ParticipantFlag::WORDS)),
    ("profile_name", Rule::Text),
    ("target_call_id", Rule::Text),
    ("outbound_call_id", Rule::Text),
    ("timeout", Rule::Number(1, i64::MAX)),
];

const RATES: [i64; 7] = [8000, 12000, 16000, 24000, 32000, 44100, 48000];

/// Checks a document. `null` is allowed if the document is merged into another: it removes a field
/// there.
pub(super) fn document(json: &str, merged: bool) -> Result<(), EncodeError> {
    let kind = || EncodeError::new("document", Refusal::Kind { expected: "an object" });
    let document = Json::parse(json).ok().and_then(Json::object).ok_or_else(kind)?;
    fields("", &document, CONFERENCE, merged)
}

pub(super) fn fields(
    path: &str,
    object: &Object<'_>,
    rules: &[(&'static str, Rule)],
    merged: bool,
) -> Result<(), EncodeError> {
    // Checks every occurrence of a repeated name: it is unknown which one the server uses.
    for (name, value) in object.iter() {
        if merged && value.is_null() {
            continue;
        }
        if let Some((name, rule)) = rules.iter().find(|(known, _)| *known == name) {
            field(path, name, value, *rule, merged)?;
        }
    }
    Ok(())
}

fn field(path: &str, name: &'static str, value: Json<'_>, rule: Rule, merged: bool) -> Result<(), EncodeError> {
    let at = || if path.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("{path}.{name}")) };
    let kind = |expected| Err(EncodeError::new(&*at(), Refusal::Kind { expected }));
    let checked = match rule {
        Rule::Text => value.string().map(|_| ()).ok_or(Refusal::Kind { expected: "a text" }),
        Rule::Length(min, max) => match value.string() {
            None => Err(Refusal::Kind { expected: "a text" }),
            Some(text) => match text.chars().count() {
                len if (min as usize..=max as usize).contains(&len) => Ok(()),
                len => Err(Refusal::Length { len, min, max }),
            },
        },
        Rule::Flag if matches!(value.as_str(), "true" | "false") => Ok(()),
        Rule::Flag => Err(Refusal::Kind { expected: "true or false" }),
        Rule::Number(min, max) => match whole_number(value) {
            None => Err(Refusal::Kind { expected: "a whole number" }),
            Some(number) if (min..=max).contains(&number) => Ok(()),
            Some(_) => Err(Refusal::Range { min, max }),
        },
        Rule::Rate if whole_number(value).is_some_and(|rate| RATES.contains(&rate)) => Ok(()),
        Rule::Rate => Err(Refusal::Kind { expected: "8000, 12000, 16000, 24000, 32000, 44100 or 48000" }),
        Rule::Tone if matches!(value.as_str(), "true" | "false") => Ok(()),
        Rule::Tone => match value.string() {
            None => Err(Refusal::Kind { expected: "true, false or a text" }),
            Some(text) if text.is_empty() => Err(Refusal::EmptyValue),
            Some(_) => Ok(()),
        },
        Rule::Texts | Rule::Numbers | Rule::Pins | Rule::Words(_) => return texts(&at(), value, rule),
        Rule::Array => match value.items() {
            None => Err(Refusal::Kind { expected: "an array" }),
            Some(items) if items.is_empty() => Err(Refusal::EmptyValue),
            Some(_) => Ok(()),
        },
        Rule::Object => value.object().map(|_| ()).ok_or(Refusal::Kind { expected: "an object" }),
        Rule::FieldsOrText(_) if value.string().is_some() => Ok(()),
        Rule::Fields(rules) | Rule::FieldsOrText(rules) => {
            return match value.object() {
                Some(object) => fields(&at(), &object, rules, merged),
                None if matches!(rule, Rule::Fields(_)) => kind("an object"),
                None => kind("an object or a text"),
            };
        }
    };
    checked.map_err(|refusal| EncodeError::new(&*at(), refusal))
}

fn texts(at: &str, value: Json<'_>, rule: Rule) -> Result<(), EncodeError> {
    let expected = "an array of texts";
    let items = value.items().ok_or_else(|| EncodeError::new(at, Refusal::Kind { expected }))?;
    let mut seen = BTreeSet::new();
    for (index, item) in items.into_iter().enumerate() {
        let checked = match (item.string(), rule) {
            (None, _) => Err(Refusal::Kind { expected: "a text" }),
            (Some(text), Rule::Numbers | Rule::Pins) if !is_digits(&text) => {
                Err(Refusal::Kind { expected: "digits alone" })
            }
            (Some(text), Rule::Words(words)) if !words.contains(&&*text) => {
                Err(Refusal::Kind { expected: "a word that the server knows" })
            }
            (Some(text), Rule::Numbers) => seen.insert(text).then_some(()).ok_or(Refusal::Twice),
            (Some(_), _) => Ok(()),
        };
        checked.map_err(|refusal| EncodeError::new(format!("{at}[{index}]"), refusal))?;
    }
    Ok(())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads a whole number; `None` for one in a string.
fn whole_number(value: Json<'_>) -> Option<i64> {
    value.as_str().parse().ok()
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::super::fields::{PROFILE, SIDE};
    use super::*;

    /// The rules match the facts against which `tests/it/kazoo.rs` checks drafts.
    #[test]
    fn each_rule_stands_in_the_facts() {
        let facts = include_str!("../../tests/facts/kazoo-schemas.tsv");
        let names: BTreeSet<&str> = facts.lines().filter_map(|row| row.split('\t').next()).collect();
        for (around, rules) in [("", CONFERENCE), ("member.", SIDE), ("profile.", PROFILE)] {
            // No schema has it.
            for (name, _) in rules.iter().filter(|(name, _)| *name != "ui_metadata") {
                assert!(names.contains(&*format!("{around}{name}")), "{around}{name}");
            }
        }
    }
}
