//! The packed tables of the generator: one line per item and one line per row, parsed on each
//! access.
//!
//! Arrays of structures would be nicer to read here, but they cost five seconds of compile time,
//! for data that most programs never use.

use super::branches::Branches;
use super::field_name::FieldName;
use super::fields::{Fields, Prefix, Within};
use super::{Branch, Datum, Kind, ReplySpec, field, indexed_field};
use crate::Value;
use crate::range::text;
use crate::value::{Classes, ValueError};
use crate::wire::Header;
use crate::words::words;
use alloc::string::String;

static TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/catalogue.txt"));

/// Offsets of the items.
#[allow(clippy::unreadable_literal)]
#[cfg_attr(
    not(all(feature = "std", feature = "serde")),
    allow(dead_code, reason = "sessions go by some of it, JSON by some")
)]
mod starts {
    use super::Branch;

    include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
}
pub(super) use starts::BRANCHES;
pub(crate) use starts::EVENT_CLASSES;
#[cfg(feature = "serde")]
use starts::REQUEST_COMMON;
use starts::{ACTION_STARTS, BLOCK_STARTS, COMMON, EVENT_STARTS, REPLY_COMMON};
#[cfg(feature = "std")]
pub(crate) use starts::{ANNOUNCEMENTS, ANSWERS, READY};

/// Returns the item that begins at this offset, up to the next one.
fn item(starts: &[u32], number: usize) -> &'static str {
    let start_of = |number| starts.get(number).map(|start: &u32| *start as usize);
    let start = start_of(number).unwrap_or(TEXT.len());
    match start_of(number + 1) {
        Some(end) => text(TEXT, start..end).trim_end_matches('\n'),
        // The last item of its table.
        None => text(TEXT, start..).split("\n\n").next().unwrap_or_default(),
    }
}

pub(super) fn column(line: &'static str, number: usize) -> &'static str {
    line.split('\t').nth(number).unwrap_or_default()
}

pub(super) fn words(list: &'static str) -> impl Iterator<Item = &'static str> + Clone {
    list.split(',').filter(|word| !word.is_empty())
}

/// Defines the methods that events and actions share.
macro_rules! item_type {
    ($(#[$meta:meta])* $name:ident, $starts:ident, $room:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(u16);

        impl $name {
            #[expect(clippy::cast_possible_truncation, reason = "the tables have some hundred items")]
            pub(crate) const fn new(number: usize) -> Self {
                Self(number as u16)
            }

            pub(super) fn all() -> impl Iterator<Item = Self> {
                (0..$starts.len()).map(Self::new)
            }

            fn line(self, number: usize) -> &'static str {
                item(&$starts, self.0.into()).lines().nth(number).unwrap_or_default()
            }

            /// Returns the name as the servers write it; servers match it in any case.
            pub fn name(self) -> &'static str {
                column(self.line(0), 0)
            }

            /// Returns the other names of the item.
            pub fn aliases(self) -> impl Iterator<Item = &'static str> {
                words(column(self.line(0), 1))
            }

            #[doc = concat!("Name of its type in [`", $room, "`](crate::", $room, ").")]
            pub fn rust_name(self) -> &'static str {
                column(self.line(0), 2)
            }

            fn branches(self) -> Branches {
                Branches::read(column(self.line(0), 4))
            }

            /// Returns whether this branch has the item. A branch between [`since`](Self::since)
            /// and [`until`](Self::until) may lack it, if the branch ended before the item was
            /// added to older ones.
            pub fn exists_in(self, branch: Branch) -> bool {
                self.branches().has(branch)
            }

            /// Returns the first branch that has the item; `None` if no branch has it.
            pub fn since(self) -> Option<Branch> {
                self.branches().first()
            }

            /// Returns the last branch that has the item; `None` if it is still there, or never
            /// was.
            pub fn until(self) -> Option<Branch> {
                self.branches().last()
            }

            /// Returns a description of the item in one sentence.
            pub fn doc(self) -> &'static str {
                column(self.line(0), 6)
            }

            fn class_bits(self) -> Classes {
                Classes::from_bits(column(self.line(0), 3).parse().unwrap_or(0))
            }

            /// Returns the field that a header of this name belongs to.
            pub fn field_of(self, header: &[u8]) -> Option<Field> {
                self.fields().find(|field| field.is_named(header))
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.name()).finish()
            }
        }
    };
}

