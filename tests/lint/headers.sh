#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every product header compiles alone.  headers.sh ROOT CC
set -euo pipefail
cd "$1"
cc=$2
flags=(-std=c11 -D_POSIX_C_SOURCE=200809L -DYIJIAN_INSPECTOR -Wall -Wextra -Werror -fsyntax-only -Iapp -I.)
system=$(pkg-config --cflags sdl2 SDL2_ttf jansson libusb-1.0 pangocairo) # ends here when one is missing
read -ra system <<<"$system"
status=0
while read -r header; do
    [ -f "$header" ] || continue
    printf '#include "%s"\n' "$header" | "$cc" "${flags[@]}" "${system[@]}" -xc - || {
        echo "$header does not stand alone"
        status=1
    }
done < <(git ls-files -co --exclude-standard 'app/*.h' 'drivers/*.h' 'ui/*.h')
exit $status
