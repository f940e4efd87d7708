//! The modules of a crate: what each defines, imports and refers to, read from its files as the
//! compiler finds them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::lexer::{Kind, Token, tokens};

pub(super) type Path = Vec<String>;

type Seen = HashSet<(Path, Path)>;

/// A path in a file, as it stands there.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) module: Path,
    pub(super) path: Path,
}

#[derive(Debug, Default)]
struct Module {
    items: BTreeSet<String>,
    /// Those of them that a path can go on from.
    types: BTreeSet<String>,
    /// Names brought in by `use`, with what they stand for.
    uses: BTreeMap<String, Vec<Path>>,
    globs: Vec<Path>,
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    modules: BTreeMap<Path, Module>,
    pub(super) references: Vec<Reference>,
    /// What can't be read, and why.
    pub(super) unreadable: Vec<String>,
}

/// Words that begin an item which ends with a semicolon, whatever braces it has.
const WITH_SEMICOLON: [&str; 5] = ["use", "const", "static", "type", "let"];
/// Words that begin any other.
const WITH_BODY: [&str; 11] =
    ["mod", "fn", "struct", "enum", "union", "trait", "impl", "unsafe", "extern", "async", "macro_rules"];

impl Graph {
    /// Reads the crate whose files `read` gives, by their places below `src`.
    pub(super) fn of(read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut graph = Self::default();
        graph.modules.entry(Path::new()).or_default();
        graph.file(read, "lib.rs", &[]);
        graph
    }

    /// The modules right below the root.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().filter(|path| path.len() == 1).map(|path| path[0].as_str())
    }

    fn file(&mut self, read: &dyn Fn(&str) -> Option<String>, file: &str, module: &[String]) {
        let text = read(file).unwrap_or_else(|| panic!("no file {file}"));
        let tokens = tokens(&text);
        Reader { graph: self, read, file, tokens: &tokens, at: 0 }.module(module);
    }

    /// The modules in which what a path stands for is defined; none for what is another crate's.
    pub(super) fn defined_in(&self, module: &[String], path: &[String]) -> Vec<Path> {
        let mut found = Vec::new();
        self.resolve(module, path, false, &mut HashSet::new(), &mut found);
        found
    }

    /// `ours`: the path is known to stand in the module, so that a name that it hasn't was made
    /// there by a macro.
    fn resolve(&self, module: &[String], path: &[String], ours: bool, seen: &mut Seen, found: &mut Vec<Path>) {
        let step = (module.to_vec(), path.to_vec());
        // What is on its way already leads in a circle.
        if seen.insert(step.clone()) {
            self.step(module, path, ours, seen, found);
            seen.remove(&step);
        }
    }

    fn step(&self, module: &[String], path: &[String], ours: bool, seen: &mut Seen, found: &mut Vec<Path>) {
        let Some((name, rest)) = path.split_first() else { return found.push(module.to_vec()) };
        match name.as_str() {
            "crate" => return self.resolve(&[], rest, true, seen, found),
            "self" => return self.resolve(module, rest, true, seen, found),
            "super" => return self.resolve(&module[..module.len().saturating_sub(1)], rest, true, seen, found),
            _ => {}
        }
        let Some(here) = self.modules.get(module) else { return };
        let before = found.len();
        let child = [module, std::slice::from_ref(name)].concat();
        let is_child = self.modules.contains_key(&child);
        if is_child {
            self.resolve(&child, rest, true, seen, found);
        }
        if here.items.contains(name) && (rest.is_empty() || here.types.contains(name)) {
            found.push(module.to_vec());
        }
        let targets = here.uses.get(name).into_iter().flatten();
        let passed_on = targets.clone().count() > 0;
        for target in targets {
            // `use range::range` means a module or a crate of that name, not itself.
            if target.first() != Some(name) {
                self.resolve(module, &[target, rest].concat(), false, seen, found);
            } else if is_child {
                self.resolve(&child, &[&target[1..], rest].concat(), false, seen, found);
            }
        }
        // What is named comes before what a glob brings in.
        let globs = if found.len() == before { &here.globs[..] } else { &[] };
        for glob in globs {
            let mut targets = Vec::new();
            self.resolve(module, glob, false, seen, &mut targets);
            for target in targets {
                self.resolve(&target, path, false, seen, found);
            }
        }
        if ours && found.len() == before && !passed_on && !is_child {
            found.push(module.to_vec());
        }
    }
}

