"""A private daemon on a unix socket in a temporary directory; it ends with this process, however that ends."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
from typing import Sequence

START_SECONDS = 30.0
STOP_SECONDS = 3.0


def daemon_command() -> list[str]:
    """UINTRD_BIN, else the checkout that this package lies in, else `uintrd` on the PATH."""
    given = os.environ.get("UINTRD_BIN")
    checkout = pathlib.Path(__file__).resolve().parents[3] / "bin" / "uintrd.js"
    found = given or (str(checkout) if checkout.exists() else None) or shutil.which("uintrd")
    if found is None:
        raise FileNotFoundError("no uintrd: install it (npm), or name it by UINTRD_BIN")
    if not found.endswith(".js"):
        return [found]
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is not on the PATH; uintrd runs on it")
    return [node, found]


class LocalDaemon:
    """Started when made; `address` is where it listens."""

    def __init__(self, flags: Sequence[str] = ()) -> None:
        self._directory = tempfile.mkdtemp(prefix="uintrd-")
        self.address = f"unix:{self._directory}/socket"
        self._errors = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(
                [*daemon_command(), "--listen", self.address, "--exit-with-stdin", "--log-level", "error", "--drain-ms", "200", *flags],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                # A terminal's Ctrl-C is for this program, not for its daemon.
                start_new_session=True,
            )
        except BaseException:
            shutil.rmtree(self._directory, ignore_errors=True)
            raise
        if not self._listens():
            self._errors.seek(0)
            complaints = self._errors.read().decode(errors="replace")[-4096:]
            self.stop()
            raise RuntimeError(f"the private daemon did not start: {complaints.strip() or 'it said nothing'}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def _listens(self) -> bool:
        """Waits for the line that says so."""
        late = threading.Timer(START_SECONDS, self._process.kill)
        late.start()
        try:
            return self._process.stdout.readline() != b""
        finally:
            late.cancel()

    def stop(self) -> None:
        """Ends it; a second call does nothing."""
        self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
        shutil.rmtree(self._directory, ignore_errors=True)
