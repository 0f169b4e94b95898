#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Benchmarks of the terminal, each with a baseline measured in the same run.

    bench.py [--build BUILD] [--runs N] [--out FILE]

Baseline of the screen figures: `bench_plain`, a program that only opens a panel of the same size in
memory, the same font, and paints one line. Use the release-with-debug-info build (preset dev)."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../flow"))
from world import ROOT, World, wait_until  # noqa: E402

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FACE_SC = "2"


def pss_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:"))


def cpu_ms(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def plain(world):
    begin = time.monotonic()
    process = subprocess.Popen([os.path.join(world.build, "tests/bench/bench_plain"), FONT, FACE_SC],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()
    painted_ms = (time.monotonic() - begin) * 1000
    memory = pss_kib(process.pid)
    process.communicate(b"\n")
    return painted_ms, memory


def start_and_memory(world, runs):
    kiosk_ms, plain_ms, kiosk_pss, plain_pss = [], [], [], []
    for _ in range(runs):
        painted, memory = plain(world)
        plain_ms.append(painted)
        plain_pss.append(memory)
        begin = time.monotonic()
        process = world.start_kiosk()
        world.wait_screen("HOME")
        wait_until("a painted frame", lambda: world.ui("stats")["frames"] > 0, 10, 0.001)
        kiosk_ms.append((time.monotonic() - begin) * 1000)
        time.sleep(0.3)
        kiosk_pss.append(pss_kib(process.pid))
        world.stop("kiosk")
    return {"start_to_home_ms": statistics.median(kiosk_ms), "plain_start_ms": statistics.median(plain_ms),
            "start_ratio": statistics.median(kiosk_ms) / statistics.median(plain_ms),
            "pss_mib": statistics.median(kiosk_pss) / 1024, "plain_pss_mib": statistics.median(plain_pss) / 1024,
            "pss_ratio": statistics.median(kiosk_pss) / statistics.median(plain_pss)}


def idle(world, seconds):
    process = world.start_kiosk()
    world.wait_screen("HOME")
    time.sleep(3)  # devices found, first heartbeat sent
    frames, used = world.ui("stats")["frames"], cpu_ms(process.pid)
    sleeper = subprocess.Popen(["sleep", str(seconds + 5)])
    time.sleep(seconds)
    result = {"idle_cpu_percent": (cpu_ms(process.pid) - used) / (seconds * 10),
              "sleep_cpu_percent": cpu_ms(sleeper.pid) / (seconds * 10),
              "idle_frames": world.ui("stats")["frames"] - frames}
    sleeper.kill()
    sleeper.wait()
    return result


def taps(world, runs):
    """Touch to changed pixels, as the kiosk itself measures it, in pairs of pages."""
    figures = []
    for _ in range(runs):
        for button, screen in (("matter.NB.BIRTH", "MATTER"), ("back", "HOME")):
            world.ui("tap", id=button)
            world.wait_screen(screen)
            figures.append(world.ui("stats")["last_tap_to_frame_ms"])
            time.sleep(0.35)  # the repeat guard
    figures.sort()
    panel = bytearray(1080 * 1920 * 4)
    copies = []
    for _ in range(20):
        begin = time.monotonic()
        bytes(panel)
        copies.append((time.monotonic() - begin) * 1000)
    return {"tap_to_pixels_ms_p50": figures[len(figures) // 2],
            "tap_to_pixels_ms_p99": figures[min(len(figures) - 1, len(figures) * 99 // 100)],
            "panel_copy_ms": statistics.median(copies),
            "tap_to_panel_copy_ratio": figures[len(figures) // 2] / statistics.median(copies)}


def commits(world, runs):
    with tempfile.TemporaryDirectory(dir=world.run) as folder:
        out = subprocess.run([os.path.join(world.build, "tests/bench/bench_commit"), world.keys, folder,
                              str(runs)], check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--idle-seconds", type=int, default=20)
    parser.add_argument("--out")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yijian-bench-") as out, World(args.build, out) as world:
        world.start_centre()
        world.start_sim()
        result = {"baseline": "bench_plain (panel in memory, one font, one line); sleep(1); one copy of "
                              "the panel; bare SQLite WAL+FULL commit of the same bytes"}
        result.update(start_and_memory(world, args.runs))
        result.update(idle(world, args.idle_seconds))
        result.update(taps(world, args.runs * 3))
        world.stop("kiosk")
        result.update(commits(world, args.runs * 60))
    result = {k: round(v, 3) if isinstance(v, float) else v for k, v in result.items()}
    text = json.dumps(result, indent=2)
    print(text)
    if args.out:
        with open(args.out, "w", encoding="utf-8") as f:
            f.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
