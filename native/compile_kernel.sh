#!/bin/sh
# native/compile_kernel.sh SOURCE IMAGE COMPILER...   compiles; keeps what ptxas says in IMAGE.ptxas, shows all of it if that fails
source=$1 image=$2
shift 2
mkdir -p "$(dirname "$image")"
if "$@" -o "$image" "$source" >"$image.log" 2>&1; then
    mv "$image.log" "$image.ptxas"
else
    cat "$image.log" >&2
    rm -f "$image" "$image.log"
    exit 1
fi
