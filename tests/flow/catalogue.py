#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Catalogue sets and the unmodified kiosk: a signed set comes into use between two visits, a bad one
never, and a cut at any moment leaves a whole one.

    catalogue.py --build BUILD --out DIR [CASE ...]"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bad_input import TEXT, Case  # noqa: E402
from world import ROOT, WorldError, wait_until  # noqa: E402

BUILT_IN = os.path.join(ROOT, "assets/matters")
LOOK_MS = "61000"  # an idle kiosk looks once a minute


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def save(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False, indent=1)


class Sets(Case):
    """A case whose terminal knows a publisher: the key that signs the centre's answers elsewhere."""

    def __init__(self, args, name):
        super().__init__(args, name, sim_args=["--speed", "5"])
        self.world.extra_settings["keys"] = {"catalogue": f"{self.world.keys}/centre-sign.pem"}

    def up(self):
        self.world.start_sim()
        self.world.start_kiosk()
        self.shows("HOME")

    def make(self, version, extra=None):
        """A copy of the built-in set, with one more matter that stands on the home page."""
        folder = os.path.join(self.world.run, f"set-{version}")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(BUILT_IN, folder)
        head = load(f"{folder}/catalogue.json")
        save(f"{folder}/catalogue.json", {**head, "version": version})
        if extra:
            matter = load(f"{folder}/national/newborn.json")
            save(f"{folder}/national/extra.json", {**matter, "code": extra, "name": "新上架的一件事"})
            home = load(f"{folder}/home.json")
            save(f"{folder}/home.json", {**home, "popular": [extra, "NB.BIRTH"]})
        return folder

    def ctl(self, *words):
        return subprocess.run([self.world.program("kioskctl"), "catalogue", *words],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, **self.world.sanitizer_env()})

    def sign(self, folder, key="centre-sign.key"):
        answer = self.ctl("sign", folder, "--key", f"{self.world.keys}/{key}")
        if answer.returncode:
            raise WorldError(f"not signed: {answer.stdout}{answer.stderr}")

    def stage_words(self, folder):
        return ["stage", folder, "--settings", self.world.settings_file()]

    def stage(self, folder, *more):
        os.makedirs(self.world.data, mode=0o700, exist_ok=True)
        answer = self.ctl(*self.stage_words(folder), *more)
        if answer.returncode:
            raise WorldError(f"not staged: {answer.stdout}{answer.stderr}")

    def put(self, version, extra=None, **head):
        folder = self.make(version, extra)
        change(folder, "catalogue.json", lambda v: v.update(head))
        self.sign(folder)
        self.stage(folder)
        return folder

    def in_use(self, version, timeout_s=30):
        wait_until(f"{version} in use", lambda: self.log_count(f" {version} in use"), timeout_s)

    def slots(self):
        """{"current": (digest, rest), …} of those that name a set; 1: one of them is damaged."""
        answer = self.ctl("status", "--settings", self.world.settings_file())
        if answer.returncode != int(" refused: " in answer.stdout):
            raise WorldError(f"no status: {answer.returncode} {answer.stdout}{answer.stderr}")
        lines = [line.split(None, 2) for line in answer.stdout.splitlines()]
        return {line[0]: (line[1], line[2]) for line in lines if len(line) == 3}

    def tells_staff(self, text_id="home.some_missing"):
        """On the first screen of the home page: nobody turns its pages."""
        self.says(text_id)

    def set_folder(self, slot):
        return os.path.join(self.world.data, "catalogue/sets", self.slots()[slot][0])

    def ids(self):
        return [i["id"] for i in self.world.dump()["items"]]


def taken_between_visits(args):
    with Sets(args, "taken") as c:
        c.up()
        c.in_use(load(f"{BUILT_IN}/catalogue.json")["version"])
        if "matter.NB.MORE" in c.ids():
            raise WorldError("the new matter is there before it came")
        c.put("2027.01", "NB.MORE")
        c.hand.do_clock(LOOK_MS)
        c.in_use("2027.01")
        c.hand.do_expect("matter.NB.MORE", "新上架的一件事")
        c.hand.shot("one-more")
        if set(c.slots()) != {"current"}:
            raise WorldError(f"slots are {c.slots()}")
        # somebody is being served: the next set waits until the visit is over
        c.hand.do_tap("matter.NB.MORE")
        c.shows("MATTER")
        c.put("2027.02", "NB.OTHER")
        for _ in range(3):  # awake, with time gone by, and still serving
            c.hand.do_clock("5000")
            c.world.dump()
        if c.log_count("2027.02 in use") or "staged" not in c.slots():
            raise WorldError("the set was changed under a visitor's hands")
        c.hand.do_home()
        c.in_use("2027.02")
        c.shows("HOME")
        c.hand.do_expect("matter.NB.OTHER", "新上架的一件事")
        slots = c.slots()
        if slots["current"][1] != "2027.02" or slots["previous"][1] != "2027.01":
            raise WorldError(f"slots are {slots}")
        # and is still in use after a restart
        c.world.stop("kiosk")
        c.world.start_kiosk()
        c.shows("HOME")
        c.hand.do_expect("matter.NB.OTHER", "新上架的一件事")


