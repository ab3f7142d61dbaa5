#!/bin/sh
# native/build.sh FOLDER CLASSES [quick]   builds CMakeLists.txt in FOLDER and puts what users need at run time into CLASSES, whence it gets
# into the jar; quiet unless something fails or is left out. Started by Maven.
#
# A quick build leaves nvcc alone: whoever builds at the first call should not wait for code for six architectures. Images of an earlier
# build stay where they are newer than everything they were made of; otherwise the kernels are compiled on the machine that runs them.
command -v cmake >/dev/null || { echo "cmake is not installed: native/ and kernels/ are left out; the CPU needs neither"; exit 0; }
# A checkout that was copied or moved brings along what cmake noted of its old place.
if [ -e "$1/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$(pwd -P)" "$1/CMakeCache.txt"; then rm -rf "$1"; fi
images=ON
index=$1/kernels/images.properties
if [ "$3" = quick ]; then
    images=OFF
    if [ -n "$(find kernels CMakeLists.txt -newer "$index" 2>&1)" ]; then rm -f "$index" "$2"/kernels/images.properties; fi
fi
log=$(cmake -S . -B "$1" -DKERNEL_IMAGES=$images 2>&1 && cmake --build "$1" 2>&1 && cmake --install "$1" --prefix "$2" 2>&1) || {
    echo "$log"
    exit 1
}
# Images of kernels that are gone, or of another compiler, must not stay in the jar.
find "$2/kernels" -name '*.fatbin' 2>/dev/null | while IFS= read -r image; do
    [ -e "$index" ] && [ -e "$1/kernels/${image#"$2/kernels/"}" ] || rm -f "$image"
done
echo "$log" | grep 'left out\|compiled on the machine' || true
