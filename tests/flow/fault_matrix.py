#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every fault of every simulated device at every step of a visit, on the unmodified kiosk.

    fault_matrix.py --build BUILD --out DIR [--jobs N] [--seed N]
                    [--seconds 60 | --all [--report FILE] | --cell DEVICE:KIND:STEP ...]

A cell: at the step the fault begins, the visitor acts, page and log must say what fault_table.py
says and nothing else; the fault ends, the device must be well again and the same visit goes on to
its end. One visit serves a cell of each step, one terminal many visits. At last paper and centre
are compared: every application has one original receipt or copies marked so, no number is missing,
no personal data stands in a file. Without --all a sample that the seed chooses runs until the time
is over. The scanner of other kinds and the camera have worlds of their own, in --all only."""

import argparse
import collections
import datetime
import json
import os
import random
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fault_table  # noqa: E402
from fault_cell import HEAL_S, STEPS, Terminal, show  # noqa: E402
from world import ROOT, World, WorldError  # noqa: E402

KINDS = {"hid": "", "cdc": "scanner-cdc", "wedge": "scanner-wedge", "camera": "camera"}


def world_of(device):
    return next((kind for kind, name in KINDS.items() if name == device), "hid")


def all_cells(args):
    """[(device, kind, step)]: what the simulator can break, and what the table adds to it."""
    cells = []
    for world_kind, only in KINDS.items():
        if world_kind != "hid" and not (args.all or args.cell):
            continue
        sim = [] if world_kind in ("hid", "camera") else ["--scanner", world_kind]
        world = World(args.build, os.path.join(args.out, "words"), sim_args=sim,
                      camera=world_kind == "camera")
        try:
            world.start_sim()
            faults = json.loads(world.simulate("faults"))
        finally:
            world.stop_all()
            world.__exit__()
        for device, has in faults.items():
            name = only if only and device == only.split("-")[0] else device
            if only and name != only:
                continue
            kinds = has["kinds"] + fault_table.conditions(name)
            cells += [(name, kind, step) for kind in kinds for step in STEPS]
    return cells


def visits_of(cells, rng):
    """Cells in visits: at most one a step, of any devices, but before a receipt or during it."""
    queues = collections.defaultdict(list)
    for cell in cells:
        queues[world_of(cell[0]), cell[2]].append(cell)
    visits = []
    for world_kind in KINDS:
        mine = {step: queues[world_kind, step] for step in STEPS}
        of_world = []
        while any(mine.values()):
            sheet = max(("submitting", "printing"), key=lambda s: len(mine[s]))
            of_world.append((world_kind, [mine[s].pop(0) for s in STEPS
                                          if mine[s] and (s == sheet or s not in
                                                          ("submitting", "printing"))]))
        rng.shuffle(of_world)
        visits += of_world
    return visits


class Result:
    def __init__(self):
        self.lock = threading.Lock()
        self.seen = []    # (cell, dict of what was seen, seconds)
        self.failed = []  # (cell or None, complaint)

    def say(self, cell, seconds, text):
        print(f"{':'.join(cell)}: {text}, {seconds:.1f} s", flush=True)

    def good(self, cell, seen, seconds):
        with self.lock:
            self.seen.append((cell, seen, seconds))
            self.say(cell, seconds, f"{seen['page']}, {show(seen)}")

    def bad(self, cell, complaint, seconds=0.0):
        with self.lock:
            self.failed.append((cell, complaint))
            if cell:
                self.say(cell, seconds, f"FAILED: {complaint}")
            else:
                print(f"FAILED: {complaint}", flush=True)


class Job(threading.Thread):
    """One terminal at a time; takes visits until there are none or the time is over."""

    def __init__(self, number, args, visits, result, end):
        super().__init__(name=f"job{number}")
        self.args, self.visits, self.result, self.end = args, visits, result, end
        self.folder = os.path.join(args.out, self.name)
        self.terminal = self.kind = None

    def is_over(self):
        return self.end is not None and time.monotonic() > self.end

    def open(self, kind):
        self.close()
        out = os.path.join(self.folder, kind)
        self.terminal, self.kind = Terminal(self.args.build, out, kind, self.args.seed), kind
        self.terminal.start()

    def close(self):
        """Everything that was done with this terminal, looked at once more."""
        terminal, self.terminal = self.terminal, None
        if not terminal:
            return
        try:
            for complaint in terminal.prove():
                self.result.bad(None, f"{self.name}: {complaint}")
            if terminal.world.stop("kiosk") != 0:
                self.result.bad(None, f"{self.name}: the kiosk did not end well")
        except (WorldError, OSError) as e:
            self.result.bad(None, f"{self.name}: {e}")
        finally:
            terminal.world.stop_all()
            for cry in terminal.world.sanitizer_reports():
                self.result.bad(None, f"{self.name}: {cry}")
            terminal.world.__exit__()

    def one(self, cell):
        """@return whether the visit can go on"""
        since = time.monotonic()
        try:
            seen = self.terminal.cell(*cell)
        except (WorldError, OSError) as e:
            self.result.bad(cell, str(e), time.monotonic() - since)
            try:
                path = os.path.join(self.folder, "-".join(cell) + ".png")
                self.terminal.world.ui("shot", path=path)
            except (WorldError, OSError):
                pass  # the screen is gone, and that has been said
            return False
        self.result.good(cell, seen, time.monotonic() - since)
        return True

    def visit(self, kind, cells):
        if kind != self.kind or not self.terminal:
            self.open(kind)
        for i, cell in enumerate(cells):
            if self.is_over():
                break
            if not self.one(cell):
                if cells[i + 1:]:
                    self.visits.append((kind, cells[i + 1:]))
                self.terminal.go_home()
                return
        else:
            i = len(cells)
        if i == 0:
            return  # nobody has begun
        try:
            self.terminal.finish()
        except (WorldError, OSError) as e:
            self.result.bad(cells[-1], f"the visit has no end: {e}")
            self.terminal.go_home()

    def run(self):
        os.makedirs(self.folder, exist_ok=True)
        try:
            while not self.is_over():
                try:
                    kind, cells = self.visits.popleft()
                except IndexError:
                    break
                try:
                    self.visit(kind, cells)
                except (WorldError, OSError) as e:  # not even home: this terminal is of no use
                    self.result.bad(None, f"{self.name}: a terminal given up: {e}")
                    self.close()
        except Exception:  # pylint: disable=broad-except
            self.result.bad(None, f"{self.name}: {traceback.format_exc()}")
        self.close()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--jobs", type=int, default=1, help="terminals at the same time")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, help="today's date if not given")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--report", help="write the page of what was seen, with --all")
    parser.add_argument("--cell", action="append", help="DEVICE:KIND:STEP: this one only; * is any")
    args = parser.parse_args()
    if args.seed is None:
        args.seed = int(datetime.date.today().strftime("%Y%m%d"))
    return args


def is_wanted(cell, patterns):
    return not patterns or any(all(p in ("*", c) for p, c in zip(pattern.split(":"), cell))
                               for pattern in patterns)


def main():
    args, begin = arguments(), time.monotonic()
    rng = random.Random(args.seed)
    cells = [c for c in all_cells(args) if is_wanted(c, args.cell)]
    if not cells:
        sys.exit(f"no such cell: {args.cell}")
    rng.shuffle(cells)
    visits = visits_of(cells, rng)
    print(f"seed {args.seed}: {len(cells)} cells in {len(visits)} visits, {args.jobs} terminals",
          flush=True)
    end = None if args.all or args.cell else begin + args.seconds
    result, queue = Result(), collections.deque(visits)
    jobs = [Job(i, args, queue, result, end) for i in range(min(args.jobs, len(visits)))]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    took_s = time.monotonic() - begin
    n_run = len(result.seen) + sum(cell is not None for cell, _ in result.failed)
    print(f"seed {args.seed}: {n_run} of {len(cells)} cells in {took_s:.0f} s, "
          f"{len(result.failed)} complaints")
    for cell, complaint in result.failed:
        print(f"  {':'.join(cell) + ': ' if cell else ''}{complaint}")
    if any(cell for cell, _ in result.failed):
        print(f"repeat one: {sys.argv[0]} --build {args.build} --out {args.out} --seed {args.seed} "
              "--cell DEVICE:KIND:STEP (pictures and logs are in the folder)")
    if args.report and args.all:
        fault_table.write_report(args.report, result, args.seed, took_s, HEAL_S)
    return 1 if result.failed or not result.seen else 0


if __name__ == "__main__":
    sys.exit(main())
