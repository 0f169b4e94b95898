#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The terminal's disk is lost with records the centre does not have; the mirror on a second folder
brings each of them, and what had been sent before stays as it is.

    circle_mirror.py --build BUILD --out DIR [CASE ...]"""

import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from circle import TERMINAL, Circle, must, run  # noqa: E402
from world import wait_until  # noqa: E402


def copies(c):
    folder = os.path.join(c.world.run, "mirror", TERMINAL)
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return (sorted(int(n.split(".")[0]) for n in names if n.endswith(".record")),
            [n for n in names if n.endswith(".attachment")])


def take(c):
    return json.loads(c.world.centre("import", os.path.join(c.world.run, "mirror"), "--data",
                                     c.world.central_data, "--keys", c.world.keys))


def disk_is_lost(args):
    with Circle(args, "disk_is_lost", settings={"sync": {"attach_form": True}}) as c:
        mirror = os.path.join(c.world.run, "mirror")
        os.mkdir(mirror, 0o700)
        c.set("sync", mirror=mirror)
        c.up()
        c.visit()
        c.wait_log("attachment 0 of record 1 confirmed")
        c.arrived(2)
        c.world.kill("kiosk-central")
        c.visit()
        wait_until("four records in the mirror", lambda: copies(c)[0] == [1, 2, 3, 4], 60)
        must(len(copies(c)[1]) == 2, f"files in the mirror: {copies(c)[1]}")
        c.nothing_plain([mirror, c.world.data])
        c.world.kill("kiosk")
        shutil.rmtree(c.world.data)
        c.world.start_centre()
        first = {row[2]: row for row in c.world.centre_list()}
        must(sorted(first) == ["1", "2"], f"the centre has {sorted(first)}")
        told = take(c)
        must((told["records"], told["new"], told["known"], told["refused"]) == (4, 2, 2, 0) and
             told["attachments"] == 2 and told["attachments_absent"] == 0, f"taken: {told}")
        again = take(c)
        must((again["new"], again["known"], again["refused"]) == (0, 4, 0), f"taken again: {again}")
        rows = {row[2]: row for row in c.world.centre_list()}
        must(all(rows[n] == row for n, row in first.items()), "what was there has changed")
        must(all(r["opened"] for r in c.records().values()), "something does not open")
        must(not c.terminal().get("attachments_incomplete"), "a file is missing")
        c.look_at_centre(4)


if __name__ == "__main__":
    sys.exit(run([disk_is_lost], __doc__))
