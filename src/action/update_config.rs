//! The edits of `UpdateConfig`, numbered as the server wants them.

use super::{Arg, UpdateConfig};

impl<'a> UpdateConfig<'a> {
    /// Returns the number of the next edit: the server stops at the first one that is missing.
    fn next(&self) -> u32 {
        self.0.next_number("Action-{i:6}")
    }

    /// Adds a category.
    ///
    /// ```
    /// use ami_proto::action::{Action, UpdateConfig};
    ///
    /// let mut out = Vec::new();
    /// UpdateConfig::new("queues.conf", "queues.conf")
    ///     .new_category("support")
    ///     .append("support", "strategy", "ringall")
    ///     .update("general", "autofill", "no")
    ///     .delete("general", "shared_lastcall")
    ///     .encode(None, &mut out)?;
    /// let text = String::from_utf8(out).unwrap();
    /// assert!(text.contains("Action-000001: Append\r\nCat-000001: support\r\nVar-000001: strategy\r\nValue-000001: ringall\r\n"));
    /// # Ok::<(), ami_proto::EncodeError>(())
    /// ```
    pub fn new_category(self, category: impl Into<Arg<'a>>) -> Self {
        self.step("NewCat", category)
    }

    /// Gives a category another name. One that would be read back as more than a name is refused,
    /// as for any category: see [`cat`](Self::cat).
    pub fn rename_category(self, category: impl Into<Arg<'a>>, name: impl Into<Arg<'a>>) -> Self {
        let number = self.next();
        self.step("RenameCat", category).value(number, name)
    }

    /// Removes a category with all its lines.
    pub fn delete_category(self, category: impl Into<Arg<'a>>) -> Self {
        self.step("DelCat", category)
    }

    /// Removes all lines of a category.
    pub fn empty_category(self, category: impl Into<Arg<'a>>) -> Self {
        self.step("EmptyCat", category)
    }

    /// Adds a line at the end of a category. A value that begins with `>` writes `=>`.
    pub fn append(self, category: impl Into<Arg<'a>>, name: impl Into<Arg<'a>>, value: impl Into<Arg<'a>>) -> Self {
        let number = self.next();
        self.step("Append", category).var(number, name).value(number, value)
    }

    /// Changes the value of a line.
    pub fn update(self, category: impl Into<Arg<'a>>, name: impl Into<Arg<'a>>, value: impl Into<Arg<'a>>) -> Self {
        let number = self.next();
        self.step("Update", category).var(number, name).value(number, value)
    }

    /// Removes the line of this name.
    pub fn delete(self, category: impl Into<Arg<'a>>, name: impl Into<Arg<'a>>) -> Self {
        let number = self.next();
        self.step("Delete", category).var(number, name)
    }

    /// Puts a line before the one of this number, from 0, in its category.
    pub fn insert(
        self,
        category: impl Into<Arg<'a>>,
        before: u64,
        name: impl Into<Arg<'a>>,
        value: impl Into<Arg<'a>>,
    ) -> Self {
        let number = self.next();
        self.step("Insert", category).var(number, name).value(number, value).line(number, before)
    }

    fn step(self, edit: &'static str, category: impl Into<Arg<'a>>) -> Self {
        let number = self.next();
        self.edit(number, edit).cat(number, category)
    }
}
