// Every conference command: its name and its builder.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

names! {
    Nothing = "nothing",
    SomeThing = "some-thing",
}

/// Does \<some\>thing.
///
/// Sub-command `some-thing`. For a conference, or for the whole server.
#[doc(alias = "some-thing")]
#[derive(Clone)]
#[must_use = "a command does nothing until it is sent"]
pub struct SomeThing<'a>(Args<'a>);

command!(SomeThing<'_>, SomeThing);

impl<'a> SomeThing<'a> {
    const SLOTS: &'static [Slot] =
        &[Slot::new("member"), Slot::new("two words"), Slot::new("loop").after(1), Slot::new("alone").without(2)];

    /// The command with what it needs.
    pub fn new(member: impl Into<Target<'a>>) -> Self {
        let args = Args::new("some-thing", On::Any, Self::SLOTS);
        let args = args.set(0, Argument::Target(member.into()));
        Self(args)
    }

    /// A word.
    #[doc(alias = "two words")]
    pub fn two_words(self, value: &'a str) -> Self {
        Self(self.0.set(1, Argument::Word(value)))
    }

    /// More of it.
    #[doc(alias = "loop")]
    pub fn again(self) -> Self {
        Self(self.0.set(2, Argument::Known("loop")))
    }

    /// Without more.
    pub fn alone(self) -> Self {
        Self(self.0.set(3, Argument::Known("alone")))
    }
}

/// Does something else.
///
/// Sub-command `some-thing else`. For the whole server.
#[doc(alias = "some-thing else")]
#[derive(Clone)]
#[must_use = "a command does nothing until it is sent"]
pub struct SomeThingElse<'a>(Args<'a>);

command!(SomeThingElse<'_>, SomeThing);

impl<'a> SomeThingElse<'a> {
    const SLOTS: &'static [Slot] =
        &[Slot::new("how").secret(), Slot::new("file").instead("none").not(&["on", "off"]), Slot::new("last").after(1)];

    /// The command with what it needs.
    pub fn new(how: i32) -> Self {
        let args = Args::new("some-thing else", On::Server, Self::SLOTS);
        let args = args.set(0, Argument::Number(how.into()));
        Self(args)
    }

    /// A file.
    pub fn file(self, value: &'a str) -> Self {
        Self(self.0.set(1, Argument::Word(value)))
    }

    /// The last word.
    pub fn last(self, value: &'a str) -> Self {
        Self(self.0.set(2, Argument::Word(value)))
    }
}

/// Does nothing.
///
/// Sub-command `nothing`.
#[derive(Clone)]
#[must_use = "a command does nothing until it is sent"]
pub struct Nothing(Args<'static>);

command!(Nothing, Nothing);

impl Nothing {
    /// The command, with nothing set.
    pub fn new() -> Self {
        Self(Args::new("nothing", On::Conference, &[]))
    }
}

/// Does nothing more.
///
/// Sub-command `nothing`.
#[doc(alias = "nothing")]
#[derive(Clone)]
#[must_use = "a command does nothing until it is sent"]
pub struct NothingMore(Args<'static>);

command!(NothingMore, Nothing);

impl NothingMore {
    /// The command, with nothing set.
    pub fn new() -> Self {
        Self(Args::new("nothing", On::Conference, &[]))
    }
}
