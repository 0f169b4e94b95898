# SPDX-License-Identifier: Apache-2.0
"""Visit files: what a visitor does at the terminal, one step a line. Grammar: tests/flow/VISITS.md"""

import calendar
import datetime
import re
import shlex


class VisitSyntax(Exception):
    pass


# verb: (fewest, most) arguments
VERBS = {
    "wait": (1, 2), "tap": (1, 2), "next": (0, 0), "back": (0, 0), "home": (0, 0),
    "text": (2, 2), "card": (1, 1), "lift": (0, 0), "scan": (1, 1), "sign": (0, 0),
    "sim": (1, 99), "clock": (1, 1), "shot": (1, 1), "expect": (2, 2), "refute": (1, 1),
    "centre": (1, 2), "pause": (1, 1), "ticket": (0, 1), "until": (1, 1), "nothing": (0, 0),
    "share": (2, 3),
}

BRACES = re.compile(r"\{(today|idno)(?:([+-]\d+)([dmy]))?(/f)?\}")


def moved(day, n, unit):
    if unit == "d":
        return day + datetime.timedelta(days=n)
    months = day.year * 12 + day.month - 1 + n * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def idno(birth, is_female):
    """An invented number: no division has the code 000000."""
    body = f"000000{birth:%Y%m%d}00{2 if is_female else 1}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]


def expand(word, today):
    """{today-3d}, {idno-30y}, {idno-30y/f}"""
    def meant(match):
        what, n, unit, female = match.groups()
        day = moved(today, int(n), unit) if n else today
        return idno(day, bool(female)) if what == "idno" else day.isoformat()

    return BRACES.sub(meant, word)


def load(path):
    """[(line number, verb, [arguments])], or VisitSyntax with file and line."""
    steps, today = [], datetime.date.today()
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            try:
                words = shlex.split(line, comments=True)
            except ValueError as e:
                raise VisitSyntax(f"{path}:{number}: {e}") from e
            if not words:
                continue
            verb, args = words[0], [expand(word, today) for word in words[1:]]
            if verb not in VERBS:
                raise VisitSyntax(f"{path}:{number}: unknown step {verb!r}")
            least, most = VERBS[verb]
            if not least <= len(args) <= most:
                raise VisitSyntax(f"{path}:{number}: {verb} takes {least} to {most} words")
            steps.append((number, verb, args))
    return steps
