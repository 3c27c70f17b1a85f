#!/bin/sh
# ./envs/medspacy.sh: ConText, which `make bench-checkers` measures the scope of denials beside (600 MB).
set -eu
cd "$(dirname "$0")/.."
ENVIRONMENT=${1:-.venvs/medspacy}
READY="$ENVIRONMENT/ready-1"
[ -e "$READY" ] && exit 0
[ -x "$ENVIRONMENT/bin/pip" ] || "${PYTHON:-python3.11}" -m venv "$ENVIRONMENT"
echo "== installing medspaCy into $ENVIRONMENT"
"$ENVIRONMENT/bin/pip" install --quiet medspacy==1.3.1
"$ENVIRONMENT/bin/python" -c 'import medspacy.context'
touch "$READY"
