"""Which pictures are taken: declared, and the same for the same recording.

    label_rate     the pictures that labels name, at most so many a second
    fps            of a video without labels: the picture shown at 0, 1/fps, 2/fps, ... seconds
    times          of a video without labels: the pictures shown at these seconds
    keyframes      of a video without labels: where its encoder began anew (cheapest to decode)
    scene_change   of a video without labels: as `fps`, but only what differs from the last taken

A picture without a label is numbered by its place among all that are shown (`index` 0, 1, ...).
"""

import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video.jobs import Sampling
from surgchain.pipelines.video.labels import shown_at
from surgchain.pipelines.video.packets import Packets


def kept_at_rate(indices: NDArray[np.int64], fps: float, rate: float | None) -> NDArray[np.bool_]:
    """Return [N] which of sorted label indices are taken: the first of every 1/rate seconds."""
    if rate is None:
        return np.ones(len(indices), bool)
    slots = np.floor(indices * (rate / fps) + 1e-9)
    return np.diff(slots, prepend=-1.0) > 0


def ticks(packets: Packets, sampling: Sampling) -> NDArray[np.int64]:
    """Return the presentation times of a video without labels, sorted."""
    times = packets.times()
    if sampling.policy == "keyframes":
        return np.sort(packets.pts[packets.restart & packets.shown])
    if sampling.policy == "times":
        return _near(packets, np.array(sampling.times))
    if sampling.policy in {"fps", "scene_change"}:
        length_s = float((times[-1] - times[0]) * packets.time_base)
        return _near(packets, np.arange(int(length_s * sampling.fps + 1e-6) + 1) / sampling.fps)
    return np.array([], np.int64)


def _near(packets: Packets, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    nearest, near, _ = shown_at(packets, seconds, 1.0)
    return np.unique(nearest[near])
