#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Static analysis of the product.  tidy.sh ROOT BUILD    (77 where clang-tidy is missing)
set -euo pipefail
cd "$1"
command -v clang-tidy >/dev/null || exit 77
git ls-files -co --exclude-standard 'app/*.c' 'drivers/*.c' 'ui/*.c' | while read -r f; do
    [ -f "$f" ] && echo "$f"
done | xargs -P "$(nproc)" -n 4 nice -n 19 clang-tidy --quiet -p "$2" 2>/dev/null
