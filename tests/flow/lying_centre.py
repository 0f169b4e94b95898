#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A centre that fails, lies, or is somebody else, in front of the unmodified kiosk.

    lying_centre.py --build BUILD --out DIR [CASE ...]

In each case the trouble begins when the visitor is about to sign. The visit must end as always,
receipt included, and nothing may pass for delivered. When the real centre is back, every record
must arrive there by itself, exactly once, with no gap."""

import argparse
import base64
import concurrent.futures
import functools
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bad_input import TEXT, Case  # noqa: E402
from world import TERMINAL, WorldError, wait_until  # noqa: E402

AT_ONCE = 4  # worlds beside each other: a visit is mostly waiting
RECORDS = {"application": 1, "rating": 1}
PORTAL = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 32\r\n"
          b"Connection: close\r\n\r\n<html><body>sign in</body></html>")


class Impostor:
    """Somebody else on the centre's port. Keeps what callers said after the handshake."""

    def __init__(self, port, certificate=None):
        self.calls, self.heard = 0, b""
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate + ".pem", certificate + ".key")
        self.listener = socket.create_server(("127.0.0.1", port))
        self.listener.settimeout(0.1)
        self.is_ending = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while not self.is_ending:
            try:
                peer, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.calls += 1
            peer.settimeout(2)
            try:
                if self.context:
                    peer = self.context.wrap_socket(peer, server_side=True)
                self.heard += peer.recv(65536)
                peer.sendall(PORTAL)
            except OSError:
                pass  # the caller turned away, as it should
            peer.close()

    def close(self):
        self.is_ending = True
        self.thread.join()
        self.listener.close()


def http(body, content_type="application/json", status=200, length=None):
    return (f"HTTP/1.1 {status} Scripted\r\nContent-Type: {content_type}\r\nContent-Length: "
            f"{len(body) if length is None else length}\r\n\r\n").encode() + body


class Liar:
    """The centre itself, by its own certificate: heartbeats are good, records are put off, and
    enquiries are answered with `lie`, a function that is given the connection."""

    HEARTBEAT = http(b'{"time":"2026-11-23T04:00:00Z","poll_s":60}')
    LATER = http(b'{"title":"later","status":503}', "application/problem+json", 503)

    def __init__(self, world):
        self.lie, self.n_lies, self.is_ending, self.threads = None, 0, False, []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{world.keys}/centre-tls.pem", f"{world.keys}/centre-tls.key")
        self.listener = socket.create_server(("127.0.0.1", world.port))
        self.listener.settimeout(0.1)
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while not self.is_ending:
            try:
                peer, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.threads.append(threading.Thread(target=self.serve, args=(peer,), daemon=True))
            self.threads[-1].start()

    def serve(self, peer):
        try:
            with self.context.wrap_socket(peer, server_side=True) as peer:
                peer.settimeout(0.2)
                while self.answer(peer):
                    pass
        except OSError:
            pass  # the caller hung up

    def request(self, peer):
        """(path, whether it is whole)"""
        data = b""
        while not self.is_ending:
            head, end, body = data.partition(b"\r\n\r\n")
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
            if end and len(body) >= int(length[0].split(b":")[1]):
                return head.split()[1].decode()
            try:
                got = peer.recv(65536)
            except TimeoutError:
                continue
            if not got:
                return None
            data += got
        return None

    def answer(self, peer):
        path = self.request(peer)
        if path == "/v1/enquiries":
            self.n_lies += 1
            self.lie(peer)
            return False
        if path:
            peer.sendall(self.HEARTBEAT if path == "/v1/heartbeat" else self.LATER)
        return path is not None

    def close(self):
        self.is_ending = True
        for thread in (self.thread, *self.threads):
            thread.join()
        self.listener.close()


def openssl(folder, *args):
    done = subprocess.run(["openssl", *args], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise WorldError(f"openssl {args[0]}: {done.stderr.strip()}")


def certificate(world, kind):
    """A server certificate that must not be accepted; path without its ending."""
    path = os.path.join(world.run, "impostor")
    host = "other.example" if kind == "foreign" else "127.0.0.1"
    name = f"DNS:{host}" if kind == "foreign" else f"IP:{host}"
    openssl(world.run, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path + ".key")
    if kind == "wrong_ca":
        openssl(world.run, "req", "-new", "-x509", "-key", path + ".key", "-days", "30", "-subj",
                f"/CN={host}", "-addext", f"subjectAltName={name}", "-out", path + ".pem")
        return path
    openssl(world.run, "req", "-new", "-key", path + ".key", "-subj", f"/CN={host}", "-out",
            path + ".csr")
    with open(os.path.join(world.run, "ca.cnf"), "w", encoding="ascii") as f:
        f.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={path}.db\nserial={path}.serial\n"
                "new_certs_dir=.\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n"
                f"[p]\ncommonName=supplied\n[e]\nsubjectAltName={name}\n")
    for name, text in ((path + ".db", ""), (path + ".serial", "77\n")):
        with open(name, "w", encoding="ascii") as f:
            f.write(text)
    dates = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
    openssl(world.run, "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert",
            f"{world.keys}/ca.pem", "-keyfile", f"{world.keys}/ca.key", "-in", path + ".csr",
            "-out", path + ".pem", *(dates if kind == "expired" else ["-days", "30"]))
    return path


