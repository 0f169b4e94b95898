#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Make each bad thing happen to the unmodified kiosk and look at what the people in front see.

    bad_input.py --build BUILD --out DIR [--part devices|terminal] [CASE ...]

Each case ends with a way on: the terminal works again, or says clearly who can help."""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import visit_file  # noqa: E402
from play import Player  # noqa: E402
from world import ROOT, World, WorldError, wait_until  # noqa: E402

with open(os.path.join(ROOT, "assets/strings/zh-Hans.json"), encoding="utf-8") as strings:
    TEXT = json.load(strings)
VISIT = visit_file.load(os.path.join(ROOT, "tests/flow/visits/newborn.visit"))


class Case:
    """A world, a hand, and eyes that read the screen."""

    def __init__(self, args, name, **world):
        self.name, self.out = name, os.path.join(args.out, name)
        self.world = World(args.build, self.out, **world)

    def __enter__(self):
        self.world.__enter__()
        self.hand = Player(self.world, self.out, False)
        return self

    def __exit__(self, kind, value, trace):
        if kind and self.world.inspect:
            self.hand.shot("failed")
        self.world.stop_all()
        cries = self.world.sanitizer_reports()
        self.world.__exit__(kind, value, trace)
        if cries and not kind:
            raise WorldError("; ".join(cries))

    def up(self):
        self.world.start_centre()
        self.world.start_sim()
        self.world.start_kiosk()

    def says(self, text_id, timeout_s=15):
        """Wait until the words of a text stand on the screen, then take a picture."""
        parts = [p for p in TEXT[text_id].replace("{1}", "{2}").split("{2}") if p]

        def there():
            shown = [i["text"] for i in self.world.dump()["items"] if i["visible"]]
            return any(all(p in s for p in parts) for s in shown)

        wait_until(f"the words {TEXT[text_id]!r}", there, timeout_s, 0.05)
        self.hand.shot(text_id.replace(".", "-"))

    def shows(self, screen, timeout_ms=15000):
        self.hand.do_wait(screen, timeout_ms)

    def play(self, first=None, last=None):
        """Play the newborn visit from the step after `first` up to and with `last`."""
        begin = 0 if first is None else 1 + find(first)
        end = len(VISIT) if last is None else 1 + find(last)
        self.hand.play(VISIT[begin:end], "newborn.visit")

    def log_count(self, text):
        with open(os.path.join(self.world.logs, "kiosk.log"), encoding="utf-8") as f:
            return f.read().count(text)

    def log_has(self, text):
        if not self.log_count(text):
            raise WorldError(f"the log does not say {text!r}")


def find(words):
    for i, (_, verb, args) in enumerate(VISIT):
        if [verb, *args][:len(words)] == list(words):
            return i
    raise WorldError(f"no step {words} in the visit")


def no_reader(args):
    with Case(args, "no_reader", sim_args=["--absent", "reader", "--speed", "5"]) as c:
        c.up()
        c.play(last=("wait", "IDENTIFY"))
        c.says("device.cause.notConnected")
        c.says("identify.meanwhile")
        c.world.simulate("plug reader")
        c.says("identify.waiting")
        c.play(first=("wait", "IDENTIFY"))


def reader_unplugged_while_reading(args):
    with Case(args, "reader_unplugged", sim_args=["--speed", "1"]) as c:
        c.up()
        c.play(last=("wait", "IDENTIFY"))
        c.says("identify.waiting")
        c.world.simulate("fault reader unplug@read 1")
        c.world.simulate("card lay zhangsan")
        c.says("device.cause.notConnected")
        c.world.simulate("card lift")
        c.world.simulate("plug reader")
        c.says("identify.waiting")
        c.play(first=("wait", "IDENTIFY"))


def corrupt_card_frame(args):
    with Case(args, "corrupt_frame", sim_args=["--speed", "5"]) as c:
        c.up()
        c.play(last=("wait", "IDENTIFY"))
        c.says("identify.waiting")
        c.world.simulate("fault reader xor@read always")
        c.world.simulate("card lay zhangsan")
        wait_until("a sentence about the card", lambda: any(
            i["id"] == "alert" for i in c.world.dump()["items"]), 20)
        c.hand.shot("card-not-read")
        c.world.simulate("fault reader off")
        c.world.simulate("card lift")
        c.says("identify.waiting", 30)
        c.play(first=("wait", "IDENTIFY"))


def no_printer(args):
    with Case(args, "no_printer", sim_args=["--absent", "printer", "--speed", "5"]) as c:
        c.up()
        c.says("banner.printer")
        c.play(last=("wait", "RECEIPT"))
        c.says("receipt.not_printed")
        c.world.simulate("plug printer")
        wait_until("a printer", lambda: c.world.devices()["printer"]["attached"], 10)
        c.hand.do_pause("1500")
        c.hand.touch(id="extra")
        c.hand.do_ticket()
        c.says("receipt.printed")
        c.play(first=("wait", "RECEIPT"), last=("wait", "HOME"))


def paper_out_and_reloaded(args):
    with Case(args, "paper_out", sim_args=["--speed", "5"]) as c:
        c.up()
        c.shows("HOME")
        c.world.simulate("paper out")
        c.says("device.cause.paperOut")
        c.play(first=("wait", "HOME"), last=("wait", "RECEIPT"))
        c.says("receipt.not_printed")
        c.world.simulate("paper full")
        c.hand.do_pause("2500")
        c.hand.touch(id="extra")
        c.hand.do_ticket()
        c.says("receipt.printed")


def printer_unplugged_while_printing(args):
    with Case(args, "printer_unplugged") as c:
        c.up()
        c.play(last=("wait", "SIGN"))
        c.hand.do_sign()
        c.hand.do_next()
        wait_until("the printer at work", lambda: c.world.devices()["printer"]["rows"] > 60, 20, 0.02)
        c.world.simulate("unplug printer")
        c.says("receipt.ask_printed", 40)
        c.world.simulate("plug printer")
        wait_until("a printer", lambda: c.world.devices()["printer"]["attached"], 10)
        c.hand.do_pause("2000")
        c.hand.touch(id="ask.no")
        c.says("receipt.printed", 40)
        codes = [c.world.read_qr(t) for t in c.world.tickets()]
        copies = [q for q in codes if q and q.startswith("YJ1C.")]
        if len(copies) != 1 or any(q and q.startswith("YJ1.") for q in codes):
            raise WorldError(f"wanted one receipt marked as a copy, paper says {codes}")


def broken_matter_file(args):
    folder = os.path.join(args.out, "broken-matters")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "national"))
    for name in ("catalogue.json", "fields.json"):
        shutil.copy(os.path.join(ROOT, "assets/matters", name), folder)
    good = os.path.join(ROOT, "assets/matters/national/newborn.json")
    with open(good, encoding="utf-8") as f:
        text = f.read()
    with open(os.path.join(folder, "national/newborn.json"), "w", encoding="utf-8") as f:
        f.write(text.replace('"!q_married"', '"!q_maried"', 1))
    with Case(args, "broken_matter", matters=folder) as c:
        c.up()
        c.shows("OUT_OF_SERVICE")
        c.says("out.no_matter")
        c.log_has("national/newborn.json: /gates/1/if")
    shutil.copy(good, os.path.join(folder, "national/good.json"))
    with Case(args, "one_broken_matter", matters=folder) as c:
        c.up()
        c.shows("HOME")
        c.says("home.some_missing")
        c.hand.do_tap("matter.NB.BIRTH")
        c.shows("MATTER")
    shutil.rmtree(folder)


def second_instance(args):
    with Case(args, "second_instance") as c:
        c.up()
        first = c.world.processes.pop("kiosk")
        socket = c.world.inspect
        c.world.inspect = None
        second = c.world.spawn("kiosk", ["--config", c.world.settings_file(), "--display", "memory"],
                               c.world.sim_env)
        second.wait(15)
        c.world.processes["kiosk"] = first
        c.world.inspect = socket
        if second.returncode != 3:
            raise WorldError(f"the second kiosk ended with {second.returncode}, wanted 3")
        c.log_has("ERR_STORE_LOCKED")
        c.shows("HOME")


def unwritable_data_folder(args):
    with Case(args, "unwritable_data") as c:
        with open(c.world.data, "w", encoding="ascii") as f:
            f.write("not a folder\n")
        c.up()
        c.shows("OUT_OF_SERVICE")
        c.says("out.store")
        os.unlink(c.world.data)
        c.shows("HOME", 20000)
        c.play(first=("wait", "HOME"))
        c.hand.delivered({"application": 1, "rating": 1})


def unusable_keys(args):
    with Case(args, "unusable_keys") as c:
        c.world.start_centre()
        with open(os.path.join(c.world.keys, "device.key"), "w", encoding="ascii") as f:
            f.write("no key\n")
        c.world.start_sim()
        c.world.start_kiosk()
        c.shows("OUT_OF_SERVICE")
        c.log_has("ERR_SEAL_KEY")


def damaged_database(args):
    with Case(args, "damaged_database", sim_args=["--speed", "5"]) as c:
        c.up()
        c.play()
        c.hand.delivered({"application": 1, "rating": 1})
        c.world.stop("kiosk")
        path = os.path.join(c.world.data, "outbox.db")
        with open(path, "r+b") as f:
            f.seek(0)
            f.write(os.urandom(4096))
        for tail in ("-wal", "-shm"):
            if os.path.exists(path + tail):
                os.unlink(path + tail)
        c.world.start_kiosk()
        wait_until("a new database", lambda: c.log_count("store: ERR_OK") == 2, 20)
        c.shows("HOME", 20000)
        c.hand.tickets_seen = len(c.world.tickets())
        c.play(first=("wait", "HOME"))
        c.hand.delivered({"application": 2, "rating": 2})
        # Numbers are reserved in blocks of 16; behind a damage the rest of a block stays unused.
        for t in c.world.centre_gaps():
            if not 0 < t["n_missing"] < 16 or t["records"] + t["n_missing"] != t["max_sequence"]:
                raise WorldError("the numbers were not continued after the damage")
        if not [n for n in os.listdir(c.world.data) if n.startswith("outbox.db.") or "damaged" in n]:
            raise WorldError(f"the damaged file was not kept: {os.listdir(c.world.data)}")


def left_alone(args):
    with Case(args, "left_alone", sim_args=["--speed", "5"]) as c:
        c.up()
        c.play(last=("text", "field.baby.name"))
        c.hand.touch(id="field.baby.name")
        c.hand.do_pause("400")
        for key in "lixiaoming":  # half-way through a name in pinyin
            c.world.ui("tap", id=f"key.{key}")
        c.hand.typed.update(letters="lixiaoming", word="李晓明")
        c.hand.do_pause("400")  # the touches are told before the clock moves
        c.hand.do_clock("61000")
        c.says("idle.ask")
        for _ in range(21):  # the countdown ticks once a second
            c.hand.do_clock("1000")
            c.hand.do_pause("30")
        c.world.simulate("card lift")
        c.shows("HOME")
        c.hand.do_pause("500")
        if c.world.centre_list():
            raise WorldError("something was submitted")
        left = c.hand.remembered()
        if left:
            raise WorldError("; ".join(left))


def plugged_like_mad(args):
    """Loose plugs: devices come and go at every moment of being opened; nothing is used up."""
    with Case(args, "plugged_like_mad", sim_args=["--speed", "5"]) as c:
        c.up()
        c.shows("HOME")
        c.hand.do_pause("3000")

        def n_open():
            return len(os.listdir(f"/proc/{c.world.processes['kiosk'].pid}/fd"))

        before, rng = n_open(), random.Random(7)
        for _ in range(60):
            device = rng.choice(("reader", "scanner", "printer"))
            c.world.simulate(f"unplug {device}")
            time.sleep(rng.uniform(0, 0.06))
            c.world.simulate(f"plug {device}")
            time.sleep(rng.uniform(0, 0.06))
        c.hand.do_pause("4000")
        c.play(first=("wait", "HOME"))
        c.hand.delivered({"application": 1, "rating": 1})
        if n_open() > before + 2:
            raise WorldError(f"{before} files were open, now {n_open()}")
        if c.world.stop("kiosk") != 0:
            raise WorldError("the kiosk did not end well")


def stopped_at_work(args, name, when, wait_for):
    """SIGTERM while a receipt is being made: the next start finishes it, once and honestly."""
    with Case(args, name) as c:
        c.up()
        c.play(last=("wait", "SIGN"))
        c.hand.do_sign()
        c.hand.do_next()
        wait_until(when, lambda: wait_for(c), 20, 0.005)
        begin = time.monotonic()
        if c.world.stop("kiosk") != 0:
            raise WorldError("the kiosk did not end well")
        if time.monotonic() - begin > 5:
            raise WorldError(f"the kiosk took {time.monotonic() - begin:.1f} s to end")
        c.world.simulate("card lift")
        c.world.start_kiosk()
        wait_until("a receipt with a code", lambda: codes(c), 40, 0.2)
        c.shows("HOME", 60000)
        c.hand.delivered({"application": 1})
        if len(c.world.centre_list()) != 1 or len(codes(c)) != 1:
            raise WorldError(f"{len(c.world.centre_list())} records, {len(codes(c))} receipts")
        return codes(c)[0]


def codes(c):
    return [q for q in map(c.world.read_qr, c.world.tickets()) if q]


def stopped_while_printing(args):
    code = stopped_at_work(args, "stopped_printing", "the printer at work",
                           lambda c: c.world.devices()["printer"]["rows"] > 60)
    if not code.startswith("YJ1C."):
        raise WorldError("the second sheet is not marked as a copy")


def stopped_while_submitting(args):
    stopped_at_work(args, "stopped_submitting", "the order to submit", lambda c: True)


def disk_full(args):
    """The disk fills up under a visitor's hands, and is emptied again."""
    with Case(args, "disk_full", sim_args=["--speed", "5"]) as c:
        os.makedirs(c.world.data, mode=0o700)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=144m,mode=700", "tmpfs",
                                  c.world.data], capture_output=True)
        if mounted.returncode != 0:
            print("      disk_full: may not mount here, not tried", flush=True)
            return
        try:
            c.up()
            c.play(last=("wait", "SIGN"))
            filler = os.path.join(c.world.data, "filler")
            with open(filler, "wb", buffering=0) as f:
                try:
                    while True:
                        f.write(bytes(4096))
                except OSError:
                    pass  # full to the last page
            c.hand.do_sign()
            c.hand.do_next()
            c.shows("REVIEW")
            if c.world.centre_list() or c.world.tickets():
                raise WorldError("a record or a receipt came out of a full disk")
            c.log_has("ERR_STORE_FULL")
            os.unlink(filler)
            c.hand.do_pause("6000")  # looked at every 5 s
            c.hand.do_next()
            c.shows("SIGN")
            c.play(first=("wait", "SIGN"))
            c.hand.delivered({"application": 1, "rating": 1})
            if any(t["n_missing"] for t in c.world.centre_gaps()):
                raise WorldError("the sequence has gaps")
            c.world.stop("kiosk")
        finally:
            if "kiosk" in c.world.processes:
                c.world.kill("kiosk")
            subprocess.run(["umount", c.world.data], check=False)


PARTS = {
    "devices": [no_reader, reader_unplugged_while_reading, corrupt_card_frame, no_printer,
                paper_out_and_reloaded, printer_unplugged_while_printing, plugged_like_mad],
    "terminal": [broken_matter_file, second_instance, unwritable_data_folder, unusable_keys,
                 damaged_database, left_alone, stopped_while_printing, stopped_while_submitting,
                 disk_full],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--part", choices=PARTS, help="half of the cases, for two at a time")
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    cases = PARTS[args.part] if args.part else sum(PARTS.values(), [])
    chosen = [c for c in cases if not args.cases or c.__name__ in args.cases]
    failed = 0
    for case in chosen:
        try:
            case(args)
            print(f"ok    {case.__name__}", flush=True)
        except Exception as e:  # the other cases still tell something
            failed += 1
            print(f"FAIL  {case.__name__}: {e}", flush=True)
            if not isinstance(e, WorldError):
                traceback.print_exc()
    print(f"{len(chosen) - failed} of {len(chosen)} cases good")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
