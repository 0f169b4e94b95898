# SPDX-License-Identifier: Apache-2.0
"""Several centres on one PostgreSQL: the same records delivered to both at the same time are stored
once, opened once, and answered alike; changes have no gaps; the loss of the database loses nothing
that was acknowledged. Needs PostgreSQL."""
import collections
import http.client
import pathlib
import random
import subprocess
import tempfile
import threading
import time
import unittest

import central_lab
import pg_lab
from central_lab import CENTRAL, Central, Keys, Terminal, is_signed_by_centre

N_TERMINALS = 4
N_RECORDS = 12
N_KILLS = 3
LOST = (OSError, http.client.HTTPException)  # ssl.SSLError is an OSError


@unittest.skipUnless(central_lab.ON_POSTGRES, "without YJ_POSTGRES")
class Twins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory(prefix="yj-twins-")
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.keys = Keys(pathlib.Path(cls.tmp.name) / "keys")
        for i in range(N_TERMINALS):
            cls.keys.issue(f"t{i}", f"/CN=110105010{i}")
        cls.postgres = pg_lab.Postgres(["deadlock_timeout = 200ms"])
        cls.addClassCleanup(cls.postgres.close)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.tmp.name))
        self.where = self.postgres.database()
        # Both start on an empty database at once: one of them makes the tables.
        self.centres = [None, None]
        threads = [threading.Thread(target=self.begin, args=(i,)) for i in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertTrue(all(self.centres))

    def begin(self, i):
        self.centres[i] = Central(self.keys, self.folder / f"centre{i}", where=self.where)

    def tearDown(self):
        for centre in self.centres:
            self.assertEqual(centre.stop(), 0, centre.log())
            self.assertNotIn("Sanitizer", centre.log())

    def make(self, n=N_RECORDS):
        """[(record, certificate)] of several terminals, mixed."""
        terminals = [(Terminal(self.keys, f"110105010{i}", f"t{i}"), f"t{i}")
                     for i in range(N_TERMINALS)]
        return [(terminal.record(), cert) for _ in range(n) for terminal, cert in terminals]

    def post_all(self, centre, records, answers, give_up):
        """Every record until it is acknowledged; keeps every 201."""
        connections = {}
        for record, cert in records:
            while not give_up.is_set():
                try:
                    if cert not in connections:
                        connections[cert] = centre.connect(cert, timeout=20)
                    answer = centre.post(record, connection=connections[cert])
                except LOST:
                    connections.pop(cert, None)
                    time.sleep(0.02)
                    continue
                answers["status", answer.status].append(record["uuid"])
                if answer.status == 201:
                    answers[record["uuid"]].append(answer)
                    break
                self.assertEqual(answer.status, 503, answer.body)
                time.sleep(0.05)
        for connection in connections.values():
            connection.close()

    def race(self, records, n_threads, disturb=None):
        answers, give_up = collections.defaultdict(list), threading.Event()
        chance = random.Random(4711)
        threads = []
        for i in range(n_threads):
            mine = list(records)
            chance.shuffle(mine)  # the order of the keys must not matter
            threads.append(threading.Thread(
                target=self.post_all, args=(self.centres[i % 2], mine, answers, give_up)))
        for t in threads:
            t.start()
        try:
            if disturb:
                disturb(answers, threads)
            for t in threads:
                t.join(timeout=120)
            self.assertFalse(any(t.is_alive() for t in threads))
        finally:
            give_up.set()
            for t in threads:
                t.join(timeout=60)
        return answers

    def check(self, records, answers):
        stats = self.centres[0].stats()
        self.assertEqual((stats["records"], stats["cases"], stats["unopened"]),
                         (len(records), 3 * len(records), 0))
        for record, _ in records:
            got = answers[record["uuid"]]
            self.assertEqual(len({a.body for a in got}), 1, record["uuid"])
            self.assertTrue(is_signed_by_centre(self.keys, got[0]))
        for entry in stats["terminal_list"]:
            self.assertEqual((entry["n_missing"], entry["records"]), (0, len(records) // N_TERMINALS))
        rows = self.postgres.sql("SELECT terminal, count(*), min(serial), max(serial) FROM change"
                                 " GROUP BY terminal", self.where.split("dbname=")[1])
        self.assertEqual(len(rows.splitlines()), N_TERMINALS)
        for row in rows.splitlines():
            _, n, first, last = row.split("|")
            self.assertEqual((n, first), (last, "1"))
            self.assertGreaterEqual(int(n), 3 * len(records) // N_TERMINALS)
        self.assertEqual(self.centres[1].tool("verify").returncode, 0)
        return stats

    def test_the_same_records_at_both_are_stored_once(self):
        records = self.make()
        answers = self.race(records, 6)
        stats = self.check(records, answers)
        self.assertEqual(sum(len(answers[r["uuid"]]) for r, _ in records), 6 * len(records))
        self.assertEqual(stats["duplicates"], 5 * len(records))

    def test_one_identity_two_contents_one_wins(self):
        for _ in range(10):
            twins = []
            terminal = Terminal(self.keys, "1101050100", "t0")
            base = terminal.record()
            for _ in range(4):
                other = Terminal(self.keys, "1101050100", "t0").record(uuid=base["uuid"])
                twins.append(other)
            statuses = []
            threads = [threading.Thread(target=lambda c=self.centres[i % 2], r=r: statuses.append(
                c.post(r, cert="t0").status)) for i, r in enumerate(twins)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            # Sequence 1 of this terminal is taken from the second round on.
            self.assertLessEqual(statuses.count(201), 1)
            self.assertEqual(statuses.count(201) + statuses.count(409), 4)
        self.assertEqual(self.centres[0].stats()["records"], 1)

    def test_departments_and_openers_leave_no_gap_in_the_changes(self):
        records = self.make(3)
        self.race(records, 2)
        self.centres[0].stats()
        orders = [f"advance {r['number']} {task} {code}" for r, _ in records
                  for task in ("birth_certificate", "hukou") for code in (26, 30, 90)]

        def give(centre, mine):
            for line in mine:
                self.assertEqual(centre.order(line), "ok")

        more = self.make_more(records)
        threads = [threading.Thread(target=give, args=(self.centres[i], orders[i::2]))
                   for i in range(2)]
        for t in threads:
            t.start()
        self.race(more, 2)
        for t in threads:
            t.join()
        name = self.where.split("dbname=")[1]
        self.assertEqual(self.centres[1].stats()["waiting"], 0)
        rows = self.postgres.sql("SELECT t.id FROM terminal t WHERE n_changes <> (SELECT count(*)"
                                 " FROM change c WHERE c.terminal = t.id AND serial BETWEEN 1 AND"
                                 " t.n_changes)", name)
        self.assertEqual(rows, "")
        n = int(self.postgres.sql("SELECT count(*) FROM change", name))
        self.assertEqual(n, len(orders) + 3 * (len(records) + len(more)))

    def make_more(self, records):
        """Three records more of each terminal."""
        more = []
        for i in range(N_TERMINALS):
            terminal = Terminal(self.keys, f"110105010{i}", f"t{i}")
            mine = [r for r, _ in records if r["terminal"] == terminal.id]
            terminal.sequence, terminal.digest = len(mine), mine[-1]["digest"]
            more += [(terminal.record(), f"t{i}") for _ in range(3)]
        return more

    def test_the_database_dies_under_load(self):
        records = self.make(30)

        def disturb(answers, threads):
            for kill in range(N_KILLS):
                wanted = (kill + 1) * len(records) // (N_KILLS + 1)
                while len(answers) < wanted and any(t.is_alive() for t in threads):
                    time.sleep(0.002)
                self.postgres.kill()
                acknowledged = {u for u in list(answers) if isinstance(u, str)}
                time.sleep(0.2)
                self.postgres.start()
                stored = self.postgres.sql("SELECT uuid FROM record",
                                           self.where.split("dbname=")[1]).split()
                self.assertLessEqual(acknowledged, set(stored))

        answers = self.race(records, 2, disturb)
        self.assertGreater(len(answers["status", 503]), 0)  # somebody met a kill
        self.check(records, answers)

    def test_a_server_that_does_not_keep_its_word_is_refused(self):
        for setting in ("synchronous_commit=off", "synchronous_commit=local"):
            where = f"{self.where} options='-c {setting}'"
            r = self.centres[0]
            started = subprocess.run(
                [CENTRAL, "serve", "--data", where, "--keys", r.keys.dir, "--listen",
                 "127.0.0.1:0"], stderr=subprocess.PIPE, timeout=60, check=False)
            self.assertEqual(started.returncode, 1)
            self.assertIn(b"ERR_STORE_OPEN", started.stderr)
            self.assertIn(b"synchronous_commit", started.stderr)

    def test_an_address_where_nobody_is_ends_at_once(self):
        began = time.monotonic()
        r = subprocess.run([CENTRAL, "list", "--data", "host=/nonexistent dbname=x"],
                           stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(r.returncode, 1)
        self.assertIn(b"ERR_STORE_OPEN", r.stderr)
        self.assertLess(time.monotonic() - began, 20)


if __name__ == "__main__":
    central_lab.main()
