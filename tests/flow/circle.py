# SPDX-License-Identifier: Apache-2.0
"""For the whole circles: the unmodified kiosk and the real kiosk-central, the line between them, and
what each of the two has in the end. The cases are in circle_*.py."""

import argparse
import json
import os
import sqlite3
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import remains  # noqa: E402
import visit_file  # noqa: E402
from bad_input import Case  # noqa: E402
from world import ROOT, TERMINAL, LineSocket, WorldError, free_port, wait_until  # noqa: E402

SKIP = 77
VISIT = visit_file.load(os.path.join(ROOT, "tests/flow/visits/sscard.visit"))
PEOPLE = ("张三", "11010519491231002X", "北京市朝阳区示例路1号", "13800000000")
WAITING, LEASED, CONFIRMED, QUARANTINED = range(4)


class Skip(Exception):
    """This machine cannot do what the case needs; the text says what."""


def must(fact, complaint):
    if not fact:
        raise WorldError(complaint)


class Circle(Case):
    """A case whose centre wants to hear of its terminal every few seconds."""

    def __init__(self, args, name, settings=None, centre=()):
        Case.__init__(self, args, name, sim_args=["--speed", "10"], settings=settings)
        self.world.centre_args = ["--poll-s", "5", *centre]
        self.proxy = None

    def set(self, section, **values):
        self.world.extra_settings.setdefault(section, {}).update(values)

    def key(self, name):
        return os.path.join(self.world.keys, name)

    # the terminal ---------------------------------------------------------------------------

    def visit(self, until=None):
        """A whole visit, up to the step `until` of it when that is given."""
        end = len(VISIT)
        if until:
            end = next(i for i, (_, verb, args) in enumerate(VISIT) if [verb, *args] == until.split())
        self.hand.play(VISIT[:end], "sscard.visit")

    def rest_of_visit(self, after):
        begin = next(i for i, (_, verb, args) in enumerate(VISIT) if [verb, *args] == after.split())
        self.hand.play(VISIT[begin:], "sscard.visit")

    def restart(self):
        must(self.world.stop("kiosk") == 0, "the kiosk did not end well")
        self.world.start_kiosk()
        self.shows("HOME")

    def wait_log(self, text, n=1, timeout_s=60):
        wait_until(f"the log to say {text!r}", lambda: self.log_count(text) >= n, timeout_s)

    def sql(self, query):
        """Rows of the terminal's database. While it is stopped: nobody else may open it."""
        must("kiosk" not in self.world.processes, "the kiosk holds its database")
        with sqlite3.connect(os.path.join(self.world.data, "outbox.db")) as db:
            rows = db.execute(query).fetchall()
        db.close()
        return rows

    def states(self):
        """{sequence: state} of the stopped terminal."""
        return dict(self.sql("SELECT sequence, state FROM outbox"))

    # the centre -----------------------------------------------------------------------------

    def arrived(self, n, timeout_s=60):
        wait_until(f"{n} records at the centre", lambda: len(self.world.centre_list()) >= n, timeout_s,
                   0.05)

    def records(self):
        """Opened, by sequence."""
        found = [self.world.centre_record(row[0]) for row in self.world.centre_list()]
        return {r["sequence"]: r for r in found}

    def terminal(self):
        """What the centre says about it: gaps, the last heartbeat's words among them."""
        return next(t for t in self.world.centre_gaps() if t["terminal"] == TERMINAL)

    def told(self):
        """The last heartbeat, as the centre keeps it."""
        path = os.path.join(self.world.central_data, "central.db")
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            rows = db.execute("SELECT heartbeat FROM terminal WHERE id = ?", (TERMINAL,)).fetchall()
        db.close()
        return json.loads(rows[0][0]) if rows and rows[0][0] else {}

    def order(self, *words):
        self.world.centre("order", "--data", self.world.central_data, "--terminal", TERMINAL,
                          *map(str, words))

    def requests(self, name):
        """[(status, bytes that came)] of what the centre has logged."""
        found = []
        with open(os.path.join(self.world.logs, "kiosk-central.log"), encoding="utf-8") as f:
            for line in f:
                words = line.split()
                if name in words and "B" in words:
                    found.append((int(words[words.index(name) + 1]), int(words[words.index("B") - 1])))
        return found

    def look_at_centre(self, n):
        """All there, each once, in one chain, every signature good."""
        sequences = sorted(int(row[2]) for row in self.world.centre_list())
        must(sequences == list(range(1, n + 1)), f"the centre has {sequences}, wanted 1 to {n}")
        told = self.terminal()
        must(told["n_missing"] == 0 and not told.get("chain_breaks"), f"gaps: {told}")
        self.world.centre_verify()

    # the line -------------------------------------------------------------------------------

    def start_proxy(self):
        port = free_port()
        control = os.path.join(self.world.run, "proxy.sock")
        self.world.spawn("kiosk-proxy", ["--listen", f"127.0.0.1:{port}", "--to",
                                         f"127.0.0.1:{self.world.port}", "--control", control])
        self.set("centre", url=f"https://127.0.0.1:{port}")

        def attempt():
            try:
                return LineSocket(control)
            except OSError:
                return None

        wait_until("the proxy", attempt).close()
        self.proxy = control

    def line(self, order):
        """One order of kiosk-proxy."""
        sock = LineSocket(self.proxy)
        answer = sock.ask(order)
        sock.close()
        must(answer == "ok" or answer.startswith("{"), f"kiosk-proxy: {order}: {answer}")
        return answer

    def cut(self, toxic):
        return json.loads(self.line("counts")).get(toxic, 0)

    # the end --------------------------------------------------------------------------------

    def nothing_plain(self, folders):
        seen = remains.search_files(folders, PEOPLE)
        must(not seen, f"in the clear: {sorted((os.path.relpath(p, self.world.run), w) for _, w, p in seen)}")


def run(cases, doc):
    """The one case that is named, or all. Exit status 77 when all of them were skipped."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    chosen = [c for c in cases if not args.cases or c.__name__ in args.cases]
    n_failed, n_skipped = 0, 0
    for case in chosen:
        begin = time.monotonic()
        try:
            case(args)
            print(f"ok    {case.__name__} {time.monotonic() - begin:.1f} s", flush=True)
        except Skip as e:
            n_skipped += 1
            print(f"skip  {case.__name__}: {e}", flush=True)
        except Exception as e:  # the other cases still tell something
            n_failed += 1
            print(f"FAIL  {case.__name__}: {e}", flush=True)
            if not isinstance(e, WorldError):
                traceback.print_exc()
    if n_failed or not chosen:
        return 1
    return SKIP if n_skipped == len(chosen) else 0
