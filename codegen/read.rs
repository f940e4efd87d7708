//! Reads the lines of the tables.

use super::branches::{Branches, read_aliases, read_branch};
use super::guards::{self, GUARDS, Guard, Means};
use super::kinds::{self, CLASSES, ROLES};
use super::names;
use super::table::{Again, Error, Field, Item, List, Name, Place, Reply, Row, Takes};

/// A word and the column it begins at.
pub struct Word<'a> {
    pub text: &'a str,
    pub column: usize,
    quoted: bool,
    starred: bool,
}

impl Word<'_> {
    /// It as a name that stands in this line.
    fn name(&self, place: &Place) -> Name {
        Name { place: place.at(self.column), text: self.text.to_owned() }
    }
}

/// The sentence of a line, and where the line ends, which is where it is missing.
pub struct Doc<'a> {
    pub text: &'a str,
    pub end: Place,
}

impl Doc<'_> {
    fn sentence(&self) -> Result<String, Error> {
        match self.text {
            "" => Err(self.end.error("the line wants a sentence: ` : What it is.`")),
            text if text.ends_with('.') => Ok(text.to_owned()),
            _ => Err(self.end.error("the sentence wants a full stop")),
        }
    }

    fn none(&self, what: &str) -> Result<(), Error> {
        let article = if what.starts_with(['a', 'o']) { "an" } else { "a" };
        if self.text.is_empty() { Ok(()) } else { Err(self.end.error(format!("{article} `{what}` has no sentence"))) }
    }
}

pub fn words<'a>(left: &'a str, place: &Place) -> Result<Vec<Word<'a>>, Error> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(gap) = left[at..].find(|c: char| !c.is_whitespace()) {
        at += gap;
        let column = at + 1;
        let rest = &left[at..];
        if let Some(inner) = rest.strip_prefix('"') {
            let end = inner.find('"').ok_or_else(|| place.at(column).error("a name whose quotes don't close"))?;
            let starred = inner[end + 1..].starts_with('*');
            words.push(Word { text: &inner[..end], column, quoted: true, starred });
            at += end + 2 + usize::from(starred);
        } else {
            let end = end(rest).map_err(|at| place.at(column + at).error("a value whose quotes don't close"))?;
            let text = rest[..end].strip_suffix('*').unwrap_or(&rest[..end]);
            words.push(Word { text, column, quoted: false, starred: text.len() < end });
            at += end;
        }
    }
    Ok(words)
}

/// Where a word ends, of an attribute behind its value, in which names may stand in quotation
/// marks; or where one of these is that no other closes.
fn end(rest: &str) -> Result<usize, usize> {
    let mut open = None;
    for (at, char) in rest.char_indices() {
        match (open, char) {
            (None, '"') if rest[..at].ends_with(['=', ',']) => open = Some(at),
            (Some(_), '"') => open = None,
            (None, blank) if blank.is_whitespace() => return Ok(at),
            _ => {}
        }
    }
    open.map_or(Ok(rest.len()), Err)
}

/// Refuses a `*` behind any of these words.
fn plain(words: &[Word<'_>], place: &Place) -> Result<(), Error> {
    match words.iter().find(|word| word.starred) {
        Some(word) => Err(place.at(word.column).error("a `*` stands behind the name of a parameter alone")),
        None => Ok(()),
    }
}

/// Attributes, each at most once.
struct Attributes<'a> {
    words: &'a [Word<'a>],
    place: &'a Place,
    /// The name of the thing that has them, with its article.
    of: &'a str,
}

impl<'a> Attributes<'a> {
    /// Each with its key, its value if it has one, and where it stands; `known` are those that may
    /// be here.
    fn each(
        &self,
        known: &[&str],
        mut take: impl FnMut(&'a str, &'a str, &Place) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for (number, word) in self.words.iter().enumerate() {
            let place = self.place.at(word.column);
            let (key, value) = word.text.split_once('=').map_or((word.text, None), |(key, value)| (key, Some(value)));
            let flag = matches!(key, "repeat" | "secret" | "empty" | "ready" | "reads" | "glued" | "blocks" | "never");
            if !known.contains(&key) || flag != value.is_none() {
                return Err(place.error(format!("`{}` is no attribute of {}", word.text, self.of)));
            }
            if self.words[..number].iter().any(|before| before.text.split('=').next() == Some(key)) {
                return Err(place.error(format!("`{key}` for the second time")));
            }
            take(key, value.unwrap_or_default(), &place)?;
        }
        Ok(())
    }
}

