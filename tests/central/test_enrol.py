# SPDX-License-Identifier: Apache-2.0
"""Enrolment and renewal: a token, a request, a certificate; by network and by stick; what is
replayed, forged, late or somebody else's."""
import contextlib
import hashlib
import json
import re
import sqlite3
import ssl
import threading
import time

from central_lab import CentralTest, Terminal, contract, main, openssl, sqlite_only, validate

NEW = "1101050009"
JSON = {"Content-Type": "application/json"}


class Enrolment(CentralTest):
    def setUp(self):
        super().setUp()
        self.folder = self.central.data.parent

    def key(self, name, curve="prime256v1"):
        path = self.keys.dir / f"{name}.key"
        path.write_bytes(openssl("ecparam", "-name", curve, "-genkey", "-noout"))
        return path

    def request(self, key, terminal=NEW, sm2=False):
        more = ["-sm3", "-sigopt", "distid:1234567812345678"] if sm2 else ["-sha256"]
        return openssl("req", "-new", "-key", key, *more, "-subj", f"/CN={terminal}").decode()

    def ticket(self, terminal=NEW, *options):
        out = self.folder / "ticket.json"
        out.unlink(missing_ok=True)
        r = self.central.tool("enrol", "token", "--terminal", terminal, "--url",
                              f"https://localhost:{self.central.port}", "--out", out, *options)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        ticket = json.loads(out.read_text())
        self.assertEqual(set(ticket), {"url", "terminal", "token", "ca", "expires"})
        self.assertEqual(ticket["ca"], (self.keys.dir / "ca.pem").read_text())
        self.assertRegex(ticket["token"], r"^[A-Za-z0-9_-]{22,64}$")
        return ticket

    def body(self, ticket, csr, **more):
        body = {"token": ticket["token"], "terminal": ticket["terminal"], "csr": csr, **more}
        return body

    def enrol(self, body, **how):
        if contract() and how.pop("is_good", True):
            validate("enrolment", body)
        answer = self.central.send("/v1/enrolment", json.dumps(body), JSON, cert=None, **how)
        if contract() and answer.status == 200:
            validate("enrolled", answer.json())
        return answer

    def install(self, name, pem):
        (self.keys.dir / f"{name}.pem").write_text(pem)
        return openssl("x509", "-in", self.keys.dir / f"{name}.pem", "-noout", "-subject", "-purpose",
                       "-enddate").decode()

    def test_a_terminal_gets_its_certificate_and_works(self):
        csr = self.request(self.key("new"))
        answer = self.enrol(self.body(self.ticket(), csr))
        self.assertEqual(answer.status, 200, answer.body)
        got = answer.json()
        for member, name in (("ca", "ca"), ("centre_sign", "centre-sign"),
                             ("centre_seal", "centre-seal")):
            self.assertEqual(got[member].strip(), (self.keys.dir / f"{name}.pem").read_text().strip())
        text = self.install("new", got["certificate"])
        self.assertIn(NEW, text)
        self.assertIn("SSL client : Yes", text)
        self.assertIn("SSL server : No", text)
        self.assertEqual(self.central.heartbeat(cert="new", terminal=NEW).status, 200)
        terminal = Terminal(self.keys, NEW, "new")
        record = terminal.record()
        self.assertStored(self.central.post(record, cert="new"), record)
        self.assertEqual(self.central.tool("verify").returncode, 0)

    def test_an_sm2_ca_stands_beside(self):
        """ca.pem holds both: TLS, enrolment and the fingerprint that is told are of both."""
        ca = self.keys.dir / "ca.pem"
        before = ca.read_text()
        openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", self.keys.dir / "ca-sm2.key")
        second = openssl("req", "-new", "-x509", "-key", self.keys.dir / "ca-sm2.key", "-sm3",
                         "-sigopt", "distid:1234567812345678", "-days", "30", "-subj", "/CN=SM2 CA")
        self.central.stop()
        try:
            ca.write_text(before + second.decode())
            self.central.start()
            out = self.folder / "ticket.json"
            out.unlink(missing_ok=True)
            r = self.central.tool("enrol", "token", "--terminal", NEW, "--url", "https://localhost:1",
                                  "--out", out)
            ticket = json.loads(out.read_text())
            self.assertEqual(ticket["ca"].count("BEGIN CERTIFICATE"), 2)
            ders = [ssl.PEM_cert_to_DER_cert(t) for t in (before, second.decode())]
            self.assertIn(hashlib.sha256(b"".join(ders)).hexdigest(), str(r.stdout))
            answer = self.enrol(self.body(ticket, self.request(self.key("new"))))
            self.assertEqual(answer.status, 200, answer.body)
            self.install("new", answer.json()["certificate"])
            self.assertEqual(self.central.heartbeat(cert="new", terminal=NEW).status, 200)
        finally:
            ca.write_text(before)

    def test_the_reply_was_lost(self):
        ticket, csr = self.ticket(), self.request(self.key("new"))
        first = self.enrol(self.body(ticket, csr))
        self.assertEqual(first.status, 200)
        self.assertEqual(self.enrol(self.body(ticket, csr)).body, first.body)
        self.central.kill()
        self.central.start()
        self.assertEqual(self.enrol(self.body(ticket, csr)).body, first.body)
        # The same token for another key: that is a replay.
        self.assertProblem(self.enrol(self.body(ticket, self.request(self.key("thief")))), 409)

    def test_at_the_same_time_only_one_request_wins(self):
        ticket = self.ticket()
        requests = [self.request(self.key(f"k{i}")) for i in range(4)]
        answers = []
        threads = [threading.Thread(
            target=lambda c=c: answers.append(self.enrol(self.body(ticket, c))))
            for c in requests * 2]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        statuses = [a.status for a in answers]
        self.assertEqual((statuses.count(200), statuses.count(409)), (2, 6), statuses)
        self.assertEqual(len({a.body for a in answers if a.status == 200}), 1)

    def test_what_is_refused(self):
        ticket, csr = self.ticket(), self.request(self.key("new"))
        good = self.body(ticket, csr)
        other = self.request(self.keys.dir / "new.key", terminal="1101050008")
        altered = re.sub(r"(?m)^(.{40})(.)", lambda m: m[1] + ("A" if m[2] != "A" else "B"),
                         csr, count=3)
        p384 = self.request(self.key("p384", "secp384r1"))
        for change, status in (({"token": "A" * 32}, 403), ({"terminal": "1101050008"}, 403),
                               ({"csr": other}, 422), ({"csr": altered}, 422), ({"csr": p384}, 422),
                               ({"csr": "x" * 100}, 422), ({"csr": ticket["ca"]}, 422),
                               ({"token": "short"}, 422), ({"more": 1}, 422), ({"csr": None}, 422),
                               ({"token": "A" * 21 + "%"}, 422)):
            self.assertProblem(self.enrol({**good, **change}, is_good=False), status)
        answer = self.central.send("/v1/enrolment", json.dumps(good), {}, cert=None)
        self.assertProblem(answer, 422)
        self.assertEqual(self.enrol(good).status, 200)  # none of this has used the token up

    def test_attempts_are_bounded(self):
        self.central.stop()
        self.central.start("--enrolments-per-min", "3")
        csr = self.request(self.key("new"))
        body = self.body({"token": "A" * 32, "terminal": NEW}, csr)
        answers = [self.enrol(body) for _ in range(5)]
        self.assertEqual([a.status for a in answers], [403] * 3 + [429] * 2)
        self.assertLessEqual(1, int(answers[-1].headers["Retry-After"]))

    def test_nothing_of_the_token_is_kept(self):
        ticket = self.ticket()
        self.enrol(self.body(ticket, self.request(self.key("new"))))
        self.central.stop()
        token = ticket["token"].encode()
        for path in (*self.central.data.glob("*"), self.central.log_path):
            self.assertNotIn(token, path.read_bytes(), path)
        self.central.start()

    def test_by_stick(self):
        ticket, csr = self.ticket(), self.request(self.key("new"))
        asked, told = self.folder / "request.json", self.folder / "answer.json"
        asked.write_text(json.dumps(self.body(ticket, csr)))
        for _ in range(2):
            r = self.central.tool("enrol", "answer", "--in", asked, "--out", told)
            self.assertEqual(r.returncode, 0, r.stderr)
        answer = json.loads(told.read_text())
        # By network it is the same answer: one token, one certificate.
        self.assertEqual(self.enrol(self.body(ticket, csr)).json(), answer)
        asked.write_text(json.dumps(self.body(ticket, self.request(self.key("thief")))))
        self.assertEqual(self.central.tool("enrol", "answer", "--in", asked, "--out",
                                           told).returncode, 1)

    def test_renewal(self):
        csr = self.request(self.key("new"))
        self.install("new", self.enrol(self.body(self.ticket(), csr)).json()["certificate"])

        def renew(csr, cert="new", terminal=NEW):
            return self.central.send("/v1/renewal", json.dumps({"terminal": terminal, "csr": csr}),
                                     JSON, cert=cert)
        answer = renew(csr)
        self.assertEqual(answer.status, 200, answer.body)
        if contract():
            validate("enrolled", answer.json())
        self.install("renewed", answer.json()["certificate"])
        (self.keys.dir / "renewed.key").write_bytes((self.keys.dir / "new.key").read_bytes())
        self.assertEqual(self.central.heartbeat(cert="renewed", terminal=NEW).status, 200)
        self.assertEqual(self.central.heartbeat(cert="new", terminal=NEW).status, 200)
        self.assertProblem(renew(self.request(self.key("another"))), 422)
        self.assertProblem(renew(csr, cert="device"), 403)
        self.assertProblem(renew(csr, cert=None), 401)
        self.assertProblem(renew("x" * 80), 422)

    def test_withdrawn_and_enrolled_again(self):
        csr = self.request(self.key("new"))
        self.install("new", self.enrol(self.body(self.ticket(), csr)).json()["certificate"])
        self.assertEqual(self.central.heartbeat(cert="new", terminal=NEW).status, 200)
        self.central.tool("withdraw", "--terminal", NEW, keys=False)
        deadline = time.monotonic() + 20
        while self.central.heartbeat(cert="new", terminal=NEW).status == 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        answer = self.central.send("/v1/renewal", json.dumps({"terminal": NEW, "csr": csr}), JSON,
                                   cert="new")
        self.assertProblem(answer, 403)
        fresh = self.request(self.key("fresh"))
        self.install("fresh", self.enrol(self.body(self.ticket(), fresh)).json()["certificate"])
        deadline = time.monotonic() + 20
        while self.central.heartbeat(cert="fresh", terminal=NEW).status != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.assertProblem(self.central.heartbeat(cert="new", terminal=NEW), 403)

    def test_sm2_beside_it(self):
        csr = self.request(self.key("new"))
        csr_sm2 = self.request(self.key("new-sm2", "SM2"), sm2=True)
        answer = self.enrol(self.body(self.ticket(), csr, csr_sm2=csr_sm2))
        self.assertEqual(answer.status, 200, answer.body)
        text = openssl("x509", "-noout", "-text", data=answer.json()["certificate_sm2"].encode())
        self.assertIn(b"SM2", text)
        self.assertIn(NEW.encode(), text)

    @sqlite_only
    def test_tickets_run_out(self):
        ticket, csr = self.ticket(), self.request(self.key("new"))
        self.central.stop()
        with contextlib.closing(sqlite3.connect(self.central.data / "central.db")) as db, db:
            db.execute("UPDATE enrolment SET expires_at = ?", (int(time.time()) - 1,))
        self.central.start()
        self.assertProblem(self.enrol(self.body(ticket, csr)), 403)

    def test_wrong_calls(self):
        for words in (("token", "--terminal", "12", "--url", "https://x", "--out", "x"),
                      ("token", "--terminal", NEW, "--url", "http://x", "--out", "x")):
            self.assertEqual(self.central.tool("enrol", *words).returncode, 1)
        for words in (("token",), ("answer",), ("nothing",)):
            self.assertEqual(self.central.tool("enrol", *words).returncode, 2)


if __name__ == "__main__":
    main()
