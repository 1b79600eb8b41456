"""Waiting in line, in closed formulas: M/G/c, and several such stations one after another.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges" (1917), for the probability of waiting; L. Kleinrock, "Queueing Systems", volume 1 (1975), 3.5 and 5.1;
A. O. Allen, "Probability, Statistics and Queueing Theory" (1990), 5.3, for requests that differ (Allen and Cunneen);
J. R. Jackson, "Networks of waiting lines" (1957), for stations in a row; E. B. Wilson and M. M. Hilferty (1931) for the
quantile of a gamma distribution. `tests/benchmarks/test_scaling.py` compares all of it with a simulation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

P95_DEVIATIONS = 1.6448536269514722
"""The 95th percentile of the normal distribution."""
BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Station:
    """``servers`` equal servers with one line; each request takes ``seconds`` of one of them in the mean.

    ``variation`` is the squared coefficient of variation of these seconds: 1 where they are exponential (M/M/c).
    """

    name: str
    servers: int
    seconds: float
    variation: float = 1.0

    @property
    def most(self) -> float:
        """Requests a second that keep every server busy all the time."""
        return self.servers / self.seconds if self.seconds > 0 else math.inf

    def utilisation(self, rate: float) -> float:
        """The share of time for which a server is busy."""
        return rate / self.most

    def mean_and_variance(self, rate: float) -> tuple[float, float]:
        """Seconds from arrival to departure: their mean and variance. Infinite from the full load on."""
        if self.seconds <= 0:
            return 0.0, 0.0
        if rate >= self.most:
            return math.inf, math.inf
        waiting = waits(self.servers, rate * self.seconds)
        relief = self.most - rate
        longer = (1 + self.variation) / 2
        mean = self.seconds + longer * waiting / relief
        variance = self.variation * self.seconds**2 + longer**2 * waiting * (2 - waiting) / relief**2
        return mean, variance


def waits(servers: int, offered: float) -> float:
    """Erlang C: the probability that who comes must wait. ``offered`` is the load in servers, below their number.

    By the recursion of Erlang B, which never overflows.
    """
    if offered >= servers:
        return 1.0
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def waits_longer(station: Station, rate: float, seconds: float) -> float:
    """The probability that who comes waits longer than so."""
    if rate >= station.most:
        return 1.0
    return waits(station.servers, rate * station.seconds) * math.exp(-(station.most - rate) * seconds)


def p95(stations: Sequence[Station], rate: float) -> float:
    """The 95th percentile of the seconds through all stations in a row.

    Mean and variance add up (Jackson); their sum is taken for a gamma distribution, which is exact for one station
    that nobody waits for, and within a few percent otherwise.
    """
    moments = [station.mean_and_variance(rate) for station in stations]
    mean, variance = sum(pair[0] for pair in moments), sum(pair[1] for pair in moments)
    if math.isinf(mean):
        return math.inf
    shape = mean**2 / variance
    return mean * (1 - 1 / (9 * shape) + P95_DEVIATIONS / (3 * math.sqrt(shape))) ** 3


def most_within(stations: Sequence[Station], seconds: float) -> float:
    """The most requests a second whose 95th percentile stays within ``seconds``; 0 where none do."""
    low, high = 0.0, min(station.most for station in stations)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if p95(stations, middle) <= seconds else (low, middle)
    return low


def fullest(stations: Sequence[Station], rate: float) -> Station:
    """The station that is busiest at this rate: what has to grow next."""
    return max(stations, key=lambda station: station.utilisation(rate))
