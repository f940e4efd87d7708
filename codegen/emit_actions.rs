//! Actions three times over: the builder that a client sends with, the view that a server reads
//! with, and the view of the response.

use super::emit::{Source, Views, branch, each, field_doc, getters, quote, rustdoc, variants, versions};
use super::guards::{GUARDS, Guard};
use super::kinds::ROLES;
use super::table::{Field, Item, Reply, Row, Table};

/// `actions.rs`: builders.
pub fn actions(table: &Table) -> String {
    let mut source = Source::new("Every action: its builder.");
    source.gap();
    guards(table, &mut source);
    for (number, action) in table.actions.iter().enumerate() {
        builder(table, number, action, &mut source);
    }
    source.finish()
}

fn params(action: &Item) -> impl Iterator<Item = &Field> {
    action.rows.iter().filter_map(|row| match row {
        Row::Field(field) => Some(field),
        _ => None,
    })
}

/// The parameters that have one value, with it.
fn fixed(action: &Item) -> impl Iterator<Item = (&Field, &str)> {
    params(action).filter_map(|field| Some((field, field.always.as_deref()?)))
}

/// Whether a successful response has a type of its own.
fn own_response(action: &Item) -> Option<&Reply> {
    action.reply.as_ref().filter(|reply| !reply.rows.is_empty() || reply.style == "follows")
}

/// The parameters that are guarded, with what they are guarded from.
pub fn guarded(action: &Item) -> impl Iterator<Item = (&Field, &'static Guard)> {
    params(action).filter_map(|field| Some((field, field.guard?)))
}

/// A parameter in which a server reads more than a value, by its names on the wire.
#[cfg(test)]
pub struct Interpreted<'t> {
    pub action: &'t str,
    pub parameter: &'t str,
    /// What the server does.
    pub server: &'t str,
    pub example: &'t str,
    /// `None`: it is written all the same.
    pub guard: Option<&'static Guard>,
}

/// The parameters of an action in which a server reads more than a value.
#[cfg(test)]
pub fn interpreted(action: &Item) -> impl Iterator<Item = Interpreted<'_>> {
    params(action).filter_map(|field| {
        let (server, example) = match (&field.means, field.guard) {
            (Some(means), _) => (&*means.server, &*means.example),
            (None, guard) => guard.map(|guard| (guard.server, guard.example))?,
        };
        Some(Interpreted { action: &action.name, parameter: &field.name, server, example, guard: field.guard })
    })
}

fn static_name(guard: &Guard) -> String {
    guard.word.to_ascii_uppercase().replace('-', "_")
}

/// The guards that any of these actions has.
fn guards(table: &Table, source: &mut Source) {
    let used =
        |guard: &&Guard| table.actions.iter().any(|action| guarded(action).any(|(_, used)| used.word == guard.word));
    for guard in GUARDS.iter().filter(used) {
        let only = format!("{:?}", guard.only);
        let arguments = [quote(guard.refused), guard.paired.to_string(), only, quote(guard.means)];
        let name = static_name(guard);
        source.list(&format!("pub(super) static {name}: Guard = Guard::new("), &arguments, ");");
    }
}

