#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An IPP printer for tests, written from RFC 8010 and RFC 8011; shares nothing with the driver.

    ipp_model.py FOLDER [--port N]     documents are kept in FOLDER as job-N.<ending>

Prints "port N", then takes orders from standard input, one a line, and answers each with one line
of JSON. It ends with its standard input.
    paper ok|low|out          out: what is being printed waits, media-empty-error is reported
    reason WORD|none          one more printer-state-reason
    stopped 0|1               printer-state stopped without a paper problem
    page_ms N                 time for a page
    pages N                   pages of every document
    abort N                   the next job is aborted after N pages
    begun 0|1                 tell time-at-processing or leave it out
    format pdf|pwg|urf|none   what it takes
    fault KIND OPERATION N    the next N requests of this kind (number, or * for all) meet
                              silent, rubbish, http500, truncate, drop, wrong_id, refuse, busy,
                              endless (attributes), drip_head, drip_body (a byte at a time)
    slow_read N               reads documents in parts of 1 kB, N ms each
    leftover USER NAME        a job that waits, not ours
    listen 0|1                0: refuse connections
    my_jobs 0                 shows everybody's jobs, as some printers do
    forget 1                  finished jobs are not known any more
    state                     nothing; the answer has all"""
import json
import os
import socket
import struct
import sys
import threading
import time

GET_PRINTER, GET_JOBS, GET_JOB, CANCEL, CREATE, SEND, PRINT, VALIDATE = 0xB, 0xA, 9, 8, 5, 6, 2, 4
PENDING, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = 3, 5, 6, 7, 8, 9
INTEGER, BOOLEAN, ENUM, RESOLUTION, NO_VALUE = 0x21, 0x22, 0x23, 0x32, 0x13
TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
OPERATION, JOB, END, PRINTER = 1, 2, 3, 4
ENDINGS = {"application/pdf": "pdf", "image/pwg-raster": "pwg", "image/urf": "urf"}


class Rude(Exception):
    """What was sent is no IPP."""


def attribute(tag, name, *values):
    out = b""
    for i, value in enumerate(values):
        if tag in (INTEGER, ENUM):
            raw = struct.pack(">i", value)
        elif tag == BOOLEAN:
            raw = bytes([1 if value else 0])
        elif tag == RESOLUTION:
            raw = struct.pack(">iib", value, value, 3)
        elif tag == NO_VALUE:
            raw = b""
        else:
            raw = value.encode()
        key = name.encode() if i == 0 else b""
        out += struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(raw)) + raw
    return out


def only(wanted, raw):
    """The attributes of raw that were asked for."""
    if not wanted or {"all", "printer-description", "job-description"} & set(wanted):
        return raw
    out, at, keep = b"", 0, False
    while at < len(raw):
        n = struct.unpack(">H", raw[at + 1:at + 3])[0]
        end = at + 3 + n + 2 + struct.unpack(">H", raw[at + 3 + n:at + 5 + n])[0]
        keep = raw[at + 3:at + 3 + n].decode() in wanted if n else keep
        out += raw[at:end] if keep else b""
        at = end
    return out


def parse(data):
    """Operation, request id, attributes {name: [value]}, rest."""
    if len(data) < 9:
        raise Rude
    _, _, operation, request = struct.unpack(">BBHi", data[:8])
    at, found, name = 8, {}, ""
    while True:
        if at >= len(data):
            raise Rude
        tag = data[at]
        at += 1
        if tag == END:
            return operation, request, found, data[at:]
        if tag < 0x10:
            continue
        n = struct.unpack(">H", data[at:at + 2])[0]
        if n:
            name = data[at + 2:at + 2 + n].decode()
            found[name] = []
        at += 2 + n
        n = struct.unpack(">H", data[at:at + 2])[0]
        raw = data[at + 2:at + 2 + n]
        at += 2 + n
        if tag in (INTEGER, ENUM):
            value = struct.unpack(">i", raw)[0]
        elif tag == BOOLEAN:
            value = raw != b"\0"
        else:
            value = raw.decode("utf-8", "replace")
        found[name].append(value)


class Job:
    def __init__(self, number, user, name):
        self.number, self.user, self.name = number, user, name
        self.state, self.impressions, self.begun, self.data = PENDING, 0, 0, None
        self.format, self.asked, self.due = "", {}, 0.0


class Printer:
    def __init__(self, folder):
        self.lock = threading.Lock()
        self.folder = folder
        self.jobs, self.paper, self.reason, self.stopped = [], "ok", "none", False
        self.page_ms, self.pages, self.abort, self.tells_begun = 20, 1, -1, True
        self.format, self.faults, self.slow_read, self.forgets = "pdf", [], 0, False
        self.knows_users = True
        self.started = time.monotonic()
        self.operations = []

    # -- the engine ---------------------------------------------------------------------------
    def tick(self):
        now = time.monotonic()
        with self.lock:
            for job in self.jobs:
                if job.data is None or job.state >= CANCELED:
                    continue
                self.advance(job, now)
                return

    def advance(self, job, now):
        if self.paper == "out" or self.stopped:
            if job.state == PROCESSING:
                job.state = STOPPED
            job.due = now + self.page_ms / 1000
            return
        if job.state in (PENDING, STOPPED):
            job.state = PROCESSING
            job.begun = job.begun or int(now - self.started) + 1
            job.due = now + self.page_ms / 1000
        if now < job.due:
            return
        if 0 <= self.abort <= job.impressions:
            job.state, self.abort = ABORTED, -1
        elif job.impressions < self.pages:
            job.impressions += 1
            job.due = now + self.page_ms / 1000
        if job.state == PROCESSING and job.impressions >= self.pages:
            job.state = COMPLETED

    # -- answers ------------------------------------------------------------------------------
    def reasons(self):
        words = [] if self.reason == "none" else [self.reason]
        if self.paper == "low":
            words.append("media-low-warning")
        if self.paper == "out":
            words += ["media-needed-error", "media-empty-error"]
        return words or ["none"]

    def printer_attributes(self, uri):
        busy = any(j.state == PROCESSING for j in self.jobs)
        stopped = self.stopped or self.paper == "out"
        mimes = {"pdf": ["application/pdf"], "pwg": ["image/pwg-raster"], "urf": ["image/urf"],
                 "none": ["application/postscript"]}[self.format]
        return (attribute(URI, "printer-uri-supported", uri)
                + attribute(KEYWORD, "uri-authentication-supported", "none")
                + attribute(KEYWORD, "uri-security-supported", "none")
                + attribute(NAME, "printer-name", "model")
                + attribute(ENUM, "printer-state", 5 if stopped else 4 if busy else 3)
                + attribute(KEYWORD, "printer-state-reasons", *self.reasons())
                + attribute(BOOLEAN, "printer-is-accepting-jobs", True)
                + attribute(TEXT, "printer-make-and-model", "Example A4 打印机")
                + attribute(KEYWORD, "ipp-versions-supported", "1.1", "2.0")
                + attribute(ENUM, "operations-supported", PRINT, VALIDATE, CREATE, SEND, CANCEL,
                            GET_JOB, GET_JOBS, GET_PRINTER)
                + attribute(CHARSET, "charset-configured", "utf-8")
                + attribute(CHARSET, "charset-supported", "utf-8")
                + attribute(LANGUAGE, "natural-language-configured", "en")
                + attribute(LANGUAGE, "generated-natural-language-supported", "en")
                + attribute(MIME, "document-format-default", mimes[0])
                + attribute(MIME, "document-format-supported", *mimes)
                + attribute(INTEGER, "queued-job-count",
                            sum(j.state < CANCELED for j in self.jobs))
                + attribute(KEYWORD, "pdl-override-supported", "attempted")
                + attribute(INTEGER, "printer-up-time", int(time.monotonic() - self.started) + 1)
                + attribute(KEYWORD, "compression-supported", "none")
                + attribute(KEYWORD, "print-scaling-supported", "auto", "none")
                + attribute(KEYWORD, "pwg-raster-document-type-supported", "black_1", "sgray_8")
                + attribute(RESOLUTION, "pwg-raster-document-resolution-supported", 600, 300)
                + attribute(KEYWORD, "pwg-raster-document-sheet-back", "rotated")
                + attribute(KEYWORD, "urf-supported", "V1.4", "W8", "RS300-600", "DM1"))

    def job_attributes(self, job, uri):
        reason = {CANCELED: "job-canceled-by-user", ABORTED: "aborted-by-system",
                  COMPLETED: "job-completed-successfully", STOPPED: "printer-stopped"}
        out = (attribute(INTEGER, "job-id", job.number)
               + attribute(URI, "job-uri", f"{uri}/{job.number}")
               + attribute(URI, "job-printer-uri", uri)
               + attribute(NAME, "job-name", job.name)
               + attribute(NAME, "job-originating-user-name", job.user)
               + attribute(ENUM, "job-state", job.state)
               + attribute(KEYWORD, "job-state-reasons", reason.get(job.state, "none"))
               + attribute(INTEGER, "job-impressions-completed", job.impressions)
               + attribute(INTEGER, "job-printer-up-time", int(time.monotonic() - self.started) + 1)
               + attribute(INTEGER, "time-at-creation", 1))
        if self.tells_begun:
            out += (attribute(INTEGER, "time-at-processing", job.begun) if job.begun
                    else attribute(NO_VALUE, "time-at-processing", ""))
            out += (attribute(INTEGER, "time-at-completed", job.begun + 1)
                    if job.state >= CANCELED else attribute(NO_VALUE, "time-at-completed", ""))
        return out

    def find(self, asked):
        number = asked.get("job-id", [0])[0]
        if not number and "job-uri" in asked:
            number = int(asked["job-uri"][0].rsplit("/", 1)[1])
        for job in self.jobs:
            if job.number == number and not (self.forgets and job.state >= CANCELED):
                return job
        return None

    def new_job(self, asked):
        job = Job(len(self.jobs) + 1, asked.get("requesting-user-name", ["anonymous"])[0],
                  asked.get("job-name", ["untitled"])[0])
        job.asked = {k: v for k, v in asked.items() if k in ("copies", "media", "sides",
                                                             "print-scaling")}
        self.jobs.append(job)
        return job

    def take(self, job, asked, data):
        job.data, job.format = data, asked.get("document-format", ["?"])[0]
        path = os.path.join(self.folder, f"job-{job.number}.{ENDINGS.get(job.format, 'bin')}")
        with open(path, "wb") as f:
            f.write(data)

    def answer(self, operation, asked, data):
        """Status and groups."""
        uri = asked.get("printer-uri", asked.get("job-uri", ["ipp://localhost/ipp/print"]))[0]
        wanted = asked.get("requested-attributes")
        if operation == GET_PRINTER:
            return 0, bytes([PRINTER]) + only(wanted, self.printer_attributes(uri))
        if operation == VALIDATE:
            return 0, b""
        if operation in (CREATE, PRINT):
            job = self.new_job(asked)
            if operation == PRINT:
                self.take(job, asked, data)
            return 0, bytes([JOB]) + self.job_attributes(job, uri)
        if operation == GET_JOBS:
            which = asked.get("which-jobs", ["not-completed"])[0]
            user = asked.get("requesting-user-name", [""])[0]
            mine = self.knows_users and asked.get("my-jobs", [False])[0]
            shown = [j for j in self.jobs if (j.user == user or not mine) and (
                which == "all" or (j.state >= CANCELED) == (which == "completed"))]
            if "limit" in asked:
                shown = shown[:asked["limit"][0]]
            wanted = wanted or ["job-id", "job-uri"]
            return 0, b"".join(bytes([JOB]) + only(wanted, self.job_attributes(j, uri))
                               for j in shown)
        job = self.find(asked)
        if operation not in (GET_JOB, CANCEL, SEND):
            return 0x0501, b""
        if not job:
            return 0x0406, b""
        if operation == GET_JOB:
            return 0, bytes([JOB]) + only(wanted, self.job_attributes(job, uri))
        if job.state >= CANCELED:
            return 0x0404, b""
        if operation == CANCEL:
            job.state = CANCELED
            return 0, b""
        if "last-document" not in asked:
            return 0x0400, b""
        self.take(job, asked, data)
        return 0, bytes([JOB]) + self.job_attributes(job, uri)

    def fault_of(self, operation):
        for f in self.faults:
            if f[2] > 0 and f[1] in ("*", str(operation)):
                f[2] -= 1
                return f[0]
        return None

    # -- one connection -----------------------------------------------------------------------
    def serve(self, conn):
        with conn:
            head = b""
            while b"\r\n\r\n" not in head:
                part = conn.recv(4096)
                if not part:
                    return
                head += part
            head, body = head.split(b"\r\n\r\n", 1)
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            if fields.get(b"expect") == b"100-continue":
                conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            operation, fault, body = self.read_body(conn, fields, body)
            if fault == "drop":
                conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if fault == "silent":
                time.sleep(60)
                return
            answer = self.reply(body, fault)
            if fault == "endless":
                self.flood(conn, answer)
            elif fault in ("drip_head", "drip_body"):
                self.drip(conn, answer, fault == "drip_head")
            else:
                conn.sendall(answer)

    @staticmethod
    def flood(conn, answer):
        """Attributes without an end, until the other side has had enough."""
        head, body = answer.split(b"\r\n\r\n", 1)
        head = b"\r\n".join(l for l in head.split(b"\r\n") if b"Length" not in l)
        conn.sendall(head + b"\r\n\r\n" + body[:-1])  # without the end tag
        more = attribute(TEXT, "printer-info", *["x" * 1000] * 60)
        while True:
            conn.sendall(more)
            time.sleep(0.005)

    @staticmethod
    def drip(conn, answer, is_head):
        """A byte at a time: never silent, never done."""
        at = 0 if is_head else answer.index(b"\r\n\r\n") + 8
        conn.sendall(answer[:at])
        for byte in answer[at:]:
            conn.sendall(bytes([byte]))
            time.sleep(0.2)

    def read_body(self, conn, fields, body):
        chunked = fields.get(b"transfer-encoding") == b"chunked"
        length = int(fields.get(b"content-length", b"0"))
        while len(body) < 9 or (not chunked and len(body) < min(length, 9)):
            part = conn.recv(1024)
            if not part:
                raise Rude
            body += part
        if chunked:
            while not body.endswith(b"0\r\n\r\n"):
                body += conn.recv(65536)
            whole = b""
            while body:
                size, body = body.split(b"\r\n", 1)
                whole += body[:int(size, 16)]
                body = body[int(size, 16) + 2:]
            body, length = whole, len(whole)
        operation = struct.unpack(">H", body[2:4])[0]
        with self.lock:
            self.operations.append(operation)
            fault = self.fault_of(operation)
        if fault == "drop" and operation == SEND:
            body += conn.recv(30000)
            return operation, fault, body
        while fault not in ("drop", "silent") and len(body) < length:
            slow = self.slow_read if operation == SEND else 0
            part = conn.recv(1024 if slow else 65536)
            if not part:
                raise Rude
            body += part
            time.sleep(slow / 1000)
        return operation, fault, body

    def reply(self, body, fault):
        if fault == "http500":
            return b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
        if fault == "rubbish":
            return bytes(range(256)) * 8
        operation, request, asked, data = parse(body)
        with self.lock:
            if body[0] not in (1, 2):
                status, groups, body = 0x0503, b"", b"\x02\x00"
            elif (request <= 0 or list(asked)[:2] != ["attributes-charset",
                                                    "attributes-natural-language"]
                    or not {"printer-uri", "job-uri"} & set(asked)):
                status, groups = 0x0400, b""
            elif fault in ("refuse", "busy"):
                status, groups = 0x040A if fault == "refuse" else 0x0507, b""
            else:
                status, groups = self.answer(operation, asked, data)
        if fault == "wrong_id":
            request += 1
        out = (struct.pack(">BBHiB", body[0], body[1], status, request, OPERATION)
               + attribute(CHARSET, "attributes-charset", "utf-8")
               + attribute(LANGUAGE, "attributes-natural-language", "en") + groups + bytes([END]))
        if fault == "truncate":
            out = out[:len(out) // 2]
        return (b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n" % len(out)) + out

    # -- orders -------------------------------------------------------------------------------
    def order(self, words):
        name, rest = words[0], words[1:]
        if name == "fault":
            self.faults = [[rest[0], rest[1], int(rest[2])]]
        elif name == "leftover":
            self.new_job({"requesting-user-name": [rest[0]], "job-name": [rest[1]]})
        elif name in ("paper", "reason", "format"):
            setattr(self, name, rest[0])
        elif name in ("page_ms", "pages", "abort", "slow_read"):
            setattr(self, name, int(rest[0]))
        elif name in ("stopped", "begun", "forget", "my_jobs"):
            field = {"begun": "tells_begun", "forget": "forgets",
                     "my_jobs": "knows_users"}.get(name, name)
            setattr(self, field, rest[0] == "1")
        elif name != "state":
            return {"error": f"no order {name}"}
        return {"jobs": [{"id": j.number, "user": j.user, "name": j.name, "state": j.state,
                          "impressions": j.impressions, "format": j.format,
                          "bytes": len(j.data or b""), "asked": j.asked} for j in self.jobs],
                "operations": self.operations}


def guarded(printer, conn):
    try:
        printer.serve(conn)
    except (Rude, OSError, ValueError):
        pass


def listen_on(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
    s.listen(16)
    return s


def accept_all(printer, door):
    while True:
        try:
            conn = door.accept()[0]
        except OSError:
            return
        conn.settimeout(60)
        threading.Thread(target=guarded, args=(printer, conn), daemon=True).start()


def engine(printer):
    while True:
        printer.tick()
        time.sleep(0.01)


def main():
    printer = Printer(sys.argv[1])
    door = listen_on(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    port = door.getsockname()[1]
    threading.Thread(target=engine, args=(printer,), daemon=True).start()
    threading.Thread(target=accept_all, args=(printer, door), daemon=True).start()
    print(f"port {port}", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words and words[0] == "listen":
            if words[1] == "0":
                door.shutdown(socket.SHUT_RDWR)
                door.close()
            else:
                door = listen_on(port)
                threading.Thread(target=accept_all, args=(printer, door), daemon=True).start()
            words = ["state"]
        with printer.lock:
            answer = printer.order(words or ["state"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
