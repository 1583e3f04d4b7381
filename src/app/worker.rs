//! A room for jobs that strangers wrote: a process of its own, which can be killed and cannot
//! take more memory than it was given.
//!
//! [`Workers::run`] starts this program again as a worker, hands it a job and takes what it sends
//! back; [`serve`] is the worker's end. A worker has nothing of our environment, no file of ours
//! open, the lowest say over the processor, and may write to no file; what it may read it is told
//! in its input. Its memory and its processor time are capped by the system, the clock is watched
//! from outside, and it ends when whoever asked for it leaves or this process ends. What it sends
//! waits in the pipe until it is taken, and then the worker waits.
//!
//! *To add a job*: a row in `JOBS` (`src/commands/worker.rs`), and a function that reads its
//! input and sends its output. What it sends first should say what became of it: who is killed
//! says nothing more.

use rlimit::Resource;
use rustix::process::{Signal, nice, set_parent_process_death_signal};
use serde::{Deserialize, Serialize};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The subcommand that makes this program a worker.
pub const SUBCOMMAND: &str = "worker";

/// What a worker may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    pub memory_bytes: u64,
    /// By the clock, and of the processor.
    pub time: Duration,
    /// What it may send back.
    pub output_bytes: u64,
}

/// Why a job came to no end.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("the job took too long")]
    Time,
    #[error("the job needed too much memory")]
    Memory,
    #[error("the job had too much to say")]
    Output,
    #[error("nobody wants the job done any more")]
    Unwanted,
    /// Whoever takes what the job sends has failed.
    #[error("what the job sent could not be taken: {0}")]
    Taking(io::Error),
    /// A defect of ours, or no process could be started.
    #[error("the worker failed: {0}")]
    Failed(String),
}

/// How workers are started.
#[derive(Clone, Debug)]
pub struct Workers {
    program: PathBuf,
}

impl Default for Workers {
    fn default() -> Self {
        // The running program even when its file has been replaced by a newer one.
        let running = PathBuf::from("/proc/self/exe");
        Self {
            program: if running.exists() {
                running
            } else {
                std::env::current_exe().unwrap_or_else(|_| PathBuf::from("affiche"))
            },
        }
    }
}

impl Workers {
    /// Workers that are started from another file; a test is not this program.
    pub fn of(program: PathBuf) -> Self {
        Self { program }
    }
}

/// What stands before a job's own input.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    job: String,
    memory_bytes: u64,
    seconds: u64,
}

/// The kind of the last message; a job's own kinds are others.
const END: u8 = 0;
/// How often it is looked whether the worker is still wanted.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How much of a worker's complaints is kept.
const COMPLAINT_BYTES: usize = 4096;
/// The largest part of an input that is read at once.
const LARGEST_INPUT: u64 = 1 << 40;
/// What a program needs as address space before it does anything: itself, and what is set aside
/// for threads and never touched.
const ADDRESS_SPACE_BYTES: u64 = 1 << 30;
/// How far a worker gives way. Not as far as it goes: beside a program that never rests it would
/// get a seventieth of the processor, and reach its time limit having done nothing.
const NICE: i32 = 10;
/// What a job needs that opens no file of its own.
pub const PIPES_ONLY: u64 = 32;

/// Why a worker was ended from outside, as it stands in an [`AtomicU8`].
const RUNNING: u8 = 0;
const TOO_LATE: u8 = 1;
const UNWANTED: u8 = 2;

