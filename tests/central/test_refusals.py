# SPDX-License-Identifier: Apache-2.0
"""What the centre does not take, and with which answer; what it takes although it looks odd."""
import base64
import hashlib
import json

from central_lab import CentralTest, Terminal, main


class Peers(CentralTest):
    def test_no_certificate(self):
        self.assertProblem(self.central.post(self.terminal.record(), cert=None), 401)

    def test_certificate_of_another_authority(self):
        self.keys.foreign_authority("foreign")
        self.keys.issue("impostor", "/CN=1101050001", ca="foreign")
        self.assertProblem(self.central.post(self.terminal.record(), cert="impostor"), 403)

    def test_certificate_for_servers(self):
        self.keys.issue("not-a-client", "/CN=1101050001", usage="serverAuth")
        self.assertProblem(self.central.post(self.terminal.record(), cert="not-a-client"), 403)

    def test_certificate_whose_name_is_no_terminal(self):
        self.keys.issue("clerk", "/CN=clerk")
        self.assertProblem(self.central.post(self.terminal.record(), cert="clerk"), 403)

    def test_certificate_of_another_terminal(self):
        self.keys.issue("other", "/CN=1101050009")
        self.assertProblem(self.central.post(self.terminal.record(), cert="other"), 403)

    def tearDown(self):
        self.assertEqual(self.central.stats()["records"], 0)
        super().tearDown()


class Conflicts(CentralTest):
    def test_same_uuid_other_content(self):
        first, second = self.terminal.record(), self.terminal.record()
        second["uuid"] = first["uuid"]
        self.assertStored(self.central.post(first), first)
        self.assertProblem(self.central.post(self.terminal.sign(second)), 409)
        self.assertEqual(self.central.stats()["records"], 1)

    def test_same_sequence_other_content(self):
        first, second = self.terminal.record(), self.terminal.record()
        second["sequence"] = first["sequence"]
        self.assertStored(self.central.post(first), first)
        self.assertProblem(self.central.post(self.terminal.sign(second)), 409)
        self.assertEqual(self.central.stats()["records"], 1)

    def test_same_uuid_and_sequence_other_content(self):
        first, second = self.terminal.record(), self.terminal.record()
        second["uuid"], second["sequence"] = first["uuid"], first["sequence"]
        self.assertStored(self.central.post(first), first)
        self.assertProblem(self.central.post(self.terminal.sign(second)), 409)

    def test_same_uuid_and_content_under_another_sequence(self):
        """An acknowledgement could not repeat both: it is another record."""
        first = self.terminal.record()
        self.assertStored(self.central.post(first), first)
        self.assertProblem(self.central.post(self.terminal.sign({**first, "sequence": 7})), 409)

    def test_same_sequence_and_content_under_another_uuid(self):
        first = self.terminal.record()
        self.assertStored(self.central.post(first), first)
        twin = {**first, "uuid": "00000000-0000-4000-8000-000000000000"}
        self.assertProblem(self.central.post(self.terminal.sign(twin)), 409)

    def test_uuid_of_one_and_sequence_of_another_record(self):
        first, second = self.terminal.record(), self.terminal.record()
        self.central.post(first)
        self.central.post(second)
        mixed = {**first, "sequence": second["sequence"]}
        self.assertProblem(self.central.post(self.terminal.sign(mixed)), 409)

    def test_a_conflict_leaves_the_first_answer(self):
        first, second = self.terminal.record(), self.terminal.record()
        body = self.central.post(first).body
        second["uuid"] = first["uuid"]
        self.central.post(self.terminal.sign(second))
        self.assertEqual(self.central.post(first).body, body)


