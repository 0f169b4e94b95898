#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is sealed at the terminal opens at the centre: forms as attachments over a line that breaks,
the second suite from enrolment on, and a change of the centre's key.

    circle_seal.py --build BUILD --out DIR [CASE ...]"""

import base64
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from circle import PEOPLE, Circle, must, run  # noqa: E402
from world import TERMINAL, WorldError, wait_until  # noqa: E402

SM2 = "gmt0010-sm2-sm4cbc"
PIECE = 150000  # bytes that a connection lives for


def incomplete(c):
    return c.terminal().get("attachments_incomplete", [])


def form(args):
    """The application form goes with the application; the line is cut again and again, the terminal
    is killed in the middle; the centre has it once and whole."""
    with Circle(args, "form", settings={"sync": {"attach_form": True}}) as c:
        c.start_proxy()
        c.up()
        c.visit(until="sign")
        c.line(f"mix 1 limit_up {PIECE}")
        c.line("cut")
        c.rest_of_visit(after="sign")
        wait_until("a part of the form at the centre",
                   lambda: any(0 < a["received"] < a["bytes"] for a in incomplete(c)), 60)
        c.world.kill("kiosk")
        part = incomplete(c)[0]
        must(0 < part["received"] < part["bytes"], f"it was whole too early: {part}")
        must(c.cut("limit_up") > 0, "the line was not cut")
        n_before = len(c.requests("attachment"))
        c.line("mix 1 none")
        c.line("cut")
        c.world.start_kiosk()
        c.wait_log("attachment 0 of record 1 confirmed")
        sent = [n for status, n in c.requests("attachment")[n_before:] if status in (200, 204)]
        must(sum(sent) == part["bytes"] - part["received"], f"not resumed: {sent} of {part}")
        must(not incomplete(c), "the centre still waits for a part")
        look_at_form(c, part["digest"])
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")
        must(c.sql("SELECT state FROM attachment") == [(1,)], "the terminal does not know it")
        c.look_at_centre(2)
        c.nothing_plain([c.world.data, c.world.logs, c.world.central_data])


def look_at_form(c, digest):
    """Somebody else's program reads it."""
    record = c.records()[1]
    listed = record["attachments"]
    must([a["digest"] for a in listed] == [digest], f"the record lists {listed}")
    out = os.path.join(c.world.run, "form.pdf")
    told = json.loads(c.world.centre("record", "--data", c.world.central_data, "--keys", c.world.keys,
                                     "--uuid", record["uuid"], "--attachment", digest, "--out", out))
    must(told["type"] == "application/pdf" and told["name"] == "application-form.pdf", f"it is {told}")
    text = subprocess.run(["pdftotext", out, "-"], capture_output=True, text=True, check=True).stdout
    os.unlink(out)
    squeezed = "".join(text.split())
    missing = [p for p in PEOPLE[:2] if p not in squeezed]
    must(not missing, f"the form does not show {len(missing)} of {len(PEOPLE[:2])} texts")


def sm2_terminal(c):
    """Keys and certificates are what enrolment brings, in a folder of its own."""
    own = {name: c.key(f"terminal/{name}") for name in (
        "device.key", "device.pem", "device-sm2.key", "device-sm2.pem", "seal.pem", "sign.pem",
        "ca.pem")}
    os.makedirs(c.key("terminal"), 0o700)
    c.set("keys", suite=SM2, device_key=own["device.key"], device_cert=own["device.pem"],
          device_sm2_key=own["device-sm2.key"], device_sm2_cert=own["device-sm2.pem"],
          centre_seal=own["seal.pem"], centre_sign=own["sign.pem"], centre_ca=own["ca.pem"])
    os.unlink(c.key(f"terminals/{TERMINAL}-sm2.pem"))
    c.world.start_centre()
    enrol(c)
    c.world.start_sim()
    c.world.start_kiosk()
    return own


def second_suite(args):
    """SM2, SM3, SM4 from the first ticket on; the receipt's code stays one that anybody can check."""
    with Circle(args, "second_suite") as c:
        own = sm2_terminal(c)
        c.visit()
        c.arrived(2)
        look_at_second_suite(c)
        token = c.hand.last_receipt()
        told = subprocess.run([c.world.program("kioskctl"), "receipt", "verify", own["device.pem"],
                               token], capture_output=True, text=True, check=False)
        must(told.returncode == 0, f"the receipt's code: {told.stdout}{told.stderr}")
        c.wait_log("record 2 confirmed")
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")
        must(set(c.states().values()) == {2}, f"states {c.states()}")
        c.look_at_centre(2)
        c.nothing_plain([c.world.data, c.world.logs, c.world.central_data])


