"""The example for the official storefront: it asks for what is shipped, and lets a browser ask nothing else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from saleor_reciprocity import storefront

from .storefront_documents import FOLDER, OPERATIONS

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "nextjs"
ACTIONS = (EXAMPLE / "src" / "loyalty" / "actions.ts").read_text()
SOURCES = [path for path in (EXAMPLE / "src").rglob("*") if path.is_file()]


def test_the_action_knows_every_operation_that_the_element_may_send() -> None:
    assert re.findall(r"^\t\t(\w+): (\w+)Document,$", ACTIONS, re.MULTILINE) == [(name, name) for name in OPERATIONS]


def test_the_page_asks_for_operations_that_the_action_knows() -> None:
    (page,) = [path for path in SOURCES if path.name == "page.tsx"]
    asked = re.findall(r'askAsCustomer\("(\w+)"', page.read_text())
    assert asked
    assert set(asked) <= set(OPERATIONS)


def test_the_example_uses_the_element_that_is_shipped() -> None:
    named = {name for path in SOURCES for name in re.findall(r"reciprocity-[\d.]+\d\.js", path.read_text())}
    assert named == {storefront.ELEMENT}


def test_its_readme_names_every_file() -> None:
    listed = re.findall(r"^\| `(src/[^`]+)` \|", (EXAMPLE / "README.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(path.relative_to(EXAMPLE).as_posix() for path in SOURCES)


def test_install_brings_everything_into_a_storefront(tmp_path: Path) -> None:
    (tmp_path / "src" / "graphql").mkdir(parents=True)
    subprocess.run([str(EXAMPLE / "install.sh"), str(tmp_path)], check=True)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    documents = {f"src/graphql/{path.name}" for path in FOLDER.glob("*.graphql")}
    assert found == {
        *(path.relative_to(EXAMPLE).as_posix() for path in SOURCES),
        *documents,
        "src/graphql/MyLoyaltyAtCheckout.graphql",
        f"src/loyalty/{storefront.ELEMENT}",
        f"src/loyalty/{storefront.ELEMENT[:-3]}.d.ts",
    }
