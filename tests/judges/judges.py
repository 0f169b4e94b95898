# SPDX-License-Identifier: Apache-2.0
"""What the judges share: installing the npm packages once for a build folder, running programs,
pictures. Standard library only."""

import fcntl
import os
import shutil
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            skip(f"{tool} is not installed")


def install(folder):
    """The packages of package-lock.json in folder/node_modules, whose path is given back. Skips
    the test when there is no npm or no registry."""
    need("node", "npm")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, "package-lock.json"), "rb") as f:
        wanted = zlib.crc32(f.read())
    stamp = os.path.join(folder, "installed")
    with open(os.path.join(folder, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(stamp) and open(stamp, encoding="ascii").read() == str(wanted):
            return os.path.join(folder, "node_modules")
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(os.path.join(HERE, name), folder)
        try:
            r = subprocess.run(["npm", "ci", "--prefix", folder, "--no-progress"], cwd=folder,
                               capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            skip("npm takes too long to install the judges")
        if r.returncode != 0:
            skip("npm cannot install the judges: " + r.stderr.strip().splitlines()[-1][:160])
        with open(stamp, "w", encoding="ascii") as f:
            f.write(str(wanted))
    return os.path.join(folder, "node_modules")


def run(*words, **more):
    """Output of a program that must succeed."""
    r = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if r.returncode != 0:
        raise SystemExit(f"{os.path.basename(words[0])} ended with {r.returncode}:\n"
                         f"{r.stdout}{r.stderr}")
    return r.stdout


class Pbm:
    """A black and white picture, P4."""

    def __init__(self, width, rows):
        self.width, self.rows = width, rows  # rows: list of bytes

    @classmethod
    def read(cls, path):
        with open(path, "rb") as f:
            data = f.read()
        head, size, bits = data.split(b"\n", 2)
        assert head == b"P4", path
        width, height = (int(n) for n in size.split())
        stride = (width + 7) // 8
        return cls(width, [bits[y * stride:(y + 1) * stride] for y in range(height)])

    def write_grey(self, path, scale, top=0, bottom=None):
        """As PGM, scaled up, rows top..bottom only, with a white frame around it."""
        rows = self.rows[top:bottom]
        frame = 16 * scale
        wide = self.width * scale + 2 * frame
        blank = b"\xff" * wide
        out = [blank] * frame
        for row in rows:
            pixels = b"".join(
                (b"\0" if row[x >> 3] >> (7 - (x & 7)) & 1 else b"\xff") * scale
                for x in range(self.width))
            out += [b"\xff" * frame + pixels + b"\xff" * frame] * scale
        out += [blank] * frame
        with open(path, "wb") as f:
            f.write(b"P5\n%d %d\n255\n" % (wide, len(out)) + b"".join(out))
