#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""receiptio, a host that knows nothing of us, meets the printer model over TCP in each of its states;
and bytes of receiptline are printed by it.   judge_host.py PRINTER_TCP JUDGE_TCP NPM_FOLDER OUT

receiptio always uses port 9100: the test starts itself again in a network of its own, and where
that is not allowed it is skipped when somebody has the port."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time

from judges import HERE, install, need, run, skip

PORT = 9100
STATES = [  # what the printer is told, what receiptio must say
    ("healthy", [], 0),
    ("cover open", ["--cover", "open"], 101),
    ("paper end", ["--paper", "out"], 102),
    ("error", ["--error"], 103),
    ("near end", ["--paper", "low"], 0),
]
MARK = "YIJIAN_JUDGE_NETWORK"


def own_network():
    """Start again where the port is ours alone. Returns where it already is."""
    if os.environ.get(MARK):
        return
    words = ["unshare", "--user", "--map-root-user", "--net"]
    if os.geteuid() == 0:
        words = ["unshare", "--net"]
    can = shutil.which("unshare") and shutil.which("ip") and \
        subprocess.run([*words, "ip", "link", "set", "lo", "up"], capture_output=True,
                       check=False).returncode == 0
    if can:
        os.execvpe(words[0], [*words, "sh", "-c", 'ip link set lo up; exec "$@"', "sh",
                              sys.executable, *sys.argv], dict(os.environ, **{MARK: "1"}))
    with socket.socket() as s:
        if s.connect_ex(("127.0.0.1", PORT)) == 0:
            skip(f"port {PORT} is taken and no network of its own is allowed")


class Printer:
    """printer-tcp while a with block lasts."""

    def __init__(self, program, out, words):
        self.words = [program, "--port", str(PORT), "--out", out, "--speed", "20", *words]

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline().strip():
            raise SystemExit("printer-tcp does not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def tickets(out):
    try:
        with open(os.path.join(out, "tickets.jsonl"), encoding="utf-8") as f:
            return [json.loads(line) for line in f]
    except FileNotFoundError:
        return []


def wait_tickets(out, n, timeout_s=30):
    end = time.monotonic() + timeout_s
    while len(tickets(out)) < n and time.monotonic() < end:
        time.sleep(0.02)
    return tickets(out)


def host(modules, document):
    return subprocess.run(["node", os.path.join(modules, ".bin", "receiptio"), "-d", "127.0.0.1",
                           "-l", "zh-hans", "-t", "20", document], capture_output=True, text=True,
                          timeout=60, check=False)


def check_states(printer_tcp, modules, out):
    document = os.path.join(HERE, "sample.receipt")
    for name, words, wanted in STATES:
        folder = os.path.join(out, name.replace(" ", "-"))
        os.makedirs(folder)
        with Printer(printer_tcp, folder, words):
            r = host(modules, document)
            if r.returncode != wanted:
                raise SystemExit(f"{name}: receiptio ends with {r.returncode}, wanted {wanted}\n"
                                 f"{r.stdout}{r.stderr}")
            found = wait_tickets(folder, 1 if wanted == 0 else 0)
        if (len(found) >= 1) != (wanted == 0):
            raise SystemExit(f"{name}: {len(found)} tickets came out")
        print(f"{name}: {r.returncode}, {len(found)} tickets")
    return os.path.join(out, "healthy", tickets(os.path.join(out, "healthy"))[0]["file"])


def check_qr(picture):
    text = run("zbarimg", "--quiet", "--raw", picture).strip()
    if text != "https://example.cn/q?n=17":
        raise SystemExit(f"the QR code on the ticket says {text!r}")


def check_producer(judge_tcp, modules, out):
    """Bytes that receiptline made: printed, and every command known."""
    folder = os.path.join(out, "producer")
    os.makedirs(folder)
    document = os.path.join(folder, "bytes")
    run("node", os.path.join(HERE, "receiptline_make.mjs"), modules,
        os.path.join(HERE, "sample.receipt"), document)
    with subprocess.Popen([judge_tcp, folder], stdout=subprocess.PIPE, text=True) as printer:
        with socket.socket() as s, open(document, "rb") as f:
            s.connect(("127.0.0.1", int(printer.stdout.readline())))
            s.sendall(f.read())
            found = wait_tickets(folder, 1)
        printer.terminate()
        report = json.loads(printer.communicate(timeout=20)[0])
    if not found or not found[0]["cut"]:
        raise SystemExit("receiptline's bytes bring no cut ticket")
    if report["unknown_commands"] != 0:
        raise SystemExit(f"{report['unknown_commands']} unknown commands in receiptline's bytes")
    check_qr(os.path.join(folder, found[0]["file"]))
    print(f"receiptline: {found[0]['rows']} rows, {report['bytes']} bytes, no unknown command")


def main():
    printer_tcp, judge_tcp, npm_folder, out = sys.argv[1:]
    need("zbarimg")
    modules = install(npm_folder)  # before the network goes away
    own_network()
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    check_qr(check_states(printer_tcp, modules, out))
    check_producer(judge_tcp, modules, out)


if __name__ == "__main__":
    main()
