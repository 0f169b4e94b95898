#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kioskctl device …: docs/devices.md holds the program's own table and every key of the settings, every
word has its texts in both languages, and the lint tells good tables from bad ones.

    device_docs.py KIOSKCTL ROOT [--write]      --write: put the table into docs/devices.md"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

BEGIN = "<!-- words: written by kioskctl device words -->\n"
END = "<!-- end of words -->\n"
wrong = []


def must(holds, what):
    if not holds:
        wrong.append(what)


def run(kioskctl, *args):
    return subprocess.run([kioskctl, "device", *map(str, args)], capture_output=True, text=True,
                          check=False)


def check_page(kioskctl, root, is_writing):
    page = root / "docs/devices.md"
    text = page.read_text("utf-8")
    head, rest = text.split(BEGIN)
    old, tail = rest.split(END)
    table = run(kioskctl, "words").stdout
    must(table.count("\n") > 50, "the table is too short to be one")
    if is_writing:
        page.write_text(head + BEGIN + table + END + tail, "utf-8")
    else:
        must(old == table, "docs/devices.md: the table is not the program's (device_docs.py --write)")


# Where the keys of a section are listed: the part of a source from a mark on, one pattern a key.
STRCMP = r'strcmp\(key, "(\w+)"\)'
KEYS = {
    "visit": ("app/settings.c", "", r'\{"visit", "(\w+)"'),
    "scan": ("app/settings.c", "check_unknown(", r'strcmp\(name, "(\w+)"\)'),
    "devices.reader": ("drivers/reader/reader_setup.c", "setting_keys[]", r'\{"(\w+)", \w+_take,'),
    "devices.scanner": ("drivers/scanner/scanner_setup.c", '{"source"', r'"(\w+)"(?=[,\s\w"]*NULL\})'),
    "devices.scanner ": ("drivers/scanner/camera_settings.c", "", r'\{"(\w+)", offsetof|' + STRCMP),
    "devices.printer": ("drivers/printer/printer_profile.c", "int printer_settings_parse",
                        r'\.name = "(\w+)"'),
    "devices.card_slot": ("drivers/card_slot/slot_cfg.c", "settings_take(", STRCMP),
    "devices.document_printer": ("drivers/document/document_settings.c", "known[]",
                                 r'"(\w+)"(?=[,\s\w"]*\})'),
    "devices.keypad": ("drivers/keypad/keypad_setup.c", "setting_take(", STRCMP),
}


def check_settings(root):
    page = (root / "docs/devices.md").read_text("utf-8")
    table = page.split("<!-- settings")[1].split("<!-- end of settings")[0]
    told = set(re.findall(r"^\| `([\w.]+)`", table, re.MULTILINE))
    known = set()
    for section, (path, mark, pattern) in KEYS.items():
        text = (root / path).read_text("utf-8")
        text = text[text.index(mark):]
        if mark.endswith(("[]", "\"")):
            text = text[:text.index("};") + 1]
        keys = {a for found in re.findall(pattern, text) for a in ([found] if isinstance(found, str) else found)
                if a}
        must(len(keys) >= 2, f"{path}: no keys found, the test has lost its mark")
        known |= {f"{section.strip()}.{key}" for key in keys}
    must(told >= known, f"docs/devices.md does not tell of {sorted(known - told)}")
    must(told <= known, f"docs/devices.md tells of {sorted(told - known)}, which nobody reads")


def check_texts(kioskctl, root):
    words = json.loads(run(kioskctl, "words", "--json").stdout)
    ids = {f"device.{kind}" for kind in words["kind"]}
    ids |= {c[key] for c in words["causes"] for key in ("text", "action_text")}
    must(len(words["causes"]) > 40, "too few causes")
    for language in ("zh-Hans", "en"):
        texts = json.loads((root / f"assets/strings/{language}.json").read_text("utf-8"))
        for i in sorted(ids):
            must(texts.get(i, "").strip(), f"{language}: no text for {i}")


def check_lint(kioskctl, root):
    tables = sorted((root / "assets/devices").glob("*.json"))
    good = run(kioskctl, "lint", *tables)
    must(len(tables) >= 3 and good.returncode == 0, f"the tables of the product: {good.stdout}")
    with tempfile.TemporaryDirectory() as folder:
        bad = pathlib.Path(folder) / "bad.json"
        table = json.loads((root / "assets/devices/reader.json").read_text("utf-8"))
        entry = table["devices"][0]
        cases = {
            "no JSON": "{",
            "twice": '{"format":"yijian-devices-1","format":"yijian-devices-1"}',
            "format": json.dumps({**table, "format": "other"}),
            "class": json.dumps({**table, "class": "toaster"}),
            "no class": json.dumps({k: v for k, v in table.items() if k != "class"}),
            "no devices": json.dumps({**table, "devices": []}),
            "id": json.dumps({**table, "devices": [{**entry, "vid": "400"}]}),
            "number as id": json.dumps({**table, "devices": [{**entry, "vid": 1024}]}),
            "unknown key": json.dumps({**table, "devices": [{**entry, "colour": "red"}]}),
        }
        for what, text in cases.items():
            bad.write_text(text, "utf-8")
            answer = run(kioskctl, "lint", bad, tables[0])
            lines = answer.stdout.splitlines()
            must(answer.returncode == 1, f"accepted: {what}")
            must(len(lines) == 2 and lines[0].startswith(f"{bad}: ") and len(lines[0]) > len(str(bad)) + 8,
                 f"{what}: no reason: {lines}")
        must(run(kioskctl, "lint", bad.with_name("none.json")).returncode == 1, "a missing file")
    for args in (("lint",), ("words", "--yaml"), ("polish", "x"), ()):
        must(run(kioskctl, *args).returncode == 2, f"arguments {args}")


def main():
    kioskctl, root = sys.argv[1], pathlib.Path(sys.argv[2])
    check_page(kioskctl, root, "--write" in sys.argv)
    check_settings(root)
    check_texts(kioskctl, root)
    check_lint(kioskctl, root)
    print("\n".join(wrong) if wrong else "words, texts and tables agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