def confirmed(world):
    with open(os.path.join(world.logs, "kiosk.log"), encoding="utf-8") as f:
        return [line.split()[-2] for line in f if line.rstrip().endswith(" confirmed")]


def must(fact, complaint):
    if not fact:
        raise WorldError(complaint)


def whole_visit(c, trouble):
    """Play the visit with trouble from SIGN on; the receipt comes all the same."""
    c.up()
    c.play(last=("wait", "SIGN"))
    trouble()
    c.play(first=("wait", "SIGN"))


def all_good_again(c, n_visits=1, timeout_s=60):
    c.hand.delivered({kind: n * n_visits for kind, n in RECORDS.items()}, timeout_s)
    wanted = [str(i + 1) for i in range(2 * n_visits)]
    wait_until("both confirmations", lambda: sorted(confirmed(c.world)) == wanted, timeout_s, 0.1)
    rows = c.world.centre_list()
    must(len(rows) == len(wanted), f"{len(rows)} records at the centre, wanted {len(wanted)}")
    must(len({r[0] for r in rows}) == len(rows), "a record is at the centre twice")
    must(all(t["n_missing"] == 0 for t in c.world.centre_gaps()), "the sequence has gaps")
    c.world.centre_verify()
    must(c.world.stop("kiosk") == 0, "the kiosk did not end well")


def centre_fault(order, code, stores, restart, args, name):
    """`order` until it is switched off. stores: the centre keeps the records meanwhile."""
    with Case(args, name, sim_args=["--speed", "10"]) as c:
        whole_visit(c, lambda: c.world.centre_order("fault " + order))
        if code:
            c.log_has(code)
            must(not confirmed(c.world), "something passed for delivered")
        if stores:
            wait_until("a record at the centre", c.world.centre_list, 20)
        else:
            must(not c.world.centre_list(), "a record is at the centre during the trouble")
        c.world.centre_order("fault off")
        if restart:  # refused terminals ask again after minutes only; a person may restart one
            must(c.world.stop("kiosk") == 0, "the kiosk did not end well")
            c.world.start_kiosk()
        all_good_again(c)


def impostor(kind, code, args, name):
    with Case(args, name, sim_args=["--speed", "10"]) as c:
        somebody = []

        def swap():
            c.world.stop("kiosk-central")
            somebody.append(Impostor(
                c.world.port, None if kind == "portal" else certificate(c.world, kind)))

        try:
            whole_visit(c, swap)
            wait_until("a call to the impostor", lambda: somebody[0].calls, 30)
            c.log_has(code)
        finally:
            for s in somebody:
                s.close()
        must(not confirmed(c.world), "something passed for delivered")
        if kind == "portal":
            must(b"HTTP" not in somebody[0].heard, "the terminal spoke without TLS")
        else:
            # Whose certificate is only out of date is asked for the time, and for nothing else.
            asked = somebody[0].heard.split(b"\r\n")[0]
            is_time = kind == "expired" and asked.startswith(b"GET /v1/time?nonce=")
            must(not somebody[0].heard or is_time, "the terminal told an impostor something")
            must(b"POST" not in somebody[0].heard, "the terminal told an impostor something")
        c.world.start_centre()
        all_good_again(c)


def all_in_a_row(args, name):
    """Each try of a record meets another fault, over restarts of the terminal."""
    faults = ["bare-200", "html", "bad-signature", "drop-after-commit", "http-500", "http-503",
              "http-429", "slow:1500"]
    with Case(args, name, sim_args=["--speed", "10"]) as c:
        whole_visit(c, lambda: [c.world.centre_order(f"fault {f}{':' if ':' in f else ' '}1")
                                for f in faults])

        def all_met():
            return json.loads(c.world.centre_order("stats"))["faults"] >= len(faults)

        while not all_met():
            must(c.world.stop("kiosk") == 0, "the kiosk did not end well")
            c.world.start_kiosk()
            c.shows("HOME")
            c.hand.do_pause("700")
        all_good_again(c)


def nobody(args, name):
    """Nobody answers at all, then the centre is there."""
    with Case(args, name, sim_args=["--speed", "10"]) as c:
        whole_visit(c, lambda: c.world.kill("kiosk-central"))
        c.log_has("ERR_SYNC_OFFLINE")
        c.world.start_centre()
        all_good_again(c)


NUMBER = TERMINAL + "20261123" + "000019"


def token(nth):
    """The shape of a receipt's code; each differs, as a scanner tells the same one only once."""
    parts = (b"\1" + bytes.fromhex(NUMBER) + bytes(36), bytes([nth] * 64))
    return "YJ1." + ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts)


SOMEBODY = {"number": "1" * 24, "matter": "NB.BIRTH", "matter_name": "新生儿出生", "version": "1",
            "received": "2026-11-23", "fixes": [], "may_fix": True,
            "tasks": [{"id": "hukou", "name": "别人的事", "state": "done"}]}


