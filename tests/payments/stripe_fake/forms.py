"""Stripe's request bodies: forms with brackets, ``a[b][0][c]=1``."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl


def form_read(text: str) -> dict[str, Any]:
    """Return the tree that a form or a query spells; lists are spelled with numbers or with empty brackets."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = name.replace("]", "").split("[")
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        last = path[-1] or str(len(node))
        node[last] = value
    return {key: _lists(value) for key, value in tree.items()}


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _lists(value) for key, value in node.items()}
