//! The grammar of the spec tables, and what is read from them.
//!
//! ```text
//! file  = { line }
//! line  = "" | "#" comment | item | row
//! item  = ("block" | "event" | "action" | "command" | "announce") NAME { attribute } ":" sentence   begins in column 1
//! row   = "use" BLOCK [ PREFIX ] { "since=" BRANCH | "until=" BRANCH | "without=" … | "never" | "but=" NAMES }   events and blocks: the fields of a block, PREFIX before each name
//!       | "rest" ":" sentence                                                       events, actions and replies: any other header may be there too
//!       | "reply" [ "text" [ "until=" BRANCH ] | "follows" ] ":" sentence           actions: the rows after it are the response's; "until=": later branches send a response
//!       | "list" "items=" EVENT { "," EVENT } [ "end=" EVENT ] [ "none=" '"' text '"' ] [ "glued" ]
//!                                                                                   actions: events that answer, and the one that ends them; "none=": the message of a
//!                                                                                   response, an error perhaps, that comes instead where the list is empty; "glued": all in one frame
//!       | "outcome" EVENT [ "if=" PARAMETER ]                                       actions: a later event with the same ActionID; "if=": where the parameter is true
//!       | "takes" PARAMETER ( "s" | "ms" ) [ "else=" NUMBER ] [ "blocks" ]          actions: how long the answer may take, see below
//!       | "again" [ PARAMETER ]                                                     actions: what holds for a connection: all of the request, or with `role=mask` the mask
//!       | NAME [ "*" ] KIND { attribute } ":" sentence                              a field; "*", parameters and arguments only: required
//! NAME  = word | '"' text '"'       in a field's name {i} stands for a number, {i:6} for one of six digits, {key} for any text
//! attribute = "since=" BRANCH | "until=" BRANCH | "as=" IDENTIFIER
//!           | "alias=" NAME { "," NAME }                                            actions and events
//!           | "without=" BRANCH { "," BRANCH } | "never"                             between the bounds, but not there; nowhere
//!           | "alias=" NAMES                                                       fields, see below
//!           | "class=" CLASS { "," CLASS }                                          actions and events
//!           | "reads"                                                             actions: changes nothing, so that sending it twice is as good as once
//!           | "role=" ("item" | "end" | "both")                                     events: of a list
//!           | "role=" ("login" | "challenge" | "logoff" | "mask")                   actions: that a session of the server answers itself
//!           | "ready"                                                             events: says that the server is up
//!           | "repeat" | "secret"                                                   fields
//!           | "example=" ( WORD | '"' text '"' )                                    parameters: what the example sets them to
//!           | "empty"                                                             required parameters: the server takes an empty one, see below
//!           | "always=" ( WORD | '"' text '"' )                                    required parameters: the one value that servers know, which the builder writes
//!           | "on=" ("conference" | "server" | "any")                               commands: what they are for, a conference if nothing is said
//!           | "after=" IDENTIFIER                                                   arguments: the one that has to stand before it
//!           | "without=" IDENTIFIER                                                 arguments: the one that may not stand before it
//!           | "else=" WORD                                                          arguments: what stands in its place before such a one
//!           | "not=" WORD { "," WORD }                                              arguments: what the server takes for something else
//! NAMES = NAME [ "@" ( [ BRANCH ] ".." [ BRANCH ] { "!" BRANCH } | "never" ) ] { "," … }   names, and the branches that have each
//! ```
//!
//! A header is there in the branches that its row names, by `since`, `until` and `without`, as far
//! as its event, action or answer is there. A name in `alias` is there in the branches behind its
//! `@`, whatever the row says of the first name. A header of a block is there in the branches of
//! its row that the `use` names as well; for those in `but` the `use` says which, and the row
//! nothing: `use channel since=12 but=Channel,Linkedid@13..`. Where a block uses a block, the `but`
//! of the outer `use` replaces that of the inner one. `never` is for what the documentation has and
//! no server sends, and for what a block has in one event only. Where documentation, source and
//! wire differ, the row says what the wire shows, and a comment who says otherwise; what the
//! recordings lack is from the last sources of each branch.
//!
//! A `command` is a sub-command of FreeSWITCH's `conference`; its name may go on with words that
//! always follow, and its rows are its arguments in the order of the line.
//!
//! A required parameter that is empty is refused by the servers, so the builder refuses it before
//! them; `empty` is for those that they take, or replace by a value of their own.
//!
//! `takes` names the parameter that holds the longest time beyond the usual, and its unit; below
//! zero it is one without limit, and without the parameter it is what stands in `else`, or without
//! limit. It is the outcome's time where the request asks for one by `if`, else the response's;
//! where that `blocks`, the server answers nothing else of the session meanwhile. `announce` names
//! how the message of a response ends that begins a list and has no `EventList`.
//!
//! `names.rs` makes the Rust name of each item and field from its name here. `as=` gives another to
//! one whose own can't be had: a keyword, one that begins with a digit, or one that is taken; and to
//! one that means what another header's method means, the name of that method.
//!
//! A row belongs to the item above it. Names are matched without regard to case, and written as the
//! server writes them. `block common` holds what every event may carry, `block request-common` what
//! every request has, `block reply-common` what every response may carry. Columns in errors count
//! bytes from 1.

