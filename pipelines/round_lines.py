"""The lines of `rounds` in a params file: a round is taken out, every other byte stays.

    rounds:                                              rounds:
      r1: {after: r0, model: models/grpo}       ->         r1: {after: r0, model: models/grpo}
      r2: {after: r1, model: models/refine/r1}

dvc.yaml needs no edit: it makes the stages of a round from these lines (`foreach: ${rounds}`).
"""

from typing import Any

import yaml

from surgchain.schemas.errors import InputError


def newest(rounds: dict[str, Any]) -> str:
    """Return the round that no other one follows; raise `InputError` where that is none or two."""
    followed = {str((r or {}).get("after")) for r in rounds.values()}
    ends = [name for name in rounds if name not in followed]
    if not ends:
        raise InputError("params.yaml: `rounds` has no round to take out; r0 is not one of them")
    if len(ends) > 1:
        raise InputError(
            f"params.yaml: {' and '.join(ends)} are both newest; say which: "
            f"`surgchain rounds rollback {ends[-1]}`"
        )
    return ends[0]


def without(text: str, name: str) -> str:
    """Return a params file without one round; comments and order of the rest stay."""
    before: dict[str, Any] = yaml.safe_load(text)
    wanted = {**before, "rounds": {r: v for r, v in before["rounds"].items() if r != name}}
    node = _rounds(text)
    if node.flow_style or not wanted["rounds"]:
        inner = yaml.safe_dump(
            wanted["rounds"], default_flow_style=True, sort_keys=False, width=999
        )
        text = text[: node.start_mark.index].rstrip() + f" {inner.strip()}" + text[_end(node) :]
    else:
        key, value = next(pair for pair in node.value if pair[0].value == name)
        line = text.rfind("\n", 0, key.start_mark.index)
        end = text.find("\n", _end(value))  # what stands behind it on its line goes too
        text = text[:line] + (text[end:] if end >= 0 else "\n")
    assert yaml.safe_load(text) == wanted, "only this round may have gone"
    return text


def _rounds(text: str) -> yaml.MappingNode:
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    found = next(value for key, value in root.value if key.value == "rounds")
    assert isinstance(found, yaml.MappingNode)
    return found


def _end(node: yaml.Node) -> int:
    """Return where a node's last word ends; a block's own mark lies on the next key."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    return node.end_mark.index
