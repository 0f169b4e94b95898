#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The house rules that a script can see. Each rule has a name and a bad file that it must catch.

    lint.py ROOT             check the tree; one line a finding, exit status 1 when there is one
    lint.py ROOT --self-test check that every bad file in tests/lint/bad is caught

A bad file tells in its second line where it pretends to live and which rule must fire:
    /* pretend: drivers/reader/x.c expect: include-direction */"""

import os
import re
import subprocess
import sys

# What every device class may use of drivers/.
DRIVER_FLOOR = ["drivers/driver.h", "drivers/id_table.h", "drivers/status.h", "drivers/timing.h",
                "drivers/hid/", "drivers/transport/"]
# Who may include whom: room → prefixes of project includes it may name (its own is always allowed).
ROOMS = {
    "app/base/": ["base/"],
    "app/types/": ["base/", "types/"],
    "app/core/": ["base/", "types/", "core/"],
    "app/seal/": ["base/", "types/", "seal/"],
    "app/store/": ["base/", "types/", "seal/", "store/"],
    "app/sync/": ["base/", "types/", "store/", "seal/", "sync/"],
    # kioskctl checks device tables and themes with the terminal's own readers of them
    "app/ctl/": ["base/", "types/", "core/", "seal/", "store/", "sync/", "settings.h",
                 "catalogue_store.h", "drivers/reader/", "drivers/scanner/", "drivers/printer/",
                 "drivers/card_slot/", "drivers/keypad/", "ui/theme/"],
    "drivers/transport/": ["base/", "types/", "drivers/transport/"],
    "drivers/reader/": ["base/", "types/", *DRIVER_FLOOR, "drivers/reader/"],
    "drivers/scanner/": ["base/", "types/", *DRIVER_FLOOR, "drivers/scanner/"],
    "drivers/printer/": ["base/", "types/", *DRIVER_FLOOR, "drivers/printer/"],
    "drivers/card_slot/": ["base/", "types/", *DRIVER_FLOOR, "drivers/card_slot/"],
    "drivers/keypad/": ["base/", "types/", *DRIVER_FLOOR, "drivers/keypad/"],
    "drivers/hid/": ["base/", "types/", "drivers/hid/"],
    "drivers/document/": ["base/", "types/", *DRIVER_FLOOR, "drivers/document/"],
    "drivers/": ["base/", "types/", "drivers/"],
    "ui/": ["base/", "types/", "ui/"],
    "app/": ["base/", "types/", "core/", "seal/", "sync/", "ui/ui.h", "drivers/driver.h", "host.h",
             "kiosk.h", "kiosk_priv.h", "settings.h", "catalogue_store.h"],
}
# Library headers that live in one place only.
OWNED = [
    (r"libusb", ["drivers/transport/"]),
    (r"winscard\.h|pcsclite\.h", ["drivers/transport/"]),
    (r"linux/videodev2\.h", ["drivers/transport/"]),
    (r"cups/|cairo|pango", ["drivers/document/"]),
    (r"ZXing/|turbojpeg\.h|seccomp\.h", ["drivers/scanner/"]),
    (r"SDL", ["ui/"]),
    (r"sqlite3\.h", ["app/store/"]),
    (r"curl/", ["app/sync/"]),
    (r"openssl/", ["app/seal/"]),
    (r"zbar", ["drivers/scanner/"]),
    (r"qrencode\.h", ["ui/draw/", "drivers/document/"]),
    (r"pinyin\.h", ["ui/ime/"]),
]
PRODUCT = ("app/", "drivers/", "ui/")
# Programs that face hostile or long-running input; test cases may be plainer.
PROGRAMS = PRODUCT + ("tests/device/sim/", "tests/central/")
BANNED = {
    "strcpy": "snprintf", "strcat": "snprintf", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "gets": "fgets", "strtok": "strtok_r", "alloca": "a bounded array", "system": "posix_spawn",
    "popen": "posix_spawn", "tmpnam": "mkstemp", "localtime": "localtime_r", "gmtime": "gmtime_r",
    "rand": "getrandom", "atoi": "strtol", "strncpy": "snprintf",
}
SPDX_ENDINGS = (".c", ".h", ".def", ".py", ".sh", ".cmake", ".md", ".yaml", ".sql", ".css")
SPDX_NAMES = ("CMakeLists.txt", "run", "check", "install", ".clang-format", ".editorconfig", "packages.list")


def room_of(path):
    best = [room for room in ROOMS if path.startswith(room)]
    return max(best, key=len) if best else None


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def strip_strings(text):
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def check_includes(path, text):
    room = room_of(path)
    for n, line in enumerate(strip_comments(text).splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if not m:
            continue
        quote, name = m.groups()
        if ".." in name.split("/"):
            yield n, "include-direction", f"{name}: no way up in an include"
        for pattern, homes in OWNED:
            if re.match(pattern, name) and path.startswith(PRODUCT) and not path.startswith(tuple(homes)):
                yield n, "library-home", f"{name} belongs to {', '.join(homes)} only"
        if quote == '"' and room and "/" in name and not any(name.startswith(p) for p in ROOMS[room]):
            yield n, "include-direction", f"{room} may not include {name}"


def check_text(path, text):
    bare = strip_comments(text)
    code = strip_strings(bare)
    product = path.startswith(PRODUCT)
    for n, line in enumerate(code.splitlines(), 1):
        for name, instead in BANNED.items():
            if path.startswith(PROGRAMS) and re.search(rf"(?<![\w.>]){name}\s*\(", line):
                yield n, "banned-function", f"{name}: use {instead}"
        if product and path != "app/main.c" and re.search(r"\b(secure_)?getenv\s*\(", line):
            yield n, "getenv", "the environment is read in main only"
        if product and re.search(r"\b(0x)?(0400|c35a|0416|5011|1eab|0c2e)\b", line, re.I) and "0x" in line:
            yield n, "product-id", "device ids are data in assets/devices"
        if re.search(r"\btypedef\s+(struct|union|enum)\b", line):
            yield n, "typedef", "no typedef for structs, unions and enums"
        if product and re.search(r"\bTODO\b|\bFIXME\b|\bXXX\b", line):
            yield n, "todo", "an open decision is written NEEDSWORK(...)"
    for n, line in enumerate(text.splitlines(), 1):
        if len(line.expandtabs()) > 100 and not line.lstrip().startswith("#define"):
            width = len(line)
            if width > 100:
                yield n, "line-length", f"{width} characters"


def check_file(path, text):
    name = os.path.basename(path)
    if path.endswith((".c", ".h")):
        yield from check_includes(path, text)
        yield from check_text(path, text)
    if path.endswith(SPDX_ENDINGS) or name in SPDX_NAMES:
        head = "\n".join(text.splitlines()[:2])
        if "SPDX-License-Identifier: Apache-2.0" not in head:
            yield 1, "spdx", "no SPDX line at the top"
    if path.endswith(".h") and path.startswith(PRODUCT):
        if not re.search(r"#ifndef YJ_\w+\n#define YJ_\w+", text):
            yield 1, "header-guard", "a header is guarded by YJ_ROOM_NAME_H"


def tree(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                            capture_output=True, text=True)
    if listed.returncode != 0:
        sys.exit(f"git ls-files: {listed.stderr.strip()}")
    return [p for p in listed.stdout.splitlines() if not p.startswith("tests/lint/bad/")]


def check_tree(root):
    findings = []
    for path in tree(root):
        full = os.path.join(root, path)
        if not os.path.isfile(full):
            continue
        try:
            with open(full, encoding="utf-8") as f:
                text = f.read()
        except UnicodeDecodeError:
            continue
        findings += [f"{path}:{n}: {rule}: {why}" for n, rule, why in check_file(path, text)]
    return findings


def self_test(root):
    folder = os.path.join(root, "tests/lint/bad")
    missed = []
    names = sorted(os.listdir(folder))
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            text = f.read()
        m = re.search(r"pretend: (\S+) expect: (\S+)", text)
        if not m:
            missed.append(f"{name}: does not say what to expect")
            continue
        path, rule = m.groups()
        found = {r for _, r, _ in check_file(path, text)}
        if found != {rule}:
            missed.append(f"{name}: expected {rule}, found {sorted(found) or 'nothing'}")
    if len(names) < 8:
        missed.append("bad files are missing")
    return missed


def main():
    root = os.path.abspath(sys.argv[1])
    findings = self_test(root) if "--self-test" in sys.argv else check_tree(root)
    print("\n".join(findings) if findings else "clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
