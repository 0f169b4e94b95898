#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Make the pictures of the README: play some visits and copy their screens, a receipt and the first
# page of its application form.
#   pictures.sh [BUILD]
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/dev}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 tests/flow/play.py --build "$build" --visit tests/flow/visits/newborn.visit --out "$work"
mkdir -p docs/pictures
for pair in home:home matter:matter identify:identify questions-answered:questions form-baby:form \
    materials-done:materials signed:sign receipt-printed:receipt; do
    install -m 644 "$(ls "$work"/*-"${pair%%:*}".png | tail -n 1)" "docs/pictures/${pair#*:}.png"
done
/usr/bin/python3 tests/flow/play.py --build "$build" --visit tests/flow/visits/death.visit --out "$work/death"
/usr/bin/python3 tests/flow/progress.py --build "$build" --out "$work/progress"
mkdir "$work/gallery"
"$build/tests/screen/screen_gallery" "$work/gallery" >/dev/null
for pair in gallery/find-hits-typed0:search death/*-guide:guide progress/*-with-card:progress \
    progress/*-form-fix:correction; do
    # shellcheck disable=SC2086 # the pattern is meant to be filled in
    install -m 644 "$(ls "$work"/${pair%%:*}.png | head -n 1)" "docs/pictures/${pair#*:}.png"
done
install -m 644 "$work/receipt.png" docs/pictures/paper.png
/usr/bin/python3 tests/flow/a4.py --build "$build" --out "$work/a4"
pdftoppm -png -r 60 -f 1 -l 1 -singlefile "$work/a4/job-2.pdf" docs/pictures/a4
chmod 644 docs/pictures/a4.png
# other ways of looking: the same screens (all of them: docs/gallery.md)
ways() { "$build/tests/screen/screen_gallery" "$work/$1" assets "$2" "$3" "$4" "$5" "$6" "$7" >/dev/null; }
mkdir "$work/dark" "$work/lying" "$work/settings"
ways dark matter 344 1080 1920 normal 2
ways lying home-tree 598 1920 1080 normal 0
ways settings settings 344 1080 1920 normal 0
install -m 644 "$work/dark/matter.png" docs/pictures/dark.png
install -m 644 "$work/lying/home-tree.png" docs/pictures/lying.png
install -m 644 "$work/settings"/*settings.png docs/pictures/settings.png
