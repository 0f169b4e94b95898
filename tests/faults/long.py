#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The long runs; ./check does not run them.

    long.py submissions [--submissions N] [--terminals N] [--seed N] [--report FILE]
    long.py returning   [--terminals N] [--processes N] [--drain N] [--seed N] [--report FILE]

submissions: the fleet hands in through a proxy that mixes every fault of a line, at a centre with
faults of its own (drop-after-commit, duplicate, http-503, slow), as long as it takes. Only after the
last submission is the line made good, and the rest drains.

returning: every terminal stores two records without network, then all return at once. Tells requests
a second over time, answers 503, the longest queue, the whole time and memory a terminal. A process
may have about 20,000 files open, a terminal needs some ten: --processes.

    kiosk-fleet ──TLS──▶ kiosk-proxy ──▶ kiosk-central (SQLite in /dev/shm)"""
import argparse
import collections
import random
import re
import sys
import threading
import time
import urllib.request

from network import Lab
from network_lab import BOUND, Central, Fleet, Keys, judge, need, report, scratch

# Most connections live for some dozens of records: nothing goes well for ever.
MIX = ("12 limit_up 100000-600000,2 latency 5 20,1 slicer 1400,1 bandwidth 200000,1 slow_close 50,"
       "1 down,2 reset_peer 300-60000,2 limit_up 300-30000,2 limit_down 200-9000,"
       "4 lost_reply 4000-60000,1 timeout 100-500,1 divert {moved},1 divert {page},1 divert {own},"
       "1 divert {other_ca},1 divert {other_host}")
# A million records must not be written about one by one.
CENTRE_FAULTS = ("drop-after-commit:3", "duplicate:3", "http-503:1", "slow:50:3")


class Trouble(threading.Thread):
    """Faults of the centre, one at a time, each about every so many seconds."""

    def __init__(self, centre, seed, every_s=0.5):
        super().__init__(daemon=True)
        self.centre, self.chance, self.every_s = centre, random.Random(seed), every_s
        self.ordered = collections.Counter()
        self.end = threading.Event()

    def run(self):
        while not self.end.wait(self.every_s):
            fault = self.chance.choice(CENTRE_FAULTS)
            try:
                if self.centre.order("fault " + fault) == "ok":
                    self.ordered[fault.split(":")[0]] += 1
            except OSError:
                pass  # too busy to listen: the next fault


class Watch(threading.Thread):
    """Reads the centre's figures every second."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.url, self.end, self.at = f"http://127.0.0.1:{port}/metrics", threading.Event(), []
        self.begin = time.monotonic()

    def look(self):
        """Answers so far, by status."""
        got = collections.Counter()
        with urllib.request.urlopen(self.url, timeout=60) as r:
            for line in r.read().decode().splitlines():
                m = re.match(r'yijian_requests_total\{.*status="(\d+)".*\} (\d+)', line)
                if m:
                    got[m[1]] += int(m[2])
        self.at.append((time.monotonic() - self.begin, got))
        return got

    def run(self):
        while not self.end.wait(1):
            try:
                self.look()
            except OSError:
                pass  # too busy to tell: the next second

    def rates(self):
        """Requests a second, between looks."""
        return [round((sum(b.values()) - sum(a.values())) / (t - s))
                for (s, a), (t, b) in zip(self.at, self.at[1:])]


def told(wrong, result):
    if result["quarantined"] or result["confirmed"] != result["stored"]:
        wrong.append(f"not all confirmed: {result}")
    for text in wrong:
        print("WRONG:", text, flush=True)


