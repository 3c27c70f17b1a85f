#!/bin/sh
# `dvc plots show` as a page that opens offline: Vega, which DVC's own page loads from a CDN, comes
# from npm the first time, in the versions that DVC names. $1: folder to keep it; $2: page's folder;
# without it Vega is only fetched.
set -eu
vega=$1 out=${2:-}
if [ ! -e "$vega/vega.min.js" ]; then
  made=$(mktemp -d)
  trap 'rm -rf "$made"' EXIT
  for package in vega@5.20.2 vega-lite@5.2.0 vega-embed@6.18.2; do
    (cd "$made" && npm pack --silent "$package" >/dev/null)
    name=${package%@*}
    tar xzf "$made/$name-${package#*@}.tgz" -C "$made" "package/build/$name.min.js"
  done
  mkdir -p "$vega"
  mv "$made"/package/build/*.js "$vega/"
fi
[ -n "$out" ] || exit 0
dvc plots show --html-template "$(dirname "$0")/plots.html" --out "$out"
mkdir -p "$out/vega"
cp "$vega"/*.js "$out/vega/"
