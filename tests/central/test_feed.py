# SPDX-License-Identifier: Apache-2.0
"""What a terminal is told: changes and orders, the catalogue, the time, and how it is to work."""
import base64
import hashlib
import json
import subprocess
import time

from central_lab import (TERMINAL, CentralTest, ack_text, contract,
                         is_signed_by_centre, main, openssl, validate)

NONCE = "0123456789abcdef0123456789abcdef"
STATUS = {"uptime_ms": 5000, "free_mib": 900, "attachments": 2, "mirror_behind": -1,
          "suite": "cms-p256-aes256gcm", "seal_key": "0123456789abcdef", "catalogue": 3,
          "certificate_ends": "2030-01-01T00:00:00Z"}


class Changes(CentralTest):
    def changes(self, after=None, limit=None, **how):
        words = [f"{k}={v}" for k, v in (("after", after), ("limit", limit)) if v is not None]
        answer = self.central.get("/v1/changes" + ("?" + "&".join(words) if words else ""), **how)
        if answer.status == 200 and contract():
            validate("changes", answer.json())
        return answer

    def test_tasks_are_told_in_order_and_page_by_page(self):
        empty = self.changes().json()
        self.assertEqual((empty["changes"], empty["has_more"]), ([], False))
        record = self.terminal.record()
        self.central.post(record)
        cases = self.central.cases(record["number"])
        page = self.changes(after=empty["cursor"]).json()
        self.assertEqual([(c["kind"], c["number"], c["task"], c["case_no"], c["state"])
                          for c in page["changes"]],
                         [("task", record["number"], c["task"], c["case_no"], "submitted")
                          for c in cases])
        self.assertEqual(self.central.order(f"advance {record['number']} hukou 30"), "ok")
        later = self.changes(after=page["cursor"]).json()
        self.assertEqual([(c["task"], c["state"]) for c in later["changes"]],
                         [("hukou", "accepted")])
        # Every page in turn gives the same as one page.
        seen, cursor, n = [], "", 0
        while True:
            small = self.changes(after=cursor, limit=1).json()
            seen, cursor, n = seen + small["changes"], small["cursor"], n + 1
            if not small["has_more"]:
                break
        self.assertEqual((seen, cursor, n),
                         (page["changes"] + later["changes"], later["cursor"], 4))
        # Nobody else is told, and the feed survives.
        self.keys.issue("other", "/CN=1101050002")
        self.assertEqual(self.changes(cert="other").json()["changes"], [])
        self.assertEqual(self.changes(cert=None).status, 401)
        self.central.kill()
        self.central.start()
        self.assertEqual(self.changes(limit=100).json()["changes"], seen)

    def test_a_cursor_that_is_not_ours_begins_again(self):
        self.central.heartbeat()
        self.assertEqual(self.central.order(f"order {TERMINAL} renew"), "ok")
        for cursor in ("", "999999", "abc", "-1", "..", "9" * 100):
            page = self.changes(after=cursor).json()
            self.assertEqual([c["order"] for c in page["changes"]], ["renew"], cursor)
        for limit in ("0", "-1", "x", "101"):
            self.assertEqual(self.changes(limit=limit).status, 200)

    def test_orders(self):
        self.assertIn("error", self.central.order(f"order {TERMINAL} renew"))  # never heard of
        self.central.heartbeat()
        for words in ("retry 7", "resend 3 9", "renew", "heartbeat"):
            self.assertEqual(self.central.order(f"order {TERMINAL} {words}"), "ok")
        r = self.central.tool("order", "--terminal", TERMINAL, "retry", "8", keys=False)
        self.assertEqual(r.returncode, 0, r.stderr)
        page = self.changes().json()
        self.assertEqual(page["changes"],
                         [{"kind": "order", "order": "retry", "sequence": 7},
                          {"kind": "order", "order": "resend", "first": 3, "last": 9},
                          {"kind": "order", "order": "renew"},
                          {"kind": "order", "order": "heartbeat"},
                          {"kind": "order", "order": "retry", "sequence": 8}])
        for words in ("retry", "retry 0", "retry x", "resend 9 3", "resend 1", "dance", "renew 1"):
            self.assertIn("error", self.central.order(f"order {TERMINAL} {words}"), words)
        self.assertIn("error", self.central.order("order 12 renew"))
        self.assertEqual(len(self.changes().json()["changes"]), 5)

    def test_heartbeats_name_the_newest(self):
        first = self.central.heartbeat().json()["newest_change"]
        self.assertEqual(first, self.changes().json()["cursor"])
        self.central.order(f"order {TERMINAL} heartbeat")
        second = self.central.heartbeat().json()["newest_change"]
        self.assertNotEqual(first, second)
        self.assertEqual(second, self.changes().json()["cursor"])


