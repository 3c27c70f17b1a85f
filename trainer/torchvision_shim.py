"""Let PyPI's torchvision (built for CUDA) be imported beside a CPU build of torch.

Its binary needs libtorch_cuda and cannot load, so that `torchvision::nms` is never declared and
`import torchvision` dies with "operator torchvision::nms does not exist". Declaring the schemas is
enough: what we use of it (resize, normalise) is written in torch.
"""

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

OPERATORS = ("nms", "qnms")
_kept: list[object] = []  # a library that is collected takes its operators along


class _DeclareFirst(importlib.abc.MetaPathFinder):
    """Declares the operators at the moment when torchvision is first looked for."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  (the protocol's names)
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            declare()
        return None


def install() -> None:
    """Make `import torchvision` work in this process; costs nothing until it is imported."""
    if "torchvision" in sys.modules or any(isinstance(f, _DeclareFirst) for f in sys.meta_path):
        return
    sys.meta_path.insert(0, _DeclareFirst())


def declare() -> None:
    """Declare torchvision's operators, where torch has neither CUDA nor ROCm."""
    import torch

    if torch.version.cuda is not None or torch.version.hip is not None:
        return
    library: Any = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name in OPERATORS:
        if not hasattr(torch.ops.torchvision, name):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept.append(library)
