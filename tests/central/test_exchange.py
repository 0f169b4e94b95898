# SPDX-License-Identifier: Apache-2.0
"""The good day: records and heartbeats of an independent terminal, and what the tools show."""
import json
import subprocess
import threading

from central_lab import (APPLICATION, HEARTBEAT, TERMINAL, CentralTest, Terminal, main,
                         sqlite_only)


class Exchange(CentralTest):
    def test_application_is_acknowledged_then_opened_with_one_case_a_task(self):
        record = self.terminal.record()
        self.assertEqual(self.assertStored(self.central.post(record), record)["cases"], [])
        cases = self.central.cases(record["number"])
        self.assertEqual([c["task"] for c in cases],
                         ["birth_certificate", "hukou", "medical_insurance"])
        self.assertEqual(len({c["case_no"] for c in cases}), 3)
        self.assertEqual({c["state"] for c in cases}, {"submitted"})

    def test_uuids_chosen_alike_hold_up_nobody(self):
        """A terminal chooses its uuids: what it chooses must not stop the opening of records."""
        first = self.terminal.record()
        alike = self.terminal.record(uuid=first["uuid"][:23] + "-0123456789ab")
        for record in (first, alike):
            self.assertStored(self.central.post(record), record)
        numbers = [c["case_no"] for r in (first, alike) for c in self.central.cases(r["number"])]
        self.assertEqual((len(numbers), len(set(numbers))), (6, 6))

    def test_repeat_is_byte_identical_and_stored_once(self):
        record = self.terminal.record()
        first = self.central.post(record)
        self.assertStored(first, record)
        self.terminal.sign(record)  # ECDSA: the same record with another, equally good signature
        self.assertEqual(self.central.post(record).body, first.body)
        self.assertEqual(self.central.post(record).body, first.body)
        stats = self.central.stats()
        self.assertEqual((stats["records"], stats["duplicates"], stats["cases"]), (1, 2, 3))

    def test_repeat_is_byte_identical_after_a_restart(self):
        record = self.terminal.record()
        first = self.central.post(record)
        self.central.stop()
        self.central.start()
        self.assertEqual(self.central.post(record).body, first.body)

    def test_same_record_at_the_same_time_is_stored_once(self):
        record = self.terminal.record()
        bodies = []
        threads = [threading.Thread(target=lambda: bodies.append(self.central.post(record).body))
                   for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(len(bodies), 8)
        self.assertEqual(len(set(bodies)), 1)
        self.assertEqual(self.central.stats()["records"], 1)

    def test_rating_is_acknowledged_without_cases(self):
        self.central.post(self.terminal.record())
        record = self.terminal.record(kind="rating")
        self.assertEqual(self.assertStored(self.central.post(record), record)["cases"], [])
        self.assertEqual(self.central.stats()["ratings"], 1)

    def test_one_connection_carries_many_requests(self):
        connection = self.central.connect()
        for _ in range(5):
            record = self.terminal.record()
            self.assertStored(self.central.post(record, connection=connection), record)
        connection.close()

    def test_curl_is_a_client_too(self):
        record = self.terminal.record()
        r = subprocess.run(
            ["curl", "-sS", "--cacert", self.keys.dir / "ca.pem", "--cert",
             self.keys.dir / "device.pem", "--key", self.keys.dir / "device.key", "--tls-max",
             "1.2", "-H", "Content-Type: application/json; charset=utf-8", "-H",
             f"Idempotency-Key: {record['uuid']}", "--data-binary", "@-", "-w", "%{http_code}",
             f"https://localhost:{self.central.port}/v1/applications"],
            input=json.dumps(record).encode(), stdout=subprocess.PIPE, check=True)
        self.assertEqual(r.stdout[-3:], b"201")

    def test_heartbeat_is_answered_and_remembered(self):
        answer = self.central.send("/v1/heartbeat", json.dumps(HEARTBEAT),
                                   {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertGreaterEqual(answer.json()["poll_s"], 5)
        entry = self.central.stats()["terminal_list"][0]
        self.assertEqual((entry["terminal"], entry["max_sequence"]), (TERMINAL, 0))
        self.assertRegex(entry["last_seen"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def heartbeat(self, **more):
        return self.central.send("/v1/heartbeat", json.dumps({**HEARTBEAT, **more}),
                                 {"Content-Type": "application/json"})

    def test_staff_calls_are_taken_shown_and_forgotten(self):
        self.assertIn("staff_calls", self.heartbeat().json()["takes"])
        call = {"why": "cardLeft", "since": "2026-11-23T01:40:00Z"}
        self.assertEqual(self.heartbeat(staff_calls=[call]).status, 200)
        self.assertEqual(self.central.stats()["terminal_list"][0]["staff_calls"], [call])
        self.assertEqual(self.heartbeat(staff_calls=[]).status, 200)
        self.assertNotIn("staff_calls", self.central.stats()["terminal_list"][0])
        for bad in ({}, [{}], [{"why": "card left", "since": call["since"]}],
                    [{**call, "name": "x"}], [call] * 5):
            self.assertProblem(self.heartbeat(staff_calls=bad), 422)

    def test_figures_count_applications_and_nothing_else(self):
        none = self.heartbeat().json()["figures"]
        self.assertEqual((none["hall"], none["province"]), ({"today": 0, "total": 0},) * 2)
        for _ in range(3):
            self.central.post(self.terminal.record())
        self.central.post(self.terminal.record(kind="rating"))
        self.central.stats()
        figures = self.heartbeat().json()["figures"]
        self.assertEqual(figures["hall"]["total"], 3)
        self.assertEqual(figures["province"]["total"], 3)
        self.assertRegex(figures["day"], r"^\d{4}-\d\d-\d\d$")

    def test_broken_heartbeats_are_refused(self):
        device = HEARTBEAT["devices"][0]
        for change in ({"waiting": -1}, {"version": ""}, {"more": 1}, {"devices": [{}]},
                       {"devices": [{**device, "media": "lost"}]},
                       {"devices": [{**device, "reason": "paper out"}]},
                       {"devices": [{**device, "reason": ""}]},
                       {"devices": [{**device, "action": 7}]},
                       {"devices": [{**device, "action": "LoadPaper"}]},
                       {"devices": [{**device, "more": "x"}]},
                       {"devices": [{"kind": "printer", "state": "fine", "paper": "low",
                                     "cause": 0}]}):
            answer = self.central.send("/v1/heartbeat", json.dumps({**HEARTBEAT, **change}),
                                       {"Content-Type": "application/json"})
            self.assertProblem(answer, 422)
        other = {**HEARTBEAT, "terminal": "1101050002"}
        self.assertProblem(self.central.send("/v1/heartbeat", json.dumps(other),
                                             {"Content-Type": "application/json"}), 403)


class Tools(CentralTest):
    def test_record_shows_the_opened_application(self):
        record = self.terminal.record()
        self.central.post(record)
        self.central.stats()
        for how in (("--uuid", record["uuid"]), ("--number", record["number"]), ("--latest",)):
            r = self.central.tool("record", *how)
            self.assertEqual(r.returncode, 0, r.stderr)
            shown = json.loads(r.stdout)
            self.assertEqual(shown["opened"], APPLICATION)
            self.assertEqual(len(shown["cases"]), 3)
            self.assertNotIn("sealed", shown)
            for name in record:
                if name != "sealed":
                    self.assertEqual(shown[name], record[name])
        self.assertEqual(self.central.tool("record", "--number", "0" * 24).returncode, 1)

    def test_list_and_gaps_name_what_is_missing(self):
        records = [self.terminal.record() for _ in range(6)]
        for record in (records[5], records[2], records[1]):
            self.central.post(record)
        lines = self.central.tool("list", keys=False).stdout.decode().splitlines()
        self.assertEqual([int(line.split()[2]) for line in lines], [2, 3, 6])
        self.assertEqual(lines[0].split(), [records[1]["uuid"], TERMINAL, "2", "application",
                                            records[1]["number"], records[1]["digest"]])
        gaps = json.loads(self.central.tool("gaps", keys=False).stdout)
        self.assertEqual(len(gaps), 1)
        self.assertEqual(gaps[0]["max_sequence"], 6)
        self.assertEqual(gaps[0]["missing"], [1, 4, 5])
        self.assertEqual(gaps[0]["n_missing"], 3)

    def test_a_huge_gap_is_counted_but_not_listed(self):
        self.central.post(self.terminal.record(sequence=9007199254740991))
        gap = self.central.stats()["terminal_list"][0]
        self.assertEqual(gap["n_missing"], 9007199254740990)
        self.assertEqual(len(gap["missing"]), 1000)

    def test_terminals_are_kept_apart(self):
        self.keys.issue("second", "/CN=1101050002")
        second = Terminal(self.keys, "1101050002", "second")
        mine, theirs = self.terminal.record(), second.record()
        self.assertStored(self.central.post(mine), mine)
        self.assertStored(self.central.post(theirs, cert="second"), theirs)
        self.assertEqual(self.central.stats()["terminals"], 2)
        self.assertEqual(self.central.tool("verify").returncode, 0)

    def test_verify_is_content_with_a_good_ledger(self):
        for _ in range(3):
            self.central.post(self.terminal.record())
        self.central.post(self.terminal.record(kind="rating"))
        r = self.central.tool("verify")
        self.assertEqual((r.returncode, r.stdout), (0, b"4 records, 0 complaints\n"))

    def test_verify_finds_a_broken_chain(self):
        self.central.post(self.terminal.record())
        broken = self.terminal.record(prev_digest="ab" * 32)
        self.assertStored(self.central.post(broken), broken)
        self.assertEqual(self.central.stats()["chain_breaks"], 1)
        r = self.central.tool("verify")
        self.assertEqual(r.returncode, 1)
        self.assertIn(f"{broken['uuid']} {TERMINAL} 2: prev_digest", r.stdout.decode())

    @sqlite_only
    def test_verify_finds_altered_bytes(self):
        import sqlite3
        record = self.terminal.record()
        self.central.post(record)
        changes = {
            "sealed = zeroblob(200)": "digest does not fit",
            "matter = 'person.death'": "signature does not fit",
            "certificate = 'x'": "another terminal",
            "answer = replace(answer, 'signature', 'sig')": "answer cannot be read",
        }
        pem, _ = self.keys.issue("third", "/CN=1101050003")
        der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True,
                             stdout=subprocess.PIPE).stdout
        self.central.stop()
        path = self.central.data / "central.db"
        clean = path.read_bytes()
        for change, complaint in changes.items():
            path.write_bytes(clean)
            db = sqlite3.connect(path)
            db.execute("INSERT INTO certificate VALUES ('x', '1101050003', ?)", (der,))
            db.execute(f"UPDATE record SET {change}")
            db.commit()
            db.close()
            r = self.central.tool("verify")
            self.assertEqual(r.returncode, 1, change)
            self.assertIn(complaint, r.stdout.decode())

    @sqlite_only
    def test_nothing_personal_is_stored_in_the_clear(self):
        self.central.post(self.terminal.record())
        self.central.stop()
        for path in self.central.data.iterdir():
            self.assertNotIn("11010519491231002X".encode(), path.read_bytes())

    def test_wrong_calls_are_told(self):
        for args in (["record"], ["list", "--latest"], ["gaps", "--listen", "127.0.0.1:0"]):
            r = self.central.tool(*args)
            self.assertEqual(r.returncode, 2)
            self.assertIn(b"exit status", r.stderr)


if __name__ == "__main__":
    main()
