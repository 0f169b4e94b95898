# SPDX-License-Identifier: Apache-2.0
"""Attachments: appended in pieces, broken off and gone on with, by two instances at once, whole or
not at all, and nobody else's."""
import hashlib
import json
import os
import pathlib
import socket
import ssl
import tempfile
import threading
import time

from central_lab import Central, CentralTest, Terminal, ack_text, contract, is_signed_by_centre, \
    main, validate

PICTURE = os.urandom(150000)


class Attachments(CentralTest):
    def stored(self, *files):
        record, sealed = self.terminal.record_with(*files)
        if contract():
            validate("envelope", record)
        self.assertStored(self.central.post(record), record)
        return record, [(hashlib.sha256(s).hexdigest(), s) for s in sealed]

    def assertComplete(self, answer, record, digest, sealed):
        self.assertEqual(answer.status, 200, answer.body)
        self.assertTrue(is_signed_by_centre(self.keys, answer, b"yijian-attachment-1\n"))
        said = json.loads(ack_text(answer))
        self.assertEqual((said["uuid"], said["digest"], said["bytes"]),
                         (record["uuid"], digest, len(sealed)))
        self.assertRegex(said["received_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        if contract():
            validate("stored", answer.json())

    def opened(self, record, digest):
        out = pathlib.Path(tempfile.mkdtemp(dir=self.tmp.name)) / "out"
        r = self.central.tool("record", "--uuid", record["uuid"], "--attachment", digest, "--out",
                              out)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        return json.loads(r.stdout), out.read_bytes()

    def test_in_pieces(self):
        record, [(digest, sealed)] = self.stored(PICTURE)
        at = 0
        while at < len(sealed):
            head = self.central.offset(record, digest)
            self.assertEqual((head.status, head.offset(), head.headers["Upload-Length"]),
                             (200, at, str(len(sealed))))
            self.assertEqual(head.headers["Tus-Resumable"], "1.0.0")
            self.assertEqual(head.headers["Cache-Control"], "no-store")
            piece = sealed[at:at + 40000]
            answer = self.central.append(record, digest, at, piece)
            at += len(piece)
            if at < len(sealed):
                self.assertEqual((answer.status, answer.offset(), answer.body), (204, at, b""))
        self.assertComplete(answer, record, digest, sealed)
        told, data = self.opened(record, digest)
        self.assertEqual((told["name"], told["bytes"], data), ("0.jpg", len(PICTURE), PICTURE))

    def test_at_once_and_asked_again(self):
        record, [(digest, sealed), (other, _)] = self.stored(b"one", b"two")
        first = self.central.append(record, digest, 0, sealed)
        self.assertComplete(first, record, digest, sealed)
        # Its reply was lost: the same answer for no bytes at the end, the offset for the rest.
        again = self.central.append(record, digest, len(sealed), b"")
        self.assertEqual(again.body, first.body)
        self.assertProblem(self.central.append(record, digest, 0, sealed), 409)
        self.assertEqual(self.central.offset(record, digest).offset(), len(sealed))
        self.assertEqual(self.central.offset(record, other).offset(), 0)
        self.assertEqual(self.central.stats()["attachments_incomplete"], 1)

    def test_another_offset_changes_nothing(self):
        record, [(digest, sealed)] = self.stored(PICTURE)
        self.assertEqual(self.central.append(record, digest, 0, sealed[:1000]).status, 204)
        for offset in (0, 999, 1001, len(sealed), len(sealed) + 1):
            self.assertProblem(self.central.append(record, digest, offset, b"x" * 10), 409)
        for offset in ("", "-1", "+1", "1e3", "0x10", "99999999999999999999"):
            self.assertProblem(self.central.append(record, digest, offset, b"x"), 409)
        self.assertComplete(self.central.append(record, digest, 1000, sealed[1000:]), record,
                            digest, sealed)

    def test_what_does_not_fit_is_dropped(self):
        record, [(digest, sealed)] = self.stored(PICTURE)
        wrong = bytes([sealed[0] ^ 1]) + sealed[1:]
        self.assertEqual(self.central.append(record, digest, 0, wrong[:5000]).status, 204)
        answer = self.central.append(record, digest, 5000, wrong[5000:])
        self.assertProblem(answer, 460)
        self.assertEqual(answer.offset(), 0)
        self.assertEqual(self.central.offset(record, digest).offset(), 0)
        self.assertComplete(self.central.append(record, digest, 0, sealed), record, digest, sealed)
        self.assertEqual(self.opened(record, digest)[1], PICTURE)

    def test_forms(self):
        record, [(digest, sealed)] = self.stored(PICTURE)
        self.assertProblem(self.central.append(record, digest, 0, sealed + b"x"), 413)
        self.assertProblem(self.central.append(record, digest, 0, b"x" * (1 << 20) + b"y"), 413)
        self.assertProblem(self.central.append(record, digest, 0, sealed, "application/json"), 415)
        self.assertProblem(self.central.append(record, "0" * 64, 0, b"x"), 404)
        self.assertProblem(self.central.append({"uuid": "11111111-2222-4333-8444-555555555555"},
                                               digest, 0, b"x"), 404)
        for path in (f"/v1/attachments/{record['uuid']}/../../secret",
                     f"/v1/attachments/{record['uuid']}/..%2f..%2fetc%2fpasswd",
                     f"/v1/attachments/{record['uuid']}/{digest.upper()}",
                     f"/v1/attachments/{record['uuid']}/{digest}/x",
                     f"/v1/attachments/{record['uuid'].upper()}/{digest}", "/v1/attachments//"):
            self.assertEqual(self.central.get(path).status, 404, path)
        answer = self.central.get(self.central.attachment(record, digest))
        self.assertProblem(answer, 405)
        self.assertEqual(answer.headers["Allow"], "HEAD, PATCH")
        self.assertEqual(self.central.offset(record, digest).offset(), 0)

    def test_nobody_elses(self):
        record, [(digest, sealed)] = self.stored(PICTURE)
        self.keys.issue("other", "/CN=1101050002")
        self.assertEqual(self.central.offset(record, digest, cert="other").status, 403)
        self.assertProblem(self.central.append(record, digest, 0, sealed, cert="other"), 403)
        self.assertProblem(self.central.append(record, digest, 0, sealed, cert=None), 401)
        self.assertEqual(self.central.offset(record, digest, cert=None).status, 401)
        # The other one's own record does not open a way to it either.
        other = Terminal(self.keys, "1101050002", "other")
        theirs = other.record(attachments=[{"digest": digest, "bytes": len(sealed)}], boot_id="b",
                              uptime_ms=1, centre_time="")
        self.assertEqual(self.central.post(theirs, cert="other").status, 201)
        self.assertEqual(self.central.append(theirs, digest, 0, sealed[:10],
                                             cert="other").status, 204)
        self.assertEqual(self.central.offset(record, digest).offset(), 0)

    def test_two_instances_at_once(self):
        """Both have the same pieces to append: every byte gets in once."""
        record, [(digest, sealed)] = self.stored(PICTURE)
        second = Central(self.keys, self.central.data, where=self.central.where,
                         instance="second")
        statuses = []

        def drive(central):
            at = 0
            while at < len(sealed):
                answer = central.append(record, digest, at, sealed[at:at + 9000])
                statuses.append(answer.status)
                if answer.status == 200:
                    break
                self.assertIn(answer.status, (204, 409))
                at = central.offset(record, digest).offset()
        threads = [threading.Thread(target=drive, args=(c,))
                   for c in (self.central, second, self.central, second)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(statuses.count(200), 1, statuses)
        self.assertEqual(statuses.count(204) + 1, (len(sealed) + 8999) // 9000)
        self.assertEqual(self.opened(record, digest)[1], PICTURE)
        self.assertEqual(second.stop(), 0)

    def test_every_byte_that_arrived_is_kept(self):
        record, [(digest, sealed)] = self.stored(PICTURE)
        context = ssl.create_default_context(cafile=self.keys.dir / "ca.pem")
        context.load_cert_chain(self.keys.dir / "device.pem", self.keys.dir / "device.key")
        with socket.create_connection(("127.0.0.1", self.central.port)) as raw:
            with context.wrap_socket(raw, server_hostname="localhost") as s:
                s.sendall((f"PATCH {self.central.attachment(record, digest)} HTTP/1.1\r\n"
                           "Host: localhost\r\nUpload-Offset: 0\r\n"
                           "Content-Type: application/offset+octet-stream\r\n"
                           f"Content-Length: {len(sealed)}\r\n\r\n").encode() + sealed[:70000])
                time.sleep(0.3)  # let it arrive; then the line breaks
        deadline = time.monotonic() + 20
        while self.central.offset(record, digest).offset() < 60000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        at = self.central.offset(record, digest).offset()
        self.assertLessEqual(at, 70000)
        self.assertComplete(self.central.append(record, digest, at, sealed[at:]), record, digest,
                            sealed)
        self.assertEqual(self.opened(record, digest)[1], PICTURE)

    def test_they_survive_a_kill(self):
        record, [(digest, sealed)] = self.stored(PICTURE)
        self.assertEqual(self.central.append(record, digest, 0, sealed[:50000]).status, 204)
        self.central.kill()
        self.central.start()
        self.assertEqual(self.central.offset(record, digest).offset(), 50000)
        self.assertComplete(self.central.append(record, digest, 50000, sealed[50000:]), record,
                            digest, sealed)


if __name__ == "__main__":
    main()
