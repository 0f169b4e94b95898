#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A signed set comes from the centre by network: whole between two visits, over a line that breaks,
never from a stranger, and not onto a disk that is full.

    circle_catalogue.py --build BUILD --out DIR [CASE ...]"""

import filecmp
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from catalogue import BUILT_IN, Sets  # noqa: E402
from circle import Circle, Skip, must, run  # noqa: E402
from world import wait_until  # noqa: E402

N_MORE = 12           # files that no set has had before, so that the line has something to carry
MORE_BYTES = 60000
CUT_AFTER = 300000
PIECE_BYTES = 48 * 1024
TMPFS_MIB = 260


class Shop(Circle, Sets):
    """A circle whose centre hands out what lies in one folder."""

    def __init__(self, args, name):
        Circle.__init__(self, args, name)
        self.shelf = os.path.join(self.world.run, "shelf")
        self.world.centre_args += ["--catalogue", self.shelf]
        self.set("keys", catalogue=f"{self.world.keys}/centre-sign.pem")

    def up(self):
        self.world.start_centre()
        Sets.up(self)

    def offer(self, version, extra=None, key="centre-sign.key", is_big=False):
        """Sign a set and lay it on the shelf in place of the one that is there."""
        folder = self.make(version, extra)
        if is_big:
            make_big(folder)
        self.sign(folder, key)
        old = self.shelf + "-old"
        shutil.rmtree(old, ignore_errors=True)
        if os.path.exists(self.shelf):
            os.rename(self.shelf, old)
        os.rename(folder, self.shelf)

    def fetched(self):
        """Bytes of the set under way that are on the terminal's disk."""
        folder = os.path.join(self.world.data, "catalogue/fetch")
        return sum(os.path.getsize(os.path.join(base, name))
                   for base, _, names in os.walk(folder) for name in names)


def make_big(folder):
    """Longer files of the same meaning: spaces at their end."""
    names = sorted(n for n in os.listdir(f"{folder}/national") if n.endswith(".json"))[:N_MORE]
    for name in names:
        with open(f"{folder}/national/{name}", "a", encoding="utf-8") as f:
            f.write("\n" + " " * MORE_BYTES + "\n")


def sizes_of_new(folder):
    """Of the files that the built-in set does not have as they are: these must travel."""
    sizes = []
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            old = os.path.join(BUILT_IN, os.path.relpath(path, folder))
            if not name.startswith("manifest.") and not (
                    os.path.exists(old) and filecmp.cmp(path, old, shallow=False)):
                sizes.append(os.path.getsize(path))
    return sizes


def between_visits(args):
    """Not while somebody is served; then at once, and the centre hears of it."""
    with Shop(args, "between_visits") as c:
        c.offer("2027.01")
        c.up()
        c.in_use("2027.01", 60)
        wait_until("the number in a heartbeat", lambda: c.told().get("catalogue") == 202701, 30)
        c.visit(until="wait IDENTIFY")
        c.offer("2027.02", "NB.MORE")
        c.wait_log("from the centre is staged", 2)
        must(not c.log_count(" 2027.02 in use"), "changed while somebody was served")
        must("matter.NB.MORE" not in c.ids(), "it is on the screen already")
        c.hand.do_home()
        c.shows("HOME")
        c.in_use("2027.02")
        c.hand.do_expect("matter.NB.MORE", "新上架的一件事")
        wait_until("the next number in a heartbeat", lambda: c.told().get("catalogue") == 202702, 30)
        c.restart()
        c.hand.do_expect("matter.NB.MORE", "新上架的一件事")


def broken_line(args):
    """The line is cut after some bytes each time: the set arrives, and nothing is fetched twice."""
    with Shop(args, "broken_line") as c:
        c.offer("2027.01", "NB.MORE", is_big=True)
        c.world.start_centre()
        c.start_proxy()
        c.line(f"mix 1 limit_down {CUT_AFTER}")
        Sets.up(c)
        wait_until("a cut", lambda: c.cut("limit_down") > 0, 30)
        wait_until("a part on the disk", lambda: c.fetched() > CUT_AFTER / 2, 30)
        n_before = len(c.requests("file"))
        c.line("mix 1 none")
        c.line("cut")
        c.restart()  # else it waits half a minute before it asks again
        c.in_use("2027.01", 60)
        n_after = len(c.requests("file")) - n_before
        n_pieces = sum(-(-size // PIECE_BYTES) for size in sizes_of_new(c.shelf))
        must(n_before > 3 and n_before + n_after <= n_pieces + 1,  # one of them was cut
             f"{n_before} + {n_after} requests for {n_pieces} pieces")


def from_a_stranger(args):
    """What the publisher has not signed stays out, however often it is offered."""
    with Shop(args, "from_a_stranger") as c:
        c.offer("2027.01", "NB.MORE")
        c.up()
        c.in_use("2027.01", 60)
        before = c.slots()
        c.offer("2027.02", "NB.OTHER", key="device.key")
        c.wait_log("the centre's catalogue is refused")
        must(c.slots() == before, f"slots were {before}, are {c.slots()}")
        c.hand.do_expect("matter.NB.MORE", "新上架的一件事")
        wait_until("the old number in a heartbeat", lambda: c.told().get("catalogue") == 202701, 30)
        must(not os.path.exists(os.path.join(c.world.data, "catalogue/incoming")), "something was kept")
        c.offer("2027.03", "NB.THIRD")  # another number: looked at anew
        c.in_use("2027.03", 60)
        c.hand.do_expect("matter.NB.THIRD", "新上架的一件事")


def full_disk(args):
    """Less room than records need: the set waits, visits go on; with room it comes."""
    with Shop(args, "full_disk") as c:
        os.makedirs(c.world.data, 0o700)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TMPFS_MIB}m,mode=0700", "tmpfs",
                           c.world.data], capture_output=True, check=False).returncode != 0:
            raise Skip("no rights to mount")
        try:
            filling = os.path.join(c.world.data, "filling")
            c.offer("2027.01", "NB.MORE", is_big=True)
            c.up()
            c.wait_log("records are kept")
            c.in_use("2027.01", 60)
            with open(filling, "wb") as f:
                f.write(b"\0" * ((TMPFS_MIB - 130) << 20))
            c.offer("2027.02", "NB.OTHER")
            c.wait_log("ERR_STORE_FULL", 1)
            must(not c.log_count(" 2027.02 in use"), "it came all the same")
            os.unlink(filling)
            c.restart()
            c.in_use("2027.02", 60)
        finally:
            c.world.stop_all()
            subprocess.run(["umount", c.world.data], capture_output=True, check=False)


if __name__ == "__main__":
    sys.exit(run([between_visits, broken_line, from_a_stranger, full_disk], __doc__))
