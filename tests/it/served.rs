//! Commands while the server runs, and submissions that are sent to it, with the real program.

use crate::program::{Data, PATIENCE, PREFIXES, Server, affiche, run, run_with_input};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;

const PERSON: &str = "t:a a schema:Person ; schema:name \"Anne\" .";
const FAULTY: &str = "t:x schema:name \"Quoi ?\" .";

fn serve(data: &Data) -> Server {
    Server::start(&mut data.affiche(["serve"]))
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path)
        .expect("it is there")
        .permissions()
        .mode()
        & 0o777
}

/// Makes a token and puts it into a file.
fn token_file(data: &Data) -> std::path::PathBuf {
    let made = data.run(["token", "create", "--source", "theatre"]).with(0);
    data.file("token.txt", &made.out)
}

#[test]
fn tokens_are_shown_once_listed_without_themselves_and_revoked() {
    let data = Data::new();
    let made = data
        .run([
            "token", "create", "--source", "theatre", "--note", "nightly",
        ])
        .with(0);
    let secret = made.out.trim();
    assert!(secret.starts_with("aff_") && secret.len() == 68, "{secret}");
    let list = data.run(["token", "list"]).with(0).out;
    assert!(
        list.contains("source theatre") && list.contains("nightly"),
        "{list}"
    );
    assert!(!list.contains(secret));
    let id = list.split('\t').next().unwrap().to_owned();
    assert!(made.err.contains(&id), "{}", made.err);
    data.run(["token", "create", "--operator"]).with(0);
    let unknown = data.run(["token", "create", "--source", "nobody"]).with(2);
    assert!(unknown.err.contains("`nobody`"), "{}", unknown.err);
    data.run(["token", "create"]).with(2);
    data.run(["token", "revoke", &id]).with(0);
    let again = data.run(["token", "revoke", &id]).with(2);
    assert!(again.err.contains("affiche token list"), "{}", again.err);
    let list = data.run(["token", "list"]).with(0).out;
    assert!(
        list.contains("operator") && !list.contains("theatre"),
        "{list}"
    );
    // No export shows any of it.
    assert!(!data.export().contains("aff_"));
}

#[test]
fn commands_work_alike_while_the_server_runs() {
    let data = Data::new();
    let mut server = serve(&data);
    assert_eq!(mode(&data.path.join("control.sock")), 0o600);
    // What comes from files, from the standard input, and what goes out.
    let file = data.file("programme.ttl", &format!("{PREFIXES}{PERSON}"));
    let sent = run(data.affiche(["submit", "--source", "theatre"]).arg(&file)).with(0);
    assert!(
        sent.out.starts_with("theatre: accepted as generation 4"),
        "{}",
        sent.out
    );
    assert_eq!(sent.err, "");
    let refused = data.submit(FAULTY).with(1);
    assert!(refused.out.contains("unknown-class"), "{}", refused.out);
    let exported = data.export();
    assert!(exported.contains("\"Anne\""));
    assert!(server.get("/dumps/SHA256SUMS").contains("affiche.nq.gz"));
    data.run(["source", "add", "office"]).with(0);
    let list = data.run(["source", "list"]).with(0).out;
    assert!(list.contains("office"), "{list}");
    // What goes wrong is told as it is without a server.
    let missing = data
        .run(["submit", "--source", "theatre", "nothing.ttl"])
        .with(2);
    assert!(missing.err.contains("nothing.ttl"), "{}", missing.err);
    let unknown = data.run(["source", "close", "nobody"]).with(2);
    assert!(
        unknown.err.starts_with("affiche: there is no source"),
        "{}",
        unknown.err
    );
    let other_base = data
        .run(["source", "list", "--base", "https://other.example/"])
        .with(2);
    assert!(other_base.err.contains("another one"), "{}", other_base.err);
    let french = run(data
        .affiche(["submit", "--source", "theatre", "--dry-run"])
        .arg(&file)
        .env("LC_ALL", "fr_FR.UTF-8"))
    .with(0);
    assert!(french.out.contains("rien de nouveau"), "{}", french.out);
    // These want the folder for themselves.
    for command in [&["rebuild"][..], &["serve", "--bind", "127.0.0.1:0"]] {
        let ended = data.run(command).with(2);
        assert!(
            ended.err.contains("open in another process"),
            "{}",
            ended.err
        );
    }
    assert!(server.child.try_wait().expect("it can be asked").is_none());
    let (status, _) = server.stop("TERM");
    assert!(status.success());
    assert!(!data.path.join("control.sock").exists());
    assert_eq!(data.export(), data.run(["export"]).with(0).out);
    data.run(["check"]).with(0);
}

#[test]
fn a_socket_that_an_end_without_notice_left_is_replaced() {
    let data = Data::new();
    let server = serve(&data);
    let (_, _) = server.stop("KILL");
    assert!(data.path.join("control.sock").exists());
    // Nobody listens there: the folder is free, and commands open it themselves.
    data.submit(PERSON).with(0);
    let _server = serve(&data);
    let list = data.run(["source", "list"]).with(0).out;
    assert!(list.contains("theatre"), "{list}");
}

#[test]
fn a_folder_with_a_long_path_takes_commands_too() {
    let data = Data::new();
    let deep = data
        .temporary
        .path()
        .join("d".repeat(100))
        .join("e".repeat(100));
    crate::support::copy_folder(&data.path, &deep);
    let _server = Server::start(affiche(["serve", "--data"]).arg(&deep));
    let list = run(affiche(["source", "list", "--data"]).arg(&deep)).with(0);
    assert!(list.out.contains("theatre"), "{}", list.out);
}

