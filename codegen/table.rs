//! The grammar of the spec tables, and what is read from them.
//!
//! ```text
//! file  = { line }
//! line  = "" | "#" comment | item | row
//! item  = ("block" | "event" | "action") NAME { attribute } [ ":" sentence ]        begins in column 1
//! row   = "use" BLOCK [ PREFIX ]                                                    the fields of a block, PREFIX before each name
//!       | "rest" ":" sentence                                                       any other header may be there too
//!       | "reply" [ "text" | "follows" ] ":" sentence                               actions: the rows after it are the response's
//!       | "list" "items=" EVENT { "," EVENT } [ "end=" EVENT ]                      actions: events that answer, and the one that ends them
//!       | "outcome" EVENT                                                           actions: a later event with the same ActionID
//!       | NAME [ "*" ] KIND { attribute } ":" sentence                              a field; "*": required
//! NAME  = word | '"' text '"'       in a field's name {i} stands for a number, {i:6} for one of six digits, {key} for any text
//! attribute = "since=" BRANCH | "until=" BRANCH | "alias=" NAME { "," NAME } | "as=" IDENTIFIER
//!           | "class=" CLASS { "," CLASS } | "role=" ("item" | "end" | "both")      items only
//!           | "repeat" | "secret"                                                   fields only
//! ```
//!
//! A row belongs to the item above it. Names are matched without regard to case, and written as the server writes them. `block common` holds what every event may carry.

use super::kinds::{self, BRANCHES, CLASSES, Kind};
use super::names;
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
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
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
}

/// A block, an event or an action.
pub struct Item {
    pub place: Place,
    /// As on the wire.
    pub name: String,
    pub rust: String,
    pub doc: String,
    pub aliases: Vec<String>,
    pub classes: Vec<String>,
    pub since: Option<String>,
    pub until: Option<String>,
    pub role: Option<String>,
    pub rows: Vec<Row>,
    pub reply: Option<Reply>,
    pub list: Option<List>,
    pub outcome: Option<(Place, String)>,
}

/// What an action's response carries.
pub struct Reply {
    pub style: String,
    pub doc: String,
    pub rows: Vec<Row>,
}

/// The events that answer an action.
pub struct List {
    pub place: Place,
    pub items: Vec<String>,
    pub end: Option<String>,
}

/// A line of an item.
pub enum Row {
    Field(Field),
    Use { place: Place, block: String, prefix: String },
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
    pub aliases: Vec<String>,
    pub since: Option<String>,
    pub until: Option<String>,
    pub required: bool,
    pub repeat: bool,
    pub secret: bool,
}

impl Field {
    /// How many parts of the name vary.
    pub fn holes(&self) -> usize {
        self.name.matches('{').count()
    }
}

/// A word and the column it begins at.
struct Word<'a> {
    text: &'a str,
    column: usize,
    quoted: bool,
    starred: bool,
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
            let (left, doc) = split_doc(content);
            let words = words(left, &place)?;
            let Some(first) = words.first() else {
                return Err(place.error("a sentence without anything that it describes"));
            };
            if content.starts_with(char::is_whitespace) {
                let Some((keyword, item)) = &mut item else {
                    return Err(Place { column: first.column, ..place }
                        .error("a row before the first `block`, `event` or `action`"));
                };
                read_row(keyword, item, &words, doc, &place)?;
            } else {
                self.put(item.take());
                item = Some((first.text.to_owned(), read_item(&words, doc, &place)?));
            }
        }
        self.put(item);
        Ok(())
    }

    fn put(&mut self, item: Option<(String, Item)>) {
        match item {
            Some((keyword, item)) if keyword == "block" => self.blocks.push(item),
            Some((keyword, item)) if keyword == "event" => self.events.push(item),
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

/// The line's words, and the sentence after ` : `.
fn split_doc(line: &str) -> (&str, &str) {
    line.split_once(" : ").map_or((line, ""), |(left, doc)| (left, doc.trim()))
}

fn words<'a>(left: &'a str, place: &Place) -> Result<Vec<Word<'a>>, Error> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(gap) = left[at..].find(|c: char| !c.is_whitespace()) {
        at += gap;
        let column = at + 1;
        let rest = &left[at..];
        if let Some(inner) = rest.strip_prefix('"') {
            let end = inner
                .find('"')
                .ok_or_else(|| Place { column, ..place.clone() }.error("a name whose quotes don't close"))?;
            let starred = inner[end + 1..].starts_with('*');
            words.push(Word { text: &inner[..end], column, quoted: true, starred });
            at += end + 2 + usize::from(starred);
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let text = rest[..end].strip_suffix('*').unwrap_or(&rest[..end]);
            words.push(Word { text, column, quoted: false, starred: text.len() < end });
            at += end;
        }
    }
    Ok(words)
}

