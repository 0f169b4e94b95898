#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A fuzzing campaign: build every target with clang, let each search for a while, print a table.
#   campaign.sh [-b BUILD] [-s SECONDS] [-j PARALLEL] [-o OUT] [-m] [TARGET...]
#     -b  build folder (default build/fuzz), -s seconds for each target (60), -j at once (nproc)
#     -o  where logs, new inputs and findings go (default BUILD/campaign); OUT/<target>/findings
#     -m  afterwards merge what brought new coverage back into corpus/<target>
# Ends with 1 when anything was found.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/fuzz seconds=60 jobs=$(nproc) out="" merge=false
while getopts b:s:j:o:m opt; do
    case $opt in
    b) build=$OPTARG ;;
    s) seconds=$OPTARG ;;
    j) jobs=$OPTARG ;;
    o) out=$OPTARG ;;
    m) merge=true ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
out=${out:-$build/campaign}
mkdir -p "$out"

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
command -v clang >/dev/null || { echo "clang is not installed" >&2; exit 77; }
cmake --preset fuzz -S "$root" -B "$build" --log-level=WARNING >/dev/null
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    mapfile -t targets < <(ninja -C "$build" -t targets all | sed -n 's/^fuzz_\([a-z0-9_]*\): phony$/\1/p' | sort -u)
fi
ninja -C "$build" -j "$jobs" "${targets[@]/#/fuzz_}" >"$out/build.log" 2>&1 ||
    { tail -n 20 "$out/build.log" >&2; exit 1; }

hunt() { # target
    local name=$1 dir=$out/$1 dict=()
    mkdir -p "$dir/corpus" "$dir/findings"
    [ -f "$here/dict/$name.dict" ] && dict=(-dict="$here/dict/$name.dict")
    "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 \
        -max_len=4096 -print_final_stats=1 -artifact_prefix="$dir/findings/" "${dict[@]}" \
        "$dir/corpus" "$here/corpus/$name" >"$dir/log" 2>&1 || true
    if $merge; then
        mkdir -p "$here/corpus/$name"
        "$build/tests/fuzz/fuzz_$name" -merge=1 "$here/corpus/$name" "$dir/corpus" \
            >"$dir/merge.log" 2>&1 || true
    fi
}

for name in "${targets[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
    hunt "$name" &
done
wait

found_any=0
printf '%-16s %8s %12s %9s %8s\n' target seconds executions coverage findings
for name in "${targets[@]}"; do
    log=$out/$name/log
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    cov=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    n=$(find "$out/$name/findings" -type f | wc -l)
    [ "$n" = 0 ] || found_any=1
    printf '%-16s %8s %12s %9s %8s\n' "$name" "$seconds" "${runs:-?}" "${cov:-?}" "$n"
done
for name in "${targets[@]}"; do
    find "$out/$name/findings" -type f -printf "$name: %p\n"
done
exit $found_any
