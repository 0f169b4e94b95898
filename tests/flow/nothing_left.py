#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""After a whole visit nothing of the visitor is left in the clear: not in any file of the terminal
(database, write-ahead log, attachments, mirror, logs) while the record waits for
the centre, nor of both when it was delivered; not in the terminal's memory, none of which can go to
swap; not in a core file when it dies with the next visitor's data in it.

    nothing_left.py --build BUILD --out DIR [--suite p256|sm2]

First it finds what it has planted itself: in a file, in an open file without a name, in a process,
in that process's core; later in the terminal's own folders."""

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
from world import ROOT, TERMINAL, World, WorldError, wait_until  # noqa: E402

SKIP = 77
VISIT = os.path.join(ROOT, "tests/flow/visits/newborn.visit")
PEOPLE = ("张三", "11010519491231002X", "北京市朝阳区示例路1号", "陳大文", "810000199003070023",
          "13800000000", "张小宝")
FORM = "%PDF-"  # the application form goes with the record; its text is packed, its head is not
# Keeps what it is told, one text a line in hex, until it is told to die.
PLANT = """
import os, sys
kept = [bytearray.fromhex(line) for line in iter(sys.stdin.readline, "\\n")]
gone = open("gone", "w+b", buffering=0)
os.unlink("gone")
gone.write(b"".join(kept))
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
        found = {(t, w) for t, w, _ in remains.search_open_files(process.pid, PEOPLE)}
        must(planted() <= found, f"planted in an open file and not seen: {planted() - found}")
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


def seen_in_files(world):
    seen = remains.search_files(places(world), (*PEOPLE, FORM))
    return sorted((os.path.relpath(path, world.run), way) for _, way, path in seen)


def look_at_files(world, when):
    seen = seen_in_files(world)
    must(not seen, f"{when}: {seen}")


def sees_a_plant(world):
    """In every folder that is searched, beside the files that are really there."""
    for folder in (world.data, os.path.join(world.run, "mirror", TERMINAL), world.logs,
                   world.central_data, world.keys):
        path = os.path.join(folder, "planted")
        with open(path, "wb") as f:
            f.write(PEOPLE[1].encode())
        seen = seen_in_files(world)
        os.unlink(path)
        must([os.path.relpath(path, world.run)] == sorted({name for name, _ in seen}),
             f"planted in {os.path.basename(folder)}, seen: {seen}")


def status_of(pid, word):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return next(line.split()[1] for line in f if line.startswith(word + ":"))


def look_at_limits(world):
    """No core file is written, and no page of it can reach swap (where the system allows that; the
    log says when it does not)."""
    pid = world.processes["kiosk"].pid
    with open(f"/proc/{pid}/limits", encoding="utf-8") as f:
        core = next(line.split()[4:6] for line in f if line.startswith("Max core file size"))
    must(core == ["0", "0"], f"core files may have {core} bytes")
    if world.sanitizer:
        return  # it takes no locks: its shadow would not fit
    with open(os.path.join(world.logs, "kiosk.log"), encoding="utf-8") as f:
        is_told = "memory is not locked" in f.read()
    is_locked = int(status_of(pid, "VmLck")) > int(status_of(pid, "RssAnon"))
    must(is_locked != is_told, f"memory is locked: {is_locked}, the log says it is not: {is_told}")
    if is_told:
        print("memory may not be locked on this machine: swap is not proven")
    else:
        must(status_of(pid, "VmSwap") == "0", "locked memory is in swap")


def look_at_memory(world, when):
    pid = world.processes["kiosk"].pid
    seen = remains.search_open_files(pid, (*PEOPLE, FORM))
    must(not seen, f"{when}: open files {sorted({(w, name) for _, w, name in seen})}")
    if world.sanitizer:
        return  # it keeps freed memory on purpose
    seen = {(w, name) for _, w, name, _, _ in remains.search(pid, PEOPLE, every_way=True)}
    must(not seen, f"{when}: memory {sorted(seen)}")


def look_at_queue(world):
    """The record waits: everything that can hold it is there, and none of it says whose it is."""
    folder = os.path.join(world.run, "mirror", TERMINAL)

    def has_copy():
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return any(n.endswith(".record") for n in names) and any(n.endswith(".attachment")
                                                                 for n in names)

    wait_until("record and form in the mirror", has_copy, 60)
    sizes = {name: os.path.getsize(os.path.join(world.data, name)) for name in os.listdir(world.data)
             if os.path.isfile(os.path.join(world.data, name))}
    for name in ("outbox.db", "outbox.db-wal"):
        must(sizes.get(name, 0) > 0, f"{name} is not there or empty: {sizes}")
    must("outbox.db-shm" not in sizes, "the index of the log was to be in memory, not in a file")
    look_at_files(world, "while the record waits")
    look_at_memory(world, "while the record waits")
    sees_a_plant(world)


def die_in_the_middle(world, player, steps, leaves_cores):
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
    if not leaves_cores:
        print("this machine writes no core files: that there is none proves only the limit")
    del world.processes["kiosk"]


def has_form(world):
    with open(os.path.join(world.logs, "kiosk.log"), encoding="utf-8") as f:
        return "attachment 0 of record 1 confirmed" in f.read()


def run(args, leaves_cores):
    settings = {"sync": {"mirror": "", "attach_form": True}}
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
        look_at_limits(world)
        steps = visit_file.load(VISIT)
        sign = next(i for i, (_, verb, _) in enumerate(steps) if verb == "sign")
        player.play(steps[:sign], VISIT)
        world.kill("kiosk-central")
        player.play(steps[sign:], VISIT)
        world.wait_screen("HOME", 30000)
        look_at_queue(world)
        world.start_centre()
        player.delivered({"application": 1, **({"rating": 1} if player.rated else {})}, 300)
        wait_until("the form at the centre", lambda: has_form(world), 300)
        look_at_limits(world)
        look_at_memory(world, "after the visit")
        look_at_files(world, "after the visit")
        die_in_the_middle(world, Player(world, args.out, False), steps, leaves_cores)
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
            leaves_cores = finds_in_a_process(folder)
        return run(args, leaves_cores)
    except (WorldError, OSError, ValueError) as e:
        print(f"fault: {e}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
