# Fetches what a checkout cannot do without where a machine has none: a JDK, and Maven. Sourced by ./lstm-gpu, which has
# `say`, `jdk_is_fit`, `find_unsafe` and `folders_above`; needs curl or wget, and tar.

adoptium=https://api.adoptium.net/v3

give_up() {
    say "$@"
    exit 1
}

# The cache folder, as CacheFolder.java names it; empty if nothing says where it is.
name_cache() {
    cache=
    if [ -n "${LSTM_GPU_CACHE:-}" ]; then
        case $LSTM_GPU_CACHE in /*) cache=$LSTM_GPU_CACHE ;; *) cache=$PWD/$LSTM_GPU_CACHE ;; esac
    else
        case ${XDG_CACHE_HOME:-} in /*) cache=$XDG_CACHE_HOME/lstm-gpu ;; esac
        case ${cache:-${HOME:-}} in "$cache") ;; /*) cache=$HOME/.cache/lstm-gpu ;; esac
    fi
}

# Fails, and says why, if another user could put something into this folder, whose path has no link in it.
require_private() {
    local unsafe
    folders_above "$1"
    unsafe=$(find_unsafe "${folders[@]}")
    [ -n "$unsafe" ] || return 0
    say "another user could change what is in $unsafe, so no JDK is run from there: chmod go-w it, or set" \
        "LSTM_GPU_CACHE to a folder of your own."
    return 1
}

# A JDK that was fetched earlier.
find_fetched_jdk() {
    local candidate real
    name_cache
    [ -n "$cache" ] || return
    for candidate in "$cache"/jdk/*/Contents/Home "$cache"/jdk/*; do
        if jdk_is_fit "$candidate"; then
            real=$(cd -P "$candidate" && pwd) && require_private "$real" || exit 1
            jdk_is_fit "$real"
            return
        fi
    done
    return 1
}

# fetch ADDRESS FILE
fetch() {
    local only='=https' quiet=-sS
    case $1 in http://*) only='=http' ;; esac
    if command -v curl >/dev/null; then
        [ ! -t 2 ] || quiet=-#
        curl -fL "$quiet" --proto "$only" --proto-redir "$only" --connect-timeout 30 --retry 2 -o "$2" "$1"
    else
        wget -q -O "$2" "$1"
    fi
}

sha256() {
    if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d' ' -f1
}

# Where a JDK for this machine is, and where its check sum: Adoptium's newest, or a mirror's file and the sum beside it.
name_jdk() {
    local system
    jdk_address=${LSTM_GPU_JDK_URL:-}
    jdk_sum_address=$jdk_address.sha256.txt
    case $jdk_address in
        '') ;;
        https://* | http://127.0.0.1:* | http://localhost:*) return ;;
        *) give_up "LSTM_GPU_JDK_URL=$jdk_address has to begin with https:// (http:// is for this machine only)." ;;
    esac
    case $(uname -sm) in
        "Linux x86_64") system=linux/x64 ;;
        "Linux aarch64" | "Linux arm64") system=linux/aarch64 ;;
        "Darwin x86_64") system=mac/x64 ;;
        "Darwin arm64") system=mac/aarch64 ;;
        *) return 1 ;;
    esac
    jdk_address=$adoptium/binary/latest/25/ga/$system/jdk/hotspot/normal/eclipse
    jdk_sum_address=$adoptium/checksum/latest/25/ga/$system/jdk/hotspot/normal/eclipse
}

# Somebody who wants it: by --yes, by LSTM_GPU_YES=1, or by an answer.
has_consent() {
    local answer from=${jdk_address#*://}
    [ "${LSTM_GPU_YES:-}" != 1 ] || return 0
    if [ -t 0 ] && [ -t 2 ]; then
        printf 'lstm-gpu: %s. Fetch one (Eclipse Temurin, about 140 MB) from %s into %s? [y/N] ' \
            "a JDK 25 is needed, and there is none" "${from%%/*}" "$cache/jdk" >&2
        read -r answer
        case $answer in [Yy] | [Yy][Ee][Ss]) return 0 ;; esac
        say "nothing was fetched; install a JDK 25 (for example Temurin 25 from adoptium.net) or set LSTM_GPU_JAVA to" \
            "its folder."
    else
        say "a JDK 25 or newer is needed: ./lstm-gpu --yes fetches one (Eclipse Temurin, about 140 MB, from" \
            "${from%%/*} into $cache/jdk); or install one, or set LSTM_GPU_JAVA to its folder."
    fi
    return 1
}

# unpack_jdk FOLDER    fetches it into this folder of its own, checks it, and unpacks it there; sets unpacked
unpack_jdk() {
    local new=$1 sum seen home_folder
    if ! fetch "$jdk_sum_address" "$new/sum" || ! fetch "$jdk_address" "$new/jdk.tar.gz"; then
        say "a JDK cannot be fetched from $jdk_address: try again, install one, or set LSTM_GPU_JDK_URL to a" \
            "mirror's archive."
        return 1
    fi
    sum=$(head -c 64 "$new/sum" | LC_ALL=C tr 'A-F' 'a-f')
    seen=$(sha256 "$new/jdk.tar.gz")
    if [ "${#seen}" -ne 64 ] || [ "$seen" != "$sum" ]; then
        say "the JDK from $jdk_address is refused: its check sum is $seen and has to be ${sum:-known}."
        return 1
    fi
    mkdir "$new/unpacked" && tar -xzf "$new/jdk.tar.gz" -C "$new/unpacked" --no-same-owner || {
        say "the JDK cannot be unpacked in $cache/jdk: see above."
        return 1
    }
    for home_folder in "$new"/unpacked/*/Contents/Home "$new"/unpacked/*; do
        if jdk_is_fit "$home_folder" && "$home_folder/bin/java" -version >/dev/null 2>&1; then
            unpacked=${home_folder#"$new/unpacked/"}
            return 0
        fi
    done
    say "what came from $jdk_address is no JDK 25 or newer that runs on this machine."
    return 1
}

# abandon JOB FOLDER
abandon() {
    if [ -n "$1" ]; then
        kill -TERM -- "-$1" 2>/dev/null
        wait "$1" 2>/dev/null
    fi
    [ -z "$2" ] || rm -rf "$2"
}

# Whole or not at all: everything happens in a folder beside the place, and that is moved there in the end.
fetch_jdk() {
    local place new= job= unpacked top
    name_cache
    [ -n "$cache" ] || give_up "a JDK 25 or newer is needed, and this user has no home folder to keep one in: set" \
        "LSTM_GPU_JAVA to a JDK's folder."
    name_jdk || give_up "a JDK 25 or newer is needed: install one, or set LSTM_GPU_JAVA to its folder; there is none" \
        "to fetch for $(uname -sm)."
    has_consent || exit 1
    command -v curl >/dev/null || command -v wget >/dev/null || give_up "curl or wget is needed to fetch a JDK."
    place=$(umask 077 && mkdir -p "$cache/jdk" && cd -P "$cache/jdk" && pwd) || give_up "$cache/jdk cannot be made."
    require_private "$place" || exit 1
    find "$place" -maxdepth 1 -name '.new.*' -mtime +0 -exec rm -rf {} + # of downloads that were killed
    trap 'abandon "$job" "$new"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    new=$(mktemp -d "$place/.new.XXXXXX") || give_up "$place cannot be written."
    say "fetching a JDK from $jdk_address."
    # Beside the shell, which hears of a signal only between commands, and in a group that can be ended together.
    set -m
    (umask 077 && unpack_jdk "$new" && printf '%s\n' "$unpacked" >"$new/name") &
    job=$!
    set +m
    wait $job || exit 1
    job=
    read -r unpacked <"$new/name"
    top=${unpacked%%/*}
    [ -e "$place/$top" ] || mv "$new/unpacked/$top" "$place/$top" # another call may have been faster
    rm -rf "$new"
    trap - EXIT HUP INT TERM
    jdk_is_fit "$place/$unpacked" || give_up "$place/$unpacked cannot be read."
}

# Maven's own wrapper, which fetches the Maven that .mvn/wrapper names into ~/.m2. It wants to lie above its settings,
# and takes an archive of the other form without unzip, whose sum then has to be the other one; so both are
# written anew.
prepare_wrapper() {
    local settings=$home/.mvn/wrapper/maven-wrapper.properties folder=$target/maven key value
    mkdir -p "$folder/.mvn/wrapper" && cp "$home/.mvn/wrapper/mvnw" "$folder/mvnw" || return
    while IFS='=' read -r key value; do
        case $key in
            distributionUrl) printf '%s=%s\n' "$key" "$value" ;;
            distributionSha256Sum) ! command -v unzip >/dev/null || printf '%s=%s\n' "$key" "$value" ;;
            distributionTarGzSha256Sum) command -v unzip >/dev/null || printf 'distributionSha256Sum=%s\n' "$value" ;;
        esac
    done <"$settings" >"$folder/.mvn/wrapper/maven-wrapper.properties"
    [ -n "${HOME:-}" ] || export MAVEN_USER_HOME=${MAVEN_USER_HOME:-$folder/home}
    maven=(sh "$folder/mvnw")
}