impl Workers {
    /// Has a worker do a job: hands it the parts of its input and gives each message that comes
    /// back, with its kind, to `take`. Returns when the worker has ended, whichever way.
    ///
    /// # Errors
    /// When a cap was reached, `is_unwanted` said yes, or `take` or the worker failed.
    pub fn run(
        &self,
        job: &str,
        input: &[&[u8]],
        caps: Caps,
        is_unwanted: &(dyn Fn() -> bool + Sync),
        take: &mut dyn FnMut(u8, &[u8]) -> io::Result<()>,
    ) -> Result<(), WorkerError> {
        let deadline = Instant::now() + caps.time;
        let head = Head {
            job: job.to_owned(),
            memory_bytes: caps.memory_bytes,
            seconds: caps.time.as_secs().saturating_add(1),
        };
        let head = serde_json::to_vec(&head).map_err(|error| failed(error.into()))?;
        let mut child = Command::new(&self.program)
            .arg0("affiche")
            .arg(SUBCOMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let child = Ended(Mutex::new(child));
        let (Some(mut stdin), Some(stdout), Some(mut stderr)) = pipes else {
            return Err(WorkerError::Failed("it has no pipes".to_owned()));
        };
        let why = AtomicU8::new(RUNNING);
        let (has_ended, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let parts = std::iter::once(&head[..]).chain(input.iter().copied());
                for part in parts {
                    // A worker that has ended takes no more; how it ended is known below.
                    if send_part(&mut stdin, part).is_err() {
                        return;
                    }
                }
                drop(stdin);
            });
            let complaints = scope.spawn(move || {
                let mut kept = Vec::new();
                let _ = (&mut stderr)
                    .take(COMPLAINT_BYTES as u64)
                    .read_to_end(&mut kept);
                let _ = io::copy(&mut stderr, &mut io::sink());
                String::from_utf8_lossy(&kept).into_owned()
            });
            let (child, why) = (&child, &why);
            scope.spawn(move || watch(child, &ended, deadline, is_unwanted, why));
            let outcome = receive(stdout, caps.output_bytes, take);
            if !matches!(outcome, Ok(false)) {
                // It has said all that it had to say, or nobody listens.
                child.kill();
            }
            let status = child.wait();
            drop(has_ended);
            let complaint = complaints.join().unwrap_or_default();
            match outcome {
                Ok(true) => Ok(()),
                Err(error) => Err(error),
                Ok(false) => Err(match why.load(Ordering::Acquire) {
                    TOO_LATE => WorkerError::Time,
                    UNWANTED => WorkerError::Unwanted,
                    _ => why_it_ended(&status.map_err(failed)?, &complaint),
                }),
            }
        })
    }
}

fn failed(error: io::Error) -> WorkerError {
    WorkerError::Failed(error.to_string())
}

/// What the system's own word says about a worker that ended without its last message.
fn why_it_ended(status: &std::process::ExitStatus, complaint: &str) -> WorkerError {
    let signal = status.signal();
    if signal == Some(Signal::XCPU.as_raw()) {
        WorkerError::Time
    } else if is_for_memory(complaint) || signal == Some(Signal::KILL.as_raw()) {
        // Nobody but the system kills it here, and that for want of memory.
        WorkerError::Memory
    } else {
        WorkerError::Failed(format!("{status}: {}", complaint.trim()))
    }
}

/// Whether a process that gave up did so for want of memory: our own code, or the storage's, which
/// is C++ and at times has not even the memory to say so.
fn is_for_memory(complaint: &str) -> bool {
    ["memory allocation of", "bad_alloc", "terminate called"]
        .iter()
        .any(|words| complaint.contains(words))
}

/// A child that is killed and waited for at the latest when this goes.
struct Ended(Mutex<Child>);

impl Ended {
    fn kill(&self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
    }

