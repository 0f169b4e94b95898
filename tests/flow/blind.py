#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A whole visit by somebody who does not see: headphones in, keys of the keypad, and nothing else.

    blind.py --build BUILD --visit newborn-zh --out DIR [--golden FILE] [--write]

The player never touches the screen and never looks at it: it presses keys and decides by what it
has heard. Everything said and pressed is written to DIR/transcript.txt and compared with the golden
file; numbers and days that change are normalised. In the end receipt, record and centre must agree,
and the next visitor must find the terminal as it was."""

import argparse
import datetime
import difflib
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from blind_visits import VISITS  # noqa: E402
from play import Player  # noqa: E402
from world import ROOT, World, WorldError, wait_until  # noqa: E402

LETTERS = list("qwertyuiopasdfghjklzxcvbnm")
CHOSEN = {"已选", "chosen"}
AROUND = {"又从头开始", "From the beginning again"}
KEYPAD = {"model": "audio-nav", "vid": "1209", "pid": "0001"}
# A person listens before pressing. The terminal drops what comes in the first 300 ms of a new page:
# a hand that trembles, not one that has heard what it wants.
LISTEN_S = 0.32
ANSWER_S = 1.0  # a key that says nothing does nothing here
QUIET_S = 0.05


def normal(text, today):
    """Numbers of this run, and days that move, by name."""
    text = re.sub(r"\d ?\d ?\d ?\d年\d+月\d+日", "{day}", text)
    text = text.replace(today.isoformat(), "{day}")
    text = re.sub(r"(?<!\d)(?:\d[ ,，]?){16,}(?!\d)", "{number}", text)
    return re.sub(r"\d+(?= 秒| seconds)", "{n}", text)


class Ear:
    """What the terminal has said, in order. The one thing the player knows."""

    def __init__(self, world):
        self.world, self.n = world, 0
        self.transcript = []

    def listen(self):
        """@return what was said since the last time: [[line, ...], ...]"""
        answer = self.world.ui("speech", **{"from": self.n})
        said = [u["text"].split("\n") for u in answer["said"]]
        self.n = answer["n"]
        self.transcript += ["  " + " / ".join(lines) for lines in said]
        return said

    def wait(self, most_s=ANSWER_S):
        """Until something was said and it is quiet again. @return as listen"""
        said, end = [], time.monotonic() + most_s
        while time.monotonic() < end:
            more = self.listen()
            said += more
            if said and not more:
                break
            time.sleep(QUIET_S if said else 0.01)
        return said


class BlindPlayer(Player):
    def __init__(self, world, out):
        super().__init__(world, out, False)
        self.ear = Ear(world)
        self.last = []  # lines of what was said last
        self.latencies_ms = []
        self.heard_all = []

    # hands and ears -----------------------------------------------------------------------

    def note(self, what):
        self.ear.transcript.append(what)

    def hear(self, said):
        for lines in said:
            self.last = lines
            self.heard_all.append(lines)
        return self.last

    def press(self, *keys):
        """One key after the other. @return the lines said last"""
        for key in keys:
            if key == "select":
                time.sleep(LISTEN_S)
            self.note(f"> {key}")
            begin = time.monotonic()
            self.world.simulate(f"key {key}")
            said = self.ear.wait()
            if said:
                self.latencies_ms.append((time.monotonic() - begin - QUIET_S) * 1000)
            self.hear(said)
        return self.last

    def has(self, *words):
        return all(any(word in line for line in self.last) for word in words)

    def wait_for(self, *words, most_s=15.0):
        """Wait until the terminal says something with all these words."""
        end = time.monotonic() + most_s
        while not self.has(*words):
            if time.monotonic() > end:
                raise WorldError(f"waited {most_s:g} s to hear {words}, last heard {self.last}")
            self.hear(self.ear.listen())
            time.sleep(0.02)
        self.hear(self.ear.wait(0.3))

    def find(self, *words, key="next", most=160):
        """Press a key until what is said has all these words."""
        n_around = 0
        for _ in range(most):
            if self.has(*words):
                return
            self.press(key)
            n_around += bool(AROUND.intersection(self.last))
            if n_around > 1:
                break
        raise WorldError(f"{most} times {key}, and never heard {words}; last heard {self.last}")

    # steps --------------------------------------------------------------------------------

    def do_headset(self, where):
        self.note(f"> headphones {where}")
        self.last = []
        self.world.simulate(f"headset {where}")
        if where == "in":
            self.hear(self.ear.wait(10))
        if where == "in" and not self.last:
            raise WorldError("headphones went in, and nothing was said")

    def do_find(self, *words):
        self.find(*words)

    def do_choose(self, *words):
        """Find something and press it."""
        self.find(*words)
        self.press("select")

    def do_back_to(self, *words):
        """The same the other way round the page: its buttons stand at the end."""
        self.find(*words, key="previous")
        self.press("select")

    def do_answer(self, question, option):
        """An option of a question; both are known by their words."""
        self.find(question)
        self.press("next")
        for _ in range(60):
            if option in self.last:
                break
            self.press("next")
        if option not in self.last:
            raise WorldError(f"{question}: {option} was never heard")
        if not CHOSEN.intersection(self.last):
            self.press("select")
        if not CHOSEN.intersection(self.last):
            raise WorldError(f"{question}: {option} was pressed and is not chosen: {self.last}")

    def do_digits(self, label, digits):
        """A number into a field: the first digit opens it, # closes it."""
        self.find(label)
        for digit in digits:
            self.press("star" if digit == "X" else f"digit{digit}")
        self.press("hash")

    def find_line(self, line, key="next", most=80):
        """Press a key until one line of what is said is exactly this."""
        for _ in range(most):
            if line in self.last:
                return
            self.press(key)
        raise WorldError(f"{most} times {key}, and never heard {line!r}; last heard {self.last}")

    def do_letters(self, letters):
        """Letters of the keyboard, one by one; where they stand on it everybody learns."""
        for letter in letters:
            here = next((LETTERS.index(line) for line in self.last if line in LETTERS), None)
            is_behind = here is not None and LETTERS.index(letter) < here
            self.find_line(letter, "previous" if is_behind else "next")
            self.press("select")

    def do_line(self, line, key="next"):
        self.press(key)  # what was said of it while typing is not the thing itself
        self.find_line(line, key)
        self.press("select")

    def do_hear(self, *words):
        self.wait_for(*words)

    def do_key(self, *keys):
        self.press(*keys)

    def do_card(self, name):
        self.note(f"> card {name}")
        super().do_card(name)

    def do_lift(self):
        self.note("> card away")
        super().do_lift()

    def do_scan(self, text):
        self.note("> code")
        self.world.simulate(f"scan {text}")

    def do_silence(self, ms, *words):
        """Time passes and nothing is pressed."""
        self.note("> silence")
        before = len(self.heard_all)
        self.do_clock(ms)
        self.wait_for(*words)
        asked = sum(any(words[0] in line for line in lines) for lines in self.heard_all[before:])
        if asked != 1:
            raise WorldError(f"{words[0]!r} was asked {asked} times")

    def do_ticket(self):
        """A hand at the outlet feels the paper come."""
        wait_until("the printed receipt", self.world.tickets, 30)

    def do_number(self):
        """The receipt's number, as it was heard."""
        said = "".join("".join(line for line in lines) for lines in self.heard_all[-6:])
        found = re.findall(r"(?:\d[ ,，]?){16,}", said)
        if not found:
            raise WorldError(f"no number was heard: {self.heard_all[-6:]}")
        self.number_on_screen = re.sub(r"\D", "", found[-1])

    def do_typed(self, field, text):
        """What the centre must have got in a field."""
        self.typed[field] = text

    def do_rated(self):
        self.rated = True

    # proof --------------------------------------------------------------------------------

    def is_signed(self, signature):
        return signature.get("method") == "key" and bool(signature.get("at"))


