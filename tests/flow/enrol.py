#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A terminal gets its certificate from the real centre: by network, by stick, after interruptions,
and not with what is not its own.

usage: enrol.py KIOSKCTL KIOSK_CENTRAL        (exit 77: openssl is missing)
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import world

OTHER = "4301020002"


class Site:
    """A terminal's settings and key folder."""

    def __init__(self, top, name, url, terminal=world.TERMINAL):
        self.keys = os.path.join(top, name)
        self.settings = os.path.join(top, name + ".json")
        paths = {key: os.path.join(self.keys, key + ".pem")
                 for key in ("device_key", "device_cert", "centre_seal", "centre_sign")}
        paths["centre_ca"] = os.path.join(self.keys, "ca.pem")
        with open(self.settings, "w", encoding="utf-8") as f:
            json.dump({"terminal": {"id": terminal}, "keys": paths, "centre": {"url": url}}, f)
        self.paths = paths

    def files(self):
        return sorted(os.listdir(self.keys)) if os.path.isdir(self.keys) else []


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


class Enrolment:
    def __init__(self, kioskctl, central, top):
        self.kioskctl, self.central, self.top = kioskctl, central, top
        self.data = os.path.join(top, "data")
        self.keys = os.path.join(top, "centre")
        self.n = 0

    def start(self):
        make = os.path.join(world.ROOT, "tests/flow/make_keys.sh")
        subprocess.run(["sh", make, self.keys, world.TERMINAL], check=True)
        os.makedirs(self.data, exist_ok=True)
        port_file = os.path.join(self.top, "port")
        self.server = subprocess.Popen(
            [self.central, "serve", "--data", self.data, "--keys", self.keys, "--listen",
             "127.0.0.1:0", "--port-file", port_file, "--enrolments-per-min", "0"])
        port = world.wait_until("the centre", lambda: os.path.exists(port_file) and
                                open(port_file, encoding="ascii").read().strip())
        self.url = f"https://localhost:{port}"

    def stop(self):
        self.server.terminate()
        self.server.wait(30)

    def ticket(self, terminal=world.TERMINAL):
        self.n += 1
        out = os.path.join(self.top, f"ticket{self.n}.json")
        code, said = run(self.central, "enrol", "token", "--data", self.data, "--keys", self.keys,
                         "--terminal", terminal, "--url", self.url, "--out", out)
        assert code == 0, said
        self.fingerprint = said.split()[-1]  # what the centre says on the telephone
        return out

    def site(self, name, terminal=world.TERMINAL):
        return Site(self.top, name, self.url, terminal)

    def enrol(self, site, *more):
        return run(self.kioskctl, "enrol", *more, "--settings", site.settings)

    def check_good(self, site):
        """An outside judge: the certificate is of this key, this terminal, this CA."""
        p = site.paths
        code, said = run("openssl", "verify", "-CAfile", p["centre_ca"], p["device_cert"])
        assert code == 0, said
        _, subject = run("openssl", "x509", "-in", p["device_cert"], "-noout", "-subject")
        assert world.TERMINAL in subject, subject
        _, of_cert = run("openssl", "x509", "-in", p["device_cert"], "-noout", "-pubkey")
        _, of_key = run("openssl", "pkey", "-in", p["device_key"], "-pubout")
        assert of_cert == of_key, "the certificate is of another key"
        assert os.stat(p["device_key"]).st_mode & 0o77 == 0, "the key can be read by others"
        assert not [f for f in site.files() if f.endswith((".request", ".new", ".check"))]

    def refused(self, site, word, *more):
        before = site.files()
        code, said = self.enrol(site, *more)
        assert code == 1 and "refused" in said and word in said, (code, said)
        return before

    # ---- cases ----

    def by_network(self):
        site, ticket = self.site("network"), self.ticket()
        code, said = self.enrol(site, "--ticket", ticket)
        assert code == 0 and "enrolled" in said, said
        self.check_good(site)
        key = open(site.paths["device_key"], encoding="ascii").read()
        self.refused(site, "enrolled", "--ticket", ticket)
        # the token is used up: another request with it gets nothing
        self.refused(site, "", "--ticket", ticket, "--renew")
        self.check_good_key(site, key)
        code, said = self.enrol(site, "--ticket", self.ticket(), "--renew")
        assert code == 0, said
        self.check_good(site)
        self.check_good_key(site, key)

    @staticmethod
    def check_good_key(site, key):
        assert open(site.paths["device_key"], encoding="ascii").read() == key, "another key"

    def after_a_lost_reply(self):
        """The centre has answered, nothing came: the same command gets the same answer."""
        site, ticket, stick = self.site("lost"), self.ticket(), os.path.join(self.top, "lost-stick")
        os.makedirs(stick)
        code, said = self.enrol(site, "request", "--ticket", ticket, "--out", stick)
        assert code == 0, said
        lost = os.path.join(stick, "lost.json")
        code, said = run(self.central, "enrol", "answer", "--data", self.data, "--keys", self.keys,
                         "--in", f"{stick}/{world.TERMINAL}.request.json", "--out", lost)
        assert code == 0, said
        assert not os.path.exists(site.paths["device_cert"])
        code, said = self.enrol(site, "--ticket", ticket)
        assert code == 0, said
        self.check_good(site)
        with open(lost, encoding="utf-8") as f, open(site.paths["device_cert"],
                                                     encoding="ascii") as g:
            assert json.load(f)["certificate"] == g.read(), "a second certificate was issued"

    def by_stick(self):
        site, ticket, stick = self.site("stick"), self.ticket(), os.path.join(self.top, "stick")
        os.makedirs(stick)
        code, said = self.enrol(site, "request", "--ticket", ticket, "--out", stick)
        assert code == 0, said
        request = f"{stick}/{world.TERMINAL}.request.json"
        assert os.stat(request).st_mode & 0o77 == 0, "others can read the token"
        first = open(request, encoding="utf-8").read()
        code, said = self.enrol(site, "request", "--ticket", ticket, "--out", stick)
        assert code == 0 and open(request, encoding="utf-8").read() == first, "another request"
        answer = f"{stick}/{world.TERMINAL}.answer.json"
        self.refused(site, "", "accept", "--in", stick)
        code, said = run(self.central, "enrol", "answer", "--data", self.data, "--keys", self.keys,
                         "--in", request, "--out", answer)
        assert code == 0, said
        # another terminal's stick, the certificate of another key, an answer that is none
        stranger = self.site("stranger")
        code, said = self.enrol(stranger, "request", "--ticket", self.ticket(), "--out", stick)
        assert code == 0, said
        self.refused(stranger, "another key", "accept", "--in", stick)
        assert not os.path.exists(stranger.paths["device_cert"])
        code, said = self.enrol(site, "accept", "--in", stick)
        assert code == 0, said
        self.check_good(site)
        with open(answer, "w", encoding="utf-8") as f:
            f.write("{}")
        self.refused(stranger, "certificate", "accept", "--in", stick)

    def answered(self, site, name):
        """A request and the centre's answer to it, on a stick."""
        stick = os.path.join(self.top, name)
        os.makedirs(stick)
        code, said = self.enrol(site, "request", "--ticket", self.ticket(), "--out", stick)
        assert code == 0 and self.fingerprint in said, said
        code, said = run(self.central, "enrol", "answer", "--data", self.data, "--keys", self.keys,
                         "--in", f"{stick}/{world.TERMINAL}.request.json", "--out",
                         f"{stick}/{world.TERMINAL}.answer.json")
        assert code == 0, said
        return stick

    def another_ca(self):
        """Somebody who would like to be the centre: {file of his CA, fingerprint}."""
        pem, key = (os.path.join(self.top, "evil" + end) for end in (".pem", ".key"))
        code, said = run("openssl", "req", "-new", "-x509", "-newkey", "ec", "-pkeyopt",
                         "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-subj",
                         "/CN=yijian test CA", "-addext", "keyUsage=critical,keyCertSign", "-days",
                         "30", "-out", pem)
        assert code == 0, said
        _, said = run("openssl", "x509", "-in", pem, "-noout", "-fingerprint", "-sha256")
        return pem, key, said.strip().split("=")[1]

    def evil_answer(self, site, stick):
        """What the terminal asked for, issued by him: all of it fits together. @return his fingerprint"""
        pem, key, fingerprint = self.another_ca()
        with open(f"{stick}/{world.TERMINAL}.request.json", encoding="utf-8") as f:
            csr = json.load(f)["csr"]
        made = {"ca": open(pem, encoding="ascii").read()}

        def issue(name, words, extensions):
            path = os.path.join(self.top, "evil-" + name)
            with open(path + ".ext", "w", encoding="ascii") as f:
                f.write("\n".join(extensions) + "\n")
            code, said = run("openssl", "x509", "-req", "-in", *words, "-CA", pem, "-CAkey", key,
                             "-set_serial", "99", "-days", "20", "-extfile", path + ".ext", "-out",
                             path + ".pem")
            assert code == 0, said
            made[name] = open(path + ".pem", encoding="ascii").read()

        csr_file = os.path.join(self.top, "evil.csr")
        with open(csr_file, "w", encoding="ascii") as f:
            f.write(csr)
        issue("certificate", [csr_file], ["extendedKeyUsage=clientAuth"])
        for name, usage in (("centre_seal", "keyAgreement"), ("centre_sign", "digitalSignature")):
            own = os.path.join(self.top, name + ".csr")
            code, said = run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                             "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", own + ".key",
                             "-subj", "/CN=" + name, "-out", own)
            assert code == 0, said
            issue(name, [own], [f"keyUsage=critical,{usage}"])
        with open(f"{stick}/{world.TERMINAL}.answer.json", "w", encoding="utf-8") as f:
            json.dump(made, f)
        return fingerprint

    def nothing_taken(self, site):
        left = [f for f in site.files() if f not in ("device_key.pem", "device_cert.pem.request")]
        assert not left, f"left behind: {left}"

    def a_stick_brings_no_ca(self):
        """A terminal without a CA takes none from a stick, unless it is the one it was told of."""
        site = self.site("bare")
        stick = self.answered(site, "bare-stick")
        os.unlink(site.paths["centre_ca"])
        _, _, evil = self.another_ca()
        self.refused(site, "--ca-fingerprint", "accept", "--in", stick)
        self.nothing_taken(site)
        for wrong in (evil, self.fingerprint[:-1], self.fingerprint + "0", "", ":"):
            self.refused(site, "fingerprint", "accept", "--in", stick, "--ca-fingerprint", wrong)
            self.nothing_taken(site)
        good = open(f"{stick}/{world.TERMINAL}.answer.json", encoding="utf-8").read()
        self.evil_answer(site, stick)
        self.refused(site, "--ca-fingerprint", "accept", "--in", stick)
        self.refused(site, "fingerprint", "accept", "--in", stick, "--ca-fingerprint",
                     self.fingerprint)
        self.nothing_taken(site)
        with open(f"{stick}/{world.TERMINAL}.answer.json", "w", encoding="utf-8") as f:
            f.write(good)
        typed = ":".join(self.fingerprint[i:i + 2] for i in range(0, 64, 2)).upper()
        code, said = self.enrol(site, "accept", "--in", stick, "--ca-fingerprint", typed)
        assert code == 0, said
        self.check_good(site)

    def the_trap_is_one(self):
        """Whoever types the other's fingerprint is caught: nothing else would have stopped it."""
        site = self.site("misled")
        stick = self.answered(site, "misled-stick")
        os.unlink(site.paths["centre_ca"])
        evil = self.evil_answer(site, stick)
        code, said = self.enrol(site, "accept", "--in", stick, "--ca-fingerprint", evil)
        assert code == 0 and "enrolled" in said, said

    def the_ca_of_the_terminal_stays(self):
        """A stick that was exchanged: with everything on it made by another."""
        site = self.site("kept")
        stick = self.answered(site, "kept-stick")
        ca = open(site.paths["centre_ca"], encoding="ascii").read()
        self.evil_answer(site, stick)
        self.refused(site, "CA", "accept", "--in", stick)
        assert not os.path.exists(site.paths["device_cert"])
        pem, _, evil = self.another_ca()
        forged = os.path.join(self.top, "forged.json")
        with open(self.ticket(), encoding="utf-8") as f:
            ticket = {**json.load(f), "ca": open(pem, encoding="ascii").read()}
        with open(forged, "w", encoding="utf-8") as f:
            json.dump(ticket, f)
        for more in ([], ["--renew"], ["--renew", "--ca-fingerprint", self.fingerprint]):
            self.refused(site, "", "--ticket", forged, *more)
            self.refused(site, "", "request", "--ticket", forged, "--out", stick, *more)
        # not even when the technician was told wrongly: the centre must prove itself with it
        self.refused(site, "", "--ticket", forged, "--renew", "--ca-fingerprint", evil)
        assert open(site.paths["centre_ca"], encoding="ascii").read() == ca, "another CA"
        assert not [f for f in site.files() if f.endswith(".check")]

    def a_ticket_of_another_address(self):
        site = self.site("address")
        with open(self.ticket(), encoding="utf-8") as f:
            ticket = json.load(f)
        away = os.path.join(self.top, "away.json")
        with open(away, "w", encoding="utf-8") as f:
            json.dump({**ticket, "url": ticket["url"].replace("localhost", "127.0.0.1")}, f)
        self.refused(site, "centre.url", "--ticket", away)
        assert not site.files(), "something was made for a wrong ticket"
        code, said = self.enrol(site, "--ticket", away, "--ca-fingerprint", self.fingerprint)
        assert code == 0, said
        self.check_good(site)

    def not_ones_own(self):
        site = self.site("own")
        self.refused(site, OTHER, "--ticket", self.ticket(OTHER))
        assert not site.files(), "a key was made for nothing"
        with open(self.ticket(), encoding="utf-8") as f:
            ticket = json.load(f)
        cases = {"token": "A" * 32, "ca": None, "expires": 7, "url": "http://localhost:1"}
        for key, value in cases.items():
            spoilt = os.path.join(self.top, "spoilt.json")
            with open(spoilt, "w", encoding="utf-8") as f:
                json.dump({**ticket, key: value}, f)
            self.refused(site, "", "--ticket", spoilt)
            assert not os.path.exists(site.paths["device_cert"])
        # a CA that did not issue the centre's certificate
        code, _ = run("openssl", "req", "-new", "-x509", "-newkey", "ec", "-pkeyopt",
                      "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "/dev/null", "-subj",
                      "/CN=another", "-out", os.path.join(self.top, "another.pem"))
        assert code == 0
        with open(os.path.join(self.top, "another.pem"), encoding="ascii") as f:
            ticket["ca"] = f.read()
        with open(spoilt, "w", encoding="utf-8") as f:
            json.dump(ticket, f)
        trap = self.site("trap")
        self.refused(trap, "", "--ticket", spoilt)
        self.nothing_taken(trap)

    def wrong_words(self):
        site = self.site("words")
        for words in ([], ["--ticket"], ["request", "--ticket", "x"], ["accept"], ["dance"],
                      ["--ticket", "x", "--out", "y"]):
            code, said = self.enrol(site, *words)
            assert code == 2 and "usage" in said, (words, said)


def main():
    kioskctl, central = sys.argv[1:3]
    if not shutil.which("openssl"):
        return 77
    with tempfile.TemporaryDirectory(prefix="yj-enrol-") as top:
        e = Enrolment(kioskctl, central, top)
        e.start()
        try:
            for case in (e.by_network, e.after_a_lost_reply, e.by_stick, e.a_stick_brings_no_ca, e.the_trap_is_one,
                         e.the_ca_of_the_terminal_stays, e.a_ticket_of_another_address,
                         e.not_ones_own, e.wrong_words):
                case()
                print("good:", case.__name__.replace("_", " "), flush=True)
        finally:
            e.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