fn builder(table: &Table, number: usize, action: &Item, source: &mut Source) {
    let name = &action.rust;
    source.gap();
    source.doc(&format!("{}\n\nAction `{}`. {}", rustdoc(&action.doc), action.name, facts(action)));
    let answers = answers(action);
    if !answers.is_empty() {
        source.doc(&format!("\n{answers}"));
    }
    if let Some(Row::Rest(doc)) = action.rows.iter().find(|row| matches!(row, Row::Rest(_))) {
        source.doc(&format!("\nOther headers, set with [`header`](Self::header): {}", rustdoc(doc)));
    }
    for (field, value) in fixed(action) {
        source.doc(&format!("\nWrites `{}: {value}` by itself. {}", field.name, rustdoc(&field.doc)));
    }
    source.doc(&example(action));
    source.alias(name, &action.name, &action.aliases);
    source.line("#[derive(Clone, Debug)]");
    source.line("#[must_use = \"an action does nothing until it is sent\"]");
    source.line(format!("pub struct {name}<'a>(pub(super) Args<'a>);"));
    let response = if own_response(action).is_some() { name } else { "Response" };
    let (since, until) = (branch(action.branches.since.as_ref()), branch(action.branches.until.as_ref()));
    source.line(format!("action!({name}, {number}, {response}, {since}, {until});"));
    if let Some(list) = action.list.as_ref().filter(|list| list.end.is_some()) {
        let item = match list.items.as_slice() {
            [item] => table.event(&item.text).map_or(String::new(), |event| format!(", {}", event.rust)),
            _ => String::new(),
        };
        source.line(format!("list_action!({name}{item});"));
    }
    let guards: Vec<String> =
        guarded(action).map(|(field, guard)| format!("{} {}", quote(&field.name), static_name(guard))).collect();
    if !guards.is_empty() {
        source.line(format!("guarded!({name}: {});", guards.join(", ")));
    }
    source.gap();
    source.line(format!("impl<'a> {name}<'a> {{"));
    let required: Vec<&Field> = params(action).filter(|field| field.is_argument()).collect();
    let arguments: Vec<String> = required
        .iter()
        .map(|field| match field.kind.word {
            "assignments" => format!("{}: (impl Into<Arg<'a>>, impl Into<Arg<'a>>)", field.rust),
            _ => format!("{}: {}", field.rust, field.kind.setter.0),
        })
        .collect();
    source.doc(if required.is_empty() { "The action, with nothing set." } else { "The action with what it needs." });
    source.line("#[inline]");
    source.list("pub fn new(", &arguments, ") -> Self {");
    let set: Vec<String> = required
        .iter()
        .map(|field| match field.kind.word {
            "assignments" => format!(".{0}({0}.0, {0}.1)", field.rust),
            _ => format!(".{0}({0})", field.rust),
        })
        .collect();
    let verbatim = if action.rows.iter().any(|row| matches!(row, Row::Rest(_))) { ".verbatim()" } else { "" };
    let fixed: String =
        fixed(action).map(|(field, value)| format!(".set({}, {}.into())", quote(&field.name), quote(value))).collect();
    let guarded = if guards.is_empty() { "" } else { ".guarded(Self::GUARDED)" };
    source.chain(&format!("Self(Args::new({}){verbatim}{guarded}{fixed})", quote(&action.name)), &set, "");
    source.line("}");
    for field in params(action).filter(|field| field.always.is_none()) {
        source.gap();
        setter(field, source);
    }
    source.line("}");
}

fn setter(field: &Field, source: &mut Source) {
    field_doc(field, source);
    if let Some(more) = more(field) {
        source.doc(&format!("\n{more}"));
    }
    let wire = quote(&field.name);
    let (argument, make) = field.kind.setter;
    let (note, parameters, call) = if field.kind.word == "assignments" {
        let note = "\nCall it once for each; the value is quoted as the server unquotes it.";
        let parameters = "name: impl Into<Arg<'a>>, value: impl Into<Arg<'a>>".to_owned();
        (note, parameters, format!("assign({wire}, name.into(), value.into())"))
    } else if field.holes() > 0 {
        ("", format!("number: u32, value: {argument}"), format!("numbered({wire}, number, {make})"))
    } else {
        let (note, method) = match (field.secret, field.repeat) {
            (true, _) => ("", "secret"),
            (false, true) => ("\nCall it once for each.", "push"),
            (false, false) => ("", "set"),
        };
        (note, format!("value: {argument}"), format!("{method}({wire}, {make})"))
    };
    if !note.is_empty() {
        source.doc(note);
    }
    source.alias(&field.rust, &field.name, &field.alias_names());
    source.line("#[inline]");
    source.line(format!("pub fn {}(self, {parameters}) -> Self {{", field.rust));
    source.line(format!("Self(self.0.{call})"));
    source.line("}");
}

/// What the server reads in it beside a value, as a sentence of docs.
fn more(field: &Field) -> Option<String> {
    let sentence = |server: &str, example: &str| format!("The server {}, as in `{example}`", rustdoc(server));
    if let Some(means) = &field.means {
        return Some(format!(
            "{}. That is its purpose, so it is no place for texts from outside.",
            sentence(&means.server, &means.example)
        ));
    }
    let Guard { server, example, .. } = field.guard?;
    let hatch = "[`even_if_interpreted`](Self::even_if_interpreted)";
    Some(format!("{}: that is refused, except by {hatch}.", sentence(server, example)))
}

fn facts(action: &Item) -> String {
    let mut facts = vec![versions(&action.branches)];
    match action.classes.as_slice() {
        [] => {}
        [class] => facts.push(format!("Needs the class `{class}`.")),
        classes => facts.push(format!("Needs one of the classes `{}`.", classes.join("`, `"))),
    }
    if action.reads {
        facts.push("Changes nothing.".to_owned());
    }
    facts.retain(|fact| !fact.is_empty());
    facts.join(" ")
}