item_type!(
    /// An event of the catalogue.
    EventType, EVENT_STARTS, "event"
);
item_type!(
    /// An action of the catalogue.
    ActionType, ACTION_STARTS, "action"
);

/// Role of an event in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Not part of a list: the event comes unsolicited.
    Unsolicited,
    /// An item of a list.
    Item,
    /// The end of a list.
    End,
    /// An item of a list, or an unsolicited event.
    Both,
}

words! { Role { Unsolicited = "unsolicited", Item = "item", End = "end", Both = "both", } }

impl EventType {
    pub(crate) const fn number(self) -> usize {
        self.0 as usize
    }

    /// Returns the classes that a session must be allowed to read, all of them; no classes for
    /// events that only answer actions.
    pub fn classes(self) -> Classes {
        self.class_bits()
    }

    /// Returns the event's role in lists.
    pub fn role(self) -> Role {
        match column(self.line(0), 5) {
            "item" => Role::Item,
            "end" => Role::End,
            "both" => Role::Both,
            _ => Role::Unsolicited,
        }
    }

    /// Returns the event's headers: blocks are expanded, and the headers that any event may carry
    /// come last.
    pub fn fields(self) -> Fields {
        Fields::new(rows_of(item(&EVENT_STARTS, self.0.into())), block_rows(COMMON), self.branches())
    }

    /// Returns the headers that any event may carry.
    pub fn common_fields() -> Fields {
        Fields::new(block_rows(COMMON), "", Branches::ALL)
    }

    /// Returns a description of the other headers that the event may carry, or `None` if it may not
    /// carry others.
    pub fn rest(self) -> Option<&'static str> {
        rest(rows_of(item(&EVENT_STARTS, self.0.into())))
    }
}

impl ActionType {
    /// Returns the classes of which a session must be allowed to write one; no classes if every
    /// session may send the action.
    pub fn classes(self) -> Classes {
        self.class_bits()
    }

    /// Returns whether the action changes nothing on the server, so that sending it twice has no
    /// more effect than once.
    ///
    /// `false` for `Status` and `Getvar`: they read variables, and a dialplan function can do
    /// anything when it is read.
    pub fn is_read_only(self) -> bool {
        column(self.item().split('\n').next().unwrap_or_default(), 5) == "reads"
    }

    fn item(self) -> &'static str {
        item(&ACTION_STARTS, self.0.into())
    }

    /// Returns the action's parameters.
    pub fn fields(self) -> Fields {
        Fields::new(parts(self.item()).0, "", self.branches())
    }

    /// Returns a description of the other headers that the action may carry, or `None` if it may
    /// not carry others.
    pub fn rest(self) -> Option<&'static str> {
        rest(parts(self.item()).0)
    }

    /// Returns how the server answers the action.
    pub fn reply(self) -> ReplySpec {
        let (_, line, rows) = parts(self.item());
        ReplySpec::new(line, rows, self.branches())
    }
}

/// Returns the rows of a block.
pub(super) fn block_rows(number: usize) -> &'static str {
    rows_of(item(&BLOCK_STARTS, number))
}

/// Returns the rows of the headers that every request has.
#[cfg(feature = "serde")]
pub(super) fn common_request_rows() -> &'static str {
    block_rows(REQUEST_COMMON)
}

/// Returns the rows of the headers that every response may carry.
pub(super) fn common_reply_rows() -> &'static str {
    block_rows(REPLY_COMMON)
}

