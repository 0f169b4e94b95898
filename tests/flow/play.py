#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Play a visit file end to end and prove that everything agrees.

    play.py --build BUILD --visit FILE --out DIR [--offline]

DIR gets every screen as PNG, the printed receipt as PNG, record.json (as the centre opened it)
and summary.json. Exit status 0 only when paper, screen, queue and centre say the same."""

import argparse
import json
import math
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import remains  # noqa: E402
import visit_file  # noqa: E402
from world import ROOT, World, WorldError, wait_until  # noqa: E402

# The terminal takes a touch that follows another (or a new page) faster than 300 ms for a trembling
# hand and drops it: no person is that quick, and no player may be.
BETWEEN_TOUCHES_S = 0.32
# A build with a sanitizer shows the page so much later that a touch in that rhythm would still
# come too early for it.
BETWEEN_TOUCHES_SANITIZED_S = 0.7


with open(os.path.join(ROOT, "assets/strings/zh-Hans.json"), encoding="utf-8") as strings:
    PRINTED = json.load(strings)["receipt.printed"]


def cards():
    with open(os.path.join(ROOT, "tests/device/sim/cards.json"), encoding="utf-8") as f:
        data = json.load(f)
    listed = data.get("cards", data)
    return {c["id"]: c for c in listed} if isinstance(listed, list) else listed


def answer_of(answers, field):
    """heirs.2.name: of the second member of a repeat; heirs.name of the first."""
    if field in answers:
        return answers[field]
    group, _, rest = field.partition(".")
    number, _, name = rest.partition(".")
    members = answers.get(group)
    if not isinstance(members, list):
        return None
    at, name = (int(number) - 1, name) if number.isdigit() else (0, rest)
    member = members[at] if at < len(members) else {}
    return member.get(name, member.get(f"{group}.{name}"))


def is_secret(text, public):
    """Short numbers are everywhere, and some words are the matters' own."""
    is_long = len(text) >= 6 if text.isascii() else len(text) >= 2
    return is_long and text not in public


def public_words():
    words = []
    for folder in ("assets/matters", "assets/codes", "assets/strings"):
        for base, _, files in os.walk(os.path.join(ROOT, folder)):
            for name in files:
                with open(os.path.join(base, name), encoding="utf-8", errors="replace") as f:
                    words.append(f.read())
    return "\n".join(words)


