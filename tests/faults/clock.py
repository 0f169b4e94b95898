#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The terminal's clock is wrong, or jumps, while it hands in and delivers:

    clock.py [--seed N] [--size N] [--only NAME]... [--report FILE]

Only the terminals (kiosk-fleet) live in the wrong time, by libfaketime; the centre's clock is right.
Before and after, and in between, nothing may be lost, come twice, get another number or stay: with
a clock before or after the dates of every certificate the terminal learns the time from the centre
(GET /v1/time) and goes on. --size: that many times the submissions. Skipped without libfaketime."""
import argparse
import glob
import random
import shutil
import sys
import threading
import time

from network_lab import BOUND, FLEET, Central, Fleet, Keys, judge, need, report, scratch

TERMINALS, SUBMISSIONS, PACE = 3, 60, 60
LIBRARY = "/usr/lib/*/faketime/libfaketime.so.1"
SANITIZERS = ("libasan.so.8", "libtsan.so.2")

# Name, words, clock; None: it jumps.
CLOCKS = (
    ("1970", "clock in 1970", "@1970-01-02 00:00:00"),
    ("2038", "clock just before 2038-01-19, 03:14:07 UTC", "@2038-01-19 03:14:05"),
    ("2045", "clock in 2045", "@2045-06-01 00:00:00"),
    ("backwards", "clock jumps, mostly backwards", None),
)


def preload(library):
    """A sanitizer's runtime must stand first."""
    with open(shutil.which(FLEET), "rb") as f:
        program = f.read()
    runtime = [name for name in SANITIZERS if name.encode() + b"\0" in program]
    return " ".join([*runtime, library])


def environment(library, clock, file):
    env = {"LD_PRELOAD": preload(library), "TZ": "UTC", "DONT_FAKE_MONOTONIC": "1",
           "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    if clock:
        return {**env, "FAKETIME": clock}
    return {**env, "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}


class Jumps(threading.Thread):
    """Sets the clock of the terminals anew every 50 ms, days and seconds back and forth."""

    def __init__(self, file, seed):
        super().__init__(daemon=True)
        self.file, self.chance, self.n, self.is_over = file, random.Random(seed), 0, False
        self.set(-86400)

    def set(self, seconds):
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self.file)

    def run(self):
        offset = -86400
        while not self.is_over:
            time.sleep(0.05)
            offset += self.chance.choice([-86400, -3600, -61, -2, -1, -1, 1, 5, 3600])
            self.set(offset)
            self.n += 1


def hand_in(lab, name, clock, args):
    folder, keys, centre, library = lab
    file = folder / "clock"
    jumps = None
    if not clock:
        jumps = Jumps(file, args.seed)
        jumps.start()
    fleet = Fleet(folder, keys, f"https://127.0.0.1:{centre.port}", "--terminals", TERMINALS,
                  "--submissions", SUBMISSIONS * args.size, "--rate", PACE, "--seed", args.seed,
                  "--kick-every", 500, "--limit", 240,
                  env=environment(library, clock, file))
    try:
        return fleet.result(300), jumps.n if jumps else TERMINALS
    finally:
        fleet.kill()
        if jumps:
            jumps.is_over = True


def asked_for_time(centre):
    return centre.log().count("request: time 200")


def numbers(centre):
    """Kiosk numbers of all applications at the centre."""
    rows = [line.split() for line in centre.tool("list", keys=False).stdout.decode().splitlines()]
    return [row[4] for row in rows if row[3] == "application"]


def prove(lab, row, n_stored, args):
    """Returns how many are stored now, and complaints."""
    name, words, clock = row
    centre, begin, asked = lab[2], time.monotonic(), asked_for_time(lab[2])
    result, injections = hand_in(lab, name, clock, args)
    n_stored += result["stored"]
    wrong, counts = judge(centre, n_stored)
    asked = asked_for_time(centre) - asked
    if clock and not asked:
        wrong.append("nobody asked the centre for the time: the clock was right")
    if result["quarantined"] or result["confirmed"] != result["stored"]:
        wrong.append(f"not all confirmed: {result}")
    if injections < TERMINALS:
        wrong.append("the clock was not touched")
    given = numbers(centre)
    days = {number[10:18] for number in given[-SUBMISSIONS:]}  # by the terminal's clock
    if not days - {time.strftime("%Y%m%d")}:
        wrong.append("no number has another day: the clock was right")
    if len(set(given)) != len(given) or not given:
        wrong.append("a number was given twice")
    report(args.report, {
        "fault": words, "layer": "clock", "injections": injections,
        "outcome": {"stored": result["stored"], "confirmed": result["confirmed"],
                    "asked the centre for the time": asked, "lost": counts["lost"],
                    "twice": counts["twice"], "set aside": result["quarantined"],
                    "numbers given twice": len(given) - len(set(given)), "wrong": len(wrong)},
        "seed": str(args.seed), "seconds": round(time.monotonic() - begin, 1),
        "command": f"tests/faults/clock.py --only {name}"})
    for text in wrong:
        print(f"WRONG: {name}: {text}", flush=True)
    return n_stored, len(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--size", type=int, default=1)
    parser.add_argument("--only", action="append", choices=[c[0] for c in CLOCKS])
    parser.add_argument("--report")
    args = parser.parse_args()
    need("openssl")
    library = glob.glob(LIBRARY)
    if not library:
        print("skipped: libfaketime (package faketime) is not here")
        return 77
    n_wrong = 0
    with scratch("clock") as folder:
        keys = Keys(folder / "keys")
        centre = Central(keys, folder / "centre", tracer=BOUND)
        try:
            # In the right time first: certificates are made, and there is a chain to go on with.
            fleet = Fleet(folder, keys, f"https://127.0.0.1:{centre.port}", "--terminals",
                          TERMINALS, "--submissions", TERMINALS)
            n_stored = fleet.result(120)["stored"]
            for row in CLOCKS:
                if not args.only or row[0] in args.only:
                    n_stored, n = prove((folder, keys, centre, library[0]), row, n_stored, args)
                    n_wrong += n
        finally:
            centre.kill()
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
