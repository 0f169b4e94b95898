#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A receipt through three eyes that are not ours: npos reads the bytes, zbarimg the QR code,
tesseract the Chinese text.   judge_slip.py JUDGE_RENDER JUDGE_PRINT NPM_FOLDER OUT"""

import os
import re
import shutil
import sys

from judges import HERE, Pbm, install, need, run, skip

SCALE = 2


def strip_blank(rows):
    """Rows without the blank ones at both ends: feeding paper is no difference."""
    used = [i for i, row in enumerate(rows) if any(row)]
    return rows[used[0]:used[-1] + 1]


def check_picture(meant, decoded):
    if decoded.width != meant.width:
        raise SystemExit(f"npos sees {decoded.width} dots, meant were {meant.width}")
    a, b = strip_blank(meant.rows), strip_blank(decoded.rows)
    if len(a) != len(b):
        raise SystemExit(f"npos sees {len(b)} rows, meant were {len(a)}")
    n_missing = sum(bin(x & ~y).count("1") for p, q in zip(a, b) for x, y in zip(p, q))
    n_added = sum(bin(y & ~x).count("1") for p, q in zip(a, b) for x, y in zip(p, q))
    print(f"{len(b)} rows, {n_missing} dots missing, {n_added} added")
    # a dot beside a dot breaks a real-time sequence in the picture up; PROTOCOL.md, framing
    if n_missing or n_added > 4:
        raise SystemExit("npos sees another picture than was meant")


def tallest_block(rows):
    """First and last row of the tallest piece without a blank row: the QR code; text is lower."""
    best, begin = (0, 0), 0
    for y in range(len(rows) + 1):
        if y == len(rows) or not any(rows[y]):
            best = max(best, (begin, y), key=lambda piece: piece[1] - piece[0])
            begin = y + 1
    return best


def text_above(picture, scale, top, out):
    path = os.path.join(out, f"above-{scale}.pgm")
    picture.write_grey(path, scale, 0, top)
    return re.sub(r"\s", "", run("tesseract", path, "-", "-l", "chi_sim", "--psm", "6",
                                 env=dict(os.environ, OMP_THREAD_LIMIT="1")))


def main():
    judge_render, judge_print, npm_folder, out = sys.argv[1:]
    need("zbarimg", "tesseract")
    if "chi_sim" not in run("tesseract", "--list-langs"):
        skip("tesseract does not know Chinese here")
    modules = install(npm_folder)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    run(judge_render, out)
    run(judge_print, out)
    counts = run("node", os.path.join(HERE, "npos_decode.mjs"), modules,
                 os.path.join(out, "printer.bin"), os.path.join(out, "npos.pbm"))
    print("commands:", counts.strip())
    meant = Pbm.read(os.path.join(out, "slip.pbm"))
    decoded = Pbm.read(os.path.join(out, "npos.pbm"))
    check_picture(meant, decoded)

    number, matter, payload = open(os.path.join(out, "slip.txt"), encoding="utf-8").read().split()
    whole = os.path.join(out, "whole.pgm")
    decoded.write_grey(whole, SCALE)
    text = run("zbarimg", "--quiet", "--raw", "--set", "*.enable=0", "--set", "qr.enable=1",
               whole).strip()
    if text != payload:
        raise SystemExit("zbarimg reads another payload")
    top, bottom = tallest_block(decoded.rows)
    wanted = {number, matter}
    for scale in (1, 2, 3):  # it reads some characters better large, some small
        wanted -= {w for w in wanted if w in text_above(decoded, scale, top, out)}
    if wanted:
        raise SystemExit(f"tesseract does not find {wanted}")
    print(f"QR code of {len(payload)} characters between rows {top} and {bottom}; text found")


if __name__ == "__main__":
    main()