def change(folder, name, edit):
    value = load(f"{folder}/{name}")
    edit(value)
    save(f"{folder}/{name}", value)


def newborn(edit):
    return lambda folder: change(folder, "national/newborn.json", edit)


def overlay(body, region="4301", **head):
    def write(folder):
        shutil.rmtree(f"{folder}/regions/{region}", ignore_errors=True)
        save(f"{folder}/regions/{region}/newborn.json",
             {"schema": "overlay/1", "matter": "NB.BIRTH", "region": region, "version": "1", **head,
              **body})
    return write


def write_text(name, text):
    def write(folder):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
    return write


def bad_sample(stem):
    """One of the files of the reader's own test, as a matter of the set."""
    def write(folder):
        shutil.copy(os.path.join(ROOT, "tests/unit/core/bad", stem + ".json"),
                    f"{folder}/national/{stem}.json")
    return write


# What is done to a good set, and the line that must be said about it.
MISTAKES = [
    ("matter, days", newborn(lambda m: m.update(promise_days=0)),
     "national/newborn.json: /promise_days: a whole number"),
    ("matter, key", newborn(lambda m: m.update(extra=1)), "national/newborn.json: /extra: unknown key"),
    ("matter, condition", newborn(lambda m: m["gates"][0].update({"if": "q_nobody"})),
     'national/newborn.json: /gates/0/if: column 1: there is no field "q_nobody"'),
    ("matter, twice", lambda d: shutil.copy(f"{d}/national/newborn.json", f"{d}/national/zz.json"),
     "national/zz.json: /code: another file has this code"),
    ("matter, newer", newborn(lambda m: m.update(schema="matter/2")),
     "national/newborn.json: /schema: one of matter/1"),
    ("sample, circle", bad_sample("task-dep-cycle"), "national/task-dep-cycle.json: /tasks/"),
    ("sample, pattern", bad_sample("pattern-broken"), "national/pattern-broken.json: /"),
    ("sample, broken text", bad_sample("utf8-broken"), "national/utf8-broken.json: : the file is not UTF-8"),
    ("sample, key twice", bad_sample("json-key-twice"), "national/json-key-twice.json: : line"),
    ("dictionary", lambda d: change(d, "fields.json", lambda v: v.update(schema="fields/7")),
     "fields.json: /schema: one of fields/1"),
    ("overlay, part", overlay({"tasks": {"nothing": {"days": 3}}}),
     "regions/4301/newborn.json: /tasks/nothing: the matter has no such part"),
    ("overlay, value", overlay({"set": {"promise_days": "3"}}),
     "regions/4301/newborn.json: /set/promise_days: a whole number"),
    ("overlay, added", overlay({"add": {"fields": [{"id": "a.b"}]}}),
     "regions/4301/newborn.json: /add/fields/0/label: missing"),
    ("overlay, region", lambda d: (overlay({})(d), change(d, "regions/4301/newborn.json",
                                                          lambda v: v.update(region="4302"))),
     "regions/4301/newborn.json: /region: the file lies in the folder of region 4301"),
    ("overlay, nowhere", overlay({}, region="99"), "regions/99: : there is no division"),
    ("overlay, elsewhere", overlay({"set": {"nothing": 1}}, region="4403"),
     "regions/4403/newborn.json: /set/nothing: unknown key"),
    ("home, matter", lambda d: change(d, "home.json", lambda v: v.update(popular=["NO.SUCH"])),
     'home.json: /popular/0: there is no matter "NO.SUCH"'),
    ("home, stage", lambda d: change(d, "home.json",
                                     lambda v: v["trees"][0]["stages"][0].update(id="person.none")),
     'home.json: /trees/0/stages/0/id: there is no stage "person.none"'),
    ("guide, circle", lambda d: change(
        d, "guide.json", lambda v: v["steps"][0]["choices"].__setitem__(
            0, {"label": "回来", "step": v["steps"][0]["id"]})), "guide.json: /steps/0/choices/0/step: the steps lead in a circle"),
    ("words", lambda d: change(d, "words.json", lambda v: v.update(same=7)), "words.json: /same: "),
    ("calendar", lambda d: change(d, "calendar.json", lambda v: v.update(years=7)),
     "calendar.json: /years: "),
    ("catalogue, newer", lambda d: change(d, "catalogue.json", lambda v: v.update(schema="catalogue/2")),
     "catalogue.json: /schema: one of catalogue/1"),
    ("json", write_text("guide.json", "{"), "guide.json: : line 1"),
]