fn read_item(words: &[Word<'_>], doc: &str, place: &Place) -> Result<Item, Error> {
    let [keyword, name, attributes @ ..] = words else {
        return Err(place.error("expected `block`, `event` or `action` and a name"));
    };
    if !matches!(keyword.text, "block" | "event" | "action") {
        return Err(place.error(format!("expected `block`, `event` or `action`, found `{}`", keyword.text)));
    }
    let place = Place { column: name.column, ..place.clone() };
    let mut item = Item {
        rust: names::camel(name.text),
        name: name.text.to_owned(),
        doc: sentence(doc, &place)?,
        aliases: Vec::new(),
        classes: Vec::new(),
        since: None,
        until: None,
        role: None,
        rows: Vec::new(),
        reply: None,
        list: None,
        outcome: None,
        place,
    };
    for word in attributes {
        let place = Place { column: word.column, ..item.place.clone() };
        match word.text.split_once('=') {
            Some(("since", branch)) => item.since = Some(read_branch(branch, &place)?),
            Some(("until", branch)) => item.until = Some(read_branch(branch, &place)?),
            Some(("alias", names)) => item.aliases = list(names),
            Some(("as", rust)) => rust.clone_into(&mut item.rust),
            Some(("class", classes)) => {
                item.classes = list(classes);
                if let Some(class) = item.classes.iter().find(|class| !CLASSES.iter().any(|(known, _)| known == class))
                {
                    return Err(place.error(format!("unknown class `{class}`")));
                }
            }
            Some(("role", role)) if keyword.text == "event" && matches!(role, "item" | "end" | "both") => {
                item.role = Some(role.to_owned());
            }
            _ => return Err(place.error(format!("`{}` is no attribute of an {}", word.text, keyword.text))),
        }
    }
    Ok(item)
}

fn read_row(keyword: &str, item: &mut Item, words: &[Word<'_>], doc: &str, place: &Place) -> Result<(), Error> {
    let first = &words[0];
    let place = Place { column: first.column, ..place.clone() };
    let action = keyword == "action";
    let row = match (first.text, &words[1..]) {
        _ if first.quoted => Row::Field(read_field(words, doc, &place)?),
        ("use", [block]) => Row::Use { place, block: block.text.to_owned(), prefix: String::new() },
        ("use", [block, prefix]) => Row::Use { place, block: block.text.to_owned(), prefix: prefix.text.to_owned() },
        ("rest", []) => Row::Rest(sentence(doc, &place)?),
        ("reply", style) if action => {
            let style = match style {
                [] => "",
                [word] if matches!(word.text, "text" | "follows") => word.text,
                [word, ..] => {
                    return Err(Place { column: word.column, ..place }.error("a reply is `text`, `follows` or neither"));
                }
            };
            if item.reply.is_some() {
                return Err(place.error("a second `reply`"));
            }
            item.reply = Some(Reply { style: style.to_owned(), doc: sentence(doc, &place)?, rows: Vec::new() });
            return Ok(());
        }
        ("list", parts) if action => {
            let mut found = List { place: place.clone(), items: Vec::new(), end: None };
            for part in parts {
                match part.text.split_once('=') {
                    Some(("items", names)) => found.items = list(names),
                    Some(("end", name)) => found.end = Some(name.to_owned()),
                    _ => return Err(Place { column: part.column, ..place }.error("a list has `items=` and `end=`")),
                }
            }
            item.list = Some(found);
            return Ok(());
        }
        ("outcome", [event]) if action => {
            item.outcome = Some((place, event.text.to_owned()));
            return Ok(());
        }
        _ => Row::Field(read_field(words, doc, &place)?),
    };
    item.reply.as_mut().map_or(&mut item.rows, |reply| &mut reply.rows).push(row);
    Ok(())
}

fn read_field(words: &[Word<'_>], doc: &str, place: &Place) -> Result<Field, Error> {
    let [name, kind, attributes @ ..] = words else {
        return Err(place.error(format!("`{}` has no kind", words[0].text)));
    };
    let Some(known) = kinds::find(kind.text) else {
        return Err(Place { column: kind.column, ..place.clone() }.error(format!("unknown kind `{}`", kind.text)));
    };
    let mut field = Field {
        place: place.clone(),
        name: name.text.to_owned(),
        rust: names::snake(name.text),
        kind: known,
        doc: sentence(doc, place)?,
        aliases: Vec::new(),
        since: None,
        until: None,
        required: name.starred,
        repeat: false,
        secret: false,
    };
    for word in attributes {
        let place = Place { column: word.column, ..place.clone() };
        match word.text.split_once('=') {
            None if word.text == "repeat" => field.repeat = true,
            None if word.text == "secret" => field.secret = true,
            Some(("since", branch)) => field.since = Some(read_branch(branch, &place)?),
            Some(("until", branch)) => field.until = Some(read_branch(branch, &place)?),
            Some(("alias", names)) => field.aliases = list(names),
            Some(("as", rust)) => rust.clone_into(&mut field.rust),
            _ => return Err(place.error(format!("`{}` is no attribute of a field", word.text))),
        }
    }
    Ok(field)
}

fn list(names: &str) -> Vec<String> {
    names.split(',').map(str::to_owned).collect()
}

fn read_branch(branch: &str, place: &Place) -> Result<String, Error> {
    if BRANCHES.contains(&branch) {
        Ok(branch.to_owned())
    } else {
        Err(place.error(format!("unknown branch `{branch}`")))
    }
}

fn sentence(doc: &str, place: &Place) -> Result<String, Error> {
    if doc.ends_with('.') {
        Ok(doc.to_owned())
    } else {
        Err(place.error("a sentence is missing, or its full stop: ` : What it is.`"))
    }
}
