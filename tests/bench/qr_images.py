#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Index of the public picture sets for bench_qr, from checkouts of their repositories.

    qr_images.py OUT.tsv [--zxing DIR] [--zxing-cpp DIR] [--boofcv DIR] [--jsqr DIR]

DIR is the checkout's root: zxing/zxing, zxing-cpp/zxing-cpp, paulmillr/qr-code-vectors,
cozmo/jsQR. One line a picture: file, set, role, expected bytes in hex. Roles: text (what the code
says is known), seen (a code is there, what it says is not known), negative (no QR code).
Pictures that zxing-cpp took over from zxing are left out the second time; of BoofCV only the odd
numbers are taken, so that the others stay unseen by whoever tunes with this."""

import argparse
import glob
import json
import os

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
# other symbologies that a QR engine has to leave alone
NO_QR = ("aztec", "codabar", "code", "datamatrix", "ean", "itf", "maxicode", "pdf417", "upc",
         "falsepositives", "rss", "telepen", "dxfilmedge")
MOST_OF_A_FOLDER = 12  # negatives of one folder


def pictures(folder):
    return sorted(f for f in glob.glob(os.path.join(glob.escape(folder), "*"))
                  if f.lower().endswith(PICTURES))


def expected(path):
    stem = os.path.splitext(path)[0]
    for ending in (".txt", ".bin"):
        if os.path.isfile(stem + ending):
            with open(stem + ending, "rb") as f:
                return f.read()
    return None


def blackbox(root, name, rows, seen):
    for folder in sorted(glob.glob(os.path.join(root, "qrcode-*"))):
        for path in pictures(folder):
            key = (os.path.basename(folder), os.path.splitext(os.path.basename(path))[0])
            text = expected(path)
            if key in seen or text is None:
                continue
            seen.add(key)
            rows.append((path, name, "text", text))
    for folder in sorted(glob.glob(os.path.join(root, "*"))):
        if os.path.basename(folder).startswith(NO_QR):
            for path in pictures(folder)[:MOST_OF_A_FOLDER]:
                rows.append((path, name, "negative", b""))


def boofcv(root, rows):
    base = os.path.join(root, "boofcv-v3")
    for i, path in enumerate(pictures(os.path.join(base, "decoding"))):
        if i % 2 == 0:
            rows.append((path, "boofcv", "text", expected(path)))
    for folder in sorted(glob.glob(os.path.join(base, "detection", "*"))):
        for path in pictures(folder):
            digits = "".join(c for c in os.path.basename(path) if c.isdigit())
            if digits and int(digits) % 2 == 1:
                rows.append((path, "boofcv-" + os.path.basename(folder), "seen", b""))


def jsqr(root, rows):
    for folder in sorted(glob.glob(os.path.join(root, "tests", "end-to-end", "*"))):
        answer, picture = os.path.join(folder, "output.json"), os.path.join(folder, "input.png")
        if not (os.path.isfile(answer) and os.path.isfile(picture)):
            continue
        with open(answer, encoding="utf-8") as f:
            found = json.load(f)
        if found and found.get("data"):
            rows.append((picture, "jsqr", "text", found["data"].encode()))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("out")
    for name in ("zxing", "zxing-cpp", "boofcv", "jsqr"):
        p.add_argument("--" + name)
    a = p.parse_args()
    rows, seen = [], set()
    if a.zxing:
        blackbox(os.path.join(a.zxing, "core/src/test/resources/blackbox"), "zxing", rows, seen)
    if a.zxing_cpp:
        blackbox(os.path.join(a.zxing_cpp, "test/samples"), "zxing-cpp", rows, seen)
    if a.boofcv:
        boofcv(a.boofcv, rows)
    if a.jsqr:
        jsqr(a.jsqr, rows)
    with open(a.out, "w", encoding="utf-8") as f:
        f.write("# SPDX-License-Identifier: Apache-2.0\n")
        for path, name, role, text in rows:
            f.write(f"{os.path.abspath(path)}\t{name}\t{role}\t{text.hex() or '-'}\n")
    for role in ("text", "seen", "negative"):
        print(role, sum(r[2] == role for r in rows))


if __name__ == "__main__":
    main()
