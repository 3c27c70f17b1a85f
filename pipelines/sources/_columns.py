"""Scenes of a whole video as columns: with millions of frames, a record each is too dear."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from surgchain.schemas import tables
from surgchain.schemas.records import Facet

NONE = -1
"""Id of a class that is not known."""


def frame_ids(video_id: str, indices: NDArray[np.int64]) -> pa.Array:
    """Return `<video_id>/<index>` of every index, as it is written without leading zeros."""
    numbers = pa.array(indices).cast(pa.string())
    return pc.binary_join_element_wise(pa.scalar(video_id), numbers, "/")


def classes(ids: NDArray[np.int64], names: Sequence[str]) -> pa.Array:
    """Return names for ids; `NONE` becomes null."""
    known = pa.array(np.where(ids == NONE, 0, ids), mask=ids == NONE)
    return pa.DictionaryArray.from_arrays(known, list(names)).cast(pa.string())


def scenes(
    ids: pa.Array, ontology: str, labelled: Sequence[Facet], **columns: pa.Array
) -> pa.Table:
    """Return a table of SCENES: the columns given, the other facets unknown."""
    size = len(ids)
    given = {
        "frame_id": ids,
        "ontology": pa.repeat(ontology, size),
        "labelled": _same_list(labelled, size),
        **columns,
    }
    arrays = [
        given[f.name].cast(f.type) if f.name in given else _unknown(f.type, size)
        for f in tables.SCENES
    ]
    return pa.Table.from_arrays(arrays, schema=tables.SCENES)


def present(flags: NDArray[np.bool_], names: Sequence[str]) -> pa.Array:
    """Return the entities, without boxes, that are present: flags [N, classes]."""
    rows, kinds = np.nonzero(flags)
    offsets = np.zeros(len(flags) + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=len(flags)), out=offsets[1:])
    kind = tables.SCENES.field("instruments").type
    entity = kind.value_type
    found = pa.StructArray.from_arrays(
        [classes(kinds.astype(np.int64), names), pa.nulls(len(kinds), entity.field("box").type)],
        fields=list(entity),
    )
    return pa.ListArray.from_arrays(pa.array(offsets), found, type=kind)


def in_order(parts: Sequence[tuple[NDArray[np.int64], pa.Table]]) -> pa.Table:
    """Return tables of scenes, each with its indices, as one table in the order of the index."""
    if len(parts) == 1:
        return parts[0][1]
    order = np.argsort(np.concatenate([indices for indices, _ in parts]), kind="stable")
    return pa.concat_tables(table for _, table in parts).take(pa.array(order))


def _unknown(kind: pa.DataType, size: int) -> pa.Array:
    if pa.types.is_list(kind) and not pa.types.is_floating(kind.value_type):
        offsets = pa.array(np.zeros(size + 1, np.int32))
        return pa.ListArray.from_arrays(offsets, pa.array([], kind.value_type), type=kind)
    return pa.nulls(size, kind)  # cvs is no empty list, but unknown


def _same_list(values: Sequence[str], size: int) -> pa.Array:
    offsets = pa.array(np.arange(size + 1, dtype=np.int32) * len(values))
    return pa.ListArray.from_arrays(offsets, pa.array(list(values) * size, pa.string()))
