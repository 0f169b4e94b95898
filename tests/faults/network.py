#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every fault of a line, one by one and all mixed:

    network.py [--seed N] [--size N] [--only NAME]... [--report FILE]

    kiosk-fleet ──TLS──▶ kiosk-proxy ──▶ kiosk-central
                             └─────────▶ captive portals, servers with wrong certificates

A fault lies on every connection until it has done its work so often as wanted; then the line is
good again and the terminals must finish within RECOVERY_S. Afterwards: nothing lost, nothing twice,
nothing set aside, no chain broken; and the proxy has really injected. --size: that many times the
small sample of ./check. The terminals are asked to try again by their staff (outbox_kick), or every
fault would cost a back-off of seconds."""
import argparse
import collections
import subprocess
import sys
import time

from network_lab import (BOUND, Central, Fleet, Keys, Proxy, Stranger, judge, need, report, scratch,
                         wait_for)

TERMINALS, SUBMISSIONS, INJECTIONS = 4, 24, 6
MIXED_TERMINALS, ROUNDS = 12, 12
RECOVERY_S = 60
PAGE = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 33\r\n"
        b"Connection: close\r\n\r\n<html>Please sign in here.</html>\n")
MOVED = (b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n"
         b"Connection: close\r\n\r\n")

# Name, what the terminals meet, toxic whose work is counted. {…}: port of a stranger.
FAULTS = (
    ("latency", "answers late by 40 to 120 ms", "1 latency 20 40"),
    ("bandwidth", "a line of 30 kB a second", "1 bandwidth 30000"),
    ("slicer", "every byte sequence in pieces of 700 bytes", "1 slicer 700"),
    ("slow_close", "the end of a connection comes late", "1 slow_close 200-300"),
    ("down", "nobody listens", "1 down"),
    ("timeout", "a black hole for 0.3 to 0.6 s", "1 timeout 300-600"),
    ("reset_peer", "RST in the middle of what is sent", "1 reset_peer 300-12000"),
    ("limit_up", "cut in the middle of what is sent", "1 limit_up 300-12000"),
    ("limit_down", "cut in the middle of the answer", "1 limit_down 200-3500"),
    ("lost_reply", "the answer is lost after the commit", "1 lost_reply 9000-16000"),
    ("portal_302", "captive portal: plain 302", "1 divert {moved}"),
    ("portal_200", "captive portal: plain 200 with a page", "1 divert {page}"),
    ("portal_tls", "captive portal: TLS with its own certificate", "1 divert {own}"),
    ("other_ca", "certificate for our name by another CA", "1 divert {other_ca}"),
    ("other_host", "certificate of our CA for another host", "1 divert {other_host}"),
    ("expired", "certificate of our CA that has expired", "1 divert {expired}"),
    ("duplicate", "every request arrives twice", "1 none"),
    ("mixed", "all faults mixed",
     "2 latency 10 30,2 slicer 900,2 bandwidth 60000,3 slow_close 50,2 down,1 timeout 100-300,"
     "3 reset_peer 300-30000,3 limit_up 300-30000,3 limit_down 200-9000,4 lost_reply 4000-20000,"
     "1 divert {moved},1 divert {page},1 divert {own},1 divert {other_ca},1 divert {other_host},"
     "1 divert {expired}"),
)

SLOW = ("latency", "bandwidth", "slicer")
# The mixed faults meet terminals of their own: there are more of them.
REGION = {"mixed": ("--region", "510104")}


class Lab:
    def __init__(self, folder, seed):
        self.folder, self.seed = folder, seed
        self.keys = Keys(folder / "keys")
        self.strangers = self.strangers_start()
        self.centre = Central(self.keys, folder / "centre", tracer=BOUND)
        self.proxy = Proxy(folder, self.centre.port, seed)
        self.n_stored = self.n_duplicates = 0

    def certificate(self, name, ca, names, *dates):
        """A server's, as pem and key."""
        d = self.keys.dir
        ext = d / f"{name}.ext"
        ext.write_text("basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n"
                       f"subjectAltName={names}\n")
        run = lambda *words: subprocess.run(["openssl", *map(str, words)], check=True,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            d / f"{name}.key", "-subj", "/CN=localhost", "-out", d / f"{name}.csr")
        (d / f"{name}.index").write_text("")
        (d / f"{name}.cnf").write_text(
            f"[ca]\ndefault_ca=a\n[a]\nnew_certs_dir={d}\ndatabase={d}/{name}.index\nrand_serial=yes\n"
            "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n")
        run("ca", "-batch", "-notext", "-config", d / f"{name}.cnf", "-cert", d / f"{ca}.pem",
            "-keyfile", d / f"{ca}.key", "-extfile", ext, "-in", d / f"{name}.csr", "-out",
            d / f"{name}.pem", *(dates or ("-days", "30")))
        return d / f"{name}.pem", d / f"{name}.key"

    def strangers_start(self):
        ours = "DNS:localhost,IP:127.0.0.1"
        self.keys.foreign_authority("other-ca")
        own = self.certificate("own", "other-ca", "DNS:portal.example")
        return {"moved": Stranger(MOVED), "page": Stranger(PAGE), "own": Stranger(PAGE, own),
                "other_ca": Stranger(PAGE, self.certificate("by-other", "other-ca", ours)),
                "other_host": Stranger(PAGE, self.certificate("for-other", "ca", "DNS:other.example")),
                "expired": Stranger(PAGE, self.certificate(
                    "expired", "ca", ours, "-startdate", "20200101000000Z", "-enddate",
                    "20210101000000Z"))}

    def close(self):
        self.proxy.end()
        self.centre.kill()
        for stranger in self.strangers.values():
            stranger.close()


