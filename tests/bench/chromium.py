#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The same home page in the kiosk and in Chromium --kiosk, side by side in one run: start to first
paint, memory (PSS of all processes), touch to changed pixels, processor time at rest. Both run in
a virtual X panel of 1080 x 1920 pixels and are measured from outside, in turns.

    chromium.py [--build BUILD] [--runs N] [--taps N] [--idle-seconds S] [--out FILE]

The page for Chromium is made from what the kiosk shows: the same words, boxes and pictures at the
same places, plain HTML without any library, which is the least a browser kiosk would need."""

import argparse
import html
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../flow"))
from world import ROOT, World, wait_until  # noqa: E402
from x_panel import Panel  # noqa: E402

W, H = 1080, 1920
PLACE = (20, 20)  # ground colour as soon as the page is painted


def family(pid):
    """The process and all that it has started."""
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                parent = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def pss_mib(pids):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass  # it has just ended
    return total / 1024


def cpu_ms(pids):
    ticks = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def icons():
    with open(os.path.join(ROOT, "assets/matters/home.json"), encoding="utf-8") as f:
        trees = json.load(f)["trees"]
    return {s["id"]: s["icon"] for t in trees for s in t["stages"] if "icon" in s}


def theme():
    with open(os.path.join(ROOT, "assets/themes/default.json"), encoding="utf-8") as f:
        return json.load(f)["colours"]["default"]


def make_page(dump, path):
    """The kiosk's home as HTML; a touch on a box leads to another page, as there."""
    colour, icon, parts = theme(), icons(), []
    for item in dump["items"]:
        if not item["visible"] or item["w"] <= 0:
            continue
        style = f"left:{item['x']}px;top:{item['y']}px;width:{item['w']}px;height:{item['h']}px"
        stage = next((s for s in icon if item["id"].endswith(s)), None)
        if item["role"] == "button":
            picture = (f"<img src='{ROOT}/assets/images/{icon[stage]}.svg' height='{item['h'] // 2}'>"
                       if stage else "")
            parts.append(f"<button id='{html.escape(item['id'])}' style='{style}'>{picture}</button>")
        elif item["text"]:
            parts.append(f"<div style='{style};font-size:{int(min(item['h'] * 0.7, 48))}px'>"
                         f"{html.escape(item['text'])}</div>")
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"""<!doctype html><html lang="zh"><meta charset="utf-8"><style>
body {{ margin: 0; background: {colour['ground']}; color: {colour['ink']}; overflow: hidden;
  font-family: 'Noto Sans CJK SC'; }}
div, button {{ position: absolute; white-space: nowrap; overflow: hidden; }}
div {{ pointer-events: none; }}
img {{ position: absolute; left: 24px; top: 25%; }}
button {{ background: {colour['card']}; border: 2px solid {colour['edge']}; border-radius: 18px;
  font: inherit; font-size: 38px; color: inherit; }}
button:active {{ background: {colour['tint']}; }}
</style><body><section id="home">{''.join(parts)}</section>
<section id="page" hidden><button style="left:60px;top:1600px;width:960px;height:120px">返回</button>
</section><script>
const [home, page] = [document.getElementById('home'), document.getElementById('page')];
for (const b of home.querySelectorAll('button')) b.onclick = () => {{ home.hidden = true; page.hidden = false; }};
page.querySelector('button').onclick = () => {{ home.hidden = false; page.hidden = true; }};
</script></body></html>""")


class Kiosk:
    name = "kiosk"

    def __init__(self, world):
        self.world = world

    def start(self, panel):
        os.environ["DISPLAY"] = panel.name
        self.process = self.world.start_kiosk(display="window", inspect=False)
        return self.process.pid

    def stop(self):
        self.world.stop("kiosk")


