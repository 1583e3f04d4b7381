//! Commands while the server runs. The server listens on a socket in its data folder that only
//! its user may use; a command that finds the folder in use hands itself over to it, and the
//! server runs it over the folder that it has open.
//!
//! What is sent is frames: a byte that says what it is, the length of its content (64 bits, big
//! endian), the content. The command sends its language and arguments; then the server sends
//! output, asks for files, and sends the exit code. Files stay with whoever may read them: the
//! server gets the bytes of those that stand in the arguments, and of no others.

use super::console::{self, Console};
use super::{dispatch, tell};
use crate::app::{App, private};
use crate::cli::{Cli, Command};
use crate::model::Lang;
use clap::Parser as _;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write};
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

const SOCKET: &str = "control.sock";
/// The longest path that a socket's address takes on every system.
const ADDRESS_BYTES: usize = 100;
/// Commands that run at the same time.
const CONNECTIONS: usize = 16;
/// How long the server waits for what it asked for, and for its output to be taken.
const PATIENCE: Duration = Duration::from_secs(60);
/// The stack of a command's thread: as much as the main thread's of other programs, several times.
const STACK_BYTES: usize = 64 << 20;
/// All arguments together; systems allow a few megabytes.
const ARGUMENTS_BYTES: u64 = 4 << 20;
const CHUNK_BYTES: usize = 64 << 10;

const ARGUMENTS: u8 = b'a';
const BYTES: u8 = b'b';
const FAULT: u8 = b'f';
const OUT: u8 = b'o';
const ERR: u8 = b'e';
const READ: u8 = b'r';
const END: u8 = b'x';

/// Whether a running server takes this command.
pub fn is_served(command: &Command) -> bool {
    match command {
        Command::Source(_)
        | Command::Token(_)
        | Command::Rehearsal(_)
        | Command::Submit(_)
        | Command::Embargo(_)
        | Command::Merge(_)
        | Command::Unmerge(_)
        | Command::Differ(_)
        | Command::Split(_)
        | Command::Duplicates(_)
        | Command::Export(_)
        | Command::Release(_) => true,
        Command::Serve(_)
        | Command::Follow(_)
        | Command::Rebuild(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Redact(_)
        | Command::Check(_)
        | Command::Validate(_)
        | Command::Verify(_)
        | Command::Worker
        | Command::Config(_) => false,
    }
}

// ── The server's end ─────────────────────────────────────────────────────────────────────────

/// The socket of a running server; dropping it waits for the commands that run.
pub struct Control {
    path: PathBuf,
    running: Arc<Running>,
    patience: Duration,
}

/// How many commands run.
#[derive(Default)]
struct Running {
    count: Mutex<usize>,
    ended: Condvar,
}

/// Listens on the socket of the app's data folder.
///
/// # Errors
/// When it cannot be made.
pub fn listen(app: Arc<App>) -> io::Result<Control> {
    let folder = app.store.folder().to_owned();
    let private = private::folder(&folder);
    private::make_folder(&private)?;
    // Where nobody else can enter until its own rights are set; then, in one step, to its place,
    // where an end without notice may have left another one.
    let part = private.join(private::random_name());
    let listener = at_address(&part, |address| UnixListener::bind(address))?;
    let path = folder.join(SOCKET);
    fs::set_permissions(&part, fs::Permissions::from_mode(0o600))
        .and_then(|()| fs::rename(&part, &path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&part);
        })?;
    let running = Arc::<Running>::default();
    let control = Control {
        path,
        patience: app.config.limits.stop_timeout,
        running: Arc::clone(&running),
    };
    thread::Builder::new()
        .name("affiche-control".to_owned())
        .spawn(move || accept(&app, &listener, &running))?;
    Ok(control)
}

impl Drop for Control {
    fn drop(&mut self) {
        // It may be gone already; what a later server puts there is not this one's, but that one
        // cannot open the folder before this one has ended.
        let _ = fs::remove_file(&self.path);
        let count = self.running.count();
        let waited = self
            .running
            .ended
            .wait_timeout_while(count, self.patience, |count| *count > 0);
        if waited.is_ok_and(|(_, timeout)| timeout.timed_out()) {
            tracing::warn!("some commands did not end in time and were cut off");
        }
    }
}

