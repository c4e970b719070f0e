"""Part of `make bench-shop`: how many rows of a decision list are imported a second on SQLite, and whether memory stays flat.

Each size is imported in a process and a database of its own; alone: `python -m tests.benchmarks.import_bench --rows 2000 10000`.
"""

import argparse
import csv
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.load import Failed

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = (2_000, 10_000)
FEWEST_ROWS_A_SECOND = 300
#: The largest list may take so many megabytes more than the smallest: what is known of producers grows, rows are let go.
MOST_MORE_MEGABYTES = 40
HEADER = ["STT", "Tên sản phẩm", "Tên chủ thể", "Địa chỉ", "Phân hạng", "Số quyết định", "Ngày quyết định", "Cơ quan ban hành"]  # fmt: skip
COMMUNES = ("Lạc Dương", "Đức Trọng", "Di Linh", "Bảo Lâm", "Đơn Dương", "Nam Ban", "Tân Hà", "Đạ Huoai")


@dataclass(frozen=True, slots=True)
class Measured:
    """One import: its rows, its time on the clock and on the processor, and the most memory that its process held."""

    rows: int
    seconds: float
    cpu_seconds: float
    megabytes: float

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def main() -> int:
    """Import each size in a process of its own; 1 where one is too slow or memory grows."""
    parser = argparse.ArgumentParser(description="Rows of a decision list a second, and memory.")
    parser.add_argument(
        "--rows", type=int, nargs="+", default=SIZES, help="rows of the lists (default: 2000 10000)"
    )
    parser.add_argument("--within", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.within:
        measured = measure(options.rows[0])
        print(measured.rows, measured.seconds, measured.cpu_seconds, measured.megabytes)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty"
        empty.mkdir()
        _run([sys.executable, "manage.py", "migrate", "--no-input"], empty)
        return report([_in_a_process(rows, empty) for rows in options.rows])


def _in_a_process(rows: int, empty: Path) -> Measured:
    """Import so many rows into a copy of the `empty` database."""
    data_dir = empty.with_name(str(rows))
    shutil.copytree(empty, data_dir)
    module = [sys.executable, "-m", "tests.benchmarks.import_bench"]
    count, seconds, cpu, megabytes = _run([*module, "--within", "--rows", str(rows)], data_dir).split()
    return Measured(int(count), float(seconds), float(cpu), float(megabytes))


def _run(command: list[str], data_dir: Path) -> str:
    """Run the command on the data of a folder and return its last line."""
    environment = os.environ | _environment(data_dir)
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1]


def _environment(data_dir: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": "",
        "ELASTICSEARCH_URL": "",
        "REDIS_URL": "",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "LOG_LEVEL": "ERROR",
    }


def measure(rows: int) -> Measured:
    """Import a list of so many synthetic rows into the empty database of the environment."""
    import django

    django.setup()
    from catalogue.certification.imports.reader import SourceFile
    from catalogue.certification.imports.rows import Defaults
    from catalogue.certification.imports.services import decisions_import

    path = Path(os.environ["DATA_DIR"]) / "danh-sach.csv"
    write_list(path, rows)
    source = SourceFile(path.name, path.stat().st_size, lambda: path.open("rb"))
    clock, processor = time.monotonic(), time.process_time()
    counts = decisions_import(source_file=source, defaults=Defaults(source="danh-sach")).counts
    seconds, cpu = time.monotonic() - clock, time.process_time() - processor
    if counts["created"] != rows:
        raise Failed(f"{counts['created']} of {rows} rows were created")
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(rows, seconds, cpu, kilobytes / 1_024)


def write_list(path: Path, rows: int) -> None:
    """Write a list of different goods, three of each producer, in several communes, under a few decisions."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(HEADER)
        for number in range(1, rows + 1):
            producer = (number - 1) // 3
            lines.writerow(
                [
                    number,
                    f"Cà phê rang xay mẻ {number}",
                    f"HTX Nông nghiệp thử nghiệm {producer}",
                    f"Thôn {producer % 9 + 1}, xã {COMMUNES[producer % len(COMMUNES)]}, tỉnh Lâm Đồng",
                    f"{3 + number % 2} sao",
                    f"{number % 40 + 1}/QĐ-UBND",
                    "05/8/2026",
                    "UBND tỉnh Lâm Đồng",
                ]
            )


def report(measured: list[Measured]) -> int:
    """Print what was measured beside what is asked for; 1 where a list is too slow or memory grows with it."""
    print(f"\n{'rows of a list':<20}{'rows/s':>12}{'asked for':>12}{'CPU ms a row':>14}{'peak MB':>10}")
    slow = 0
    for one in measured:
        is_slow = one.rate < FEWEST_ROWS_A_SECOND
        slow += is_slow
        print(
            f"{one.rows:<20,}{one.rate:>12,.0f}{FEWEST_ROWS_A_SECOND:>12}{1_000 * one.cpu_seconds / one.rows:>14.2f}"
            f"{one.megabytes:>10,.0f}{'  too slow' if is_slow else ''}"
        )
    more = max(one.megabytes for one in measured) - min(one.megabytes for one in measured)
    grows = more > MOST_MORE_MEGABYTES
    print(
        f"memory: {more:.0f} MB more for the largest, allowed {MOST_MORE_MEGABYTES}{'  too much' if grows else ''}"
    )
    return 1 if slow or grows else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as reason:
        sys.exit(f"Not measured: {reason}")
