#!/bin/sh
# tests/cudasim/build.sh OUT    builds the stand-in for CUDA's libraries and the kernels as host code; only what changed
set -eu
out=${1:?tests/cudasim/build.sh OUT}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$(readlink -f "$0")")"
for tool in g++ make; do
    command -v $tool >/dev/null || { echo "tests/cudasim: $tool is missing; install it (Debian: apt-get install g++ make)" >&2; exit 1; }
done
exec make --no-print-directory -s -f Makefile OUT="$out" -j2
