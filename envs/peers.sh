#!/bin/sh
# make peers: what `make bench-teacher` measures beside, each in an environment of its own (1.6 GB).
#
# Met with a clean install on Python 3.11: distilabel imports `requests` and `openai` without asking
# for them; Curator fetches a tokenizer when it starts (bench/_curator.py gives it one).
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3.11}

made() { # NAME PACKAGE...
  place=".venvs/$1"
  ready="$place/ready-$(echo "$@" | cksum | cut -d' ' -f1)"
  shift
  [ -e "$ready" ] && return
  [ -x "$place/bin/pip" ] || "$PYTHON" -m venv "$place"
  echo "== installing $* into $place"
  "$place/bin/pip" install --quiet "$@"
  touch "$ready"
}
made openai 'openai>=3,<4'
made distilabel distilabel==1.5.3 'requests>=2.32,<3' 'openai>=3,<4'
made curator bespokelabs-curator==0.1.31
