# SPDX-License-Identifier: Apache-2.0
"""A visitor of fault_matrix.py: hands, eyes, ears, and a terminal of his own.

He never sleeps for the terminal's sake: its clock is moved, its log and its pages are waited for."""

import json
import os
import re
import threading
import time

import fault_table
import visit_file
from play import PRINTED, Player
from world import ROOT, World, WorldError, wait_until

with open(os.path.join(ROOT, "assets/strings/zh-Hans.json"), encoding="utf-8") as strings:
    TEXT = json.load(strings)
VISIT = visit_file.load(os.path.join(ROOT, "tests/flow/visits/newborn.visit"))
SPEED = "20"
TOUCH_MS = 400   # the terminal's clock goes on by so much: touches closer than 300 ms are a tremor
STATUS = re.compile(r" main: (\w+) (\w+), media (\w+), paper (\w+), (\w+) \((\w+)\)")
PRINT = re.compile(r" printer: printer job \d+: (\w+), evidence (\w+), cause (\w+)")
# what a page may say about a device, besides the causes
SPEAKS = ("identify.failed.", "materials.code_", "materials.scann", "receipt.not", "receipt.in_",
          "receipt.ask_printed", "receipt.printed", "receipt.copy", "receipt.overdue",
          "receipt.still", "supply.no_scanner", "identify.read", "identify.done")


def segments():
    """{page: steps of the visit on it}"""
    pages, page = {}, None
    for step in VISIT:
        if step[1] == "wait":
            page = step[2][0]
            pages.setdefault(page, [])
        elif step[1] not in ("shot", "ticket", "expect"):
            pages[page].append(step)
    return pages


SEGMENTS = segments()
SPOKEN = {i: [p for p in re.split(r"\{\d\}", t) if p] for i, t in TEXT.items()
          if i.startswith(SPEAKS) or i.startswith("device.cause.")}


class Ear:
    """The kiosk's log, read as it grows: what it says about its devices."""

    def __init__(self, path):
        self.path, self.at, self.rest = path, 0, ""
        self.device, self.lines = {}, []

    def listen(self):
        with open(self.path, encoding="utf-8", errors="replace") as f:
            f.seek(self.at)
            text = self.rest + f.read()
            self.at = f.tell()
        *lines, self.rest = text.split("\n")
        for line in lines:
            if found := STATUS.search(line):
                self.device[found[1]] = found.groups()[1:]
        self.lines += lines
        return self

    def reasons(self, since, device):
        """[(state, reason)] of a device in the lines from number `since` on."""
        return [(m[2], m[5]) for m in map(STATUS.search, self.lines[since:]) if m and m[1] == device]

    def prints(self, since):
        return [m.groups() for m in map(PRINT.search, self.lines[since:]) if m]

    def is_well(self, device):
        state = self.listen().device.get(device)
        return bool(state) and state[0] == "online" and state[3] == "none"


class Hand(Player):
    """A player that does not wait for the terminal's clock but moves it."""

    def __init__(self, world, out):
        super().__init__(world, out, False)
        self.shot = lambda name: None  # pictures of failures only

    def rest(self):
        self.world.ui("clock", advance_ms=TOUCH_MS)

    def touch(self, **where):
        item = where["id"] + (f"#{where['option']}" if "option" in where else "")
        self.world.ui("wait", item=item, timeout_ms=5000)
        if not self.item(item).get("enabled"):
            wait_until(f"{item} to be of use", lambda: (self.item(item) or {}).get("enabled"), 20)
        self.rest()
        before = self.world.dump()
        self.world.ui("tap", **where)
        self.seen_change(before)

    def seen_change(self, before):
        """A touch has an answer: a new view, or at least another picture of the old one."""
        end = time.monotonic() + 2
        while (now := self.world.dump())["revision"] == before["revision"]:
            left = end - time.monotonic()
            if left < 0 or (left < 1.9 and now["items"] != before["items"]):
                return
            time.sleep(0.01)


_keys = threading.Lock()


