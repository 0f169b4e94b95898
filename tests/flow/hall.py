#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The hall around a terminal: a visitor calls staff and the centre hears of it; what the centre
counts comes back and stands at home, also after a restart; a notice comes and goes with its day.

    hall.py --build BUILD --out DIR"""

import argparse
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import visit_file  # noqa: E402
from play import Player  # noqa: E402
from world import ROOT, World, WorldError, wait_until  # noqa: E402

HOUR_MS = 3600 * 1000


def write_notices(folder, last_day):
    """One notice from a day that is long over until last_day."""
    notices = {"schema": "content/1", "notices": [
        {"id": "hours", "title": {"zh-Hans": "今天"}, "text": {"zh-Hans": "窗口开到六点"},
         "valid_from": "2020-01-01", "valid_to": last_day.isoformat()}]}
    path = os.path.join(folder, "hall.json")
    with open(path + ".new", "w", encoding="utf-8") as f:
        json.dump(notices, f, ensure_ascii=False)
    os.replace(path + ".new", path)


def calls(world):
    """Why staff are called, as the centre has heard it."""
    stats = json.loads(world.centre_order("stats"))
    return [call["why"] for t in stats["terminal_list"] for call in t.get("staff_calls", [])]


def play(world, out, folder):
    hand = Player(world, out, False)
    hand.do_wait("HOME")
    hand.do_expect("content.hours", "窗口开到六点")
    hand.do_refute("home.counters")
    hand.do_tap("call")
    wait_until("the call at the centre", lambda: calls(world) == ["visitor"], 60)
    hand.do_tap("call")
    wait_until("the end of the call at the centre", lambda: calls(world) == [], 60)
    hand.play(visit_file.load(os.path.join(ROOT, "tests/flow/visits/newborn.visit")), "newborn.visit")
    hand.delivered({"application": 1, "rating": 1})
    hand.do_wait("HOME")
    hand.do_expect("home.counters", "1")
    if world.stop("kiosk") != 0:
        raise WorldError("the kiosk did not end well")
    world.start_kiosk()
    hand.do_wait("HOME")
    hand.do_expect("home.counters", "1")       # from its own store
    # from the centre's answer
    wait_until("the figures of the hall", lambda: hand.item("home.counters.hall"), 60)
    write_notices(folder, datetime.date.today() - datetime.timedelta(days=1))
    hand.do_expect("content.hours", "窗口开到六点")
    hand.do_clock(str(HOUR_MS))
    wait_until("the notice to go", lambda: not hand.item("content.hours"), 60)
    if world.stop("kiosk") != 0:
        raise WorldError("the kiosk did not end well")
    world.stop_all()
    faults = world.sanitizer_reports()
    if faults:
        raise WorldError("; ".join(faults))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    folder = os.path.join(os.path.abspath(args.out), "content")
    os.makedirs(folder, exist_ok=True)
    write_notices(folder, datetime.date(2099, 12, 31))
    try:
        with World(args.build, args.out, sim_args=["--speed", "10"],
                   settings={"content": {"dir": folder}}) as world:
            world.start_centre()
            world.start_sim()
            world.start_kiosk()
            play(world, args.out, folder)
    except WorldError as e:
        print(f"fault: {e}", file=sys.stderr)
        return 1
    print(f"called, counted, notified; screens in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