class Forms(CentralTest):
    def assertRefused(self, envelope, **how):
        self.assertProblem(self.central.post(envelope, **how), 422)
        self.assertEqual(self.central.stats()["records"], 0)

    def test_signature_of_another_key(self):
        self.keys.issue("stranger", "/CN=1101050001")
        self.assertRefused(Terminal(self.keys, cert="stranger").record())

    def test_every_signed_member_is_covered(self):
        """Each change keeps the form, so that the signature alone can catch it."""
        other = self.terminal.record()
        changes = [{"sequence": 99}, {"number": "1" * 24}, {"matter": "other"},
                   {"sealed_at": "2026-11-23T01:41:08Z"}, {"prev_digest": "1" * 64},
                   {"uuid": "00000000-0000-4000-8000-000000000000"},
                   {"digest": other["digest"], "sealed": other["sealed"]}]
        cases = [("application", c) for c in changes]
        cases += [("rating", {"about": "2" * 24}),
                  ("rating", {"kind": "application", "number": "1" * 24, "about": ""})]
        for kind, change in cases:
            with self.subTest(members=list(change)):
                answer = self.central.post({**self.terminal.record(kind=kind), **change})
                self.assertProblem(answer, 422)
                self.assertEqual(answer.json()["detail"], "the signature does not fit")
        self.assertEqual(self.central.stats()["records"], 0)

    def test_altered_sealed_bytes(self):
        record = self.terminal.record()
        sealed = bytearray(base64.b64decode(record["sealed"]))
        sealed[-1] ^= 1
        self.assertRefused({**record, "sealed": base64.b64encode(sealed).decode()})

    def test_members_missing_unknown_or_malformed(self):
        record = self.terminal.record()
        bad = [{k: v for k, v in record.items() if k != name} for name in record]
        bad += [{**record, "note": "x"}, {**record, "sequence": 0}, {**record, "sequence": "1"},
                {**record, "sequence": 2 ** 53}, {**record, "uuid": record["uuid"].upper()},
                {**record, "digest": record["digest"].upper()}, {**record, "suite": "plain"},
                {**record, "kind": "letter"}, {**record, "sealed": record["sealed"] + "\n"},
                {**record, "sealed": "AAB="}, {**record, "sealed_at": "2026-11-23 01:41:07"},
                {**record, "number": ""}, {**record, "matter": "a b"},
                {**record, "matter": "person\0birth"}, {**record, "prev_digest": None},
                {**record, "signature": "AAAA"}, {**record, "terminal": 1101050001}]
        connection = self.central.connect()
        for envelope in bad:
            with self.subTest(members=sorted(set(record) ^ set(envelope)) or [
                    k for k in record if envelope[k] != record[k]]):
                answer = self.central.post(envelope, key=record["uuid"], connection=connection,
                                           path="/v1/applications")
                self.assertProblem(answer, 422)
        connection.close()
        self.assertEqual(self.central.stats()["records"], 0)

    def test_idempotency_key(self):
        record = self.terminal.record()
        self.assertRefused(record, key="00000000-0000-4000-8000-000000000000")
        answer = self.central.send("/v1/applications", json.dumps(record),
                                   {"Content-Type": "application/json"})
        self.assertProblem(answer, 422)

    def test_kind_and_path(self):
        self.assertRefused(self.terminal.record(), path="/v1/ratings")

    def test_content_type(self):
        for kind in ("text/plain", "application/jsonx", "application/x-www-form-urlencoded"):
            self.assertRefused(self.terminal.record(), content_type=kind)

    def test_not_json(self):
        for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100000,
                     b'{"terminal":"1101050001","terminal":"1101050001"}'):
            answer = self.central.send("/v1/applications", body,
                                       {"Content-Type": "application/json"})
            self.assertProblem(answer, 422)

    def test_oversize(self):
        record = self.terminal.record()
        body = json.dumps(record).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": record["uuid"]}
        fits = body + b" " * (1048576 - len(body))
        self.assertProblem(self.central.send("/v1/applications", fits + b" ", headers), 413)
        self.assertProblem(self.central.send("/v1/applications", fits * 5, headers), 413)
        self.assertEqual(self.central.send("/v1/applications", fits, headers).status, 201)

    def test_oversize_is_told_before_the_body_where_the_client_waits(self):
        connection = self.central.connect()
        connection.putrequest("POST", "/v1/applications")
        connection.putheader("Content-Length", "5000000")
        connection.putheader("Expect", "100-continue")
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()

    def test_other_paths_and_methods(self):
        headers = {"Content-Type": "application/json"}
        self.assertProblem(self.central.send("/v1/other", b"{}", headers), 404)
        answer = self.central.send("/v1/applications", None, {}, method="GET")
        self.assertProblem(answer, 405)
        self.assertEqual(answer.headers["Allow"], "POST")