struct Reader<'a> {
    graph: &'a mut Graph,
    read: &'a dyn Fn(&str) -> Option<String>,
    file: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).filter(|token| token.kind != Kind::Text).map_or("", |token| &token.text)
    }

    fn is_word(&self, ahead: usize) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.kind == Kind::Word)
    }

    /// Reads up to the brace that closes the module, or the end of the file.
    fn module(&mut self, module: &[String]) {
        let mut depth = 0_usize;
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "{" => depth += 1,
                "}" if depth == 0 => return,
                "}" => depth -= 1,
                "#" if self.peek(1) == "[" => {
                    self.attribute();
                    continue;
                }
                "mod" if self.is_word(1) => {
                    self.child(module);
                    continue;
                }
                // `use<'a>` in a type is no import.
                "use" if self.peek(1) != "<" => {
                    self.at += 1;
                    self.import(module, &[]);
                    continue;
                }
                "extern" if [self.peek(1), self.peek(2), self.peek(3)] == ["crate", "self", "as"] => {
                    let name = self.peek(4).to_owned();
                    self.here(module).uses.entry(name).or_default().push(vec!["crate".to_owned()]);
                }
                "struct" | "enum" | "union" | "trait" | "type" if self.is_word(1) && depth == 0 => {
                    let name = self.peek(1).to_owned();
                    self.here(module).types.insert(name.clone());
                    self.here(module).items.insert(name);
                }
                "fn" | "const" | "static" if self.is_word(1) && depth == 0 => {
                    let name = self.peek(1).to_owned();
                    self.here(module).items.insert(name);
                }
                "macro_rules" if self.peek(1) == "!" => {
                    let name = self.peek(2).to_owned();
                    self.here(module).items.insert(name);
                    if module.is_empty() {
                        self.cannot_read("a macro of the root is used without a path");
                    }
                }
                _ if self.is_word(0) => {
                    self.path(module);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// An attribute, and what it keeps for tests.
    fn attribute(&mut self) {
        let start = self.at + 2;
        self.skip_group();
        let inside = &self.tokens[start..self.at - 1];
        let has_path = inside.windows(2).any(|two| two[0].is("path") && two[1].is("="));
        let inside: String = inside.iter().map(|token| token.text.as_str()).collect();
        if inside != "cfg(test)" && !inside.starts_with("cfg(all(test,") {
            // It may name a macro.
            self.at = start;
            if has_path {
                self.cannot_read("a module with `path` stands in the file of another");
            }
            if inside == "macro_use" {
                self.cannot_read("a macro of a module with `macro_use` is used without a path");
            }
            return;
        }
        while self.peek(0) == "#" {
            self.skip_group();
        }
        if self.peek(0) == "pub" {
            self.at += 1;
            if self.peek(0) == "(" {
                self.skip_group();
            }
        }
        let first = self.peek(0).to_owned();
        // A function may be `const`.
        let is_function = ["fn", "unsafe", "extern", "async"].contains(&self.peek(1));
        let ends_with_semicolon = WITH_SEMICOLON.contains(&first.as_str()) && !is_function;
        let has_body = WITH_BODY.contains(&first.as_str()) || first == "const";
        while self.at < self.tokens.len() {
            match self.peek(0) {
                ";" => break,
                "," if !has_body && !ends_with_semicolon => break,
                "}" | ")" | "]" => return,
                "{" if !ends_with_semicolon => return self.skip_group(),
                "{" | "(" | "[" => self.skip_group(),
                _ => self.at += 1,
            }
        }
        self.at += 1;
    }

    /// Over the next brackets of any kind, and all that is in them.
    fn skip_group(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            let closes = matches!(self.peek(0), ")" | "]" | "}");
            self.at += 1;
            if closes && depth == 0 {
                return;
            }
        }
    }

    /// `mod name;` or `mod name { … }`.
    fn child(&mut self, module: &[String]) {
        let child = [module, &[self.peek(1).to_owned()]].concat();
        self.graph.modules.entry(child.clone()).or_default();
        self.at += 3;
        if self.tokens[self.at - 1].is("{") {
            self.module(&child);
            self.at += 1;
        } else {
            let place = child.join("/");
            let file = [format!("{place}.rs"), format!("{place}/mod.rs")];
            let file = file.iter().find(|file| (self.read)(file).is_some()).unwrap_or(&file[0]);
            self.graph.file(self.read, file, &child);
        }
    }

    /// What `include!` names: a generated file, or one beside this.
    fn include(&mut self, module: &[String]) {
        let rest = &self.tokens[self.at..];
        let end = rest.iter().position(|token| token.is(";")).unwrap_or(rest.len());
        let texts: Vec<&str> = rest[..end]
            .iter()
            .filter(|token| token.kind == Kind::Text)
            .map(|token| token.text.trim_matches('"'))
            .collect();
        let file = match texts[..] {
            ["OUT_DIR", name] => format!("OUT_DIR{name}"),
            [name] => self.file.rsplit_once('/').map_or(name.to_owned(), |(folder, _)| format!("{folder}/{name}")),
            _ => panic!("{}: an include that can't be read", self.file),
        };
        self.at += end;
        self.graph.file(self.read, &file, module);
    }

    /// A tree of `use`, from behind the word or the brace or comma before it.
    fn import(&mut self, module: &[String], before: &[String]) {
        let mut path = before.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        loop {
            match self.peek(0) {
                "{" => {
                    while !matches!(self.peek(0), "}" | "") {
                        self.at += 1;
                        if self.peek(0) != "}" {
                            self.import(module, &path);
                        }
                    }
                    self.at += 1;
                    return;
                }
                "*" => {
                    self.at += 1;
                    self.here(module).globs.push(path.clone());
                    self.refer(line, module, path);
                    return;
                }
                "::" => self.at += 1,
                "self" if !path.is_empty() => self.at += 1,
                _ if self.is_word(0) && self.peek(0) != "as" => {
                    path.push(self.peek(0).to_owned());
                    self.at += 1;
                }
                _ => break,
            }
        }
        let mut name = path.last().cloned().unwrap_or_default();
        if self.peek(0) == "as" {
            name = self.peek(1).to_owned();
            self.at += 2;
        }
        if self.peek(0) == "$" && is_ours(&path) {
            self.cannot_read("a path that a macro is given the rest of");
        }
        self.here(module).uses.entry(name).or_default().push(path.clone());
        self.refer(line, module, path);
    }

    /// A path in code.
    fn path(&mut self, module: &[String]) {
        let line = self.tokens[self.at].line;
        let continues = self.at > 0 && self.tokens[self.at - 1].is("::");
        // `pub(in crate::room)` says who sees, not what is seen.
        let within = self.at > 1 && self.tokens[self.at - 1].is("in") && self.tokens[self.at - 2].is("(");
        let mut path = vec![self.peek(0).to_owned()];
        self.at += 1;
        while self.peek(0) == "::" && self.is_word(1) {
            path.push(self.peek(1).to_owned());
            self.at += 2;
        }
        if path.last().is_some_and(|name| name == "include") && self.peek(0) == "!" {
            return self.include(module);
        }
        if self.peek(0) == "::" && self.peek(1) == "$" && is_ours(&path) {
            self.cannot_read("a path that a macro is given the rest of");
        }
        if path.len() > 1 && !continues && !within {
            self.refer(line, module, path);
        }
    }

    fn here(&mut self, module: &[String]) -> &mut Module {
        self.graph.modules.entry(module.to_vec()).or_default()
    }

    fn cannot_read(&mut self, why: &str) {
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        self.graph.unreadable.push(format!("{}:{line}: {why}", self.file));
    }

    fn refer(&mut self, line: usize, module: &[String], path: Path) {
        self.graph.references.push(Reference { file: self.file.to_owned(), line, module: module.to_vec(), path });
    }
}

/// Whether the path begins in this crate for sure.
fn is_ours(path: &[String]) -> bool {
    path.first().is_some_and(|first| matches!(first.as_str(), "crate" | "self" | "super"))
}
