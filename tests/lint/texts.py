#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Texts by id: every id that the code names has a text in every language, no text is unused, and
the arguments {1} {2} {3} are the same in every language. Ids of devices, causes and actions are made
from app/types/device_words.def by its naming rule.    texts.py ROOT"""

import glob
import json
import os
import re
import sys


def device_ids(root):
    """The text ids that app/types/device_words.def makes."""
    with open(os.path.join(root, "app/types/device_words.def"), encoding="utf-8") as f:
        table = f.read()
    kinds = re.findall(r'^DEVICE_KIND\(DEVICE_\w+, "(\w+)"\)', table, re.M)
    rows = re.findall(r'^DEVICE_(?:CAUSE|CONDITION)\((\w+),\s*"(\w+)",\s*"(\w+)",\s*(\w+),\s*"(\w+)"\)',
                      table, re.M)
    n_rows = len(re.findall(r"^DEVICE_(?:CAUSE|CONDITION)\(", table, re.M))
    if not kinds or len(rows) != n_rows:
        sys.exit(f"device_words.def: {len(kinds)} kinds, {len(rows)} of {n_rows} rows understood")
    return ({f"device.{k}" for k in kinds} | {f"device.cause.{r[1]}" for r in rows}
            | {f"device.action.{r[4]}" for r in rows})


def main():
    root = sys.argv[1]
    languages = {}
    for path in sorted(glob.glob(os.path.join(root, "assets/strings/*.json"))):
        with open(path, encoding="utf-8") as f:
            languages[os.path.basename(path)] = json.load(f)
    base = languages["zh-Hans.json"]
    code = ""
    for room in ("app/core", "app", "ui"):
        for path in glob.glob(os.path.join(root, room, "**/*.[ch]"), recursive=True) + glob.glob(
                os.path.join(root, room, "**/*.def"), recursive=True):
            with open(path, encoding="utf-8") as f:
                code += f.read()
    named = set(re.findall(r'"([a-z]+(?:\.[a-z0-9_]+)*)"', code))
    named |= device_ids(root)
    prefixes = {i.split(".")[0] for i in base}
    built = tuple(p for p in re.findall(r'"([a-z]+(?:\.[a-z0-9_]+)*\.)%[a-z]', code))
    findings = []
    for name, texts in languages.items():
        for i in sorted(set(base) - set(texts)):
            findings.append(f"{name}: {i} is missing")
        for i in sorted(set(texts) - set(base)):
            findings.append(f"{name}: {i} is not in zh-Hans")
        for i in sorted(set(texts) & set(base)):
            if sorted(set(re.findall(r"\{\d\}", texts[i]))) != sorted(set(re.findall(r"\{\d\}", base[i]))):
                findings.append(f"{name}: {i} takes other arguments than zh-Hans")
            if not texts[i].strip():
                findings.append(f"{name}: {i} is empty")
    for i in sorted(base):
        if i not in named and not i.startswith(built or ("\0",)):
            findings.append(f"{i} is used nowhere")
    with open(os.path.join(root, "tests/lint/text_ids_that_are_no_texts.txt"), encoding="utf-8") as f:
        others = {line.split("#")[0].strip() for line in f} - {""}
    for i in sorted(named - set(base)):
        if "." in i and i.split(".")[0] in prefixes and i not in others and not i.startswith(tuple(o[:-1] for o in others if o.endswith("*"))):
            findings.append(f"{i} has no text")
    print("\n".join(findings) if findings else f"{len(base)} texts in {len(languages)} languages")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
