#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A monkey at the terminal: random touches, keys, drawings, cards, codes, wishes and faults, then it
walks away. Whatever it did, the terminal must come back by itself to a clean first page.

    monkey.py --build BUILD --out DIR [--seconds N] [--episodes N] [--seed S] [--keep-going]

An episode: some steps of a real visit (so that every page is reached), random deeds, then nobody is
there any more; the terminal's clock is moved, not waited for. After each one:

  - the inspector answers and the kiosk lives: nothing hangs, nothing crashed
  - the first page stands there, pixel for pixel as before the first visitor, and so do the settings
  - nothing is said to nobody
  - nothing that was typed or read is left in the process's memory, in three encodings
  - every twentieth page kept the access rules of tests/screen
  - memory does not grow with the number of visitors, and nothing of a visitor stands in a file
  - at the end the centre has every application once, without a gap

The seed is printed; the same seed draws the same deeds (what they meet depends on the machine's
speed too)."""

import argparse
import json
import os
import random
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from crash import open_ends  # noqa: E402
from monkey_deeds import Deeds  # noqa: E402
from monkey_look import AccessRules, HomeLook, MemoryLook  # noqa: E402
from world import ROOT, World, WorldError, wait_until  # noqa: E402

KEYPAD = {"model": "audio-nav", "vid": "1209", "pid": "0001"}
AWAY_MS = 30000
SILENT_TURNS = 6  # three minutes
DEVICES_S = 1  # what was still on the wires arrives
AWAY_S = 60  # of real time: printing and sending take it
GROWTH_MIB = 24  # caches of pictures and fonts fill up during the first episodes
LINT_EVERY = 20  # pages


class Monkey:
    def __init__(self, world, out, seed):
        self.world, self.out = world, out
        self.chance = random.Random(seed)
        self.deeds = Deeds(world, self.chance, out)
        self.home = HomeLook(world, out)
        self.memory = MemoryLook(world, self.deeds.cards)
        self.rules = AccessRules(world)
        self.history, self.counts, self.screens, self.n_deeds = [], {}, {}, 0
        self.complaints, self.seen, self.typed = [], set(), set()

    def complain(self, what):
        self.complaints.append({"what": what, "deeds": self.history[-40:]})
        print(f"complaint: {what}\n  last deeds: {' '.join(self.history[-12:])}", file=sys.stderr, flush=True)
        try:
            self.world.ui("shot", path=os.path.join(self.out, f"complaint-{len(self.complaints)}.png"))
        except (WorldError, OSError):
            pass  # the screen is gone; the complaint says so

    def deed(self):
        name = self.deeds.one()
        screen = self.deeds.scene["screen"]
        self.history.append(f"{screen}:{name}")
        self.counts[name] = self.counts.get(name, 0) + 1
        self.screens[screen] = self.screens.get(screen, 0) + 1
        self.n_deeds += 1
        if self.n_deeds % LINT_EVERY == 0:
            self.lint()

    def lint(self):
        scene = self.world.dump()
        finding = self.rules.check(scene)
        what = finding and (scene["screen"], finding.split(" ", 1)[1].split(":")[0])
        if finding and what not in self.seen:  # once is enough of each kind
            self.seen.add(what)
            self.complain(f"access rules at {scene['screen']} {scene['state']}: {finding}")

    def walk_away(self):
        self.deeds.undo_all()
        time.sleep(DEVICES_S)
        self.world.simulate("card lift")  # a reader that has only just been plugged in
        end, n_silent = time.monotonic() + AWAY_S * (5 if self.world.sanitizer else 1), 0
        while time.monotonic() < end:
            self.world.ui("clock", advance_ms=AWAY_MS)
            time.sleep(0.02)
            scene = self.world.dump()
            is_open = any(scene["state"][name] for name in ("keyboard", "question", "large"))
            # home may have come just now, with something open that only silence closes
            n_silent = n_silent + 1 if scene["screen"] == "HOME" and not is_open else 0
            if n_silent == SILENT_TURNS:
                self.staff_come(scene)
                return
        raise WorldError(f"nobody is there, and the terminal stays at {scene['screen']} {scene['state']}")

    def staff_come(self, scene):
        """Who was called at the first page stays called until somebody comes."""
        if any(i["id"] == "call" and i["selected"] for i in scene["items"]):
            self.world.ui("tap", id="call")

    def episode(self, pid):
        self.history.clear()
        self.deeds.typed.clear()
        self.deeds.begin()
        for _ in range(self.chance.randrange(5, 60)):
            self.deed()
        self.typed |= self.deeds.typed
        self.walk_away()
        for complaint in [*self.home.look(), *self.memory.look(pid, self.deeds.typed)]:
            self.complain(complaint)


def waiting(world):
    try:
        return open_ends(world)[0]
    except sqlite3.OperationalError:  # the terminal is writing
        return 1


def check_centre(monkey):
    """Every record once, without a gap. @return number of applications"""
    rows = monkey.world.centre_list()
    sequences = sorted(int(row[2]) for row in rows)
    if sequences != list(range(1, len(sequences) + 1)):
        monkey.complain(f"the sequence at the centre has gaps or doubles: {sequences}")
    try:
        monkey.world.centre_verify()
    except WorldError as e:
        monkey.complain(str(e))
    return sum(row[3] == "application" for row in rows)


def stop_kiosk(monkey):
    status = monkey.world.stop("kiosk", 60)
    if status != 0:
        monkey.complain(f"kiosk ended with status {status}")


def finish(monkey):
    """Everything must arrive; a terminal that waits for its next attempt is switched off and on."""
    world = monkey.world
    try:
        wait_until("the outbox to be empty", lambda: not waiting(world), 3, 0.2)
    except WorldError:
        stop_kiosk(monkey)
        world.start_kiosk()
        wait_until("the outbox to be empty", lambda: not waiting(world), 120, 0.2)
    stop_kiosk(monkey)
    applications = check_centre(monkey)
    world.stop_all()
    for complaint in [*world.sanitizer_reports(), *monkey.memory.files(monkey.typed),
                      *monkey.memory.growth(GROWTH_MIB)]:
        monkey.complain(complaint)
    return applications


def visitors(monkey, process, args):
    """@return number of them"""
    end, n = time.monotonic() + args.seconds, 0
    while n < args.episodes and time.monotonic() < end:
        try:
            monkey.episode(process.pid)
        except (WorldError, OSError) as e:
            monkey.complain(f"{type(e).__name__}: {e}")
            if process.poll() is not None or isinstance(e, OSError) or "connection closed" in str(e):
                raise WorldError(f"kiosk: {process.poll()}: {monkey.world.log_tail('kiosk', 12)}") from e
        n += 1
        if n % 10 == 0:
            print(f"{n} visitors, {monkey.n_deeds} deeds, {len(monkey.complaints)} complaints", flush=True)
        if monkey.complaints and not args.keep_going:
            break
    return n


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--episodes", type=int, default=1000000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep-going", action="store_true", help="do not stop at the first complaint")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    print(f"seed {args.seed}", flush=True)
    summary, monkey, begin = {"seed": args.seed, "ok": False}, None, time.monotonic()
    try:
        with World(args.build, args.out, sim_args=["--keypad", "nav"],
                   settings={"devices": {"keypad": KEYPAD}}) as world:
            world.start_centre()
            world.start_sim()
            process = world.start_kiosk()
            world.wait_screen("HOME")
            wait_until("the devices", lambda: all(d.get("attached", True) for d in world.devices().values()
                                                  if isinstance(d, dict)))
            time.sleep(1)  # the banner of devices that come
            monkey = Monkey(world, args.out, args.seed)
            summary["episodes"] = visitors(monkey, process, args)
            monkey.rules.close()
            summary["applications"] = finish(monkey)
    except WorldError as e:
        summary["fault"] = str(e)
        print(f"fault: {e}", file=sys.stderr)
    summary["seconds"] = round(time.monotonic() - begin)
    if monkey:
        summary.update(deeds=monkey.n_deeds, by_deed=monkey.counts, by_screen=monkey.screens,
                       linted=monkey.rules.n, pss_mib=[round(p, 1) for p in monkey.memory.pss_mib[-3:]],
                       complaints=monkey.complaints)
        summary["ok"] = not monkey.complaints and "fault" not in summary
        print(f"{summary.get('episodes', '?')} visitors, {monkey.n_deeds} deeds on {len(monkey.screens)} pages, "
              f"{summary.get('applications', '?')} applications, {monkey.rules.n} pages measured, "
              f"{len(monkey.complaints)} complaints, {summary['seconds']} s")
    with open(os.path.join(args.out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump(summary, f, ensure_ascii=False, indent=1)
    return 0 if summary["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
