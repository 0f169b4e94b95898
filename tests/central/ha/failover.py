#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The centre loses machines while terminals hand in:

    failover.py [--seed N] [--size ROUNDS] [--rate PER_SECOND] [--report FILE]

    kiosk-fleet ──TLS──▶ HAProxy ──▶ kiosk-central × 2 ──▶ HAProxy ──▶ PostgreSQL × 3 (ha.py)

A round: the primary database is killed (kill -9), with --size its whole node, Patroni and all; one
kiosk-central is killed, too; both come back; then the primary of the time freezes until another has
taken over, and thaws: for a moment there are two that think they are it. A node that says nothing
any more is given up after 20 s, Patroni's least; a database that dies under a living Patroni, at
once. Terminals hand in all the time. In the end everything
that was reported stored is at the centre once, whole, in an unbroken chain. Exit status 77: what
ha.py needs is not installed."""
import argparse
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "faults")]
import ha  # noqa: E402
from network_lab import Fleet, Keys, judge, need, report, scratch, wait_for  # noqa: E402

CENTRAL = os.environ.get("KIOSK_CENTRAL", "kiosk-central")
TERMINALS = 12
NODES = 3  # a commit needs a standby: with two, nothing is stored until the lost one is back


class Centre:
    """What judge() asks, of the whole site."""

    def __init__(self, site, keys):
        self.site, self.keys = site, keys

    def tool(self, command, keys=True):
        more = ["--keys", self.keys.dir] if keys else []
        return subprocess.run([CENTRAL, command, "--data", self.site.url(), *more],
                              capture_output=True, check=False)

    def order(self, line):
        path = os.path.join(self.site.dir, self.site.plan["centrals"][0]["name"] + ".sock")
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(path)
            s.sendall(line.encode() + b"\n")
            return s.makefile("r", encoding="utf-8").readline().rstrip("\n")

    def stats(self, seconds=60):
        """Once every record has been opened, by whichever of the two, or after so many seconds."""
        until = time.monotonic() + seconds
        while True:
            stats = json.loads(self.order("stats"))
            if not stats["waiting"] or time.monotonic() > until:
                return stats
            time.sleep(0.1)

    def count(self):
        """Records now, 0 when there is no database."""
        r = self.site.sql("SELECT 1")
        if r.returncode:
            return 0
        r = subprocess.run([f"{ha.PG_BIN}/psql", "-XAtq", self.site.url(), "-c",
                            "SELECT count(*) FROM record"], capture_output=True, text=True,
                           check=False)
        return int(r.stdout) if r.returncode == 0 else 0


def grows(centre, fleet, what):
    """Records arrive (again). Returns after how many seconds."""
    begin = time.monotonic()
    before = 0
    while before == 0:
        before = centre.count()
        if time.monotonic() - begin > 120:
            raise RuntimeError(f"{what}: no database")
        time.sleep(0 if before else 0.2)
    wait_for(what, lambda: centre.count() > before, 120, fleet.process)
    return time.monotonic() - begin


def say(text, begin=time.monotonic()):
    print(f"{time.monotonic() - begin:6.1f} s {text}", file=sys.stderr, flush=True)


def lose(site, centre, fleet, how, is_database_only=False, also=lambda: None):
    """The primary is gone. Returns its name, its timeline, and the seconds until records were
    stored again."""
    old = site.primary()["name"]
    before = timeline(site, old)
    site.signal(old, how, is_database_only)
    begin = time.monotonic()
    say(f"primary {old}: {how.name}")
    also()
    wait_for("another primary", lambda: (site.primary() or {"name": old})["name"] != old, 120)
    say("another primary")
    grows(centre, fleet, "records after the failover")
    say("records are stored again")
    return old, before, time.monotonic() - begin


def restart(site, name):
    ha.start(argparse.Namespace(dir=site.dir, node=name))
    site.__init__(site.dir)


def timeline(site, name):
    return (site.rest(site.node(name), "/patroni") or {}).get("timeline")


def is_standby(site, name, before):
    """One that has been away stands by again. Raises when it has taken the lead back as it was:
    what was committed in the meantime would be gone. before: its timeline then."""
    view = site.rest(site.node(name), "/patroni") or {}
    if view.get("role") in ("master", "primary") and view.get("timeline") == before and \
            (site.primary() or {}).get("name") == name and site.is_safe():
        raise RuntimeError(f"{name} was away and is primary again without an election")
    return view.get("role") == "replica" and view.get("state") == "running"


def torment(site, centre, fleet, args):
    took, n_rounds, is_short = [], max(1, args.size), args.size == 0
    killed = "primary database killed" if is_short else "primary node killed"
    counts = {killed: 0, "kiosk-central killed": 0, "primary frozen and thawed": 0}
    for i in range(n_rounds):
        grows(centre, fleet, "records before the failover")
        central = site.plan["centrals"][i % 2]["name"]
        old, before, seconds = lose(site, centre, fleet, signal.SIGKILL, is_short,
                            lambda c=central: site.signal(c, signal.SIGKILL))
        took.append(seconds)
        restart(site, central)
        if not is_short:
            restart(site, old)
        wait_for(f"{old} back", lambda: is_standby(site, old, before) and site.is_safe(), 180)
        say("both are back")
        counts[killed] += 1
        counts["kiosk-central killed"] += 1
        old, before, seconds = lose(site, centre, fleet, signal.SIGSTOP)
        took.append(seconds)
        site.signal(old, signal.SIGCONT)
        wait_for("the thawed one stands by",
                 lambda: is_standby(site, old, before) and site.is_safe(), 180)
        say("thawed, stands by")
        counts["primary frozen and thawed"] += 1
        if fleet.poll() is not None:
            raise RuntimeError("the fleet ended in the middle")
    return counts, took


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--size", type=int, default=0,
                        help="rounds with whole nodes killed; without: a short one")
    parser.add_argument("--rate", type=int, default=20)
    parser.add_argument("--report")
    args = parser.parse_args()
    if ha.missing():
        print("skipped: " + ", ".join(ha.missing()) + " are not here")
        return 77
    need("openssl")
    begin = time.monotonic()
    # A connection of its own: no proxy for the questions to Patroni.
    os.environ["no_proxy"] = "127.0.0.1"
    with scratch("failover") as folder:
        folder.chmod(0o711)  # the database's user passes through
        keys = Keys(folder / "keys")
        fleet = None
        place = str(folder / "site")
        try:
            if ha.up(argparse.Namespace(dir=place, central=CENTRAL, keys=str(keys.dir), nodes=NODES,
                                        centrals=2, option=[])):
                return 1
            site = ha.Site(place)
            centre = Centre(site, keys)
            stop = folder / "stop"  # more than can be handed in until then
            fleet = Fleet(folder, keys, f"https://127.0.0.1:{site.plan['https']}", "--terminals",
                          TERMINALS, "--submissions", 1000000, "--stop-file", stop, "--rate",
                          args.rate, "--seed", args.seed, "--kick-every", 2000, "--limit", 600 + 600 * args.size)
            counts, took = torment(site, centre, fleet, args)
            stop.touch()
            result = fleet.result(600 + 600 * args.size)
            say("all is confirmed")
            wrong, centre_counts = judge(centre, result["stored"])
        finally:
            if fleet:
                fleet.kill()
            ha.down(argparse.Namespace(dir=place, purge=False))
    if result["quarantined"] or result["confirmed"] != result["stored"]:
        wrong.append(f"not all confirmed: {result}")
    report(args.report, {
        "fault": "failover of the primary under load", "layer": "centre",
        "injections": sum(counts.values()),
        "outcome": {**counts, "stored": result["stored"], "confirmed": result["confirmed"],
                    "arrived more than once": centre_counts["duplicates"],
                    "lost": centre_counts["lost"], "twice": centre_counts["twice"],
                    "set aside": result["quarantined"],
                    "s until records were stored again": [round(s, 1) for s in took],
                    "wrong": len(wrong)},
        "seed": str(args.seed), "seconds": round(time.monotonic() - begin, 1),
        "command": f"tests/central/ha/failover.py --size {args.size}"})
    for text in wrong:
        print("WRONG:", text)
    return 1 if wrong or sum(counts.values()) < 3 * max(1, args.size) else 0


if __name__ == "__main__":
    sys.exit(main())
