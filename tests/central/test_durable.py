# SPDX-License-Identifier: Apache-2.0
"""kill -9 leaves the page cache alone; a power cut does not. So look at the system calls: before
each acknowledgement the write-ahead log was synced. Skipped where nothing can be traced."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from central_lab import SKIP, Central, CentralTest, main

STRACE = shutil.which("strace")


def can_trace():
    return STRACE and subprocess.run([STRACE, "-o", os.devnull, "true"], check=False,
                                     stderr=subprocess.DEVNULL).returncode == 0


class Durable(CentralTest):
    def test_every_acknowledgement_waited_for_the_disk(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.tmp.name))
        trace = folder / "trace"
        traced = Central(self.keys, folder / "data",
                         tracer=(STRACE, "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace))
        connection = traced.connect()
        n_before = 0
        for _ in range(10):
            record = self.terminal.record()
            self.assertStored(traced.post(record, connection=connection), record)
            n_syncs = sum("central.db-wal>" in line for line in trace.read_text().splitlines())
            self.assertGreater(n_syncs, n_before)
            n_before = n_syncs
        connection.close()
        self.assertEqual(traced.order("quit"), "ok")
        self.assertEqual(traced.process.wait(timeout=20), 0)


if __name__ == "__main__":
    if not can_trace():
        print("skipped: strace is not here or may not trace")
        sys.exit(SKIP)
    main()