pub fn read_item(words: &[Word<'_>], doc: &Doc<'_>, place: &Place) -> Result<Item, Error> {
    let [keyword, rest @ ..] = words else { unreachable!("a line with a word") };
    let (of, known): (&str, &[&str]) = match keyword.text {
        "block" => ("a block", &[]),
        "event" => ("an event", &["since", "until", "without", "never", "alias", "as", "class", "role", "ready"]),
        "action" => ("an action", &["since", "until", "without", "never", "alias", "as", "class", "role", "reads"]),
        "command" => ("a command", &["as", "on"]),
        "announce" => ("an announcement", &[]),
        other => {
            let known = "`block`, `event`, `action`, `command` or `announce`";
            return Err(place.error(format!("expected {known}, found `{other}`")));
        }
    };
    let [name, attributes @ ..] = rest else {
        return Err(doc.end.error(format!("expected the name of {of}")));
    };
    plain(words, place)?;
    let place = place.at(name.column);
    if name.text.trim() != name.text || name.text.is_empty() {
        return Err(place.error("a name that is empty, or begins or ends with a blank"));
    }
    // It would part two names in the packed tables.
    if matches!(keyword.text, "event" | "action") && name.text.contains(',') {
        return Err(place.error("a comma in a name"));
    }
    let mut item = Item {
        rust: names::camel(name.text),
        name: name.text.to_owned(),
        doc: doc.sentence()?,
        aliases: Vec::new(),
        classes: Vec::new(),
        branches: Branches::default(),
        role: None,
        on: None,
        rows: Vec::new(),
        reply: None,
        list: None,
        outcome: None,
        outcome_if: None,
        takes: None,
        again: None,
        ready: false,
        reads: false,
        place: place.clone(),
    };
    Attributes { words: attributes, place: &place, of }.each(known, |key, value, place| {
        match key {
            "alias" => item.aliases = read_names(value, place)?,
            "as" => item.rust = given(value, &item.rust, place)?,
            "ready" => item.ready = true,
            "reads" => item.reads = true,
            "class" => {
                item.classes = read_names(value, place)?;
                if let Some(class) = item.classes.iter().find(|class| !CLASSES.iter().any(|(known, _)| known == class))
                {
                    return Err(place.error(format!("unknown class `{class}`")));
                }
            }
            "on" if matches!(value, "conference" | "server" | "any") => item.on = Some(value.to_owned()),
            "on" => return Err(place.error("a command is for a `conference`, the `server` or `any` of them")),
            "role" => item.role = Some(read_role(keyword.text, value, place)?),
            _ => drop(item.branches.attribute(key, value, place)?),
        }
        Ok(())
    })?;
    item.branches.check(&place)?;
    Ok(item)
}

pub fn read_row(keyword: &str, item: &mut Item, words: &[Word<'_>], doc: &Doc<'_>, place: &Place) -> Result<(), Error> {
    let (first, rest) = (&words[0], &words[1..]);
    let (action, command) = (keyword == "action", keyword == "command");
    let word = if first.quoted || first.starred { "" } else { first.text };
    plain(rest, &place.at(1))?;
    let row = match (word, rest) {
        _ if command => Row::Field(read_field(words, doc, place, true)?),
        _ if keyword == "announce" => return Err(place.error("an `announce` has no rows")),
        ("use", _) if action => return Err(place.error("a `use` in an action; it is for events and blocks")),
        ("use", [block, rest @ ..]) => {
            doc.none("use")?;
            read_use(block, rest, place)?
        }
        ("use", _) => return Err(place.error("a `use` names a block, and a prefix if its names have one")),
        ("rest", []) if keyword == "block" => {
            return Err(place.error("a `rest` in a block; it is for events, actions and replies"));
        }
        ("rest", []) => {
            let rows = item.reply.as_ref().map_or(&item.rows, |reply| &reply.rows);
            once(rows.iter().any(|row| matches!(row, Row::Rest(_))), "rest", place)?;
            Row::Rest(doc.sentence()?)
        }
        ("reply", style) if action => {
            let (style, attributes) = match style {
                [] => ("", style),
                [word, rest @ ..] if word.text == "text" || word.text == "follows" && rest.is_empty() => {
                    (word.text, rest)
                }
                [word, ..] => return Err(place.at(word.column).error("a reply is `text`, `follows` or neither")),
            };
            once(item.reply.is_some(), "reply", place)?;
            let mut until = None;
            Attributes { words: attributes, place, of: "a reply" }.each(&["until"], |_, value, place| {
                until = Some(read_branch(value, place)?);
                Ok(())
            })?;
            Branches { until: until.clone(), ..Branches::default() }.meet(&item.branches, place)?;
            item.reply = Some(Reply { style: style.to_owned(), until, doc: doc.sentence()?, rows: Vec::new() });
            return Ok(());
        }
        ("list", parts) if action => {
            once(item.list.is_some(), "list", place)?;
            doc.none("list")?;
            item.list = Some(read_list(parts, place)?);
            return Ok(());
        }
        ("outcome", [event, attributes @ ..]) if action => {
            once(item.outcome.is_some(), "outcome", place)?;
            doc.none("outcome")?;
            item.outcome = Some(event.name(place));
            return Attributes { words: attributes, place, of: "an outcome" }.each(&["if"], |_, value, place| {
                item.outcome_if = Some(Name { place: place.clone(), text: value.to_owned() });
                Ok(())
            });
        }
        ("outcome", _) if action => return Err(place.error("an `outcome` names one event")),
        ("takes", [parameter, unit, attributes @ ..]) if action && matches!(unit.text, "s" | "ms") => {
            once(item.takes.is_some(), "takes", place)?;
            doc.none("takes")?;
            item.takes = Some(read_takes(parameter.name(place), unit.text, attributes, place)?);
            return Ok(());
        }
        ("takes", _) if action => return Err(place.error("a `takes` names a parameter and its unit, `s` or `ms`")),
        ("again", names) if action && names.len() < 2 => {
            once(item.again.is_some(), "again", place)?;
            doc.none("again")?;
            item.again = Some(names.first().map_or(Again::Request, |name| Again::Value(name.name(place))));
            return Ok(());
        }
        ("again", _) if action => return Err(place.error("an `again` names one parameter or none")),
        _ => {
            let field = read_field(words, doc, place, false)?;
            let parameter = action && item.reply.is_none();
            if field.required && !parameter {
                return Err(place.error(format!("`{}` is no parameter, so it can't be required", field.name)));
            }
            if (field.empty || field.always.is_some()) && !field.required {
                return Err(place.error("`empty` and `always` are for required parameters"));
            }
            let more = match (&field.guard, &field.means) {
                (None, None) => "",
                _ if !parameter => "a `guard` or `means` outside of parameters",
                (Some(_), Some(_)) => "a `guard` beside a `means`: a value is refused, or it is the purpose",
                (Some(_), None) if !kinds::is_text(field.kind) => "a `guard` of what is no text",
                _ => "",
            };
            if !more.is_empty() {
                return Err(place.error(more));
            }
            if let Some(value) = &field.example {
                let problem = match () {
                    () if !parameter => "an example outside of parameters",
                    () if field.holes() > 0 => "an example of a numbered parameter",
                    () if kinds::written(field.kind, value).is_none() => "no example of this kind can be written",
                    () => "",
                };
                if !problem.is_empty() {
                    return Err(place.error(problem));
                }
            }
            Row::Field(field)
        }
    };
    item.reply.as_mut().map_or(&mut item.rows, |reply| &mut reply.rows).push(row);
    Ok(())
}

/// Names the attributes of a field of an event, an action or an answer.
const FIELD: &[&str] = &[
    "since", "until", "without", "never", "alias", "as", "repeat", "secret", "guard", "means", "example", "empty",
    "always",
];

fn read_use(block: &Word<'_>, rest: &[Word<'_>], place: &Place) -> Result<Row, Error> {
    let (prefix, attributes) = match rest {
        [prefix, attributes @ ..] if !prefix.text.contains('=') && prefix.text != "never" => {
            header_name(prefix, place)?;
            if prefix.text.contains(['{', '}']) {
                return Err(place.at(prefix.column).error("a prefix has nothing that varies"));
            }
            (prefix.text, attributes)
        }
        _ => ("", rest),
    };
    let (mut branches, mut but) = (Branches::default(), Vec::new());
    let known = &["since", "until", "without", "never", "but"];
    Attributes { words: attributes, place, of: "a `use`" }.each(known, |key, value, place| {
        if !branches.attribute(key, value, place)? {
            but = read_aliases(value, place)?;
        }
        Ok(())
    })?;
    branches.check(place)?;
    let place = place.at(block.column);
    Ok(Row::Use { place, block: block.text.to_owned(), prefix: prefix.to_owned(), branches, but })
}

fn once(already: bool, what: &str, place: &Place) -> Result<(), Error> {
    if already { Err(place.error(format!("a second `{what}`"))) } else { Ok(()) }
}

fn read_takes(parameter: Name, unit: &str, words: &[Word<'_>], place: &Place) -> Result<Takes, Error> {
    let mut takes = Takes { parameter, unit: unit.to_owned(), instead: String::new(), blocks: false };
    Attributes { words, place, of: "a `takes`" }.each(&["else", "blocks"], |key, value, place| {
        match key {
            "blocks" => takes.blocks = true,
            _ if value.parse::<u32>().is_ok() => value.clone_into(&mut takes.instead),
            _ => return Err(place.error(format!("`{value}` is no number"))),
        }
        Ok(())
    })?;
    Ok(takes)
}

fn read_list(parts: &[Word<'_>], place: &Place) -> Result<List, Error> {
    let mut list = List::default();
    for part in parts {
        let place = place.at(part.column);
        if part.text == "glued" {
            once(list.glued, "glued", &place)?;
            list.glued = true;
            continue;
        }
        let (key, value) = part.text.split_once('=').unwrap_or((part.text, ""));
        if key == "none" {
            once(list.none.is_some(), "none", &place)?;
            list.none = Some(read_message(value, &place)?);
            continue;
        }
        let mut column = part.column + key.len() + 1;
        let columns = value.split(',').map(|name| {
            column += name.len() + 1;
            column - name.len() - 1
        });
        let names = read_names(value, &place)?.into_iter().zip(columns);
        let mut names: Vec<Name> = names.map(|(text, column)| Name { place: place.at(column), text }).collect();
        match key {
            "items" if list.items.is_empty() => list.items = names,
            "end" if list.end.is_none() && names.len() == 1 => list.end = names.pop(),
            _ => return Err(place.error("a `list` has one `items=` of events, and `end=` with one event")),
        }
    }
    match () {
        () if list.items.is_empty() => Err(place.error("a `list` without `items=`")),
        () if list.glued && list.end.is_none() => Err(place.error("a `glued` list without `end=`")),
        () if list.none.is_some() && list.end.is_none() => Err(place.error("a `list` with `none=` has an `end=`")),
        () => Ok(list),
    }
}

/// The message of a response, in quotation marks. A semicolon would end it in the packed tables.
fn read_message(value: &str, place: &Place) -> Result<String, Error> {
    let message = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).map(str::trim);
    match message.filter(|message| !message.is_empty() && !message.contains(';')) {
        Some(message) => Ok(message.to_owned()),
        None => Err(place.error("a message stands in quotation marks, and has no semicolon")),
    }
}

fn read_field(words: &[Word<'_>], doc: &Doc<'_>, place: &Place, command: bool) -> Result<Field, Error> {
    let [name, kind, attributes @ ..] = words else {
        let place = place.at(words[0].column + words[0].text.len());
        return Err(place.error(format!("`{}` has no kind", words[0].text)));
    };
    let found = if command { kinds::find_argument(kind.text) } else { kinds::find(kind.text) };
    let Some(kind_found) = found else {
        return Err(place.at(kind.column).error(format!("unknown kind `{}`", kind.text)));
    };
    if !command {
        header_name(name, place)?;
    }
    let mut field = Field {
        place: place.clone(),
        name: name.text.to_owned(),
        rust: names::snake(name.text),
        kind: kind_found,
        doc: doc.sentence()?,
        aliases: Vec::new(),
        branches: Branches::default(),
        required: name.starred,
        empty: false,
        always: None,
        repeat: false,
        secret: false,
        guard: None,
        means: None,
        example: None,
        after: None,
        excluded_by: None,
        instead: None,
        not: Vec::new(),
    };
    let (of, known): (&str, &[&str]) = match command {
        true => ("an argument", &["as", "secret", "after", "without", "else", "not"]),
        false => ("a field", FIELD),
    };
    Attributes { words: attributes, place, of }.each(known, |key, value, place| {
        match key {
            "alias" => {
                field.aliases = read_aliases(value, place)?;
                if let Some(alias) = field.aliases.iter().find(|alias| alias.name.contains(':')) {
                    return Err(place.error(format!("a header's name has no colon: `{}`", alias.name)));
                }
            }
            "as" => field.rust = given(value, &field.rust, place)?,
            "repeat" => field.repeat = true,
            "empty" => field.empty = true,
            "always" => field.always = Some(value.trim_matches('"').into()),
            "example" => field.example = Some(value.trim_matches('"').into()),
            "after" => field.after = Some(value.into()),
            "without" if command => field.excluded_by = Some(value.into()),
            "else" => field.instead = Some(value.into()),
            "not" => field.not = read_names(value, place)?,
            "secret" => field.secret = true,
            "guard" => field.guard = Some(read_guard(value, place)?),
            "means" => field.means = Some(read_means(value, place)?),
            _ => drop(field.branches.attribute(key, value, place)?),
        }
        Ok(())
    })?;
    field.branches.check(place)?;
    Ok(field)
}

fn read_guard(word: &str, place: &Place) -> Result<&'static Guard, Error> {
    guards::find(word).ok_or_else(|| {
        let words: Vec<&str> = GUARDS.iter().map(|guard| guard.word).collect();
        place.error(format!("unknown guard `{word}`; there are `{}`", words.join("`, `")))
    })
}

fn read_means(value: &str, place: &Place) -> Result<Means, Error> {
    guards::means(value).ok_or_else(|| {
        place.error("a `means` says in quotation marks what a server does, and gives an example behind `; `")
    })
}

/// A name that the table gives in place of the rule's.
fn given(name: &str, rule: &str, place: &Place) -> Result<String, Error> {
    if name == rule { Err(place.error(format!("`{name}` without `as=` as well"))) } else { Ok(name.to_owned()) }
}

/// Refuses what no header's name has: the first colon ends it, and blanks around it are not its.
fn header_name(name: &Word<'_>, place: &Place) -> Result<(), Error> {
    let column = name.column + usize::from(name.quoted);
    let mut varies = false;
    for (at, char) in name.text.char_indices() {
        match char {
            '{' | '}' => varies = char == '{',
            ':' if !varies => return Err(place.at(column + at).error("a colon in the name of a header")),
            _ => {}
        }
    }
    let blank = name.text.len() - name.text.trim_start().len();
    if blank > 0 || name.text.is_empty() {
        return Err(place.at(column).error("the name of a header begins with a letter, a digit or a sign"));
    }
    if name.text.trim_end().len() < name.text.len() {
        return Err(place.at(column + name.text.trim_end().len()).error("a blank at the end of a header's name"));
    }
    Ok(())
}

/// Names between commas, each a word or in quotation marks.
fn read_names(names: &str, place: &Place) -> Result<Vec<String>, Error> {
    names.split(',').map(|name| read_name(name, place).map(str::to_owned)).collect()
}

/// A name that is a word or in quotation marks, without those.
pub fn read_name<'t>(name: &'t str, place: &Place) -> Result<&'t str, Error> {
    match name.strip_prefix('"').map_or(Some(name), |name| name.strip_suffix('"')) {
        None => Err(place.error("a comma within quotation marks parts two names")),
        Some("") => Err(place.error("an empty name")),
        Some(name) if name.trim() != name => Err(place.error(format!("a blank around a name: `{name}`"))),
        Some(name) => Ok(name),
    }
}

fn read_role(keyword: &str, role: &str, place: &Place) -> Result<String, Error> {
    let (known, problem) = match keyword {
        "event" => (matches!(role, "item" | "end" | "both"), "a role of events is `item`, `end` or `both`"),
        _ => (
            ROLES.iter().any(|(known, _)| *known == role),
            "a role of actions is `login`, `challenge`, `logoff` or `mask`",
        ),
    };
    if known { Ok(role.to_owned()) } else { Err(place.error(problem)) }
}
