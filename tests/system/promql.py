"""A small evaluator of Prometheus' language: what the rules in deploy/monitoring use, at one moment, no more.

An instant vector is a list of (labels, value); a scalar is a number. `rate` is the growth between the first and the
last sample of the range by the seconds between them, without Prometheus' extrapolation: enough for thresholds.
"""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import promql_parser

Labels = dict[str, str]
Vector = list[tuple[Labels, float]]
STALE_SECONDS = 300.0
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, "==": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else float("nan"),
}
AGGREGATES: dict[str, Callable[[list[float]], float]] = {
    "sum": sum, "max": max, "min": min, "count": len, "avg": lambda values: sum(values) / len(values)}  # fmt: skip
SERIES = re.compile(r"^(?P<name>\w+)(?:\{(?P<labels>.*)\})?$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Series:
    """One series: its labels, with `__name__`, and its samples as (seconds, value), oldest first."""

    labels: Labels
    samples: tuple[tuple[float, float], ...]


def series_read(values: Mapping[str, float | tuple[float, ...]], *, at: float, step: float) -> list[Series]:
    """Series as rules tell them, `name{label="x"}` to a value or to several that were scraped one after another."""
    found = []
    for text, given in values.items():
        several = given if isinstance(given, tuple) else (given,)
        first = at - step * (len(several) - 1)
        samples = tuple((first + step * number, value) for number, value in enumerate(several))
        found.append(Series(labels_read(text), samples))
    return found


def labels_read(text: str) -> Labels:
    found = SERIES.match(text)
    assert found is not None, text
    return {"__name__": found["name"], **dict(LABEL.findall(found["labels"] or ""))}


def evaluate(expression: str, series: list[Series], *, at: float) -> Vector | float:
    """What an expression comes to at a moment, in seconds since 1970."""
    return _Evaluation(series, at).value(promql_parser.parse(expression))


class _Evaluation:
    def __init__(self, series: list[Series], at: float) -> None:
        self._series, self._at = series, at

    def value(self, node: Any) -> Any:
        kind = type(node).__name__
        return getattr(self, f"_{kind}")(node)

    def _NumberLiteral(self, node: Any) -> float:  # noqa: N802 - the parser's names
        return float(node.val)

    def _ParenExpr(self, node: Any) -> Any:  # noqa: N802
        return self.value(node.expr)

    def _VectorSelector(self, node: Any) -> Vector:  # noqa: N802
        found = []
        for one in self._series:
            passed = [
                value for second, value in one.samples if self._at - STALE_SECONDS <= second <= self._at
            ]
            if passed and _fits(node, one.labels):
                found.append((one.labels, passed[-1]))
        return found

    def _Call(self, node: Any) -> Any:  # noqa: N802
        name = node.func.name
        if name == "time":
            return self._at
        if name in {"rate", "increase"}:
            return self._grown(node.args[0], per_second=name == "rate")
        if name == "abs":
            return [(_unnamed(labels), abs(value)) for labels, value in self.value(node.args[0])]
        if name == "histogram_quantile":
            return _quantiles(self.value(node.args[0]), self.value(node.args[1]))
        raise NotImplementedError(name)

    def _grown(self, node: Any, *, per_second: bool) -> Vector:
        found = []
        for one in self._series:
            begin = self._at - node.range.total_seconds()
            samples = [sample for sample in one.samples if begin <= sample[0] <= self._at]
            if len(samples) < 2 or not _fits(node.vector_selector, one.labels):
                continue
            growth = sum(max(0.0, b[1] - a[1]) for a, b in pairwise(samples))
            found.append(
                (_unnamed(one.labels), growth / (samples[-1][0] - samples[0][0]) if per_second else growth)
            )
        return found

    def _AggregateExpr(self, node: Any) -> Vector:  # noqa: N802
        groups: dict[tuple[tuple[str, str], ...], list[float]] = defaultdict(list)
        for labels, value in self.value(node.expr):
            groups[tuple(sorted(_kept(_unnamed(labels), node.modifier).items()))].append(value)
        return [(dict(labels), float(AGGREGATES[str(node.op)](values))) for labels, values in groups.items()]

    def _BinaryExpr(self, node: Any) -> Any:  # noqa: N802
        left, right, sign = self.value(node.lhs), self.value(node.rhs), str(node.op)
        if isinstance(left, float) and isinstance(right, float):
            return ARITHMETIC[sign](left, right)
        matching = node.modifier.matching if node.modifier else None
        pairs = _paired(left, right, matching)
        if sign == "and":
            return [(labels, a) for labels, a, _b in pairs]
        if sign in COMPARISONS:
            return [
                (labels, a if isinstance(left, list) else b)
                for labels, a, b in pairs
                if COMPARISONS[sign](a, b)
            ]
        return [(_unnamed(labels), ARITHMETIC[sign](a, b)) for labels, a, b in pairs]


def _paired(left: Any, right: Any, matching: Any) -> list[tuple[Labels, float, float]]:
    if isinstance(right, float):
        return [(labels, value, right) for labels, value in left]
    if isinstance(left, float):
        return [(labels, left, value) for labels, value in right]
    known = {tuple(sorted(_matched(labels, matching).items())): value for labels, value in right}
    found = []
    for labels, value in left:
        key = tuple(sorted(_matched(labels, matching).items()))
        if key in known:
            found.append((labels, value, known[key]))
    return found


def _matched(labels: Labels, matching: Any) -> Labels:
    return _kept(_unnamed(labels), matching) if matching is not None else _unnamed(labels)


def _kept(labels: Labels, modifier: Any) -> Labels:
    """What `by`, `without`, `on` or `ignoring` leaves; without any of them an aggregate leaves nothing."""
    if modifier is None:
        return {}
    includes = str(modifier.type).endswith(("By", "Include"))
    return {name: value for name, value in labels.items() if (name in modifier.labels) == includes}


def _unnamed(labels: Labels) -> Labels:
    return {name: value for name, value in labels.items() if name != "__name__"}


def _fits(selector: Any, labels: Labels) -> bool:
    if selector.name and labels["__name__"] != selector.name:
        return False
    return all(_matches(matcher, labels.get(matcher.name, "")) for matcher in selector.matchers.matchers)


def _matches(matcher: Any, value: str) -> bool:
    kind = str(matcher.op).rpartition(".")[2]
    if kind in {"Re", "NotRe"}:
        return (re.fullmatch(matcher.value, value) is not None) == (kind == "Re")
    return (matcher.value == value) == (kind == "Equal")


def _quantiles(share: float, buckets: Vector) -> Vector:
    """As Prometheus: linear within the bucket in which the share is reached."""
    groups: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = defaultdict(list)
    for labels, value in buckets:
        rest = {name: one for name, one in labels.items() if name != "le"}
        groups[tuple(sorted(rest.items()))].append((float(labels["le"]), value))
    return [(dict(labels), _quantile(share, sorted(bounds))) for labels, bounds in groups.items()]


def _quantile(share: float, bounds: list[tuple[float, float]]) -> float:
    total = bounds[-1][1]
    lower, below = 0.0, 0.0
    for bound, number in bounds:
        if number >= share * total:
            if bound == float("inf"):
                return lower
            return lower + (bound - lower) * (share * total - below) / ((number - below) or 1.0)
        lower, below = bound, number
    return lower
