# SPDX-License-Identifier: Apache-2.0
"""What must hold when nobody stands before the terminal any more. Each look gives back its
complaints, texts. One thread."""

import json
import os
import subprocess
import time

import remains
from play import cards, is_secret, public_words
from world import WorldError

CARD_FIELDS = ("name", "name_latin", "number", "id_number", "address", "birth", "authority")
BANNER = "banner"  # what staff and centre are about: not the visitor's doing
COUNTED = {"home.counters", "home.owner"}  # how many were served; the first comes with the first
SETTLE_S = 8
SILENCE_MS = 20000
LOOK_EVERY = 4  # visitors: to search the whole memory takes seconds


class AccessRules:
    """tests/screen's rules over the inspector's dumps."""

    def __init__(self, world):
        self.process = subprocess.Popen([world.program("access_say")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, encoding="utf-8")
        self.n = 0

    def check(self, scene):
        """@param scene  answer of "dump". @return "3 target: next …" or None"""
        items = []
        for item in scene["items"]:
            item = dict(item)
            item["text"] = item["text"] or item["id"]  # the dump does not know what is said
            if not item["enabled"]:
                item["contrast"] = 0  # what is of no use now may look so
            items.append(item)
        self.process.stdin.write(json.dumps({**scene, "items": items}, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        self.n += 1
        return None if answer.startswith("0") else answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class HomeLook:
    """The first page and its settings, in pixels, against what they were before the first visitor."""

    def __init__(self, world, out):
        self.world, self.out = world, out
        self.home, self.items = self.picture("home"), self.things()
        self.settings = self.picture_of_settings()

    def picture(self, name):
        path = os.path.join(self.out, f"look-{name}.png")
        self.world.ui("clock", advance_ms=1000)  # pages have finished turning
        self.world.ui("shot", path=path)
        with open(path, "rb") as f:
            return f.read()

    def picture_of_settings(self):
        self.world.ui("clock", advance_ms=1000)
        self.world.ui("tap", id="settings")
        self.world.ui("wait", item="settings.close", timeout_ms=5000)
        picture = self.picture("settings")
        self.world.ui("tap", id="settings.close")
        self.world.ui("wait", item="settings.close", gone=True, timeout_ms=5000)
        return picture

    def things(self):
        return [(i["id"], i["role"], i["text"], i["x"], i["y"], i["w"], i["h"], i["enabled"], i["selected"])
                for i in self.world.dump()["items"] if not i["id"].startswith(BANNER)]

    def look(self):
        """Devices and the centre may still be coming back: what stays wrong is wrong."""
        end, same = time.monotonic() + SETTLE_S * (4 if self.world.sanitizer else 1), False
        while not same and time.monotonic() < end:
            same = self.picture("home") == self.home
            if not same and {thing[0] for thing in set(self.things()) ^ set(self.items)} == COUNTED:
                break
            if not same:  # a key's message may have come only now: silence again
                self.world.ui("clock", advance_ms=SILENCE_MS)
                time.sleep(0.1)
        if not same:
            now = self.things()
            other = sorted(set(now) ^ set(self.items), key=str)
            if not other or {thing[0] for thing in other} - COUNTED:
                return [f"the first page is another: {other[:6]}"]
            # one more was served: from now on it looks like this
            self.home, self.items, self.settings = self.picture("home"), now, self.picture_of_settings()
        complaints = []
        heard = self.world.ui("speech", **{"from": 0})["n"]
        for _ in range(4):
            self.world.ui("clock", advance_ms=SILENCE_MS)
            time.sleep(0.05)
        said = self.world.ui("speech", **{"from": heard})["said"]
        if said:
            complaints.append(f"to nobody, the terminal says {[u['text'] for u in said]}")
        try:
            if self.picture_of_settings() != self.settings:
                complaints.append("the settings are not those of a new visitor")
        except WorldError as e:
            complaints.append(f"the settings do not open and close: {e}")
        return complaints


class MemoryLook:
    def __init__(self, world, names):
        known = cards()
        self.world = world
        self.card_texts = [known[c][key] for c in names for key in CARD_FIELDS
                           if isinstance(known[c].get(key), str)]
        self.public = public_words()
        self.pss_mib = []
        self.fresh, self.n = set(), 0

    def secrets(self, typed):
        return [t for t in {*typed, *self.card_texts} if is_secret(t, self.public)]

    def look(self, pid, typed):
        """@param typed  by this visitor"""
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            self.pss_mib.append(next(int(line.split()[1]) for line in f if line.startswith("Pss:")) / 1024)
        self.n += 1
        if self.world.sanitizer or not remains.can_look(pid):
            return []  # a sanitizer keeps freed memory on purpose
        self.fresh |= typed
        if self.n % LOOK_EVERY:
            return []
        typed, self.fresh = self.fresh, set()
        found = remains.search(pid, self.secrets(typed))
        if found:
            # a message may still be on its way between two threads: a moment later it is not
            time.sleep(1)
            found = remains.search(pid, self.secrets(typed))
        return [f"{text!r} of a visitor ({encoding}) is left in {name} at {address:#x}: {around!r}"
                for text, encoding, name, address, around in found[:4]]

    def files(self, typed):
        """Nothing of it in a file either, but sealed."""
        found = set()
        for folder in (self.world.data, self.world.logs, self.world.central_data):
            for base, _, files in os.walk(folder):
                for name in files:
                    with open(os.path.join(base, name), "rb") as f:
                        data = f.read()
                    found |= {f"{t!r} stands in {name}" for t in self.secrets(typed) if t.encode() in data}
        return sorted(found)

    def growth(self, most_mib):
        """The last third of the visitors against the second: caches are full by then."""
        n = len(self.pss_mib) // 3
        if n < 5 or self.world.sanitizer:
            return []
        grown = (sum(self.pss_mib[-n:]) - sum(self.pss_mib[n:2 * n])) / n
        return [f"memory has grown by {grown:.1f} MiB between {n} visitors and the next {n}"] if grown > most_mib else []
