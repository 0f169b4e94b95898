# SPDX-License-Identifier: Apache-2.0
"""One visitor and one fault after the other, for fault_matrix.py.

    HOME ─► … ─► page of the step ─► fault begins ─► what a visitor does there ─► is it told as the
    table says? ─► fault ends ─► is the device well again, and no word left of it? ─► next step

A visit is never begun anew for a fault: who stands there goes on where he is."""

import os
import re
import time

import fault_table
from fault_visitor import SEGMENTS, TEXT, Visitor
from world import ROOT, WorldError, wait_until

STEPS = ("home", "identify", "reading", "questions", "form", "materials", "submitting", "printing",
         "rating")
PAGE_OF = {"home": "HOME", "identify": "IDENTIFY", "reading": "IDENTIFY", "questions": "QUESTIONS",
           "form": "FORM", "materials": "MATERIALS", "submitting": "SIGN", "printing": "SIGN",
           "rating": "RATING"}
TELL_S = 60      # within this a fault must be told: a printer that takes nothing has 30 s
HEAL_S = 60      # and the device be well again; a jammed blade is tried every 30 s
CARD_S = 12      # a visitor leaves the card so long: two readings with a security module's patience
SHOW_S = 5       # and a code
ECHO_S = 20      # words of a fault that has just gone are not held against the next one
STAND_S = 0.6    # a fault that nobody needs to notice stands at least so long
FINISH_S = 100   # to end a visit: a printer's patience of 45 s is in it


def known_pages():
    with open(os.path.join(ROOT, "ui/screen/screens.def"), encoding="utf-8") as f:
        return set(re.findall(r"\b[A-Z][A-Z_]{3,}\b", f.read()))


PAGES = known_pages()