    /// Waits without keeping others from killing it.
    fn wait(&self) -> io::Result<std::process::ExitStatus> {
        loop {
            let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            drop(child);
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.kill();
        let _ = self.wait();
    }
}

fn watch(
    child: &Ended,
    ended: &mpsc::Receiver<()>,
    deadline: Instant,
    is_unwanted: &(dyn Fn() -> bool + Sync),
    why: &AtomicU8,
) {
    while ended.recv_timeout(LOOK_AGAIN) == Err(RecvTimeoutError::Timeout) {
        let reason = if is_unwanted() {
            UNWANTED
        } else if Instant::now() >= deadline {
            TOO_LATE
        } else {
            continue;
        };
        why.store(reason, Ordering::Release);
        child.kill();
        return;
    }
}

/// Takes all messages; `false` when they ended before the last one.
fn receive(
    stdout: impl Read,
    output_bytes: u64,
    take: &mut dyn FnMut(u8, &[u8]) -> io::Result<()>,
) -> Result<bool, WorkerError> {
    let mut stdout = BufReader::new(stdout);
    let mut left = output_bytes;
    let mut message = Vec::new();
    loop {
        let mut head = [0; 9];
        if stdout.read_exact(&mut head).is_err() {
            return Ok(false);
        }
        let [kind, length @ ..] = head;
        if kind == END {
            return Ok(true);
        }
        let length = u64::from_be_bytes(length);
        left = left.checked_sub(length).ok_or(WorkerError::Output)?;
        message.clear();
        match (&mut stdout).take(length).read_to_end(&mut message) {
            Ok(read) if read as u64 == length => {}
            _ => return Ok(false),
        }
        take(kind, &message).map_err(WorkerError::Taking)?;
    }
}

fn send_part(out: &mut impl Write, part: &[u8]) -> io::Result<()> {
    out.write_all(&(part.len() as u64).to_be_bytes())?;
    out.write_all(part)
}

// ── The worker's end ─────────────────────────────────────────────────────────────────────────

/// A job that workers do.
pub struct Job {
    pub name: &'static str,
    /// How many files it may have open, its pipes among them.
    pub open_files: u64,
    pub run: fn(&mut Input, &mut Output) -> io::Result<()>,
}

/// The parts of a job's input.
pub struct Input(BufReader<io::Stdin>);

impl Input {
    /// The next part.
    ///
    /// # Errors
    /// When there is none, or no room for it.
    pub fn part(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 8];
        self.0.read_exact(&mut length)?;
        let length = u64::from_be_bytes(length);
        if length > LARGEST_INPUT {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut part = Vec::new();
        (&mut self.0).take(length).read_to_end(&mut part)?;
        if (part.len() as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(part)
    }
}

/// Where a job sends its messages.
pub struct Output(BufWriter<io::Stdout>);

impl Output {
    /// Sends a message of one of the job's own kinds.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn send(&mut self, kind: u8, message: &[u8]) -> io::Result<()> {
        debug_assert_ne!(kind, END, "the last message is not the job's to send");
        self.0.write_all(&[kind])?;
        send_part(&mut self.0, message)
    }

    /// Sends what waits to be sent.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn end(mut self) -> io::Result<()> {
        self.0.write_all(&[END; 9])?;
        self.0.flush()
    }
}

/// Does the one job that comes on the standard input, within its caps.
///
/// # Errors
/// When no job comes, the caps cannot be set, or the job fails.
pub fn serve(jobs: &[Job]) -> io::Result<()> {
    let mut input = Input(BufReader::new(io::stdin()));
    let head: Head = serde_json::from_slice(&input.part()?)?;
    let job = jobs.iter().find(|job| job.name == head.job);
    let job = job.ok_or_else(|| io::Error::other("there is no such job"))?;
    confine(&head, job)?;
    let mut output = Output(BufWriter::new(io::stdout()));
    (job.run)(&mut input, &mut output)?;
    output.end()
}

/// Gives up what the job must not have.
fn confine(head: &Head, job: &Job) -> io::Result<()> {
    let set = |resource: Resource, most: u64| resource.set(most, most);
    set(Resource::CORE, 0)?;
    set(Resource::FSIZE, 0)?;
    set(Resource::NOFILE, job.open_files)?;
    set(Resource::CPU, head.seconds)?;
    set(Resource::DATA, head.memory_bytes)?;
    // Where the system counts only the heap as data, this is what holds.
    let space = head.memory_bytes.saturating_add(ADDRESS_SPACE_BYTES);
    set(Resource::AS, space)?;
    // These make it polite; without them it is confined all the same.
    let _ = nice(NICE);
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    Ok(())
}
