#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A visit with a document printer: what lies in its tray says what the visitor filled in, and the
visit leaves nothing behind.

    a4.py --build BUILD --out DIR

The printer is tests/unit/drivers/ipp_model.py. DIR gets the pages as PDF and as pictures."""

import argparse
import glob
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import visit_file  # noqa: E402
from play import Player  # noqa: E402
from world import ROOT, World, WorldError  # noqa: E402

MODEL = os.path.join(ROOT, "tests/unit/drivers/ipp_model.py")
COMPLETED = 9


class DocumentPrinter:
    """ipp_model.py as a process: orders in, one line of JSON back."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.process = subprocess.Popen([sys.executable, MODEL, folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def order(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


def text_of(path):
    """Words of a PDF without the blanks and line breaks that its layout makes."""
    result = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True, text=True,
                            check=True)
    return "".join(result.stdout.split())


def check_pages(printer, folder, player, number, out):
    """The faults of what was printed."""
    faults = []
    jobs = printer.order("state")["jobs"]
    if [job["state"] for job in jobs] != [COMPLETED] * 3:
        return [f"wanted three printed documents, the printer has {jobs}"]
    faults += [f"job {job['id']}: its name says {job['name']!r} to everybody at the printer"
               for job in jobs if any(secret in job["name"] for secret in player.secrets())]
    texts = [text_of(os.path.join(folder, f"job-{job['id']}.pdf")) for job in jobs]
    applicant = ["张三", "11010519491231002X", number]
    rows = [("list of materials", texts[0], ["材料清单"], ["张三", number, "次打印"]),
            ("application form", texts[1],
             ["申请表", *applicant, "张小宝", "陳大文", "810000199003070023", "北京市朝阳区示例路1号"],
             ["次打印", "*"]),
            ("promise", texts[2], ["告知承诺书", *applicant], ["次打印", "*"])]
    for what, text, wanted, unwanted in rows:
        faults += [f"{what}: {word} is missing" for word in wanted if word not in text]
        faults += [f"{what}: {word} should not be there" for word in unwanted if word in text]
    for path in sorted(glob.glob(os.path.join(folder, "*.pdf"))):
        shutil.copy(path, out)
        subprocess.run(["pdftoppm", "-r", "70", "-png", path,
                        os.path.join(out, os.path.basename(path).removesuffix(".pdf"))], check=True)
    return faults


def run(world, printer, folder, out):
    world.start_centre()
    world.start_sim()
    world.start_kiosk()
    player = Player(world, out, False)
    path = os.path.join(ROOT, "tests/flow/visits/newborn-a4.visit")
    player.play(visit_file.load(path), path)
    player.delivered({"application": 1, "rating": 1})
    left = player.remembered()
    status = world.stop("kiosk")
    faults, facts = player.prove()
    faults += left
    faults += check_pages(printer, folder, player, facts.get("number", "no number"), out)
    if status != 0:
        faults.append(f"kiosk ended with status {status}")
    world.stop_all()
    return faults + world.sanitizer_reports()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    if not shutil.which("pdftotext"):
        print("pdftotext is not installed")
        return 77
    os.makedirs(args.out, exist_ok=True)
    for pattern in ("*.png", "*.pdf"):  # of an earlier run: would mislead
        for path in glob.glob(os.path.join(args.out, pattern)):
            os.unlink(path)
    settings = {"devices": {"document_printer": {}}}
    try:
        with World(args.build, args.out, settings=settings) as world:
            folder = os.path.join(world.run, "tray")
            printer = DocumentPrinter(folder)
            try:
                settings["devices"]["document_printer"]["uri"] = (
                    f"ipp://127.0.0.1:{printer.port}/ipp/print")
                faults = run(world, printer, folder, args.out)
            finally:
                printer.close()
    except WorldError as e:
        faults = [str(e)]
    for fault in faults:
        print(f"fault: {fault}", file=sys.stderr)
    if not faults:
        print(f"three documents printed, all of them right; pictures in {args.out}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
