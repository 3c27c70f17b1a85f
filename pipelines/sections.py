"""All sections of params.yaml, validated at once, before time is spent."""

from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from surgchain.pipelines import params, stages
from surgchain.pipelines.corpus import publisher
from surgchain.pipelines.params import Section
from surgchain.schemas.errors import ParamsError

EACH = {"phantoms": "phantom", "sources": "ingest"}
"""Sections that hold one entry per name, and the stage that reads an entry."""


FIRST = "r0"


class RoundParams(Section):
    """One line of `rounds`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: str
    """The round it follows."""
    model: str
    """Folder of the model that is sampled and refined."""


def validate(path: Path = params.DEFAULT_PATH) -> None:
    """Check every section and key; raise `ParamsError` at the first that nobody knows."""
    values = params.read(path)
    models = _models()
    known = sorted({*models, *EACH, "rounds"} - set(EACH.values()))
    for name, section in values.items():
        if name not in known:
            raise ParamsError(f"{path}: unknown section {name!r}; one of {', '.join(known)}")
        if name in EACH:
            _validate_each(name, models[EACH[name]], section, path)
        elif name == "rounds":
            _validate_each(name, RoundParams, section, path)
            _validate_order(section, path)
        else:
            params.parse(name, models[name], section, path)


def _validate_each(name: str, model: type[Section], entries: Any, path: Path) -> None:
    if not isinstance(entries, dict):
        raise ParamsError(f"{path}: {name}: a mapping of names is expected (`{{}}` for none)")
    for entry, section in entries.items():
        params.parse(f"{name}.{entry}", model, section, path)


def _validate_order(rounds: dict[str, dict[str, Any]], path: Path) -> None:
    """Refuse a second r0, and a round that follows none of those above it."""
    known = [FIRST]
    for name, section in rounds.items():
        if name == FIRST:
            raise ParamsError(
                f"{path}: rounds.{name}: {FIRST} is the round that the drafts make; give this one "
                f"another name"
            )
        if section["after"] not in known:
            raise ParamsError(
                f"{path}: rounds.{name}.after: no round {section['after']!r} above it; one of "
                f"{', '.join(known)}"
            )
        known.append(name)


def _models() -> dict[str, type[Section]]:
    models: dict[str, type[Section]] = {publisher.SECTION: publisher.Publisher}
    for word in params.words_of(stages):
        module = import_module(f"{stages.__name__}.{word}")
        if hasattr(module, "Params"):
            models[word] = module.Params
        if hasattr(module, "Model"):  # one stage builds the model that all of them train
            models["model"] = module.Model
    return models