class Chromium:
    name = "chromium"

    def __init__(self, page, folder):
        self.page, self.folder = page, folder
        self.program = shutil.which("chromium") or shutil.which("chromium-browser")

    def start(self, panel):
        profile = os.path.join(self.folder, "profile")
        self.process = subprocess.Popen(
            [self.program, "--kiosk", "--no-sandbox", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--disable-extensions",
             "--noerrdialogs", "--test-type",
             "--disable-features=Translate", f"--user-data-dir={profile}", f"--window-size={W},{H}",
             "--window-position=0,0", "file://" + self.page],
            env={**os.environ, "DISPLAY": panel.name, "HOME": self.folder},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.process.pid

    def stop(self):
        for pid in reversed(family(self.process.pid)):
            try:
                os.kill(pid, 15)
            except OSError:
                pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def taps(panel, target, part, n):
    """Press on a tile until the first pixel of it changes; the page behind is left by itself."""
    figures = []
    x, y = target
    for _ in range(n):
        time.sleep(0.5)
        before = panel.sum_of(part)
        panel.press(x, y)
        figures.append(panel.wait(lambda: panel.sum_of(part) != before, 5))
        # leave the target before letting go: nothing is chosen, the page stays
        panel.xtst.XTestFakeMotionEvent(panel.display, -1, 2, 2, 0)
        panel.release()
    return sorted(figures)


def measure(program, ground, target, part, args):
    result = {}
    with Panel(W, H) as panel:
        begin = time.monotonic()
        pid = program.start(panel)
        try:
            panel.wait(lambda: panel.colour(*PLACE) == ground, 60)
            result["start_ms"] = (time.monotonic() - begin) * 1000
            time.sleep(4)  # devices found, first heartbeat; the browser's helpers have started
            result["pss_mib"] = pss_mib(family(pid))
            used = cpu_ms(family(pid))
            time.sleep(args.idle_seconds)
            result["idle_cpu_percent"] = (cpu_ms(family(pid)) - used) / (args.idle_seconds * 10)
            figures = taps(panel, target, part, args.taps)
            result["tap_p50_ms"] = figures[len(figures) // 2]
            result["tap_p99_ms"] = figures[min(len(figures) - 1, len(figures) * 99 // 100)]
        finally:
            program.stop()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--taps", type=int, default=40)
    parser.add_argument("--idle-seconds", type=int, default=15)
    parser.add_argument("--out")
    args = parser.parse_args()
    for program in ("Xvfb", "chromium"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed (packages.list, set bench)")
            return 77
    with tempfile.TemporaryDirectory(prefix="yijian-bench-") as out, World(
            args.build, out, settings={"display": {"fullscreen": True}}) as world:
        world.start_centre()
        world.start_sim()
        world.start_kiosk()
        world.wait_screen("HOME")
        wait_until("a painted frame", lambda: world.ui("stats")["frames"] > 0, 10, 0.01)
        wait_until("the centre to be reached", lambda: not any(
            i["id"] == "banner" for i in world.dump()["items"]), 60, 0.2)
        dump = world.dump()
        world.stop("kiosk")
        page = os.path.join(out, "home.html")
        make_page(dump, page)
        tile = next(i for i in dump["items"] if i["visible"] and i["id"].endswith("person.education"))
        target = (tile["x"] + tile["w"] // 2, tile["y"] + tile["h"] // 2)
        part = (tile["x"] + tile["w"] // 2, tile["y"] + 10, 64, 24)
        ground = theme()["ground"]
        runs = {"kiosk": [], "chromium": []}
        for _ in range(args.runs):
            for program in (Kiosk(world), Chromium(page, out)):
                runs[program.name].append(measure(program, ground, target, part, args))
    result = {}
    for key in runs["kiosk"][0]:
        a, b = (statistics.median(r[key] for r in runs[name]) for name in ("kiosk", "chromium"))
        result[key] = {"kiosk": round(a, 2), "chromium": round(b, 2), "ratio": round(a / b, 3) if b else None}
        print(f"{key:18} kiosk {a:9.2f}   chromium {b:9.2f}   ratio {a / b if b else float('nan'):.3f}")
    if args.out:
        with open(args.out, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
