# SPDX-License-Identifier: Apache-2.0
"""What is left of a visitor: search the memory of a living process and files for texts, also when
they are written otherwise. Linux only; needs the right to read /proc/PID/mem of a process that is
not dumpable (root or CAP_SYS_PTRACE)."""

import base64
import json
import os
import re
import stat
import urllib.parse

ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")
LINE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)$")

SHORTEST = 4  # bytes; shorter ones stand in any random data


def ways(text):
    """{name: bytes} of the ways a text may be written."""
    found = {e: text.encode(e) for e in (*ENCODINGS, "utf-16-be")}
    try:
        found["gb18030"] = text.encode("gb18030")
    except UnicodeEncodeError:
        pass
    plain = text.encode()
    escaped = json.dumps(text)[1:-1]
    found["json"], found["JSON"] = escaped.encode(), re.sub(
        r"(?<=\\u)[0-9a-f]{4}", lambda m: m[0].upper(), escaped).encode()
    found["url"] = urllib.parse.quote(text).encode()
    found["hex"], found["HEX"] = plain.hex().encode(), plain.hex().upper().encode()
    for before in range(3):  # bytes that stand in front of it in the same group of three
        code = base64.b64encode(bytes(before) + plain)
        # the first and last character also depend on the neighbours
        code = code[(before * 8 + 5) // 6:(before + len(plain)) * 8 // 6]
        found[f"base64+{before}"] = code
        found[f"base64url+{before}"] = code.translate(bytes.maketrans(b"+/", b"-_"))
    unique = {}
    for name, needle in found.items():
        if len(needle) >= SHORTEST and needle not in unique.values():
            unique[name] = needle
    return unique


def search_files(folders, texts, but=()):
    """[(text, way, file)] of everything below the folders, names of files included."""
    needles = [(t, way, needle) for t in texts for way, needle in ways(t).items()]
    found = []
    for folder in folders:
        for base, _, files in os.walk(folder):
            for path in (os.path.join(base, name) for name in files):
                if path in but or not os.path.isfile(path):
                    continue
                with open(path, "rb") as f:
                    data = os.fsencode(os.path.basename(path)) + b"\0" + f.read()
                found += [(t, way, path) for t, way, needle in needles if needle in data]
    return found


def search_open_files(pid, texts):
    """[(text, way, name)] of the files a process holds that no folder shows (any more)."""
    needles = [(t, way, needle) for t in texts for way, needle in ways(t).items()]
    found = []
    for number in os.listdir(f"/proc/{pid}/fd"):
        path = f"/proc/{pid}/fd/{number}"
        try:
            what = os.stat(path)
            if not stat.S_ISREG(what.st_mode) or what.st_nlink != 0:
                continue
            name = os.readlink(path)
            with open(path, "rb") as f:
                data = f.read()
        except OSError:
            continue  # closed meanwhile
        found += [(t, way, name) for t, way, needle in needles if needle in data]
    return found


def can_look(pid):
    try:
        with open(f"/proc/{pid}/mem", "rb"):
            return True
    except PermissionError:
        return False


def mappings(pid):
    """[(first, end, offset in the file, name)] of everything the process may write."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
        for line in f:
            first, end, rights, offset, name = LINE.match(line).groups()
            if "w" in rights:
                found.append((int(first, 16), int(end, 16), int(offset, 16), name or "anonymous"))
    return found


def stands_in_file(name, offset, data):
    """Words of a mapped file, a dictionary's for example, are nobody's."""
    if not name.startswith("/"):
        return False
    try:
        with open(name, "rb") as f:
            f.seek(offset)
            return f.read(len(data)) == data
    except OSError:
        return False


def search(pid, texts, every_way=False):
    """[(text, encoding, mapping, address, bytes around)] of every place in writable memory."""
    needles = [(t, way, needle) for t in texts for way, needle in ways(t).items()
               if every_way or way in ENCODINGS]
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as f:
        for first, end, offset, name in mappings(pid):
            data = b""
            try:
                f.seek(first)
                while len(data) < end - first:
                    piece = f.read(min(end - first - len(data), 1 << 24))
                    if not piece:
                        break
                    data += piece
            except (OSError, ValueError):
                pass  # a guard page; what was read so far counts
            for text, encoding, needle in needles:
                at = data.find(needle)
                while at >= 0:
                    if not stands_in_file(name, offset + at, needle):
                        found.append((text, encoding, name, first + at,
                                      data[max(0, at - 64):at + len(needle) + 64]))
                    at = data.find(needle, at + 1)
    return found
