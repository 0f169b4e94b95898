#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The release build as a vendor makes it: builds without warnings, installs into a DESTDIR, carries
# no inspector and no path of the machine it was built on, and its assets are complete.
#   release.sh ROOT WORK
set -euo pipefail
root=$1 work=$2
rm -rf "$work"
mkdir -p "$work"
cmake -S "$root" -B "$work/build" -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX=/usr -DYIJIAN_TESTS=OFF -DYIJIAN_INSPECTOR=OFF -DYIJIAN_WERROR=ON \
    -DCMAKE_C_FLAGS=-D_FORTIFY_SOURCE=2
cmake --build "$work/build" -- --quiet
DESTDIR="$work/dest" cmake --install "$work/build" --component product >/dev/null

fail() {
    echo "FAIL: $1"
    exit 1
}
kiosk=$work/dest/usr/bin/kiosk
kioskctl=$work/dest/usr/bin/kioskctl
share=$work/dest/usr/share/yijian
"$kiosk" --version | grep -q '^kiosk [0-9]' || fail "kiosk tells no version"
if "$kiosk" --config /dev/null --inspect /tmp/never 2>"$work/err"; then
    fail "a release kiosk started with an inspector"
fi
grep -q "unrecognized option '--inspect'" "$work/err" || fail "--inspect is known to a release build"
strings -a "$kiosk" >"$work/strings"
grep -qF "$root/" "$work/strings" && fail "the build folder is in the binary"
grep -qE "inspect_(start|serve)|advance_ms" "$work/strings" && fail "the inspector is in the binary"
for file in matters/catalogue.json matters/national/newborn.json strings/zh-Hans.json strings/en.json themes/default.json \
    fonts/fonts.json devices/reader.json devices/scanner.json devices/printer.json \
    schema/matter.schema.json; do
    [ -s "$share/$file" ] || fail "$file is not installed"
done
"$kioskctl" matter lint "$share/matters" || fail "the installed matters have errors"
if ! "$kiosk" --config "$work/none.json" 2>"$work/err"; then
    grep -q "ERR_NOT_FOUND" "$work/err" || fail "a missing settings file is not explained"
else
    fail "started without settings"
fi
echo "release build good: $(stat -c %s "$kiosk") bytes"
