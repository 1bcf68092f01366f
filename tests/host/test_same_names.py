"""The two host modules offer the same names with the same signatures; read from their sources, without a Saleor."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import saleor_reciprocity

HOST = Path(saleor_reciprocity.__file__).parent / "host"


def module(name: str) -> ast.Module:
    return ast.parse((HOST / f"{name}.py").read_text())


def exported(tree: ast.Module) -> list[str]:
    (names,) = (
        node.value.elts
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
    )
    return [name.value for name in names if isinstance(name, ast.Constant)]


def signatures(tree: ast.Module) -> dict[str, Any]:
    """Public functions: their arguments and what they return, the kind of a context manager aside."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            returns = ast.dump(node.returns) if node.returns else ""
            found[node.name] = (ast.dump(node.args), returns.replace("Iterator", "ContextManager"))
    return found


def test_the_same_names() -> None:
    assert exported(module("saleor2")) == exported(module("saleor3"))


def test_the_same_signatures() -> None:
    assert signatures(module("saleor2")) == signatures(module("saleor3"))


def test_every_exported_function_is_defined() -> None:
    shared = exported(module("either"))
    for generation in ("saleor2", "saleor3"):
        names = exported(module(generation))
        assert set(signatures(module(generation))) <= set(names)
        assert not set(names) & set(shared), "a name lives in one place"
