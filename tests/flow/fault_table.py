# SPDX-License-Identifier: Apache-2.0
"""What each fault of a simulated device must look like from outside, and the page about it.

A row: steps at which it must be told, the words that tell it (one of them), other reasons that
may be heard meanwhile, what it is. Words are reasons of device_words.def, ids of texts, results
and evidence of a print, and names of pages. A row whose words are a success ("materials.scanned")
is a fault the terminal has to get over."""

import datetime

SPEAKER = {"reader": "reader", "scanner": "scanner", "scanner-cdc": "scanner",
           "scanner-wedge": "scanner", "camera": "scanner", "printer": "printer"}
# pages that must name the cause of a device that does not work
SHOWN = {"reader": ("home", "identify", "reading"), "scanner": ("home", "materials"),
         "printer": ("home", "identify", "questions", "form", "materials")}
SHEET = ("submitting", "printing")
# what must work out at a step, whatever another device does
WORK = {"reading": ("reader", "QUESTIONS"), "materials": ("scanner", "materials.scanned"),
        "submitting": ("printer", "receipt.printed"), "printing": ("printer", "receipt.printed")}
ANY = ("home", "identify", "questions", "form", "materials")

READ = ("reading",)
SCAN = ("materials",)
BEEP = ("materials.scanned",)
FAIL = ("materials.code_failed",)
GONE = ("notConnected",)
# a receipt that did not come out is said so, one that may have is asked for
NOT_OUT = ("receipt.not_printed", "receipt.ask_printed")

# what a hand can do to a device, besides the simulator's faults: (does, undoes...)
CONDITIONS = {
    ("reader", "power-off"): ("unplug reader", "plug reader"),
    ("scanner", "power-off"): ("unplug scanner", "plug scanner"),
    ("scanner-cdc", "power-off"): ("unplug scanner", "plug scanner"),
    ("scanner-wedge", "power-off"): ("unplug scanner", "plug scanner"),
    ("camera", "power-off"): ("unplug camera", "plug camera"),
    ("printer", "power-off"): ("unplug printer", "plug printer"),
    ("printer", "paper-out"): ("paper out", "paper full"),
    ("printer", "paper-low"): ("paper low", "paper full"),
    ("printer", "cover-open"): ("cover open", "cover close"),
    ("printer", "cutter-jam"): ("cutter jam", "cutter clear"),
    ("printer", "head-hot"): ("head hot 600000", "head cool"),
    ("printer", "broken"): ("broken on", "broken off", "power cycle"),
}

# faults that only strike when the device is opened
AT_OPENING = (("camera", "busy"), ("camera", "format"))

