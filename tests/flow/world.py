# SPDX-License-Identifier: Apache-2.0
"""A terminal and everything around it, for tests and demonstrations: reference centre, simulated
USB devices, keys made on the spot, and the unmodified `kiosk`. Standard library only."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TERMINAL = "4301020001"
TERMINAL_NAME = "示例市政务服务中心 01 号机"


class WorldError(Exception):
    """Something that should have happened did not; the text says what."""


def wait_until(what, check, timeout_s=20.0, every_s=0.02):
    """Call check until it returns something true; give that back."""
    end = time.monotonic() + timeout_s
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise WorldError(f"waited {timeout_s:g} s for {what}")
        time.sleep(every_s)


SANITIZER_RUNTIMES = ("libasan.so.8", "libtsan.so.2")
SANITIZER_CRIES = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer",
                   "runtime error:", "AddressSanitizer:DEADLYSIGNAL")


def sanitizer_of(program):
    """The runtime a program is linked with, or None: it must stand first in LD_PRELOAD."""
    with open(program, "rb") as f:
        data = f.read()
    return next((name for name in SANITIZER_RUNTIMES if name.encode() + b"\0" in data), None)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class LineSocket:
    """A UNIX socket with one line out, one line back."""

    def __init__(self, path, timeout_s=30.0):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(timeout_s)
        self.sock.connect(path)
        self.file = self.sock.makefile("r", encoding="utf-8")

    def ask(self, line):
        self.sock.sendall(line.encode() + b"\n")
        answer = self.file.readline()
        if not answer:
            raise WorldError(f"connection closed at {line.split()[0]!r}")
        return answer.rstrip("\n")

    def close(self):
        self.file.close()
        self.sock.close()


def connect_when_ready(what, path, process, timeout_s=20.0):
    def attempt():
        if process.poll() is not None:
            raise WorldError(f"{what} ended with status {process.returncode}")
        try:
            return LineSocket(path)
        except OSError:
            return None

    return wait_until(what, attempt, timeout_s)


class World:
    """Start and stop the programs; everything lives in one folder `run` (0700, short path)."""

    def __init__(self, build, out, matters=None, verbose=False, sim_args=(), settings=None,
                 camera=False):
        self.build = os.path.abspath(build)
        self.out = os.path.abspath(out)
        self.verbose = verbose
        self.sim_args = list(sim_args) + (["--camera"] if camera else [])
        self.extra_settings = dict(settings or {})
        self.has_camera = camera
        if camera:
            self.extra_settings["devices"] = {**self.extra_settings.get("devices", {}), "scanner": {
                "source": "camera", "device": "/dev/video0", "decoder": self.program("kiosk-decode")}}
        os.makedirs(self.out, exist_ok=True)
        self.run = tempfile.mkdtemp(prefix="yijian-")
        self.keys = os.path.join(self.run, "keys")
        self.data = os.path.join(self.run, "data")
        self.central_data = os.path.join(self.run, "centre")
        self.paper = os.path.join(self.run, "paper")
        self.logs = os.path.join(self.run, "logs")
        self.matters = matters
        self.centre_args = []  # further options of `kiosk-central serve`
        for folder in (self.keys, self.central_data, self.paper, self.logs):
            os.makedirs(folder, mode=0o700)
        self.port = free_port()
        self.processes = {}
        self.sim = self.inspect = self.centre_control = None
        self.sim_env = {}
        self.sanitizer = sanitizer_of(self.program("kiosk"))

    # programs -----------------------------------------------------------------------------

    def program(self, name):
        for room in ("app", "drivers/scanner/decoder", "tests/central", "tests/device/sim", "tests/device",
                     "tests/screen", "tests/faults/proxy", "tests"):
            path = os.path.join(self.build, room, name)
            if os.access(path, os.X_OK) and os.path.isfile(path):
                return path
        raise WorldError(f"{name} is not built in {self.build}")

    def sanitizer_env(self):
        """Options of the sanitizers; a caller's own come last and win."""
        wanted = {
            # the programs are started with other libraries in front of the runtime on purpose
            "ASAN_OPTIONS": "verify_asan_link_order=0:detect_stack_use_after_return=1",
            "UBSAN_OPTIONS": "print_stacktrace=1",
            "LSAN_OPTIONS": f"print_suppressions=0:suppressions={ROOT}/tests/lsan.supp",
            "TSAN_OPTIONS": f"second_deadlock_stack=1:suppressions={ROOT}/tests/tsan.supp",
        } if self.sanitizer else {}
        return {name: f"{value}:{os.environ.get(name, '')}".rstrip(":")
                for name, value in wanted.items()}

    def sanitizer_reports(self):
        """Programs whose log holds a finding of a sanitizer."""
        found = []
        for name in sorted(os.listdir(self.logs)):
            with open(os.path.join(self.logs, name), encoding="utf-8", errors="replace") as f:
                text = f.read()
            found += [f"{name}: {cry}" for cry in SANITIZER_CRIES if cry in text]
        return found

    def spawn(self, name, args, env=None):
        log = open(os.path.join(self.logs, name + ".log"), "ab")
        process = subprocess.Popen(
            [self.program(name), *args], stdin=subprocess.DEVNULL, stdout=log,
            stderr=None if self.verbose else log,
            env={**os.environ, **self.sanitizer_env(), **(env or {})})
        log.close()
        self.processes[name] = process
        return process

    def stop(self, name, timeout_s=15.0):
        """Ask a program to end; its exit status."""
        process = self.processes.pop(name, None)
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise WorldError(f"{name} did not end within {timeout_s:g} s of SIGTERM")
        return process.returncode

    def kill(self, name):
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def make_keys(self):
        subprocess.run(["bash", os.path.join(ROOT, "tests/flow/make_keys.sh"), self.keys, TERMINAL],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start_centre(self, faults=()):
        port_file = os.path.join(self.run, "port")
        if os.path.exists(port_file):
            os.unlink(port_file)
        if self.centre_control:
            self.centre_control.close()
            self.centre_control = None
        control = os.path.join(self.run, "centre.sock")
        args = ["serve", "--data", self.central_data, "--keys", self.keys, "--listen",
                f"127.0.0.1:{self.port}", "--port-file", port_file, "--control", control,
                "--registry", os.path.join(ROOT, "tests/central/registry.json"), *self.centre_args]
        for fault in faults:
            args += ["--fault", fault]
        process = self.spawn("kiosk-central", args)

        def ready():
            if process.poll() is not None:
                raise WorldError(f"kiosk-central ended with {process.returncode}: "
                                 + self.log_tail("kiosk-central"))
            return os.path.exists(port_file)

        wait_until("the centre", ready)
        self.centre_control = LineSocket(control)

    def centre_order(self, order):
        """One order of tests/central/control.h; the answer's text."""
        answer = self.centre_control.ask(order)
        if answer.startswith("error"):
            raise WorldError(f"kiosk-central: {order}: {answer}")
        return answer

    def start_sim(self):
        path = os.path.join(self.run, "sim.sock")
        preload = ["--sanitizer-preload", self.sanitizer] if self.sanitizer else []
        process = self.spawn("kiosk-sim", ["--socket", path, "--out", self.paper, "--cards",
                                           os.path.join(ROOT, "tests/device/sim/cards.json"),
                                           *preload, *self.sim_args],
                             {"LD_PRELOAD": self.sanitizer} if self.sanitizer else None)
        self.sim = connect_when_ready("kiosk-sim", path, process)
        self.sim_env = json.loads(self.simulate("env"))

    def simulate(self, command):
        answer = self.sim.ask(command)
        if not answer.startswith("ok"):
            raise WorldError(f"kiosk-sim: {command}: {answer}")
        return answer[2:].strip()

    def devices(self):
        return json.loads(self.simulate("status"))

    def settings_file(self):
        settings = {
            "terminal": {"id": TERMINAL, "name": TERMINAL_NAME, "phone": "12345"},
            "paths": {"assets": self.assets(), "data": self.data},
            "keys": {"device_key": f"{self.keys}/device.key", "device_cert": f"{self.keys}/device.pem",
                     "centre_seal": f"{self.keys}/centre-seal.pem",
                     "centre_sign": f"{self.keys}/centre-sign.pem", "centre_ca": f"{self.keys}/ca.pem"},
            "centre": {"url": f"https://127.0.0.1:{self.port}"},
            "sound": {"output": "none"},  # whoever runs the tests need not hear them
        }
        for section, values in self.extra_settings.items():
            settings.setdefault(section, {}).update(values)
        path = os.path.join(self.run, "kiosk.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(settings, f, ensure_ascii=False, indent=2)
        return path

    def assets(self):
        """The project's assets, or a copy with other matters."""
        original = os.path.join(ROOT, "assets")
        if not self.matters:
            return original
        copy = os.path.join(self.run, "assets")
        if not os.path.isdir(copy):
            shutil.copytree(original, copy, ignore=shutil.ignore_patterns("matters"))
            shutil.copytree(self.matters, os.path.join(copy, "matters"))
        return copy

    def start_kiosk(self, display="memory", inspect=True):
        args = ["--config", self.settings_file(), "--display", display]
        path = os.path.join(self.run, "inspect.sock")
        if os.path.exists(path):
            os.unlink(path)
        if inspect:
            args += ["--inspect", path]
        process = self.spawn("kiosk", args, self.sim_env)
        if inspect:
            if self.inspect:
                self.inspect.close()
            try:
                self.inspect = connect_when_ready("kiosk", path, process)
            except WorldError as e:
                raise WorldError(f"{e}: {self.log_tail('kiosk')}") from e
        return process

    def log_tail(self, name, lines=6):
        try:
            with open(os.path.join(self.logs, name + ".log"), encoding="utf-8") as f:
                return " | ".join(f.read().splitlines()[-lines:])
        except OSError:
            return "no log"

    # the screen ---------------------------------------------------------------------------

    def ui(self, cmd, **args):
        answer = json.loads(self.inspect.ask(json.dumps({"cmd": cmd, **args}, ensure_ascii=False)))
        if not answer.get("ok"):
            raise WorldError(f"screen: {cmd} {args}: {answer.get('error')}")
        return answer

    def dump(self):
        return self.ui("dump")

    def wait_screen(self, name, timeout_ms=10000):
        try:
            return self.ui("wait", screen=name, timeout_ms=timeout_ms)
        except WorldError as e:
            raise WorldError(f"{e}; the screen is {self.dump().get('screen')}") from e

    # the centre ---------------------------------------------------------------------------

    def centre(self, *args):
        result = subprocess.run([self.program("kiosk-central"), *args], capture_output=True, text=True)
        if result.returncode != 0:
            raise WorldError(f"kiosk-central {args[0]}: {result.stderr.strip()}")
        return result.stdout

    def centre_list(self):
        """[[uuid, terminal, sequence, kind, number, digest]]"""
        return [line.split() for line in self.centre("list", "--data", self.central_data).splitlines()]

    def centre_record(self, uuid):
        return json.loads(self.centre("record", "--data", self.central_data, "--keys", self.keys,
                                      "--uuid", uuid))

    def centre_verify(self):
        self.centre("verify", "--data", self.central_data, "--keys", self.keys)

    def centre_gaps(self):
        return json.loads(self.centre("gaps", "--data", self.central_data))

    # paper --------------------------------------------------------------------------------

    def tickets(self):
        path = os.path.join(self.paper, "tickets.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.strip()]

    def read_qr(self, ticket):
        """Payload of the QR code on a cut ticket, by zbarimg; None when there is none."""
        result = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable",
                                 os.path.join(self.paper, ticket["file"])],
                                capture_output=True, text=True)
        return result.stdout.strip() or None

    def read_token(self, token):
        """What the receipt's code says, checked against the terminal's certificate."""
        result = subprocess.run([self.program("kioskctl"), "receipt", "verify",
                                 f"{self.keys}/device.pem", token], capture_output=True, text=True)
        if result.returncode != 0:
            raise WorldError(f"receipt code: {result.stdout.strip()} {result.stderr.strip()}")
        lines = [line.split(" ", 1) for line in result.stdout.splitlines()[1:]]
        return {name: value for name, value in lines}

    # life ---------------------------------------------------------------------------------

    def __enter__(self):
        self.make_keys()
        return self

    def stop_all(self):
        for name in list(self.processes):
            try:
                self.stop(name)
            except WorldError:
                pass

    def __exit__(self, *_):
        self.stop_all()
        shutil.rmtree(os.path.join(self.out, "logs"), ignore_errors=True)
        shutil.copytree(self.logs, os.path.join(self.out, "logs"))
        shutil.rmtree(self.run, ignore_errors=True)