use super::branches::{Alias, Branches};
use super::guards::{Guard, Means};
use super::kinds::{self, Kind};
use super::read::{Doc, read_item, read_row, words};
use std::fmt;

/// A mistake in a table.
#[derive(Debug)]
pub struct Error {
    file: String,
    line: usize,
    column: usize,
    message: String,
}

impl Error {
    pub fn new(file: &str, line: usize, column: usize, message: String) -> Self {
        Self { file: file.to_owned(), line, column, message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message } = self;
        // 0: the file as a whole.
        if *line == 0 { write!(f, "{file}: {message}") } else { write!(f, "{file}:{line}:{column}: {message}") }
    }
}

/// Where something stands.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// The same line, another column.
    pub fn at(&self, column: usize) -> Self {
        Self { column, ..self.clone() }
    }

    pub fn error(&self, message: impl Into<String>) -> Error {
        Error::new(&self.file, self.line, self.column, message.into())
    }
}

/// Everything that the tables hold.
#[derive(Default)]
pub struct Table {
    pub blocks: Vec<Item>,
    pub events: Vec<Item>,
    pub actions: Vec<Item>,
    pub commands: Vec<Item>,
    pub announcements: Vec<Item>,
}

/// A block, an event, an action, a command or an announcement.
pub struct Item {
    pub place: Place,
    /// As on the wire.
    pub name: String,
    pub rust: String,
    pub doc: String,
    pub aliases: Vec<String>,
    pub classes: Vec<String>,
    pub branches: Branches,
    pub role: Option<String>,
    pub on: Option<String>,
    pub rows: Vec<Row>,
    pub reply: Option<Reply>,
    pub list: Option<List>,
    pub outcome: Option<Name>,
    /// The parameter that asks for the outcome.
    pub outcome_if: Option<Name>,
    pub takes: Option<Takes>,
    pub again: Option<Again>,
    /// Says that the server is ready.
    pub ready: bool,
    /// Changes nothing on the server.
    pub reads: bool,
}

/// What an action's response carries.
pub struct Reply {
    pub style: String,
    /// Last branch that answers with text.
    pub until: Option<String>,
    pub doc: String,
    pub rows: Vec<Row>,
}

/// The events that answer an action.
#[derive(Default)]
pub struct List {
    pub items: Vec<Name>,
    pub end: Option<Name>,
    /// The message of a response that says that it is empty.
    pub none: Option<String>,
    pub glued: bool,
}

/// How long an answer may take.
pub struct Takes {
    pub parameter: Name,
    /// Of the parameter's value: `s` or `ms`.
    pub unit: String,
    /// Without the parameter; empty: any time.
    pub instead: String,
    pub blocks: bool,
}

/// What has to be said again on the next connection.
pub enum Again {
    Value(Name),
    Request,
}

