#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The simulated devices and the product's drivers against a real kernel's USB stack: boots Debian's
kernel in QEMU (no KVM needed) with a busybox, udevd and the test programs, and offers it the
devices over usb-redir. Lines "DO ..." of the guest's console go to the simulator's control socket.
Ends with 77 when QEMU or the kernel package is not to be had."""

import argparse
import glob
import lzma
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = ("usb/common/usb-common usb/core/usbcore usb/host/xhci-hcd usb/host/xhci-pci hid/hid "
           "hid/hid-generic hid/usbhid/usbhid usb/class/usblp").split()
DEVICES = ("reader", "scanner", "printer")
VENDORS = ("1209", "0400", "1eab", "0416")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def sh(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def package(cache, name):
    """The newest .deb of that name in the cache; fetched when there is none."""
    found = sorted(glob.glob(os.path.join(cache, name + "_*.deb")))
    if not found:
        try:
            sh("apt-get", "download", name, cwd=cache)
        except (OSError, subprocess.CalledProcessError):
            skip(f"package {name} cannot be fetched")
        found = sorted(glob.glob(os.path.join(cache, name + "_*.deb")))
    return found[-1]


def kernel_name():
    try:
        text = sh("apt-cache", "depends", "linux-image-amd64")
    except (OSError, subprocess.CalledProcessError):
        skip("apt-cache does not answer")
    names = re.findall(r"Depends: (linux-image-\d\S*)", text)
    return names[0] if names else skip("no kernel package is known")


def unpack(cache):
    """Kernel and modules and udevd, unpacked once. Gives back their folder."""
    os.makedirs(cache, exist_ok=True)
    have = glob.glob(os.path.join(cache, "linux-image-[0-9]*.deb"))
    kernel = sorted(have)[-1] if have else package(cache, kernel_name())
    udev = package(cache, "udev")
    out = os.path.join(cache, os.path.basename(kernel)[:-4])
    if os.path.exists(os.path.join(out, "vmlinux")):
        return out
    tmp = out + ".new"
    shutil.rmtree(tmp, ignore_errors=True)
    os.makedirs(tmp)
    wanted = [f"./lib/modules/*/kernel/drivers/{m}.ko" for m in MODULES]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", kernel], stdout=subprocess.PIPE) as tar:
        subprocess.run(["tar", "-x", "-C", tmp, "--wildcards", "./boot/vmlinuz-*", *wanted],
                       stdin=tar.stdout, check=True)
    sh("dpkg-deb", "-x", udev, os.path.join(tmp, "udev"))
    # the uncompressed kernel boots two seconds faster
    with open(glob.glob(os.path.join(tmp, "boot", "vmlinuz-*"))[0], "rb") as f:
        data = f.read()
    image = lzma.LZMADecompressor().decompress(data[data.index(b"\xfd7zXZ\x00"):])
    with open(os.path.join(tmp, "vmlinux"), "wb") as f:
        f.write(image)
    shutil.rmtree(out, ignore_errors=True)
    os.rename(tmp, out)
    return out


def libraries(program, extra):
    env = dict(os.environ, LD_LIBRARY_PATH=extra)
    env.pop("LD_PRELOAD", None)
    text = sh("ldd", program, env=env)
    if "not found" in text:
        skip(f"{program} wants libraries that are not here")
    return re.findall(r"(?:=> )?(/\S+) \(0x", text)


def initramfs(root, unpacked, programs, tables):
    for folder in ("bin", "proc", "sys", "dev", "run", "m", "etc/udev", "devices", "lib64"):
        os.makedirs(os.path.join(root, folder))
    shutil.copy(shutil.which("busybox"), os.path.join(root, "bin/busybox"))
    for module in glob.glob(os.path.join(unpacked, "lib/modules/**/*.ko"), recursive=True):
        shutil.copy(module, os.path.join(root, "m"))
    udevadm = os.path.join(unpacked, "udev/bin/udevadm")
    extra = os.path.join(unpacked, "udev/lib/x86_64-linux-gnu")
    for program in (*programs, udevadm):
        shutil.copy(program, os.path.join(root, "bin"))
        for lib in libraries(program, extra):
            at = root + os.path.dirname(lib)
            os.makedirs(at, exist_ok=True)
            shutil.copy(lib, at)
    os.symlink("udevadm", os.path.join(root, "bin/systemd-udevd"))
    for table in tables:
        shutil.copy(table, os.path.join(root, "devices"))
    shutil.copy(os.path.join(HERE, "init.sh"), os.path.join(root, "init"))
    os.chmod(os.path.join(root, "init"), 0o755)
    with open(os.path.join(root, "wanted"), "w", encoding="ascii") as f:
        f.write(" ".join(VENDORS) + "\n")
    image = root + ".gz"
    subprocess.run("find . | cpio -o -H newc --quiet | gzip -1 > " + image, shell=True, cwd=root,
                   check=True)
    return image


class Control:
    """The simulator's control socket."""

    def __init__(self, path):
        end = time.monotonic() + 20
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        while True:
            try:
                self.sock.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.file = self.sock.makefile("r", encoding="utf-8")

    def ask(self, line):
        self.sock.sendall(line.encode() + b"\n")
        return self.file.readline().rstrip("\n")


