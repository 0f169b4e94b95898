# SPDX-License-Identifier: Apache-2.0
"""What a living process still remembers: search its memory for texts. Linux only; needs the right
to read /proc/PID/mem of a process that is not dumpable (root or CAP_SYS_PTRACE)."""

import os
import re

ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")
LINE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)$")


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


def search(pid, texts):
    """[(text, encoding, mapping, address, bytes around)] of every place in writable memory."""
    needles = [(t, e, t.encode(e)) for t in texts for e in ENCODINGS]
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