fn rows_of(item: &'static str) -> &'static str {
    item.split_once('\n').map_or("", |(_, rows)| rows)
}

/// Splits an action's item into the rows of parameters, the line of the reply, and the reply's
/// rows.
fn parts(item: &'static str) -> (&'static str, &'static str, &'static str) {
    let rows = rows_of(item);
    let at = if rows.starts_with("=reply\t") { 0 } else { rows.find("\n=reply\t").map_or(rows.len(), |at| at + 1) };
    let (params, reply) = rows.split_at_checked(at).unwrap_or((rows, ""));
    let (line, reply) = reply.split_once('\n').unwrap_or((reply, ""));
    (params.trim_end(), line, reply)
}

pub(super) fn rest(rows: &'static str) -> Option<&'static str> {
    rows.lines().find_map(|line| line.strip_prefix("*\t"))
}

/// Splits a name from the branches that follow it.
fn split_branches(name: &'static str) -> (&'static str, Branches) {
    let (name, branches) = name.split_once('@').unwrap_or((name, ""));
    (name, Branches::read(branches))
}

/// A header of the catalogue.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub(super) prefix: Prefix,
    pub(super) line: &'static str,
    pub(super) within: Within,
}

impl Field {
    /// Returns the name as the servers write it, without the prefix of its block. `{i}` stands for
    /// a number, `{i:6}` for one of six digits, `{key}` for any text.
    pub fn name(self) -> &'static str {
        column(self.line, 0)
    }

    /// Returns the prefix of the block that holds the header, such as `Dest`.
    pub fn prefix(self) -> &'static str {
        self.prefix.wire
    }

    /// Returns prefix and name.
    pub fn wire_name(self) -> String {
        [self.prefix(), self.name()].concat()
    }

    /// Returns the other names of the header, under an equal prefix.
    pub fn aliases(self) -> impl Iterator<Item = &'static str> {
        words(column(self.line, 1)).map(|alias| split_branches(alias).0)
    }

    /// Returns the header's names, and the branches that write each: that of [`name`](Self::name)
    /// first.
    pub fn names(self) -> impl Iterator<Item = FieldName> {
        let own = (self.name(), Branches::read(column(self.line, 5)));
        let all = core::iter::once(own).chain(words(column(self.line, 1)).map(split_branches));
        all.map(move |(name, branches)| {
            let Within { item, block, but } = self.within;
            let said = words(but).map(split_branches).find(|(other, _)| *other == name);
            let branches = said.map_or(branches.and(block), |(_, branches)| branches);
            FieldName::new(self.prefix(), name, branches.and(item))
        })
    }

    /// Returns the name that this branch writes; `None` if the branch has no such header.
    ///
    /// ```
    /// use ami_proto::catalogue::{self, Branch};
    ///
    /// let member = catalogue::event("QueueMemberAdded").unwrap().field_of(b"Interface").unwrap();
    /// assert_eq!(member.name_in(Branch::new(11, 0)).unwrap().name(), "Location");
    /// assert_eq!(member.name_in(Branch::new(22, 0)).unwrap().name(), "Interface");
    /// ```
    pub fn name_in(self, branch: Branch) -> Option<FieldName> {
        self.names().find(|name| name.exists_in(branch))
    }

    fn branches(self) -> Branches {
        self.names().fold(Branches::read(""), |all, name| all.or(name.branches()))
    }

    /// Returns the kind of the header's value.
    pub fn kind(self) -> Kind {
        let kind = Kind::of(column(self.line, 2));
        debug_assert!(kind.is_some(), "the generator refuses a word that is no kind");
        kind.unwrap_or(Kind::Text)
    }

    /// Returns the name of the method that reads the header; for a field of a block, a method of
    /// the block's view.
    pub fn method(self) -> &'static str {
        column(self.line, 3)
    }

    /// Returns a key that is unique among all fields of the item: the prefix and the method,
    /// `dest_channel`.
    ///
    /// ```
    /// let dial = ami_proto::catalogue::event("DialBegin").unwrap();
    /// assert_eq!(dial.field_of(b"DestCallerIDNum").unwrap().key(), "dest_caller_id_num");
    /// ```
    pub fn key(self) -> String {
        if self.prefix.snake.is_empty() {
            self.method().into()
        } else {
            [self.prefix.snake, "_", self.method()].concat()
        }
    }

    /// Returns whether the name contains a number or a key, so that one frame has the header under
    /// several names.
    pub fn is_indexed(self) -> bool {
        self.name().contains('{')
    }

    fn has(self, flag: char) -> bool {
        column(self.line, 4).contains(flag)
    }

    /// Returns whether the server refuses the action without this parameter.
    pub fn is_required(self) -> bool {
        self.has('!')
    }

    /// Returns whether the server refuses the action if this parameter is empty.
    pub fn refuses_empty(self) -> bool {
        self.is_required() && !self.has('e')
    }

    /// Returns whether builders write the header by themselves, since servers know only one value.
    pub fn is_fixed(self) -> bool {
        self.has('a')
    }

    /// Returns whether the header may occur more than once.
    pub fn repeats(self) -> bool {
        self.has('r')
    }

    /// Returns whether the header holds a password, a key or the answer to a challenge.
    pub fn is_secret(self) -> bool {
        self.has('s')
    }

    /// Returns the first branch that has the header in its event, action or answer, under any of
    /// its names; `None` if no branch has it, though the documentation does.
    pub fn since(self) -> Option<Branch> {
        self.branches().first()
    }

    /// Returns the last branch that has the header, under any of its names; `None` if it is still
    /// there, or never was.
    pub fn until(self) -> Option<Branch> {
        self.branches().last()
    }

    /// Returns whether this branch has the header in its event, action or answer, under any of its
    /// names. A branch between [`since`](Self::since) and [`until`](Self::until) may lack it, if
    /// the branch ended before the header was added to older ones.
    ///
    /// Not every frame of such a branch has the header: servers write many headers only under a
    /// condition.
    pub fn exists_in(self, branch: Branch) -> bool {
        self.branches().has(branch)
    }

    /// Returns the meaning of the header in one sentence.
    pub fn doc(self) -> &'static str {
        column(self.line, 6)
    }

    /// Returns whether a header of this name is this field.
    pub fn is_named(self, header: &[u8]) -> bool {
        Named::new(self).is(header)
    }

    /// Returns whether builders write a header of this name for the field; its earlier names do not
    /// count.
    pub(crate) fn is_written_as(self, header: &[u8]) -> bool {
        header.eq_ignore_ascii_case(self.name().as_bytes()) || indexed_field::is_named(header, "", self.name())
    }

    /// Reads a value of the field. Returns `None` for a value that means that there is none.
    ///
    /// # Errors
    /// The value is not of the field's kind; the error has the offset and what was expected.
    pub fn read(self, value: Value<'_>) -> Result<Option<Datum<'_>>, ValueError> {
        Datum::read(self.kind(), value)
    }
}

/// A field with its parsed names, to compare with many headers.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub(crate) field: Field,
    name: &'static str,
    aliases: &'static str,
}

impl Named {
    pub(crate) fn new(field: Field) -> Self {
        Self { field, name: field.name(), aliases: column(field.line, 1) }
    }

    pub(crate) fn is(&self, header: &[u8]) -> bool {
        let prefix = self.field.prefix();
        field::is_named(header, prefix, self.name, words(self.aliases).map(|alias| split_branches(alias).0))
            || indexed_field::is_named(header, prefix, self.name)
    }

    /// Returns the header as the field splits it, if it is one of the field's: a name with a key
    /// may go on after the first colon.
    pub(crate) fn header<'buf>(&self, header: Header<'buf>, line: &'buf [u8]) -> Option<Header<'buf>> {
        let header = indexed_field::with_key(line, self.field.prefix(), self.name).unwrap_or(header);
        self.is(header.name()).then_some(header)
    }
}

impl core::fmt::Debug for Field {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Field").field("name", &self.wire_name()).field("kind", &self.kind()).finish_non_exhaustive()
    }
}