def submissions(args):
    begin = time.monotonic()
    with scratch("long") as folder:
        lab = Lab(folder, args.seed)
        trouble = Trouble(lab.centre, args.seed)
        fleet = None
        try:
            lab.proxy.mix(MIX.format(**{k: s.port for k, s in lab.strangers.items()}))
            trouble.start()
            fleet = Fleet(folder, lab.keys, lab.proxy.url, "--terminals", args.terminals,
                          "--submissions", args.submissions, "--processes", args.processes,
                          "--seed", args.seed, "--kick-every", 1000, "--limit", args.seconds)
            while fleet.poll() is None:
                time.sleep(0.2)
                # The last hundredth: the line is good again, or the last ones wait for their turn.
                if lab.proxy.counts()["connections"] and is_nearly_done(lab, args):
                    break
            trouble.end.set()
            trouble.join()
            order_surely(lab.centre, "fault off")
            lab.proxy.mix("1 none")
            result = fleet.result(args.seconds)
            counts = lab.proxy.counts()
            wrong, centre = judge(lab.centre, result["stored"])
        finally:
            trouble.end.set()
            if fleet:
                fleet.kill()
            lab.close()
    seconds = time.monotonic() - begin
    counts.pop("none", None)
    connections = counts.pop("connections")
    if min(counts.values()) == 0:
        wrong.append(f"a fault never happened: {dict(counts)}")
    if not centre["duplicates"]:
        wrong.append("no record came twice")
    told(wrong, result)
    report(args.report, {
        "fault": "all faults of the line and of the centre mixed, for long", "layer": "network",
        "injections": sum(counts.values()) + centre["faults"],
        "outcome": {"terminals": args.terminals, "stored": result["stored"],
                    "confirmed": result["confirmed"], "arrived more than once": centre["duplicates"],
                    "lost": centre["lost"], "twice": centre["twice"],
                    "set aside": result["quarantined"], "connections": connections,
                    **{k: v for k, v in sorted(counts.items())}, "at the centre": centre["faults"],
                    "submissions a second": round(result["stored"] / seconds), "wrong": len(wrong)},
        "seed": str(args.seed), "seconds": round(seconds, 1),
        "command": f"tests/faults/long.py submissions --submissions {args.submissions} "
                   f"--terminals {args.terminals}"})
    return 1 if wrong or result["stored"] != args.submissions else 0


def order_surely(centre, line):
    for _ in range(60):
        try:
            return centre.order(line)
        except OSError:
            time.sleep(1)  # too busy to listen
    raise RuntimeError(f"the centre does not take: {line}")


def is_nearly_done(lab, args):
    """Asked rarely: the centre counts all its records for it."""
    now = time.monotonic()
    if now - getattr(lab, "asked", 0) < 5:
        return False
    try:
        rows = lab.centre.order("stats")
    except OSError:
        rows = ""  # too busy to tell
    lab.asked = time.monotonic()
    found = re.search(r'"records":(\d+)', rows)
    return bool(found) and int(found[1]) >= args.submissions * 0.99


def returning(args):
    begin = time.monotonic()
    with scratch("returning") as folder:
        keys = Keys(folder / "keys")
        admin = folder / "admin.port"
        centre = Central(keys, folder / "centre", "--drain", str(args.drain), "--admin",
                         "127.0.0.1:0", "--admin-port-file", admin, tracer=BOUND)
        watch = Watch(int(admin.read_text()))
        fleet = None
        try:
            watch.start()
            fleet = Fleet(folder, keys, f"https://127.0.0.1:{centre.port}", "--terminals",
                          args.terminals, "--submissions", 2 * args.terminals, "--processes",
                          args.processes, "--offline-first", "--seed", args.seed, "--limit",
                          args.seconds)
            result = fleet.result(args.seconds + 60)
            watch.end.set()
            watch.join()
            answers = watch.look()
            wrong, counts = judge(centre, result["stored"])
        finally:
            watch.end.set()
            if fleet:
                fleet.kill()
            centre.kill()
    rates = [r for r in watch.rates() if r]
    told(wrong, result)
    report(args.report, {
        "fault": "terminals return all at once after storing without network", "layer": "fleet",
        "injections": args.terminals,
        "outcome": {"stored": result["stored"], "confirmed": result["confirmed"],
                    "arrived more than once": counts["duplicates"], "lost": counts["lost"],
                    "twice": counts["twice"], "set aside": result["quarantined"],
                    "most waiting": result["most_waiting"], "all confirmed after ms":
                    result["drain_ms"], "answers 503": answers["503"], "answers 429": answers["429"],
                    "requests a second at most": max(rates, default=0),
                    "requests a second": rates[:60], "KiB a terminal": result["kib_per_terminal"],
                    "wrong": len(wrong)},
        "seed": str(args.seed), "seconds": round(time.monotonic() - begin, 1),
        "command": f"tests/faults/long.py returning --terminals {args.terminals} "
                   f"--processes {args.processes} --drain {args.drain}"})
    return 1 if wrong or result["stored"] != 2 * args.terminals else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("submissions", "returning"))
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--submissions", type=int, default=20000)
    parser.add_argument("--terminals", type=int, default=500)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--drain", type=int, default=0, help="records a minute the centre asks for")
    parser.add_argument("--seconds", type=int, default=3600, help="give up after this")
    parser.add_argument("--report")
    args = parser.parse_args()
    need("openssl")
    return submissions(args) if args.what == "submissions" else returning(args)


if __name__ == "__main__":
    sys.exit(main())
