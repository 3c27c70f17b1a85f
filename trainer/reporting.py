"""Where a run's log goes beside its own curve: the `report_to` of a stage.

    dvclive       <model>/live/plots/metrics/*.tsv, which `dvc plots` draws; the default
    tensorboard   work/logs/<stage>
    mlflow        work/logs/<stage>/mlruns, a file store
    wandb         work/logs/<stage>, offline: `wandb sync` sends it, nothing else does

Only the first is installed with the project; another answers with its pip install. None of them
reaches a server: a user's own MLFLOW_TRACKING_URI or WANDB_MODE is left as it is.
"""

import os
import shutil
from collections.abc import Sequence
from importlib import util
from pathlib import Path
from typing import Any, Literal

from surgchain.schemas.errors import InputError
from surgchain.trainer.alarms import HELD_OUT

Reporter = Literal["dvclive", "tensorboard", "mlflow", "wandb"]
LIVE = "live"


def callbacks(names: Sequence[Reporter], work: Path) -> list[Any]:
    """Return the trainer's callbacks; raise `InputError` for what is not installed.

    `work`: the run's own scratch folder, `work/<stage>/run-...`.
    """
    for name in names:
        if util.find_spec(name) is None:
            raise InputError(
                f"report_to: {name} is not installed; `pip install {name}`, or leave it out"
            )
    logs = work.parent.parent / "logs" / work.parent.name
    return [_callback(name, work, logs) for name in names]


def _callback(name: Reporter, work: Path, logs: Path) -> Any:
    if name == "dvclive":
        return live(work / LIVE)
    logs.mkdir(parents=True, exist_ok=True)
    for variable, value in _files(logs).items():
        os.environ.setdefault(variable, value)  # a user's own settings win
    from transformers.integrations import integration_utils

    return integration_utils.INTEGRATION_TO_CALLBACK[name]()


def _files(logs: Path) -> dict[str, str]:
    """Return the variables by which the three write files and reach no server."""
    return {
        "TENSORBOARD_LOGGING_DIR": str(logs),
        "MLFLOW_TRACKING_URI": (logs / "mlruns").resolve().as_uri(),
        "MLFLOW_ALLOW_FILE_STORE": "true",  # since mlflow 3 else a database
        "WANDB_MODE": "offline",
        "WANDB_DIR": str(logs),
    }


def keep(work: Path, out: Path) -> None:
    """Copy what DVCLive wrote into the model's folder."""
    if (work / LIVE).is_dir():
        shutil.copytree(work / LIVE, out / LIVE)


def live(folder: Path) -> Any:
    """Return a callback that writes a run's log by DVCLive.

    It writes anew what a killed run had logged up to its checkpoint, so that no step stands twice.
    It saves no experiment, writes no dvc.yaml and tells no server.
    """
    os.environ.setdefault("DVC_STUDIO_OFFLINE", "true")
    from dvclive import Live
    from scmrepo.exceptions import SCMError
    from transformers import TrainerCallback

    class DvcLive(TrainerCallback):  # type: ignore[misc]
        live: Any = None
        written = 0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.is_world_process_zero:
                folder.parent.mkdir(parents=True, exist_ok=True)
                try:
                    self.live = Live(str(folder), save_dvc_exp=False, dvcyaml=None)
                except SCMError as error:  # it asks git for the last commit
                    raise InputError(
                        f"report_to: dvclive: {error}; `git commit` once, or leave dvclive out"
                    ) from error
                self.written = 0
                self.on_log(args, state, control)

        def on_log(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            if self.live:
                _log(self.live, state.log_history[self.written :])
                self.written = len(state.log_history)

        def on_train_end(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
            if self.live:
                self.live.end()

    return DvcLive()


def _log(live: Any, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        if "loss" in entry or HELD_OUT in entry:
            live.step = entry["step"]
            for name in sorted(entry.keys() - {"step"}):
                live.log_metric(name, entry[name])
    live.make_summary()
