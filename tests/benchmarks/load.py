"""Requests a second of one address: by wrk where it is installed, else by a few lines of our own."""

import os
import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")

#: Each request asks for another address, so that no cache holds the answer.
UNIQUE = """
local thread_number = 0
function setup(thread) thread:set("number", thread_number); thread_number = thread_number + 1 end
function init() sent = 0 end
function request()
  sent = sent + 1
  local joint = wrk.path:find("?") and "&" or "?"
  return wrk.format(nil, wrk.path .. joint .. "bench=" .. STAMP .. number .. "x" .. sent)
end
"""


class Failed(Exception):
    """The server answered with something other than 200, or not at all."""


@dataclass(frozen=True)
class Target:
    """What is asked for: the address, the cookies of whoever asks, and whether a cache may answer."""

    name: str
    url: str
    cookie: str = ""
    cacheable: bool = False


def requests_a_second(target: Target, seconds: float) -> float:
    """Ask for the target as fast as it answers. Raises Failed."""
    return _by_wrk(target, seconds) if shutil.which("wrk") else _by_sockets(target, seconds)


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds that a process and its children have used so far; 0 where `/proc` doesn't say."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if pid in (int(stat.parent.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _by_wrk(target: Target, seconds: float) -> float:
    command = ["wrk", "-t", "2", "-c", str(CONNECTIONS), "-d", f"{seconds:.0f}s"]
    if target.cookie:
        command += ["-H", f"Cookie: {target.cookie}"]
    with tempfile.TemporaryDirectory() as folder:
        if not target.cacheable:
            script = Path(folder) / "unique.lua"
            script.write_text(UNIQUE.replace("STAMP", f'"{time.time_ns()}x"'))
            command += ["-s", str(script)]
        output = subprocess.run([*command, target.url], capture_output=True, text=True, check=True).stdout
    if problem := re.search(r"(Non-2xx or 3xx responses|Socket errors): .*", output):
        raise Failed(f"{target.name}: {problem[0]} ({target.url})")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if not rate or float(rate[1]) == 0:
        raise Failed(f"{target.name}: no answer ({target.url})")
    return float(rate[1])


def _by_sockets(target: Target, seconds: float) -> float:
    """One thread that writes ready-made requests and reads no more of an answer than its status and length: on a machine that asks
    itself, what the asking takes is missing from the answering.
    """
    with ExitStack() as opened, selectors.DefaultSelector() as selector:
        asking = [_Connection(target, number) for number in range(CONNECTIONS)]
        for connection in asking:
            opened.enter_context(connection.socket)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        started = now = time.monotonic()
        while now < started + seconds:
            ready = selector.select(timeout=30)
            if not ready:
                raise Failed(f"{target.name}: no answer ({target.url})")
            for key, _ in ready:
                if key.data.hears():
                    key.data.ask()
            now = time.monotonic()
    return sum(connection.answered for connection in asking) / (now - started)


class _Connection:
    """One connection that stays open: a request is out, or its answer is coming in."""

    def __init__(self, target: Target, number: int) -> None:
        address = urlsplit(target.url)
        path = address.path + (f"?{address.query}" if address.query else "")
        cookie = f"Cookie: {target.cookie}\r\n" if target.cookie else ""
        joint = "&" if address.query else "?"
        unique = "" if target.cacheable else f"{joint}bench={time.time_ns()}x{number}x%d"
        self._target = target
        self._request = (
            f"GET {path.replace('%', '%%')}{unique} HTTP/1.1\r\nHost: {address.netloc}\r\n{cookie}\r\n"
        )
        self._received = bytearray()
        self.answered = 0
        self.socket = socket.create_connection((address.hostname or "", address.port or 80), timeout=30)

    def ask(self) -> None:
        """Send the next request."""
        number = () if self._target.cacheable else (self.answered,)
        self.socket.sendall((self._request % number).encode())

    def hears(self) -> bool:
        """Read what has come; return whether the answer is whole. Raises Failed."""
        received = self.socket.recv(262_144)
        self._received += received
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not received or (end and not head.startswith(b"HTTP/1.1 200")):
            raise Failed(f"{self._target.name}: {bytes(head[:40])!r} ({self._target.url})")
        if not end or len(body) < int(_LENGTH.search(head)[1]):  # type: ignore[index]
            return False
        self._received.clear()
        self.answered += 1
        return True
