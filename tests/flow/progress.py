#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole circle: an application is handed in, the departments work on it and ask for a field and
a material, the citizen comes again with his receipt and his card and puts it right.

    progress.py --build BUILD --out DIR

Looks at what the centre holds before and after, and that nothing personal stays behind."""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import visit_file  # noqa: E402
from play import Player  # noqa: E402
from world import ROOT, World, WorldError  # noqa: E402


def visit(name):
    return visit_file.load(os.path.join(ROOT, "tests/flow/visits", name))


def must(fact, complaint):
    if not fact:
        raise WorldError(complaint)


def cases(world, number):
    return json.loads(world.centre_order(f"cases {number}"))


def records(world):
    """Opened applications in the order of their arrival."""
    return [world.centre_record(row[0]) for row in world.centre_list() if row[3] == "application"]


def departments_work(world, number):
    """Two tasks go on, one is sent back with a field and a material."""
    for order in ("advance {} birth_cert 50", "advance {} ins 30", "advance {} hukou 37",
                  "correct {} field baby.name unclear 姓名请写清楚",
                  "correct {} material marriage missing"):
        must(world.centre_order(order.format(number)) == "ok", order)


def look_at_correction(world, number):
    first, second = records(world)
    must("corrects" not in first["opened"], "the first application corrects something")
    opened = second["opened"]
    must(opened["corrects"] == {"number": number}, "the correction names another application")
    must(opened["answers"] == {"baby.name": "张大宝"}, f"it holds more: {opened['answers']}")
    must([m["id"] for m in opened["materials"]] == ["marriage"], "it holds other materials")
    must(opened["materials"][0]["token"] == "LIC-2026-000002", "the code is another")
    must(sum(len(stroke) for stroke in opened["signature"]["strokes"]) >= 8, "it is not signed")
    told = cases(world, number)
    must(all(c["closed_by"] == second["uuid"] for c in told["corrections"]),
         f"corrections are still open: {told['corrections']}")
    must(len(told["corrections"]) == 2, "not two corrections")
    codes = {c["task"]: c["code"] for c in told["cases"]}
    must((codes["hukou"], codes["birth_cert"], codes["ins"]) == (26, 50, 30), f"states: {codes}")
    must([c["outcome"] for c in told["correcting"]] == ["applied"], "the correction is not linked")
    stats = json.loads(world.centre_order("stats"))
    must(stats["corrections_held"] == 0 and stats["enquiries"] >= 3, f"stats: {stats}")


def play(world, out):
    hand = Player(world, out, False)
    hand.play(visit("newborn.visit"), "newborn.visit")
    hand.delivered({"application": 1, "rating": 1})
    number = records(world)[0]["number"]
    first_ticket = hand.last_receipt()
    departments_work(world, number)
    hand.typed = {}
    hand.play(visit("progress.visit"), "progress.visit")
    hand.delivered({"application": 2, "rating": 2})
    look_at_correction(world, number)
    must(hand.last_receipt() != first_ticket, "the correction has no receipt of its own")
    hand.typed = {"field.a": "张小宝", "field.b": "张大宝"}
    faults = hand.remembered()
    must(world.stop("kiosk") == 0, "the kiosk did not end well")
    must(all(t["n_missing"] == 0 for t in world.centre_gaps()), "the sequence has gaps")
    world.centre_verify()
    faults += hand.leaks()
    world.stop_all()
    faults += world.sanitizer_reports()
    must(not faults, "; ".join(faults))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    try:
        with World(args.build, args.out, sim_args=["--speed", "10"]) as world:
            world.start_centre()
            world.start_sim()
            world.start_kiosk()
            play(world, args.out)
    except WorldError as e:
        print(f"fault: {e}", file=sys.stderr)
        return 1
    print(f"seen, put right, closed; screens in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
