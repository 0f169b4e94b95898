# SPDX-License-Identifier: Apache-2.0
"""Every fault on order: what the terminal sees, what the centre stores, and that it ends."""
import http.client
import json
import pathlib
import ssl
import subprocess
import tempfile
import time

from central_lab import (CENTRAL, HEARTBEAT, Central, CentralTest, is_signed_by_centre, main)


class Faults(CentralTest):
    def heartbeat(self):
        return self.central.send("/v1/heartbeat", json.dumps(HEARTBEAT),
                                 {"Content-Type": "application/json"})

    def order(self, line):
        self.assertEqual(self.central.order(line), "ok")

    def assertNothingStored(self):
        self.assertEqual(self.central.stats()["records"], 0)

    def test_statuses(self):
        for kind, status in (("http-500", 500), ("http-503", 503), ("http-429", 429),
                             ("refuse-403", 403), ("refuse-422", 422)):
            record = self.terminal.record()
            before = self.central.stats()["records"]
            self.order(f"fault {kind} 2")
            self.assertProblem(self.central.post(record), status)
            self.assertEqual(self.heartbeat().status, 200)
            answer = self.central.post(record)
            self.assertProblem(answer, status)
            if status == 429:
                self.assertEqual(answer.headers["Retry-After"], "1")
            self.assertEqual(self.central.stats()["records"], before)
            self.assertStored(self.central.post(record), record)

    def test_bare_200(self):
        record = self.terminal.record()
        self.order("fault bare-200 1")
        answer = self.central.post(record)
        self.assertEqual((answer.status, answer.body), (200, b"{}"))
        self.assertNothingStored()

    def test_html(self):
        record = self.terminal.record()
        self.order("fault html 1")
        answer = self.central.post(record)
        self.assertEqual((answer.status, answer.type), (200, "text/html"))
        self.assertNothingStored()

    def test_slow(self):
        record = self.terminal.record()
        self.order("fault slow:400 1")
        began = time.monotonic()
        self.assertStored(self.central.post(record), record)
        self.assertGreaterEqual(time.monotonic() - began, 0.4)

    def test_slow_does_not_hold_up_the_end(self):
        self.order("fault slow:60000 1")
        connection = self.central.connect()
        record = self.terminal.record()
        connection.request("POST", "/v1/applications", json.dumps(record),
                           {"Content-Type": "application/json",
                            "Idempotency-Key": record["uuid"]})
        while self.central.stats()["faults"] == 0:
            time.sleep(0.01)
        began = time.monotonic()
        self.assertEqual(self.central.stop(), 0)
        self.assertLess(time.monotonic() - began, 10)
        connection.close()

    def test_drop_after_commit(self):
        record = self.terminal.record()
        self.order("fault drop-after-commit 1")
        with self.assertRaises((http.client.BadStatusLine, ConnectionError, ssl.SSLError)):
            self.central.post(record)
        self.assertEqual(self.central.stats()["records"], 1)
        self.assertStored(self.central.post(record), record)
        self.assertEqual(self.central.stats()["duplicates"], 1)

    def test_bad_signature(self):
        record = self.terminal.record()
        self.order("fault bad-signature 1")
        bad = self.central.post(record)
        self.assertEqual(bad.status, 201)
        self.assertFalse(is_signed_by_centre(self.keys, bad))
        good = self.central.post(record)
        self.assertStored(good, record)
        self.assertEqual(good.json()["ack"], bad.json()["ack"])

    def test_counted_faults_queue_up(self):
        record = self.terminal.record()
        self.order("fault http-500 1")
        self.order("fault html 1")
        self.assertEqual([self.central.post(record).status for _ in range(3)], [500, 200, 201])

    def test_uncounted_fault_is_an_outage_until_changed(self):
        self.order("fault http-500")
        self.assertEqual(self.heartbeat().status, 500)
        self.assertEqual(self.central.post(self.terminal.record()).status, 500)
        self.order("fault http-503")
        self.assertEqual(self.heartbeat().status, 503)
        self.order("fault off")
        self.assertEqual(self.heartbeat().status, 200)
        self.assertEqual(self.central.stats()["faults"], 3)

    def test_wrong_orders_are_told(self):
        for line in ("fault", "fault nonsense", "fault html 0", "fault html x", "fault slow",
                     "fault slow:-1", "fault html 1 1", "hello", "x" * 300):
            self.assertTrue(self.central.order(line).startswith("error: "), line)
        self.assertEqual(self.central.post(self.terminal.record()).status, 201)

    def test_quit_ends(self):
        self.order("quit")
        self.assertEqual(self.central.process.wait(timeout=20), 0)
        self.assertFalse(self.central.control.exists())

    def test_faults_from_the_command_line(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.tmp.name))
        other = Central(self.keys, folder / "data", "--fault", "html:1", "--fault", "slow:1:1",
                        "--fault", "http-429")
        record = self.terminal.record()
        self.assertEqual([other.post(record).status for _ in range(4)], [200, 201, 429, 429])
        self.assertEqual(other.stop(), 0)
        r = subprocess.run([CENTRAL, "serve", "--data", folder / "data", "--keys", self.keys.dir,
                            "--listen", "127.0.0.1:0", "--fault", "nonsense"],
                           stderr=subprocess.PIPE, check=False)
        self.assertEqual(r.returncode, 2)


if __name__ == "__main__":
    main()
