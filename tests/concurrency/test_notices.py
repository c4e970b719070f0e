"""Two machines at the same work, on PostgreSQL: one digest, one reminder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.certification.models import Certificate, CertificateReminder
from catalogue.certification.reminders import certificates_remind_due
from marketplace.clock import today
from marketplace.notices.choices import choices_keep
from marketplace.notices.digest import digests_make_due
from marketplace.notices.models import Notice, PersonalNotice, Way
from marketplace.notices.places import Group, Side
from tests.concurrency.together import at_once
from tests.factories.catalogue import sold_pack
from tests.factories.notices import member, tell_member

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("_round", range(3))
def test_four_workers_make_one_digest_with_all_that_waits(_round: int) -> None:
    membership = member()
    choices = {(Side.PRODUCER, Group.ORDERS): Way.DIGEST}
    choices_keep(person=membership.user, choices=choices, hour=7)
    for _ in range(3):
        tell_member(membership)
    PersonalNotice.objects.update(digest_at=timezone.now() - timedelta(seconds=1))

    done = at_once(
        *[digests_make_due] * 4, lambda: choices_keep(person=membership.user, choices=choices, hour=7)
    )

    assert [one for one in done if isinstance(one, Exception)] == []
    digests = Notice.objects.filter(template="digest")
    waiting = PersonalNotice.objects.filter(digest_at__isnull=False).count()
    if digests:  # else the new choice came first, and all wait for its hour
        assert [len(one.context["notices"]) for one in digests] == [3]
    assert waiting == (0 if digests else 3)


def test_four_workers_remind_of_a_certificate_once() -> None:
    pack = sold_pack()
    member(producer=pack.parent.producer)
    end = today() + timedelta(days=150)
    Certificate.objects.update(valid_until=end, in_force_until=end)

    done = at_once(*[certificates_remind_due] * 4)

    assert sorted(done) == [0, 0, 0, 1]
    assert CertificateReminder.objects.count() == 1
    assert Notice.objects.filter(template="producer_certificate_ends").count() == 1
