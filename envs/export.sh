#!/bin/sh
# make export-env: ms-swift and LLaMA-Factory, whose own loaders read our exports (2 GB, 2 minutes).
#
# Both in one environment, by the versions that both allow but for `datasets`: ms-swift 4.6 needs a
# newer one than LLaMA-Factory 0.9.5 names. LLaMA-Factory comes without its web pages and servers
# (gradio and the like); PyPI's torchvision, built for CUDA, without the torch that it asks for.
set -eu
cd "$(dirname "$0")/.."
ENVIRONMENT=$(readlink -f "${1:-.venvs/export}") # scripts name their place: not that of a link
PYTHON=${PYTHON:-python3.11}
READY="$ENVIRONMENT/ready"
mkdir -p "$ENVIRONMENT"
if command -v flock >/dev/null; then # a folder that is kept may be shared
  exec 9>"$ENVIRONMENT.lock"
  flock 9
fi
works() { "$ENVIRONMENT/bin/python" -m pip --version >/dev/null 2>&1; }
[ -e "$READY" ] && works && exit 0

works || "$PYTHON" -m venv --clear "$ENVIRONMENT"
echo "== installing ms-swift and LLaMA-Factory into $ENVIRONMENT (2 GB)"
install() { "$ENVIRONMENT/bin/pip" install --quiet "$@"; }
install torch==2.13.0+cpu ||
  install --index-url https://download.pytorch.org/whl/cpu torch==2.13.0+cpu
install torch==2.13.0+cpu ms-swift==4.6.0 qwen-vl-utils==0.0.14 transformers==5.6.0 \
  datasets==4.8.4 trl==0.24.0 peft==0.18.1 accelerate==1.11.0 av==16.0.0 'omegaconf>=2.3,<3'
install --no-deps llamafactory==0.9.5 torchvision==0.28.0
touch "$READY"
