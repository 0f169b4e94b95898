# SPDX-License-Identifier: Apache-2.0
"""Every answer against app/sync/contract/openapi.yaml. Skipped where it cannot be read."""
import json
import sys

from central_lab import (HEARTBEAT, SKIP, CentralTest, ack_text, contract, main, validate)


class Contract(CentralTest):
    def documented(self, path, answer):
        """The schema the contract names for this answer; fails when the status is not in it."""
        doc = contract()[0]
        responses = doc["paths"][path]["post"]["responses"]
        self.assertIn(str(answer.status), responses)
        response = responses[str(answer.status)]
        if "$ref" in response:
            response = doc["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        self.assertIn(answer.type, response["content"])
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


if __name__ == "__main__":
    if not contract():
        print("skipped: the contract or the Python modules to read it are not here")
        sys.exit(SKIP)
    main()
