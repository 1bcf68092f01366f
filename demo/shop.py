"""The shop behind `make demo`: starts PostgreSQL and Saleor with the plugin, plays the story, and says how to go on.

    python demo/shop.py play     starts everything, plays the story, leaves the shop running
    python demo/shop.py check    the same, then stops the shop; the exit status says whether the story held
    python demo/shop.py pictures starts it and takes the pictures of the README
    python demo/shop.py stop

All state is in .cache/demo and .cache/postgres/demo, so the second time takes seconds.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".cache" / "demo"
RUNNING = STATE / "server.json"
LOG = STATE / "server.log"
POSTGRES = [str(ROOT / ".venv" / "tools" / "bin" / "python"), str(ROOT / "dev" / "postgres.py")]
PREFERRED_PORT = 8000


def start() -> str:
    """A freshly started server on the code as it is now; returns its address."""
    stop_server()
    STATE.mkdir(parents=True, exist_ok=True)
    say("Starting PostgreSQL ...")
    database = subprocess.run([*POSTGRES, "start", "demo"], stdout=subprocess.PIPE, text=True)
    if database.returncode != 0:
        sys.exit(database.returncode)
    os.environ.update(
        DATABASE_URL=database.stdout.strip(),
        DJANGO_SETTINGS_MODULE="demo.settings",
        PYTHONPATH=str(ROOT),
        PYTHONWARNINGS="ignore",
    )
    with LOG.open("w") as log, RUNNING.open("w") as running:
        if subprocess.run([sys.executable, str(ROOT / "demo" / "prepare.py")], stderr=log).returncode:
            sys.exit(f"The database could not be prepared:\n\n{tail(LOG)}")
        say("Starting Saleor ...")
        port = free_port()
        fcntl.flock(running, fcntl.LOCK_EX)
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "demo" / "serve.py"), f"127.0.0.1:{port}"],
            cwd=STATE, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, pass_fds=[running.fileno()],
        )  # fmt: skip
        json.dump({"pid": server.pid, "port": port}, running)
    url = f"http://127.0.0.1:{port}"
    wait_until_it_answers(url, server)
    return url


def stop() -> None:
    stop_server()
    subprocess.run([*POSTGRES, "stop", "demo"], check=True)


def stop_server() -> None:
    if RUNNING.exists() and lives():
        os.kill(json.loads(RUNNING.read_text())["pid"], signal.SIGTERM)
        if not wait_for(lambda: not lives(), seconds=20):
            sys.exit(f"The server does not stop: see {RUNNING}")


def lives() -> bool:
    """The server locks the file that names it for as long as it lives, so a left-over file deceives nobody."""
    with RUNNING.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def address() -> str:
    """Where the shop that runs answers."""
    return f"http://127.0.0.1:{json.loads(RUNNING.read_text())['port']}"


def free_port() -> int:
    for port in (PREFERRED_PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                if port == 0:
                    say(f"Port {PREFERRED_PORT} is taken; another one is used.")
                return probe.getsockname()[1]
    sys.exit("No free port on 127.0.0.1.")


def wait_until_it_answers(url: str, server: subprocess.Popen) -> None:
    def answers() -> bool:
        if server.poll() is not None:
            sys.exit(f"The server stopped by itself:\n\n{tail(LOG)}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return urllib.request.urlopen(f"{url}/health/", timeout=5).status == 200
        return False

    if not wait_for(answers, seconds=120):
        sys.exit(f"The server did not answer within two minutes:\n\n{tail(LOG)}")


def wait_for(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def tail(path: Path) -> str:
    return "\n".join(path.read_text().splitlines()[-30:])


def say(text: str = "") -> None:
    print(text, flush=True)


def play() -> bool:
    sys.path.insert(0, str(ROOT))
    from demo import mailbox, programme, story
    from demo.storefront import Shop, Staff

    url = start()
    say(f"Saleor answers at {url}/graphql/\n")
    held = story.play(url, mailbox.in_folder(STATE / "mail"))
    Staff(Shop(url), story.STAFF_EMAIL, story.STAFF_PASSWORD).set_programme(True, **programme.FOR_VISITORS)
    return held


def click(url: str) -> bool:
    """Click through the shop where there is a browser; whether all was as it should be."""
    from demo import clicks

    browser = clicks.browser()
    if browser is None:
        say("\nNo Chromium here: the shop was not clicked through.")
        return True
    return clicks.through(url, browser)


def main(action: str) -> int:
    if action == "stop":
        stop()
        return 0
    if action == "check":
        try:
            return 0 if play() and click(address()) else 1
        finally:
            stop()
    if action == "pictures":
        sys.path.insert(0, str(ROOT))
        from demo import clicks, pictures

        pictures.take(start(), clicks.browser() or sys.exit("No Chromium here."))
        return 0
    held = play()
    url = address()
    say(f"\nThe shop keeps running at {url}/: sign in as one of its customers, buy, let a month pass.")
    say(f"GraphQL: {url}/graphql/, staff log-in: admin@example.com / admin")
    say(f"Its mails: {STATE.relative_to(ROOT)}/mail, its log: {LOG.relative_to(ROOT)}")
    say("Stop it: make demo-stop")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
