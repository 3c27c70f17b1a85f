"""In FiftyOne's environment: build the dataset of round r0 of the project one stands in."""

import json
import time
from pathlib import Path

from surgchain.pipelines import explore as room
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.explore import database, dataset, samples

work = Path("work/explore")
database.start(work, Path(room.__path__[0]))
import fiftyone as fo  # noqa: E402, F401  (its start is not the dataset's)

began = time.monotonic()
built = dataset.build("bench", samples.of_round(Project(), "r0", work / "pictures"))
found = {"seconds": time.monotonic() - began, "samples": len(built)}
print(json.dumps(found))
