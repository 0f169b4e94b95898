#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Texts by id: every id that the code names has a text in every language, no text is unused, and
the arguments {1} {2} {3} are the same in every language. Each file says which language it is. No
text is empty, a copy of another language's, too long for its button, or holds characters that only
look right. Ids of devices, causes and actions are made from app/types/device_words.def by its
naming rule.
    texts.py ROOT               check the tree
    texts.py ROOT --self-test   every change of tests/lint/bad_texts must be found"""

import fnmatch
import glob
import json
import os
import re
import sys
import unicodedata

HEADER = ("language.name", "language.direction", "language.voice")
BASE = "zh-Hans.json"
UYGHUR = set("ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىيە" + "،؛؟«»")
# how wide a character is, in parts of an ideograph, as the faces of assets/fonts draw them
WIDTHS = (("\u0600", "\u06ff", 0.48), (" ", " ", 0.25), ("0", "9", 0.56), ("A", "Z", 0.65),
          ("!", "~", 0.53), ("\u00a0", "\u02ff", 0.53), ("\u2010", "\u203a", 0.6))


def read(root, *path):
    with open(os.path.join(root, *path), encoding="utf-8") as f:
        return f.read()


def rows(root, name):
    """Words of a table under tests/lint, without comments."""
    lines = (line.split("#")[0].split() for line in read(root, "tests/lint", name).splitlines())
    return [line for line in lines if line]


def device_ids(root):
    """The text ids that app/types/device_words.def makes."""
    table = read(root, "app/types/device_words.def")
    kinds = re.findall(r'^DEVICE_KIND\(DEVICE_\w+, "(\w+)"\)', table, re.M)
    found = re.findall(r'^DEVICE_(?:CAUSE|CONDITION)\((\w+),\s*"(\w+)",\s*"(\w+)",\s*(\w+),\s*"(\w+)"\)',
                       table, re.M)
    n_rows = len(re.findall(r"^DEVICE_(?:CAUSE|CONDITION)\(", table, re.M))
    if not kinds or len(found) != n_rows:
        sys.exit(f"device_words.def: {len(kinds)} kinds, {len(found)} of {n_rows} rows understood")
    return ({f"device.{k}" for k in kinds} | {f"device.cause.{r[1]}" for r in found}
            | {f"device.action.{r[4]}" for r in found})


def named_ids(root):
    """Ids that the code names, and the beginnings of those it builds."""
    code = ""
    for room in ("app", "ui"):
        for ending in ("[ch]", "def"):
            for path in glob.glob(os.path.join(root, room, "**/*." + ending), recursive=True):
                with open(path, encoding="utf-8") as f:
                    code += f.read()
    named = set(re.findall(r'"([a-z]+(?:\.[a-z0-9_]+)*)"', code)) | device_ids(root)
    return named, tuple(re.findall(r'"([a-z]+(?:\.[a-z0-9_]+)*\.)%[a-z]', code))


def width_of(text):
    """Width in ideographs; an argument counts as two digits."""
    total = 0.0
    for c in re.sub(r"\{\d\}", "00", text):
        total += next((w for first, last, w in WIDTHS if first <= c <= last), 1.0)
    return total


def is_han(c):
    return "\u3400" <= c <= "\u9fff" or c >= "\U00020000"


def check_header(name, texts):
    for i in HEADER:
        if not texts.get(i, "").strip():
            yield f"{name}: the header has no {i}"
    if texts.get("language.direction") not in ("ltr", "rtl"):
        yield f"{name}: language.direction is neither ltr nor rtl"


def check_ids(name, texts, base):
    for i in sorted(set(base) - set(texts)):
        yield f"{name}: {i} is missing"
    for i in sorted(set(texts) - set(base)):
        yield f"{name}: {i} is not in zh-Hans"
    for i in sorted(set(texts) & set(base)):
        if set(re.findall(r"\{\d\}", texts[i])) != set(re.findall(r"\{\d\}", base[i])):
            yield f"{name}: {i} takes other arguments than zh-Hans"
        if re.sub(r"\{[123]\}", "", texts[i]).count("{"):
            yield f"{name}: {i} has a brace that is no argument"


def check_characters(name, texts):
    """Nothing unseen, nothing that only looks like the letter that is meant."""
    for i, text in sorted(texts.items()):
        if not text.strip():
            yield f"{name}: {i} is empty"
        if text != text.strip() and not i.startswith("say."):
            yield f"{name}: {i} begins or ends with a blank"
        for c in text:
            kind = unicodedata.category(c)
            script = unicodedata.name(c, "").split(" ")[0]
            if kind in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") or c == "\ufffd":
                yield f"{name}: {i} holds the control or unknown character U+{ord(c):04X}"
            elif script in ("CYRILLIC", "GREEK", "KANGXI") or "\uf900" <= c <= "\ufaff":
                yield f"{name}: {i} holds U+{ord(c):04X}, which only looks like another letter"
            elif script == "ARABIC" and name == "ug.json" and c not in UYGHUR:
                yield f"{name}: {i} holds U+{ord(c):04X}, which is no letter of Uyghur"
        if name == BASE and re.search(r"[\u4e00-\u9fff][,;:?!]", text):
            yield f"{name}: {i} has Latin punctuation behind an ideograph"


def check_copies(name, texts, base, english, quoted):
    """What stands there untranslated."""
    if name == BASE:
        return
    for i, text in sorted(texts.items()):
        if i in HEADER or any(fnmatch.fnmatch(i, q) for q in quoted):
            continue
        if any(is_han(c) for c in text) or (text == base.get(i) and re.search(r"[^\W\d_]", text)):
            yield f"{name}: {i} is not translated from Chinese"
        elif name != "en.json" and text == english.get(i) and len(re.findall("[a-z]", text)) > 3:
            yield f"{name}: {i} is not translated from English"


def check_lengths(name, texts, limits):
    for pattern, most in limits:
        found = fnmatch.filter(texts, pattern)
        for i in sorted(found):
            if width_of(texts[i]) > float(most):
                yield f"{name}: {i} is {width_of(texts[i]):.1f} ideographs wide, {most} fit"


def check_use(base, named, built, others):
    prefixes = {i.split(".")[0] for i in base}
    for i in sorted(base):
        if i not in named and i not in HEADER and not i.startswith(built or ("\0",)):
            yield f"{i} is used nowhere"
    for i in sorted(named - set(base)):
        is_other = any(fnmatch.fnmatch(i, o) for o in others)
        if "." in i and i.split(".")[0] in prefixes and not is_other:
            yield f"{i} has no text"


def check(root, languages):
    base, english = languages[BASE], languages.get("en.json", {})
    limits = rows(root, "text_limits.txt")
    quoted = [r[0] for r in rows(root, "text_ids_that_quote_chinese.txt")]
    findings = []
    for name, texts in languages.items():
        findings += check_header(name, texts)
        findings += check_ids(name, texts, base)
        findings += check_characters(name, texts)
        findings += check_copies(name, texts, base, english, quoted)
        findings += check_lengths(name, texts, limits)
    for pattern in [r[0] for r in limits] + quoted:
        if not fnmatch.filter(base, pattern):
            findings.append(f"{pattern} of a table under tests/lint is no text")
    named, built = named_ids(root)
    return findings + list(check_use(base, named, built,
                                     [r[0] for r in rows(root, "text_ids_that_are_no_texts.txt")]))


def load(root):
    return {os.path.basename(path): json.loads(read(root, path))
            for path in sorted(glob.glob(os.path.join(root, "assets/strings/*.json")))}


def self_test(root):
    """Each file of tests/lint/bad_texts changes one language; the change must be found."""
    failed, paths = 0, sorted(glob.glob(os.path.join(root, "tests/lint/bad_texts/*.json")))
    known = set(check(root, load(root)))
    for path in paths:
        bad = json.loads(read(root, path))
        languages = load(root)
        texts = languages[bad["file"]]
        for i, text in bad["set"].items():
            texts.pop(i, None)
            if text is not None:
                texts[i] = text
        fresh = [f for f in check(root, languages) if f not in known]
        if not any(bad["finding"] in f for f in fresh):
            print(f"{os.path.basename(path)}: not found: {bad['finding']}")
            failed += 1
    print(f"{len(paths) - failed} of {len(paths)} bad changes found")
    return 1 if failed or len(paths) < 10 else 0


def main():
    root = sys.argv[1]
    if "--self-test" in sys.argv[2:]:
        return self_test(root)
    languages = load(root)
    findings = check(root, languages)
    print("\n".join(findings) if findings
          else f"{len(languages[BASE])} texts in {len(languages)} languages")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