def kinds_of(mix):
    return {part.split()[1] for part in mix.split(",")}


def inject(lab, name, mix, size):
    """Fault on, so often as wanted, fault off. Returns what the fleet says, and the seconds from
    the fault's end until all was confirmed."""
    want, kinds, terminals = INJECTIONS * size, kinds_of(mix), TERMINALS
    ports = {key: s.port for key, s in lab.strangers.items()}
    before = lab.proxy.counts()
    lab.proxy.mix(mix.format(**ports))
    if name == "duplicate":
        lab.centre.order(f"fault duplicate:{want}")
    if name == "slow_close":  # it is the centre that ends the connection
        lab.centre.order(f"fault drop-after-commit:{want}")
    if name == "mixed":
        terminals, want = MIXED_TERMINALS, 4 * want

    def done():
        got = lab.proxy.counts() - before
        if name == "duplicate":
            return lab.centre.stats()["duplicates"] - lab.n_duplicates >= want
        return sum(got[k] for k in kinds) >= want

    # Slow lines are not left before all has gone through them.
    is_slow = name in SLOW
    fleet = Fleet(lab.folder, lab.keys, lab.proxy.url, "--terminals", terminals, "--submissions",
                  SUBMISSIONS * size, "--seed", lab.seed, "--kick-every", 150, "--limit", 300,
                  name="mixed" if name == "mixed" else "fleet", *REGION.get(name, ()))
    try:
        if is_slow:
            begin = time.monotonic()
            result = fleet.result(300)
            took = time.monotonic() - begin
        else:
            wait_for(f"{want} injections of {name}", done, 240, fleet)
            begin = time.monotonic()
            lab.proxy.mix("1 none")
            result = fleet.result(300)
            took = time.monotonic() - begin
            if name == "slow_close":  # TLS itself told the terminals; the end of TCP is to come
                wait_for("the ends of connections", done, 30)
    finally:
        fleet.kill()
    return result, took


def least(name, size):
    """A slow line counts once for each connection."""
    return TERMINALS if name in SLOW else INJECTIONS * size


def rounds(lab, name, mix, size):
    """Until it has happened so often as wanted, of the mixed faults each at least once."""
    before, recovery = lab.proxy.counts(), 0
    total = collections.Counter()
    for _ in range(ROUNDS):
        result, took = inject(lab, name, mix, size)
        recovery = max(recovery, took)
        total.update({k: result[k] for k in ("stored", "confirmed", "quarantined")})
        counts = lab.proxy.counts() - before
        is_enough = sum(counts[k] for k in kinds_of(mix)) >= least(name, size)
        if name == "duplicate" or is_enough and all(counts[k] for k in kinds_of(mix)):
            break
    return total, counts, recovery


def prove(lab, fault, args):
    name, words, mix = fault
    begin, size = time.monotonic(), max(1, args.size)
    result, counts, recovery = rounds(lab, name, mix, size)
    kinds = kinds_of(mix)
    lab.n_stored += result["stored"]
    wrong, centre = judge(lab.centre, lab.n_stored)
    duplicates = centre["duplicates"] - lab.n_duplicates
    lab.n_duplicates = centre["duplicates"]
    injections = duplicates if name == "duplicate" else sum(counts[k] for k in kinds)
    if injections < least(name, size):
        wrong.append(f"only {injections} injections")
    if name == "mixed" and any(counts[k] == 0 for k in kinds):
        wrong.append(f"of the mixed faults some never happened: {dict(counts)}")
    if name in ("lost_reply", "duplicate", "slow_close") and not duplicates:
        wrong.append("no record came twice: no answer was lost after its commit")
    if recovery > RECOVERY_S * size:
        wrong.append(f"it took {recovery:.1f} s until all was confirmed")
    if result["quarantined"] or result["confirmed"] != result["stored"]:
        wrong.append(f"not all confirmed: {result}")
    report(args.report, {
        "fault": words, "layer": "network", "injections": injections,
        "outcome": {"stored": result["stored"], "confirmed": result["confirmed"],
                    "arrived more than once": duplicates, "lost": centre["lost"], "twice": centre["twice"],
                    "set aside": result["quarantined"], "recovered in s": round(recovery, 1),
                    "wrong": len(wrong)},
        "seed": str(args.seed), "seconds": round(time.monotonic() - begin, 1),
        "command": f"tests/faults/network.py --only {name}"})
    for text in wrong:
        print(f"WRONG: {name}: {text}", flush=True)
    return len(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--size", type=int, default=1)
    parser.add_argument("--only", action="append", choices=[f[0] for f in FAULTS])
    parser.add_argument("--report")
    args = parser.parse_args()
    need("openssl")
    n_wrong = 0
    with scratch("network") as folder:
        lab = Lab(folder, args.seed)
        try:
            for fault in FAULTS:
                if not args.only or fault[0] in args.only:
                    n_wrong += prove(lab, fault, args)
        finally:
            lab.close()
        # With the right name and CA and wrong dates it may be our clock: then the time is asked for.
        told = [line for s in lab.strangers.values() for line in s.told
                if not line.startswith("GET /v1/time?nonce=")]
    if told:
        print("WRONG: a stranger was told a request: " + told[0])
    return 1 if n_wrong or told else 0


if __name__ == "__main__":
    sys.exit(main())
