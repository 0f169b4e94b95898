# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one's own for tests: in a temporary folder, on a socket in it, as an unprivileged
user, gone at the end. Single thread."""
import glob
import itertools
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time


def binaries():
    """The folder of PostgreSQL's programs, the newest; None where there is none."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"),
                   key=lambda p: int(p.split("/")[4]))
    return pathlib.Path(found[-1]).parent if found else None


def account():
    """(uid, gid) to run it with: our own, or for root an unprivileged one; None: there is none."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
        except KeyError:
            continue
    return None


class Postgres:
    """A running server; `settings` are lines of postgresql.conf."""

    def __init__(self, settings=(), folder=None):
        self.bin, (self.uid, self.gid) = binaries(), account()
        if folder is None:
            folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="yj-pg-", dir=folder))
        self.numbers = itertools.count(1)
        self.process = None
        try:
            os.chown(self.dir, self.uid, self.gid)
            self.run("initdb", "-D", self.dir / "data", "-A", "trust", "-U", "yijian", "-E", "UTF8",
                     "--locale=C.UTF-8", "--no-sync")
            with open(self.dir / "data/postgresql.conf", "a", encoding="ascii") as conf:
                conf.write("\n".join([
                    "listen_addresses = ''", f"unix_socket_directories = '{self.dir}'",
                    "max_connections = 60", "shared_buffers = 64MB", "logging_collector = off",
                    "log_min_messages = fatal", *settings, ""]))
            self.start()
        except BaseException:
            self.close()
            raise

    def as_user(self):
        if os.getuid() != self.uid:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)

    def run(self, program, *args):
        return subprocess.run([self.bin / program, *map(str, args)], preexec_fn=self.as_user,
                              cwd=self.dir, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout.decode()

    def start(self):
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen([self.bin / "postgres", "-D", self.dir / "data"],
                                            preexec_fn=self.as_user, cwd=self.dir, stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while subprocess.run([self.bin / "pg_isready", "-q", "-h", self.dir],
                             check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.dir / "log").read_text(errors="replace"))
            time.sleep(0.02)

    def kill(self):
        """As a power cut of the server: nothing is said to anybody (its children end with it)."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=60)

    def where(self, database="postgres"):
        return f"host={self.dir} user=yijian dbname={database}"

    def sql(self, text, database="postgres"):
        return self.run("psql", "-X", "-q", "-A", "-t", "-h", self.dir, "-U", "yijian", "-d",
                        database, "-v", "ON_ERROR_STOP=1", "-c", text).strip()

    def database(self):
        """A new empty database. Returns what --data takes."""
        name = f"centre{next(self.numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.where(name)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": ends sessions, then itself
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)
