"""Requests a second of one address: by wrk where it is installed, else by threads of this process."""

import http.client
import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import urlsplit

CONNECTIONS = 8

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
    return _by_wrk(target, seconds) if shutil.which("wrk") else _by_threads(target, seconds)


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


def _by_threads(target: Target, seconds: float) -> float:
    address = urlsplit(target.url)
    path = address.path + (f"?{address.query}" if address.query else "")
    joint = "&" if address.query else "?"
    stamp, lock = time.time_ns(), Lock()
    answered, problems = [0], []
    deadline = time.monotonic() + seconds

    def ask(number: int) -> None:
        headers = {"Cookie": target.cookie} if target.cookie else {}
        sent = 0
        with closing(http.client.HTTPConnection(address.netloc, timeout=30)) as connection:
            while time.monotonic() < deadline and not problems:
                sent += 1
                unique = "" if target.cacheable else f"{joint}bench={stamp}x{number}x{sent}"
                connection.request("GET", path + unique, headers=headers)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    problems.append(response.status)
        with lock:
            answered[0] += sent

    threads = [Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise Failed(f"{target.name}: status {problems[0]} ({target.url})")
    return answered[0] / (time.monotonic() - started)