impl Running {
    fn count(&self) -> std::sync::MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One command that runs.
struct Slot(Arc<Running>);

impl Slot {
    fn take(running: &Arc<Running>) -> Option<Self> {
        let mut count = running.count();
        if *count >= CONNECTIONS {
            return None;
        }
        *count += 1;
        drop(count);
        Some(Self(Arc::clone(running)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.ended.notify_all();
    }
}

fn accept(app: &Arc<App>, listener: &UnixListener, running: &Arc<Running>) {
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a command could not be taken");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let Some(slot) = Slot::take(running) else {
            let _ = send(
                &stream,
                ERR,
                b"affiche: the server runs too many commands; try again\n",
            );
            let _ = send(&stream, END, &[2]);
            continue;
        };
        let app = Arc::clone(app);
        let spawned = thread::Builder::new()
            .name("affiche-command".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                if let Err(error) = serve(app, stream) {
                    tracing::debug!(%error, "a command's connection ended early");
                }
                drop(slot);
            });
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread could be started");
        }
    }
}

/// Runs one command.
fn serve(app: Arc<App>, stream: UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let (kind, content) = receive(&stream, ARGUMENTS_BYTES)?;
    if kind != ARGUMENTS {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut texts = content.split(|byte| *byte == 0);
    let lang = texts.next().and_then(|tag| std::str::from_utf8(tag).ok());
    let lang = lang.and_then(Lang::from_tag);
    let arguments: Vec<&OsStr> = texts.map(OsStr::from_bytes).collect();
    // The first word alone: what follows is for the command.
    let command = arguments.get(1).copied().unwrap_or_default().to_owned();
    let connection = Connection {
        stream: stream.try_clone()?,
        lang,
    };
    let code = match Cli::try_parse_from(arguments) {
        Ok(cli) if is_served(&cli.command) => {
            tracing::info!(command = ?command, "a command came through the socket");
            dispatch(cli.command, &Console::Served(app, connection))
        }
        Ok(_) => {
            connection.tell("affiche: the running server does not take this command")?;
            2
        }
        Err(error) => {
            connection.tell(&error.to_string())?;
            2
        }
    };
    send(&stream, END, &[code])
}

/// Whoever sent a command, as the command sees them.
pub struct Connection {
    stream: UnixStream,
    /// Their language.
    pub lang: Option<Lang>,
}

impl Connection {
    pub fn out(&self) -> Output<'_> {
        Output(&self.stream)
    }

    pub fn tell(&self, line: &str) -> io::Result<()> {
        send(&self.stream, ERR, format!("{line}\n").as_bytes())
    }

    /// Asks for a file, up to one byte more than there is room for.
    pub fn read(&self, path: &Path, room: u64) -> io::Result<Vec<u8>> {
        let mut question = room.to_be_bytes().to_vec();
        question.extend(path.as_os_str().as_bytes());
        send(&self.stream, READ, &question)?;
        match receive(&self.stream, room.saturating_add(1))? {
            (BYTES, bytes) => Ok(bytes),
            (_, text) => Err(io::Error::other(
                String::from_utf8_lossy(&text).into_owned(),
            )),
        }
    }
}

/// Their standard output.
pub struct Output<'a>(&'a UnixStream);

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = bytes.get(..bytes.len().min(CHUNK_BYTES)).unwrap_or(bytes);
        send(self.0, OUT, part)?;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// ── The command's end ────────────────────────────────────────────────────────────────────────

/// Has the server that has a folder open run a command; `None` when none listens there.
pub fn hand_over(folder: &Path, arguments: &[OsString]) -> Option<ExitCode> {
    let path = folder.join(SOCKET);
    let stream = at_address(&path, |address| UnixStream::connect(address)).ok()?;
    Some(match attend(&stream, arguments) {
        Ok(code) => ExitCode::from(code),
        // Whoever reads our output has seen enough (`| head`): nothing to complain about.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!(
                "affiche: the running server did not answer to the end ({error}); whether the command was done is in its log"
            ));
            ExitCode::from(2)
        }
    })
}