class Terminal(Visitor):
    """Serves visit after visit, with a fault at each step."""

    # a fault ----------------------------------------------------------------------------------

    def begin_step(self, step):
        if step != "printing":  # begins when the first rows are out
            return
        rows = self.world.devices()["printer"]["rows"]
        self.act("SIGN")
        try:
            wait_until("the first rows", lambda: self.world.devices()["printer"]["rows"] > rows, 5,
                       0.005)
        except WorldError:
            pass  # printed between two looks

    def leave_and_return(self):
        self.hand.touch(id="back")
        wait_until("the page before", lambda: self.page() == "FORM", 10)
        self.hand.touch(id="next")
        wait_until("the page again", lambda: self.page() == "MATERIALS", 10)

    def suffer(self, step, want, told):
        """The visitor's part while the fault lasts."""
        page = self.page()
        if step == "reading" and page == "IDENTIFY":
            try:
                self.lay(lambda: told() or self.page() != "IDENTIFY", CARD_S)
            except WorldError:
                pass  # no answer to a card: the table says whether that is allowed
        elif step == "materials" and self.has_scan and page == "MATERIALS":
            try:
                if want.is_at_opening:  # the page's own camera is opened with the page
                    self.leave_and_return()
                self.scan_licence(lambda: told() or "materials.scanned" in self.spoken(),
                                  SHOW_S, True)
            except WorldError:
                pass  # no answer to a code: the table says whether that is allowed
        elif step == "questions":
            self.hand.play(SEGMENTS["QUESTIONS"][:3], page)
        elif step == "form":
            self.hand.play(SEGMENTS["FORM"][:3], page)
        elif step == "submitting" and page == "SIGN":
            self.act(page)
        elif step == "rating":
            self.act("RATING")

    def must_be_alive(self):
        if self.world.processes["kiosk"].poll() is not None:
            raise WorldError("the kiosk has ended: " + self.world.log_tail("kiosk"))
        page = self.page()
        if page not in PAGES:
            raise WorldError(f"{page} is no page of the terminal")
        if not self.words():
            raise WorldError(f"{page} is empty")
        return page

    def cell(self, device, kind, step):
        """One fault at one step. @return what was seen, as a dict; raises WorldError"""
        want = fault_table.find(device, kind)
        speaker = fault_table.SPEAKER[device]
        self.visit_until({PAGE_OF[step]}, FINISH_S)
        self.step = step
        self.begin_step(step)
        mark = len(self.ear.listen().lines)
        seen = {"reasons": set(), "spoken": set(), "prints": [], "page": None}

        def told():
            self.ear.listen()
            seen["reasons"] |= {r for _, r in self.ear.reasons(mark, speaker)} - {"none"}
            seen["spoken"] |= self.spoken()
            seen["prints"] = self.ear.prints(mark)
            seen["page"] = self.page()
            return want.is_told(step, seen)

        self.may_be_spoilt |= kind == "drop"
        for order in want.begin:
            self.world.simulate(order)
        since = time.monotonic()
        try:
            self.suffer(step, want, told)
            if want.words(step):
                try:
                    wait_until("words", told, TELL_S)
                except WorldError:
                    raise WorldError(f"not told within {TELL_S} s: seen {show(seen)}, wanted "
                                     f"{' or '.join(want.words(step))}") from None
            time.sleep(max(0.0, since + STAND_S - time.monotonic()))
            told()
            seen["page"] = self.must_be_alive()
            self.compare(device, speaker, step, want, mark, seen)
        finally:
            for order in want.end:
                self.world.simulate(order)
            self.echoes[speaker] = (self.echo(speaker) | want.may, time.monotonic() + ECHO_S)
        self.heal(speaker)
        seen["s"] = time.monotonic() - since
        return seen

    def compare(self, device, speaker, step, want, mark, seen):
        extra = (seen["reasons"] - want.may - self.echo(speaker) -
                 {"starting", self.resting[speaker]})
        if extra:
            raise WorldError(f"{speaker} says {'/'.join(sorted(extra))}: no word for this fault")
        for other in self.resting:
            wrong = ({r for _, r in self.ear.reasons(mark, other)} - self.echo(other) -
                     {"none", "starting", self.resting[other]})
            if other != speaker and wrong:
                raise WorldError(f"{other} says {'/'.join(sorted(wrong))}: the fault is of {device}")
        if step in fault_table.SHOWN[speaker]:
            def shown():
                now = self.ear.listen().device[speaker]
                return (now[0] in ("online", "starting") or
                        "device.cause." + now[3] in self.spoken() or
                        "materials.scanner_gone" in self.spoken())
            wait_until(f"words for {self.ear.device[speaker]} on the page {self.page()}", shown, 5)

    def echo(self, device):
        """Words of a fault this device had a moment ago: some are found out late."""
        words, until = self.echoes.get(device, (set(), 0))
        return words if time.monotonic() < until else set()

    def heal(self, speaker):
        """The device works again and nothing on the page says otherwise."""
        try:
            wait_until("it", lambda: self.is_well(speaker), HEAL_S)
        except WorldError:
            raise WorldError(f"{speaker} is not well {HEAL_S} s after the fault: "
                             f"{self.ear.device.get(speaker)}") from None
        if self.resting[speaker] == "none":
            # "copy_failed: paper out" stays on the receipt page: it tells what has been
            def quiet():
                return self.page() == "RECEIPT" or not any(
                    i.startswith("device.cause.") and i != "device.cause.none" and
                    TEXT[i] and TEXT["device." + speaker] + TEXT[i] in "".join(self.words())
                    for i in self.spoken())
            wait_until("no more words of the fault", quiet, 10)

    def finish(self):
        if self.step != "rating":  # then he has said so, and may be gone already
            self.visit_until({"RATING"}, FINISH_S)
        self.visit_until({"HOME"}, FINISH_S)
        self.n_done += 1
        self.may_be_spoilt = False

    # proof ------------------------------------------------------------------------------------

    def prove(self):
        """Paper and centre agree. Gives back complaints."""
        bad, originals, copies = [], {}, {}
        self.world.simulate("paper tear")  # what still hangs at the blade
        for read in self.read_paper():
            where = originals if read["copy"] == "no" else copies
            where[read["number"]] = where.get(read["number"], 0) + 1
        wanted = set(originals) | set(copies)
        n_stored = sum("outbox: record" in line and line.endswith("stored")
                       for line in self.ear.listen().lines)

        def stored():
            rows = self.world.centre_list()
            applications = [r for r in rows if r[3] == "application"]
            is_all = len(rows) >= n_stored and {r[4] for r in applications} >= wanted
            return (applications,) if is_all and len(applications) >= self.n_done else None

        if not (found := self.patient(stored)):
            return [f"{n_stored} records stored, {len(self.world.centre_list())} at the centre"]
        for row in found[0]:
            if originals.get(row[4], 0) + copies.get(row[4], 0) == 0:
                bad.append(f"application {row[4]} has no receipt on paper")
            if originals.get(row[4], 0) > 1:
                bad.append(f"application {row[4]} has {originals[row[4]]} originals")
        if any(t["n_missing"] for t in self.world.centre_gaps()):
            bad.append("numbers are missing at the centre")
        return bad + self.hand.leaks()

    def patient(self, check):
        try:
            return wait_until("the centre", check, 120, 0.2)
        except WorldError:
            return None


def show(seen):
    words = sorted(seen["reasons"]) + sorted(seen["spoken"]) + ["/".join(p) for p in seen["prints"]]
    return " ".join(words) or "nothing"