class Heartbeats(CentralTest):
    def test_status_members(self):
        answer = self.central.heartbeat().json()
        self.assertLessEqual({"staff_calls", "status"}, set(answer["takes"]))
        self.assertEqual((answer["retention_days"], answer["drain_per_min"], answer["catalogue"]),
                         (30, 0, 0))
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        self.assertEqual(self.central.heartbeat(**STATUS, clock=now).status, 200)
        entry = self.central.stats()["terminal_list"][0]
        self.assertAlmostEqual(entry["clock_error_s"], 3600, delta=60)
        for bad in ({"uptime_ms": -1}, {"free_mib": "9"}, {"mirror_behind": -2}, {"clock": "now"},
                    {"seal_key": "x"}, {"catalogue": 1.5}, {"certificate_ends": "2030-01-01"},
                    {"suite": 7}, {"unknown": 1}):
            self.assertProblem(self.central.heartbeat(**bad), 422)

    def test_the_drain_is_shared_by_those_who_wait(self):
        self.central.stop()
        self.central.start("--drain", "600", "--retention-days", "60")
        self.assertEqual(self.central.heartbeat(waiting=5).json()["drain_per_min"], 600)
        for i in range(2, 7):
            self.keys.issue(f"t{i}", f"/CN=110105000{i}")
            self.central.heartbeat(cert=f"t{i}", terminal=f"110105000{i}", waiting=9)
        answer = self.central.heartbeat(waiting=5).json()
        self.assertEqual((answer["drain_per_min"], answer["retention_days"]), (100, 60))
        for i in range(2, 5):
            self.central.heartbeat(cert=f"t{i}", terminal=f"110105000{i}", waiting=0)
        deadline = time.monotonic() + 20
        while self.central.heartbeat(waiting=5).json()["drain_per_min"] != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)


    def test_the_key_to_seal_to(self):
        def key_id(name):
            spki = openssl("pkey", "-pubin", "-outform", "DER", data=openssl(
                "x509", "-in", self.keys.dir / f"{name}.pem", "-noout", "-pubkey"))
            return hashlib.sha256(spki).hexdigest()[:16]
        # who has not told his suite might be named a key he cannot have
        self.assertNotIn("seal_key", self.central.heartbeat().json())
        suite = {"suite": "cms-p256-aes256gcm"}
        switch = self.central.data.parent / "seal-key"
        self.central.stop()
        self.central.start("--seal-key-file", switch)
        for word, name in ((None, "centre-seal"), ("present\n", "centre-seal"),
                           ("next\n", "centre-seal-next"), ("present", "centre-seal")):
            if word:
                switch.write_text(word)
            self.assertEqual(self.central.heartbeat(**suite).json()["seal_key"], key_id(name))
        self.assertEqual(self.central.heartbeat(suite="gmt0010-sm2-sm4cbc").json()["seal_key"],
                         key_id("centre-seal-sm2"))


