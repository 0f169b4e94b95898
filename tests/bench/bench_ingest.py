# SPDX-License-Identifier: Apache-2.0
"""How fast the centre takes records, beside how fast its database takes the same rows.

    bench_ingest.py BUILD [--rounds 5] [--records 4000] [--bytes 8000] [--clients 64]
                    [--engine postgres|sqlite|both] [--folder /var/tmp] [--report FILE]

Baseline: prepared inserts of the very same rows into the very same table, 20 a transaction (on
PostgreSQL one after the other as pgbench does, and in one pipeline), several clients; the best
number of clients counts. Centre: keep-alive
TLS clients that post the records one by one; it checks digest and signature, signs, stores, answers.
Clients, centre and database share the machine. Rounds alternate; the ratio of medians is printed.
The databases stand on a real disk with durable commits: on memory the comparison would be another.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "central"))
os.environ.setdefault("YJ_SOURCE_DIR", str(HERE.parents[1]))
BATCH = 20
BASELINE_CLIENTS = (2, 4, 8)


def cpu_s(pids):
    """Seconds of processor these processes and their ended children have used."""
    ticks = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, check=False)
    return [pid, *map(int, found.stdout.split())]


class Bench:
    def __init__(self, options):
        self.options = options
        self.tool = options.build / "tests/bench/bench_ingest"
        import central_lab
        central_lab.CENTRAL = str(options.build / "tests/central/kiosk-central")
        self.lab = central_lab
        self.tmp = pathlib.Path(tempfile.mkdtemp(prefix="yj-ingest-", dir=options.folder))
        self.keys = central_lab.Keys(self.tmp / "keys")
        self.records = self.tmp / "records"
        self.run("make", self.keys.dir, options.records, options.bytes, self.records)
        self.n = 0

    def run(self, *args):
        out = subprocess.run([self.tool, *map(str, args)], check=True, stdout=subprocess.PIPE)
        return [float(word) for word in out.stdout.split()]

    def fresh(self, postgres):
        """A running centre on a new database. Returns it and its folder."""
        self.n += 1
        folder = self.tmp / f"run{self.n}"
        folder.mkdir()
        where = postgres.database() if postgres else None
        return self.lab.Central(self.keys, folder / "data", "--workers",
                                str(self.options.clients), where=where), folder

    def baseline(self, postgres, how, clients):
        centre, folder = self.fresh(postgres)
        where = centre.where
        centre.stop()
        rows, seconds, *call = self.run(how, self.records, where, clients, BATCH)
        shutil.rmtree(folder)
        return rows / seconds, call

    def ingest(self, postgres):
        centre, folder = self.fresh(postgres)
        before = cpu_s([centre.process.pid])
        rows, seconds, *call = self.run("post", self.records, self.keys.dir, centre.port,
                                        self.options.clients)
        cpu = cpu_s([centre.process.pid]) - before
        began = time.monotonic()
        stats = centre.stats()
        opened = seconds + time.monotonic() - began
        if stats["records"] != rows or stats["cases"] != 3 * rows or stats["unopened"]:
            raise SystemExit(f"records are missing: {stats}")
        centre.stop()
        shutil.rmtree(folder)
        return rows / seconds, call, cpu / rows * 1e6, rows / opened

    def engine(self, name):
        import pg_lab
        o = self.options
        postgres = pg_lab.Postgres(["max_wal_size = 4GB", "shared_buffers = 256MB",
                                    "checkpoint_timeout = 30min"],
                                   folder=o.folder) if name == "postgres" else None
        try:
            ways = [(how, n) for how in ("each", "insert")
                    for n in BASELINE_CLIENTS] if postgres else [("insert", 1)]
            base, centre, calls, cpus, opened = {w: [] for w in ways}, [], [], [], []
            for _ in range(o.rounds):
                for way in ways:
                    base[way].append(self.baseline(postgres, *way)[0])
                rate, call, cpu, open_rate = self.ingest(postgres)
                centre.append(rate)
                calls.append(call)
                cpus.append(cpu)
                opened.append(open_rate)
            return self.show(name, base, centre, calls, cpus, opened)
        finally:
            if postgres:
                postgres.close()

    def show(self, name, base, centre, calls, cpus, opened):
        c = statistics.median(centre)
        best = {how: max(statistics.median(r) for (h, _), r in base.items() if h == how)
                for how, _ in base}
        for (how, clients), rates in base.items():
            print(f"{name:9} {how:6} {clients:3} clients {statistics.median(rates):8.0f} rows/s  "
                  f"{[round(r) for r in rates]}")
        print(f"{name:9} centre {self.options.clients:3} clients {c:8.0f} rows/s  "
              f"{[round(r) for r in centre]}  "
              f"median {statistics.median(x[0] for x in calls):.1f} ms, "
              f"99 of 100 {statistics.median(x[1] for x in calls):.1f} ms, "
              f"{statistics.median(cpus):.0f} us of processor a record, "
              f"opened at {statistics.median(opened):.0f} rows/s")
        for how, rate in best.items():
            print(f"{name:9} ratio {c / rate:.2f} to {how}")
        return {"bench": "ingest", "engine": name, "records": self.options.records,
                "bytes": self.options.bytes, "centre_rows_s": round(c),
                "baseline_rows_s": {how: round(rate) for how, rate in best.items()},
                "ratio": {how: round(c / rate, 3) for how, rate in best.items()}}

    def close(self):
        shutil.rmtree(self.tmp, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--bytes", type=int, default=8000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--engine", choices=["postgres", "sqlite", "both"], default="both")
    parser.add_argument("--folder", default="/var/tmp")
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    bench = Bench(options)
    try:
        for name in ("postgres", "sqlite"):
            if options.engine in (name, "both"):
                line = bench.engine(name)
                if options.report:
                    with open(options.report, "a", encoding="utf-8") as f:
                        f.write(json.dumps(line) + "\n")
    finally:
        bench.close()


if __name__ == "__main__":
    main()
