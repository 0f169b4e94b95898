# SPDX-License-Identifier: Apache-2.0
"""What a monkey does at a terminal: each deed is a do_ method, drawn by its weight. One thread."""

import math
import os

import visit_file
from play import Player, cards
from world import ROOT, WorldError

CARDS = ("zhangsan", "chendawen", "doe", "duyuehan", "no-fingers", "rare-name")
CODES = ("BIRTH-2026-000123", "https://example.com/x", "13800000000")
KEYS = ("Tab", "Return", "Escape", "Space", "1", "5", "0", "a", "x", "Backspace", "Up", "Down")
KEYPAD_KEYS = ("previous", "next", "next", "next", "left", "right", "select", "select", "back", "home", "help",
               "repeat", "slower", "faster", "digit1", "digit2", "digit5", "digit0", "star", "hash")
DEEDS = (  # (weight, what)
    (46, "tap"), (12, "touch"), (4, "drag"), (5, "draw"), (10, "type"), (6, "key"), (8, "keypad"), (2, "headset"),
    (6, "card"), (3, "lift"), (4, "code"), (4, "fault"), (3, "clock"), (4, "pref"), (4, "next"), (1, "centre"))
# done and undone: the monkey leaves the devices as they were found
FAULTS = (("unplug reader", "plug reader"), ("unplug scanner", "plug scanner"),
          ("unplug printer", "plug printer"), ("unplug keypad", "plug keypad"), ("paper out", "paper full"),
          ("paper low", "paper full"), ("cover open", "cover close"), ("head hot 60000", "head cool"))
VISITS = ("newborn", "newborn", "newborn", "newborn-elder", "move", "retire", "open", "fund", "subsidy", "death")
STILL = ("text", "image", "heading", "screen", "meter")  # nobody expects these to do something
PINYIN = ("zhang", "wang", "li", "chen", "beijing", "nihao")
BETWEEN_MS = 400  # a faster second touch would be taken for a trembling hand


class QuickPlayer(Player):
    """Moves the terminal's clock where a person would take the time."""

    def touch(self, **where):
        self.world.ui("clock", advance_ms=BETWEEN_MS)
        self.touched = 0.0
        super().touch(**where)

    def shot(self, name):
        pass  # pictures of complaints are enough


