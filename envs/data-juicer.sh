#!/bin/sh
# ./envs/data-juicer.sh: the operators that `make bench-checkers` is measured beside (870 MB).
set -eu
cd "$(dirname "$0")/.."
ENVIRONMENT=${1:-.venvs/data-juicer}
READY="$ENVIRONMENT/ready-1"
[ -e "$READY" ] && exit 0
[ -x "$ENVIRONMENT/bin/pip" ] || "${PYTHON:-python3.11}" -m venv "$ENVIRONMENT"
echo "== installing Data-Juicer into $ENVIRONMENT"
"$ENVIRONMENT/bin/pip" install --quiet py-data-juicer==1.6.1 \
  'aiohttp>=3.10,<4' 'ray>=2.50,<3' msgpack  # it imports these, and would install two while it runs
"$ENVIRONMENT/bin/python" -c 'from data_juicer.ops.filter.word_repetition_filter import WordRepetitionFilter'
touch "$READY"