def says(document):
    return lambda peer: peer.sendall(http(json.dumps(document).encode()))


def drip(peer):
    """A byte now and then, so that no silence is ever long."""
    peer.sendall(http(b"", length=1000))
    for _ in range(200):
        peer.sendall(b" ")
        time.sleep(0.2)


PROGRESS_LIES = {
    "html": lambda peer: peer.sendall(http(b"<html>sign in</html>", "text/html")),
    "html that says it is json": lambda peer: peer.sendall(http(b"<html>sign in</html>")),
    "huge": lambda peer: peer.sendall(http(b" " * 200000)),
    "wrong types": says({"reports": [{**SOMEBODY, "number": 7, "tasks": {}}]}),
    "somebody else's": says({"reports": [SOMEBODY]}),
    "hidden characters": says({"reports": [{**SOMEBODY, "number": NUMBER, "matter_name": "a\u202eb"}]}),
    "hangs up": lambda peer: None,
    "drips": drip,
}


def enquiries(args, name):
    """The centre lies when it is asked. Nothing of it is shown, the visits go on."""
    with Case(args, name, sim_args=["--speed", "10"]) as c:
        liar = Liar(c.world)
        try:
            c.world.start_sim()
            c.world.start_kiosk()
            c.shows("HOME")
            c.hand.do_tap("home.progress")  # offered as soon as the line is up
            for nth, lie in enumerate(PROGRESS_LIES.values()):
                liar.lie = lie
                c.shows("PROGRESS")
                c.hand.do_scan(token(nth))
                words = [TEXT[t].split("{1}")[0] for t in ("progress.refused", "progress.offline")]
                wait_until("the words that it cannot be had", lambda words=words: any(
                    w in i["text"] for i in c.world.dump()["items"] for w in words), 30, 0.05)
                must("别人" not in json.dumps(c.world.dump(), ensure_ascii=False), "a lie is shown")
                c.hand.touched = time.monotonic()
                c.hand.rest()
                c.hand.do_home()
                c.shows("HOME")
                c.hand.do_tap("home.progress")
            c.shows("PROGRESS")
            c.hand.do_home()
            must(liar.n_lies == len(PROGRESS_LIES), f"{liar.n_lies} questions were asked")
            liar.lie = says({"items": [{"key": "somebody", "state": "found", "value": "别人"},
                                       {"key": "hukou_addr", "state": "found", "value": "a\u202eb"}]})
            c.play()
            must(liar.n_lies == len(PROGRESS_LIES) + 1, "data sharing was not asked")
            c.log_has("enquiry: ERR_SYNC_NOT_CENTRE")
            c.log_has("enquiry: ERR_SYNC_OFFLINE")
            must(not confirmed(c.world), "something passed for delivered")
        finally:
            liar.close()
        c.world.start_centre()
        all_good_again(c, timeout_s=120)
        must(all(m.get("verification", "waiting") == "waiting" for r in c.world.centre_list() if r[3] == "application"
                 for m in c.world.centre_record(r[0])["opened"]["materials"]),
             "a lie stands in the record")


def fault_case(order, code, stores=False, restart=False):
    return functools.partial(centre_fault, order, code, stores, restart)


CASES = {
    "bare_200": fault_case("bare-200", "ERR_SYNC_NOT_CENTRE"),
    "html": fault_case("html", "ERR_SYNC_NOT_CENTRE"),
    "bad_signature": fault_case("bad-signature", "ERR_SYNC_NOT_CENTRE", stores=True),
    "drop_after_commit": fault_case("drop-after-commit", "ERR_SYNC_OFFLINE", stores=True),
    "http_500": fault_case("http-500", "ERR_SYNC_SERVER"),
    "http_429": fault_case("http-429", "ERR_SYNC_THROTTLED"),
    "refuse_403": fault_case("refuse-403", "ERR_SYNC_REFUSED", restart=True),
    "slow": fault_case("slow:1500", None, stores=True),
    "wrong_ca": functools.partial(impostor, "wrong_ca", "ERR_SYNC_TLS"),
    "expired_certificate": functools.partial(impostor, "expired", "ERR_SYNC_TLS"),
    "foreign_certificate": functools.partial(impostor, "foreign", "ERR_SYNC_TLS"),
    "captive_portal": functools.partial(impostor, "portal", "ERR_SYNC_TLS"),
    "nobody": nobody,
    "all_in_a_row": all_in_a_row,
    "enquiries": enquiries,
}


def run(name, args):
    try:
        CASES[name](args, name)
        print(f"ok    {name}", flush=True)
        return True
    except Exception as e:  # the other cases still tell something
        print(f"FAIL  {name}: {e}", flush=True)
        if not isinstance(e, WorldError):
            traceback.print_exc()
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    chosen = [c for c in CASES if not args.cases or c in args.cases]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        good = sum(pool.map(lambda name: run(name, args), chosen))
    print(f"{good} of {len(chosen)} cases good")
    return 0 if chosen and good == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
