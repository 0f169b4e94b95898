# SPDX-License-Identifier: Apache-2.0
"""For the proofs over the network: kiosk-proxy and kiosk-fleet as processes that end with us, those
who answer in the centre's place, the judgement over what the centre has, the line of the report."""
import collections
import contextlib
import ctypes
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "central"))
from central_lab import Central, Keys, need, openssl  # noqa: E402,F401

FLEET = os.environ.get("KIOSK_FLEET", "kiosk-fleet")
PROXY = os.environ.get("KIOSK_PROXY", "kiosk-proxy")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def with_us():
    """In the child: it ends when we end, however that comes."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def scratch(name):
    """A folder in memory; a polite end of the program removes it, too."""
    def leave(*_):
        sys.exit(130)
    signal.signal(signal.SIGTERM, leave)
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix=f"yj-{name}-", dir=place) as folder:
        yield pathlib.Path(folder)


def wait_for(what, condition, seconds=60, process=None):
    """process: no need to wait any longer when it has ended."""
    until = time.monotonic() + seconds
    while not condition():
        if process and process.poll() is not None:
            return False
        if time.monotonic() > until:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return True


# Before the centre's command line: the same as with_us.
BOUND = ("setpriv", "--pdeathsig", "KILL")


class Proxy:
    """The line between the fleet and one port."""

    def __init__(self, folder, to, seed, name="proxy"):
        port_file = folder / f"{name}.port"
        self.control = folder / f"{name}.ctl"
        self.process = subprocess.Popen(
            [PROXY, "--listen", "127.0.0.1:0", "--to", f"127.0.0.1:{to}", "--control", self.control,
             "--port-file", port_file, "--seed", str(seed)],
            stdout=subprocess.DEVNULL, preexec_fn=with_us)
        wait_for("the proxy", lambda: port_file.exists() and port_file.read_text().endswith("\n"))
        self.port = int(port_file.read_text())
        self.url = f"https://127.0.0.1:{self.port}"

    def order(self, line):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            s.connect(str(self.control))
            s.sendall(line.encode() + b"\n")
            return s.makefile("r", encoding="ascii").readline().rstrip("\n")

    def mix(self, text):
        if self.order("mix " + text) != "ok":
            raise RuntimeError("the proxy does not understand: " + text)

    def counts(self):
        return collections.Counter(json.loads(self.order("counts")))

    def end(self):
        """As it should: with every connection. Returns the exit status."""
        if self.process.poll() is None:
            self.order("quit")
        return self.process.wait(timeout=30)


class Fleet:
    """Terminals that hand in and wait until all is confirmed."""

    def __init__(self, folder, keys, urls, *options, env=None, name="fleet"):
        self.result_path = folder / f"{name}.result"
        self.result_path.unlink(missing_ok=True)
        self.log_path = folder / f"{name}.log"
        urls = [urls] if isinstance(urls, str) else urls
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [FLEET, "--dir", folder / name, "--keys", keys.dir, "--result", self.result_path,
                 *(word for url in urls for word in ("--centre", url)), *map(str, options)],
                stdout=subprocess.DEVNULL, stderr=log, preexec_fn=with_us,
                env={**os.environ, **(env or {})})

    def poll(self):
        return self.process.poll()

    def result(self, seconds=600):
        """How it ended. Raises when it was not good."""
        try:
            status = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            status = None
            self.kill()
        text = self.result_path.read_text() if self.result_path.exists() else "{}"
        if status != 0:
            log = self.log_path.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the fleet ended with {status}: {text}\n{log[-2000:]}")
        return json.loads(text)

    def kill(self):
        """Its processes end with it."""
        self.process.kill()
        self.process.wait()


class Stranger:
    """Somebody else who answers on 127.0.0.1: with a page, over TLS when he has a certificate."""

    def __init__(self, reply, certificate=None):
        self.reply, self.context = reply, None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.told = []  # first lines of requests he could read over TLS
        threading.Thread(target=self.loop, daemon=True).start()

    def loop(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        try:
            with peer:
                peer.settimeout(5)
                if self.context:
                    peer = self.context.wrap_socket(peer, server_side=True)
                request = peer.recv(65536)
                if request and self.context:
                    self.told.append(request.split(b"\r\n")[0].decode(errors="replace"))
                peer.sendall(self.reply)
                peer.close()
        except OSError:
            pass  # he hung up: what a terminal should do

    def close(self):
        self.listener.close()


def judge(centre, n_stored):
    """What is wrong at the centre, and its counts with `lost` and `twice` among them.
    n_stored: records reported STORED."""
    wrong = []
    counts = centre.stats(seconds=3600)
    gaps = json.loads(centre.tool("gaps", keys=False).stdout)
    missing = sum(t["n_missing"] for t in gaps)
    counts["lost"] = max(missing, n_stored - counts["records"])
    counts["twice"] = max(0, counts["records"] - n_stored)
    if missing:
        wrong.append(f"{missing} records are missing")
    if counts["records"] != n_stored:
        wrong.append(f"{n_stored} stored, {counts['records']} at the centre")
    if sum(t["max_sequence"] for t in gaps) != n_stored:
        wrong.append("the highest numbers do not make the sum of what was stored")
    if counts["chain_breaks"] or any(t.get("chain_breaks") for t in gaps):
        wrong.append("a chain is broken")
    if counts["unopened"] or any(t.get("cannot_open") for t in gaps):
        wrong.append("a record cannot be opened")
    checked = centre.tool("verify")
    if checked.returncode != 0:
        wrong.append("verify: " + (checked.stdout + checked.stderr).decode()[-200:])
    return wrong, counts


def report(path, line):
    text = json.dumps(line, ensure_ascii=False)
    print(text, flush=True)
    if path:
        with open(path, "a", encoding="utf-8") as f:
            f.write(text + "\n")
