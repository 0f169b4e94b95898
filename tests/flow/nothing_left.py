#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""After a whole visit nothing of the visitor is left in the clear: not in any file of the terminal
or the centre, not in the terminal's memory, not in a core file when it dies with the next visitor's
data in it.

    nothing_left.py --build BUILD --out DIR [--suite p256|sm2]

First it finds what it has planted itself: in a file, in a process, in that process's core."""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import remains  # noqa: E402
import visit_file  # noqa: E402
from play import Player  # noqa: E402
from world import ROOT, World, WorldError  # noqa: E402

SKIP = 77
VISIT = os.path.join(ROOT, "tests/flow/visits/newborn.visit")
PEOPLE = ("张三", "11010519491231002X", "北京市朝阳区示例路1号", "陳大文", "810000199003070023",
          "13800000000", "张小宝")
# Keeps what it is told, one text a line in hex, until it is told to die.
PLANT = """
import os, sys
kept = [bytearray.fromhex(line) for line in iter(sys.stdin.readline, "\\n")]
print("ready", flush=True)
sys.stdin.readline()
os.abort()
"""


def must(fact, complaint):
    if not fact:
        raise WorldError(complaint)


def planted():
    return {(text, way) for text in PEOPLE for way in remains.ways(text)}


def finds_in_a_file(folder):
    for text in PEOPLE:
        for way, needle in remains.ways(text).items():
            path = os.path.join(folder, "planted")
            with open(path, "wb") as f:
                f.write(b"\x01\x02" * 3000 + needle + b"\x03")
            found = {(t, w) for t, w, _ in remains.search_files([folder], PEOPLE)}
            os.unlink(path)
            must((text, way) in found, f"a planted file was not seen: {way}")


def finds_in_a_process(folder):
    """@return whether this machine writes core files where they can be searched"""
    with subprocess.Popen([sys.executable, "-c", PLANT], stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder) as process:
        for text in PEOPLE:
            for needle in remains.ways(text).values():
                process.stdin.write(needle.hex() + "\n")
        process.stdin.write("\n")
        process.stdin.flush()
        must(process.stdout.readline() == "ready\n", "the planted process does not answer")
        found = {(t, w) for t, w, *_ in remains.search(process.pid, PEOPLE, every_way=True)}
        must(planted() <= found, f"planted in a process and not seen: {planted() - found}")
        process.stdin.write("die\n")
        process.stdin.flush()
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -os.WTERMSIG(status)
    if not os.WCOREDUMP(status):
        return False
    cores = [name for name in os.listdir(folder) if name.startswith("core")]
    if cores:
        found = {(t, w) for t, w, _ in remains.search_files([folder], PEOPLE)}
        must(planted() <= found, f"planted in a core file and not seen: {planted() - found}")
    for name in cores:
        os.unlink(os.path.join(folder, name))
    return True


def places(world):
    """Everything but the paper, which the visitor takes along."""
    return [os.path.join(world.run, name) for name in os.listdir(world.run) if name != "paper"]


def look_at_files(world, when):
    seen = remains.search_files(places(world), PEOPLE)
    must(not seen, f"{when}: {sorted((os.path.relpath(p, world.run), w) for _, w, p in seen)}")


def look_at_memory(world, when):
    pid = world.processes["kiosk"].pid
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        swapped = next(line.split()[1] for line in f if line.startswith("VmSwap:"))
    if swapped != "0":
        print(f"{swapped} KiB of the terminal are in swap and were not searched")
    if world.sanitizer:
        return  # it keeps freed memory on purpose
    seen = {(w, name) for _, w, name, _, _ in remains.search(pid, PEOPLE, every_way=True)}
    must(not seen, f"{when}: memory {sorted(seen)}")


def die_in_the_middle(world, player, steps):
    """The next visitor has typed when the program is made to abort."""
    form = next(i for i, (_, verb, args) in enumerate(steps)
                if verb == "text" and args[0] == "field.mother.mobile")
    player.play(steps[:form + 1], VISIT)
    process = world.processes["kiosk"]
    if not world.sanitizer:
        found = {t for t, *_ in remains.search(process.pid, PEOPLE)}
        must("13800000000" in found, "nothing was in memory when there should have been")
    process.send_signal(signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    must(os.WIFSIGNALED(status), "the terminal survived SIGABRT")
    must(not os.WCOREDUMP(status), "the terminal left a core file")
    del world.processes["kiosk"]


def mirror_is_sealed_copy(world):
    n_bytes = sum(os.path.getsize(os.path.join(base, name))
                  for base, _, files in os.walk(os.path.join(world.run, "mirror")) for name in files)
    must(n_bytes > 0, "the mirror holds nothing")


def run(args):
    settings = {"sync": {"mirror": ""}}
    with World(args.build, args.out, settings=settings) as world:
        world.extra_settings["sync"]["mirror"] = os.path.join(world.run, "mirror")
        os.mkdir(os.path.join(world.run, "mirror"), 0o700)
        if args.suite == "sm2":
            world.extra_settings["keys"] = {
                "suite": "gmt0010-sm2-sm4cbc", "centre_seal": f"{world.keys}/centre-seal-sm2.pem",
                "device_sm2_key": f"{world.keys}/device-sm2.key",
                "device_sm2_cert": f"{world.keys}/device-sm2.pem"}
        os.chdir(world.run)  # a core file would be written here
        world.start_centre()
        world.start_sim()
        world.start_kiosk()
        if not remains.can_look(world.processes["kiosk"].pid):
            print("skipped: the memory of the terminal may not be read")
            return SKIP
        player = Player(world, args.out, False)
        world.wait_screen("HOME")
        steps = visit_file.load(VISIT)
        player.play(steps, VISIT)
        player.delivered({"application": 1, **({"rating": 1} if player.rated else {})})
        world.wait_screen("HOME", 30000)
        look_at_memory(world, "after the visit")
        look_at_files(world, "after the visit")
        mirror_is_sealed_copy(world)
        die_in_the_middle(world, Player(world, args.out, False), steps)
        look_at_files(world, "after a death in the middle of a visit")
        must([row[3] for row in world.centre_list()].count("application") == 1,
             "not one application at the centre")
        world.stop_all()
        look_at_files(world, "when all have ended")
        os.chdir("/")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--suite", choices=("p256", "sm2"), default="p256")
    args = parser.parse_args()
    args.out = os.path.abspath(args.out)
    args.build = os.path.abspath(args.build)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
        with tempfile.TemporaryDirectory(prefix="yijian-") as folder:
            finds_in_a_file(folder)
            if not finds_in_a_process(folder):
                print("skipped: this machine writes no core files, so that none proves nothing")
                return SKIP
        return run(args)
    except (WorldError, OSError, ValueError) as e:
        print(f"fault: {e}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
