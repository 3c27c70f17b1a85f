"""How many requests to keep in flight at one server: as many as still make it faster.

After each window of answers the rate is compared with the best one seen. While it rises, the limit
grows; where it falls, the limit shrinks; a server that says 429 or 503, or hangs, halves it. Pure
arithmetic: the clock is handed in.
"""

from dataclasses import dataclass

RISES = 1.05
FALLS = 0.8
GROW = 1.5
SHRINK = 0.8


@dataclass
class Pace:
    """The limit of one server."""

    limit: int
    """Requests in flight at most."""
    most: int
    """What the limit never exceeds."""
    best: float = 0.0
    """Best rate seen, answers per second; it fades, since servers and questions change."""
    _answers: int = 0
    _began: float = 0.0
    _calm_until: float = 0.0

    def answered(self, now: float) -> None:
        """Count an answer; at the end of a window, set the limit anew."""
        if self._answers == 0:
            self._began = now
        self._answers += 1
        if self._answers <= max(16, 2 * self.limit):
            return
        rate = (self._answers - 1) / max(now - self._began, 1e-9)
        self._answers = 0
        if rate > self.best * RISES:
            self.best = rate
            self.limit = min(self.most, max(self.limit + 1, round(self.limit * GROW)))
        elif rate < self.best * FALLS:
            self.limit = max(1, round(self.limit * SHRINK))
            self.best *= 0.9

    def overloaded(self, now: float) -> None:
        """Halve the limit, once for all the refusals that one burst brings."""
        if now >= self._calm_until:
            self.limit = max(1, self.limit // 2)
            self.best *= 0.5
            self._answers = 0
            self._calm_until = now + 1.0
