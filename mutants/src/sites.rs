//! Where a source file can be changed, and how: text in, [`Candidate`]s out.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, Pat, Signature, Stmt, UnOp};

use crate::{Fallible, operators, read};

/// One change that could be made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Candidate {
    /// Relative to the root, with `/`.
    pub(crate) file: String,
    /// The first line of the changed piece, from 1.
    pub(crate) line: usize,
    /// `Type::function`.
    pub(crate) function: String,
    /// The bytes of the function in the file.
    pub(crate) scope: Range<usize>,
    /// The bytes that are changed; empty where text is put in.
    pub(crate) range: Range<usize>,
    pub(crate) edit: Edit,
    /// `original -> mutated`, in one line.
    pub(crate) change: String,
}

/// How a piece of code is changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Edit {
    /// This expression instead.
    Swap(String),
    /// The statement is left out.
    Delete,
    /// The function begins with `return` of this.
    Return(String),
    /// The arm of a `match` never fits; another one catches what it had.
    Unarm,
}

impl Candidate {
    /// Whether it lies in one of these files, folders or `file:line`s.
    pub(crate) fn is_in(&self, places: &[String]) -> bool {
        places.iter().any(|place| {
            let place = place.trim_end_matches('/');
            let (file, line) = match place.rsplit_once(':') {
                Some((file, line)) => (file, line.parse().ok()),
                None => (place, None),
            };
            let inside = self.file.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            inside && line.is_none_or(|line: usize| line == self.line)
        })
    }

    /// The part of the library that it belongs to: `wire` for `src/wire/scan/run.rs`.
    pub(crate) fn module(&self) -> &str {
        let below = self.file.strip_prefix("src/").unwrap_or(&self.file);
        below.split_once('/').map_or("src", |(module, _)| module)
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{} | {} | {}", self.file, self.line, self.function, self.change)
    }
}

/// Every change that can be made to the library at `root`, in the order of files and positions.
pub(crate) fn of_library(root: &Path) -> Fallible<Vec<Candidate>> {
    let mut texts = Vec::new();
    let mut left_out = Vec::new();
    for file in files(root)? {
        let text = read(&root.join(&file))?;
        left_out.extend(left_out_modules(&file, &parsed(&file, &text)?));
        texts.push((file, text));
    }
    let mut all = Vec::new();
    for (file, text) in texts {
        let is_below = |module: &String| file.strip_prefix(module).is_some_and(|rest| rest.starts_with(['.', '/']));
        if !left_out.iter().any(is_below) {
            all.extend(of_file(&file, &text)?);
        }
    }
    Ok(all)
}

/// The modules in files of their own that this build leaves out: their paths without `.rs`.
fn left_out_modules(file: &str, tree: &syn::File) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let folder = stem.strip_suffix("/mod").or(stem.strip_suffix("/lib")).unwrap_or(stem);
    let modules = tree.items.iter().filter_map(|item| match item {
        syn::Item::Mod(item) if item.content.is_none() && is_left_out(&item.attrs) => Some(&item.ident),
        _ => None,
    });
    modules.map(|name| format!("{folder}/{name}")).collect()
}

/// The sources of the library at `root`.
pub(crate) fn files(root: &Path) -> Fallible<Vec<String>> {
    let mut files = Vec::new();
    list(&root.join("src"), "src", &mut files)?;
    Ok(files)
}

fn list(folder: &Path, name: &str, files: &mut Vec<String>) -> Fallible<()> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        entries.push(entry.map_err(failed)?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let base = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{name}/{base}");
        if entry.path().is_dir() {
            list(&entry.path(), &path, files)?;
        } else if Path::new(&base).extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// Every change that can be made to one file.
pub(crate) fn of_file(file: &str, text: &str) -> Fallible<Vec<Candidate>> {
    let tree = parsed(file, text)?;
    let mut collector = Collector { file, text, path: Vec::new(), scope: 0..0, found: Vec::new() };
    collector.visit_file(&tree);
    let mut found = collector.found;
    // Two ways to the same change are one: `if !x` negated is `x`, as the operator dropped is.
    let mut seen = std::collections::HashSet::new();
    found.retain(|one| seen.insert((one.range.clone(), one.change.clone())));
    Ok(found)
}

fn parsed(file: &str, text: &str) -> Fallible<syn::File> {
    syn::parse_file(text).map_err(|error| {
        let at = error.span().start();
        format!("{file}:{}: {error}", at.line)
    })
}

/// Walks a file's syntax, without what can't be switched at run time: types, patterns, constants.
struct Collector<'a> {
    file: &'a str,
    text: &'a str,
    path: Vec<String>,
    scope: Range<usize>,
    found: Vec<Candidate>,
}

