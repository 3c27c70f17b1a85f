"""Only `make test-export` runs these: the tools live in an environment of their own."""

import os

if "SURGCHAIN_EXPORT" not in os.environ:
    collect_ignore_glob = ["test_*.py"]