ROWS = {
    # ---- reader ----
    ("reader", "xor"): (READ, ("brokenAnswer", "noAnswer", "identify.failed.retry"),
                        ("brokenAnswer", "noAnswer"), "wrong check byte"),
    ("reader", "len"): (READ, ("noAnswer",), ("brokenAnswer",), "announces more than it sends"),
    ("reader", "truncated"): (READ, ("noAnswer",), ("brokenAnswer",), "half of an answer"),
    ("reader", "stall"): (READ, ("transferFailed",), ("noAnswer",), "pipe stalls"),
    ("reader", "silent"): (READ, ("noAnswer",), (), "no answer"),
    ("reader", "late"): (READ, ("noAnswer",), ("brokenAnswer",), "answers after the patience"),
    ("reader", "noise"): (READ, ("QUESTIONS",), (), "rubbish before an answer"),
    ("reader", "unplug"): (READ, GONE, (), "gone within an answer"),
    ("reader", "sw41"): (READ, ("identify.failed.moved",), (), "refuses: reading failed"),
    ("reader", "sw31"): (READ, ("identify.failed.card",), (), "refuses: card not accepted"),
    ("reader", "power-off"): (("home", "identify", "reading"), GONE, (), "plug pulled"),
    # ---- scanner ----
    ("scanner", "silent"): ((), (), (), "the code is not reported"),
    ("scanner", "truncated"): (SCAN, FAIL, (), "the last report is missing"),
    ("scanner", "length"): (SCAN, FAIL, (), "length byte out of range"),
    ("scanner", "slow"): (SCAN, BEEP + FAIL, (), "700 ms between reports"),
    ("scanner", "stall"): ((), (), ("transferFailed",), "pipe stalls"),
    ("scanner", "unplug"): (SCAN, GONE, (), "gone after the first report"),
    ("scanner", "reply"): (SCAN, BEEP, (), "a command's reply before the code"),
    ("scanner", "noise"): (SCAN, BEEP, (), "foreign reports around the code"),
    ("scanner", "mixed"): (SCAN, BEEP + FAIL, (), "the symbology changes within a code"),
    ("scanner", "deaf"): (SCAN, BEEP, (), "commands are refused"),
    ("scanner", "power-off"): (("home", "materials"), GONE, (), "plug pulled"),
    ("scanner-cdc", "silent"): ((), (), (), "the code is not reported"),
    ("scanner-cdc", "truncated"): ((), (), (), "half of the code, no end"),
    ("scanner-cdc", "slow"): (SCAN, BEEP + FAIL, (), "700 ms within the code"),
    ("scanner-cdc", "stall"): ((), (), ("transferFailed",), "pipe stalls"),
    ("scanner-cdc", "unplug"): (SCAN, GONE, (), "gone within the code"),
    ("scanner-cdc", "power-off"): (("home", "materials"), GONE, (), "plug pulled"),
    # a keyboard is never listened to: the terminal says so from its start
    ("scanner-wedge", "silent"): ((), (), (), "the code is not typed"),
    ("scanner-wedge", "rollover"): ((), (), (), "rollover behind each key"),
    ("scanner-wedge", "control"): ((), (), (), "Ctrl held within the code"),
    ("scanner-wedge", "unplug"): ((), (), GONE, "gone within the code"),
    ("scanner-wedge", "power-off"): (("home", "materials"), GONE, (), "plug pulled"),
    # ---- camera ----
    ("camera", "error"): (SCAN, ("cameraSilent",), (), "pictures marked faulty"),
    ("camera", "short"): ((), (), ("cameraSilent",), "half pictures"),
    ("camera", "empty"): (SCAN, ("cameraSilent",), (), "empty pictures"),
    ("camera", "stall"): (SCAN, ("cameraSilent",), (), "no pictures"),
    ("camera", "unplug"): (SCAN, GONE, (), "gone at the next picture"),
    ("camera", "format"): (SCAN, ("cameraFormat",), (), "another format than agreed"),
    ("camera", "garbage"): (SCAN, ("cameraSilent",), (), "pictures of noise"),
    ("camera", "busy"): (SCAN, ("usedElsewhere",), (), "another program has it"),
    ("camera", "ioerror"): (SCAN, ("transferFailed",), ("cameraSilent",), "pictures fail"),
    ("camera", "power-off"): (("home", "materials"), GONE, (), "plug pulled"),
    # ---- printer ----
    ("printer", "silent"): (("home", *SHEET), ("noAnswer", *NOT_OUT), (), "answers nothing"),
    ("printer", "stall"): (("home", *SHEET), ("noAnswer", "transferFailed", *NOT_OUT), (),
                           "pipe stalls"),
    ("printer", "ioerror"): (("home", *SHEET), ("transferFailed", *NOT_OUT), ("noAnswer",),
                             "transfers fail"),
    ("printer", "nak"): (("home", *SHEET), ("noAnswer", *NOT_OUT), (), "takes nothing"),
    ("printer", "drop"): (SHEET, ("receipt.printed", "receipt.ask_printed"), (),
                          "loses what finds no room"),
    ("printer", "unplug"): (SHEET, GONE, (), "gone at the next row"),
    ("printer", "port"): (SHEET, ("receipt.printed", *NOT_OUT), (), "port status is the opposite"),
    ("printer", "split"): (SHEET, ("receipt.printed",), (), "answers byte by byte"),
    ("printer", "noise"): (SHEET, ("receipt.printed",), (), "status bytes nobody asked for"),
    ("printer", "lost_id"): (SHEET, ("receipt.printed", *NOT_OUT), (),
                             "the sheet's id is not answered"),
    ("printer", "no_cut"): (SHEET, ("receipt.printed",), (), "blade stays up unnoticed"),
    ("printer", "control"): (SHEET, ("receipt.printed",), (), "class requests are refused"),
    ("printer", "deaf"): (SHEET, ("noAnswer", "receipt.printed", *NOT_OUT), (),
                          "real-time orders are not heard"),
    ("printer", "power-off"): (ANY + SHEET, GONE, (), "plug pulled"),
    ("printer", "paper-out"): (ANY + SHEET, ("paperOut",), (), "no paper"),
    ("printer", "paper-low"): (ANY + SHEET, ("paperLow",), (), "end of the roll is near"),
    ("printer", "cover-open"): (ANY + SHEET, ("coverOpen",), ("paperOut",), "cover open"),
    ("printer", "cutter-jam"): (SHEET, ("cutterError", "receipt.printed"), (), "blade blocked"),
    ("printer", "broken"): (ANY + SHEET, ("printerFault",), GONE, "a fault nobody can clear"),
    ("printer", "head-hot"): (ANY + SHEET, ("headTooHot",), (), "print head too hot"),
}


