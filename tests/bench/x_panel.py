# SPDX-License-Identifier: Apache-2.0
"""A virtual X panel for measuring programs from outside: what its pixels are, and a finger on it.
Xvfb and libX11/libXtst through ctypes, so that nothing has to be built."""

import ctypes
import os
import subprocess
import time
import zlib


class XImage(ctypes.Structure):
    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int),
                ("format", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte)),
                ("byte_order", ctypes.c_int), ("bitmap_unit", ctypes.c_int),
                ("bitmap_bit_order", ctypes.c_int), ("bitmap_pad", ctypes.c_int),
                ("depth", ctypes.c_int), ("bytes_per_line", ctypes.c_int),
                ("bits_per_pixel", ctypes.c_int)]


class Panel:
    """Xvfb of width x height pixels; leave it with `with`."""

    def __init__(self, width, height):
        self.size = (width, height)
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
            pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = ":" + pipe.readline().strip()
        self.x11, self.xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x11.XGetImage.restype = ctypes.POINTER(XImage)
        self.x11.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int,
                                       ctypes.c_uint, ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
        self.x11.XDestroyImage.argtypes = [ctypes.POINTER(XImage)]
        self.x11.XFlush.argtypes = self.x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
        self.xtst.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int,
                                                   ctypes.c_int, ctypes.c_ulong]
        self.xtst.XTestFakeButtonEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int,
                                                   ctypes.c_ulong]
        self.display = self.x11.XOpenDisplay(self.name.encode())
        if not self.display:
            raise OSError("Xvfb cannot be opened")
        self.root = self.x11.XDefaultRootWindow(self.display)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.x11.XCloseDisplay(self.display)
        self.server.terminate()
        self.server.wait()

    def pixels(self, x, y, w, h):
        """Bytes of a part of the panel, BGRX."""
        image = self.x11.XGetImage(self.display, self.root, x, y, w, h, 0xFFFFFFFF, 2)
        if not image:
            raise OSError("the panel cannot be read")
        data = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * h)
        self.x11.XDestroyImage(image)
        return data

    def colour(self, x, y):
        b, g, r = self.pixels(x, y, 1, 1)[:3]
        return f"#{r:02X}{g:02X}{b:02X}"

    def sum_of(self, part):
        return zlib.crc32(self.pixels(*part))

    def press(self, x, y):
        self.xtst.XTestFakeMotionEvent(self.display, -1, x, y, 0)
        self.xtst.XTestFakeButtonEvent(self.display, 1, 1, 0)
        self.x11.XFlush(self.display)

    def release(self):
        self.xtst.XTestFakeButtonEvent(self.display, 1, 0, 0)
        self.x11.XFlush(self.display)

    def wait(self, check, timeout_s):
        """Milliseconds until check() is true, polled every half a millisecond."""
        begin = time.monotonic()
        while not check():
            if time.monotonic() - begin > timeout_s:
                raise TimeoutError("the panel did not change")
            time.sleep(0.0005)
        return (time.monotonic() - begin) * 1000
