# SPDX-License-Identifier: Apache-2.0
"""Visit files: what a visitor does at the terminal, one step a line. Grammar: tests/flow/VISITS.md"""

import shlex


class VisitSyntax(Exception):
    pass


# verb: (fewest, most) arguments
VERBS = {
    "wait": (1, 2), "tap": (1, 2), "next": (0, 0), "back": (0, 0), "home": (0, 0),
    "text": (2, 2), "card": (1, 1), "lift": (0, 0), "scan": (1, 1), "sign": (0, 0),
    "sim": (1, 99), "clock": (1, 1), "shot": (1, 1), "expect": (2, 2), "refute": (1, 1),
    "centre": (1, 2), "pause": (1, 1), "ticket": (0, 1), "until": (1, 1), "nothing": (0, 0),
}


def load(path):
    """[(line number, verb, [arguments])], or VisitSyntax with file and line."""
    steps = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            try:
                words = shlex.split(line, comments=True)
            except ValueError as e:
                raise VisitSyntax(f"{path}:{number}: {e}") from e
            if not words:
                continue
            verb, args = words[0], words[1:]
            if verb not in VERBS:
                raise VisitSyntax(f"{path}:{number}: unknown step {verb!r}")
            least, most = VERBS[verb]
            if not least <= len(args) <= most:
                raise VisitSyntax(f"{path}:{number}: {verb} takes {least} to {most} words")
            steps.append((number, verb, args))
    return steps
