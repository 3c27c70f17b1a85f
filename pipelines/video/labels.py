"""From the index that a label names to the picture that is shown then.

A source counts in its own unit (`Video.fps` indices a second: 1.0 where labels are seconds, 25.0
where they are numbers of 25 fps frames). Time is what both share: index / fps seconds after the
first picture. The picture nearest to it is taken, if it is at most half a frame away.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video.packets import Packets

RATE_TOLERANCE = 5e-4
"""Relative; 29.97 is 1e-3 away from 30, and drifts by 3.6 s in an hour."""


def contradiction(packets: Packets, fps: float) -> str:
    """Return why labels of `fps` indices a second cannot belong to a recording; empty if they can.

    Rates up to one a second are times, and fit any recording. Higher ones count its frames, all
    of them or every n-th.
    """
    rate = packets.fps()
    if fps <= 1 or not rate:
        return ""
    step = max(1, round(rate / fps))
    if abs(rate / (fps * step) - 1) <= RATE_TOLERANCE:
        return ""
    return f"the video has {rate:.3f} pictures a second, its labels count {fps:g}"


def shown_at(
    packets: Packets, indices: NDArray[np.int64] | NDArray[np.float64], fps: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return ([N] ticks of the nearest picture, [N] near enough, [N] beyond the end)."""
    times = packets.times()
    seconds = indices / fps
    ticks = times[0] + seconds / float(packets.time_base)
    after = np.clip(np.searchsorted(times, ticks), 1, max(1, len(times) - 1))
    before = after - 1
    after = np.minimum(after, len(times) - 1)
    nearer = np.where(ticks - times[before] <= times[after] - ticks, before, after)
    nearest = times[nearer]
    half = packets.frame_ticks() / 2 + rounding(packets.time_base)
    return nearest, np.abs(nearest - ticks) <= half, ticks > times[-1] + half


def rounding(time_base: Fraction) -> float:
    """Return the ticks by which a container may round a time: one, and none where they are fine."""
    return 1.0 if time_base >= Fraction(1, 2000) else 0.01
