# SPDX-License-Identifier: Apache-2.0
"""A ledger of every released version is taken over whole: the tables as those versions made them,
filled with what the present centre stored."""
import json
import sqlite3

from central_lab import HEARTBEAT, CentralTest, main

VERSION_1 = """
CREATE TABLE certificate (fingerprint TEXT PRIMARY KEY, terminal TEXT NOT NULL, der BLOB NOT NULL)
  STRICT;
CREATE TABLE record (
  uuid TEXT PRIMARY KEY, kind TEXT NOT NULL, terminal TEXT NOT NULL, sequence INTEGER NOT NULL,
  number TEXT NOT NULL, about TEXT NOT NULL, matter TEXT NOT NULL, sealed_at TEXT NOT NULL,
  suite TEXT NOT NULL, digest TEXT NOT NULL, prev_digest TEXT NOT NULL, signature TEXT NOT NULL,
  sealed BLOB NOT NULL, certificate TEXT NOT NULL REFERENCES certificate,
  is_opened INTEGER NOT NULL, received_at TEXT NOT NULL, answer TEXT NOT NULL,
  repeats INTEGER NOT NULL DEFAULT 0, UNIQUE (terminal, sequence)) STRICT;
CREATE INDEX record_number ON record (number) WHERE number <> '';
CREATE TABLE case_file (
  serial INTEGER PRIMARY KEY AUTOINCREMENT, case_no TEXT NOT NULL UNIQUE,
  uuid TEXT NOT NULL REFERENCES record DEFERRABLE INITIALLY DEFERRED, task TEXT NOT NULL,
  state TEXT NOT NULL, UNIQUE (uuid, task)) STRICT;
CREATE TABLE terminal (
  id TEXT PRIMARY KEY, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, heartbeat TEXT) STRICT;
PRAGMA user_version = 1;
"""
VERSION_2 = """
CREATE TABLE task_state (
  uuid TEXT NOT NULL REFERENCES record DEFERRABLE INITIALLY DEFERRED, task TEXT NOT NULL,
  code INTEGER NOT NULL, changed_at TEXT NOT NULL, PRIMARY KEY (uuid, task)) STRICT;
CREATE TABLE applicant (
  uuid TEXT PRIMARY KEY REFERENCES record DEFERRABLE INITIALLY DEFERRED, person TEXT NOT NULL)
  STRICT;
CREATE INDEX applicant_person ON applicant (person) WHERE person <> '';
CREATE TABLE correction (
  serial INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL REFERENCES record,
  kind TEXT NOT NULL, item TEXT NOT NULL, reason TEXT NOT NULL, remark TEXT NOT NULL,
  opened_at TEXT NOT NULL, closed_at TEXT NOT NULL DEFAULT '',
  closed_by TEXT REFERENCES record DEFERRABLE INITIALLY DEFERRED) STRICT;
CREATE INDEX correction_uuid ON correction (uuid);
CREATE TABLE corrected (
  uuid TEXT PRIMARY KEY REFERENCES record DEFERRABLE INITIALLY DEFERRED, number TEXT NOT NULL,
  original TEXT NOT NULL, outcome TEXT NOT NULL) STRICT;
CREATE INDEX corrected_original ON corrected (original) WHERE original <> '';
PRAGMA user_version = 2;
"""


class Migrate(CentralTest):
    def go_back(self, version):
        """Replace the stopped centre's ledger by one of that version with the same content."""
        path = self.central.data / "central.db"
        path.rename(path.with_suffix(".new"))
        for suffix in ("-wal", "-shm"):
            (self.central.data / ("central.db" + suffix)).unlink(missing_ok=True)
        old = sqlite3.connect(path, isolation_level=None)
        old.execute("PRAGMA foreign_keys = OFF")
        old.executescript(VERSION_1 + (VERSION_2 if version == 2 else ""))
        old.execute("ATTACH ? AS new", (str(path.with_suffix(".new")),))
        tables = [row[0] for row in old.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        for table in tables:
            columns = [row[1] for row in old.execute(f"PRAGMA main.table_info({table})")]
            source = [{"is_opened": "state = 1"}.get(c, c) for c in columns]
            old.execute(f"INSERT INTO main.{table} ({', '.join(columns)})"
                        f" SELECT {', '.join(source)} FROM new.{table} ORDER BY rowid")
        old.close()
        path.with_suffix(".new").unlink()

    def seen(self, number):
        stats = self.central.stats()
        figures = json.loads(self.central.send(
            "/v1/heartbeat", json.dumps(HEARTBEAT), {"Content-Type": "application/json"}).body)
        shown = json.loads(self.central.order(f"cases {number}"))
        gap = stats["terminal_list"][0]
        return ({k: stats[k] for k in ("records", "applications", "ratings", "duplicates",
                                       "unopened", "chain_breaks", "cases", "terminals",
                                       "corrections_open")},
                figures["figures"]["hall"], shown["cases"], shown["corrections"],
                gap["missing"], gap["chain_breaks"], gap["cannot_open"],
                self.central.tool("list", keys=False).stdout,
                self.central.tool("verify").stdout)

    def fill(self):
        records = [self.terminal.record() for _ in range(4)]
        records.append(self.terminal.record(kind="rating"))
        records.append(self.terminal.record(sealed=b"nothing of the kind"))
        records.append(self.terminal.record(prev_digest="ab" * 32))
        for record in records[:1] + records[2:]:
            self.assertStored(self.central.post(record), record)
        self.central.post(records[0])
        self.central.stats()
        return records

    def check(self, version):
        records = self.fill()
        number = records[0]["number"]
        if version == 2:
            self.assertEqual(self.central.order(f"advance {number} hukou 37"), "ok")
            self.assertEqual(self.central.order(f"correct {number} field baby.name unclear"), "ok")
        before = self.seen(number)
        self.assertEqual(self.central.stop(), 0)
        self.go_back(version)
        self.assertEqual(self.central.tool("list", keys=False).returncode, 1)
        self.central.start()
        self.assertEqual(self.seen(number), before)
        missing = self.terminal.record(sequence=2)
        self.assertStored(self.central.post(missing), missing)
        self.assertEqual(self.central.stats()["terminal_list"][0]["missing"], [])

    def test_version_1(self):
        self.check(1)

    def test_version_2(self):
        self.check(2)

    def test_a_newer_version_is_left_alone(self):
        self.central.stop()
        db = sqlite3.connect(self.central.data / "central.db")
        db.execute("PRAGMA user_version = 99")
        db.close()
        r = self.central.tool("serve", "--listen", "127.0.0.1:0")
        self.assertEqual(r.returncode, 1)
        self.assertIn(b"ERR_STORE_SCHEMA", r.stderr)


if __name__ == "__main__":
    main()
