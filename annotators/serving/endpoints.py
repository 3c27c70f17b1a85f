"""One server: whether it may be asked, and what its failures mean."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from surgchain.annotators.serving.pace import Pace

FAILURES_TO_TAKE_OUT = 3
FIRST_REST_S, LONGEST_REST_S = 1.0, 20.0


@dataclass
class Endpoint:
    """One server."""

    number: int
    """By which it is named in messages: addresses are never told."""
    url: str
    key: str
    pace: Pace
    in_flight: int = 0
    taken: int = 0
    """Requests given to it so far."""
    failures: int = 0
    """In a row."""
    rest_s: float = FIRST_REST_S
    """How long it is left alone when it fails next; doubles up to 20 s."""
    out_until: float = 0.0
    gone: bool = False
    """Whether the last attempt found nobody there."""
    refused: str = ""
    """Why it is out for good: a key or a model it does not know."""
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Put the key where it belongs, and nowhere else."""
        self.headers = {"Content-Type": "application/json"}
        if self.key:
            self.headers["Authorization"] = f"Bearer {self.key}"

    def without_secrets(self, words: str) -> str:
        """Return words of the server without its address and the key: some repeat them."""
        for secret in (self.key, self.url, urlsplit(self.url).netloc, urlsplit(self.url).hostname):
            words = words.replace(secret, "...") if secret else words
        return words

    def free(self, now: float) -> bool:
        """Say whether one more request may be sent; one alone after a failure, to try it."""
        if self.refused or now < self.out_until:
            return False
        return self.in_flight < (1 if self.gone else self.pace.limit)

    def vanished(self, now: float) -> None:
        """Take it out: nobody is there."""
        self.gone = True
        self._rest(now)

    def failed(self, now: float) -> None:
        """Count a failure; take it out when it fails again and again."""
        self.gone = False
        self.failures += 1
        if self.failures >= FAILURES_TO_TAKE_OUT:
            self._rest(now)

    def worked(self, now: float) -> None:
        """Count an answer."""
        self.gone, self.failures, self.rest_s = False, 0, FIRST_REST_S
        self.pace.answered(now)

    def overloaded(self, now: float) -> None:
        """Slow down: it is there, and has too much to do."""
        self.gone = False
        self.pace.overloaded(now)

    def _rest(self, now: float) -> None:
        if now >= self.out_until:  # one rest for all the requests that fail together
            self.out_until = now + self.rest_s
            self.rest_s = min(LONGEST_REST_S, 2 * self.rest_s)
