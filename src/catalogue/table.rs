//! The tables as the generator packed them: a line an item and a line a row, read when somebody
//! asks.
//!
//! Not arrays of structures, which would be nicer to read here: they cost five seconds of compile
//! time, for something that most programs never look at.

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

/// Where each item begins.
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

/// The item that begins here, up to the next one.
fn item(starts: &[u32], number: usize) -> &'static str {
    let start_of = |number| starts.get(number).map(|start: &u32| *start as usize);
    let start = start_of(number).unwrap_or(TEXT.len());
    match start_of(number + 1) {
        Some(end) => text(TEXT, start..end).trim_end_matches('\n'),
        // The last of its table.
        None => text(TEXT, start..).split("\n\n").next().unwrap_or_default(),
    }
}

pub(super) fn column(line: &'static str, number: usize) -> &'static str {
    line.split('\t').nth(number).unwrap_or_default()
}

pub(super) fn words(list: &'static str) -> impl Iterator<Item = &'static str> + Clone {
    list.split(',').filter(|word| !word.is_empty())
}

/// What an event and an action have in common.
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

            /// Name as the servers write it; matched without regard to case.
            pub fn name(self) -> &'static str {
                column(self.line(0), 0)
            }

            /// Other names for the same.
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

            /// Whether this branch has it. A branch between [`since`](Self::since) and
            /// [`until`](Self::until) may lack it: one that ended before it came to older ones.
            pub fn exists_in(self, branch: Branch) -> bool {
                self.branches().has(branch)
            }

            /// First branch that has it; `None`: no branch has it.
            pub fn since(self) -> Option<Branch> {
                self.branches().first()
            }

            /// Last branch that has it; `None`: it is still there, if it was there at all.
            pub fn until(self) -> Option<Branch> {
                self.branches().last()
            }

            /// What it is, in a sentence.
            pub fn doc(self) -> &'static str {
                column(self.line(0), 6)
            }

            fn class_bits(self) -> Classes {
                Classes::from_bits(column(self.line(0), 3).parse().unwrap_or(0))
            }

            /// Which field a header of this name belongs to.
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
    /// What the crate knows of an event.
    EventType, EVENT_STARTS, "event"
);
item_type!(
    /// What the crate knows of an action.
    ActionType, ACTION_STARTS, "action"
);

/// What an event is to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// No part of one: it comes unasked.
    Unsolicited,
    /// One item of it.
    Item,
    /// Its end.
    End,
    /// An item, or unasked.
    Both,
}

words! { Role { Unsolicited = "unsolicited", Item = "item", End = "end", Both = "both", } }

impl EventType {
    pub(crate) const fn number(self) -> usize {
        self.0 as usize
    }

    /// Classes that a session must be allowed to read, all of them; none for what only answers
    /// actions.
    pub fn classes(self) -> Classes {
        self.class_bits()
    }

    /// Its place in lists.
    pub fn role(self) -> Role {
        match column(self.line(0), 5) {
            "item" => Role::Item,
            "end" => Role::End,
            "both" => Role::Both,
            _ => Role::Unsolicited,
        }
    }

    /// Its headers, blocks expanded, those that any event may carry last.
    pub fn fields(self) -> Fields {
        Fields::new(rows_of(item(&EVENT_STARTS, self.0.into())), block_rows(COMMON), self.branches())
    }

    /// Headers that any event may carry.
    pub fn common_fields() -> Fields {
        Fields::new(block_rows(COMMON), "", Branches::ALL)
    }

    /// Whether it may carry any other headers too, and what they are.
    pub fn rest(self) -> Option<&'static str> {
        rest(rows_of(item(&EVENT_STARTS, self.0.into())))
    }
}

impl ActionType {
    /// Classes of which a session must be allowed to write one; none where every session may send
    /// it.
    pub fn classes(self) -> Classes {
        self.class_bits()
    }

    /// Returns whether it changes nothing on the server, so that to send it twice is as good as once.
    ///
    /// `Status` and `Getvar` are not among these: they read variables, and a dialplan function can
    /// do anything when it is read.
    pub fn is_read_only(self) -> bool {
        column(self.item().split('\n').next().unwrap_or_default(), 5) == "reads"
    }

    fn item(self) -> &'static str {
        item(&ACTION_STARTS, self.0.into())
    }

    /// Its parameters.
    pub fn fields(self) -> Fields {
        Fields::new(parts(self.item()).0, "", self.branches())
    }

    /// Whether it may carry any other headers too, and what they are.
    pub fn rest(self) -> Option<&'static str> {
        rest(parts(self.item()).0)
    }

    /// How it is answered.
    pub fn reply(self) -> ReplySpec {
        let (_, line, rows) = parts(self.item());
        ReplySpec::new(line, rows, self.branches())
    }
}

/// The rows of a block.
pub(super) fn block_rows(number: usize) -> &'static str {
    rows_of(item(&BLOCK_STARTS, number))
}

