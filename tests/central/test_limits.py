# SPDX-License-Identifier: Apache-2.0
"""Attacks and overload: slow senders, huge heads and bodies, too many questions, forged proxies,
certificates that were withdrawn, everybody at once."""
import base64
import json
import socket
import ssl
import threading
import time
import urllib.parse

from central_lab import HEARTBEAT, TERMINAL, CentralTest, main, openssl

JSON = {"Content-Type": "application/json"}


class Limits(CentralTest):
    def restart(self, *options):
        self.central.stop()
        self.central.start(*options)

    def tls(self, cert="device"):
        context = ssl.create_default_context(cafile=self.keys.dir / "ca.pem")
        if cert:
            context.load_cert_chain(self.keys.dir / f"{cert}.pem", self.keys.dir / f"{cert}.key")
        raw = socket.create_connection(("127.0.0.1", self.central.port), timeout=60)
        return context.wrap_socket(raw, server_hostname="localhost")

    def is_cut(self, s, drip, limit_s=40):
        """Send a byte now and then until the centre cuts the line."""
        end = time.monotonic() + limit_s
        s.settimeout(0.2)
        while time.monotonic() < end:
            try:
                s.sendall(drip)
                if s.recv(4096) == b"":
                    return True
            except (TimeoutError, socket.timeout):
                continue
            except (ConnectionError, ssl.SSLError, OSError):
                return True
        return False

    def test_slow_senders_are_cut(self):
        self.restart("--patience", "1", "--idle", "30")
        begun = b"POST /v1/heartbeat HTTP/1.1\r\nHost: x\r\n"
        asked = b"GET /v1/time?nonce=" + b"0" * 32 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        cut = {}

        def attack(name, cert, start, drip):
            if start is None:
                s = socket.create_connection(("127.0.0.1", self.central.port))
            else:
                s = self.tls(cert)
                s.sendall(start)
            cut[name] = self.is_cut(s, drip)
            s.close()
        threads = [threading.Thread(target=attack, args=args) for args in (
            ("a handshake that never ends", None, None, b"\x16"),
            ("a head that never ends", "device", begun, b"X: y\r\n"),
            ("a body that never ends", "device", begun + b"Content-Length: 60000\r\n\r\n", b" "),
            ("a stranger who stays", None, asked, b""))]
        connection = self.central.connect()
        self.assertEqual(self.central.send("/v1/heartbeat", json.dumps(HEARTBEAT), JSON,
                                           connection=connection).status, 200)
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(set(cut.values()), {True}, cut)
        self.assertEqual(len(cut), 4)
        # A terminal that was idle all the time was not cut, and the centre is well.
        self.assertEqual(self.central.send("/v1/heartbeat", json.dumps(HEARTBEAT), JSON,
                                           connection=connection).status, 200)
        connection.close()

    def test_huge_heads(self):
        for head in (b"X-Long: " + b"a" * 60000 + b"\r\n", b"X: y\r\n" * 8000):
            with self.tls() as s:
                try:
                    s.sendall(b"GET /v1/changes HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
                    self.assertRegex(s.recv(100), rb"^(HTTP/1.[01] (431|413|400)|$)")
                except (ConnectionError, ssl.SSLError):
                    pass  # cut before everything was sent
        with self.tls() as s:
            s.sendall(b"GET /v1/" + b"a/" * 8000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertRegex(s.recv(100), rb"^(HTTP/1.[01] (414|431|404)|$)")
        self.assertEqual(self.central.heartbeat().status, 200)

    def test_bodies_are_as_large_as_they_may_be(self):
        big = json.dumps({**HEARTBEAT, "version": "x" * 70000})
        self.assertProblem(self.central.send("/v1/heartbeat", big, JSON), 413)
        self.assertProblem(self.central.send("/v1/enrolment", "x" * 70000, JSON, cert=None), 413)
        self.assertProblem(self.central.send("/v1/heartbeat", "x" * 60000, JSON, cert=None), 401)
        self.assertProblem(self.central.send("/v1/changes", "x", {}, method="GET"), 413)

    def test_too_many_enquiries(self):
        self.restart("--enquiries-per-min", "5")
        ask = json.dumps({"terminal": TERMINAL, "kind": "progress",
                          "receipt": f"{TERMINAL}20261123000001"})
        statuses = [self.central.send("/v1/enquiries", ask, JSON) for _ in range(7)]
        self.assertEqual([a.status for a in statuses], [404] * 5 + [429] * 2)
        self.assertLessEqual(1, int(statuses[-1].headers["Retry-After"]))
        self.assertLessEqual(int(statuses[-1].headers["Retry-After"]), 13)
        # Records and another terminal are not held up by it.
        self.assertEqual(self.central.post(self.terminal.record()).status, 201)
        self.keys.issue("other", "/CN=1101050002")
        ask = ask.replace(TERMINAL, "1101050002")
        self.assertEqual(self.central.send("/v1/enquiries", ask, JSON, cert="other").status, 404)

    def test_more_than_the_workers_can_do_is_answered(self):
        """One worker, each request slow: nobody is forgotten, nothing is stored twice."""
        self.restart("--workers", "1", "--fault", "slow-commit:20")
        records = [self.terminal.record() for _ in range(24)]
        statuses = []
        threads = [threading.Thread(target=lambda r=r: statuses.append(self.central.post(r).status))
                   for r in records]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(statuses.count(201) + statuses.count(503), 24)
        self.central.order("fault off")
        for record in records:
            self.assertStored(self.central.post(record), record)
        self.assertEqual(self.central.stats()["records"], 24)

    def test_duplicate_delivery(self):
        self.central.order("fault duplicate 3")
        for _ in range(3):
            record = self.terminal.record()
            self.assertStored(self.central.post(record), record)
        stats = self.central.stats()
        self.assertEqual((stats["records"], stats["duplicates"], stats["faults"]), (3, 3, 3))


class Withdrawn(CentralTest):
    def test_a_withdrawn_terminal_is_refused_everywhere(self):
        connection = self.central.connect()
        body = json.dumps(HEARTBEAT)
        self.assertEqual(self.central.send("/v1/heartbeat", body, JSON,
                                           connection=connection).status, 200)
        self.keys.issue("other", "/CN=1101050002")
        r = self.central.tool("withdraw", "--terminal", TERMINAL, keys=False)
        self.assertEqual(r.returncode, 0, r.stderr)
        deadline = time.monotonic() + 20
        while self.central.send("/v1/heartbeat", body, JSON, connection=connection).status == 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        record = self.terminal.record()
        for answer in (self.central.send("/v1/heartbeat", body, JSON, connection=connection),
                       self.central.post(record), self.central.get("/v1/changes")):
            self.assertProblem(answer, 403)
        self.assertEqual(self.central.stats()["records"], 0)
        self.assertEqual(self.central.heartbeat(cert="other", terminal="1101050002").status, 200)
        self.central.stop()
        self.central.start()
        self.assertProblem(self.central.post(record), 403)
        connection.close()


class Proxy(CentralTest):
    """TLS ends before the centre: who may name the terminal, and how."""

    def setUp(self):
        super().setUp()
        self.keys.issue("proxy", "/CN=hall-proxy")
        self.keys.issue("stranger", "/CN=other-proxy")
        self.central.stop()
        self.central.start("--proxy-header", "X-Client-Cert", "--proxy-cn", "hall-proxy")

    def forms(self, name="device"):
        pem = (self.keys.dir / f"{name}.pem").read_text()
        der = openssl("x509", "-in", self.keys.dir / f"{name}.pem", "-outform", "DER")
        b64 = base64.b64encode(der).decode()
        return [urllib.parse.quote(pem), urllib.parse.quote(pem, safe="/:+"),
                pem.replace("\n", " ").strip(), b64, f":{b64}:"]

    def ask(self, value, cert="proxy", terminal=TERMINAL, header="X-Client-Cert"):
        headers = {**JSON, **({header: value} if value is not None else {})}
        return self.central.send("/v1/heartbeat", json.dumps({**HEARTBEAT, "terminal": terminal}),
                                 headers, cert=cert)

    def test_the_proxy_names_the_terminal(self):
        for value in self.forms():
            self.assertEqual(self.ask(value).status, 200, value[:60])
            self.assertProblem(self.ask(value, terminal="1101050002"), 403)
        record = self.terminal.record()
        answer = self.central.send("/v1/applications", json.dumps(record),
                                   {**JSON, "Idempotency-Key": record["uuid"],
                                    "X-Client-Cert": self.forms()[0]}, cert="proxy")
        self.assertStored(answer, record)

    def test_without_a_certificate_the_proxy_is_nobody(self):
        self.assertProblem(self.ask(None), 401)
        self.assertProblem(self.ask(""), 401)
        self.assertProblem(self.ask("x" * 5000), 403)
        self.assertProblem(self.ask("%2D%2D%2D%%%zz"), 403)
        self.assertEqual(self.central.get("/v1/time?nonce=" + "0" * 32, cert="proxy").status, 200)

    def test_nobody_else_may_name_one(self):
        self.keys.issue("other", "/CN=1101050002")
        value = self.forms()[0]
        self.assertProblem(self.ask(value, cert="stranger"), 403)
        self.assertProblem(self.ask(value, cert=None), 401)
        self.assertProblem(self.ask(value, cert="other"), 403)  # itself, whatever it says
        self.assertEqual(self.ask(self.forms("other")[0], cert="device").status, 200)

    def test_a_name_does_not_end_at_a_nul(self):
        self.keys.issue_with_nul("nul", TERMINAL, "elsewhere.example")
        openssl("verify", "-CAfile", self.keys.dir / "ca.pem", self.keys.dir / "nul.pem")
        for value in self.forms("nul"):
            self.assertProblem(self.ask(value), 403)
        self.assertProblem(self.ask(None, cert="nul"), 403)
        self.keys.issue_with_nul("nul-proxy", "hall-proxy", "elsewhere")
        self.assertProblem(self.ask(self.forms()[0], cert="nul-proxy"), 403)

    def test_a_named_certificate_is_checked_again(self):
        self.keys.foreign_authority("foreign")
        self.keys.issue("forged", f"/CN={TERMINAL}", ca="foreign")
        self.keys.issue("wrong-use", f"/CN={TERMINAL}", usage="serverAuth")
        self.keys.issue("no-terminal", "/CN=somebody")
        for name in ("forged", "wrong-use", "no-terminal", "foreign", "ca", "proxy"):
            for value in self.forms(name):
                self.assertProblem(self.ask(value), 403)


class Crowd(CentralTest):
    def test_many_connections_stay_open(self):
        """Each terminal keeps its connection; a later one is served all the same."""
        n = 300
        connections = [self.central.connect() for _ in range(n)]
        for c in connections:
            self.assertEqual(self.central.send("/v1/changes", None, {}, connection=c,
                                               method="GET").status, 200)
        for c in connections[::7]:
            self.assertEqual(self.central.send("/v1/changes", None, {}, connection=c,
                                               method="GET").status, 200)
        for c in connections:
            c.close()


if __name__ == "__main__":
    main()