impl Collector<'_> {
    fn source(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn add(&mut self, range: Range<usize>, edit: Edit, original: &str, mutated: &str) {
        let line = self.source(0..range.start).matches('\n').count() + 1;
        let change = format!("{} -> {}", in_one_line(original), in_one_line(mutated));
        let candidate = Candidate {
            file: self.file.into(),
            line,
            function: self.path.join("::"),
            scope: self.scope.clone(),
            range,
            edit,
            change,
        };
        self.found.push(candidate);
    }

    fn swap(&mut self, span: Span, mutated: String) {
        let original = self.source(span.byte_range()).to_owned();
        let shown = mutated.clone();
        self.add(span.byte_range(), Edit::Swap(mutated), &original, &shown);
    }

    /// `whole` with the bytes of `part` exchanged for `new`.
    fn with(&self, whole: Span, part: Span, new: &str) -> String {
        let (whole, part) = (whole.byte_range(), part.byte_range());
        [self.source(whole.start..part.start), new, self.source(part.end..whole.end)].concat()
    }

    fn function(&mut self, attrs: &[Attribute], signature: &Signature, block: &Block) {
        // A check of debug builds finds nothing in code that is right.
        let text = self.source(block.span().byte_range());
        let is_check = text.contains("cfg!(debug_assertions)")
            || signature.ident.to_string().starts_with("check")
                && matches!(signature.output, syn::ReturnType::Default)
                && text.contains("debug_assert");
        if is_left_out(attrs) || is_check || signature.constness.is_some() || signature.unsafety.is_some() {
            return;
        }
        self.path.push(signature.ident.to_string());
        let outer = std::mem::replace(&mut self.scope, block.span().byte_range());
        let body = block.span().byte_range();
        let inside = self.source(body.start + 1..body.end - 1).trim().to_owned();
        for answer in operators::answers(&signature.output) {
            if inside != answer {
                let shown = if answer.is_empty() { "()" } else { &answer };
                let place = body.start + 1..body.start + 1;
                self.add(place, Edit::Return(answer.clone()), "{body}", shown);
            }
        }
        self.visit_block(block);
        self.scope = outer;
        self.path.pop();
    }

    /// `always` and `never` are what a condition may be instead.
    fn condition(&mut self, condition: &Expr, instead: &[&str]) {
        if let Expr::Let(inner) = condition {
            return self.visit_expr(&inner.expr);
        }
        for &value in instead {
            self.swap(condition.span(), value.into());
        }
        let has_opposite = match condition {
            Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_)),
            Expr::Binary(binary) => matches!(binary.op, syn::BinOp::Eq(_) | syn::BinOp::Ne(_)),
            Expr::Macro(call) => call.mac.path.is_ident("matches"),
            _ => false,
        };
        if instead.len() > 1 && !has_opposite && !holds_let(condition) {
            let negated = format!("!({})", self.source(condition.span().byte_range()));
            self.swap(condition.span(), negated);
        }
        self.visit_expr(condition);
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        // What a visitor of serde expects is text for people, as `Debug` and `Display` are.
        if item.sig.ident == "expecting" {
            return;
        }
        self.function(&item.attrs, &item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.attrs, &item.sig, block);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let for_people = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        let for_people = for_people.is_some_and(|name| name.ident == "Debug" || name.ident == "Display");
        if is_left_out(&item.attrs) || for_people {
            return;
        }
        let name = match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        self.path.push(name.unwrap_or_else(|| "impl".into()));
        visit::visit_item_impl(self, item);
        self.path.pop();
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.path.push(item.ident.to_string());
        visit::visit_item_trait(self, item);
        self.path.pop();
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_left_out(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        if let Stmt::Expr(expr, Some(_)) = stmt {
            let counts = self.source(expr.span().byte_range()).starts_with("count(|steps|");
            if is_left_out(attributes(expr)) || counts {
                return;
            }
            let has_effect = match expr {
                // Nobody takes its answer: a check of debug builds.
                Expr::MethodCall(call) if call.method.to_string().starts_with("check") => false,
                Expr::Call(_) | Expr::MethodCall(_) | Expr::Assign(_) | Expr::Try(_) => true,
                Expr::Binary(binary) => operators::binary(&binary.op).is_some_and(|op| op.ends_with('=')),
                _ => false,
            };
            if has_effect {
                let original = self.source(stmt.span().byte_range()).to_owned();
                self.add(stmt.span().byte_range(), Edit::Delete, &original, "(deleted)");
            }
        }
        visit::visit_stmt(self, stmt);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if is_left_out(&local.attrs) {
            return;
        }
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
            }
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        let span = expr.span();
        match expr {
            Expr::Binary(binary) => {
                if let Some(op) = operators::binary(&binary.op) {
                    let mutated = self.with(span, binary.op.span(), op);
                    self.swap(span, mutated);
                }
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let mutated = self.with(span, unary.op.span(), "");
                self.swap(span, mutated);
            }
            Expr::MethodCall(call) => {
                if let Some(name) = operators::method(&call.method.to_string()) {
                    let mutated = self.with(span, call.method.span(), name);
                    self.swap(span, mutated);
                }
            }
            Expr::Lit(lit) => {
                if let Some(mutated) = operators::literal(&lit.lit) {
                    self.swap(span, mutated);
                }
            }
            Expr::Range(range) => {
                if let Some(end) = &range.end {
                    if !matches!(**end, Expr::Lit(_)) {
                        let mutated = format!("({}).saturating_sub(1)", self.source(end.span().byte_range()));
                        self.swap(end.span(), mutated);
                    }
                }
            }
            Expr::Macro(call) if call.mac.path.is_ident("matches") => {
                let mutated = format!("!{}", self.source(span.byte_range()));
                self.swap(span, mutated);
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.condition(&expr.cond, &["true", "false"]);
        self.visit_block(&expr.then_branch);
        if let Some((_, otherwise)) = &expr.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        self.condition(&expr.cond, &["false"]);
        self.visit_block(&expr.body);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        self.visit_expr(&expr.expr);
        let last = expr.arms.last().filter(|arm| arm.guard.is_none() && is_catch_all(&arm.pat));
        for arm in &expr.arms {
            if arm.guard.is_none() && last.is_some_and(|last| !std::ptr::eq(arm, last)) && !is_left_out(&arm.attrs) {
                let end = arm.pat.span().byte_range().end;
                let original = self.source(arm.pat.span().byte_range()).to_owned() + " =>";
                self.add(end..end, Edit::Unarm, &original, "(arm deleted)");
            }
            if let Some((_, guard)) = &arm.guard {
                self.condition(guard, &["true", "false"]);
            }
            self.visit_expr(&arm.body);
        }
    }

    fn visit_expr_repeat(&mut self, expr: &'ast syn::ExprRepeat) {
        self.visit_expr(&expr.expr);
    }

    // What is evaluated by the compiler, or isn't code that a test can reach.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_expr_unsafe(&mut self, _: &'ast syn::ExprUnsafe) {}
    fn visit_generics(&mut self, _: &'ast syn::Generics) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_enum(&mut self, _: &'ast syn::ItemEnum) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_macro(&mut self, _: &'ast syn::Macro) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_path(&mut self, _: &'ast syn::Path) {}
    fn visit_angle_bracketed_generic_arguments(&mut self, _: &'ast syn::AngleBracketedGenericArguments) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
}

/// Tests, and what the features or the machine of the build leave out.
fn is_left_out(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let condition = match &attr.meta {
            syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string().replace(' ', ""),
            _ => String::new(),
        };
        attr.path().is_ident("test")
            || condition == "test"
            || condition.starts_with("not(")
            || is_of_another_machine(&condition)
            || condition == "debug_assertions"
    })
}