class Fault:
    """One row with the orders that begin and end it."""

    def __init__(self, device, kind):
        self.device, self.kind = device, kind
        self.steps, self.told, may, self.text = ROWS[device, kind]
        self.may = set(self.told) | set(may)
        name = device.split("-")[0]
        self.begin = (f"fault {name} {kind} always",)
        self.end = [f"fault {name} {kind} off", f"plug {name}"]
        self.is_at_opening = (device, kind) in AT_OPENING
        if kind == "no_cut":
            self.end.append("paper tear")  # the visitor helps himself
        if (device, kind) in CONDITIONS:
            begin, *self.end = CONDITIONS[device, kind]
            self.begin = (begin,)

    def words(self, step):
        """One of these must be told at a step; none: nothing needs to be."""
        if step in self.steps:
            return self.told
        device, done = WORK.get(step, (None, None))
        return (done,) if device not in (None, SPEAKER[self.device]) else ()

    def is_told(self, step, seen):
        heard = seen["reasons"] | seen["spoken"] | {w for p in seen["prints"] for w in p}
        return bool((heard | {seen["page"]}) & set(self.words(step)))


def find(device, kind):
    return Fault(device, kind)


def conditions(device):
    return [kind for of, kind in CONDITIONS if of == device]


def resting_reason(device, has_scan):
    """What a device says when nothing is wrong with it."""
    return "keyboardMode" if device == "scanner" and not has_scan else "none"


# ---- the page ----

HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- written by tests/flow/fault_matrix.py --all --report -->
# What a device fault looks like

Every fault of every simulated device at every step of a visit (home, identify, reading, questions,
form, materials, submitting, printing, rating), on the unmodified terminal. Each cell ends with the
fault taken away, the device well again within {heal} s and the same visit finished.

Last run: {date}, seed {seed}, **{cells} cells in {minutes:.0f} minutes, {failed} failed**.

In every cell: the other devices do their work and are not blamed, no word is heard that is not in
this table, and nothing personal is in a file. Whatever was submitted is at the centre once, without
a gap in the numbers, and has one original receipt, or copies that say so (补打).

| fault | what it is | the log says | the page says | a receipt in work | cells |
|---|---|---|---|---|---|
"""

TAIL = """
Words of the log are reasons of [devices](devices.md); while a reason stands, the pages show its text
(`device.cause.<reason>`) and the heartbeat carries it. Words of the page are ids of texts. `–`:
nothing is said; the terminal gets over it, or the visitor shows the code again. A receipt that was
not printed stays on the screen as a code and is printed when the printer works again; one in doubt
is asked for, and a second sheet says that it is a copy.

One cell again: `tests/flow/fault_matrix.py --build BUILD --out DIR --seed N --cell
DEVICE:KIND:STEP`, where `*` is any.
"""

PAGE_WORDS = {"reader": ("identify.",), "scanner": ("materials.", "supply."), "printer": ()}


def short(words):
    return ", ".join(f"`{w}`" for w in sorted(words)) or "–"


def write_report(path, result, seed, took_s, heal_s):
    """@param result  of a whole run: every cell stands in it"""
    rows, failed = {}, {}
    for cell, _ in result.failed:
        if cell:
            failed[cell[:2]] = failed.get(cell[:2], 0) + 1
    for cell, seen, _ in result.seen:
        row = rows.setdefault(cell[:2], {"reasons": set(), "page": set(), "sheet": set(), "n": 0})
        speaker = SPEAKER[cell[0]]
        row["n"] += 1
        row["reasons"] |= seen["reasons"] - {"starting"}
        row["page"] |= {w for w in seen["spoken"] if w.startswith(PAGE_WORDS[speaker] or "-")}
        if speaker == "printer" and cell[2] in SHEET:
            row["sheet"] |= {w for w in seen["spoken"] if w.startswith("receipt.")}
    n_failed = len(result.failed)
    with open(path, "w", encoding="utf-8") as f:
        f.write(HEAD.format(date=datetime.date.today().isoformat(), seed=seed, heal=heal_s,
                            cells=len(result.seen) + sum(failed.values()), minutes=took_s / 60,
                            failed=n_failed or "none"))
        for name, (_, _, _, text) in ROWS.items():
            row = rows.get(name, {"reasons": set(), "page": set(), "sheet": set(), "n": 0})
            bad = failed.get(name, 0)
            f.write(f"| {name[0]} `{name[1]}` | {text} | {short(row['reasons'])} | "
                    f"{short(row['page'])} | {short(row['sheet'])} | "
                    f"{row['n'] + bad}{f', {bad} failed' if bad else ''} |\n")
        f.write(TAIL)
