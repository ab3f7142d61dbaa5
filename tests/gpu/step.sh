# Sourced by tests/gpu/run: steps, each a process group of its own with a limit, and the archive of what they found so far.
#
#   step NAME LIMIT PLAN COMMAND...    output to found/NAME.log; name, exit code (124: out of time) and seconds to found/steps.tsv. PLAN, such as
#                                      cudnn-bf16 or - for none, is what a failure of the step makes later steps leave alone
#   absent NAME REASON                 a step that is left out
#
# Needs began, within (seconds), rehearsal (empty on a GPU), work, found, out, call (first or second), only (names), and
# PLANT of the environment: NAME=die, NAME=hang or NAME=poison, separated by commas, for the rehearsal.
worker='' stopped='' unfinished='' faulty=' '
most_log=1000000 # bytes of a log that are kept
trap 'stopped="the run was stopped"; end_worker' TERM INT
end_worker() { if [ -n "$worker" ]; then kill -TERM -- "-$worker" 2>/dev/null; fi; }

left() { echo $((began + within - 8 - $(date +%s))); }
chosen() { [ ${#only[@]} -eq 0 ] || [[ " ${only[*]} " == *" $1 "* ]]; }

absent() {
    chosen "$1" || return 0
    printf '%s\t-\t0\t%s\n' "$1" "$2" >>"$found/steps.tsv"
    printf '== %s left out: %s\n' "$1" "$2"
}

# What a rehearsal wants of a step, or nothing.
planted() {
    local entry plant=${PLANT:-}
    for entry in ${plant//,/ }; do
        if [ "${entry%%=*}" = "$1" ]; then echo "${entry#*=}"; fi
    done
}

# run_step NAME COMMAND...    in a process group that the caller may end
run_step() {
    trap - TERM INT
    cd "$work" || exit 1
    case $(planted "$1") in
        die) kill -SEGV $BASHPID ;;
        hang) exec sleep 1000 ;;
        poison) export CUDASIM_FAIL=kernel:9:719 ;; # the context is lost in the ninth kernel
    esac
    "${@:2}"
}

# wait_for LIMIT    waits for the worker and returns its exit code, 124 where it was ended
wait_for() {
    local watcher code
    (trap - TERM INT; sleep "$1" && touch "$work/late" && kill -TERM -- -$worker && sleep 3 && kill -KILL -- -$worker) 2>/dev/null &
    watcher=$!
    set +m
    wait $worker
    code=$?
    if [ -n "$stopped" ]; then end_worker; wait $worker; fi
    worker=
    kill -TERM -- -$watcher 2>/dev/null
    wait $watcher 2>/dev/null
    if [ -e "$work/late" ]; then code=124 && rm -f "$work/late"; fi
    return $code
}

step() {
    local name=$1 limit=$2 plan=$3 start code seconds
    shift 3
    chosen "$name" || return 0
    if [ -n "$stopped" ]; then absent "$name" "$stopped"; return; fi
    if [[ "$faulty" == *" $plan "* ]]; then absent "$name" "$plan failed before"; return; fi
    if [ "$(left)" -lt 3 ]; then unfinished=yes; absent "$name" "the $within seconds are over"; return; fi
    # The stand-in is no GPU, and what runs beside a rehearsal is not known.
    if [ -n "$rehearsal" ]; then limit=$((limit * 2)); fi
    if [ -n "$(planted "$name")" ]; then limit=$((limit < 20 ? limit : 20)); fi
    if [ "$(left)" -lt "$limit" ]; then limit=$(left); fi
    printf '== %s (at most %d s)\n' "$name" "$limit"
    start=$(date +%s.%N)
    set -m # a process group each, so that what a step started ends with it
    (run_step "$name" "$@") >"$work/log" 2>&1 </dev/null &
    worker=$!
    wait_for "$limit"
    code=$?
    seconds=$(awk -v from="$start" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }')
    { head -c $((most_log / 4)) "$work/log"; tail -c +$((most_log / 4 + 1)) "$work/log" | tail -c $((most_log * 3 / 4)); } >"$found/$name.log"
    printf '%s\t%d\t%s\n' "$name" "$code" "$seconds" >>"$found/steps.tsv"
    printf '   %s s\n' "$seconds"
    if [ "$code" -ne 0 ]; then
        if [ "$plan" != - ]; then faulty+="$plan "; fi
        printf '   failed with %d%s; the end of its log:\n' "$code" "$([ "$code" -eq 124 ] && echo " (out of time)")"
        tail -n 5 "$found/$name.log" | cut -c 1-300 | sed 's/^/   /'
    fi
    archive
}

# Everything so far, with what the program found fastest, in the place of the archive before.
archive() {
    local kept
    for kept in algorithms splits; do
        if [ -d "$LSTM_GPU_CACHE/$kept" ]; then mkdir -p "$found/cache" && cp -r "$LSTM_GPU_CACHE/$kept" "$found/cache/"; fi
    done
    tar -C "$found" -czf "$work/archive" . && mv "$work/archive" "$out/$call.tar.gz.new" && mv "$out/$call.tar.gz.new" "$out/$call.tar.gz"
}
