#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Draw every sample screen in every way somebody may want it, and make docs/gallery.md with one contact
# sheet for each way.    gallery.sh [BUILD [DOCS]]
# Needs ImageMagick (packages.list, set gallery). The single pictures stay in BUILD/gallery.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/dev}
docs=${2:-$root/docs}
draw=$build/tests/screen/screen_gallery
out=$build/gallery

# name | width mm | width px | height px | way | contrast | tiles in a row | size of a tile | title
ways='
usual|344|1080|1920|normal|0|9|216x384|Standing panel of 27 inches, usual text
elder|344|1080|1920|elder|0|9|216x384|For old people: large text, one question a page, twice the time
small|344|1080|1920|small|0|9|216x384|Small text
largest|344|1080|1920|largest|0|9|216x384|Largest text
light|344|1080|1920|normal|1|9|216x384|High contrast, black on white
dark|344|1080|1920|normal|2|9|216x384|High contrast, white on black
uyghur|344|1080|1920|normal ug|0|9|216x384|Uyghur, written from the right (the words of the matters are stand-ins)
low|344|1080|1920|low|0|9|216x384|Controls in the lower half, for a wheelchair
lying|598|1920|1080|normal|0|6|320x180|Lying panel of 27 inches
lying-elder|598|1920|1080|elder|0|6|320x180|Lying panel, for old people
compact|261|1280|800|normal|0|6|320x200|Small panel of 12.1 inches
compact-elder|261|1280|800|elder|0|6|320x200|Small panel, for old people'

mkdir -p "$docs/gallery" "$out"
rm -f "$docs"/gallery/*.jpg
{
    echo '<!-- SPDX-License-Identifier: Apache-2.0 -->'
    echo '# Gallery'
    echo
    echo 'Every screen in every way a visitor may want it, drawn by the real screens from sample views with'
    echo 'invented persons. Made by `tests/screen/gallery.sh`; do not edit. Which rules each of these was'
    echo 'measured against stands in `tests/screen/access.h`.'
} > "$docs/gallery.md"
tail -n +2 <<< "$ways" | while IFS='|' read -r name mm w h way contrast across tile title; do
    rm -rf "${out:?}/$name"
    mkdir -p "$out/$name"
    "$draw" "$out/$name" "$root/assets" "" "$mm" "$w" "$h" "$way" "$contrast" > /dev/null
    # further pages and keyboards are on the sheet of the usual way only
    mapfile -t pictures < <(find "$out/$name" -name '*.png' | sort)
    if [ "$name" != usual ]; then
        mapfile -t pictures < <(printf '%s\n' "${pictures[@]}" |
            grep -Ev -- '-(p[0-9]+|list|typed|set|steps|number|email|ink|keys.*)\.png$')
    fi
    # made small one by one: all of them at full size would not fit ImageMagick's limits
    mkdir "$out/$name/tiles"
    for picture in "${pictures[@]}"; do
        convert "$picture" -resize "$tile" "$out/$name/tiles/$(basename "$picture")"
    done
    montage "$out/$name"/tiles/*.png -tile "${across}x" -geometry "$tile+5+5" -background '#D9D5CC' \
        -quality 70 "$docs/gallery/$name.jpg"
    {
        echo
        echo "## $title"
        echo
        echo "![$title](gallery/$name.jpg)"
    } >> "$docs/gallery.md"
    echo "$name: ${#pictures[@]} pictures"
done

# a whole visit in English through the real terminal, so that the matters' own words are seen too
python3 "$root/tests/flow/play.py" --build "$build" --visit "$root/tests/flow/visits/newborn.visit" \
    --out "$out/visit" --language en --quiet
rm -rf "$out/visit/tiles"
mkdir "$out/visit/tiles"
for picture in "$out"/visit/[0-9]*.png; do
    convert "$picture" -resize 270x480 "$out/visit/tiles/$(basename "$picture")"
done
montage "$out"/visit/tiles/*.png -tile 7x -geometry 270x480+5+5 -background '#D9D5CC' -quality 70 \
    "$docs/gallery/visit.jpg"
cat >> "$docs/gallery.md" <<'END'

## A visit in English

One whole visit, played by `tests/flow/play.py --language en` with simulated devices.

![A visit in English](gallery/visit.jpg)
END
