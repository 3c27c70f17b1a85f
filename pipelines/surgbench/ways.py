"""Who is asked, and how: kept beside the answers, so that scoring them again tells the truth.

    asked.json    {"kind": "checkpoint", "name": "models/grpo", "shown": "pictures", "samples": 1,
                   "max_tokens": 1024, "boxes": "card", "logprobs": false, "weights": "4be1..."}

A combination that would tell an untruth is refused: the teacher is shown the facts and speaks one
text, so it can neither be blind nor be drawn from; a checkpoint of ours says itself how it writes
boxes.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from surgchain.pipelines.files import write_json
from surgchain.schemas.errors import InputError

FILE = "asked.json"
Boxes = Literal["card", "thousandths", "pixels"]
BLIND = " (blind)"


class Way(BaseModel):
    """One way of asking one model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["checkpoint", "endpoint", "teacher"]
    name: str
    """Of the model, for people; that at the server for an endpoint."""
    shown: Literal["pictures", "nothing", "facts"] = "pictures"
    """Beside the question: `nothing` is the blind control, `facts` the upper bound."""
    samples: int = 1
    """Texts of each question, the first one greedy."""
    max_tokens: int = 1024
    """Of a text."""
    boxes: Boxes = "thousandths"
    """How it writes boxes; `card`: as the card of a checkpoint of ours says."""
    logprobs: bool = False
    """Whether triplets are ranked by the log-probability of their text, beside votes."""
    weights: str = ""
    """Hash of a checkpoint; empty for others."""

    @property
    def label(self) -> str:
        """Its name in results: that of the model, and whether it was blind."""
        return self.name + (BLIND if self.shown == "nothing" else "")

    def sees_for(self, other: "Way") -> bool:
        """Say whether this is the same model as a blind one, with the pictures."""
        return (
            (self.kind, self.name, self.weights) == (other.kind, other.name, other.weights)
            and (self.shown, other.shown) == ("pictures", "nothing")
        )  # fmt: skip


def chosen(
    model: Path | None, endpoint: str | None, name: str, samples: int, max_tokens: int,
    boxes: Boxes | None, *, teacher: bool, blind: bool, logprobs: bool,
) -> Way:  # fmt: skip
    """Return what was asked for on the command line; raise `InputError` for what cannot be."""
    if sum((model is not None, endpoint is not None, teacher)) != 1:
        raise InputError("give one of --model FOLDER, --endpoint URL --name NAME, --teacher")
    if teacher:
        _refuse_for_teacher(samples, boxes, blind=blind, logprobs=logprobs)
        return Way(kind="teacher", name=name or "teacher", shown="facts")
    common = {
        "shown": "nothing" if blind else "pictures", "samples": samples, "max_tokens": max_tokens,
        "logprobs": logprobs,
    }  # fmt: skip
    if endpoint is not None:
        if not name:
            raise InputError("--endpoint needs --name: the model's name at the server")
        return Way.model_validate(
            {"kind": "endpoint", "name": name, "boxes": boxes or "thousandths", **common}
        )
    assert model is not None
    from surgchain.pipelines.surgbench import checkpoints

    ours = checkpoints.is_ours(model)
    if ours and boxes is not None:
        raise InputError(
            f"--boxes {boxes}: {model} is a checkpoint of ours, whose card says how it writes "
            f"boxes; leave --boxes out"
        )
    return Way.model_validate(
        {
            "kind": "checkpoint", "name": name or str(model),
            "boxes": "card" if ours else boxes or "thousandths",
            "weights": checkpoints.content_hash(model), **common,
        }
    )  # fmt: skip


def _refuse_for_teacher(samples: int, boxes: Boxes | None, *, blind: bool, logprobs: bool) -> None:
    reasons = {
        "--blind": blind and "it is shown the facts, and the picture never",
        "--samples": samples != 1 and "it writes one text, the same each time",
        "--boxes": boxes is not None and "it writes thousandths",
        "--logprobs": logprobs and "it is no language model",
    }
    for flag, why in reasons.items():
        if why:
            raise InputError(f"--teacher with {flag}: {why}; leave {flag} out")


def write(folder: Path, way: Way) -> None:
    """Write it beside the answers."""
    write_json(folder / FILE, way.model_dump())


def read(folder: Path) -> Way:
    """Read it; raise `InputError` where it is not there, or another."""
    path = folder / FILE
    try:
        return Way.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{path}: not there, so it is not known how these answers were asked for; "
            f"evaluate again, the ledger has what was answered"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{path}: {where}: {first['msg']}") from error
