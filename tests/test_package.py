"""The package as others get it: built, installed somewhere else, and started in a shop."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from email import message_from_string
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import saleor_reciprocity

from .documents import blocks

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "saleor_reciprocity"
SALEOR = Path(find_spec("saleor").origin).parent.parent
BUILT_FROM = ("setup.cfg", "setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
NOT_SHIPPED = ("__pycache__", "*.pyc")

# In what order a release is made: the wheel comes from the source distribution, so nothing may be missing there.
BUILD_SDIST = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
BUILD_WHEEL = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"

START_A_SHOP = """
import django, json
django.setup()
import saleor_reciprocity
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import get_commands
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import override
from saleor.graphql.api import schema
from saleor_reciprocity import errors
with override("zh-hans"):
    chinese = errors.InsufficientPoints().message
print(json.dumps({
    "file": saleor_reciprocity.__file__,
    "apps": list(settings.INSTALLED_APPS),
    "plugins": list(settings.PLUGINS),
    "checks": [str(message) for message in run_checks() if (message.id or "").startswith("reciprocity.")],
    "commands": [name for name, app in get_commands().items() if app == "saleor_reciprocity"],
    "migrations": [name for app, name in MigrationLoader(None).disk_migrations if app == "reciprocity"],
    "queries": list(schema.get_type("Query").fields),
    "chinese": chinese,
}))
"""


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }


def run(*command: object, cwd: Path, **env: str) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: Any) -> Path:
    """The wheel, built without a network from a source distribution, which was built from a copy of the checkout."""
    copy, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / PACKAGE, copy / PACKAGE, ignore=shutil.ignore_patterns(*NOT_SHIPPED))
    sdist = out / run(sys.executable, "-c", BUILD_SDIST, out, cwd=copy).split()[-1]
    shutil.unpack_archive(str(sdist), str(out))
    return out / run(sys.executable, "-c", BUILD_WHEEL, out, cwd=out / sdist.name[: -len(".tar.gz")]).split()[-1]


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: Any) -> Path:
    """A folder with the wheel installed in it."""
    place = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip"] if find_spec("pip") else [ROOT / ".venv" / "uv" / "bin" / "uv", "pip"]
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", "--target", place, wheel, cwd=place)
    return place


@pytest.fixture(scope="module")
def metadata(site: Path) -> Path:
    (folder,) = site.glob(f"{PACKAGE}-*.dist-info")
    return folder


def test_every_file_of_the_package_is_installed(site: Path) -> None:
    assert files(site / PACKAGE) == files(ROOT / PACKAGE)


def test_every_pattern_of_package_data_finds_files() -> None:
    declared = ConfigParser()
    declared.read(ROOT / "setup.cfg")
    patterns = declared["options.package_data"][PACKAGE].split()
    assert [pattern for pattern in patterns if not any((ROOT / PACKAGE).glob(pattern))] == []


def test_the_readme_installs_what_can_be_installed_today() -> None:
    """Until the package is on the index, a wheel of the checkout."""
    install = (ROOT / "README.md").read_text().split("## Install it in a shop")[1].split("\n## ")[0]
    (built, installed, *_) = [line.strip() for line in install.splitlines() if line.startswith("    ")]
    assert built == "python3 -m pip wheel --no-deps --wheel-dir dist ."
    assert installed == "pip install dist/saleor_reciprocity-*.whl"


@pytest.mark.parametrize(
    "name",
    ["graphql/schema.graphql", "locale/zh_Hans/LC_MESSAGES/django.mo", "migrations/0001_initial.py"],
)
def test_what_is_not_a_module_is_installed_too(name: str, site: Path) -> None:
    assert (site / PACKAGE / name).stat().st_size > 0


def test_nothing_else_is_installed(site: Path, metadata: Path) -> None:
    assert {path.name for path in site.iterdir()} - {".lock"} == {PACKAGE, metadata.name}


def test_the_metadata_says_what_it_is(metadata: Path) -> None:
    said = message_from_string((metadata / "METADATA").read_text())
    assert (said["Name"], said["Version"]) == ("saleor-reciprocity", saleor_reciprocity.__version__)
    assert (said["License"], said["Requires-Python"]) == ("BSD-3-Clause", ">=3.8")
    needed = [line for line in said.get_all("Requires-Dist") if "extra ==" not in line]
    assert needed == ["segno >=1.5.2"]
    assert said.get_payload().startswith("# Saleor Reciprocity")
    assert list(metadata.rglob("LICENSE"))


def test_saleor_3_finds_the_plugin_by_its_entry_point(metadata: Path) -> None:
    lines = (metadata / "entry_points.txt").read_text().split("\n")
    assert [line for line in lines if line] == [
        "[saleor.plugins]",
        "saleor_reciprocity = saleor_reciprocity.plugin:ReciprocityPlugin",
    ]


def test_a_shop_starts_with_what_the_readme_says(site: Path, tmp_path: Path) -> None:
    """On Saleor 3 with nothing but the installed wheel; on Saleor 2.10 with the README's three lines of settings."""
    settings = "saleor.settings"
    if find_spec("saleor.channel") is None:
        (lines,) = [block.text for block in blocks(ROOT / "README.md") if block.language == "python"]
        settings = "shop_settings"
        (tmp_path / "shop_settings.py").write_text(f"from saleor.settings import *\n{lines}")
    path = os.pathsep.join([str(site), str(tmp_path), str(SALEOR)])
    quiet = {"PYTHONWARNINGS": "ignore", "SECRET_KEY": "secret"}
    output = run(
        sys.executable, "-c", START_A_SHOP, cwd=tmp_path, PYTHONPATH=path, DJANGO_SETTINGS_MODULE=settings, **quiet
    )
    shop = json.loads(output.splitlines()[-1])
    assert Path(shop["file"]).parent == site / PACKAGE
    assert shop["apps"].count("saleor_reciprocity") == 1
    assert shop["plugins"].count("saleor_reciprocity.plugin.ReciprocityPlugin") == 1
    assert shop["checks"] == []
    assert {f"{name}.py" for name in shop["commands"]} == {
        path.name for path in (ROOT / PACKAGE / "management" / "commands").glob("reciprocity_*.py")
    }
    assert "0001_initial" in shop["migrations"]
    assert "loyaltyRewards" in shop["queries"]
    assert shop["chinese"] == "余额不足。"
