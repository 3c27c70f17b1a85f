#!/bin/sh
# ./envs/datatrove.sh: the filters that `make bench-checkers` is measured beside (400 MB).
set -eu
cd "$(dirname "$0")/.."
ENVIRONMENT=${1:-.venvs/datatrove}
READY="$ENVIRONMENT/ready-1"
[ -e "$READY" ] && exit 0
[ -x "$ENVIRONMENT/bin/pip" ] || "${PYTHON:-python3.11}" -m venv "$ENVIRONMENT"
echo "== installing datatrove into $ENVIRONMENT"
"$ENVIRONMENT/bin/pip" install --quiet datatrove==0.6.0 'spacy>=3.8,<4' nltk
"$ENVIRONMENT/bin/python" -c 'from datatrove.pipeline.filters import GopherRepetitionFilter'
touch "$READY"
