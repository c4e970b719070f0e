"""The digest: one mail a day at the chosen hour, never empty, never twice, lost by no crash."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.clock import VIETNAM
from marketplace.notices import digest
from marketplace.notices.choices import choices_keep
from marketplace.notices.digest import digests_make_due
from marketplace.notices.models import Notice, PersonalNotice, Way
from marketplace.notices.personal import personal_notices_read
from marketplace.notices.places import Group, Side
from marketplace.notices.services import notices_send_due
from tests.factories.notices import member, tell_member

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=VIETNAM)


class Clock:
    """The time, as this test has it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = MONDAY
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def work(self) -> list[str]:
        """Let the worker go round, twice; return the bodies of the mails that went out."""
        before = len(mail.outbox)
        for _ in range(2):
            digests_make_due()
            notices_send_due()
        return [str(message.body) for message in mail.outbox[before:]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def wants_digest(person: User, hour: int = 7) -> None:
    choices_keep(person=person, choices={(Side.PRODUCER, Group.ORDERS): Way.DIGEST}, hour=hour)


def test_one_mail_a_day_at_the_chosen_hour(clock: Clock) -> None:
    membership = member()
    wants_digest(membership.user, hour=8)
    notices = [tell_member(membership) for _ in range(3)]

    clock.now = MONDAY.replace(hour=7, minute=59)
    assert clock.work() == []
    clock.now = MONDAY.replace(hour=8)
    [body] = clock.work()

    assert mail.outbox[0].to == ["chu@example.vn"]
    for notice in notices:
        assert notice.title in body
        assert f"/vi/tai-khoan/thong-bao/{notice.pk}/" in body
    clock.now = MONDAY + timedelta(days=1, hours=2)
    assert clock.work() == [], "nothing new: no empty mail"


def test_what_comes_after_the_mail_waits_for_the_next_day(clock: Clock) -> None:
    membership = member()
    wants_digest(membership.user)
    tell_member(membership)
    clock.now = MONDAY.replace(hour=7)
    assert len(clock.work()) == 1

    later = tell_member(membership)
    PersonalNotice.objects.filter(pk=later.pk).update(digest_at=clock.now)  # written while the mail was made
    assert clock.work() == []
    wants_digest(membership.user, hour=20)
    clock.now = MONDAY.replace(hour=20)
    assert clock.work() == [], "a day has one"

    clock.now = MONDAY.replace(hour=20) + timedelta(days=1)
    assert len(clock.work()) == 1


def test_what_was_read_meanwhile_or_is_no_longer_ones_own_makes_no_mail(clock: Clock) -> None:
    reader, leaver = member(), member("di@example.vn")
    for membership in (reader, leaver):
        wants_digest(membership.user)
        tell_member(membership)
    personal_notices_read(person=reader.user)
    leaver.delete()

    clock.now = MONDAY.replace(hour=7)

    assert clock.work() == []
    assert not PersonalNotice.objects.filter(digest_at__isnull=False).exists()


def test_a_crash_loses_nothing_and_doubles_nothing(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    membership = member()
    wants_digest(membership.user)
    tell_member(membership)
    clock.now = MONDAY.replace(hour=7)

    def crash(*args: object, **kwargs: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(digest, "notice_queue", crash)
        with pytest.raises(MemoryError):
            digests_make_due()
    assert not Notice.objects.exists()

    assert len(clock.work()) == 1


def test_a_long_day_makes_a_mail_of_bearable_length(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "MOST_NOTICES", 2)
    membership = member()
    wants_digest(membership.user)
    for _ in range(5):
        tell_member(membership)
    clock.now = MONDAY.replace(hour=7)

    [body] = clock.work()

    assert body.count("/thong-bao/") == 2 + 2, "two notices, the list and the choices"
    assert "Và 3 thông báo nữa." in body
    assert mail.outbox[0].subject == "Chợ OCOP: 5 thông báo trong ngày"