class Visitor:
    """One kiosk in a world of its own, and who stands before it."""

    def __init__(self, build, out, kind, seed):
        scanner = [] if kind in ("hid", "camera") else ["--scanner", kind]
        self.out, self.is_camera = out, kind == "camera"
        self.world = World(build, out, sim_args=["--speed", SPEED, "--seed", str(seed), *scanner],
                           camera=self.is_camera)
        self.hand = Hand(self.world, out)
        self.ear = Ear(os.path.join(self.world.logs, "kiosk.log"))
        self.receipts = {}  # ticket file: what its codes say
        self.n_licences = self.n_done = 0
        self.has_scan = kind != "wedge"
        self.step = None  # the last one that had a fault
        self.echoes = {}  # device: (words of its last fault, until when they may come)
        self.may_be_spoilt = False  # the printer lost a part of this visit's sheet

    def start(self):
        with _keys:  # openssl's files of several worlds at once cost more than they save
            self.world.make_keys()
        self.world.start_centre()
        self.world.start_sim()
        self.world.start_kiosk()
        self.world.wait_screen("HOME", 60000)
        self.resting = {d: fault_table.resting_reason(d, self.has_scan)
                        for d in ("reader", "scanner", "printer")}
        wait_until("all devices", lambda: all(map(self.is_well, self.resting)), 60, 0.05)

    def is_well(self, device):
        wanted = self.resting[device]
        if wanted == "none":
            return self.ear.is_well(device)
        state = self.ear.listen().device.get(device)
        return bool(state) and state[3] == wanted

    # eyes -------------------------------------------------------------------------------------

    def page(self):
        return self.world.dump()["screen"]

    def words(self):
        return [i["text"] for i in self.world.dump()["items"] if i["visible"] and i.get("text")]

    def spoken(self):
        """Ids of the texts about devices that stand on the page."""
        words = self.words()
        found = {i for i, parts in SPOKEN.items() if any(all(p in w for p in parts) for w in words)}
        # "paper out" is a part of "nearly paper out"
        return {i for i in found if not any(TEXT[i] != TEXT[o] and TEXT[i] in TEXT[o] for o in found)}

    def item(self, item_id):
        item = self.hand.item(item_id)
        return item if item and item.get("enabled") else None

    def read_paper(self):
        """[what the code of a receipt says], in the order they came out."""
        for ticket in self.world.tickets():
            if ticket["file"] not in self.receipts:  # a strip that was not cut holds several
                tokens = (self.world.read_qr(ticket) or "").split()
                self.receipts[ticket["file"]] = [self.world.read_token(t) for t in tokens]
        return [read for reads in self.receipts.values() for read in reads]

    def holds_receipt(self):
        """Whether a sheet with the number on the page has come out."""
        shown = "".join(c for i in self.world.dump()["items"] if i["id"].startswith("receipt.number")
                        for c in i["text"] if c.isdigit())
        return any(read["number"] in shown for read in self.read_paper())

    # hands ------------------------------------------------------------------------------------

    def touch_if(self, item_id):
        if not self.item(item_id):
            return False
        self.hand.touch(id=item_id)
        return True

    def lay(self, until, timeout_s):
        if self.ear.listen().device["reader"][1] == "present":
            self.world.simulate("card lift")
            try:
                wait_until("an empty reader",
                           lambda: self.ear.listen().device["reader"][1] != "present", 2)
            except WorldError:
                pass  # a reader that says nothing does not say this either
        self.world.simulate("card lay zhangsan")
        self.hand.card_name = "zhangsan"
        wait_until("the card", until, timeout_s)

    def show_code(self, is_long):
        """A licence nobody has used: the terminal takes each code for one application only. A long
        one needs several reports of a scanner."""
        self.n_licences += 1
        code = f"LIC-2026-{self.n_licences:06d}" + "-0123456789" * (9 if is_long else 0)
        if self.is_camera:
            self.world.simulate(f"camera show text={code}")
            return
        try:  # the engine only delivers while its owner listens, from the page on
            wait_until("a scanner that looks", lambda: self.world.sim.ask(f"scan {code}") == "ok", 3)
        except WorldError:
            pass  # it may be the one that is away

    def hide_code(self):
        if self.is_camera:
            self.world.simulate("camera show none")

    def receipt(self):
        """The page of the receipt: until it says that it was printed."""
        spoken = self.spoken()
        if "receipt.printed" in spoken and self.item("next"):
            if self.may_be_spoilt and not self.holds_receipt():
                self.ask_for_copy()
            self.hand.touch(id="next")
        elif self.hand.item("ask.no"):
            self.hand.touch(id="ask.yes" if self.holds_receipt() else "ask.no")
        elif not self.touch_if("extra"):
            wait_until("the receipt", lambda: any(PRINTED in w for w in self.words()) or
                       self.hand.item("ask.no") or self.item("extra") or self.page() != "RECEIPT",
                       60)

    def ask_for_copy(self):
        """What lies at the outlet cannot be read: one more, which says that it is a copy."""
        wait_until("the offer of a copy", lambda: self.choose_text("receipt.again"), 20, 0.1)
        wait_until("a copy", lambda: "receipt.copy_printed" in self.spoken(), 60)

    def act(self, page):
        """What a visitor does on a page. Raises WorldError when it cannot be done."""
        if page == "IDENTIFY":
            if not self.item("next"):
                self.lay(lambda: self.page() != "IDENTIFY", 10)
        elif page == "MATERIALS":
            self.materials()
        elif page == "RECEIPT":
            self.receipt()
        elif page == "GOODBYE":
            self.world.simulate("card lift")
            self.world.wait_screen("HOME", 20000)
        elif page == "STOPPED":
            self.go_home()
        else:
            for step in SEGMENTS.get(page) or [(0, "next", [])]:
                self.hand.play([step], page)
        if page != "RECEIPT":
            wait_until(f"what follows {page}", lambda: self.page() != page, 5)

    def materials(self):
        if self.has_scan:
            self.scan_licence(lambda: "materials.scanned" in self.spoken(), 5, False)
        else:
            self.choose("material.marriage", "supply.do_promise")
        self.choose("material.birth_record", "supply.do_later")
        self.hand.do_next()

    def choose(self, material, way):
        """Touch a way to bring a material: which ones there are depends on the scanner."""
        if not self.choose_text(way, material):
            raise WorldError(f"{material} has no {way}")

    def choose_text(self, text_id, prefix=""):
        """Touch the option with these words. @return whether there is one"""
        for item in self.world.dump()["items"]:
            name, mark, option = item["id"].partition("#")
            if mark and name.startswith(prefix) and item["text"] == TEXT[text_id]:
                self.hand.touch(id=name, option=int(option))
                return True
        return False

    def scan_licence(self, until, timeout_s, is_long):
        if "materials.scanned" in self.spoken():
            return
        if not any(TEXT["supply.awaiting"] in w for w in self.words()):
            self.choose("material.marriage", "supply.do_scan")
        self.show_code(is_long)
        try:
            wait_until("the code", until, timeout_s)
        finally:
            self.hide_code()

    def visit_until(self, pages, timeout_s):
        """Go on as a visitor until one of the pages is there; what does not work out is tried
        again, as a person would."""
        end, fault = time.monotonic() + timeout_s, None
        while (page := self.page()) not in pages:
            if time.monotonic() > end:
                raise WorldError(f"stays on {page}: {' / '.join(self.words())[:300]}; {fault}")
            try:
                self.act(page)
            except WorldError as e:
                fault = e

    def go_home(self):
        self.world.simulate("card lift")
        for _ in range(6):
            if self.page() == "HOME":
                return
            for button in ("ask.yes", "home", "back", "next"):
                if self.touch_if(button):
                    break
            time.sleep(0.3)
        self.world.ui("clock", advance_ms=120000)
        self.world.wait_screen("HOME", 20000)