class Deeds:
    def __init__(self, world, chance, out):
        self.world, self.chance = world, chance
        self.player = QuickPlayer(world, out, False)
        self.typed, self.undo = set(), []
        self.is_centre_down = False
        known = cards()
        self.cards = [c for c in CARDS if c in known]
        self.visits = [visit_file.load(os.path.join(ROOT, f"tests/flow/visits/{name}.visit")) for name in VISITS]

    def any_of(self, choices):
        return self.chance.choice(choices)

    def do_tap(self):
        items = [i for i in self.scene["items"] if i["visible"] and i["enabled"] and i["role"] not in STILL]
        if items:
            self.press(self.any_of(items))

    def press(self, item):
        if item["id"] in ("key.ok", "find.search"):
            self.remember_typed()
        self.world.ui("tap", x=item["x"] + item["w"] // 2, y=item["y"] + item["h"] // 2)

    def remember_typed(self):
        """Chinese of four characters, or a mixture of letters: no dictionary has it by chance."""
        for item in self.world.dump()["items"]:
            text = item["text"]
            if item["id"] == "keyboard.text" and (len(text) >= 8 and len(set(text)) > 3 or
                                                  len(text) >= 4 and not text.isascii()):
                self.typed.add(text)

    def point(self):
        return self.chance.randrange(self.scene["width"]), self.chance.randrange(self.scene["height"])

    def do_touch(self):
        x, y = self.point()
        self.world.ui("tap", x=x, y=y)

    def stroke(self, x, y, size, n):
        """A line of n points around a place, within the panel."""
        return [[max(0, min(self.scene["width"] - 1, x + self.chance.randrange(-size, size))),
                 max(0, min(self.scene["height"] - 1, y + self.chance.randrange(-size, size))), i * 15]
                for i in range(n)]

    def do_drag(self):
        self.world.ui("drag", points=self.stroke(*self.point(), 200, self.chance.randrange(2, 12)))

    def do_draw(self):
        """A name on the signature's field, a character on the keyboard's, or strokes on nothing."""
        if any(i["id"] == "sign.pad" and i["visible"] for i in self.scene["items"]):
            self.player.do_sign()
            return
        x, y = self.scene["width"] // 3, self.scene["height"] * 3 // 4
        for _ in range(self.chance.randrange(1, 6)):
            lean = self.chance.random() * math.pi
            dx, dy = int(90 * math.cos(lean)), int(90 * math.sin(lean))
            self.world.ui("drag", points=[[x + dx * i // 8, y + dy * i // 8, i * 20] for i in range(-8, 9)])

    def do_type(self):
        """On the open keyboard: a syllable, or whatever keys come; they have no guard of time."""
        if not self.scene["state"]["keyboard"]:
            fields = [i for i in self.scene["items"] if i["role"] in ("field", "searchbox") and i["enabled"]
                      and i["visible"]]
            if fields:
                self.press(self.any_of(fields))
            return
        word = self.any_of((self.any_of(PINYIN), None))
        for n in range(len(word) if word else self.chance.randrange(2, 14)):
            keys = [i for i in self.world.dump()["items"] if i["visible"] and i["enabled"]
                    and i["role"] in ("key", "candidate", "option", "tab")]
            wanted = [i for i in keys if word and i["id"] == "key." + word[n]]
            if not keys:
                return
            self.press(self.any_of(wanted or keys))

    def do_key(self):
        self.world.ui("key", key=self.any_of(KEYS))

    def do_keypad(self):
        for _ in range(self.chance.randrange(1, 6)):
            self.world.simulate("key " + self.any_of(KEYPAD_KEYS))
            self.world.ui("clock", advance_ms=BETWEEN_MS)

    def do_headset(self):
        self.world.simulate("headset in")
        self.undo.append("headset out")

    def do_card(self):
        self.world.simulate(f"card lay {self.any_of(self.cards)}")

    def do_lift(self):
        self.world.simulate("card lift")

    def do_code(self):
        self.world.simulate(f"scan {self.any_of(CODES)}")

    def do_fault(self):
        done, undone = self.any_of(FAULTS)
        self.world.simulate(done)
        self.undo.append(undone)

    def do_clock(self):
        self.world.ui("clock", advance_ms=self.chance.randrange(100, 15000))

    def do_pref(self):
        """Opens the settings, or chooses in them."""
        there = [i for i in self.scene["items"] if i["visible"] and i["enabled"] and i["role"] not in STILL
                 and i["id"].startswith("settings.")]
        there = there or [i for i in self.scene["items"] if i["id"] in ("settings", "elder") and i["visible"]]
        if there:
            self.press(self.any_of(there))

    def do_next(self):
        for item in self.scene["items"]:
            if item["id"] == "next" and item["visible"] and item["enabled"]:
                self.press(item)

    def do_centre(self):
        if self.is_centre_down:
            self.world.start_centre()
        else:
            self.world.kill("kiosk-central")
        self.is_centre_down = not self.is_centre_down

    def one(self):
        """@return name of the deed that was done; it may have come to nothing"""
        weights, names = zip(*DEEDS)
        name = self.chance.choices(names, weights)[0]
        self.scene = self.world.dump()
        try:
            getattr(self, "do_" + name)()
        except WorldError as e:
            if "connection closed" in str(e) or "ended" in str(e):
                raise
            # an item that has just gone, a device that is unplugged: a monkey does not mind
        self.world.ui("clock", advance_ms=self.any_of((50, 400, 400, 900)))
        return name

    def begin(self):
        """Some steps of a real visit, so that every page is reached; the monkey takes over there."""
        steps = self.any_of(self.visits)
        stop = self.any_of((0, self.chance.randrange(len(steps)), self.chance.randrange(len(steps))))
        for _, verb, args in steps[:stop]:
            if verb in ("expect", "refute", "ticket", "shot", "centre", "pause", "nothing", "share"):
                continue
            try:
                getattr(self.player, "do_" + verb)(*args)
            except WorldError as e:
                if "connection closed" in str(e):
                    raise
                return
            if verb == "text":
                self.typed.add(args[1])

    def undo_all(self):
        for undone in reversed(self.undo):
            try:
                self.world.simulate(undone)
            except WorldError:
                pass  # undone before
        self.undo.clear()
        self.world.simulate("card lift")
        if self.is_centre_down:
            self.do_centre()