class Player:
    def __init__(self, world, out, offline):
        self.world, self.out, self.offline = world, out, offline
        self.shots, self.timings = [], []
        self.typed, self.card_name = {}, None
        self.number_on_screen, self.rated, self.reasons = None, 0, set()  # level, places of reasons
        self.signs_by_key = False
        self.expects_nothing = False
        self.is_chinese, self.printed = True, PRINTED
        self.tickets_seen = 0
        self.touched = 0.0
        self.between_s = BETWEEN_TOUCHES_SANITIZED_S if world.sanitizer else BETWEEN_TOUCHES_S

    def speak(self, language):
        """The screens are in another language."""
        self.is_chinese = language == "zh-Hans"
        with open(os.path.join(ROOT, f"assets/strings/{language}.json"), encoding="utf-8") as f:
            self.printed = json.load(f)["receipt.printed"]

    # steps --------------------------------------------------------------------------------

    def play(self, steps, path):
        for number, verb, args in steps:
            begin = time.monotonic()
            try:
                getattr(self, "do_" + verb)(*args)
            except (WorldError, OSError) as e:
                self.shot("failed")
                raise WorldError(f"{path}:{number}: {verb} {' '.join(args)}: {e}") from e
            self.timings.append({"line": number, "step": " ".join([verb, *args[:1]]),
                                 "ms": round((time.monotonic() - begin) * 1000, 1)})

    def shot(self, name):
        file = f"{len(self.shots) + 1:02d}-{name.lower()}.png"
        try:
            self.world.ui("shot", path=os.path.join(self.out, file))
            self.shots.append(file)
        except (WorldError, OSError):
            pass  # the screen is gone; the error that is being reported says more

    def item(self, item_id):
        for item in self.world.dump()["items"]:
            if item.get("id") == item_id:
                return item
        return None

    def do_wait(self, screen, ms="10000"):
        self.world.wait_screen(screen, int(ms))
        self.touched = time.monotonic()
        if screen == "RECEIPT":
            shown = "".join(i["text"] for i in self.world.dump()["items"]
                            if i["id"].startswith("receipt.number"))
            self.number_on_screen = "".join(c for c in shown if c.isdigit())
        self.shot(screen)

    def rest(self):
        """Let the terminal answer the last touch, as a person would."""
        time.sleep(max(0.0, self.touched + self.between_s - time.monotonic()))

    def touch(self, **where):
        """One touch, and the terminal's reaction to it: a view that has changed."""
        time.sleep(max(0.0, self.touched + BETWEEN_TOUCHES_S - time.monotonic()))
        item = where["id"] + (f"#{where['option']}" if "option" in where else "")
        before = self.world.ui("wait", item=item, timeout_ms=5000)["revision"]
        if not self.item(item).get("enabled"):
            # it waits for a device ("printing"): so does a person, and then reads before touching
            wait_until(f"{item} to be of use", lambda: (self.item(item) or {}).get("enabled"), 20)
            time.sleep(BETWEEN_TOUCHES_S)
        shown = self.shown()
        self.world.ui("tap", **where)
        self.touched = time.monotonic()
        self.reaction(before, shown)

    def shown(self):
        return [(i.get("id"), i.get("text")) for i in self.world.dump()["items"]]

    def reaction(self, before, shown=None):
        """Until another view is there, or the screen has turned a page of its own."""
        end = time.monotonic() + 2
        while time.monotonic() < end:
            try:
                self.world.ui("wait", after=before, timeout_ms=50)
                return
            except WorldError:
                if shown is not None and self.shown() != shown:
                    return
        # it may change nothing

    def do_tap(self, item_id, option=None):
        if option is None:
            self.touch(id=item_id)
        else:
            self.touch(id=item_id, option=int(option))
        if item_id == "rating" and option is not None:
            self.rated = 5 - int(option)
        elif item_id == "rating.reasons" and option is not None:
            self.reasons ^= {int(option)}
        self.signs_by_key = self.signs_by_key or item_id == "ask.yes"

    def do_next(self):
        self.touch(id="next")

    def do_until(self, goal, most=12):
        """Touch the main button until a screen (capitals) or an item is there."""
        def there():
            return self.world.dump()["screen"] == goal if goal.isupper() else self.item(goal)

        for _ in range(most):
            if there():
                break
            self.touch(id="next")
        if goal.isupper():
            self.do_wait(goal, 5000)
        elif not there():
            raise WorldError(f"{goal} did not come")

    def do_nothing(self):
        self.expects_nothing = True

    def do_back(self):
        self.touch(id="back")

    def do_home(self):
        self.touch(id="home")

    def do_text(self, item_id, text):
        if self.world.sanitizer:
            self.rest()
        if item_id == "find.search":  # the keys stand in its place
            before = self.world.wait_screen("FIND", 5000)["revision"]
        else:
            before = self.world.ui("wait", item=item_id, timeout_ms=5000)["revision"]
        self.world.ui("text", id=item_id, text=text)
        self.reaction(before)
        if item_id == "find.search":  # other matters stand there now: as a new page
            self.touched = time.monotonic()
        if item_id.startswith("field."):
            self.typed[item_id.removeprefix("field.")] = text

    def do_card(self, name):
        if self.world.dump()["screen"] == "IDENTIFY" or not self.card_name:
            self.card_name = name  # another one later is another person's
        self.world.simulate(f"card lay {name}")

    def do_lift(self):
        self.world.simulate("card lift")

    def last_receipt(self):
        """The code on the last ticket that has one."""
        codes = [code for code in map(self.world.read_qr, self.world.tickets()) if code]
        if not codes:
            raise WorldError("no receipt with a code was printed")
        return codes[-1]

    def do_scan(self, text):
        if text == "RECEIPT":
            text = self.last_receipt()
        # the engine only delivers while its owner listens: the page that asks must be up
        self.rest()
        if not self.world.has_camera:
            self.world.simulate(f"scan {text}")
            return
        before = self.world.dump()["revision"]
        self.world.simulate(f"camera show text={text} rotate=8 blur=1")
        self.world.ui("wait", after=before, timeout_ms=15000)
        self.world.simulate("camera show none")  # the hand with the phone goes away

    def do_sign(self):
        for stroke in range(3):
            points = [[round(0.18 + 0.22 * stroke + 0.16 * i / 23, 4),
                       round(0.5 + 0.28 * math.sin(i / 3 + stroke), 4), i * 12] for i in range(24)]
            self.world.ui("drag", id="sign.pad", points=points)

    def do_share(self, *_):
        raise WorldError("only the core player can say what data sharing answers")

    def do_sim(self, *words):
        self.world.simulate(" ".join(words))

    def do_clock(self, ms):
        self.world.ui("clock", advance_ms=int(ms))

    def do_shot(self, name):
        self.shot(name)

    def do_pause(self, ms):
        time.sleep(int(ms) / 1000)

    def do_expect(self, item_id, text):
        def there():
            item = self.item(item_id)
            return item and (text in item.get("text", "") or not self.is_chinese)

        try:
            wait_until(f"{item_id} to say {text!r}", there, 10)
        except WorldError as e:
            item = self.item(item_id)
            raise WorldError(f"{e}; it says {item.get('text')!r}" if item else
                             f"{e}; it is not on the screen") from e

    def do_refute(self, item_id):
        if self.item(item_id):
            raise WorldError(f"{item_id} is on the screen")

    def do_centre(self, what, fault=None):
        if what == "up":
            self.world.start_centre()
        elif what == "down":
            self.world.kill("kiosk-central")
        elif what == "fault" and fault:
            self.world.centre_order("fault " + fault.replace(":", " "))
        else:
            raise WorldError(f"unknown order {what} {fault}")

    def do_ticket(self, ms="30000"):
        want = self.tickets_seen + 1
        wait_until("the printed receipt", lambda: len(self.world.tickets()) >= want, int(ms) / 1000)
        self.tickets_seen = want
        try:  # the paper is cut before the printer has said so; the page changes only then
            wait_until("the page to say so", lambda: self.world.dump()["screen"] != "RECEIPT" or any(
                self.printed in i["text"] for i in self.world.dump()["items"]), 5)
        except WorldError:
            pass  # the step that follows says what is missing
        self.touched = time.monotonic()

    # proof --------------------------------------------------------------------------------

    def delivered(self, kinds, timeout_s=60):
        def all_there():
            have = [row[3] for row in self.world.centre_list()]
            return all(have.count(kind) >= n for kind, n in kinds.items())

        wait_until(f"{kinds} at the centre", all_there, timeout_s, 0.05)

    def prove(self):
        world, faults = self.world, []

        def must(fact, complaint):
            if not fact:
                faults.append(complaint)

        tickets = [(t, world.read_qr(t)) for t in world.tickets()]
        if self.expects_nothing:
            must(not tickets, "something was printed")
            must(not world.centre_list(), "something was submitted")
            return faults + self.leaks(), {}
        receipts = [(t, qr) for t, qr in tickets if qr]
        must(len(receipts) == 1, f"{len(receipts)} receipts with a code on paper, wanted 1")
        if not receipts:
            return faults, {}
        ticket, token = receipts[0]
        shutil.copy(os.path.join(world.paper, ticket["file"]), os.path.join(self.out, "receipt.png"))
        read = world.read_token(token)
        rows = world.centre_list()
        applications = [r for r in rows if r[3] == "application"]
        must(len(applications) == 1, f"{len(applications)} applications at the centre, wanted 1")
        must([r[0] for r in applications] == [read["uuid"]], "receipt and centre differ in uuid")
        must(read["copy"] == "no", "the receipt is marked as a copy")
        record = world.centre_record(read["uuid"])
        with open(os.path.join(self.out, "record.json"), "w", encoding="utf-8") as f:
            json.dump(record, f, ensure_ascii=False, indent=2)
        must(record["number"] == read["number"], "receipt and centre differ in number")
        must(str(record["sequence"]) == read["sequence"], "receipt and centre differ in sequence")
        must(self.number_on_screen == read["number"], "screen and receipt differ in number")
        opened = record["opened"]
        answers = opened["answers"]
        for field, text in self.typed.items():
            must(answer_of(answers, field) == text, f"{field} at the centre is not what was typed")
        if self.card_name:
            card = cards()[self.card_name]
            must(opened["applicant"]["name"] == card["name"], "applicant's name is not the card's")
            must(opened["applicant"]["id_no"] == card["number"], "applicant's number is not the card's")
        must(sorted(t["id"] for t in opened["tasks"]) == sorted(c["task"] for c in record["cases"]),
             "tasks and cases differ")
        must(self.is_signed(opened["signature"]), "the signature is missing")
        if self.rated:
            must(self.is_rated([r[0] for r in rows if r[3] == "rating"]),
                 "the rating at the centre is not what was tapped")
        must(all(t["n_missing"] == 0 for t in world.centre_gaps()), "the sequence has gaps")
        world.centre_verify()
        faults += self.leaks()
        return faults, {"number": read["number"], "uuid": read["uuid"],
                        "sequence": int(read["sequence"]), "sealed": read["sealed"],
                        "cases": record["cases"], "received_at": record["received_at"]}

    def is_rated(self, uuids):
        """Level and reasons, once."""
        words = ("attitude", "waiting", "hard_to_use", "materials", "machine", "not_done", "other")
        said = [self.world.centre_record(uuid)["opened"] for uuid in uuids]
        if self.rated is True:  # somebody rated and did not say how
            return len(said) == 1
        return [(r["level"], r.get("reasons", [])) for r in said] == [
            (self.rated, [words[i] for i in sorted(self.reasons)])]

    def is_signed(self, signature):
        if self.signs_by_key:
            return set(signature) == {"method", "at"} and signature["method"] == "key"
        return sum(len(stroke) for stroke in signature["strokes"]) >= 8

    def secrets(self):
        """What a visitor would not want to be found by the next one."""
        public = public_words()
        secrets = [v for v in self.typed.values() if is_secret(v, public)]
        if self.card_name:
            card = cards()[self.card_name]
            secrets += [card["number"], card["name"], card.get("address") or ""]
        return sorted({s for s in secrets if s})

    def remembered(self):
        """Personal data in the memory of the kiosk after the visitor has left."""
        pid = self.world.processes["kiosk"].pid
        if self.world.sanitizer or not remains.can_look(pid) or self.world.dump()["screen"] != "HOME":
            return []  # a sanitizer keeps freed memory on purpose
        found = {(name, encoding) for _, encoding, name, _, _ in remains.search(pid, self.secrets())}
        return [f"personal data left in memory: {name}, {encoding}" for name, encoding in found]

    def leaks(self):
        """Personal data must be nowhere but sealed: look through every file but the keys."""
        secrets, found = self.secrets(), []
        for folder in (self.world.data, self.world.logs, self.world.central_data):
            for base, _, files in os.walk(folder):
                for name in files:
                    with open(os.path.join(base, name), "rb") as f:
                        data = f.read()
                    found += [f"personal data in {name}" for s in secrets if s and s.encode() in data]
        return sorted(set(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--visit", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--offline", action="store_true",
                        help="the centre is down during the visit and comes up afterwards")
    parser.add_argument("--camera", action="store_true", help="codes are read by a camera")
    parser.add_argument("--language", default="zh-Hans", help="of the screens; what is expected is "
                        "then only that it is there")
    parser.add_argument("--quiet", action="store_true")
    args = parser.parse_args()
    try:
        steps = visit_file.load(args.visit)
    except (OSError, visit_file.VisitSyntax) as e:
        print(e, file=sys.stderr)
        return 2
    os.makedirs(args.out, exist_ok=True)
    for name in os.listdir(args.out):  # pictures of an earlier play would mislead
        if name.endswith(".png") or name in ("record.json", "summary.json"):
            os.unlink(os.path.join(args.out, name))
    summary = {"visit": os.path.basename(args.visit), "offline": args.offline, "ok": False}
    begin = time.monotonic()
    try:
        settings = {"display": {"language": args.language}}
        with World(args.build, args.out, camera=args.camera, settings=settings) as world:
            if not args.offline:
                world.start_centre()
            world.start_sim()
            start = time.monotonic()
            world.start_kiosk()
            player = Player(world, args.out, args.offline)
            player.speak(args.language)
            player.world.wait_screen("HOME")
            summary["start_to_home_ms"] = round((time.monotonic() - start) * 1000, 1)
            player.play(steps, args.visit)
            summary["visit_ms"] = round((time.monotonic() - start) * 1000, 1)
            if args.offline:
                world.start_centre()
            wanted = {"application": 1, **({"rating": 1} if player.rated else {})}
            waiting = time.monotonic()
            if not player.expects_nothing:
                # offline: the terminal's back-off has grown meanwhile, up to minutes with jitter
                player.delivered(wanted, 300 if args.offline else 60)
            summary["delivery_wait_ms"] = round((time.monotonic() - waiting) * 1000, 1)
            left = player.remembered()
            status = world.stop("kiosk")
            faults, facts = player.prove()
            faults += left
            if status != 0:
                faults.append(f"kiosk ended with status {status}")
            world.stop_all()
            faults += world.sanitizer_reports()
            summary.update(facts, screens=player.shots, steps=player.timings, faults=faults,
                           ok=not faults)
    except WorldError as e:
        summary["faults"] = [str(e)]
    summary["total_ms"] = round((time.monotonic() - begin) * 1000, 1)
    with open(os.path.join(args.out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump(summary, f, ensure_ascii=False, indent=2)
    for fault in summary["faults"]:
        print(f"fault: {fault}", file=sys.stderr)
    if summary["ok"] and "number" not in summary:
        print(f"nothing submitted, as wanted; {len(summary['screens'])} screens in {args.out}")
    elif summary["ok"] and not args.quiet:
        print(f"receipt {summary['number']} = record {summary['uuid']} (sequence "
              f"{summary['sequence']}), {len(summary['cases'])} cases; {len(summary['screens'])} "
              f"screens and receipt.png in {args.out}")
    return 0 if summary["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
