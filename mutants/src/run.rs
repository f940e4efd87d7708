//! Runs the tests: each alone to learn what it reaches, then for each mutant those that reach it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Fallible;
use crate::build::Cargo;
use crate::sites::Candidate;

/// A mutant may hold this much address space (KiB); one that fills memory is caught by it.
const MEMORY: u64 = 4 << 20;

/// What became of a mutant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// This test failed.
    Caught(String),
    /// The tests did not end.
    TimedOut,
    /// All tests that reach it pass.
    Missed,
    /// No test reaches it.
    Unreached,
}

/// The tests, and what each of them reaches.
#[derive(Debug)]
pub(crate) struct Runner {
    programs: Vec<PathBuf>,
    folder: PathBuf,
    timeout: u64,
    tests: Vec<Test>,
    /// Tests that fail without a mutant.
    red: Vec<String>,
    /// By candidate: the tests that reach it, the quickest first.
    reached_by: Vec<Vec<usize>>,
}

#[derive(Debug)]
struct Test {
    program: usize,
    name: String,
    /// How long it takes alone and without a mutant.
    time: Duration,
}

#[derive(Debug)]
enum Ending {
    Passed,
    /// By the names of the first that failed.
    Failed(String),
    TimedOut,
}

impl Runner {
    /// Runs every test of `programs` once, in `folder`, without a mutant.
    pub(crate) fn new(
        programs: Vec<PathBuf>,
        folder: &Path,
        scratch: &Path,
        candidates: usize,
        timeout: u64,
    ) -> Fallible<Self> {
        let mut runner = Self {
            programs,
            folder: folder.into(),
            timeout,
            tests: Vec::new(),
            red: Vec::new(),
            reached_by: vec![Vec::new(); candidates],
        };
        let notes = scratch.join("reached.txt");
        let mut reached = Vec::new();
        for program in 0..runner.programs.len() {
            for name in runner.list(program)? {
                let _ = std::fs::remove_file(&notes);
                let start = Instant::now();
                let ending = runner.run(program, &[&name], 600, |command| command.env("MUTANT_REACHED", &notes))?;
                if !matches!(ending, Ending::Passed) {
                    eprintln!("{name} does not pass without a mutant: {ending:?}");
                    runner.red.push(name);
                    continue;
                }
                let test = runner.tests.len();
                runner.tests.push(Test { program, name, time: start.elapsed() });
                let notes = std::fs::read_to_string(&notes).unwrap_or_default();
                reached.extend(notes.lines().filter_map(|id| Some((id.parse::<usize>().ok()?, test))));
            }
        }
        reached.sort_by_key(|&(id, test)| (id, runner.tests[test].time));
        for (id, test) in reached {
            if let Some(tests) = runner.reached_by.get_mut(id) {
                tests.push(test);
            }
        }
        eprintln!("{} tests pass without a mutant, in {:.0} s", runner.tests.len(), runner.time().as_secs_f64());
        Ok(runner)
    }

    /// What all tests take without a mutant.
    pub(crate) fn time(&self) -> Duration {
        self.tests.iter().map(|test| test.time).sum()
    }

    /// How many tests there are.
    pub(crate) fn tests(&self) -> usize {
        self.tests.len()
    }

    /// Tests that fail without a mutant; they are left out.
    pub(crate) fn red(&self) -> &[String] {
        &self.red
    }

    /// How many tests reach this candidate, if its switch is in the build.
    pub(crate) fn reaching(&self, id: usize) -> usize {
        self.reached_by[id].len()
    }

