//! Counts work, so that this crate's own tests can bound it. Other builds count nothing.

/// Work done since the thread began.
#[derive(Clone, Copy, Debug, Default)]
#[allow(dead_code, reason = "what is counted depends on the features")]
pub(crate) struct Steps {
    /// Calls that looked at more than a few new bytes.
    pub(crate) scans: usize,
    /// Blocks masked, including short ones.
    pub(crate) blocks: usize,
    /// Offsets written into the index.
    pub(crate) marks: usize,
    /// Bytes searched for the end of the stream's first line.
    pub(crate) searched: usize,
    /// Lines of frames visited.
    pub(crate) lines: usize,
    /// Requests in flight and deadlines looked at.
    pub(crate) looked: usize,
    /// Texts of calls and of the mirror that were compared or read.
    pub(crate) texts: usize,
    /// Elements moved from one call into another, or taken out at a limit.
    pub(crate) moved: usize,
    /// Beginnings and ends of talks recorded in the story of a call.
    pub(crate) told: usize,
    /// Bytes of a contact's tags that were compared.
    pub(crate) compared: usize,
}

#[cfg(test)]
std::thread_local! {
    static STEPS: core::cell::Cell<Steps> = core::cell::Cell::default();
}

#[cfg(test)]
pub(crate) fn count(step: impl FnOnce(&mut Steps)) {
    let mut steps = STEPS.get();
    step(&mut steps);
    STEPS.set(steps);
}

#[cfg(not(test))]
#[inline(always)]
pub(crate) fn count(_: impl FnOnce(&mut Steps)) {}

/// Returns the work that `run` does.
#[cfg(test)]
pub(crate) fn steps(run: impl FnOnce()) -> Steps {
    STEPS.take();
    run();
    STEPS.take()
}
