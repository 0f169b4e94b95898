#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Open the kiosk in a window, with simulated devices and the reference centre; the terminal this
runs in becomes the hand that lays cards, shows codes and takes paper away."""

import argparse
import os
import select
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import ROOT, World, WorldError  # noqa: E402

HELP = """
The kiosk is in its window; the mouse is the finger. Here you are the rest of the world:
  card lay zhangsan     lay a card on the reader        card lift       take it away
  scan LIC-2026-0001    show a code to the scanner      paper out|full  the printer's paper
  unplug reader         pull a plug (plug reader)       status          the devices
  centre down|up        the reference centre            records         what it has received
  paper                 where the printed receipts are  quit
"""


def answer(world, line, out):
    words = line.split()
    if words[:1] == ["centre"] and words[1:] in (["up"], ["down"]):
        if words[1] == "up" and "kiosk-central" not in world.processes:
            world.start_centre()
        elif words[1] == "down" and "kiosk-central" in world.processes:
            world.stop("kiosk-central")
        return "centre is " + words[1]
    if words == ["records"]:
        return world.centre("list", "--data", world.central_data).strip() or "none yet"
    if words == ["paper"]:
        return world.paper
    if words == ["help"]:
        return HELP
    return world.sim.ask(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    args = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print("There is no display here. Play a visit without one:\n"
              "  ./run --visit tests/flow/visits/newborn.visit --out out/newborn", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="yijian-out-") as out, World(args.build, out) as world:
        try:
            world.start_centre()
            world.start_sim()
            kiosk = world.start_kiosk(display="window")
            print(HELP, flush=True)
            while kiosk.poll() is None:
                if not select.select([sys.stdin], [], [], 0.3)[0]:
                    continue
                line = sys.stdin.readline()
                if not line or line.strip() == "quit":
                    break
                if line.strip():
                    try:
                        print(answer(world, line.strip(), out), flush=True)
                    except (WorldError, OSError) as e:
                        print(e, flush=True)
        except WorldError as e:
            print(e, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