    /// Runs every one of `ids`, `jobs` side by side.
    pub(crate) fn run_all(&self, all: &[Candidate], ids: &[usize], jobs: usize) -> Fallible<BTreeMap<usize, Outcome>> {
        let next = AtomicUsize::new(0);
        let work = || -> Fallible<_> {
            let mut outcomes = BTreeMap::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(&id) = ids.get(place) else { return Ok(outcomes) };
                let outcome = self.mutant(id)?;
                eprintln!("[{}/{}] {}: {outcome:?}", place + 1, ids.len(), all[id]);
                outcomes.insert(id, outcome);
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(work)).collect();
            let mut outcomes = BTreeMap::new();
            for worker in workers {
                outcomes.extend(worker.join().map_err(|_| "a worker panicked")??);
            }
            Ok(outcomes)
        })
    }

    fn mutant(&self, id: usize) -> Fallible<Outcome> {
        let mut rest = self.reached_by[id].as_slice();
        if rest.is_empty() {
            return Ok(Outcome::Unreached);
        }
        // Few and quick tests at first: most mutants end there.
        let mut budget = Duration::from_millis(200);
        while !rest.is_empty() {
            let mut time = Duration::ZERO;
            let fitting = rest.iter().take_while(|&&test| {
                time += self.tests[test].time;
                time <= budget
            });
            let (batch, after) = rest.split_at(fitting.count().max(1));
            for program in 0..self.programs.len() {
                let tests = batch.iter().map(|&test| &self.tests[test]).filter(|test| test.program == program);
                let names: Vec<&str> = tests.clone().map(|test| test.name.as_str()).collect();
                if names.is_empty() {
                    continue;
                }
                let usual: Duration = tests.map(|test| test.time).sum();
                let limit = self.timeout + 5 * usual.as_secs();
                match self.run(program, &names, limit, |command| command.env("MUTANT", id.to_string()))? {
                    Ending::Passed => {}
                    Ending::Failed(test) => return Ok(Outcome::Caught(test)),
                    Ending::TimedOut => return Ok(Outcome::TimedOut),
                }
            }
            rest = after;
            budget *= 4;
        }
        Ok(Outcome::Missed)
    }

    fn list(&self, program: usize) -> Fallible<Vec<String>> {
        let path = &self.programs[program];
        let output = Command::new(path).args(["--list", "--format", "terse"]).current_dir(&self.folder).output();
        let output = output.map_err(|error| format!("{}: {error}", path.display()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(String::from).collect())
    }

    /// Runs these tests one after another; `limit` is in seconds of CPU.
    fn run(
        &self,
        program: usize,
        names: &[&str],
        limit: u64,
        with: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Fallible<Ending> {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -S -t {limit}; ulimit -v {MEMORY} 2>/dev/null; exec \"$@\""), "sh"])
            .arg(&self.programs[program])
            .args(["--exact", "--test-threads=1"])
            .args(names)
            .current_dir(&self.folder)
            // The same cases each time; the smallest one that fails is of no interest.
            .envs([("PROPTEST_RNG_SEED", "1"), ("PROPTEST_MAX_SHRINK_ITERS", "0")])
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = with(&mut command).spawn().map_err(|error| format!("sh: {error}"))?;
        let stdout = child.stdout.take();
        let reader = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stdout.map(|mut stdout| std::io::Read::read_to_end(&mut stdout, &mut text));
            text
        });
        // One that sleeps uses no CPU; the machine may be busy with other things.
        let status = wait(&mut child, Duration::from_secs(60 + 6 * limit));
        let text = reader.join().unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        Ok(match status {
            None => Ending::TimedOut,
            Some(status) if status.success() => Ending::Passed,
            Some(status) if used_up(status) => Ending::TimedOut,
            Some(_) => {
                let started = text.lines().filter_map(|line| line.strip_prefix("test "));
                let failed = started.clone().find_map(|line| line.strip_suffix(" ... FAILED"));
                // An abort leaves the line of its test unfinished.
                let last = || started.clone().next_back().and_then(|line| line.split(" ... ").next());
                Ending::Failed(failed.or_else(last).unwrap_or("?").into())
            }
        })
    }
}

/// Waits for its end; kills it when the time is over.
fn wait(child: &mut Child, limit: Duration) -> Option<std::process::ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(500);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if start.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ended by SIGXCPU.
#[cfg(unix)]
fn used_up(status: std::process::ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(24)
}

#[cfg(not(unix))]
fn used_up(_: std::process::ExitStatus) -> bool {
    false
}

/// Runs the documentation's examples for what the other tests let live.
pub(crate) fn doc_tests(cargo: &Cargo, all: &[Candidate], outcomes: &mut BTreeMap<usize, Outcome>) -> Fallible<()> {
    if !cargo.doc_tests(None)? {
        return Err("the documentation's examples do not pass without a mutant".into());
    }
    for (&id, outcome) in outcomes.iter_mut() {
        if matches!(outcome, Outcome::Missed | Outcome::Unreached) && !cargo.doc_tests(Some(id))? {
            eprintln!("{}: caught by the documentation's examples", all[id]);
            *outcome = Outcome::Caught("documentation".into());
        }
    }
    Ok(())
}
