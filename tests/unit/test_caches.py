"""The cache never takes the shop down, and files of it are shared."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from marketplace.caches import PatientRedisCache, SharedFileCache

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def dead() -> PatientRedisCache:
    return PatientRedisCache(NOBODY, {"OPTIONS": {"socket_connect_timeout": 1}})


def test_a_redis_that_is_gone_holds_nothing(dead: PatientRedisCache) -> None:
    dead.set("page", "body")
    dead.set_many({"a": 1})
    dead.delete_many(["a"])

    assert dead.get("page", "made again") == "made again"
    assert dead.get_many(["a", "b"]) == {}
    assert dead.get_or_set("page", "made again") == "made again"
    assert not dead.has_key("page")
    assert not dead.delete("page")
    assert not dead.touch("page")


def test_a_redis_that_is_gone_holds_nobody_up(dead: PatientRedisCache) -> None:
    assert dead.add("first", 1) is True
    assert dead.incr("attempts") == 1


@pytest.fixture
def spare(tmp_path: Path) -> PatientRedisCache:
    return PatientRedisCache(NOBODY, {"OPTIONS": {"socket_connect_timeout": 1, "spare_directory": tmp_path}})


def test_tries_are_counted_in_files_while_redis_is_gone(spare: PatientRedisCache, tmp_path: Path) -> None:
    tries = "allauth:rl:allauth.account:login_failed:5/300/key:abc"
    assert spare.add(f"{tries}:lock", True, timeout=10) is True
    assert spare.add(f"{tries}:lock", True, timeout=10) is False, "somebody counts already"
    spare.set(tries, [1.0], 300)
    spare.delete(f"{tries}:lock")

    other_process = PatientRedisCache(NOBODY, {"OPTIONS": {"spare_directory": tmp_path}})
    assert other_process.get(tries, []) == [1.0]
    assert other_process.add(f"{tries}:lock", True, timeout=10) is True


def test_pages_are_not_kept_in_those_files(spare: PatientRedisCache) -> None:
    spare.set("page", "body")

    assert spare.get("page") is None, "an old page would outlive the change that Redis forgot"


def test_files_are_read_by_every_process_of_the_machine(tmp_path: Path) -> None:
    SharedFileCache(str(tmp_path), {}).set("page", "body")

    assert SharedFileCache(str(tmp_path), {}).get("page") == "body"


def test_a_full_folder_is_emptied_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = SharedFileCache(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 10}})
    monkeypatch.setattr("marketplace.caches.random.randrange", lambda _: 1)
    for number in range(15):
        cache.set(str(number), number)
    assert len(list(tmp_path.iterdir())) == 15

    monkeypatch.setattr("marketplace.caches.random.randrange", lambda _: 0)
    cache.set("last", 1)

    assert len(list(tmp_path.iterdir())) < 15


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Set the time that the caches read, in seconds."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr("time.time", lambda: seconds)

    return set_to


def test_counting_on_does_not_put_the_end_off(tmp_path: Path, clock) -> None:
    cache = SharedFileCache(str(tmp_path), {})
    clock(1_000)
    cache.add("checks", 1, timeout=60)

    clock(1_050)
    assert cache.incr("checks") == 2
    clock(1_061)

    assert cache.get("checks") is None
    with pytest.raises(ValueError, match="checks"):
        cache.incr("checks")


def test_counting_on_does_not_bring_the_end_forward(tmp_path: Path, clock) -> None:
    cache = SharedFileCache(str(tmp_path), {})
    clock(1_000)
    cache.add("tries", 0, timeout=3_600)
    cache.incr("tries")

    clock(1_000 + 3_599)

    assert cache.incr("tries") == 2


def test_what_is_kept_for_good_is_counted_for_good(tmp_path: Path, clock) -> None:
    cache = SharedFileCache(str(tmp_path), {})
    clock(1_000)
    cache.set("generation", 7, timeout=None)
    cache.incr("generation")

    clock(10**9)

    assert cache.get("generation") == 8


def test_two_that_count_at_once_are_two(tmp_path: Path) -> None:
    SharedFileCache(str(tmp_path), {}).add("tries", 0, timeout=60)

    with ThreadPoolExecutor(4) as visitors:
        counted = list(visitors.map(lambda _: SharedFileCache(str(tmp_path), {}).incr("tries"), range(40)))

    assert sorted(counted) == list(range(1, 41))
