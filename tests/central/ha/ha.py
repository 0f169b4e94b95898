#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A centre that survives the loss of a machine, on one machine, to try and to test with.

    ha.py up DIR --central BUILD/tests/central/kiosk-central --keys KEYS [--nodes 2] [--centrals 2]
    ha.py status DIR                  who is primary, who stands by, who answers
    ha.py kill DIR NAME|primary       kill -9 a database node with its Patroni, or a centre
    ha.py freeze|thaw DIR NAME|primary   SIGSTOP, SIGCONT
    ha.py start DIR NAME              start it again; a node comes back as a standby
    ha.py down DIR                    end everything

    terminals ──TLS──▶ HAProxy :https ──▶ kiosk-central × 2 ──▶ HAProxy :sql ──▶ the primary
                                                             PostgreSQL × 2, Patroni × 2, etcd

Debian 12's packages: postgresql-15 patroni etcd-server haproxy. Everything runs as an unprivileged
user on free ports of 127.0.0.1; DIR holds data, logs and `ha.json` with the ports. HAProxy passes
TLS through, so a terminal proves itself to kiosk-central with its own certificate. The SQL side asks
each Patroni who is primary. A commit counts only when a standby has it, too (Patroni's
synchronous_mode_strict): with the last standby gone the centre answers 503 and terminals keep what
they have. So two nodes lose nothing but wait for the lost one to come back; three go on. Where
machines have a watchdog device, Patroni should hold it (watchdog: mode: required), too.
"""
import argparse
import json
import os
import pwd
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

PG_BIN = "/usr/lib/postgresql/15/bin"
NEEDED = ("/usr/bin/patroni", "/usr/bin/etcd", "/usr/sbin/haproxy", f"{PG_BIN}/postgres")
DATABASE = "yijian"


def missing():
    return [path for path in NEEDED if not os.path.exists(path)]


def free_ports(n):
    """Ports that nobody has now. All are held until the last is known."""
    held = []
    for _ in range(n):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        held.append(s)
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class Site:
    """The whole, as DIR/ha.json describes it."""

    def __init__(self, folder):
        self.dir = os.path.abspath(folder)
        self.path = os.path.join(self.dir, "ha.json")
        self.plan = {}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as f:
                self.plan = json.load(f)

    def save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as f:
            json.dump(self.plan, f, indent=1)
        os.chmod(self.path + ".new", 0o600)
        os.rename(self.path + ".new", self.path)

    # ---- processes ----

    def user(self):
        return pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    def folder(self, name):
        path = os.path.join(self.dir, name)
        os.makedirs(path, mode=0o700, exist_ok=True)
        if self.user():
            os.chown(path, self.user().pw_uid, self.user().pw_gid)
        return path

    def start(self, name, argv, unprivileged=True):
        """A process in a session of its own, so that it can be killed with all its children."""
        log = open(os.path.join(self.dir, name + ".log"), "ab")
        who = {}
        if unprivileged and self.user():
            who = {"user": self.user().pw_uid, "group": self.user().pw_gid, "extra_groups": []}
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 cwd="/", start_new_session=True,
                                 env={"PATH": f"{PG_BIN}:/usr/bin:/bin", "HOME": self.dir,
                                      "LC_ALL": "C.UTF-8"}, **who)
        log.close()
        self.plan.setdefault("pids", {})[name] = child.pid
        self.save()

    def session_of(self, name):
        """Every process whose session the named one leads (postgres makes groups of its own)."""
        leader = self.plan.get("pids", {}).get(name)
        if not leader:
            return []
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(entry))
        return found

    def database_of(self, name):
        """The postmaster, which Patroni starts in a session of its own, and its children."""
        found = []
        pidfile = os.path.join(self.dir, name, "data", "postmaster.pid")
        try:
            with open(pidfile, encoding="ascii") as f:
                postmaster = int(f.readline())
            children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True,
                                      text=True, check=False).stdout.split()
            with open(f"/proc/{postmaster}/cmdline", "rb") as f:
                if b"postgres" in f.read():
                    found += [postmaster] + [int(c) for c in children]
        except (OSError, ValueError):
            pass
        return found

    def processes(self, name):
        return self.session_of(name) + self.database_of(name)

    def signal(self, name, what, is_database_only=False):
        for pid in self.database_of(name) if is_database_only else self.processes(name):
            try:
                os.kill(pid, what)
            except ProcessLookupError:
                pass

    # ---- configuration ----

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        if self.user():
            os.chown(path, self.user().pw_uid, self.user().pw_gid)
        return path

    def patroni_file(self, node):
        plan = self.plan
        config = {
            "scope": "yijian",
            "name": node["name"],
            "restapi": {"listen": f"127.0.0.1:{node['rest']}",
                        "connect_address": f"127.0.0.1:{node['rest']}"},
            # Not etcd3: before Patroni 3.0.3 a primary that slept longer than its lease (frozen, a
            # virtual machine moved) wakes, writes itself over the leader key of the one that took
            # over, and what that one has committed is rewound away (patroni pull request 2689).
            # Over version 2 of the protocol the key is only ever compared and swapped.
            "etcd": {"host": f"127.0.0.1:{plan['etcd']}"},
            "bootstrap": {
                "dcs": {
                    "ttl": 20, "loop_wait": 2, "retry_timeout": 3, "primary_start_timeout": 0,
                    "maximum_lag_on_failover": 0,
                    "synchronous_mode": True, "synchronous_mode_strict": True,
                    "postgresql": {
                        "use_pg_rewind": True, "use_slots": True,
                        "parameters": {
                            "synchronous_commit": "on", "wal_level": "replica", "hot_standby": "on",
                            "max_connections": 100, "shared_buffers": "64MB",
                            "wal_log_hints": "on", "max_wal_size": "2GB",
                            "wal_sender_timeout": "5s", "wal_receiver_timeout": "5s",
                            "tcp_keepalives_idle": 5, "tcp_keepalives_interval": 2,
                            "tcp_keepalives_count": 3, "unix_socket_directories": node["dir"]}}},
                "initdb": [{"encoding": "UTF8"}, "data-checksums", {"locale": "C.UTF-8"}],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{node['sql']}", "connect_address": f"127.0.0.1:{node['sql']}",
                "data_dir": os.path.join(node["dir"], "data"), "bin_dir": PG_BIN,
                "pgpass": os.path.join(node["dir"], "pgpass"),
                "authentication": {
                    "superuser": {"username": "postgres", "password": plan["password"]},
                    "replication": {"username": "standby", "password": plan["password"]},
                    "rewind": {"username": "rewind", "password": plan["password"]}},
                "pg_hba": ["local all all peer", "host all all 127.0.0.1/32 scram-sha-256",
                           "host replication all 127.0.0.1/32 scram-sha-256"]},
        }
        return self.write(node["name"] + ".yml", json.dumps(config, indent=1))  # JSON is YAML

    def haproxy_file(self):
        plan = self.plan
        sql = "".join(
            f"    server {n['name']} 127.0.0.1:{n['sql']} check port {n['rest']} maxconn 90\n"
            for n in plan["nodes"])
        https = "".join(f"    server {c['name']} 127.0.0.1:{c['port']} check port {c['admin']}\n"
                        for c in plan["centrals"])
        # Two files a connection, out of what this user may have open.
        connections = min(40000, (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200) // 2)
        return self.write("haproxy.cfg", f"""# made by ha.py
