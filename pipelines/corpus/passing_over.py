"""What ingest does with a surgery that left: its rows are counted, and nothing of them is kept."""

from collections import Counter
from dataclasses import replace

from surgchain.pipelines.sources import Reading

REASON = "surgery withdrawn"


def passed_over(reading: Reading) -> Reading:
    """Return what was read of a surgery that left: nothing, its rows counted under the reason."""
    number = reading.frames + len(reading.asked) + reading.joined
    passed = reading.passed_over + Counter({REASON: number})
    return replace(reading, scenes=[], bulk=None, asked=[], joined=0, passed_over=passed)
