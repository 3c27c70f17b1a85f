#!/bin/sh
# make bench-peers: the readers of video that `make bench-frames` is compared with (1 GB).
#
# torchcodec from 0.14 on is built for CUDA on PyPI and cannot be loaded beside torch+cpu (tried
# 2026-11-28: 0.17.0, 0.16.0 want libnvrtc.so.13; 0.14.0 does not load); 0.13.0 is the last that is.
# It loads the FFmpeg of the system (libavcodec 59 on Debian 12).
set -eu
cd "$(dirname "$0")/.."
ENVIRONMENT=$(readlink -f "${1:-.venvs/bench}")
PYTHON=${PYTHON:-python3.11}
READY="$ENVIRONMENT/ready-1"
[ -e "$READY" ] && exit 0

[ -x "$ENVIRONMENT/bin/pip" ] || "$PYTHON" -m venv "$ENVIRONMENT"
echo "== installing decord, OpenCV and torchcodec into $ENVIRONMENT (1 GB)"
"$ENVIRONMENT/bin/pip" install --quiet torch==2.13.0+cpu ||
  "$ENVIRONMENT/bin/pip" install --quiet --index-url https://download.pytorch.org/whl/cpu \
    torch==2.13.0+cpu
"$ENVIRONMENT/bin/pip" install --quiet decord==0.6.0 opencv-python-headless==5.0.0.93 numpy
"$ENVIRONMENT/bin/pip" install --quiet --no-deps torchcodec==0.13.0
"$ENVIRONMENT/bin/python" -c 'import cv2, decord, torchcodec.decoders'
touch "$READY"