/// Those of a call.
fn attributes(expr: &Expr) -> &[Attribute] {
    match expr {
        Expr::Call(call) => &call.attrs,
        Expr::MethodCall(call) => &call.attrs,
        _ => &[],
    }
}

fn is_of_another_machine(condition: &str) -> bool {
    let this = format!("target_arch=\"{}\"", std::env::consts::ARCH);
    condition.contains("target_arch=") && !condition.contains(&this)
}

fn is_catch_all(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) => true,
        Pat::Ident(name) => name.subpat.is_none() && name.ident.to_string().starts_with(char::is_lowercase),
        _ => false,
    }
}

fn holds_let(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(binary) => holds_let(&binary.left) || holds_let(&binary.right),
        _ => false,
    }
}

/// White space as single spaces, and no more than fits a table.
fn in_one_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(100) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(text: &str) -> Vec<String> {
        let found = of_file("src/a.rs", text).expect("a file that parses");
        found.into_iter().map(|one| one.change).collect()
    }

    #[test]
    fn operators_of_a_body() {
        let text = "impl A { fn f(&self, a: usize) -> Self { let b = a + 1; self.go(!x); b < 2 } }";
        assert_eq!(
            changes(text),
            ["a + 1 -> a - 1", "1 -> 2", "self.go(!x); -> (deleted)", "!x -> x", "b < 2 -> b <= 2", "2 -> 3",]
        );
    }

    #[test]
    fn conditions_guards_and_arms() {
        assert_eq!(
            changes("fn f() -> A { if ready { go } else { match x { B => b, C(c) if c => d, _ => e } } }"),
            [
                "ready -> true",
                "ready -> false",
                "ready -> !(ready)",
                "B => -> (arm deleted)",
                "c -> true",
                "c -> false",
                "c -> !(c)"
            ]
        );
        assert_eq!(changes("fn f() -> A { match x { B => b, C => c } }"), [""; 0]);
        assert_eq!(changes("fn f() -> A { if let Some(1) = x {} while y {} }"), ["y -> false"]);
        assert_eq!(changes("fn f() -> A { if !y {} }"), ["!y -> true", "!y -> false", "!y -> y"]);
        assert_eq!(changes("fn f() -> A { if y == z {} }"), ["y == z -> true", "y == z -> false", "y == z -> y != z"]);
    }

    #[test]
    fn bodies_texts_and_ranges() {
        assert_eq!(changes("fn f() -> bool { x }"), ["{body} -> true", "{body} -> false"]);
        assert_eq!(changes("fn f() -> Option<u8> { None }"), [""; 0]);
        assert_eq!(changes("fn f() { go() }"), ["{body} -> ()"]);
        assert_eq!(changes("fn f() -> A { x[..n] }"), ["n -> (n).saturating_sub(1)"]);
        assert_eq!(changes("fn f() -> A { get(\"Name\") }"), ["\"Name\" -> \"NameX\""]);
        assert_eq!(changes("fn f() -> A { x -= y; }"), ["x -= y; -> (deleted)", "x -= y -> x += y"]);
        assert_eq!(changes("fn f() -> A { x.is_some() }"), ["x.is_some() -> x.is_none()"]);
        assert_eq!(changes("fn f() -> A { matches!(x, 1) }"), ["matches!(x, 1) -> !matches!(x, 1)"]);
    }

    #[test]
    fn what_is_left_alone() {
        for text in [
            "const A: usize = 1 + 1;",
            "static A: [u8; 2] = [0; 2];",
            "const fn f() -> usize { 1 + 1 }",
            "unsafe fn f() -> usize { 1 + 1 }",
            "fn f() -> A { unsafe { 1 + 1 } }",
            "fn f() -> A { debug_assert!(a < 1) }",
            "#[cfg(test)] mod tests { fn f() -> usize { 1 } }",
            "#[cfg(not(feature = \"simd\"))] fn f() -> usize { 1 }",
            "impl fmt::Debug for A { fn fmt(&self) -> bool { 1 < 2 } }",
            "impl Visitor for A { fn expecting(&self) -> fmt::Result { f.write_str(\"word\") } }",
            "#[doc = \"text\"] fn f(a: [u8; 2]) -> A<1> { let [b, ..] = a else { return g::<1>() }; b }",
            "enum A { B = 1 }",
            "fn check(&self) { if cfg!(debug_assertions) { self.look(1); } }",
            "fn check(&self) { let a = self.a; debug_assert!(a < 1); self.check(1); a.check(); }",
            "fn f() -> A { #[cfg(test)] count(1 + 1); #[cfg(test)] STEPS.set(1 + 1); count(|steps| steps.a += 1); a }",
            "#[cfg(debug_assertions)] fn check(&self) { self.look(1); }",
        ] {
            assert_eq!(changes(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn modules_of_other_builds_are_left_out() {
        let this = std::env::consts::ARCH;
        let text = format!(
            "#[cfg(target_arch = \"none\")] mod a; #[cfg(all(x, target_arch = \"{this}\"))] mod b;
             #[cfg(test)] mod tests; mod c; #[cfg(test)] mod d {{}}"
        );
        let left_out = |file: &str| left_out_modules(file, &parsed(file, &text).expect("a file that parses"));
        assert_eq!(left_out("src/k/mod.rs"), ["src/k/a", "src/k/tests"]);
        assert_eq!(left_out("src/k.rs"), ["src/k/a", "src/k/tests"]);
        assert_eq!(left_out("src/lib.rs"), ["src/a", "src/tests"]);
    }

    #[test]
    fn places_are_bytes_and_lines() {
        let text = "// ä\nfn f() -> A {\n    \"ü\" ;\n    a && b\n}\n";
        let found = of_file("src/wire/a.rs", text).expect("a file that parses");
        let one = found.last().expect("a change");
        assert_eq!((&text[one.range.clone()], one.line, one.function.as_str()), ("a && b", 4, "f"));
        assert_eq!(one.module(), "wire");
        let within = |place: &str| one.is_in(&[place.to_owned()]);
        assert!(within("src") && within("src/wire/") && within("src/wire/a.rs") && within("src/wire/a.rs:4"));
        assert!(!within("src/wi") && !within("src/wire/a.rs:3"));
    }
}
