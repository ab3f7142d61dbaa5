#!/bin/sh
# native/build.sh FOLDER CLASSES   builds CMakeLists.txt in FOLDER and puts what users need at run time into CLASSES, whence it gets into the
# jar; quiet unless something fails or is left out. Started by Maven.
command -v cmake >/dev/null || { echo "cmake is not installed: native/ and kernels/ are left out; the CPU needs neither"; exit 0; }
log=$(cmake -S . -B "$1" 2>&1 && cmake --build "$1" 2>&1 && cmake --install "$1" --prefix "$2" 2>&1) || { echo "$log"; exit 1; }
echo "$log" | grep 'left out\|compiled on the machine' || true
