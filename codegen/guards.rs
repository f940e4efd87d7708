//! The ways in which servers read more than a value in a parameter that is meant as one.

/// A way, which the row of a parameter names with `guard=`; the builder refuses its characters.
pub struct Guard {
    /// The word in the tables.
    pub word: &'static str,
    /// The characters at which the server does it; all ASCII.
    pub refused: &'static str,
    /// Set where round brackets are refused as well that don't close.
    pub paired: bool,
    /// The numbered parameter of the same number that has to have this value, the case of letters
    /// apart.
    pub only: Option<(&'static str, &'static str)>,
    /// Names the meaning that the server gives such a character.
    pub means: &'static str,
    /// Says what the server does with the parameter.
    pub server: &'static str,
    /// A value of which it reads more.
    pub example: &'static str,
}

/// All of them. The facts are those of Asterisk's sources, in the file that each names.
pub const GUARDS: [Guard; 12] = [
    // main/app.c, __ast_app_separate_args; apps/app_mixmonitor.c, apps/app_confbridge.c.
    Guard {
        word: "arguments",
        refused: ",\"\\()[]",
        paired: false,
        only: None,
        means: "syntax of a list of arguments, the last of which is a command",
        server: "joins it with options and a command for the shell, and splits that at commas",
        example: "a.wav,,id",
    },
    // The same, but with brackets of its own.
    Guard {
        word: "options",
        refused: ",\"\\[]",
        paired: true,
        only: None,
        means: "syntax of a list of arguments, the last of which is a command",
        server: "joins it with a command for the shell, and splits that at commas",
        example: "b,id",
    },
    // res/res_monitor.c, ast_monitor_stop.
    Guard {
        word: "shell",
        refused: "\"$\\`",
        paired: false,
        only: None,
        means: "syntax of the shell",
        server: "writes it between double quotes into a line for the shell, where `Mix` is set",
        example: "$(id)",
    },
    // apps/app_queue.c, dump_queue_members and reload_queue_members.
    Guard {
        word: "members",
        refused: ",;|",
        paired: false,
        only: None,
        means: "the end of one of a member's fields, or of a member",
        server: "stores it between semicolons and bars, and adds what members it reads there when it starts",
        example: "a|PJSIP/9;0;0",
    },
    // main/logger.c, ast_queue_log.
    Guard {
        word: "log",
        refused: "|",
        paired: false,
        only: None,
        means: "the end of a field of the log",
        server: "writes it between bars into the queue log",
        example: "a|ABANDON|1",
    },
    // main/db.c, deltree_stmt: SQL's LIKE without an escape, from 10 to 23 at least.
    Guard {
        word: "pattern",
        refused: "%_",
        paired: false,
        only: None,
        means: "any text (`%`) or any character (`_`)",
        server: "deletes what matches it: `%` is any text, `_` any character",
        example: "a_b",
    },
    // The same of gettree_stmt. Families have `_` in their names, and an entry comes with its key.
    Guard {
        word: "listing",
        refused: "%",
        paired: false,
        only: None,
        means: "any text",
        server: "lists what matches it: `%` is any text",
        example: "%",
    },
    // main/config.c, process_text_line and ast_config_text_file_save2.
    Guard {
        word: "category",
        refused: "];",
        paired: false,
        only: None,
        means: "the end of a category's name",
        server: "writes it between brackets into a file that it reads again: templates follow",
        example: "a](!)",
    },
    // main/manager.c, handle_updates.
    Guard {
        word: "new-category",
        refused: "];",
        paired: false,
        only: Some(("Action-{i:6}", "RenameCat")),
        means: "the end of a category's name",
        server: "writes it, where it is a category's new name, between brackets into a file that it reads again",
        example: "a](!)",
    },
    // main/config.c again; `#exec` runs a command where `execincludes` is set.
    Guard {
        word: "setting",
        refused: "#;=[",
        paired: false,
        only: None,
        means: "the beginning or end of something other than a name",
        server: "writes it at the start of a line of a file that it reads again: `#exec` runs a command",
        example: "#exec",
    },
    // main/config.c and main/loader.c.
    Guard {
        word: "name",
        refused: "/",
        paired: false,
        only: None,
        means: "a folder",
        server: "takes it for the path to a file",
        example: "../a",
    },
    // apps/app_voicemail.c, inboxcount2 and __has_voicemail.
    Guard {
        word: "mailbox",
        refused: " ,&/",
        paired: false,
        only: None,
        means: "the end of a mailbox's name or a folder",
        server: "adds up those of several mailboxes, and takes each for a folder's name",
        example: "1,2",
    },
];

/// Returns the guard of this word.
pub fn find(word: &str) -> Option<&'static Guard> {
    GUARDS.iter().find(|guard| guard.word == word)
}

/// A server's use of a parameter whose purpose that is, and a value that shows it.
#[derive(Clone)]
pub struct Means {
    pub server: Box<str>,
    pub example: Box<str>,
}

/// Returns it of `means="SERVER; EXAMPLE"`.
pub fn means(value: &str) -> Option<Means> {
    let (server, example) = value.strip_prefix('"')?.strip_suffix('"')?.rsplit_once("; ")?;
    let whole = !server.trim().is_empty() && !example.trim().is_empty();
    whole.then(|| Means { server: server.into(), example: example.into() })
}