global
    maxconn {connections}
    log stderr format raw local0 notice
defaults
    mode tcp
    timeout connect 3s
    timeout client 150s
    timeout server 150s
    timeout check 2s
    option redispatch
    retries 2

# Terminals. TLS goes through: only kiosk-central can look inside.
listen https
    bind 127.0.0.1:{plan['https']}
    balance leastconn
    option httpchk GET /health
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{https}
# The primary, whoever that is: Patroni answers 200 to /primary only there.
listen sql
    bind 127.0.0.1:{plan['sql']}
    option httpchk GET /primary
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{sql}""")

    # ---- looking ----

    def rest(self, node, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{node['rest']}{path}", timeout=2) as r:
                return json.load(r)
        except (OSError, ValueError):
            return None

    def cluster(self):
        for node in self.plan["nodes"]:
            view = self.rest(node, "/cluster")
            if view:
                return view
        return {"members": []}

    def primary(self):
        """The node that says itself that it is the primary."""
        for node in self.plan["nodes"]:
            view = self.rest(node, "/patroni")
            if view and view.get("role") in ("master", "primary") and view.get("state") == "running":
                return node
        return None

    def node(self, name):
        if name == "primary":
            found = self.primary()
            if not found:
                sys.exit("there is no primary now")
            return found
        for node in self.plan["nodes"] + self.plan["centrals"]:
            if node["name"] == name:
                return node
        sys.exit(f"nothing is called {name}")

    def is_safe(self):
        """A primary with a synchronous standby that streams."""
        members = self.cluster()["members"]
        return (any(m["role"] in ("leader", "master", "primary") and m["state"] == "running"
                    for m in members) and
                any(m["role"] == "sync_standby" and m["state"] in ("streaming", "running")
                    for m in members))

    def answers(self, port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            return False

    def wait(self, what, condition, seconds=120):
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                sys.exit(f"{what}: not within {seconds} s; see {self.dir}/*.log")
            time.sleep(0.2)

    def sql(self, text):
        """Run SQL on the primary, through HAProxy, as the owner."""
        return subprocess.run(
            [f"{PG_BIN}/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url("postgres"), "-c", text],
            capture_output=True, text=True, check=False)

    def url(self, database=DATABASE):
        return (f"postgresql://postgres:{self.plan['password']}@127.0.0.1:{self.plan['sql']}"
                f"/{database}?connect_timeout=3")


def up(args):
    lacking = missing()
    if lacking:
        print("missing: " + ", ".join(lacking), file=sys.stderr)
        return 77
    site = Site(args.dir)
    if site.plan:
        sys.exit(f"{site.path} exists: ha.py down {args.dir} first")
    os.makedirs(site.dir, mode=0o711, exist_ok=True)
    os.chmod(site.dir, 0o711)
    ports = iter(free_ports(4 + 2 * args.nodes + 2 * args.centrals))
    site.plan = {"password": secrets.token_urlsafe(18), "etcd": next(ports), "peer": next(ports),
                 "https": next(ports), "sql": next(ports), "central": args.central,
                 "keys": args.keys, "options": args.option,
                 "nodes": [{"name": f"node{i + 1}", "sql": next(ports), "rest": next(ports)}
                           for i in range(args.nodes)],
                 "centrals": [{"name": f"central{i + 1}", "port": next(ports), "admin": next(ports)}
                              for i in range(args.centrals)]}
    for node in site.plan["nodes"]:
        node["dir"] = site.folder(node["name"])
    site.save()
    client = f"http://127.0.0.1:{site.plan['etcd']}"
    peer = f"http://127.0.0.1:{site.plan['peer']}"
    site.start("etcd", ["/usr/bin/etcd", "--data-dir", site.folder("etcd"), "--name", "one",
                        "--listen-client-urls", client, "--advertise-client-urls", client,
                        "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                        "--initial-cluster", f"one={peer}", "--unsafe-no-fsync",
                        "--enable-v2", "--logger", "zap", "--log-level", "warn"])
    site.wait("etcd", lambda: site.answers(site.plan["etcd"]), 30)
    for node in site.plan["nodes"]:
        site.start(node["name"], ["/usr/bin/patroni", site.patroni_file(node)])
    haproxy = site.haproxy_file()
    site.start("haproxy", ["/usr/sbin/haproxy", "-f", haproxy, "-db"])
    site.wait("a primary and its standby", site.is_safe, 180)
    site.wait("the database behind HAProxy",
              lambda: site.sql(f"CREATE DATABASE {DATABASE}").returncode == 0, 60)
    for central in site.plan["centrals"]:
        start_central(site, central)
    for central in site.plan["centrals"]:
        site.wait(central["name"], lambda c=central: site.answers(c["port"]), 60)
    if site.plan["centrals"]:
        site.wait("HAProxy", lambda: site.answers(site.plan["https"]), 30)
    print(json.dumps({"https": site.plan["https"], "sql": site.url()}))
    return 0


def start_central(site, central):
    # As the caller: the key folder is his. The database is not on this machine as far as it knows.
    site.start(central["name"],
               [site.plan["central"], "serve", "--data", site.url(), "--keys", site.plan["keys"],
                "--listen", f"127.0.0.1:{central['port']}", "--admin",
                f"127.0.0.1:{central['admin']}", "--control",
                os.path.join(site.dir, central["name"] + ".sock")] + site.plan["options"],
               unprivileged=False)


def status(args):
    site = Site(args.dir)
    primary = site.primary()
    print(json.dumps({"primary": primary["name"] if primary else None, "is_safe": site.is_safe(),
                      "members": [{k: m.get(k) for k in ("name", "role", "state", "lag")}
                                  for m in site.cluster()["members"]],
                      "centrals": {c["name"]: site.answers(c["port"])
                                   for c in site.plan["centrals"]}}, indent=1))
    return 0


def kill(args):
    site = Site(args.dir)
    node = site.node(args.node)
    site.signal(node["name"], signal.SIGKILL)
    print(node["name"])
    return 0


def freeze(args):
    site = Site(args.dir)
    node = site.node(args.node)
    site.signal(node["name"], signal.SIGSTOP if args.verb == "freeze" else signal.SIGCONT)
    print(node["name"])
    return 0


def start(args):
    site = Site(args.dir)
    node = site.node(args.node)
    if site.session_of(node["name"]):
        sys.exit(f"{args.node} runs")
    if node in site.plan["centrals"]:
        start_central(site, node)
        site.wait(node["name"], lambda: site.answers(node["port"]), 60)
        return 0
    site.start(node["name"], ["/usr/bin/patroni", os.path.join(site.dir, node["name"] + ".yml")])
    site.wait("a primary and its standby", site.is_safe, 180)
    return 0


def down(args):
    site = Site(args.dir)
    names = list(site.plan.get("pids", {}))
    # Patroni first: it would start again what is killed below it.
    for what, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        for name in reversed(names):
            site.signal(name, signal.SIGCONT)
            site.signal(name, what)
        until = time.monotonic() + seconds
        while any(site.processes(n) for n in names) and time.monotonic() < until:
            time.sleep(0.1)
    left = [n for n in names if site.processes(n)]
    if left:
        sys.exit("still there: " + ", ".join(left))
    if args.purge:
        shutil.rmtree(site.dir)
    elif os.path.exists(site.path):
        os.remove(site.path)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    p = verbs.add_parser("up")
    p.add_argument("dir")
    p.add_argument("--central", default="", help="program kiosk-central")
    p.add_argument("--keys", default="")
    p.add_argument("--nodes", type=int, default=2)
    p.add_argument("--centrals", type=int, default=2)
    p.add_argument("--option", action="append", default=[], help="further argument of kiosk-central")
    p.set_defaults(run=up)
    for verb, run in (("status", status), ("down", down)):
        p = verbs.add_parser(verb)
        p.add_argument("dir")
        if verb == "down":
            p.add_argument("--purge", action="store_true", help="remove DIR, too")
        p.set_defaults(run=run)
    for verb, run in (("kill", kill), ("freeze", freeze), ("thaw", freeze), ("start", start)):
        p = verbs.add_parser(verb)
        p.add_argument("dir")
        p.add_argument("node")
        p.set_defaults(run=run)
    args = parser.parse_args()
    return args.run(args)


if __name__ == "__main__":
    sys.exit(main())
