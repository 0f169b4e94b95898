# SPDX-License-Identifier: Apache-2.0
"""Enquiries: who may know what, how applications go forward, what a correction does."""
import base64
import hashlib
import json
import struct
import uuid as uuid_module

from central_lab import (SOURCE, TERMINAL, Central, CentralTest, Terminal, ack_text, contract, main,
                         openssl, validate,
                         sqlite_only)

ZHANG = {"name": "张三", "id_no": "11010519491231002X"}
CHEN = {"name": "陳大文", "id_no": "810000199003070023"}
REGISTRY = SOURCE / "tests/central/registry.json"
CODES = {8: "submitted", 10: "fix", 12: "submitted", 14: "fix", 16: "submitted", 20: "submitted",
         22: "submitted", 24: "submitted", 26: "received", 28: "fix", 30: "accepted", 37: "fix",
         40: "refused", 50: "approved", 90: "done", 97: "refused", 98: "withdrawn",
         99: "withdrawn"}


def content(**changes):
    return {
        "schema": "application/1",
        "matter": {"code": "person.birth", "name": "新生儿出生", "version": "2026.2"},
        "applicant": {**ZHANG, "id_type": "111"},
        "answers": {"baby.name": "张小宝", "father.mobile": "13800000000",
                    "heirs": [{"name": "陳大文"}, {"name": "DOE JOHN"}]},
        "materials": [{"id": "marriage", "name": "结婚证", "mode": "E6", "state": "later"}],
        "tasks": [{"id": "hukou", "name": "户口登记", "dept": "公安", "days": 5},
                  {"id": "medical", "name": "医保参保", "dept": "医疗保障", "days": 0}], **changes}


def correction(number, **changes):
    return content(corrects={"number": number}, tasks=[{"id": "hukou", "name": "户口登记"}],
                   **{"answers": {"baby.name": "张大宝"}, "materials": [], **changes})


