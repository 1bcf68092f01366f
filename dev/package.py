"""Makes the package as it goes to the index, and installs it where nothing of this checkout is.

    python dev/package.py                          builds, looks at it, and starts a new shop on Saleor 2.10.1 with it
    python dev/package.py --saleor PATH --database URL
                                                   the same on the Saleor 3 of that checkout, too, in an empty database
                                                   of a PostgreSQL with pgcrypto, which the one from the index lacks

A shop is an environment with what that Saleor's lock file says, the wheel, and an empty database: it is migrated,
checked, and asked for what the plugin adds. What was built is in dist/, the environments are in .cache/package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from argparse import ArgumentParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environments import ROOT, VENV, find_python, say, uv

DIST, PLACE = ROOT / "dist", ROOT / ".cache" / "package"
PACKAGE = "saleor_reciprocity"
BESIDE = {"LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.cfg", "setup.py"}  # in its source
WRITTEN = ("PKG-INFO", ".egg-info/", ".dist-info/")  # by the tools that build
SETTINGS_2 = "from saleor.settings import *\n"
ASK = """
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import RequestFactory
from saleor.graphql.api import schema
import saleor_reciprocity
from saleor_reciprocity import storefront, views
call_command("migrate", verbosity=0, interactive=False)
call_command("check", tags=["database"]) if django.VERSION < (3, 1) else call_command("check", databases=["default"])
call_command("reciprocity_check")
call_command("reciprocity_mail", status=True)
assert "loyaltyRewards" in schema.get_type("Query").fields
assert "saleor_reciprocity.plugin.ReciprocityPlugin" in settings.PLUGINS
for path, held in (("desk/start", "忠诚度"), ("storefront/" + storefront.ELEMENT, "customElements.define")):
    request = RequestFactory().get("/plugins/saleor_reciprocity/" + path, HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert held in views.respond(request, path).content.decode(), path
print(saleor_reciprocity.__version__, "in", saleor_reciprocity.__file__)
"""


def main() -> int:
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--saleor", type=Path, help="a checkout of Saleor 3")
    parser.add_argument("--database", help="the URL of an empty database for it")
    given = parser.parse_args()
    if bool(given.saleor) != bool(given.database):
        parser.error("--saleor and --database go together")
    wheel = build()
    shop_on_2(wheel)
    if given.saleor:
        shop_on_3(wheel, given.saleor.resolve(), given.database)
    return 0


def build() -> Path:
    """Build both distributions, and look at them. Returns the wheel."""
    say("Building ...")
    shutil.rmtree(DIST, ignore_errors=True)
    run(VENV / "tools" / "bin" / "python", "-m", "build", "--outdir", DIST, ROOT)
    (wheel,), (source,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    tracked = set(run("git", "ls-files", PACKAGE).split("\n")) - {""}
    with zipfile.ZipFile(wheel) as file:
        look("the wheel", set(file.namelist()), tracked)
    with tarfile.open(source) as file:
        names = {one.name.split("/", 1)[1] for one in file.getmembers() if one.isfile()}
    look("the source distribution", names, tracked | BESIDE)
    say(run(VENV / "package" / "bin" / "twine", "check", "--strict", wheel, source))
    return wheel


def look(what: str, names: set[str], wanted: set[str]) -> None:
    """Stop unless these files are in it, and no other but those that the tools write."""
    found = {name for name in names if not any(part in name for part in WRITTEN)}
    if found != wanted:
        sys.exit(f"In {what} too much: {sorted(found - wanted)}; missing: {sorted(wanted - found)}")
    say(f"  {len(found)} files in {what}, and none that does not belong.")


def shop_on_2(wheel: Path) -> None:
    """Start a new shop on Saleor 2.10.1, with the three lines of the README in its settings."""
    place = PLACE / "saleor-2.10.1"
    python = new_environment(place, "3.8", "Saleor 2.10.1 runs on Python 3.8 only")
    uv("pip", "install", "--quiet", "--python", place, "--no-deps", "-r", ROOT / "dev" / "saleor-2.10.1.lock")
    uv("pip", "install", "--quiet", "--python", place, "--no-deps", wheel)
    lines = (ROOT / "README.md").read_text().split("```python\n")[1].split("```")[0]
    (place / "shop_settings.py").write_text(SETTINGS_2 + lines)
    shutil.rmtree(ROOT / ".cache" / "postgres" / "package", ignore_errors=True)
    database = [VENV / "tools" / "bin" / "python", ROOT / "dev" / "postgres.py", "with", "package", "--"]
    ask("Saleor 2.10.1", [*database, python], place, DJANGO_SETTINGS_MODULE="shop_settings", PYTHONPATH=str(place))


def shop_on_3(wheel: Path, saleor: Path, database: str) -> None:
    """Start a new shop on a checkout of Saleor 3, with nothing but the wheel installed beside its own packages."""
    place = PLACE / saleor.name
    python = new_environment(place, "3.12", "Saleor 3 runs on it")
    locked = place / "locked.txt"
    uv("export", "--quiet", "--frozen", "--no-hashes", "--no-emit-project", "--project", saleor, "-o", locked)
    uv("pip", "install", "--quiet", "--python", place, "-r", locked)
    uv("pip", "install", "--quiet", "--python", place, wheel)
    of_saleor = {"DJANGO_SETTINGS_MODULE": "saleor.settings", "PYTHONPATH": str(saleor)}
    ask(saleor.name, [python], saleor, DATABASE_URL=database, **of_saleor)


def new_environment(place: Path, version: str, why: str) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    uv("venv", "--quiet", "--python", find_python(version, why), place)
    return place / "bin" / "python"


def ask(name: str, python: list[Path | str], folder: Path, **env: str) -> None:
    say(f"A new shop on {name} ...")
    say(run(*python, "-W", "ignore", "-c", ASK, cwd=folder, SECRET_KEY=f"of {name}, for a moment", **env))


def run(*command: object, cwd: Path = ROOT, **env: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(words[:4])} failed:\n{done.stdout}{done.stderr}")
    return "".join(line + "\n" for line in done.stdout.splitlines() if line.strip()).rstrip()


if __name__ == "__main__":
    sys.exit(main())
