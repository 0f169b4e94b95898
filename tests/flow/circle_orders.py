#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the centre says to the terminal and what comes of it: how tasks stand, shown without a line
as of when they were told; records that are sent again on order; a certificate renewed on order.

    circle_orders.py --build BUILD --out DIR [CASE ...]"""

import os
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bad_input import TEXT  # noqa: E402
from circle import CONFIRMED, Circle, must, run  # noqa: E402
from world import wait_until  # noqa: E402


def shown(c):
    return " | ".join(i["text"] for i in c.world.dump()["items"] if i["visible"])


def n_taken(c):
    """Changes, as the terminal's log counts them."""
    with open(os.path.join(c.world.logs, "kiosk.log"), encoding="utf-8") as f:
        return sum(int(line.split()[-7]) for line in f if " changes taken, " in line)


def told_offline(args):
    """Departments go on; the line breaks; the citizen still sees how it stood, and as of when."""
    with Circle(args, "told_offline") as c:
        c.up()
        c.visit()
        c.arrived(2)
        record = c.records()[1]
        tasks = [t["id"] for t in record["opened"]["tasks"]]
        must(len(tasks) >= 2, f"tasks {tasks}")
        c.world.centre_order(f"advance {record['number']} {tasks[0]} 50")
        c.world.centre_order(f"advance {record['number']} {tasks[1]} 30")
        wait_until("what departments did at the terminal",
                   lambda: n_taken(c) == len(tasks) + 2, 30)
        # what it knows was true up to the heartbeat after that
        n_before = len(c.requests("heartbeat"))
        wait_until("one more heartbeat", lambda: len(c.requests("heartbeat")) > n_before, 30)
        c.world.kill("kiosk-central")
        c.restart()  # from the disk, not from memory
        wait_until("home to say what can be seen now",
                   lambda: TEXT["home.progress_offline"] in shown(c), 30)
        c.hand.shot("home-offline")
        c.hand.do_tap("home.progress")
        c.shows("PROGRESS")
        c.hand.do_scan("RECEIPT")
        wait_until("the words that it is old", lambda: TEXT["progress.as_of"].split("{1}")[0] in
                   shown(c), 30)
        c.hand.shot("as-of")
        seen = "".join(shown(c).split())
        must(TEXT["case.approved"] in seen and TEXT["case.accepted"] in seen, f"the page says {seen}")
        must("4301" in seen, f"the number is not there: {seen}")
        c.hand.do_home()
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")


def retried(args):
    """The centre refuses a record by mistake, finds out, orders it again: it comes, once."""
    with Circle(args, "retried") as c:
        c.up()
        c.world.centre_order("fault refuse-422 1")
        c.visit()
        c.wait_log("record 1 set aside: HTTP 422")
        c.arrived(1)
        must(c.terminal()["missing"] == [1], f"missing {c.terminal()['missing']}")
        wait_until("the centre to hear of it", lambda: c.told().get("quarantined") == 1, 30)
        c.order("retry", 1)
        c.wait_log("order: record 1 waits again")
        c.arrived(2)
        c.order("retry", 1)  # an order that has been done does no harm
        c.wait_log("order: record 1 waits again: nothing to do")
        must(c.told().get("quarantined") == 0, f"the terminal tells {c.told()}")
        c.look_at_centre(2)
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")
        must(set(c.states().values()) == {CONFIRMED}, f"states {c.states()}")


def database(c):
    return os.path.join(c.world.central_data, "central.db")


def lost_by_the_centre(args):
    """The centre's database comes back older than it was: gaps names what is gone, the terminal
    still has it and sends it again."""
    with Circle(args, "lost_by_the_centre") as c:
        c.up()
        c.visit(until="tap rating 0")
        c.arrived(1)
        copy = os.path.join(c.world.run, "copy.db")
        with sqlite3.connect(database(c)) as live, sqlite3.connect(copy) as old:
            live.backup(old)
        live.close()
        old.close()
        c.rest_of_visit(after="tap rating 0")
        c.wait_log("record 2 confirmed")
        lost = next(row for row in c.world.centre_list() if row[2] == "2")
        c.world.stop("kiosk-central")
        for name in os.listdir(c.world.central_data):
            if name.startswith("central.db"):
                os.unlink(os.path.join(c.world.central_data, name))
        shutil.move(copy, database(c))
        c.world.start_centre()
        must([row[2] for row in c.world.centre_list()] == ["1"], "the copy is not older")
        c.visit()
        c.arrived(3)  # the centre sees by what is newer that something is missing
        must(c.terminal()["missing"] == [2], f"missing {c.terminal()['missing']}")
        c.order("resend", 1, 2)  # what the centre has anyway does no harm
        c.wait_log("order: records 1 to 2: 2 wait again")
        c.arrived(4)
        c.wait_log("record 2 confirmed", 2)
        c.look_at_centre(4)
        must(lost in c.world.centre_list(), "other bytes came back")
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")
        must(set(c.states().values()) == {CONFIRMED}, f"states {c.states()}")


def renewed(args):
    """On order the terminal gets a new certificate, and it proves itself by it from then on."""
    with Circle(args, "renewed") as c:
        c.up()
        c.shows("HOME")
        before = serial(c.key("device.pem"))
        key = open(c.key("device.key"), encoding="ascii").read()
        wait_until("the terminal at the centre", c.told, 30)
        c.order("renew")
        c.wait_log("the certificate is renewed")
        after = serial(c.key("device.pem"))
        must(after != before, "it is the same certificate")
        must(open(c.key("device.key"), encoding="ascii").read() == key, "it has another key")
        c.visit()
        c.arrived(2)
        c.look_at_centre(2)
        sent_by = certificate_of_record(c)
        must(sent_by == after, f"sent by {sent_by}, not by {after}; before it was {before}")
        must(c.log_count("the certificate is renewed") == 1, "renewed more than once")
        must(c.world.stop("kiosk") == 0, "the kiosk did not end well")


def certificate_of_record(c):
    """By which certificate the centre knows who sent the last record."""
    with sqlite3.connect(database(c)) as db:
        der = db.execute("SELECT c.der FROM record r JOIN certificate c ON c.fingerprint = r.certificate"
                         " ORDER BY r.sequence DESC LIMIT 1").fetchone()[0]
    db.close()
    done = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-serial"], input=der,
                          capture_output=True, check=True)
    return done.stdout.decode().strip()


def serial(pem):
    done = subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-serial"], capture_output=True,
                          text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(run([told_offline, retried, lost_by_the_centre, renewed], __doc__))