/// The rows of what every request has.
#[cfg(feature = "serde")]
pub(super) fn common_request_rows() -> &'static str {
    block_rows(REQUEST_COMMON)
}

/// The rows of what every response may carry.
pub(super) fn common_reply_rows() -> &'static str {
    block_rows(REPLY_COMMON)
}

fn rows_of(item: &'static str) -> &'static str {
    item.split_once('\n').map_or("", |(_, rows)| rows)
}

/// An action's item: rows of parameters, the line of the reply, its rows.
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

/// A name, and the branches that stand behind it.
fn split_branches(name: &'static str) -> (&'static str, Branches) {
    let (name, branches) = name.split_once('@').unwrap_or((name, ""));
    (name, Branches::read(branches))
}

/// What the crate knows of one header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub(super) prefix: Prefix,
    pub(super) line: &'static str,
    pub(super) within: Within,
}

impl Field {
    /// Name as the servers write it, without the prefix of its block. `{i}` stands for a number,
    /// `{i:6}` for one of six digits, `{key}` for any text.
    pub fn name(self) -> &'static str {
        column(self.line, 0)
    }

    /// Prefix of the block that it stands in, such as `Dest`.
    pub fn prefix(self) -> &'static str {
        self.prefix.wire
    }

    /// Prefix and name.
    pub fn wire_name(self) -> String {
        [self.prefix(), self.name()].concat()
    }

    /// Other names for the same, under the same prefix.
    pub fn aliases(self) -> impl Iterator<Item = &'static str> {
        words(column(self.line, 1)).map(|alias| split_branches(alias).0)
    }

    /// Its names, and which branches write each: that of [`name`](Self::name) first.
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

    /// The name that this branch writes; `None`: it has no such header.
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

    /// What its value is.
    pub fn kind(self) -> Kind {
        let kind = Kind::of(column(self.line, 2));
        debug_assert!(kind.is_some(), "the generator refuses a word that is no kind");
        kind.unwrap_or(Kind::Text)
    }

    /// Name of the method that reads it; for a field of a block, on the view of the block.
    pub fn method(self) -> &'static str {
        column(self.line, 3)
    }

    /// Its key among all fields of its item: the method, behind the prefix: `dest_channel`.
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

    /// Whether its name has a number or a key in it, so that one frame has it under several names.
    pub fn is_indexed(self) -> bool {
        self.name().contains('{')
    }

    fn has(self, flag: char) -> bool {
        column(self.line, 4).contains(flag)
    }

    /// Whether the server refuses the action without it.
    pub fn is_required(self) -> bool {
        self.has('!')
    }

    /// Whether the server refuses the action where it is there and empty.
    pub fn refuses_empty(self) -> bool {
        self.is_required() && !self.has('e')
    }

    /// Whether builders write it by themselves: there is one value that servers know.
    pub fn is_fixed(self) -> bool {
        self.has('a')
    }

    /// Whether it may occur more than once.
    pub fn repeats(self) -> bool {
        self.has('r')
    }

    /// Whether it holds a password, a key or the answer to a challenge.
    pub fn is_secret(self) -> bool {
        self.has('s')
    }

    /// First branch that has it in its event, action or answer, under any of its names; `None`: no
    /// branch has it, though the documentation does.
    pub fn since(self) -> Option<Branch> {
        self.branches().first()
    }

    /// Last branch that has it, under any of its names; `None`: it is still there, if it was there
    /// at all.
    pub fn until(self) -> Option<Branch> {
        self.branches().last()
    }

    /// Whether this branch has it in its event, action or answer, under any of its names. A branch
    /// between [`since`](Self::since) and [`until`](Self::until) may lack it: one that ended before
    /// the header came to older ones.
    ///
    /// That a branch has it does not say that each frame has: many headers are there on a condition.
    pub fn exists_in(self, branch: Branch) -> bool {
        self.branches().has(branch)
    }

    /// What it means, in a sentence.
    pub fn doc(self) -> &'static str {
        column(self.line, 6)
    }

    /// Whether a header of this name is it.
    pub fn is_named(self, header: &[u8]) -> bool {
        Named::new(self).is(header)
    }

    /// Whether builders write a header of this name for it: what it was called before is free.
    pub(crate) fn is_written_as(self, header: &[u8]) -> bool {
        header.eq_ignore_ascii_case(self.name().as_bytes()) || indexed_field::is_named(header, "", self.name())
    }

    /// Reads a value of it. `None`: the value stands for none.
    ///
    /// # Errors
    /// When the value is not of its kind: where, and what was expected.
    pub fn read(self, value: Value<'_>) -> Result<Option<Datum<'_>>, ValueError> {
        Datum::read(self.kind(), value)
    }
}

/// A field with its names at hand, to hold many headers against.
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

    /// The header as the field has it, if it is one of the field's: a name with a key may go on
    /// behind the first colon.
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
