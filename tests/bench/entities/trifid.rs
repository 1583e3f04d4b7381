//! Trifid, which shows the entities of a SPARQL endpoint.

use crate::servers::{Server, free_address};
use std::path::Path;
use std::process::{Command, Stdio};

/// Trifid over the endpoint of another server. `None` when Node.js or Trifid is not there.
pub fn start(store: &Server) -> Option<Server> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/entities/peer");
    if !folder.join("node_modules").is_dir() {
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .status();
        if !installed.is_ok_and(|status| status.success()) {
            println!(
                "(no Trifid: `npm ci` in `tests/bench/entities/peer` installs it; it needs Node.js)"
            );
            return None;
        }
    }
    let address = free_address();
    let mut command = Command::new("node");
    command
        .args(["node_modules/trifid/server.js", "--config", "config.yaml"])
        .env("PEER_PORT", address.port().to_string())
        .env("PEER_ENDPOINT", store.endpoint())
        .env("NODE_ENV", "production")
        .current_dir(&folder);
    Server::start("Trifid", &mut command, address, "/query?").ok()
}