class Odd(CentralTest):
    """Nobody's application is refused for these; operators hear of them."""

    def assertKeptUnopened(self, record):
        ack = self.assertStored(self.central.post(record), record)
        self.assertEqual(ack["cases"], [])
        self.assertEqual(self.central.stats()["unopened"], 1)
        shown = json.loads(self.central.tool("record", "--uuid", record["uuid"]).stdout)
        self.assertIs(shown["is_opened"], False)
        self.assertIsNone(shown["opened"])
        self.assertEqual(self.central.tool("verify").returncode, 1)

    def test_sealed_for_another_key(self):
        sealed = self.terminal.seal(b"{}", recipient="centre-sign")
        self.assertKeptUnopened(self.terminal.record(sealed=sealed))

    def test_sealed_bytes_that_are_no_cms(self):
        self.assertKeptUnopened(self.terminal.record(sealed=b"nothing of the kind"))

    def test_authentication_tag_altered(self):
        sealed = bytearray(self.terminal.seal(b'{"tasks":["hukou"]}'))
        sealed[-1] ^= 1
        self.assertKeptUnopened(self.terminal.record(sealed=bytes(sealed)))

    def test_content_altered(self):
        plain = b'{"tasks":["hukou"],"note":"' + b"n" * 200 + b'"}'
        sealed = bytearray(self.terminal.seal(plain))
        sealed[-100] ^= 1
        self.assertKeptUnopened(self.terminal.record(sealed=bytes(sealed)))

    def test_bytes_behind_the_cms(self):
        self.assertKeptUnopened(self.terminal.record(sealed=self.terminal.seal(b"{}") + b"\0"))

    def test_cut_cms(self):
        self.assertKeptUnopened(self.terminal.record(sealed=self.terminal.seal(b"{}")[:-9]))

    def test_other_content_ciphers_are_not_the_suite(self):
        self.assertKeptUnopened(
            self.terminal.record(sealed=self.terminal.seal(b"{}", cipher="-aes-128-gcm")))

    def test_envelope_without_authentication_is_not_the_suite(self):
        self.assertKeptUnopened(
            self.terminal.record(sealed=self.terminal.seal(b"{}", cipher="-aes-256-cbc")))

    def test_other_derivation_is_not_the_suite(self):
        self.assertKeptUnopened(self.terminal.record(sealed=self.terminal.seal(b"{}", kdf="sha1")))

    def test_plain_text_without_tasks_has_no_cases(self):
        for plain in (b"not json", b"[]", b'{"tasks":3}', b'{"tasks":[3,{},"","x","x"]}'):
            sealed = self.terminal.seal(plain)
            record = self.terminal.record(sealed=sealed)
            self.assertStored(self.central.post(record), record)
            self.assertEqual([c["task"] for c in self.central.cases(record["number"])],
                             ["x"] if b'"x"' in plain else [])
        self.assertEqual(self.central.stats()["unopened"], 0)

    def test_predecessor_missing(self):
        self.terminal.record()
        second = self.terminal.record()
        self.assertStored(self.central.post(second), second)
        self.assertEqual(self.central.stats()["chain_breaks"], 0)
        self.assertEqual(hashlib.sha256(base64.b64decode(second["sealed"])).hexdigest(),
                         second["digest"])


if __name__ == "__main__":
    main()
