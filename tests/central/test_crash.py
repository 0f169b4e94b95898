# SPDX-License-Identifier: Apache-2.0
"""kill -9 while records come in: what was acknowledged is there, once, with the same answer."""
import http.client
import random
import threading
import time

from central_lab import CentralTest, main

N_RECORDS = 100
N_KILLS = 6
LOST = (OSError, http.client.HTTPException)  # ssl.SSLError is an OSError


class Crash(CentralTest):
    def sender(self):
        """Post every record until it is acknowledged; keep each answer that came."""
        connection = None
        for record in self.records:
            while not self.give_up.is_set():
                try:
                    if connection is None:
                        connection = self.central.connect(timeout=10)
                    answer = self.central.post(record, connection=connection)
                    self.answers.setdefault(record["uuid"], []).append(answer)
                    break
                except LOST:
                    self.n_lost += 1
                    connection = None
                    time.sleep(0.02)
        if connection:
            connection.close()

    def test_no_acknowledged_record_is_lost(self):
        self.records = [self.terminal.record() for _ in range(N_RECORDS)]
        self.answers, self.n_lost, self.give_up = {}, 0, threading.Event()
        chance = random.Random(4711)
        thread = threading.Thread(target=self.sender)
        thread.start()
        try:
            for kill in range(N_KILLS):
                wanted = (kill + 1) * N_RECORDS // (N_KILLS + 2)
                while len(self.answers) < wanted and thread.is_alive():
                    time.sleep(0.001)
                time.sleep(chance.uniform(0, 0.02))
                self.central.kill()
                listed = self.central.tool("list", keys=False).stdout.decode().splitlines()
                stored = {line.split()[0] for line in listed}
                self.assertLessEqual(set(self.answers), stored)
                self.central.start()
            thread.join(timeout=60)
        finally:
            self.give_up.set()
            thread.join(timeout=20)
        self.assertEqual(len(self.answers), N_RECORDS)
        self.assertGreater(self.n_lost, 0)  # at least one kill hit an open conversation
        self.check_end()

    def check_end(self):
        stats = self.central.stats()
        self.assertEqual((stats["records"], stats["cases"]), (N_RECORDS, 3 * N_RECORDS))
        self.assertEqual(stats["terminal_list"][0]["n_missing"], 0)
        numbers = set()
        for record in self.records:
            again = self.central.post(record)
            for answer in self.answers[record["uuid"]]:
                self.assertEqual(answer.body, again.body)
            ack = self.assertStored(again, record)
            self.assertEqual(ack["cases"], [])
            cases = self.central.cases(record["number"])
            numbers.update(c["case_no"] for c in cases)
            self.assertEqual(len(cases), 3)
        self.assertEqual(len(numbers), 3 * N_RECORDS)
        self.assertEqual(self.central.tool("verify").returncode, 0)


if __name__ == "__main__":
    main()
