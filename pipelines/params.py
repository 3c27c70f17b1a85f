"""params.yaml: one section per stage, read by the stage of the same name.

A section is a frozen pydantic model that its stage declares as `Params`; a key that nobody knows
is refused in one line. A word that names a file (`format: cholect50`, `teacher: embedded`) is
looked up in its folder, and a wrong one answers with the list.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from surgchain.schemas.errors import ParamsError

DEFAULT_PATH = Path("params.yaml")
S = TypeVar("S", bound=BaseModel)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, strict about names: of two entries of one name YAML drops the first."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Return a mapping; raise `ParamsError` where a key stands twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise ParamsError(
                    f"line {key.start_mark.line + 1}: {name!r} stands twice; give one of them "
                    f"another name"
                )
            seen.add(name)
        return super().construct_mapping(node, deep)


class Section(BaseModel):
    """Base of all sections: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read(path: Path = DEFAULT_PATH) -> dict[str, Any]:
    """Read a params file as plain values; raise `ParamsError`."""
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 (a safe one)
    except OSError as error:
        raise ParamsError(
            f"{path}: cannot be read: {error.strerror}; `surgchain profile use demo` puts one there"
        ) from error
    except ParamsError as error:
        raise ParamsError(f"{path}: {error}") from error
    except yaml.YAMLError as error:
        raise ParamsError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ParamsError(f"{path}: a mapping of sections is expected")
    return values


def load(section: str, model: type[S], path: Path = DEFAULT_PATH) -> S:
    """Return one section, for example `frames` or `sources.phantom`; raise `ParamsError`."""
    values: Any = read(path)
    for key in section.split("."):
        if not isinstance(values, dict) or key not in values:
            raise ParamsError(f"{path}: section {section!r} is missing")
        values = values[key]
    return parse(section, model, values, path)


def parse(section: str, model: type[S], values: Any, path: Path = DEFAULT_PATH) -> S:
    """Return a section of plain values; raise `ParamsError` that names the key."""
    try:
        return model.model_validate(values or {})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([section, *(str(p) for p in first["loc"])])
        if first["type"] == "extra_forbidden":
            known = ", ".join(model.model_fields)
            raise ParamsError(f"{path}: unknown key {key}; one of {known}") from error
        raise ParamsError(f"{path}: {key}: {first['msg']} (got {first['input']!r})") from error


def chosen(folder: ModuleType, word: str, what: str) -> ModuleType:
    """Return the module of a folder that a word of params.yaml names.

    The folder is the registry. Raise `ParamsError` with the list of words, and the path to write.
    """
    place = Path(next(iter(folder.__path__)))
    words = words_of(folder)
    if word not in words:
        raise ParamsError(
            f"no {what} named {word!r}; one of {', '.join(words)}; "
            f"to add one, write {place.name}/{word}.py like its neighbours"
        )
    return import_module(f"{folder.__name__}.{word}")


def words_of(folder: ModuleType) -> tuple[str, ...]:
    """Return the names that a folder of one-file parts offers."""
    place = Path(next(iter(folder.__path__)))
    return tuple(sorted(p.stem for p in place.glob("*.py") if not p.stem.startswith("_")))