def refused(args):
    """Each mistake is told with file, place and reason; the set in use stays."""
    with Sets(args, "refused") as c:
        c.put("2027.01", "NB.MORE")
        c.up()
        c.in_use("2027.01")
        before = c.slots()
        for what, spoil, line in MISTAKES:
            folder = c.make("2027.02")
            spoil(folder)
            c.sign(folder)
            answer = c.ctl(*c.stage_words(folder))
            if answer.returncode != 1 or not any(s.startswith(line) for s in answer.stdout.splitlines()):
                raise WorldError(f"{what}: wanted {line!r}, got {answer.returncode}: {answer.stdout}"
                                 f"{answer.stderr}")
        for what, spoil, line in (
                ("unsigned", lambda d: os.unlink(f"{d}/manifest.sig"), "manifest.sig: No such file"),
                ("another's key", lambda d: c.sign(d, "device.key"), "the signature does not fit"),
                ("changed", newborn(lambda m: m.update(promise_days=9)),
                 "national/newborn.json: changed after signing"),
                ("one more", write_text("national/more.json", "{}"), "national/more.json: not in the manifest"),
                ("a link", lambda d: os.symlink("/etc/passwd", f"{d}/national/link.json"),
                 "national/link.json: not a regular file")):
            folder = c.make("2027.02")
            c.sign(folder)
            spoil(folder)
            answer = c.ctl(*c.stage_words(folder))
            if answer.returncode != 1 or f"refused: {line}" not in answer.stdout:
                raise WorldError(f"{what}: wanted {line!r}, got {answer.returncode}: {answer.stdout}")
        # past the tool, straight into the store: the kiosk itself looks as closely
        folder = c.make("2027.03")
        newborn(lambda m: m.update(promise_days=0))(folder)
        c.sign(folder)
        smuggle(c, folder)
        c.hand.do_clock(LOOK_MS)
        wait_until("the kiosk's refusal", lambda: c.log_count("the staged set is refused"), 30)
        c.log_has("national/newborn.json: /promise_days")
        if c.slots() != before:
            raise WorldError(f"slots were {before}, are {c.slots()}")
        c.hand.do_expect("matter.NB.MORE", "新上架的一件事")
        c.hand.do_tap("matter.NB.MORE")
        c.shows("MATTER")


