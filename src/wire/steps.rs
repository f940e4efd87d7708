//! Counts the work of reading frames, so that this crate's own tests can bound it. Elsewhere nothing is counted.

/// What was done since the thread began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Steps {
    /// Calls that looked at more than a few new bytes.
    pub(super) scans: usize,
    /// Blocks masked, short ones too.
    pub(super) blocks: usize,
    /// Offsets written into the index.
    pub(super) marks: usize,
    /// Bytes searched for the end of the stream's first line.
    pub(super) searched: usize,
    /// Lines of frames gone over.
    pub(super) lines: usize,
}

#[cfg(test)]
std::thread_local! {
    static STEPS: core::cell::Cell<Steps> = core::cell::Cell::default();
}

#[cfg(test)]
pub(super) fn count(step: impl FnOnce(&mut Steps)) {
    let mut steps = STEPS.get();
    step(&mut steps);
    STEPS.set(steps);
}

#[cfg(not(test))]
#[inline(always)]
pub(super) fn count(_: impl FnOnce(&mut Steps)) {}

/// What `run` took.
#[cfg(test)]
pub(super) fn steps(run: impl FnOnce()) -> Steps {
    STEPS.take();
    run();
    STEPS.take()
}
