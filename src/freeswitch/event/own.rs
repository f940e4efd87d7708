//! Which header of a name the server wrote itself. The variables of a conference stand among an
//! event's headers under names that their authors chose, behind the data of the conference.

use crate::catalogue::{self, Key};
use crate::error::FieldError;
use crate::range::part;
use crate::value::FromWire;
use crate::wire::{HeaderIndex, Value, same_name};

/// The last header of a conference's data; its variables follow.
const LAST_OF_CONFERENCE: &str = "Conference-Unique-ID";

/// The beginnings of the names of the headers that stand before all variables.
const BEFORE: [&str; 4] = ["Event-", "FreeSWITCH-", "Core-UUID", "Conference-"];

/// The value of a field of a typed view.
#[inline]
pub(super) fn read<'buf, T: FromWire<'buf>>(
    headers: HeaderIndex<'buf>,
    prefix: &'static str,
    key: &'static Key,
) -> Result<T, FieldError> {
    catalogue::read_value(value(headers, key.name), prefix, key)
}

/// Returns the header of this name that the server wrote itself.
///
/// Of the event and the conference it is the first. All others follow the variables, so it is the
/// last: but two events have the conference's data, and with it the variables, a second time behind
/// some of their own headers. Those are the last before that.
pub(super) fn value<'buf>(headers: HeaderIndex<'buf>, name: &str) -> Option<Value<'buf>> {
    let first = headers.get(name)?;
    let begins = |start: &&str| same_name(part(name.as_bytes(), ..start.len().min(name.len())), start.as_bytes());
    let is_alone = || headers.last(name).is_none_or(|last| core::ptr::eq(last.as_bytes(), first.as_bytes()));
    if BEFORE.iter().any(begins) || is_alone() {
        return Some(first);
    }
    let (mut last, mut found, mut conferences) = (first, 0, 0);
    for header in headers.headers() {
        if same_name(header.name(), name.as_bytes()) {
            (last, found) = (header.value(), found + 1);
        } else if same_name(header.name(), LAST_OF_CONFERENCE.as_bytes()) {
            conferences += 1;
            if conferences == 2 && found == 2 {
                break;
            }
        }
    }
    Some(last)
}