#[test]
fn nonsense_on_the_socket_is_dropped() {
    let data = Data::new();
    let server = serve(&data);
    let path = data.path.join("control.sock");
    for nonsense in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[b'a', 255, 255, 255, 255, 255, 255, 255, 255],
        &[b'x', 0, 0, 0, 0, 0, 0, 0, 0],
        b"",
    ] {
        let mut stream = UnixStream::connect(&path).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let _ = stream.write_all(nonsense);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{nonsense:?}: {answer:?}");
    }
    data.run(["source", "list"]).with(0);
    assert!(server.get("/health").contains("\"ok\""));
}

#[test]
fn a_submission_goes_to_a_server_as_it_goes_to_a_folder() {
    let data = Data::new();
    let server = serve(&data);
    let token = token_file(&data);
    let url = format!("http://{}", server.address);
    let file = data.file("programme.ttl", &format!("{PREFIXES}{PERSON}"));
    let submit = |further: &[&str]| {
        let mut command = affiche(["submit", "--source", "theatre", "--server", &url]);
        command.arg("--token-file").arg(&token).args(further);
        command
    };
    let sent = run(submit(&[]).arg(&file)).with(0);
    assert!(
        sent.out
            .starts_with("theatre: accepted as generation 4\n  1 created"),
        "{}",
        sent.out
    );
    let again = run(submit(&["--report", "json"]).arg(&file)).with(0);
    let report: serde_json::Value = serde_json::from_str(&again.out).expect("JSON");
    assert_eq!(report["outcome"], "unchanged");
    let refused = run_with_input(
        &mut submit(&["--mode", "upsert", "--format", "turtle", "-"]),
        &format!("{PREFIXES}{FAULTY}"),
    )
    .with(1);
    assert!(
        refused.out.contains("refused: nothing was published"),
        "{}",
        refused.out
    );
    assert!(refused.out.contains("unknown-class"));
    let partial = run_with_input(
        &mut submit(&["--mode", "upsert", "--partial", "--dry-run", "-"]),
        &format!("{PREFIXES}{FAULTY}"),
    )
    .with(0);
    assert_eq!(partial.err, "");
    let withdrawn = run_with_input(
        &mut submit(&["--mode", "withdraw", "--format", "iris", "-"]),
        "https://theatre.example/a\n",
    )
    .with(0);
    assert!(withdrawn.out.contains("1 withdrawn"), "{}", withdrawn.out);
    // What the server does not take is told in its words.
    let mut other = affiche(["submit", "--source", "festival", "--server", &url]);
    let other = run(other.arg("--token-file").arg(&token).arg(&file)).with(2);
    assert!(
        other.err.contains("This token does not allow that"),
        "{}",
        other.err
    );
    let broken = run_with_input(&mut submit(&["--format", "turtle", "-"]), "<x").with(2);
    assert!(broken.err.contains("line 1"), "{}", broken.err);
    let mut none = affiche(["submit", "--source", "theatre", "--server", &url]);
    let none = run(none.arg(&file)).with(2);
    assert!(none.err.contains("AFFICHE_TOKEN"), "{}", none.err);
    let secret = std::fs::read_to_string(&token).expect("a file");
    let mut by_variable = affiche(["submit", "--source", "theatre", "--server", &url]);
    run(by_variable.env("AFFICHE_TOKEN", secret.trim()).arg(&file)).with(0);
    // The variable disturbs nothing else.
    run(data.affiche(["config", "print"]).env("AFFICHE_TOKEN", "x")).with(0);
    let open = run(submit(&["--server", "http://data.example.org"]).arg(&file));
    assert_eq!(open.status.code(), Some(2), "{}", open.err);
    let (status, said) = server.stop("TERM");
    assert!(status.success());
    assert!(!said.contains(secret.trim()), "{said}");
}

#[test]
fn what_fails_on_the_way_is_sent_again_and_done_once() {
    let data = Data::new();
    let server = serve(&data);
    let token = token_file(&data);
    let file = data.file("programme.ttl", &format!("{PREFIXES}{PERSON}"));
    // Between the two stands somebody who loses the first answer.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let behind = server.address;
    let between = thread::spawn(move || {
        for number in 0..2 {
            let (mut client, _) = listener.accept().expect("it connects");
            let mut upstream = std::net::TcpStream::connect(behind).expect("it accepts");
            let mut from_client = client.try_clone().expect("a clone");
            let mut to_server = upstream.try_clone().expect("a clone");
            let forth = thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
            let mut head = [0; 1];
            upstream.read_exact(&mut head).expect("the server answers");
            if number == 0 {
                client
                    .shutdown(std::net::Shutdown::Both)
                    .expect("it is cut");
            } else {
                let _ = client.write_all(&head);
                let _ = std::io::copy(&mut upstream, &mut client);
            }
            let _ = forth.join();
        }
    });
    let mut submit = affiche([
        "submit",
        "--source",
        "theatre",
        "--server",
        &url,
        "--token-file",
    ]);
    let sent = run(submit.arg(&token).arg(&file)).with(0);
    assert!(sent.err.contains("trying again"), "{}", sent.err);
    // The report is that of the first time: it was done, and not again.
    assert!(
        sent.out
            .starts_with("theatre: accepted as generation 4\n  1 created"),
        "{}",
        sent.out
    );
    drop(server);
    between.join().expect("it ends");
}