def second_suite_key(args):
    """The centre names a key of the second suite that the terminal has never seen: a renewal brings
    it, without anybody's doing, and the next record is sealed to it."""
    with Circle(args, "second_suite_key") as c:
        next_sm2(c, False)
        sm2_terminal(c)
        wait_until("the key in a heartbeat", lambda: c.told().get("seal_key"), 30)
        before = c.told()["seal_key"]
        next_sm2(c, True)
        c.world.stop("kiosk-central")
        word = os.path.join(c.world.run, "seal-key")
        with open(word, "w", encoding="ascii") as f:
            f.write("next\n")
        c.world.centre_args += ["--seal-key-file", word]
        c.world.start_centre()
        c.wait_log("the certificate is renewed")
        c.wait_log("sealed to the centre's key")
        must(os.path.exists(c.key("terminal/seal-next.pem")), "the next key was not kept")
        c.visit()
        c.arrived(2)
        look_at_second_suite(c)
        wait_until("the other key in a heartbeat", lambda: c.told().get("seal_key") != before, 30)
        c.look_at_centre(2)
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")


def next_sm2(c, is_there):
    """Is the next key of the second suite in the centre's folder?"""
    for name in ("centre-seal-sm2-next.pem", "centre-seal-sm2-next.key"):
        kept = os.path.join(c.world.run, name)
        os.rename(*((kept, c.key(name)) if is_there else (c.key(name), kept)))


def enrol(c):
    ticket = os.path.join(c.world.run, "ticket.json")
    c.world.centre("enrol", "token", "--data", c.world.central_data, "--keys", c.world.keys,
                   "--terminal", TERMINAL, "--url", f"https://127.0.0.1:{c.world.port}", "--out", ticket)
    done = subprocess.run([c.world.program("kioskctl"), "enrol", "--settings", c.world.settings_file(),
                           "--ticket", ticket], capture_output=True, text=True, check=False,
                          env={**os.environ, **c.world.sanitizer_env()})
    must(done.returncode == 0, f"not enrolled: {done.stdout}{done.stderr}")
    os.unlink(ticket)


def look_at_second_suite(c):
    records = c.records()
    must({r["suite"] for r in records.values()} == {SM2}, "sealed in another suite")
    must(records[1]["opened"]["applicant"]["name"] == PEOPLE[0], "the centre opens something else")
    must(c.told().get("suite") == SM2, f"the terminal tells {c.told()}")


def seal_key(args):
    """The centre names its next key: what was sealed before and what comes after opens, and the
    terminal remembers over a restart. A file of records is all that the centre was told to change."""
    with Circle(args, "seal_key") as c:
        word = os.path.join(c.world.run, "seal-key")
        with open(word, "w", encoding="ascii") as f:
            f.write("present\n")
        c.world.centre_args += ["--seal-key-file", word]
        c.up()
        c.visit()
        c.arrived(2)
        wait_until("the key in the heartbeat", lambda: c.told().get("seal_key"), 30)
        before = c.told()["seal_key"]
        with open(word, "w", encoding="ascii") as f:
            f.write("next\n")
        c.wait_log("sealed to the centre's key")
        c.restart()
        c.visit()
        c.arrived(4)
        wait_until("the other key in the heartbeat", lambda: c.told().get("seal_key") != before, 30)
        recipients = [recipient(c, row[0]) for row in sorted(c.world.centre_list(), key=lambda r: int(r[2]))]
        must(recipients[0] == recipients[1] and recipients[2] == recipients[3] != recipients[0],
             f"sealed to {recipients}")
        must(all(r["opened"] for r in c.records().values()), "something does not open")
        c.look_at_centre(4)
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")


def recipient(c, uuid):
    """Serial of the certificate a record is sealed to, read by openssl."""
    with sqlite3.connect(os.path.join(c.world.central_data, "central.db")) as db:
        sealed = db.execute("SELECT sealed FROM record WHERE uuid = ?", (uuid,)).fetchone()[0]
    db.close()
    sealed = base64.b64decode(sealed) if isinstance(sealed, str) else sealed
    said = subprocess.run(["openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER"],
                          input=sealed, capture_output=True, check=True).stdout.decode()
    serials = [line.split()[1] for line in said.splitlines() if "serialNumber:" in line]
    if len(serials) != 1:
        raise WorldError(f"{len(serials)} recipients")
    return serials[0]


if __name__ == "__main__":
    sys.exit(run([form, second_suite, second_suite_key, seal_key], __doc__))
