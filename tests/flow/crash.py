#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments: of the kiosk during visits, of the centre during deliveries.

    crash.py --build BUILD --out DIR [--kiosk-kills N] [--centre-kills N] [--seed S]

Afterwards: every sealed application is at the centre once, every one has a receipt on paper, no
receipt stands on paper twice without its copy mark, no gap in the sequence. Exit status 0 only
then. The short run is a sample; the long run is 200 and 200."""

import argparse
import collections
import itertools
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import visit_file  # noqa: E402
from play import Player  # noqa: E402
from world import ROOT, World, WorldError, wait_until  # noqa: E402


class Hand(Player):
    """A player without pictures whose terminal may die under its fingers."""

    def shot(self, name):
        pass


CODES = itertools.count(1)


def visit(world, steps):
    """One whole visit; False when the terminal died meanwhile."""
    # A code serves one application: every visitor brings another.
    steps = [(n, verb, [f"LIC-2026-{next(CODES):06d}"] if verb == "scan" else words)
             for n, verb, words in steps]
    hand = Hand(world, world.out, False)
    hand.tickets_seen = len(world.tickets())
    try:
        world.wait_screen("HOME", 20000)
        hand.play(steps, "visit")
        return True
    except (WorldError, OSError, ValueError) as e:
        process = world.processes.get("kiosk")
        try:  # dying takes a moment
            if process is not None:
                process.wait(2)
        except subprocess.TimeoutExpired:
            pass
        else:
            return False
        raise WorldError(f"{e}; devices: {world.simulate('status')}") from e


def settle(world):
    """A hand that tidies up between two visitors."""
    try:
        world.simulate("card lift")
    except WorldError:
        pass


def kill_kiosk(world, steps, kills, rng, typical_s):
    done = 0
    while done < kills:
        world.start_kiosk()
        # Every other kill aims at the dense end of the visit: sealing, commit, print, delivery.
        earliest = 0.02 if done % 2 else typical_s * 0.65
        killer_waits = rng.uniform(earliest, typical_s * 1.1)
        process = world.processes["kiosk"]

        def kill():
            time.sleep(killer_waits)
            process.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            while process.poll() is None:
                if not visit(world, steps):
                    break
        except WorldError:
            if process.poll() is None:
                killer.join()
                raise
        killer.join()
        process.wait()
        world.processes.pop("kiosk", None)
        settle(world)
        done += 1


def kill_centre(world, steps, kills, rng):
    stop = threading.Event()
    count = [0]

    def killer():
        while count[0] < kills and not stop.is_set():
            time.sleep(rng.uniform(0.0, 1.2))
            world.kill("kiosk-central")
            count[0] += 1
            time.sleep(rng.uniform(0.0, 0.3))
            world.start_centre()

    thread = threading.Thread(target=killer)
    world.start_kiosk()
    thread.start()
    visits = 0
    try:
        while thread.is_alive():
            visit(world, steps)
            settle(world)
            visits += 1
    finally:
        stop.set()
        thread.join()
    return count[0], visits


def outcome(world):
    """Compare paper and centre; a list of complaints and the counts."""
    faults = []
    marked, unmarked = collections.Counter(), collections.Counter()
    for ticket in world.tickets():
        for token in (world.read_qr(ticket) or "").splitlines():
            read = world.read_token(token)
            (marked if read["copy"] == "yes" else unmarked)[read["uuid"]] += 1
    rows = world.centre_list()
    at_centre = collections.Counter(r[0] for r in rows)
    applications = {r[0] for r in rows if r[3] == "application"}
    on_paper = set(marked) | set(unmarked)
    if applications - on_paper:
        faults.append(f"{len(applications - on_paper)} records without a receipt on paper")
    if on_paper - applications:
        faults.append(f"{len(on_paper - applications)} receipts without a record at the centre")
    twice = [u for u, n in unmarked.items() if n > 1]
    if twice:
        faults.append(f"{len(twice)} receipts on paper twice without a copy mark")
    if [u for u, n in at_centre.items() if n > 1]:
        faults.append("a record is at the centre twice")
    sequences = sorted(int(r[2]) for r in rows)
    if sequences != list(range(1, len(sequences) + 1)):
        faults.append("the sequence has gaps")
    try:
        world.centre_verify()
    except WorldError as e:
        faults.append(str(e))
    return faults, {"records": len(rows), "applications": len(applications),
                    "receipts_first_print": sum(unmarked.values()), "copies_marked": sum(marked.values()),
                    "tickets": len(world.tickets())}


def open_ends(world):
    """What the terminal's own book still has open: undelivered records, unfinished receipts."""
    with sqlite3.connect(os.path.join(world.data, "outbox.db")) as db:
        return (db.execute("select count(*) from outbox where state < 2").fetchone()[0],
                db.execute("select count(*) from journal where state < 2").fetchone()[0])


def finish(world, rounds=12):
    """Let the terminal run undisturbed until nothing is open; each round is a restart."""
    for _ in range(rounds):
        world.start_kiosk()
        time.sleep(1.0)
        wait_until("an idle terminal", lambda: world.dump()["screen"] == "HOME", 60, 0.2)
        time.sleep(3.0)
        world.stop("kiosk")
        left = open_ends(world)
        if left == (0, 0):
            return
    raise WorldError(f"undelivered records, unfinished receipts: {left}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--visit", default=os.path.join(ROOT, "tests/flow/visits/newborn.visit"))
    parser.add_argument("--kiosk-kills", type=int, default=12)
    parser.add_argument("--centre-kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=20261123)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    rng = random.Random(args.seed)
    steps = visit_file.load(args.visit)
    begin = time.monotonic()
    result = {"seed": args.seed, "kiosk_kills": args.kiosk_kills, "centre_kills": args.centre_kills}
    try:
        with World(args.build, args.out, sim_args=["--speed", "10"]) as world:
            world.start_centre()
            world.start_sim()
            world.start_kiosk()
            start = time.monotonic()
            if not visit(world, steps):
                raise WorldError("the kiosk ended by itself: " + world.log_tail("kiosk"))
            typical_s = time.monotonic() - start
            settle(world)
            world.kill("kiosk")
            result["visit_s"] = round(typical_s, 2)
            kill_kiosk(world, steps, args.kiosk_kills, rng, typical_s)
            if args.centre_kills:
                result["centre_kills"], result["visits_meanwhile"] = kill_centre(
                    world, steps, args.centre_kills, rng)
                world.kill("kiosk")
            finish(world)
            result["faults"], counts = outcome(world)
            result.update(counts)
    except WorldError as e:
        result["faults"] = [str(e)]
    result["seconds"] = round(time.monotonic() - begin, 1)
    with open(os.path.join(args.out, "crash.json"), "w", encoding="utf-8") as f:
        json.dump(result, f, indent=2)
    print(json.dumps(result))
    return 1 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