/// What comes back, as a sentence of docs.
fn answers(action: &Item) -> String {
    let mut out = Vec::new();
    if let Some(reply) = &action.reply {
        let to =
            if own_response(action).is_some() { format!(" See [`response::{}`].", action.rust) } else { String::new() };
        out.push(format!("The response: {}{to}", rustdoc(&reply.doc)));
    }
    if let Some(list) = &action.list {
        let items: Vec<String> = list.items.iter().map(|item| format!("`{item}`")).collect();
        let end = list.end.as_ref().map_or(String::new(), |end| format!(", then `{end}`"));
        out.push(format!("Then come the events {}{end}.", items.join(", ")));
        if let Some(none) = &list.none {
            out.push(format!("An empty list is a response alone, with the message `{none}`."));
        }
    }
    if let Some(event) = &action.outcome {
        let when = action.outcome_if.as_ref().map_or(String::new(), |name| format!(" where `{name}` is true"));
        out.push(format!("Later the event `{event}` tells how it went{when}."));
    }
    out.join(" ")
}

/// The builder with all that is required and what the entry has examples of, and what it writes.
fn example(action: &Item) -> String {
    let name = &action.rust;
    let shown: Vec<(&Field, (String, String))> =
        params(action).filter_map(|field| Some((field, field.shown()?))).collect();
    let (required, optional): (Vec<_>, Vec<_>) = shown.into_iter().partition(|(field, _)| field.required);
    let mut arguments = Vec::new();
    let mut setters = String::new();
    let mut written = format!("Action: {}\\r\\nActionID: 1\\r\\n", action.name);
    let (fixed, required): (Vec<_>, Vec<_>) = required.into_iter().partition(|(field, _)| field.always.is_some());
    for (field, (wire, expression)) in fixed.iter().chain(&required).chain(&optional) {
        if field.always.is_some() {
        } else if !field.required {
            setters.push_str(&format!("\n    .{}({expression})", field.rust));
        } else if field.kind.word == "assignments" {
            arguments.push(format!("({expression})"));
        } else {
            arguments.push(expression.clone());
        }
        let wire = if field.kind.word == "bool" { wire_bool(expression) } else { wire };
        written.push_str(&format!("{}: {}\\r\\n", field.name, wire.escape_default()));
    }
    let call = format!("{name}::new({}){setters}", arguments.join(", "));
    let mut imports = String::new();
    for (part, import) in [("Duration", "# use core::time::Duration;\n"), ("value::", "# use ami_proto::value;\n")] {
        if call.contains(part) {
            imports.push_str(import);
        }
    }
    let call = if setters.is_empty() {
        format!("{call}.encode(Some(\"1\"), &mut out)?;")
    } else {
        format!("{call}\n    .encode(Some(\"1\"), &mut out)?;")
    };
    let mut example =
        format!("\n```\n{imports}use ami_proto::action::{{Action, {name}}};\n\nlet mut out = Vec::new();\n");
    example.push_str(&format!("{call}\nassert_eq!(out, b\"{written}\\r\\n\");\n"));
    example.push_str("# Ok::<(), ami_proto::EncodeError>(())\n```");
    example
}

/// A truth value as the builders write it.
fn wire_bool(expression: &str) -> &'static str {
    if expression == "true" { "yes" } else { "no" }
}

/// What a required field is given in an example.
fn sample_argument(field: &Field) -> String {
    match field.kind.word {
        "assignments" => format!("({})", field.sample().1),
        _ => field.sample().1,
    }
}

/// The enum over them.
const REQUESTS: Views = Views {
    name: "Request",
    doc: "A request, by its name: a typed view of the frame it came in.\n\nThe case of letters in the name doesn't matter. An action that the crate doesn't know is `Other`; so is a frame that is no request.",
    over: "Frame",
    method: "frame",
    of: "view.0",
    make: "",
};

/// `requests.rs`: the enum over all actions, and a view an action.
pub fn requests(table: &Table) -> String {
    let mut source = Source::new("Every action as a server sees it.");
    source.gap();
    variants(&REQUESTS, &table.actions, &mut source);
    for (number, action) in table.actions.iter().enumerate() {
        let name = &action.rust;
        source.gap();
        source.doc(&format!(
            "{}\n\nAction `{}`, read by a server; [`action::{name}`](crate::action::{name}) builds it.",
            rustdoc(&action.doc),
            action.name
        ));
        source.alias(name, &action.name, &action.aliases);
        source.line("#[derive(Clone, Copy, Debug)]");
        source.line(format!("pub struct {name}<'buf>(Frame<'buf>);"));
        source.line(format!("request_view!({name}, {number});"));
        source.gap();
        if params(action).next().is_some() {
            source.line(format!("impl<'buf> {name}<'buf> {{"));
            getters(table, &action.rows, None, "\"\"", &mut source);
            source.line("}");
        }
    }
    each(table.actions.iter().map(|action| &action.rust), &mut source);
    roles(table, &mut source);
    source.finish()
}