class Time(CentralTest):
    def test_the_time_is_signed_for_everybody(self):
        for cert in (None, "device"):
            answer = self.central.get(f"/v1/time?nonce={NONCE}", cert=cert)
            self.assertEqual(answer.status, 200, answer.body)
            if contract():
                validate("stored", answer.json())
            self.assertTrue(is_signed_by_centre(self.keys, answer, b"yijian-time-1\n"))
            said = json.loads(ack_text(answer))
            self.assertEqual(said["nonce"], NONCE)
            self.assertRegex(said["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertFalse(is_signed_by_centre(self.keys, answer))  # not an acknowledgement
        for bad in ("", "?nonce=", "?nonce=" + NONCE[1:], f"?nonce={NONCE.upper()}",
                    f"?nonce={NONCE}0", "?nonce=" + "g" * 32):
            self.assertProblem(self.central.get("/v1/time" + bad, cert=None), 422)

    def test_a_wrong_time_on_order(self):
        self.central.order("fault wrong-time 1")
        self.assertEqual(self.central.post(self.terminal.record()).status, 201)  # not hit
        wrong = json.loads(ack_text(self.central.get(f"/v1/time?nonce={NONCE}", cert=None)))["time"]
        right = json.loads(ack_text(self.central.get(f"/v1/time?nonce={NONCE}", cert=None)))["time"]
        self.assertGreater(wrong[:4], right[:4])


class Catalogue(CentralTest):
    def make_set(self, version, files):
        folder = self.central.data.parent / "set"
        for path in list(folder.rglob("*")) if folder.exists() else []:
            if path.is_file():
                path.unlink()
        listed = {}
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            listed[name] = hashlib.sha256(data).hexdigest()
        manifest = json.dumps({"schema": "manifest/1", "version": version, "files": listed}).encode()
        (folder / "manifest.sig").write_bytes(base64.b64encode(openssl(
            "dgst", "-sha256", "-sign", self.keys.dir / "centre-sign.key",
            data=b"yijian-catalogue-1\n" + manifest)) + b"\n")
        new = folder / "manifest.new"
        new.write_bytes(manifest)
        new.rename(folder / "manifest.json")
        return folder, listed, manifest

    def test_none(self):
        self.assertProblem(self.central.get("/v1/catalogue"), 404)
        self.assertProblem(self.central.get("/v1/catalogue/files/" + "0" * 64), 404)

    def test_a_set_is_handed_out(self):
        big = bytes(range(256)) * 1000
        folder, listed, manifest = self.make_set("2026.11", {"catalogue.json": b"{}",
                                                             "national/newborn.json": big})
        self.central.stop()
        self.central.start("--catalogue", folder)
        self.assertEqual(self.central.heartbeat().json()["catalogue"], 202611)
        answer = self.central.get("/v1/catalogue").json()
        self.assertEqual(base64.b64decode(answer["manifest"]), manifest)
        self.assertEqual(base64.b64decode(answer["signature"]),
                         (folder / "manifest.sig").read_bytes())
        path = "/v1/catalogue/files/" + listed["national/newborn.json"]
        whole = self.central.get(path)
        self.assertEqual((whole.status, whole.body), (200, big))
        etag = whole.headers["ETag"]
        for wanted, part in (("bytes=1000-", big[1000:]), ("bytes=0-9", big[:10]),
                             ("bytes=-7", big[-7:]), ("bytes=255999-9999999", big[-1:])):
            answer = self.central.get(path, {"Range": wanted, "If-Range": etag})
            self.assertEqual((answer.status, answer.body), (206, part), wanted)
            self.assertRegex(answer.headers["Content-Range"], r"^bytes \d+-\d+/256000$")
        self.assertEqual(self.central.get(path, {"Range": "bytes=256000-"}).status, 416)
        for other in ("bytes=0-1,5-6", "lines=1-", "bytes=x-", "bytes=--5"):
            self.assertEqual(self.central.get(path, {"Range": other}).body, big, other)
        self.assertEqual(self.central.get(path, {"Range": "bytes=5-", "If-Range": '"old"'}).body,
                         big)
        self.assertEqual(self.central.get(path, {"If-None-Match": etag}).status, 304)
        self.assertEqual(self.central.get(path, cert=None).status, 401)
        for bad in ("0" * 64, "..%2f..%2fmanifest.json", "../manifest.json", "%00" * 64):
            self.assertEqual(self.central.get("/v1/catalogue/files/" + bad).status, 404)
        # A new set is taken while it serves; a broken one is not.
        self.make_set("2026.12", {"catalogue.json": b'{"n":2}'})
        self.assertEqual(self.central.heartbeat().json()["catalogue"], 202612)
        self.assertProblem(self.central.get(path), 404)
        (folder / "catalogue.json").write_bytes(b"altered")
        (folder / "manifest.json").touch()
        self.assertEqual(self.central.heartbeat().json()["catalogue"], 202612)

    def test_a_set_that_is_not_good_is_not_served(self):
        folder, _, _ = self.make_set("1", {"a.json": b"{}"})
        (folder / "a.json").write_bytes(b"[]")
        r = subprocess.run([*self.serve_command(), "--catalogue", folder], capture_output=True,
                           check=False)
        self.assertEqual(r.returncode, 1)
        listed = json.loads((folder / "manifest.json").read_bytes())
        listed["files"]["../../keys/ca.key"] = "0" * 64
        (folder / "manifest.json").write_text(json.dumps(listed))
        r = subprocess.run([*self.serve_command(), "--catalogue", folder], capture_output=True,
                           check=False)
        self.assertEqual(r.returncode, 1)

    def serve_command(self):
        return [self.central.program(), "serve", "--data", self.central.data.parent / "more",
                "--keys", self.keys.dir, "--listen", "127.0.0.1:0"]


if __name__ == "__main__":
    main()
