"""Which variables of the environment the code asks for, read from its syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    *("accounts", "benchmarks", "bookings", "config", "core", "inventory", "notifications"),
    *("payments", "reports", "scripts", "waitlist"),
)
OF_OTHERS = {"PYTEST_XDIST_WORKER", "NO_COLOR", "PATH", "PYTHONPATH", "HOME", "USER", "TMPDIR", "COLUMNS"}
"""What belongs to the system, a terminal or pytest."""


def variables_asked() -> dict[str, set[str]]:
    """Each variable that is asked for, with the files that do."""
    found: dict[str, set[str]] = {}
    for path in source_files():
        for name in _asked_in(ast.parse(path.read_text())):
            found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return {name: files for name, files in found.items() if name not in OF_OTHERS}


def source_files() -> Iterator[Path]:
    yield ROOT / "manage.py"
    for package in OURS:
        yield from (ROOT / package).rglob("*.py")


def _asked_in(tree: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    askers = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(_asks_for_parameter(call, node) for call in ast.walk(node))
    }
    for node in ast.walk(tree):
        key = _key(node, askers)
        value = constants.get(key.id) if isinstance(key, ast.Name) else getattr(key, "value", None)
        if isinstance(value, str) and value.isupper():
            yield value


def _key(node: ast.AST, askers: set[str]) -> ast.expr | None:
    """What a node that looks into the environment looks for."""
    if isinstance(node, ast.Subscript) and _is_environment(node.value):
        return node.slice
    if isinstance(node, ast.Compare) and any(map(_is_environment, node.comparators)):
        return node.left
    if not isinstance(node, ast.Call) or not node.args:
        return None
    function = node.func
    asks = (
        (isinstance(function, ast.Name) and function.id in {"env", "getenv", *askers})
        or (
            isinstance(function, ast.Attribute)
            and function.attr != "setdefault"
            and (_is_environment(function.value) or ast.unparse(function.value) == "env")
        )
        or ast.unparse(function) == "os.getenv"
    )
    return node.args[0] if asks else None


def _is_environment(node: ast.AST) -> bool:
    return ast.unparse(node) in {"os.environ", "env.ENVIRON"}


def _asks_for_parameter(node: ast.AST, function: ast.FunctionDef) -> bool:
    key = _key(node, set())
    return isinstance(key, ast.Name) and key.id in {argument.arg for argument in function.args.args}