/// The name of an event or a parameter, where an action mentions it.
pub struct Name {
    pub place: Place,
    pub text: String,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A line of an item.
pub enum Row {
    Field(Field),
    Use { place: Place, block: String, prefix: String, branches: Branches, but: Vec<Alias> },
    Rest(String),
}

/// A header.
#[derive(Clone)]
pub struct Field {
    pub place: Place,
    pub name: String,
    pub rust: String,
    pub kind: &'static Kind,
    pub doc: String,
    pub aliases: Vec<Alias>,
    /// Those of its name.
    pub branches: Branches,
    pub required: bool,
    /// Required, but may be empty.
    pub empty: bool,
    /// The one value that there is.
    pub always: Option<Box<str>>,
    pub repeat: bool,
    pub secret: bool,
    /// What the server reads beside a value, and the builder refuses.
    pub guard: Option<&'static Guard>,
    /// What the server is meant to read beside a value.
    pub means: Option<Means>,
    /// What the example of the action sets it to.
    pub example: Option<Box<str>>,
    pub after: Option<Box<str>>,
    /// The argument that it may not stand behind.
    pub excluded_by: Option<Box<str>>,
    pub instead: Option<Box<str>>,
    pub not: Vec<String>,
}

impl Field {
    /// A value in its wire form, and as the Rust expression for its setter's argument.
    pub fn sample(&self) -> (String, String) {
        let always = self.always.as_ref().map(|value| (value.to_string(), format!("{value:?}")));
        // Guards may refuse a blank.
        let word =
            || self.guard.filter(|_| self.kind.word == "text").map(|_| ("word".to_owned(), "\"word\"".to_owned()));
        always.or_else(word).unwrap_or_else(|| kinds::sample(self.kind, &self.name))
    }

    /// Whether the builder is given it to begin with.
    pub fn is_argument(&self) -> bool {
        self.required && self.always.is_none()
    }

    /// What the example of an action sets it to, in both forms; `None`: it is left out there.
    pub fn shown(&self) -> Option<(String, String)> {
        let example = self.example.as_ref().and_then(|value| kinds::written(self.kind, value));
        example.or_else(|| self.required.then(|| self.sample()))
    }

    /// The names in `aliases`.
    pub fn alias_names(&self) -> Vec<String> {
        self.aliases.iter().map(|alias| alias.name.clone()).collect()
    }

    /// How many parts of the name vary.
    pub fn holes(&self) -> usize {
        self.name.matches('{').count()
    }
}

impl Table {
    /// Reads one file's text into the table.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), Error> {
        let mut item: Option<(String, Item)> = None;
        for (number, line) in text.lines().enumerate() {
            let place = Place { file: file.to_owned(), line: number + 1, column: 1 };
            let content = line.trim_end();
            if content.trim_start().is_empty() || content.trim_start().starts_with('#') {
                continue;
            }
            // They separate the columns of the packed tables.
            if let Some(tab) = content.find('\t') {
                return Err(place.at(tab + 1).error("a tab; blanks separate words"));
            }
            let (left, doc) = content.split_once(" : ").unwrap_or((content, ""));
            let doc = Doc { text: doc.trim(), end: place.at(content.len() + 1) };
            let words = words(left, &place)?;
            let Some(first) = words.first() else {
                return Err(place.error("a sentence without anything that it describes"));
            };
            if content.starts_with(' ') {
                let Some((keyword, item)) = &mut item else {
                    return Err(place
                        .at(first.column)
                        .error("a row before the first `block`, `event`, `action` or `command`"));
                };
                read_row(keyword, item, &words, &doc, &place.at(first.column))?;
            } else {
                self.put(item.take());
                item = Some((first.text.to_owned(), read_item(&words, &doc, &place)?));
            }
        }
        self.put(item);
        Ok(())
    }

    fn put(&mut self, item: Option<(String, Item)>) {
        match item {
            Some((keyword, item)) if keyword == "block" => self.blocks.push(item),
            Some((keyword, item)) if keyword == "event" => self.events.push(item),
            Some((keyword, item)) if keyword == "command" => self.commands.push(item),
            Some((keyword, item)) if keyword == "announce" => self.announcements.push(item),
            Some((_, item)) => self.actions.push(item),
            None => {}
        }
    }

    /// The block of this name.
    pub fn block(&self, name: &str) -> Option<&Item> {
        self.blocks.iter().find(|block| block.name == name)
    }

    /// The event of this name, the case of letters apart.
    pub fn event(&self, name: &str) -> Option<&Item> {
        self.events.iter().find(|event| event.name.eq_ignore_ascii_case(name))
    }
}
