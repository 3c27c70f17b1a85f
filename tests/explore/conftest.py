"""Only `make test-explore` runs these: FiftyOne lives in an environment of its own."""

import importlib.util

if importlib.util.find_spec("fiftyone") is None:
    collect_ignore_glob = ["test_*.py"]
