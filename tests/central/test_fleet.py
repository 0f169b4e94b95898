# SPDX-License-Identifier: Apache-2.0
"""The operators' pages: worst first, found by number, quick with ten thousand terminals, and
nothing about a person on them."""
import contextlib
import html.parser
import http.client
import json
import re
import sqlite3
import subprocess
import time

from central_lab import HEARTBEAT, TERMINAL, Answer, CentralTest, main, sqlite_only

N = 10000


def stamp(ago_s=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago_s))


def device(kind, state="online", paper="unknown", cause=0, **more):
    return {"kind": kind, "state": state, "paper": paper, "cause": cause, **more}


class Page(html.parser.HTMLParser):
    """Texts of the cells, addresses of everything that is loaded."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.loaded, self.cell = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.cell = ""
        if "src" in attrs or tag in ("link", "script", "img", "iframe"):
            self.loaded.append(tag)

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def terminals(self):
        return [row[1] for row in self.rows[1:]]


class Fleet(CentralTest):
    def setUp(self):
        super().setUp()
        self.restart()

    def restart(self, *options):
        port = self.central.base.with_suffix(".admin")
        port.unlink(missing_ok=True)
        self.central.stop()
        self.central.start("--admin", "127.0.0.1:0", "--admin-port-file", port, *options)
        self.admin = int(port.read_text())

    def page(self, path="/", method="GET"):
        c = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=60)
        c.request(method, path)
        answer = Answer(c.getresponse())
        c.close()
        return answer

    def test_what_a_terminal_told_is_shown(self):
        record = self.terminal.record()
        self.central.post(record)
        self.terminal.record()
        self.central.post(self.terminal.record())
        self.central.heartbeat(
            waiting=1, oldest_age_s=90000, quarantined=2, clock=stamp(7200), free_mib=100,
            certificate_ends=stamp(-86400 * 3 - 60), mirror_behind=500, catalogue=7,
            staff_calls=[{"why": "cardLeft", "since": stamp(60)}],
            devices=[device("printer", "offline", "out", -501, reason="paperOut",
                            action="loadPaper"),
                     device("scanner", "noDevice", reason="notFitted", action="none")])
        self.central.cases(record["number"])
        page = Page(self.page().body.decode())
        self.assertEqual((page.loaded, page.terminals()), ([], [TERMINAL]))
        row = " ".join(page.rows[1])
        for said in ("告警", "1 天 1 小时", "1 件记录", "证件忘在机上", "中心不收、已放在一边：2 件",
                     "回执打印机没有纸了", "时钟慢了 2 小时", "证书3 天后到期", "剩余空间：100 MiB",
                     "第二份落后：500 件", "缺号：1 个", "目录 7"):
            self.assertIn(said, row)
        self.assertNotIn("扫码器", row)  # it has none, and that is as it should be
        [entry] = self.page("/fleet.json").json()["terminals"]
        self.assertEqual(entry["level"], "alarm")
        self.assertLessEqual({"queueOld", "setAside", "device", "certificate"},
                             set(entry["alarms"]))
        self.assertLessEqual({"clock", "space", "mirror", "gap", "staff"}, set(entry["notices"]))
        self.assertEqual((entry["n_missing"], entry["records"], entry["waiting"]), (1, 2, 1))
        self.assertEqual(self.page("/gaps").json()[0]["missing"], [2])

    def test_a_good_terminal_is_quiet(self):
        self.central.heartbeat(devices=[device("printer", paper="full", reason="none",
                                               action="none", media="notPresent")])
        self.assertEqual(Page(self.page().body.decode()).terminals(), [])
        page = Page(self.page("/?sort=all").body.decode())
        self.assertEqual((page.terminals(), page.rows[1][0]), ([TERMINAL], "正常"))

    def test_figures(self):
        record = self.terminal.record()
        self.central.post(record)
        self.central.post(record)
        other = self.terminal.sign({**self.terminal.record(), "uuid": record["uuid"]})
        self.assertEqual(self.central.post(other).status, 409)
        self.central.heartbeat(waiting=3, oldest_age_s=400)
        self.central.stats()
        text = self.page("/metrics").body.decode()
        seen = {}
        for line in text.splitlines():
            if line.startswith("#"):
                self.assertRegex(line, r"^# (HELP|TYPE) yijian_[a-z_]+ ")
                continue
            m = re.fullmatch(r'(yijian_[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})?) (\d+)',
                             line)
            self.assertTrue(m, line)
            self.assertNotIn(m[1], seen)
            seen[m[1]] = int(m[2])
        for name, value in (("records", 1), ("duplicates", 1), ("conflicts_total", 1),
                            ("queue_records", 3), ("queue_oldest_seconds", 400),
                            ('terminal_lag_seconds_bucket{le="300"}', 0),
                            ('terminal_lag_seconds_bucket{le="900"}', 1),
                            ('terminal_lag_seconds_count', 1),
                            ('requests_total{route="applications",status="201"}', 2)):
            self.assertEqual(seen["yijian_" + name], value, name)

    def test_only_looked_at(self):
        self.assertEqual(self.page("/", "POST").status, 405)
        for path in ("/v1/applications", "/v1/heartbeat", "/..", "/%2e%2e/etc/passwd", "/x"):
            self.assertEqual(self.page(path).status, 404)
        for path in ("/?search=%3Cscript%3E", "/?sort=%3Cb%3E", "/?page=-1", "/?page=99999999999",
                     "/?search=" + "1" * 50):
            answer = self.page(path)
            self.assertEqual(answer.status, 200, path)
            self.assertNotIn(b"<script", answer.body)
        self.assertEqual(self.page("/health").body, b"ok\n")
        # The terminals' side knows nothing of it.
        self.assertEqual(self.central.get("/fleet.json").status, 404)

    def test_it_listens_on_this_machine_only(self):
        for address, n in (("0.0.0.0:0", 1), ("192.0.2.1:0", 1), ("[::]:0", 1)):
            r = subprocess.run([self.central.program(), "serve", "--data",
                                self.central.data.parent / "more", "--keys", self.keys.dir,
                                "--listen", "127.0.0.1:0", "--admin", address],
                               capture_output=True, check=False, timeout=60)
            self.assertEqual(r.returncode, n, address)
            self.assertIn(b"--admin-open", r.stderr)
        self.central.stop()
        self.central.start("--admin", "0.0.0.0:0", "--admin-open")

    @sqlite_only
    def test_ten_thousand(self):
        self.central.stop()
        rows = []
        for i in range(N):
            told = {**HEARTBEAT, "terminal": f"{4301000000 + i}", "waiting": i % 5 == 0,
                    "oldest_age_s": i % 4000 if i % 5 == 0 else 0, "certificate_ends": stamp(-9e7),
                    "devices": [device("printer", paper="full")] * 5}
            rows.append((told["terminal"], stamp(9), stamp(i % 200), json.dumps(told)))
        with contextlib.closing(sqlite3.connect(self.central.data / "central.db")) as db, db:
            db.executemany("INSERT INTO terminal (id, first_seen, last_seen, heartbeat)"
                           " VALUES (?, ?, ?, ?)", rows)
        self.restart()
        began = time.monotonic()
        first = self.page("/?sort=all")
        took = time.monotonic() - began
        self.assertLess(took, 20)
        self.assertLess(len(first.body), 400000)
        page = Page(first.body.decode())
        self.assertEqual(len(page.terminals()), 100)
        self.assertIn("共 100 页", first.body.decode())
        last = Page(self.page("/?sort=all&page=100").body.decode())
        self.assertEqual(len(last.terminals()), 100)
        self.assertEqual(set(page.terminals()) & set(last.terminals()), set())
        queue = [entry["queue_age_s"] for entry in self.page("/fleet.json").json()["terminals"]
                 if entry["level"] == "notice"]
        self.assertEqual(queue, sorted(queue, reverse=True))
        found = Page(self.page("/?search=4301001234").body.decode())
        self.assertEqual(found.terminals(), ["4301001234"])
        self.assertEqual(len(Page(self.page("/?search=43010012").body.decode()).terminals()), 100)
        self.assertEqual(Page(self.page("/?search=99").body.decode()).terminals(), [])


if __name__ == "__main__":
    main()