def golden_faults(golden, transcript, is_writing):
    if is_writing:
        os.makedirs(os.path.dirname(golden), exist_ok=True)
        with open(golden, "w", encoding="utf-8") as f:
            f.write(transcript)
        return []
    with open(golden, encoding="utf-8") as f:
        wanted = f.read()
    diff = list(difflib.unified_diff(wanted.splitlines(), transcript.splitlines(), "golden", "heard",
                                     lineterm="", n=2))
    return [f"what was said is not {os.path.basename(golden)}:\n" + "\n".join(diff[:60])] if diff else []


def defaults_faults(world, player):
    """Without headphones and after the visit the terminal is as it was: keys are not spoken."""
    world.simulate("key next")
    said = player.ear.wait()
    return [f"the next visitor hears {said}"] if said else []


def play(world, player, visit):
    world.wait_screen("HOME")
    wait_until("the keypad", lambda: world.devices()["keypad"]["attached"])
    # the visitor comes to a terminal that has finished starting, so that the same is said each time
    for ready in ("sync: online", "main: printer online", "main: reader online"):
        wait_until(ready, lambda: ready in world.log_tail("kiosk", 200), 30)
    for number, (verb, *args) in enumerate(VISITS[visit], 1):
        try:
            getattr(player, "do_" + verb)(*args)
        except WorldError as e:
            raise WorldError(f"{visit}, step {number}: {verb} {' '.join(args)}: {e}") from e


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--visit", required=True, choices=sorted(VISITS))
    parser.add_argument("--out", required=True)
    parser.add_argument("--golden")
    parser.add_argument("--write", action="store_true", help="make the golden file anew")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    today = datetime.date.today()
    faults, player, facts = [], None, {}
    settings = {"devices": {"keypad": KEYPAD}, "sound": {"output": "none"}}
    try:
        with World(args.build, args.out, sim_args=["--keypad", "nav"], settings=settings) as world:
            world.start_centre()
            world.start_sim()
            world.start_kiosk()
            player = BlindPlayer(world, args.out)
            play(world, player, args.visit)
            player.delivered({"application": 1, **({"rating": 1} if player.rated else {})})
            world.wait_screen("HOME", 30000)
            faults += defaults_faults(world, player)
            faults += player.remembered()
            if world.stop("kiosk") != 0:
                faults.append("the kiosk did not end well")
            proven, facts = player.prove()
            faults += proven
            world.stop_all()
            faults += world.sanitizer_reports()
    except WorldError as e:
        faults.append(str(e))
    transcript = normal("\n".join(player.ear.transcript) + "\n", today) if player else ""
    with open(os.path.join(args.out, "transcript.txt"), "w", encoding="utf-8") as f:
        f.write(transcript)
    if args.golden and not faults:
        faults += golden_faults(args.golden, transcript, args.write)
    times = sorted(player.latencies_ms) if player else []
    with open(os.path.join(args.out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump({"faults": faults, "keys": len(times), **facts,
                   "key_to_utterance_ms": {"median": round(times[len(times) // 2], 1),
                                           "p99": round(times[int(len(times) * 0.99)], 1)}
                   if times else None}, f, ensure_ascii=False, indent=2)
    for fault in faults:
        print(f"fault: {fault}", file=sys.stderr)
    if not faults:
        print(f"{args.visit}: {len(times)} keys, heard {len(player.heard_all)} utterances, "
              f"key to utterance {times[len(times) // 2]:.0f} ms (median)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
