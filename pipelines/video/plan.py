"""Which packets must be decoded to get the wanted pictures, and no more.

A *group* runs from one restart to the packet before the next. Of a group,
  - nothing is sent when no picture of it is wanted,
  - nothing is sent after its last wanted picture (later packets cannot change earlier ones),
  - a packet that is sent for the others only may be skipped when nothing refers to it,
  - all is sent when the next group's *leading* pictures (decoded after its restart, shown before
    it: open GOP) are wanted, for they refer back.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video.packets import Packets
from surgchain.pipelines.video.restarts import MAY_SKIP_NONREF


class Plan(NamedTuple):
    """What to do with each packet."""

    send: NDArray[np.bool_]
    """[N] whether the decoder gets it."""
    skip: NDArray[np.bool_]
    """[N] whether the decoder may drop it when nothing refers to it."""
    group: NDArray[np.int64]
    """[N] number of its group."""
    leading: NDArray[np.bool_]
    """[N] whether it is shown before the restart of its group."""


def planned(packets: Packets, wanted: NDArray[np.int64]) -> Plan:
    """Return the cheapest plan for wanted presentation times (ticks)."""
    starts, group, leading = _groups(packets)
    is_wanted = np.isin(packets.pts, wanted)
    ends = np.append(starts[1:], len(group))
    last = starts - 1  # of each group, the last packet that is sent
    positions = np.flatnonzero(is_wanted)
    np.maximum.at(last, group[positions], positions)
    refers_back = np.unique(group[is_wanted & leading])
    before = refers_back[refers_back > 0] - 1
    last[before] = ends[before] - 1
    send = np.arange(len(group)) <= last[group]
    may_skip = packets.codec in MAY_SKIP_NONREF
    return Plan(send, ~is_wanted if may_skip else np.zeros_like(send), group, leading)


def in_full(packets: Packets, wanted: NDArray[np.int64]) -> Plan:
    """Return the plan that decodes the groups of wanted pictures, and the one before, in full."""
    _, group, leading = _groups(packets)
    touched = np.unique(group[np.isin(packets.pts, wanted)])
    send = np.isin(group, np.union1d(touched, touched - 1))
    return Plan(send, np.zeros_like(send), group, leading)


def everything(packets: Packets, _: NDArray[np.int64]) -> Plan:
    """Return the plan that decodes the whole recording from its start."""
    _, group, leading = _groups(packets)
    send = np.ones(len(group), bool)
    return Plan(send, np.zeros_like(send), group, leading)


def _groups(
    packets: Packets,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    starts = np.flatnonzero(packets.restart)
    group = np.cumsum(packets.restart) - 1
    return starts, group, packets.pts < packets.pts[starts][group]
