# What ./package and tests/gpu/pack have in common: a JDK that can make a runtime, jars with what one platform needs of
# them, and a runtime with the modules that they use. Sourced by bash; `jdk` is set by find_jdk, `work` by the caller.

# find_jdk    sets jdk to a JDK 25 or newer with jlink
find_jdk() {
    local candidate
    for candidate in "${LSTM_GPU_JAVA:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/*; do
        if [ -x "$candidate/bin/jlink" ] \
            && grep -q '^JAVA_VERSION="\(2[5-9]\|[3-9][0-9]\)' "$candidate/release" 2>/dev/null; then
            jdk=$candidate
            return
        fi
    done
    echo "$0: a JDK 25 or newer with jlink is needed; set LSTM_GPU_JAVA to its folder" >&2
    return 1
}

# drop_other_platforms FOLDER    native libraries of other systems and processors, told by what is in them: the first
# bytes of a file in ELF say 64 bits, little end first, System V's or Linux's convention, x86-64
drop_other_platforms() {
    local file
    find "$1" -type d -name '*.dSYM' -prune -exec rm -r {} +
    find "$1" \( -name '*.dll' -o -name '*.dylib' -o -name '*.jnilib' -o -name '*.pdb' -o -name '*.dbg' \) -delete
    find "$1" \( -name '*.so' -o -name '*.so.[0-9]*' \) -type f | while IFS= read -r file; do
        case $(od -An -tx1 -N20 "$file" | tr -d ' \n') in
            7f454c460201010[03]????????????????????3e00) ;;
            *) rm "$file" ;;
        esac
    done
}

# store JAR TARGET [PATTERN...]    copies a jar with its contents stored as they are, for one archive around everything
# compresses better; patterns name what is left out. So are descriptions of modules: all lies on the class path, and
# jdeps would ask for modules that the program does without. The same contents make the same file.
store() {
    local jar=$1 target=$2 pattern
    shift 2
    rm -rf "$work/jar"
    mkdir "$work/jar"
    unzip -qo "$jar" -d "$work/jar"
    find "$work/jar" -name module-info.class -delete
    drop_other_platforms "$work/jar"
    for pattern in "$@"; do find "$work/jar" -path "$work/jar/$pattern" -delete; done
    (cd "$work/jar" && find . -type f ! -path ./META-INF/MANIFEST.MF -printf '"%P"\n' | LC_ALL=C sort >"$work/names")
    (cd "$work/jar" && "$jdk/bin/jar" --create --no-compress --date=2000-01-01T00:00:00Z --file "$target" \
        --manifest META-INF/MANIFEST.MF "@$work/names")
    rm -rf "$work/jar" "$work/names"
}

# store_libraries FOLDER TARGET    all jars of a folder, with what this program uses of them on Linux x86-64
store_libraries() {
    local library name
    for library in "$1"/*.jar; do
        name=${library##*/}
        case $name in
            openblas-*) store "$library" "$2/$name" '*/include*' '*/libjniopenblas*' ;;
            jcuda-natives-*) store "$library" "$2/$name" '*/libJNvPTXCompiler*' ;;
            *) store "$library" "$2/$name" ;;
        esac
    done
}

# make_runtime TARGET JAR...    Java with the modules that the jars use; it is compressed with the archive around it
make_runtime() {
    local target=$1 modules
    shift
    modules=$("$jdk/bin/jdeps" --ignore-missing-deps --multi-release 25 --print-module-deps "$@" | tail -n 1) \
        || { echo "$0: $modules" >&2; return 1; }
    "$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files --compress zip-0 \
        --output "$target"
}
