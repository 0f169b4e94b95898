#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the terminal's outbox and of the centre, at random moments while records are handed
in and delivered:

    kill.py [--seed N] [--size KILLS] [--report FILE]

In the end every record that was reported stored is at the centre exactly once, the sequence has no
gap, and no number was given twice."""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "central"))
from central_lab import TERMINAL, Central, Keys, need  # noqa: E402

HOST = os.environ.get("OUTBOX_HOST", "outbox_host")
CHECK_KILLS = 12


class Lab:
    def __init__(self, folder):
        self.keys = Keys(folder / "keys")
        self.data = folder / "terminal"
        self.centre = Central(self.keys, folder / "centre")
        self.port = self.centre.port
        self.stored = []  # (sequence, uuid, number) as reported
        self.reader = None

    def host(self, verb):
        return subprocess.Popen([HOST, verb, self.data, self.keys.dir, TERMINAL,
                                 f"https://localhost:{self.port}"], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, env={**os.environ, "no_proxy": "localhost"})

    def read(self, process):
        for line in process.stdout:
            words = line.split()
            if len(words) == 4 and line.endswith(b"\n"):
                self.stored.append((int(words[1]), words[2].decode(), words[3].decode()))

    def start_host(self):
        process = self.host("load")
        self.reader = threading.Thread(target=self.read, args=(process,))
        self.reader.start()
        return process

    def kill_host(self, process):
        process.kill()
        process.wait()
        self.reader.join()

    def start_centre(self):
        self.centre.start("--listen", f"127.0.0.1:{self.port}")


def wait_for_some(lab, more, timeout=30):
    """Work really goes on before the next kill."""
    begin, want = time.monotonic(), len(lab.stored) + more
    while len(lab.stored) < want and time.monotonic() - begin < timeout:
        time.sleep(0.005)
    return len(lab.stored) >= want


def torment(lab, kills, chance):
    counts = {"terminal killed": 0, "centre killed": 0, "both killed": 0}
    process = lab.start_host()
    for _ in range(kills):
        what = chance.choice(["terminal killed", "terminal killed", "centre killed", "both killed"])
        if not wait_for_some(lab, 1):
            raise RuntimeError("nothing is stored any more")
        time.sleep(chance.uniform(0, 0.25))
        if what != "terminal killed":
            lab.centre.kill()
        if what != "centre killed":
            lab.kill_host(process)
        time.sleep(chance.uniform(0, 0.05))
        if what != "terminal killed":
            lab.start_centre()
        if what != "centre killed":
            process = lab.start_host()
        counts[what] += 1
    lab.kill_host(process)
    return counts


def judge(lab):
    """Complaints, and how many records the centre has."""
    wrong = []
    lab.centre.stats()
    rows = [line.split() for line in lab.centre.tool("list", keys=False).stdout.decode().splitlines()]
    uuids = [row[0] for row in rows]
    sequences = sorted(int(row[2]) for row in rows)
    if len(set(uuids)) != len(uuids):
        wrong.append("a record is at the centre twice")
    if sequences != list(range(1, len(sequences) + 1)):
        wrong.append("the sequence at the centre has a gap or a number twice")
    at_centre = {row[0]: int(row[2]) for row in rows}
    for sequence, uuid, _ in lab.stored:
        if at_centre.get(uuid) != sequence:
            wrong.append(f"record {sequence} was reported stored and is not at the centre so")
    numbers = [n for _, _, n in lab.stored if n != "-"]
    if len(set(numbers)) != len(numbers):
        wrong.append("a kiosk number was reported twice")
    if len({s for s, _, _ in lab.stored}) != len(lab.stored):
        wrong.append("a sequence number was reported twice")
    if lab.centre.tool("verify").returncode != 0:
        wrong.append("the centre's own check fails")
    return wrong, len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--report")
    args = parser.parse_args()
    need("openssl")
    kills = args.size or CHECK_KILLS
    begin = time.monotonic()
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="yj-kill-", dir=place) as folder:
        lab = Lab(pathlib.Path(folder))
        try:
            counts = torment(lab, kills, random.Random(args.seed))
            drained = lab.host("drain")
            if drained.wait(timeout=200) != 0:
                raise RuntimeError("the terminal does not drain")
            wrong, at_centre = judge(lab)
        finally:
            lab.centre.kill()
    line = {"fault": "kill -9 of terminal and centre under load", "layer": "terminal and centre",
            "injections": sum(counts.values()),
            "outcome": {**counts, "reported stored": len(lab.stored), "at the centre once": at_centre,
                        "stored, killed before the report": at_centre - len(lab.stored),
                        "wrong": len(wrong)},
            "seed": str(args.seed), "seconds": round(time.monotonic() - begin, 1),
            "command": "tests/faults/kill/kill.py"}
    print(json.dumps(line, ensure_ascii=False))
    if args.report:
        with open(args.report, "a", encoding="utf-8") as f:
            f.write(json.dumps(line, ensure_ascii=False) + "\n")
    for text in wrong[:5]:
        print("WRONG:", text)
    return 1 if wrong or line["injections"] < kills or len(lab.stored) < kills else 0


if __name__ == "__main__":
    sys.exit(main())