def der_integers(der):
    """r and s of an ECDSA signature."""
    at, found = 2, []
    for _ in range(2):
        n = der[at + 1]
        found.append(int.from_bytes(der[at + 2:at + 2 + n], "big"))
        at += 2 + n
    return found


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Enquiries(CentralTest):
    def setUp(self):
        super().setUp()
        self.central.stop()
        self.central.start("--registry", str(REGISTRY))

    def tearDown(self):
        super().tearDown()
        for secret in ("810000199003070023", "陳大文", "YJ1."):
            self.assertNotIn(secret, self.central.log())

    def ask(self, want=200, **members):
        body = {"terminal": TERMINAL, **members}
        if contract() and want != 422:
            validate("enquiry", body)
        answer = self.central.send("/v1/enquiries", json.dumps(body),
                                   {"Content-Type": "application/json"})
        if want != 200:
            self.assertProblem(answer, want)
            if want == 404:
                self.assertEqual(answer.json()["type"], "urn:yijian:nothing-known")
            return answer
        self.assertEqual(answer.status, 200, answer.body)
        if contract():
            validate("enquiry_answer", answer.json())
        return answer.json()

    def progress(self, **members):
        return self.ask(kind="progress", **members)["reports"]

    def store(self, plain=None, **how):
        """Returns the record and its cases, once it has been opened."""
        record = self.terminal.record(plain or content(), **how)
        self.assertStored(self.central.post(record), record)
        return record, self.central.cases(record["number"])

    def token(self, record, prefix="YJ1.", cert="device"):
        payload = (b"\1" + bytes.fromhex(record["number"]) + uuid_module.UUID(record["uuid"]).bytes +
                   struct.pack(">Q", record["sequence"]) + bytes.fromhex(record["digest"][:16]) +
                   struct.pack(">I", 1_795_000_000))
        der = openssl("dgst", "-sha256", "-sign", self.keys.dir / f"{cert}.key",
                      data=b"yijian-token-1\n" + payload)
        raw = b"".join(i.to_bytes(32, "big") for i in der_integers(der))
        return prefix + b64url(payload) + "." + b64url(raw)

    def order(self, line):
        answer = self.central.order(line)
        self.assertFalse(answer.startswith("error"), answer)
        return answer

    # data sharing -------------------------------------------------------------------------

    def test_sharing_answers_every_key(self):
        keys = ["hukou_addr", "divorce", "permit", "lease", "no.such_key"]
        items = self.ask(kind="shared", subject=ZHANG, keys=keys, matter="NB.BIRTH")["items"]
        self.assertEqual([i["key"] for i in items], keys)
        self.assertEqual([i["state"] for i in items],
                         ["found", "absent", "mismatch", "unavailable", "absent"])
        self.assertEqual(items[0]["value"], "北京市朝阳区示例路1号")
        self.assertEqual(items[0]["issuer"], "北京市公安局朝阳分局")

    def test_sharing_says_nothing_of_others(self):
        other = {**ZHANG, "name": "杜约翰"}
        items = self.ask(kind="shared", subject=other, keys=["hukou_addr", "divorce"])["items"]
        self.assertEqual([i["state"] for i in items], ["mismatch", "mismatch"])
        self.assertNotIn("value", items[0])
        nobody = {"name": "杜约翰", "id_no": "440524188001010015"}
        self.ask(404, kind="shared", subject=nobody, keys=["hukou_addr"])

    def test_without_a_source_all_is_unavailable(self):
        self.central.stop()
        self.central.start()
        items = self.ask(kind="shared", subject=ZHANG, keys=["hukou_addr", "x"])["items"]
        self.assertEqual([i["state"] for i in items], ["unavailable", "unavailable"])

    def test_the_sample_covers_the_matters(self):
        known, asked = set(), set()
        for person in json.loads(REGISTRY.read_text(encoding="utf-8"))["people"]:
            known |= set(person["items"])

        def look(node):
            if isinstance(node, dict):
                if isinstance(node.get("share"), str):
                    asked.add(node["share"])
                source = node.get("prefill", {})
                source = source.get("from", "") if isinstance(source, dict) else ""
                if isinstance(source, str) and source.startswith("share."):
                    asked.add(source[6:])
            for value in node.values() if isinstance(node, dict) else node:
                if isinstance(value, (dict, list)):
                    look(value)

        for path in (SOURCE / "assets/matters").rglob("*.json"):
            look(json.loads(path.read_text(encoding="utf-8")))
        self.assertGreater(len(asked), 20)
        self.assertEqual(asked - known, set())

    def test_bad_registries_are_refused(self):
        path = self.central.data.parent / "registry.json"
        item = {"key": {"state": "found", "value": "a\nb"}}
        for text in ("", "[]", '{"people": {}}', '{"people": [{"id_no": "1"}]}',
                     json.dumps({"people": [{"id_no": "1", "name": "n", "items": item}]}),
                     '{"people": [{"id_no": "1", "name": "n", "items": {"k": {"state": "odd"}}}]}'):
            path.write_text(text, encoding="utf-8")
            r = self.central.tool("serve", "--listen", "127.0.0.1:0", "--registry", path)
            self.assertEqual(r.returncode, 1, text)

    # the question -------------------------------------------------------------------------

    def test_wrong_questions_are_refused(self):
        good = {"kind": "shared", "subject": ZHANG, "keys": ["hukou_addr"]}
        for change in ({"kind": "all"}, {"kind": 1}, {"keys": []}, {"keys": ["a"] * 2},
                       {"keys": [f"k{i}" for i in range(41)]}, {"keys": ["Ab"]}, {"keys": [1]},
                       {"keys": "a"}, {"subject": {"name": "张三"}}, {"subject": "张三"},
                       {"subject": {**ZHANG, "more": 1}}, {"subject": {**ZHANG, "id_no": "1 1"}},
                       {"subject": {**ZHANG, "name": "张\u202e三"}}, {"receipt": "0" * 24},
                       {"matter": "a b"}, {"more": 1}, {"kind": "progress"}):
            self.ask(422, **{**good, **change})
        self.ask(422, kind="progress")
        self.ask(422, kind="shared", keys=["a"])
        self.ask(422, kind="progress", receipt="0" * 321)
        self.assertEqual(self.central.stats()["enquiries"], 0)
        self.ask(**good)
        self.assertEqual(self.central.stats()["enquiries"], 1)

    def test_strangers_learn_nothing(self):
        body = json.dumps({"terminal": TERMINAL, "kind": "shared", "subject": ZHANG, "keys": ["a"]})
        headers = {"Content-Type": "application/json"}
        self.assertProblem(self.central.send("/v1/enquiries", body, headers, cert=None), 401)
        body = body.replace(TERMINAL, "1101050002")
        self.assertProblem(self.central.send("/v1/enquiries", body, headers), 403)

    # progress -----------------------------------------------------------------------------

    def test_every_code_has_its_word(self):
        record, _ = self.store()
        for code, word in CODES.items():
            self.order(f"advance {record['number']} hukou {code}")
            task = self.progress(receipt=record["number"])[0]["tasks"][0]
            self.assertEqual((task["state_code"], task["state"]), (code, word))
            self.assertEqual("due" in task, word in ("submitted", "received", "accepted",
                                                     "approved"))
        for bad in (f"advance {record['number']} hukou 31", f"advance {record['number']} none 30",
                    f"advance {'9' * 24} hukou 30", f"advance {record['number']} hukou"):
            self.assertTrue(self.central.order(bad).startswith("error"), bad)

    def test_a_receipt_alone_tells_nothing_about_a_person(self):
        record, cases = self.store()
        self.order(f"correct {record['number']} field baby.name unclear 张三的孩子叫什么")
        self.order(f"correct {record['number']} material marriage missing")
        for receipt in (record["number"], self.token(record), self.token(record, "YJ1C.")):
            reports = self.progress(receipt=receipt)
            self.assertEqual(len(reports), 1)
            report = reports[0]
            self.assertFalse(report["may_fix"])
            self.assertEqual(report["number"], record["number"])
            self.assertEqual([t["case_no"] for t in report["tasks"]],
                             [c["case_no"] for c in cases])
            self.assertEqual(report["fixes"],
                             [{"kind": "field", "id": "baby.name", "reason": "unclear"},
                              {"kind": "material", "id": "marriage", "reason": "missing"}])
            for secret in ("张", "11010519491231002X", "13800000000"):
                self.assertNotIn(secret, json.dumps(report, ensure_ascii=False))

    def test_another_card_gets_what_the_receipt_gets(self):
        record, _ = self.store()
        self.order(f"correct {record['number']} field baby.name unclear 写清楚")
        bare = self.progress(receipt=record["number"])
        self.assertEqual(self.progress(receipt=record["number"], subject=CHEN), bare)
        wrong_name = {**ZHANG, "name": "杜约翰"}
        self.assertEqual(self.progress(receipt=record["number"], subject=wrong_name), bare)
        self.ask(404, kind="progress", subject=CHEN)
        self.ask(404, kind="progress", subject=wrong_name)

    def test_the_applicant_sees_what_was_handed_in(self):
        record, _ = self.store()
        self.order(f"correct {record['number']} field baby.name unclear 请写清楚 谢谢")
        self.order(f"correct {record['number']} field heirs.2.name inconsistent")
        self.order(f"correct {record['number']} material marriage expired")
        for how in ({}, {"receipt": self.token(record)}):
            report = self.progress(subject=ZHANG, **how)[0]
            self.assertTrue(report["may_fix"])
            self.assertEqual((report["matter"], report["matter_name"], report["version"]),
                             ("person.birth", "新生儿出生", "2026.2"))
            self.assertEqual(report["fixes"], [
                {"kind": "field", "id": "baby.name", "reason": "unclear", "text": "请写清楚 谢谢",
                 "value": "张小宝"},
                {"kind": "field", "id": "heirs.2.name", "reason": "inconsistent", "value": "DOE JOHN"},
                {"kind": "material", "id": "marriage", "reason": "expired"}])

    def test_receipts_are_checked(self):
        record, _ = self.store()
        good = self.token(record)
        self.keys.issue("second", "/CN=1101050002")
        other = {**record, "uuid": str(uuid_module.uuid4())}
        for bad in (self.token(record, cert="second"), good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
                    self.token(other), "YJ1.AAAA.BBBB", "1" * 24, good[:-40]):
            self.ask(404, kind="progress", receipt=bad)
        self.assertEqual(len(self.progress(receipt=good)), 1)

    def test_the_latest_six_come_newest_first(self):
        numbers = [self.store()[0]["number"] for _ in range(7)]
        self.assertEqual([r["number"] for r in self.progress(subject=ZHANG)], numbers[:0:-1])

    @sqlite_only
    def test_numbers_are_not_in_the_ledger(self):
        self.store()
        self.ask(kind="progress", subject=ZHANG)
        self.central.stop()
        for path in self.central.data.iterdir():
            data = path.read_bytes()
            self.assertNotIn(ZHANG["id_no"].encode(), data)
            self.assertNotIn(hashlib.sha256(ZHANG["id_no"].encode()).hexdigest().encode(), data)

    # corrections --------------------------------------------------------------------------

    def test_a_correction_closes_what_it_covers(self):
        record, cases = self.store()
        number = record["number"]
        self.order(f"advance {number} hukou 37")
        self.order(f"advance {number} medical 30")
        self.order(f"correct {number} field baby.name unclear")
        self.order(f"correct {number} material marriage missing")
        half, half_cases = self.store(correction(number))
        self.assertEqual([c["case_no"] for c in half_cases],  # no new case is opened
                         [c["case_no"] for c in cases])
        report = self.progress(subject=ZHANG)[0]
        self.assertEqual([f["id"] for f in report["fixes"]], ["marriage"])
        self.assertEqual([t["state_code"] for t in report["tasks"]], [37, 30])
        rest, _ = self.store(correction(number, answers={}, materials=[
            {"id": "marriage", "name": "结婚证", "mode": "E6", "state": "scanned", "token": "T-1"}]))
        report = self.progress(subject=ZHANG)[0]
        self.assertEqual(report["fixes"], [])
        self.assertEqual([t["state_code"] for t in report["tasks"]], [26, 30])
        self.assertEqual([c["number"] for c in report["corrections"]],
                         [half["number"], rest["number"]])
        self.assertEqual(len(self.progress(subject=ZHANG)), 1)
        by_later = self.progress(receipt=self.token(half))
        self.assertEqual(by_later[0]["number"], number)
        stats = self.central.stats()
        self.assertEqual([stats["corrections_" + s] for s in ("open", "closed", "held")], [0, 2, 0])
        self.assertEqual(stats["cases"], 2)
        # asked again, the value is the one of the correction
        self.order(f"correct {half['number']} field baby.name inconsistent")
        self.assertEqual(self.progress(subject=ZHANG)[0]["fixes"][0]["value"], "张大宝")

    def test_what_covers_nothing_is_kept_and_told(self):
        record, _ = self.store()
        number = record["number"]
        self.order(f"correct {number} field baby.name unclear")
        cases = [({}, "applied"), ({}, "nothing_open"),
                 ({"applicant": {**CHEN, "id_type": "810"}}, "not_the_applicant"),
                 ({"corrects": {"number": "9" * 24}}, "unknown")]
        for changes, outcome in cases:
            later, _ = self.store({**correction(number), **changes})
            if outcome != "applied":
                self.assertIn(f"record {later['uuid']} corrects", self.central.log())
                self.assertIn(outcome, self.central.log())
        told = json.loads(self.order(f"cases {number}"))
        self.assertEqual([c["outcome"] for c in told["correcting"]], ["applied", "nothing_open"])
        self.assertEqual(self.central.stats()["corrections_held"], 3)
        self.assertEqual(self.central.stats()["applications"], 5)
        other, _ = self.store(correction(number), matter="person.other")
        self.assertIn(f"record {other['uuid']} corrects {number}: not_the_applicant",
                      self.central.log())

    def test_a_repeated_correction_works_once(self):
        record, _ = self.store()
        self.order(f"correct {record['number']} field baby.name unclear")
        later, _ = self.store(correction(record["number"]))
        first = self.central.post(later)
        self.assertEqual(self.central.post(later).body, first.body)
        stats = self.central.stats()
        self.assertEqual((stats["corrections_closed"], stats["corrections_held"]), (1, 0))

    def test_wrong_orders_are_told(self):
        record, _ = self.store()
        n = record["number"]
        for bad in (f"correct {n} task hukou unclear", f"correct {n} field a/b unclear",
                    f"correct {n} field baby.name ugly", f"correct {n} field baby.name",
                    f"correct {n} field baby.name unclear " + "字" * 201, "cases 1", "advance "):
            self.assertTrue(self.central.order(bad).startswith("error"), bad)
        self.assertEqual(self.central.stats()["corrections_open"], 0)

    def test_all_of_it_survives(self):
        record, _ = self.store()
        self.order(f"advance {record['number']} hukou 30")
        self.order(f"correct {record['number']} field baby.name unclear 看不清")
        before = self.progress(subject=ZHANG)
        self.central.kill()
        self.central.start("--registry", str(REGISTRY))
        self.assertEqual(self.progress(subject=ZHANG), before)

    def test_due_days_skip_weekends(self):
        record, _ = self.store()
        tasks = self.progress(receipt=record["number"])[0]["tasks"]
        import datetime
        received = datetime.date.fromisoformat(self.progress(receipt=record["number"])[0]["received"])
        day, left = received, 5
        while left:
            day += datetime.timedelta(days=1)
            left -= day.weekday() < 5
        self.assertEqual([t["due"] for t in tasks], [day.isoformat(), received.isoformat()])


if __name__ == "__main__":
    main()
