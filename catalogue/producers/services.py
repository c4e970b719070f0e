"""Writes about producers: who may sell, who acts for them, and what the shop shows of them."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.contacts import workplace_url
from catalogue.producers.errors import ReasonMissing, SellerNotComplete, WrongSellerState
from catalogue.producers.models import Membership, Partner, SellerEvent
from marketplace.accounts.models import User
from marketplace.notices.services import notice_queue

logger = logging.getLogger(__name__)

#: Particulars of a seller's identity that must be known before it may sell (see `domain.md`).
REQUIRED_OF_A_SELLER = ("registration_number_or_tax_number", "representative", "phone", "address")


def missing_particulars(producer: Partner) -> list[str]:
    """Return which of `REQUIRED_OF_A_SELLER` are still unknown."""
    known = {
        "registration_number_or_tax_number": bool(producer.registration_number or producer.tax_number),
        "representative": bool(producer.representative),
        "phone": bool(producer.phone),
        "address": bool(producer.commune_id and (producer.street or producer.address_text)),
    }
    return [name for name in REQUIRED_OF_A_SELLER if not known[name]]


@transaction.atomic
def producer_update(*, producer: Partner, by: User, **particulars: Any) -> Partner:
    """Write `particulars` of `producer` and mark its goods for the index."""
    locked = Partner.objects.select_for_update().get(pk=producer.pk)
    for name, value in particulars.items():
        setattr(locked, name, value)
    locked.save()
    _goods_changed(locked)
    return locked


@transaction.atomic
def member_add(*, producer: Partner, user: User, role: str, by: User) -> Membership:
    """Let `user` act for `producer` in `role`; a member of it gets the role instead of the one before."""
    membership, _made = Membership.objects.update_or_create(
        producer=producer, user=user, defaults={"role": role}
    )
    logger.info(
        "member added",
        extra={"producer": producer.pk, "member": user.pk, "role": role, "by": by.pk},
    )
    return membership


@transaction.atomic
def member_remove(*, membership: Membership, by: User) -> None:
    """Let a person act for a producer no longer; from the next page on that they open."""
    membership.delete()
    logger.info(
        "member removed",
        extra={"producer": membership.producer_id, "member": membership.user_id, "by": by.pk},
    )


@transaction.atomic
def seller_verify(*, producer: Partner, by: User | None, reason: str = "") -> Partner:
    """Let `producer` sell; `reason` says what was checked. Verifying a verified seller changes nothing.

    Raises SellerNotComplete while its identity isn't known in full, and ReasonMissing where a suspension ends without a word.
    """
    locked = Partner.objects.select_for_update().get(pk=producer.pk)
    if locked.seller_state == Partner.SellerState.VERIFIED:
        return locked
    if missing := missing_particulars(locked):
        raise SellerNotComplete(missing)
    if locked.seller_state == Partner.SellerState.SUSPENDED:
        _check_reason(reason, _("Say why this producer may sell again."))
    return _decide(locked, SellerEvent.Action.VERIFIED, Partner.SellerState.VERIFIED, by, reason)


@transaction.atomic
def seller_refuse(*, producer: Partner, by: User | None, reason: str) -> Partner:
    """Turn down a producer that asked to sell; it may ask again. Raises WrongSellerState and ReasonMissing."""
    locked = Partner.objects.select_for_update().get(pk=producer.pk)
    if locked.seller_state != Partner.SellerState.PENDING:
        raise WrongSellerState(_("Only a producer that awaits verification can be refused."))
    _check_reason(reason, _("Say why this producer is refused."))
    return _decide(locked, SellerEvent.Action.REFUSED, Partner.SellerState.UNVERIFIED, by, reason)


@transaction.atomic
def seller_suspend(*, producer: Partner, by: User | None, reason: str) -> Partner:
    """Stop `producer` from selling; its goods stay to be seen, without a buy button. Raises WrongSellerState and ReasonMissing."""
    locked = Partner.objects.select_for_update().get(pk=producer.pk)
    if locked.seller_state != Partner.SellerState.VERIFIED:
        raise WrongSellerState(_("Only a verified seller can be stopped from selling."))
    _check_reason(reason, _("Say why this producer is stopped from selling."))
    return _decide(locked, SellerEvent.Action.SUSPENDED, Partner.SellerState.SUSPENDED, by, reason)


def _check_reason(reason: str, message: str) -> None:
    if not reason.strip():
        raise ReasonMissing(message, concerns="reason")


def _decide(producer: Partner, action: str, state: str, by: User | None, reason: str) -> Partner:
    """Change the state of a locked producer and write down who did it and why."""
    before, why = producer.seller_state, reason.strip()[:255]
    producer.seller_state = state
    producer.seller_state_reason = "" if state == Partner.SellerState.VERIFIED else why
    producer.seller_state_changed_at = timezone.now()
    producer.save(update_fields=["seller_state", "seller_state_reason", "seller_state_changed_at"])
    event = SellerEvent.objects.create(
        producer=producer, actor=by, action=action, reason=why, from_state=before, to_state=state
    )
    _goods_changed(producer)
    _tell_owners(event)
    return producer


def _tell_owners(event: SellerEvent) -> None:
    """Tell the producer's owners what was decided, and why where it isn't what they hoped for."""
    is_good = event.action == SellerEvent.Action.VERIFIED
    owners = event.producer.memberships.filter(role=Membership.Role.OWNER, user__is_active=True)
    for owner in owners.select_related("user"):
        notice_queue(
            key=f"seller:{event.pk}:{owner.user_id}",
            template="seller_decided",
            language=owner.user.preferred_language,
            email=owner.user.email,
            phone=owner.user.phone,
            person=owner.user,
            producer_id=event.producer_id,
            context={
                "news": event.action,
                "text": "" if is_good else event.reason,
                "producer": event.producer.name,
                "work_url": workplace_url(event.producer, language=owner.user.preferred_language),
            },
        )


def _goods_changed(producer: Partner) -> None:
    mark_changed(
        Product.objects.filter(producer=producer, structure=Product.PARENT).values_list("pk", flat=True)
    )
