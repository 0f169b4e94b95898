# SPDX-License-Identifier: Apache-2.0
"""Records that come on a stick: the same checks, and nothing twice, whichever copy is first."""
import hashlib
import json
import os

from central_lab import TERMINAL, CentralTest, Terminal, main


class Import(CentralTest):
    def setUp(self):
        super().setUp()
        self.mirror = self.central.data.parent / "mirror"

    def put(self, record, sealed=(), terminal=None):
        folder = self.mirror / (terminal or record["terminal"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{record['sequence']:012d}.record").write_text(json.dumps(record))
        for data in sealed:
            (folder / f"{hashlib.sha256(data).hexdigest()}.attachment").write_bytes(data)
        return folder

    def take(self, *options):
        r = self.central.tool("import", self.mirror, *options)
        return r.returncode, json.loads(r.stdout)

    def test_both_ways_give_one_record(self):
        first = self.terminal.record()
        second, sealed = self.terminal.record_with(os.urandom(5000), b"two")
        third = self.terminal.record(kind="rating")
        for record, data in ((first, ()), (second, sealed), (third, ())):
            self.put(record, data)
        network = self.central.post(first)  # this one came by the network as well
        status, told = self.take()
        self.assertEqual((status, told),
                         (0, {"terminals": 1, "records": 3, "new": 2, "known": 1, "refused": 0,
                              "attachments": 2, "attachments_absent": 0}))
        self.assertEqual(self.take()[1]["known"], 3)
        for record in (first, second, third):
            self.assertStored(self.central.post(record), record)
        self.assertEqual(self.central.post(first).body, network.body)
        for data in sealed:
            digest = hashlib.sha256(data).hexdigest()
            head = self.central.offset(second, digest)
            self.assertEqual((head.status, head.offset()), (200, len(data)))
            self.assertEqual(self.central.append(second, digest, len(data), b"").status, 200)
        stats = self.central.stats()
        self.assertEqual((stats["records"], stats["chain_breaks"], stats["unopened"]), (3, 0, 0))
        self.assertEqual(self.central.tool("verify").returncode, 0)

    def test_half_an_attachment_from_the_network_is_completed(self):
        record, [sealed] = self.terminal.record_with(os.urandom(9000))
        self.put(record, [sealed])
        self.central.post(record)
        digest = hashlib.sha256(sealed).hexdigest()
        self.assertEqual(self.central.append(record, digest, 0, sealed[:4000]).status, 204)
        self.assertEqual(self.take()[0], 0)
        self.assertEqual(self.central.offset(record, digest).offset(), len(sealed))

    def test_what_is_not_good_is_refused(self):
        good, [sealed] = self.terminal.record_with(b"picture")
        self.central.heartbeat()
        self.assertEqual(self.central.post(good).status, 201)
        altered = {**self.terminal.record(), "sealed_at": "2026-11-24T00:00:00Z"}
        self.put(altered)
        self.keys.issue("forged", f"/CN={TERMINAL}")
        thief = Terminal(self.keys, TERMINAL, "forged")
        thief.sequence = 7
        self.put(thief.record())
        stranger = Terminal(self.keys, "1101050002", "forged")
        self.put(stranger.record())
        folder = self.put(good)
        (folder / f"{hashlib.sha256(sealed).hexdigest()}.attachment").write_bytes(sealed[:-1] + b"x")
        (folder / "000000000099.record").write_text("{")
        (folder / "000000000098.record.tmp").write_text("{")
        (self.mirror / "not a terminal").mkdir()
        status, told = self.take()
        self.assertEqual((status, told["records"], told["known"], told["new"], told["refused"]),
                         (1, 5, 1, 0, 5))
        self.assertEqual(self.central.stats()["records"], 1)

    def test_a_terminal_that_was_never_heard_of(self):
        record = self.terminal.record()
        self.put(record)
        self.assertEqual(self.take()[1]["refused"], 1)
        status, told = self.take("--certificate", self.keys.dir / "device.pem")
        self.assertEqual((status, told["new"]), (0, 1))
        self.assertEqual(self.take()[1]["known"], 1)  # from now on it is known
        self.keys.foreign_authority("foreign")
        self.keys.issue("fake", f"/CN={TERMINAL}", ca="foreign")
        r = self.central.tool("import", self.mirror, "--certificate", self.keys.dir / "fake.pem")
        self.assertEqual(r.returncode, 1)

    def test_no_folder(self):
        self.assertEqual(self.central.tool("import", self.mirror / "none").returncode, 1)


if __name__ == "__main__":
    main()
