# SPDX-License-Identifier: Apache-2.0
"""Every answer against app/sync/contract/openapi.yaml. Skipped where it cannot be read."""
import json
import sys

from central_lab import (HEARTBEAT, SKIP, TERMINAL, CentralTest, ack_text, contract, main, openssl,
                         validate)

try:
    import jsonschema
except ImportError:
    jsonschema = None  # contract() is None then, too, and everything is skipped


class Contract(CentralTest):
    def documented(self, path, answer, method="post"):
        """The schema the contract names for this answer; fails when the status is not in it."""
        doc = contract()[0]
        responses = doc["paths"][path][method]["responses"]
        self.assertIn(str(answer.status), responses)
        response = responses[str(answer.status)]
        if "$ref" in response:
            response = doc["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        for name, header in response.get("headers", {}).items():
            self.assertIn(name, answer.headers)
            jsonschema.Draft202012Validator(header["schema"]).validate(int(answer.headers[name]))
        if "content" not in response or not answer.body:
            return  # told in words only
        self.assertIn(answer.type, response["content"])
        schema = response["content"][answer.type].get("schema", {})
        if "$ref" not in schema:
            if answer.type == "application/json":
                jsonschema.Draft202012Validator({**schema, "components": doc["components"]}
                                                ).validate(answer.json())
            return
        schema = response["content"][answer.type]["schema"]["$ref"].rsplit("/", 1)[1]
        validate(schema, answer.json())

    def test_records(self):
        for kind in ("application", "rating"):
            path = f"/{kind}s"
            record = self.terminal.record(kind=kind)
            validate("envelope", record)  # the laboratory itself keeps to the contract
            stored = self.central.post(record)
            self.documented(path, stored)
            validate("ack", json.loads(ack_text(stored)))
            other = self.terminal.sign({**self.terminal.record(kind=kind), "uuid": record["uuid"]})
            statuses = set()
            for answer in (self.central.post(other), self.central.post(record, cert=None),
                           self.central.post({**record, "digest": "0" * 64}),
                           self.central.post({**record, "terminal": "1101050002"}),
                           self.central.post({**record, "sealed": "A" * 2000000})):
                self.documented(path, answer)
                statuses.add(answer.status)
            for fault in ("http-429", "http-503"):
                self.central.order(f"fault {fault} 1")
                answer = self.central.post(record)
                self.documented(path, answer)
                self.assertLessEqual(0, int(answer.headers["Retry-After"]))
                statuses.add(answer.status)
            self.assertEqual(statuses, {401, 403, 409, 413, 422, 429, 503})

    def test_heartbeat(self):
        validate("heartbeat", HEARTBEAT)
        headers = {"Content-Type": "application/json"}
        for body, cert, status in ((HEARTBEAT, "device", 200), (HEARTBEAT, None, 401),
                                   ({**HEARTBEAT, "terminal": "1"}, "device", 403),
                                   ({**HEARTBEAT, "waiting": "0"}, "device", 422)):
            answer = self.central.send("/v1/heartbeat", json.dumps(body), headers, cert=cert)
            self.assertEqual(answer.status, status)
            self.documented("/heartbeat", answer)

    def test_attachments(self):
        path = "/attachments/{uuid}/{digest}"
        record, [sealed] = self.terminal.record_with(b"picture")
        validate("envelope", record)
        self.documented("/applications", self.central.post(record))
        digest = record["attachments"][0]["digest"]
        statuses = []

        def judge(answer, method="patch"):
            self.documented(path, answer, method)
            statuses.append(answer.status)
        append, offset = self.central.append, self.central.offset
        judge(offset(record, digest), "head")
        judge(offset(record, "0" * 64), "head")
        judge(offset(record, digest, cert=None), "head")
        judge(append(record, digest, 0, sealed[:10]))
        judge(append(record, digest, 0, sealed[:10]))
        judge(append(record, digest, 10, b"x" * (len(sealed) - 10)))
        judge(append(record, digest, 0, sealed))
        judge(append(record, digest, 0, sealed, "text/plain"))
        judge(append(record, "0" * 64, 0, sealed))
        judge(append(record, digest, 0, b"x" * ((1 << 20) + 1)))
        judge(append(record, digest, 0, b"x", cert=None))
        self.assertEqual(statuses, [200, 404, 401, 204, 409, 460, 200, 415, 404, 413, 401])

    def test_questions(self):
        """GET: the feed, the time, the catalogue."""
        self.central.heartbeat()
        self.central.order(f"order {TERMINAL} resend 1 2")
        nonce = "0" * 32
        for path, words, cert, status in (
                ("/changes", "", "device", 200), ("/changes", "?after=0&limit=1", "device", 200),
                ("/changes", "", None, 401), ("/time", f"?nonce={nonce}", None, 200),
                ("/time", "", None, 422), ("/catalogue", "", "device", 404),
                ("/catalogue", "", None, 401)):
            answer = self.central.get("/v1" + path + words, cert=cert)
            self.assertEqual(answer.status, status, path)
            self.documented(path, answer, "get")
        answer = self.central.get("/v1/catalogue/files/" + "0" * 64)
        self.assertEqual(answer.status, 404)
        self.documented("/catalogue/files/{digest}", answer, "get")
        for fault in ("http-429", "http-503"):
            self.central.order(f"fault {fault}")
            answer = self.central.get("/v1/changes")
            self.documented("/changes", answer, "get")
            self.assertTrue(answer.headers["Retry-After"].isdigit())
        self.central.order("fault off")

    def test_certificates(self):
        """Enrolment and renewal, refused; what is granted is judged in test_enrol.py."""
        body = {"token": "A" * 32, "terminal": TERMINAL,
                "csr": openssl("req", "-new", "-key", self.keys.dir / "device.key", "-subj",
                               f"/CN={TERMINAL}").decode()}
        validate("enrolment", body)
        headers = {"Content-Type": "application/json"}
        for path, body, cert, status in (
                ("/enrolment", body, None, 403), ("/enrolment", {**body, "csr": "x"}, None, 422),
                ("/enrolment", {**body, "csr": "x" * 70000}, None, 413),
                ("/renewal", {"terminal": TERMINAL, "csr": body["csr"]}, "device", 200),
                ("/renewal", {"terminal": TERMINAL}, "device", 422),
                ("/renewal", {"terminal": "1101050002", "csr": body["csr"]}, "device", 403),
                ("/renewal", {"terminal": TERMINAL, "csr": body["csr"]}, None, 401)):
            answer = self.central.send("/v1" + path, json.dumps(body), headers, cert=cert)
            self.assertEqual(answer.status, status, path)
            self.documented(path, answer)


if __name__ == "__main__":
    if not contract():
        print("skipped: the contract or the Python modules to read it are not here")
        sys.exit(SKIP)
    main()
