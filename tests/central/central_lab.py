# SPDX-License-Identifier: Apache-2.0
"""Laboratory for the tests of kiosk-central: a terminal made of Python's ssl and the openssl
command line, sharing no code with the product or with the centre. Single thread."""
import base64
import functools
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import uuid as uuid_module

import pg_lab

SKIP = 77
SOURCE = pathlib.Path(os.environ.get("YJ_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
CENTRAL = os.environ.get("KIOSK_CENTRAL", "kiosk-central")
TERMINAL = "1101050001"
SIGNED = ("uuid", "kind", "terminal", "sequence", "number", "about", "matter", "sealed_at",
          "suite", "digest", "prev_digest")


def need(*things):
    """Skip the whole program when a tool or file it depends on is not there."""
    for thing in things:
        if not (shutil.which(str(thing)) or pathlib.Path(thing).exists()):
            print(f"skipped: {thing} is not here")
            sys.exit(SKIP)


def openssl(*args, data=None):
    return subprocess.run(["openssl", *map(str, args)], input=data, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


@functools.lru_cache(maxsize=None)
def contract():
    """The OpenAPI document and the validator class, or None where they are absent."""
    path = SOURCE / "app/sync/contract/openapi.yaml"
    try:
        import jsonschema
        import yaml
    except ImportError:
        return None
    if not path.exists():
        return None
    with open(path, encoding="utf-8") as f:
        return yaml.safe_load(f), jsonschema.Draft202012Validator


def validate(schema, document):
    """Raise when the document does not fit the named schema of the contract."""
    doc, validator = contract()
    validator({"$ref": f"#/components/schemas/{schema}",
               "components": doc["components"]}).validate(document)


def tlv(der, at):
    """Bytes of head and of content of the DER element at `at`."""
    first = der[at + 1]
    if first < 0x80:
        return 2, first
    n = first & 0x7f
    return 2 + n, int.from_bytes(der[at + 2:at + 2 + n], "big")


class Keys:
    """Keys as make_keys.sh lays them out, plus more certificates on demand."""

    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        script = SOURCE / "tests/flow/make_keys.sh"
        subprocess.run(["sh", script, self.dir, TERMINAL], check=True, stdout=subprocess.DEVNULL)

    def issue(self, name, subject, ca="ca", usage="clientAuth"):
        """A further EC P-256 certificate of one of our authorities. Returns (pem, key)."""
        pem, key = self.dir / f"{name}.pem", self.dir / f"{name}.key"
        ext = self.dir / f"{name}.ext"
        ext.write_text(f"basicConstraints=critical,CA:FALSE\nextendedKeyUsage={usage}\n")
        key.write_bytes(openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout"))
        request = openssl("req", "-new", "-key", key, "-sha256", "-subj", subject)
        pem.write_bytes(openssl("x509", "-req", "-CA", self.dir / f"{ca}.pem", "-CAkey",
                                self.dir / f"{ca}.key", "-set_serial", uuid_module.uuid4().int >> 8,
                                "-sha256", "-days", 30, "-extfile", ext, data=request))
        return pem, key

    def issue_with_nul(self, name, before, behind):
        """A certificate of our authority whose CN goes on behind a NUL. No tool makes one: the
        finished certificate is changed and signed again."""
        pem, key = self.issue(name, f"/CN={before}@{behind}")
        der = openssl("x509", "-in", pem, "-outform", "DER")
        n_head, n_body = tlv(der, 0)
        n_tbs = sum(tlv(der, n_head))
        tbs = der[n_head:n_head + n_tbs].replace(f"{before}@".encode(), f"{before}\0".encode())
        algorithm = der[n_head + n_tbs:][:sum(tlv(der, n_head + n_tbs))]
        signature = openssl("dgst", "-sha256", "-sign", self.dir / "ca.key", data=tbs)
        body = tbs + algorithm + b"\3" + bytes([len(signature) + 1, 0]) + signature
        pem.write_bytes(openssl("x509", "-inform", "DER", data=b"\x30\x82" +
                                len(body).to_bytes(2, "big") + body))
        return pem, key

    def foreign_authority(self, name):
        key = self.dir / f"{name}.key"
        key.write_bytes(openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout"))
        (self.dir / f"{name}.pem").write_bytes(
            openssl("req", "-new", "-x509", "-key", key, "-sha256", "-days", 30,
                    "-subj", "/CN=somebody else"))


class Terminal:
    """Makes records of one terminal, in a chain."""

    def __init__(self, keys, terminal=TERMINAL, cert="device"):
        self.keys, self.id = keys, terminal
        self.cert, self.key = keys.dir / f"{cert}.pem", keys.dir / f"{cert}.key"
        self.sequence, self.digest = 0, "0" * 64

    def seal(self, plain, recipient="centre-seal", cipher="-aes-256-gcm", kdf="sha256"):
        wanted = ["-keyopt", f"ecdh_kdf_md:{kdf}"]
        return openssl("cms", "-encrypt", "-binary", "-outform", "DER", cipher, "-recip",
                       self.keys.dir / f"{recipient}.pem", *wanted, "-aes256-wrap", data=plain)

    def sign(self, envelope):
        form = 2 if "attachments" in envelope else 1
        text = f"yijian-seal-{form}\n" + "".join(f"{envelope[name]}\n" for name in SIGNED)
        if form == 2:
            listed = " ".join(f"{a['digest']}:{a['bytes']}" for a in envelope["attachments"])
            text += (f"{listed}\n{envelope['boot_id']}\n{envelope['uptime_ms']}\n"
                     f"{envelope['centre_time']}\n")
        envelope["signature"] = base64.b64encode(
            openssl("dgst", "-sha256", "-sign", self.key, data=text.encode())).decode()
        return envelope

    def record(self, plain=None, kind="application", sealed=None, **changes):
        """The next record; changes are applied before signing."""
        self.sequence += 1
        if plain is None:
            plain = APPLICATION if kind == "application" else RATING
        if sealed is None:
            sealed = self.seal(json.dumps(plain, ensure_ascii=False).encode())
        is_application = kind == "application"
        digest = hashlib.sha256(sealed).hexdigest()
        envelope = {
            "uuid": str(uuid_module.uuid4()), "kind": kind, "terminal": self.id,
            "sequence": self.sequence,
            "number": f"{self.id}20261123{self.sequence:06d}" if is_application else "",
            "about": "" if is_application else f"{self.id}20261123000001",
            "matter": "person.birth" if is_application else "",
            "sealed_at": "2026-11-23T01:41:07Z", "suite": "cms-p256-aes256gcm",
            "digest": digest, "prev_digest": self.digest,
            "sealed": base64.b64encode(sealed).decode()}
        self.digest = digest
        envelope.update(changes)
        return self.sign(envelope)


    def record_with(self, *files, **changes):
        """A record of form 2 that lists sealed attachments. Returns (record, [sealed bytes])."""
        sealed = [self.seal(json.dumps({"name": f"{i}.jpg", "type": "image/jpeg"}).encode()
                            + b"\n" + data) for i, data in enumerate(files)]
        listed = [{"digest": hashlib.sha256(s).hexdigest(), "bytes": len(s)} for s in sealed]
        return self.record(attachments=listed, boot_id="b1", uptime_ms=1000, centre_time="",
                           **changes), sealed


APPLICATION = {
    "schema": "application/1", "matter": "person.birth",
    "applicant": {"name": "张三", "number": "11010519491231002X", "phone": "13800000000"},
    "answers": {"baby.name": "张小宝"},
    "tasks": [{"id": "birth_certificate"}, {"id": "hukou"}, {"id": "medical_insurance"}]}
RATING = {"schema": "rating/1", "level": 5}
HEARTBEAT = {"terminal": TERMINAL, "version": "0.1.0", "boot_id": "b1", "waiting": 0,
             "devices": [{"kind": "printer", "state": "online", "paper": "low", "cause": 0,
                          "media": "notPresent", "reason": "paperLow", "action": "loadPaper"},
                         {"kind": "reader", "state": "online", "paper": "unknown", "cause": 0}],
             "oldest_age_s": 0, "quarantined": 0}


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.type = response.headers.get_content_type()
        self.headers = response.headers
        self.body = response.read()

    def offset(self):
        return int(self.headers["Upload-Offset"])

    def json(self):
        return json.loads(self.body)


class Central:
    """A running kiosk-central; survives kill and restart. Its data are in the folder `data`, or
    where `where` says; control socket and log are beside the folder."""

    def __init__(self, keys, data, *options, tracer=(), where=None, instance=""):
        """instance: a name for another centre on the same data."""
        self.keys, self.data, self.tracer = keys, pathlib.Path(data), tracer
        self.where = where or self.data
        self.base = self.data.parent / (self.data.name + instance)
        self.control = self.base.with_suffix(".ctl")
        self.log_path = self.base.with_suffix(".log")
        self.start(*options)

    def start(self, *options):
        port_file = self.base.with_suffix(".port")
        port_file.unlink(missing_ok=True)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*self.tracer, CENTRAL, "serve", "--data", self.where, "--keys", self.keys.dir,
                 "--listen", "127.0.0.1:0", "--port-file", port_file, "--control", self.control, *options],
                stderr=log, env=self.environment())
        deadline = time.monotonic() + 20
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the centre does not start: " + self.log())
            time.sleep(0.01)
        self.port = int(port_file.read_text())

    def program(self):
        return CENTRAL

    def environment(self):
        """The leak check of a sanitizer build cannot run under a tracer."""
        if not self.tracer:
            return None
        options = os.environ.get("ASAN_OPTIONS", "")
        return {**os.environ, "ASAN_OPTIONS": options + ":detect_leaks=0"}

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        """End by SIGTERM. Returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def order(self, line):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(str(self.control))
            s.sendall(line.encode() + b"\n")
            return s.makefile("r", encoding="utf-8").readline().rstrip("\n")

    def stats(self, seconds=60):
        """Once every record has been opened, or after so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            begin = time.monotonic()
            stats = json.loads(self.order("stats"))
            if not stats["waiting"] or time.monotonic() > deadline:
                return stats
            time.sleep(max(0.005, 4 * (time.monotonic() - begin)))  # counting takes its time, too

    def cases(self, number):
        """Of an application: [{task, case_no, state, code}], once it has been opened."""
        self.stats()
        return json.loads(self.order(f"cases {number}"))["cases"]

    def tool(self, command, *args, keys=True):
        more = ["--keys", self.keys.dir] if keys else []
        r = subprocess.run([CENTRAL, command, "--data", self.where, *more, *args],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if b"Sanitizer" in r.stderr or b"runtime error" in r.stderr:
            raise RuntimeError(r.stderr.decode())
        return r

    def connect(self, cert="device", timeout=30):
        """cert None: a client without a certificate."""
        context = ssl.create_default_context(cafile=self.keys.dir / "ca.pem")
        if cert:
            context.load_cert_chain(self.keys.dir / f"{cert}.pem", self.keys.dir / f"{cert}.key")
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=timeout)

    def send(self, path, body, headers, cert="device", connection=None, method="POST"):
        c = connection or self.connect(cert)
        c.request(method, path, body, headers)
        answer = Answer(c.getresponse())
        if connection is None:
            c.close()
        if contract() and answer.type == "application/problem+json" and answer.body:
            validate("problem", answer.json())
        return answer

    def attachment(self, record, digest):
        return f"/v1/attachments/{record['uuid']}/{digest}"

    def append(self, record, digest, offset, data, content_type="application/offset+octet-stream",
               **how):
        headers = {"Content-Type": content_type, "Upload-Offset": str(offset),
                   "Tus-Resumable": "1.0.0"}
        return self.send(self.attachment(record, digest), data, headers, method="PATCH", **how)

    def offset(self, record, digest, **how):
        return self.send(self.attachment(record, digest), None, {}, method="HEAD", **how)

    def get(self, path, headers=None, **how):
        return self.send(path, None, headers or {}, method="GET", **how)

    def heartbeat(self, cert="device", **more):
        answer = self.send("/v1/heartbeat", json.dumps({**HEARTBEAT, **more}),
                           {"Content-Type": "application/json"}, cert=cert)
        if contract() and answer.status == 200:
            validate("heartbeat_answer", answer.json())
        return answer

    def post(self, envelope, key=None, path=None, content_type="application/json", **how):
        path = path or "/v1/" + envelope["kind"] + "s"
        headers = {"Content-Type": content_type, "Idempotency-Key": key or envelope["uuid"]}
        answer = self.send(path, json.dumps(envelope), headers, **how)
        if contract() and answer.status == 201:
            validate("stored", answer.json())
            validate("ack", json.loads(ack_text(answer)))
        return answer


def ack_text(answer):
    """The acknowledgement's bytes."""
    text = answer.json()["ack"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed_by_centre(keys, answer, prefix=b"yijian-ack-1\n"):
    signature = keys.dir / "answer.sig"
    signature.write_bytes(base64.b64decode(answer.json()["signature"]))
    public = keys.dir / "centre-sign.pub"
    public.write_bytes(openssl("x509", "-in", keys.dir / "centre-sign.pem", "-noout", "-pubkey"))
    r = subprocess.run(["openssl", "dgst", "-sha256", "-verify", public, "-signature", signature],
                       input=prefix + ack_text(answer), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
    return r.returncode == 0


ON_POSTGRES = bool(os.environ.get("YJ_POSTGRES"))
sqlite_only = unittest.skipIf(ON_POSTGRES, "looks into the file")


class CentralTest(unittest.TestCase):
    """One set of keys a class, one centre and one terminal a test. With YJ_POSTGRES in the
    environment the centres stand on a PostgreSQL of the class, each on a database of its own."""
    postgres = None

    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory(prefix="yj-central-")
        cls.keys = Keys(pathlib.Path(cls.tmp.name) / "keys")
        if ON_POSTGRES:
            cls.postgres = pg_lab.Postgres()
            cls.addClassCleanup(cls.postgres.close)

    @classmethod
    def tearDownClass(cls):
        cls.tmp.cleanup()

    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.tmp.name))
        where = self.postgres.database() if self.postgres else None
        self.central = Central(self.keys, folder / "data", where=where)
        self.terminal = Terminal(self.keys)

    def tearDown(self):
        self.assertEqual(self.central.stop(), 0, self.central.log())
        log = self.central.log()
        self.assertNotIn("Sanitizer", log)
        self.assertNotIn("runtime error", log)
        for secret in ("张三", "11010519491231002X", "13800000000", "张小宝"):
            self.assertNotIn(secret, log)

    def assertStored(self, answer, envelope):
        self.assertEqual(answer.status, 201, answer.body)
        self.assertEqual(answer.type, "application/json")
        self.assertTrue(is_signed_by_centre(self.keys, answer))
        ack = json.loads(ack_text(answer))
        for name in ("uuid", "terminal", "sequence", "digest"):
            self.assertEqual(ack[name], envelope[name])
        return ack

    def assertProblem(self, answer, status):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.type, "application/problem+json")
        self.assertEqual(answer.json()["status"], status)


def main():
    need("openssl", SOURCE / "tests/flow/make_keys.sh")
    if ON_POSTGRES and not (pg_lab.binaries() and pg_lab.account()):
        print("skipped: PostgreSQL is not here")
        sys.exit(SKIP)
    unittest.main(verbosity=2)