fn attend(stream: &UnixStream, arguments: &[OsString]) -> io::Result<u8> {
    let mut content = super::system_lang()
        .map_or("", Lang::tag)
        .as_bytes()
        .to_vec();
    for argument in arguments {
        content.push(0);
        content.extend(argument.as_bytes());
    }
    send(stream, ARGUMENTS, &content)?;
    loop {
        match receive(stream, u64::MAX)? {
            (OUT, bytes) => {
                let mut out = io::stdout().lock();
                out.write_all(&bytes)?;
                out.flush()?;
            }
            (ERR, bytes) => {
                // The person at the terminal may have closed it.
                let _ = io::stderr().lock().write_all(&bytes);
            }
            (READ, question) => answer(stream, &question, arguments)?,
            (END, code) => return Ok(code.first().copied().unwrap_or(2)),
            _ => return Err(ErrorKind::InvalidData.into()),
        }
    }
}

/// Sends a file that the server asks for, if it is one of those that were named.
fn answer(stream: &UnixStream, question: &[u8], arguments: &[OsString]) -> io::Result<()> {
    let (room, path) = question
        .split_first_chunk::<8>()
        .ok_or(ErrorKind::InvalidData)?;
    let path = OsString::from_vec(path.to_vec());
    if !arguments.contains(&path) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    match console::read(Path::new(&path), u64::from_be_bytes(*room)) {
        Ok(bytes) => send(stream, BYTES, &bytes),
        Err(error) => send(stream, FAULT, error.to_string().as_bytes()),
    }
}

// ── Both ends ────────────────────────────────────────────────────────────────────────────────

fn send(mut stream: &UnixStream, kind: u8, content: &[u8]) -> io::Result<()> {
    let mut head = [kind; 9];
    head[1..].copy_from_slice(&(content.len() as u64).to_be_bytes());
    stream.write_all(&head)?;
    stream.write_all(content)
}

fn receive(mut stream: &UnixStream, most_bytes: u64) -> io::Result<(u8, Vec<u8>)> {
    let mut kind = [0; 1];
    stream.read_exact(&mut kind)?;
    let mut length = [0; 8];
    stream.read_exact(&mut length)?;
    let length = u64::from_be_bytes(length);
    if length > most_bytes {
        return Err(ErrorKind::FileTooLarge.into());
    }
    // Not reserved beforehand: who says that much is coming must send it.
    let mut content = Vec::new();
    stream.take(length).read_to_end(&mut content)?;
    if (content.len() as u64) < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let [kind] = kind;
    Ok((kind, content))
}

/// Uses a path as the address of a socket. An address holds some hundred bytes: a longer path is
/// reached through the folder, opened.
fn at_address<T>(path: &Path, use_it: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    if path.as_os_str().len() <= ADDRESS_BYTES {
        return use_it(path);
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return use_it(path);
    };
    let folder = File::open(parent)?;
    use_it(
        &Path::new("/proc/self/fd")
            .join(folder.as_raw_fd().to_string())
            .join(name),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_arrive_as_they_were_sent_and_too_long_ones_are_not_read() {
        let (left, right) = UnixStream::pair().expect("two ends");
        send(&left, OUT, b"hello").expect("it is sent");
        assert_eq!(
            receive(&right, 5).expect("it comes"),
            (OUT, b"hello".to_vec())
        );
        send(&left, OUT, b"hello").expect("it is sent");
        assert!(receive(&right, 4).is_err());
        let (left, right) = UnixStream::pair().expect("two ends");
        (&left)
            .write_all(&[OUT, 0, 0, 0, 0, 0, 0, 0, 9, 1])
            .expect("it is sent");
        drop(left);
        assert!(receive(&right, 100).is_err());
    }

    #[test]
    fn only_files_that_were_named_are_sent() {
        let (left, right) = UnixStream::pair().expect("two ends");
        let mut question = 100_u64.to_be_bytes().to_vec();
        question.extend(b"/etc/hostname");
        assert!(answer(&left, &question, &["submit".into(), "x.ttl".into()]).is_err());
        assert!(answer(&left, &question, &["/etc/hostname".into()]).is_ok());
        assert!(receive(&right, 1000).is_ok());
    }

    #[test]
    fn a_long_path_is_an_address_all_the_same() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let deep = folder.path().join("a".repeat(120)).join("b".repeat(120));
        fs::create_dir_all(&deep).expect("a folder");
        let path = deep.join(SOCKET);
        let listener =
            at_address(&path, |address| UnixListener::bind(address)).expect("it listens");
        at_address(&path, |address| UnixStream::connect(address)).expect("it is found");
        assert!(listener.accept().is_ok());
        assert!(path.exists());
    }
}