def smuggle(c, folder, slot="staged"):
    """Lay a set into the store without any check."""
    with open(f"{folder}/manifest.json", "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    store = os.path.join(c.world.data, "catalogue")
    shutil.copytree(folder, f"{store}/sets/{digest}")
    os.symlink(f"sets/{digest}", f"{store}/{slot}")


def spoil_set(c, slot):
    path = os.path.join(c.set_folder(slot), "national/newborn.json")
    with open(path, "r+b") as f:
        f.truncate(os.path.getsize(path) // 2)


def turned_bad(args):
    """What is in use is torn on disk: the one before, then the built-in one; staff is told."""
    with Sets(args, "turned_bad") as c:
        c.put("2027.01", "NB.MORE")
        c.up()
        c.in_use("2027.01")
        c.put("2027.02", "NB.OTHER")
        c.hand.do_clock(LOOK_MS)
        c.in_use("2027.02")
        c.world.stop("kiosk")
        spoil_set(c, "current")
        c.world.start_kiosk()
        c.shows("HOME")
        c.log_has("the current set is refused")
        c.tells_staff()
        c.hand.do_expect("matter.NB.MORE", "新上架的一件事")
        c.world.stop("kiosk")
        spoil_set(c, "previous")
        c.world.start_kiosk()
        c.shows("HOME")
        c.log_has("the previous set is refused")
        c.tells_staff()
        c.hand.do_expect("matter.NB.BIRTH", "新生儿出生")
        c.put("2027.03", "NB.NEXT")  # and the next good one heals it
        c.hand.do_clock(LOOK_MS)
        c.in_use("2027.03")
        if set(c.slots()) != {"current"}:
            raise WorldError(f"slots are {c.slots()}")
        c.world.stop("kiosk")
        c.world.extra_settings["keys"] = {}  # without a publisher only the built-in set counts
        c.world.start_kiosk()
        c.shows("HOME")
        if "matter.NB.NEXT" in c.ids():
            raise WorldError("a set is used that nobody vouches for")


def killed_while_staging(args):
    """kill -9 of the tool at any moment: nothing, or the whole set, is staged."""
    with Sets(args, "killed_staging") as c:
        c.put("2027.01")
        c.up()
        c.in_use("2027.01")
        folder = c.make("2027.02", "NB.MORE")
        c.sign(folder)
        rng, n_staged = random.Random(5), 0
        begin = time.monotonic()
        c.stage(folder)
        takes_s = time.monotonic() - begin
        c.world.kill("kiosk")  # so that nobody takes it meanwhile
        for _ in range(12):
            path = os.path.join(c.world.data, "catalogue/staged")
            if os.path.islink(path):
                os.unlink(path)
            tool = subprocess.Popen([c.world.program("kioskctl"), "catalogue", *c.stage_words(folder)],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                    env={**os.environ, **c.world.sanitizer_env()})
            time.sleep(rng.uniform(0, takes_s * 1.2))
            tool.kill()
            tool.wait()
            slots = c.slots()
            if slots["current"][1] != "2027.01" or slots.get("staged", ("", "2027.02"))[1] != "2027.02":
                raise WorldError(f"after a kill slots are {slots}")
            n_staged += "staged" in slots
        c.stage(folder)
        c.world.start_kiosk()
        c.shows("HOME")
        c.in_use("2027.02")
        print(f"      {n_staged} of 12 killed tools had staged already", flush=True)


def killed_while_changing(args):
    """kill -9 of the kiosk at any moment of the change: the old or the new set, whole."""
    with Sets(args, "killed_changing") as c:
        c.put("2027.00")
        c.up()
        c.in_use("2027.00")
        rng, n_new = random.Random(6), 0
        for turn in range(1, 7):
            version = f"2027.{turn:02d}"
            c.put(version, "NB.MORE")
            c.hand.do_clock(LOOK_MS)
            time.sleep(rng.uniform(0, 0.25))
            c.world.kill("kiosk")
            slots = c.slots()
            now = slots["current"][1]
            if now not in (version, f"2027.{turn - 1:02d}") or any("refused" in s[1] for s in slots.values()):
                raise WorldError(f"after a kill slots are {slots}")
            n_new += now == version
            c.world.start_kiosk()
            c.shows("HOME")
            c.in_use(version)
            wait_until("the staged set to be gone", lambda: "staged" not in c.slots(), 20, 0.1)
        print(f"      {n_new} of 6 had changed when they were killed", flush=True)


def older_and_outdated(args):
    """Back only by intent and not behind the built-in set; a set past its last day is told."""
    with Sets(args, "older") as c:
        c.put("2027.11", "NB.MORE")
        c.up()
        c.in_use("2027.11")
        for version, more, why in (("2027.11", [], "is not newer than 2027.11 in use"),
                                   ("2027.9", [], "is not newer than 2027.11 in use"),
                                   ("2001.1", ["--force"], "older than the built-in set")):
            folder = c.make(version, "NB.OTHER")
            c.sign(folder)
            answer = c.ctl(*c.stage_words(folder), *more)
            if answer.returncode != 1 or why not in answer.stdout:
                raise WorldError(f"{version}: wanted {why!r}, got {answer.returncode} {answer.stdout}")
        smuggle(c, folder)  # past the tool: the kiosk keeps to the same rule
        c.hand.do_clock(LOOK_MS)
        wait_until("the kiosk's refusal", lambda: c.log_count("older than the built-in set"), 30)
        folder = c.make("2027.9", "NB.OTHER")
        change(folder, "catalogue.json", lambda v: v.update(valid_to="2021-01-01"))
        c.sign(folder)
        c.stage(folder, "--force")
        c.hand.do_clock(LOOK_MS)
        c.in_use("2027.9")
        c.tells_staff("home.outdated")
        c.world.stop("kiosk")  # what a newer image brings is used, without a fault being told
        slots = os.path.join(c.world.data, "catalogue")
        os.unlink(f"{slots}/current")
        folder = c.make("2001.1")
        c.sign(folder)
        smuggle(c, folder, "current")
        c.world.start_kiosk()
        c.shows("HOME")
        c.in_use(load(f"{BUILT_IN}/catalogue.json")["version"])
        if "not used" not in c.slots()["current"][1]:
            raise WorldError(f"slots are {c.slots()}")


CASES = [taken_between_visits, refused, older_and_outdated, turned_bad, killed_while_staging, killed_while_changing]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    chosen = [c for c in CASES if not args.cases or c.__name__ in args.cases]
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