def qemu_words(unpacked, image, sockets):
    words = ["qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max", "-m", "256",
             "-smp", "1", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
             "-kernel", os.path.join(unpacked, "vmlinux"), "-initrd", image,
             "-append", "console=ttyS0 panic=-1 quiet loglevel=3", "-device", "qemu-xhci,id=x"]
    for i, path in enumerate(sockets):
        words += ["-chardev", f"socket,id=c{i},path={path}",
                  "-device", f"usb-redir,chardev=c{i},bus=x.0"]
    return words


def talk(guest, control, log):
    """Read the console to its end; carry out what the guest asks for. Gives back its lines."""
    lines = []
    for raw in guest.stdout:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        lines.append(line)
        log.write(f"{line}\n")
        log.flush()
        if line.startswith("DO "):
            answer = control.ask(line[3:])
            log.write(f"    {answer}\n")
            if not answer.startswith("ok"):
                lines.append(f"FAILED order {line[3:].split()[0]}: {answer}")
    return lines


def verdict(lines, tickets):
    bad = [line for line in lines if line.startswith(("FAILED", "KERNEL "))]
    for wanted in ("CLIENT PASSED", "DRIVERS PASSED", "GUEST END"):
        if wanted not in lines:
            bad.append(f"the guest never said {wanted!r}")
    if tickets.count('"cut":true') < 1:
        bad.append("no ticket came out of the printer")
    return bad


def main():
    p = argparse.ArgumentParser(description=__doc__)
    for name in ("cache", "sim", "echo", "client", "drivers", "cards", "tables", "out"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--timeout", type=float, default=240)
    a = p.parse_args()
    for tool in ("qemu-system-x86_64", "busybox", "cpio", "dpkg-deb", "ldd"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    begin = time.monotonic()
    unpacked = unpack(os.path.abspath(a.cache))
    os.makedirs(a.out, exist_ok=True)
    run = tempfile.mkdtemp(prefix="yj-guest-")
    started = []
    try:
        tables = [os.path.join(a.tables, d + ".json") for d in DEVICES]
        image = initramfs(os.path.join(run, "root"), unpacked, (a.client, a.drivers), tables)
        started.append(subprocess.Popen([a.echo, f"{run}/echo.sock"]))
        started.append(subprocess.Popen([
            a.sim, "--socket", f"{run}/control", "--redir", run, "--out", a.out, "--cards",
            a.cards, "--speed", "4"]))
        control = Control(f"{run}/control")
        sockets = [f"{run}/{name}.sock" for name in ("echo", *DEVICES)]
        while not all(os.path.exists(s) for s in sockets):
            time.sleep(0.01)
        boot = time.monotonic()
        guest = subprocess.Popen(qemu_words(unpacked, image, sockets), stdout=subprocess.PIPE,
                                 stdin=subprocess.DEVNULL)
        started.append(guest)
        watch = threading.Timer(a.timeout, guest.kill)
        watch.start()
        with open(os.path.join(a.out, "console.log"), "w", encoding="utf-8") as log:
            lines = talk(guest, control, log)
        watch.cancel()
        bad = verdict(lines, control.ask("tickets"))
        n_ok = sum(line.startswith("OK") for line in lines)
        print(f"prepared in {boot - begin:.1f} s, guest {time.monotonic() - boot:.1f} s, "
              f"{n_ok} checks")
        for line in bad:
            print(line)
        return 1 if bad else 0
    finally:
        for process in started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
        shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
