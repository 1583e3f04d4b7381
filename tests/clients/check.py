"""Programs that researchers have, against the SPARQL endpoint and the pages, unchanged.

Starts servers with the demo's data: one as it comes, and two whose limits are soon reached, to
see what a client makes of an answer that does not come, or cannot be completed. The checks of Python's libraries and
of programs are here beside; those of JavaScript print their own sums, which are added.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import documents
import programs
import rdflib_store
import wrapper
from checks import Endpoint, Servers, run_all

HERE = Path(__file__).parent
# Larger answers are cut, after their first bytes have been sent.
NARROW = """
[limits]
result_bytes = 300000
"""
HURRIED = """
[limits]
query_timeout = "2s"
"""
SECONDS = 300


@contextmanager
def served(folder, settings=""):
    """A server with the demo's data, until the block ends."""
    folder.mkdir()
    (folder / "affiche.toml").write_text(settings)
    # The folder is named as most people do: from where they are.
    command = [os.environ["AFFICHE"], "serve", "--demo", "--data", "data"]
    # A new demo's IRIs lead to the address that it is told to listen at: not to any free port.
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = "127.0.0.1:%d" % free.getsockname()[1]
    command += ["--config", str(folder / "affiche.toml"), "--bind", address]
    with open(folder / "log", "w+") as log:
        server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        try:
            for line in server.stderr:
                found = re.search(r" at (http://\S+)/ ", line)
                if found:
                    break
                log.write(line)
            else:
                log.seek(0)
                raise RuntimeError(f"the demo did not start:\n{log.read()}")
            # What it says from now on is read by nobody, but must not block it.
            subprocess.Popen(["cat"], stdin=server.stderr, stdout=log)
            yield Endpoint(found[1], str(folder / "data"))
        finally:
            server.terminate()
            server.wait(timeout=60)


def run_script(name, servers):
    """Runs one of the checks in JavaScript: how many passed and failed."""
    environment = os.environ | {
        "ENDPOINT": servers.whole.address,
        "SERVER": servers.whole.server,
        "DATA": servers.whole.data,
        "NARROW": servers.narrow.address,
        "HURRIED": servers.hurried.address,
    }
    process = subprocess.run(
        [os.environ["NODE"], name],
        cwd=HERE,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS,
    )
    lines = process.stdout.splitlines()
    found = re.fullmatch(r"(\d+) passed, (\d+) failed", lines[-1]) if lines else None
    print("\n".join(lines[:-1] if found else lines))
    if not found:
        print(f"failed: {name} did not come to its end")
        return 0, 1
    return int(found[1]), int(found[2])


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="affiche-clients-") as folder:
        with (
            served(Path(folder) / "whole") as whole,
            served(Path(folder) / "narrow", NARROW) as narrow,
            served(Path(folder) / "hurried", HURRIED) as hurried,
        ):
            servers = Servers(whole, narrow, hurried)
            for module in (programs, wrapper, rdflib_store, documents):
                good, bad = run_all(module.CHECKS, servers)
                passed, failed = passed + good, failed + bad
            # What writes comes last.
            scripts = ["comunica.mjs", "ldes.mjs"] if os.environ.get("NODE") else []
            if scripts and os.environ.get("CHROMIUM"):
                scripts.insert(1, "origin.mjs")
            for name in ("comunica.mjs", "origin.mjs", "ldes.mjs"):
                if name not in scripts:
                    print(f"skipped: {name} needs node 18, npm and, for pages, chromium")
            for name in scripts:
                good, bad = run_script(name, servers)
                passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
