#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the first inputs of the wire_* targets into corpus/: whole lives of a device in the
language of wire_run.c, so that searching begins behind the greetings. Run it again after a change
of that language; files of other names are left alone."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = ("TURNS PASS ENABLE PRINT UNPLUG PLUG RAW SAY TROUBLE OUT_MODE CONTROL OPEN WAIT WAKE "
         "STOP SPECIAL").split()


def step(name, p=0, *more):
    """One step: name, parameter, the bytes that follow it."""
    out = bytes([STEPS.index(name) | p << 4])
    for m in more:
        out += m if isinstance(m, bytes) else bytes([m])
    return out


def turns(n):
    return b"".join(step("TURNS", min(16, n - i) - 1) for i in range(0, n, 16))


def block(*fields):
    out = b""
    for text, n in fields:
        raw = text.encode("utf-16-le")
        out += raw + b" \0" * ((n - len(raw)) // 2)
    assert len(out) == 256, len(out)
    return out


CITIZEN = block(("张三", 30), ("2", 2), ("01", 4), ("19491231", 16), ("北京市朝阳区示例路1号", 70),
                ("11010519491231002X", 36), ("示例市公安局", 30), ("20200101", 16),
                ("长期", 16), ("", 36))
MINIMAL = block(("张", 30), ("1", 2), ("97", 4), ("18800101", 16), ("", 70),
                ("440524188001010014", 36), ("", 30), ("20200101", 16), ("20400101", 16), ("", 36))
NONSENSE = block(("\x07\u202e", 30), ("7", 2), ("zz", 4), ("20209999", 16), ("\ud7ff", 70),
                 ("X" * 18, 36), ("", 30), ("", 16), ("", 16), ("", 36))

AUTO = bytes([0, 1])
QUIET = bytes([0, 0])


def reader():
    life = step("PLUG", 0, 0) + turns(30)
    yield "citizen", AUTO + step("SPECIAL", 1) + life + step("ENABLE") + turns(60)
    for k, name in enumerate(("j", "i", "y"), 2):
        yield f"card-{name}", AUTO + step("SPECIAL", k) + step("PLUG", 0, 1) + turns(30) + \
            step("ENABLE") + turns(60)
    yield "text-minimal", AUTO + step("SPECIAL", 5, MINIMAL) + life + step("ENABLE") + turns(60)
    yield "text-nonsense", AUTO + step("SPECIAL", 5, NONSENSE) + life + step("ENABLE") + turns(60)
    yield "lift-and-again", AUTO + step("SPECIAL", 1) + life + step("ENABLE") + turns(60) + \
        step("SPECIAL", 0) + turns(40) + step("SPECIAL", 2) + turns(60) + step("ENABLE", 1) + turns(9)
    yield "disable-while-reading", AUTO + life + step("ENABLE") + turns(4) + step("SPECIAL", 1) + \
        step("TURNS", 2) + step("ENABLE", 1) + turns(20) + step("ENABLE") + turns(20)
    yield "three-refusals", AUTO + step("SPECIAL", 1) + life + step("SPECIAL", 6, 7, 0x41) + \
        step("ENABLE") + turns(80)
    yield "bad-check-bytes", AUTO + step("SPECIAL", 1) + life + step("ENABLE") + turns(3) + \
        step("SPECIAL", 7, 4, 0) + turns(80)
    yield "silence", AUTO + step("SPECIAL", 1) + life + step("ENABLE") + turns(3) + \
        step("SPECIAL", 9, 7, 0) + turns(99)
    yield "byte-by-byte", bytes([0, 3]) + step("SPECIAL", 1) + step("PLUG", 0, 4) + turns(40) + \
        step("ENABLE") + turns(60)
    yield "not-ready", AUTO + step("SPECIAL", 6, 7, 0x60) + life + step("SPECIAL", 6, 7, 0x66) + \
        turns(60) + step("PASS", 15, 255) + turns(20)
    yield "unplug-in-answer", AUTO + step("SPECIAL", 1) + life + step("ENABLE") + turns(5) + \
        step("UNPLUG", 3) + step("PLUG", 0, 2) + turns(40)
    yield "transfers-fail", AUTO + life + step("OUT_MODE", 2, 3) + step("ENABLE") + turns(20) + \
        step("OUT_MODE", 1, 0) + turns(20) + step("OUT_MODE", 0, 0) + turns(40) + \
        step("TROUBLE", 1) * 3 + turns(20)
    yield "said-by-hand", QUIET + step("PLUG", 0, 0) + turns(2) + step("SAY", 0, 0) + turns(2) + \
        step("SAY", 1, 0) + turns(2) + step("SAY", 1, 0) + turns(2) + step("ENABLE") + turns(2) + \
        step("SAY", 2, 0) + turns(2) + step("SAY", 4, 0) + turns(2) + step("SAY", 5, 64) + turns(4) + \
        step("SAY", 10, 0, "新地址".encode("utf-16-le")) + turns(9)
    yield "other-descriptors", AUTO + step("PLUG", 15, bytes([0, 4, 0x5a, 0xc3, 2]) +
                                          bytes([0, 0, 255, 0, 0, 2, 2, 2, 64, 0, 0x81, 2, 64, 0]) +
                                          bytes([1, 0, 3, 1, 1, 1, 0x82, 3, 8, 0])) + turns(40) + \
        step("SPECIAL", 1) + step("ENABLE") + turns(40)
    for k, name in enumerate(("address", "fingers", "direct-reread"), 1):
        yield f"settings-{name}", bytes([k, 1]) + step("SPECIAL", 1) + life + step("ENABLE") + \
            turns(60) + step("SPECIAL", 14) + step("ENABLE", 1) + step("ENABLE") + turns(30)
    yield "refused-opening", AUTO + step("OPEN", 3) + step("PLUG", 0, 0) + turns(60) + \
        step("OPEN", 6) + turns(60)


def scanner():
    text = "https://example.cn/q?a=1".encode()
    life = step("PLUG", 0, 0) + turns(2) + step("ENABLE")
    say = step("SAY", 0, len(text), text)
    yield "code", QUIET + life + say + turns(4)
    for k, name in enumerate("abc"):
        yield f"layout-{name}", QUIET + step("PLUG", 0, k) + turns(2) + step("ENABLE") + say + turns(4)
    yield "long-code", QUIET + life + step("SAY", 0, 0x80 | len(text), text, 30) + turns(4)
    yield "too-long", QUIET + life + step("SAY", 0, 0x80 | len(text), text, 200) + turns(9)
    yield "chinese", QUIET + life + step("SAY", 0, 12, "一件事A".encode(), b"\r\n") + turns(3)
    yield "gb18030", QUIET + life + step("SAY", 0, 6, "一件事".encode("gb18030")) + turns(3)
    yield "broken-off", QUIET + life + step("SAY", 1, 0x80 | len(text), text, 9) + turns(9) + say + turns(9)
    yield "length-beyond", QUIET + life + step("SAY", 2, len(text), text) + turns(3)
    yield "other-aim", QUIET + step("PLUG", 0, 1) + turns(2) + step("ENABLE") + \
        step("SAY", 3, 0x80 | len(text), text, 9) + turns(9)
    yield "short-report", QUIET + life + step("SAY", 4, len(text), text) + turns(9)
    yield "same-code-twice", QUIET + life + say + turns(2) + say + step("ENABLE", 1) + \
        step("ENABLE") + say + turns(9) + step("PASS", 9, 99) + say + turns(2)
    yield "sticker", QUIET + step("PLUG", 0, 0) + (say + step("PASS", 3, 120)) * 40
    yield "many-codes", QUIET + life + b"".join(
        step("SAY", 0, 2, bytes([48 + i, 49])) + turns(1) for i in range(40))
    yield "trouble", QUIET + life + (step("TROUBLE", 1) + turns(2)) * 6 + turns(20) + say + turns(4)
    yield "control-refused", QUIET + step("CONTROL", 4) + step("PLUG", 0, 0) + turns(20)
    yield "descriptor-short", QUIET + step("CONTROL", 0, 5, b"\5\x8c\t\2\xa1") + step("PLUG", 0, 0) + turns(20)
    yield "keyboard", QUIET + step("PLUG", 0, 4) + turns(20)
    yield "composite", QUIET + step("PLUG", 0, 5) + turns(4) + step("ENABLE") + say + turns(4)
    cr = step("SAY", 0, len(text) + 1, text + b"\r")
    yield "serial", QUIET + step("PLUG", 0, 3) + turns(4) + step("ENABLE") + cr + turns(9)
    yield "serial-one-interface", QUIET + step("PLUG", 0, 7) + turns(4) + step("ENABLE") + cr + turns(9)
    yield "serial-no-suffix", bytes([4, 0]) + step("PLUG", 0, 3) + turns(4) + step("ENABLE") + \
        say + turns(9) + step("SAY", 1, len(text), text) + turns(9)
    yield "serial-crlf", bytes([5, 0]) + step("PLUG", 0, 3) + turns(4) + step("ENABLE") + \
        step("SAY", 1, len(text) + 2, text + b"\r\n") + turns(9)
    yield "serial-too-long", QUIET + step("PLUG", 0, 3) + turns(4) + step("ENABLE") + \
        step("SAY", 0, 0x80 | len(text), text, 255) + cr + turns(9) + cr + turns(9)
    yield "wedge", bytes([3, 0]) + step("PLUG", 0, 4) + turns(4) + step("ENABLE") + cr + turns(9) + \
        step("SAY", 1, 12, b"Hello-WORLD\r") + turns(9) + say + turns(9)
    yield "command-trigger", bytes([1, 0]) + step("PLUG", 0, 1) + turns(4) + step("ENABLE") + \
        turns(2) + say + turns(3) + step("ENABLE", 1) + turns(3) + step("CONTROL", 7) + \
        step("ENABLE") + turns(20)
    yield "symbologies", bytes([2, 0]) + step("PLUG", 0, 1) + turns(4) + step("ENABLE") + say + turns(9)
    yield "own-descriptor", QUIET + step("SPECIAL", 1, 20, bytes(range(20))) + step("PLUG", 0, 6) + turns(20)
    yield "unplug-in-code", QUIET + life + step("SAY", 1, 0x80 | len(text), text, 9) + step("WAIT") + \
        step("UNPLUG", 4) + step("PLUG", 0, 0) + say + turns(4)


def printer():
    life = step("PLUG", 0, 0) + turns(30)
    job = step("PRINT", 0, 144, 40, 0xAA)
    yield "ticket", AUTO + life + job + turns(40)
    yield "two-tickets", AUTO + life + job + job + turns(60) + step("UNPLUG", 2)
    yield "epson", bytes([0, 0x11]) + step("PLUG", 0, 4) + turns(30) + job + turns(40)
    yield "no-process-ids", bytes([0, 3]) + life + turns(30) + job + turns(60)
    yield "no-answers-in-order", bytes([0, 7]) + step("PLUG", 0, 4) + turns(60) + job + turns(90)
    yield "byte-by-byte", bytes([0, 9]) + life + job + turns(40)
    yield "one-way", AUTO + step("PLUG", 0, 1) + turns(30) + job + turns(60)
    yield "alternate-setting", AUTO + step("PLUG", 0, 2) + turns(30) + job + turns(60)
    yield "another-language", bytes([0, 0x31]) + life + job + turns(30)
    yield "no-device-id", bytes([0, 0x81]) + life + job + turns(60)
    for k, name in enumerate(("paper-out", "paper-low", "cover", "cutter", "fault", "hot")):
        yield f"{name}-before", AUTO + life + step("SPECIAL", k) + turns(20) + job + turns(60) + \
            step("SPECIAL", 9) + turns(60)
        yield f"{name}-while-confirming", AUTO + life + step("SPECIAL", 7) + job + turns(12) + \
            step("SPECIAL", k) + turns(60) + step("SPECIAL", 9) + turns(60)
    yield "silent", AUTO + step("SPECIAL", 6) + life + job + turns(90) + step("SPECIAL", 6) + turns(90)
    yield "silent-after-picture", AUTO + life + job + turns(6) + step("SPECIAL", 6) + turns(99) * 3
    yield "held-write", AUTO + life + step("OUT_MODE", 1, 5) + job + turns(99) * 2 + \
        step("OUT_MODE", 0, 0) + turns(40)
    yield "held-write-then-unplug", AUTO + life + step("OUT_MODE", 1, 50) + job + turns(20) + \
        step("UNPLUG", 5)
    yield "failing-writes", AUTO + life + step("OUT_MODE", 2, 9) + job + turns(60) + \
        step("OUT_MODE", 0, 0) + turns(60)
    yield "half-ticket-left", AUTO + life + step("OUT_MODE", 1, 30) + job + turns(99) * 9 + \
        step("OUT_MODE", 0, 0) + turns(99)
    yield "odd-sizes", AUTO + life + step("PRINT", 0, 0, 9, 1) + step("PRINT", 0, 9, 0, 1) + \
        step("PRINT", 0, 255, 9, 1) + turns(40)
    yield "real-time-in-picture", AUTO + life + step("PRINT", 0, 144, 9, 0x10) + turns(40)
    yield "more-jobs-than-fit", AUTO + life + job * 12 + turns(99)
    yield "id-nobody-gave", AUTO + life + step("SPECIAL", 7) + job + turns(12) + step("SAY", 8) + \
        turns(4) + step("SAY", 6) + turns(2) + step("SAY", 5) + turns(9)
    yield "by-hand", QUIET + step("PLUG", 0, 0) + turns(2) + (step("SAY", 0, 0) + turns(2)) * 4 + \
        step("SAY", 5) + turns(4) + job + turns(2) + (step("SAY", 0, 0) + turns(2)) * 4 + \
        step("SAY", 5) + turns(9)
    yield "block-without-end", AUTO + life + step("SAY", 7) * 5 + turns(20) + job + turns(40)
    yield "unplug-in-picture", AUTO + life + job + turns(5) + step("UNPLUG", 3) + \
        step("PLUG", 0, 0) + turns(60)
    for k, name in enumerate(("cut-at-start", "custom", "hwasung", "phoenix", "pyramid", "seiko",
                              "clone", "tm-t88", "ppu-700"), 1):
        small = step("PRINT", 0, 90, 40, 0xAA)
        yield f"profile-{name}", bytes([k, 1]) + life + small + turns(80) + step("SPECIAL", 0) + \
            turns(40) + step("SPECIAL", 9) + small + turns(80)
        yield f"profile-{name}-quiet", bytes([k, 3]) + life + small + turns(80)
    yield "port-status", AUTO + step("SPECIAL", 10, 0x20) + step("PLUG", 0, 1) + turns(60) + job + \
        turns(90)


def main():
    for make in (reader, scanner, printer):
        folder = os.path.join(HERE, "corpus", f"wire_{make.__name__}")
        os.makedirs(folder, exist_ok=True)
        for name, data in make():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