/// The enum over the requests that a session of the server answers by itself.
fn roles(table: &Table, source: &mut Source) {
    let has = |role: &str| table.actions.iter().find(|action| action.role.as_deref() == Some(role));
    let roles: Vec<_> = ROLES.iter().filter_map(|(role, variant)| Some((*variant, has(role)?))).collect();
    source.gap();
    source.doc("A request that a session answers by itself, by the `role` in its action's entry; with its\nview, where it has parameters.");
    source.line("#[cfg(feature = \"std\")]");
    source.line("#[derive(Clone, Copy, Debug)]");
    source.line("pub(crate) enum SessionRequest<'buf> {");
    for (variant, action) in &roles {
        let view = if action.rows.is_empty() { String::new() } else { format!("({}<'buf>)", action.rust) };
        source.line(format!("{variant}{view},"));
    }
    source.line("}");
    source.gap();
    source.line("#[cfg(feature = \"std\")]");
    source.line("impl<'buf> SessionRequest<'buf> {");
    source.doc("The request as one of these, if its action has a role.");
    source.line("pub(crate) fn of(request: Request<'buf>) -> Option<Self> {");
    source.line("match request {");
    for (variant, action) in &roles {
        let name = &action.rust;
        let (view, of) = if action.rows.is_empty() { ("_", "") } else { ("view", "(view)") };
        source.line(format!("Request::{name}({view}) => Some(Self::{variant}{of}),"));
    }
    source.line("_ => None,");
    source.line("}");
    source.line("}");
    source.line("}");
}

/// `responses.rs`: a view for each response that carries headers of its own.
pub fn responses(table: &Table) -> String {
    let mut source = Source::new("Responses that carry headers of their own.");
    let own = || {
        table.actions.iter().enumerate().filter_map(|(number, action)| Some((number, action, own_response(action)?)))
    };
    for (number, action, reply) in own() {
        let name = &action.rust;
        source.gap();
        source.doc(&format!("The response to [`{}`](crate::action::{name}). {}", action.name, rustdoc(&reply.doc)));
        source.alias(name, &action.name, &action.aliases);
        source.line("#[derive(Clone, Copy, Debug)]");
        source.line(format!("pub struct {name}<'buf>(Response<'buf>);"));
        source.line(format!("response_view!({name}, {number});"));
        source.gap();
        if reply.rows.iter().any(|row| matches!(row, Row::Field(_))) {
            source.line(format!("impl<'buf> {name}<'buf> {{"));
            getters(table, &reply.rows, None, "\"\"", &mut source);
            source.line("}");
        }
    }
    each(own().map(|(_, action, _)| &action.rust), &mut source);
    source.finish()
}

/// `samples.rs`: every builder with every field set, read back by its view. Compiled into the
/// crate's tests only.
pub fn samples(table: &Table) -> String {
    let mut source = Source::new("Every action with every field set, written and read back.");
    source.gap();
    source.doc("Hands each action's name and bytes to `sink`, having read every field back.");
    source.line("pub(crate) fn every_action(sink: &mut dyn FnMut(&str, &[u8])) {");
    for action in &table.actions {
        let name = &action.rust;
        source.line("{");
        let required: Vec<String> = params(action).filter(|field| field.is_argument()).map(sample_argument).collect();
        let optional = params(action).filter(|field| !field.required);
        let set: Vec<String> = optional
            .map(|field| {
                let number = if field.holes() > 0 { "0, " } else { "" };
                format!(".{}({number}{})", field.rust, field.sample().1)
            })
            .collect();
        if set.is_empty() {
            source.list(&format!("let action = {name}::new("), &required, ");");
        } else {
            source.chain(&format!("let action = {name}::new({})", required.join(", ")), &set, ";");
        }
        source.line("let bytes = encoded(&action);");
        source.line(format!("sink({}, &bytes);", quote(&action.name)));
        source.line("let mut decoder = decoder(&bytes);");
        source.line(format!("let view = request::{name}::view(frame(&mut decoder)).expect(\"its name\");"));
        source.line(format!("assert_eq!(view.frame().name().unwrap(), {});", quote(&action.name)));
        for field in params(action) {
            let get = match (field.holes() > 0, field.repeat) {
                (true, _) => format!("view.{}().at(&[0]).unwrap()", field.rust),
                (false, true) => format!("view.{}().next().unwrap().unwrap()", field.rust),
                (false, false) => format!("view.{}().unwrap()", field.rust),
            };
            if field.kind.getter.1.is_empty() || field.repeat || field.holes() > 0 {
                source.line(format!("assert_eq!(wire(&{get}), {:?});", field.sample().0));
            } else {
                source.line(format!("assert_eq!({get}, {});", field.sample().1));
            }
        }
        source.line("}");
    }
    source.line("}");
    source.finish()
}
