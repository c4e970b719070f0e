"""Drafts, schedules and stops campaigns. Their prices are written through `catalogue.pricing`, and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.models import Product, ProductSet
from catalogue.pricing.models import NormalPrice
from catalogue.pricing.services import dated_prices_stop, dated_prices_write
from catalogue.producers.models import Partner
from checkout.campaigns.choice import Kind, Line, not_chosen, read_codes
from checkout.campaigns.errors import (
    CampaignIncomplete,
    CampaignInThePast,
    CampaignNotDraft,
    CapNotConfirmed,
    NothingToReduce,
)
from checkout.campaigns.models import Campaign, CampaignItem, DiscountRule
from checkout.campaigns.preview import Preview, campaign_preview
from marketplace.accounts.models import User
from marketplace.places.models import Province
from marketplace.slugs import vietnamese_slug

#: All that a search finds is taken up to so many; who wants more narrows by set, province or producer.
MOST_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class CampaignData:
    """What an admin fills in. `percent` off or one `price` in đồng, never both; moments are aware."""

    name: str
    starts_at: datetime
    ends_at: datetime
    percent: int | None = None
    price: int | None = None
    name_en: str = ""
    text: str = ""
    text_en: str = ""
    #: What it covers; None leaves that as it is.
    sets: Iterable[ProductSet] | None = None
    provinces: Iterable[Province] | None = None
    producers: Iterable[Partner] | None = None
    goods: Iterable[Product] | None = None
    legal_form: str = ""
    notice_number: str = ""
    concentrated_decision: str = ""
    slug: str = field(default="")


@transaction.atomic
def campaign_create(*, data: CampaignData, by: User | None = None) -> Campaign:
    """Draft a campaign. Raises CampaignIncomplete."""
    campaign = Campaign(created_by=by)
    return _write(campaign, data)


@transaction.atomic
def campaign_update(*, campaign: Campaign, data: CampaignData) -> Campaign:
    """Change a draft. Raises CampaignNotDraft and CampaignIncomplete."""
    return _write(_draft(campaign), data)


@transaction.atomic
def campaign_rehearse(*, campaign: Campaign, data: CampaignData) -> Preview:
    """Return what a draft would do if it were changed to `data`; nothing is kept. Raises as `campaign_update` does."""
    with transaction.atomic():
        preview = campaign_preview(campaign=campaign_update(campaign=campaign, data=data))
        transaction.set_rollback(True)
    return preview


@transaction.atomic
def campaign_choose(*, campaign: Campaign, kind: Kind, keys: Iterable[Any]) -> int:
    """Let a draft also cover what `keys` name of a kind; return how many are new. What can't be chosen is passed over.

    Raises CampaignNotDraft.
    """
    draft = _draft(campaign)
    fresh = not_chosen(draft, kind).filter(pk__in=list(keys)).order_by().values_list("pk", flat=True)
    return _add(draft, kind, fresh)


@transaction.atomic
def campaign_choose_found(*, campaign: Campaign, kind: Kind, typed: str) -> int:
    """Let a draft cover all that a search finds, `MOST_AT_ONCE` at most; return how many are new. Raises CampaignNotDraft."""
    draft = _draft(campaign)
    return _add(draft, kind, not_chosen(draft, kind, typed).values_list("pk", flat=True)[:MOST_AT_ONCE])


@transaction.atomic
def campaign_choose_codes(*, campaign: Campaign, kind: Kind, text: str) -> tuple[int, list[Line]]:
    """Let a draft cover what a paste names, one code a line; return how many are new and the lines that name nothing.

    Raises CampaignNotDraft.
    """
    keys, unknown = read_codes(kind, text)
    return campaign_choose(campaign=campaign, kind=kind, keys=keys), unknown


@transaction.atomic
def campaign_unchoose(*, campaign: Campaign, kind: Kind, keys: Iterable[Any] | None = None) -> int:
    """Take what `keys` name out of a draft, all of the kind without them; return how many those were. Raises CampaignNotDraft."""
    manager = getattr(_draft(campaign), kind)
    before = manager.count()
    if keys is None:
        manager.clear()
    else:
        manager.remove(*keys)
    return int(before - manager.count())


def _add(campaign: Campaign, kind: Kind, keys: Iterable[Any]) -> int:
    fresh = list(keys)
    getattr(campaign, kind).add(*fresh)
    return len(fresh)


@transaction.atomic
def campaign_schedule(
    *, campaign: Campaign, by: User | None = None, confirm_rule: bool = False, at: datetime | None = None
) -> Preview:
    """Let a draft's prices hold from its start until its end, at once where the start is now.

    What the preview refuses keeps its price. `confirm_rule` says that `by` has checked the cap on discounts against the law;
    without it a cap that nobody has confirmed refuses the campaign. Returns the preview that was carried out.

    Raises CampaignNotDraft, CampaignInThePast, CapNotConfirmed and NothingToReduce.
    """
    moment = at or timezone.now()
    campaign = _draft(campaign)
    if campaign.ends_at <= moment:
        raise CampaignInThePast(_("The campaign would have ended already."))
    if campaign.starts_at < moment:
        # Prices don't begin in the past: what buyers paid until now stays what it was.
        campaign.starts_at = moment
    preview = campaign_preview(campaign=campaign)
    if preview.rule.confirmed_at is None:
        if not confirm_rule:
            raise CapNotConfirmed(
                _("Please confirm the cap on discounts first: %(source)s")
                % {"source": preview.rule.legal_source}
            )
        discount_rule_confirm(rule=preview.rule, by=by, at=moment)
    if not preview.included:
        raise NothingToReduce(_("No pack of this selection can be reduced."))
    campaign.state = Campaign.State.SCHEDULED
    campaign.scheduled_by, campaign.scheduled_at = by, moment
    campaign.save()
    _carry_out(campaign, preview)
    return preview


@transaction.atomic
def campaign_stop(*, campaign: Campaign, by: User | None = None, at: datetime | None = None) -> Campaign:
    """End a scheduled campaign at `at` (default: now), before its time; the goods concerned go into the change record.

    Stopping one that is over or stopped already changes nothing.
    """
    moment = at or timezone.now()
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.phase(moment) not in (Campaign.Phase.COMING, Campaign.Phase.RUNNING):
        return campaign
    dated_prices_stop(source=campaign.source, at=moment)
    campaign.state = Campaign.State.STOPPED
    campaign.stopped_by, campaign.stopped_at = by, moment
    campaign.save(update_fields=["state", "stopped_by", "stopped_at"])
    return campaign


def campaigns_refresh_due(*, at: datetime | None = None) -> int:
    """Judge coming campaigns anew where a normal price changed since they were scheduled; called by the worker.

    The cap counts from the normal price at the start, so a price raised in between must not make a cut that the law forbids. Returns
    how many campaigns were rewritten.
    """
    moment = at or timezone.now()
    unchanged = NormalPrice.objects.filter(
        pack=OuterRef("pack"), valid_until__isnull=True, amount=OuterRef("price_before")
    )
    stale = (
        CampaignItem.objects.filter(
            ~Q(Exists(unchanged)), campaign__state=Campaign.State.SCHEDULED, campaign__starts_at__gt=moment
        )
        .values_list("campaign_id", flat=True)
        .distinct()
    )
    return sum(_refresh(pk, moment) for pk in sorted(stale))


@transaction.atomic
def discount_rule_confirm(*, rule: DiscountRule, by: User | None, at: datetime | None = None) -> DiscountRule:
    """Record that a person has held the cap against the law."""
    rule.confirmed_at, rule.confirmed_by = at or timezone.now(), by
    rule.save(update_fields=["confirmed_at", "confirmed_by"])
    return rule


def _carry_out(campaign: Campaign, preview: Preview) -> None:
    CampaignItem.objects.filter(campaign=campaign).delete()
    CampaignItem.objects.bulk_create(
        [
            CampaignItem(
                campaign=campaign,
                pack_id=item.pack_id,
                price_before=item.price_before or 0,
                price=item.price or 0,
            )
            for item in preview.included
        ],
        batch_size=500,
    )
    dated_prices_write(
        source=campaign.source,
        prices=preview.prices,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
    )


@transaction.atomic
def _refresh(campaign_id: int, moment: datetime) -> bool:
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.phase(moment) != Campaign.Phase.COMING:
        return False
    _carry_out(campaign, campaign_preview(campaign=campaign))
    return True


def _draft(campaign: Campaign) -> Campaign:
    fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if fresh.state != Campaign.State.DRAFT:
        raise CampaignNotDraft(_("This campaign is no draft any more."))
    return fresh


def _write(campaign: Campaign, data: CampaignData) -> Campaign:
    if not data.name.strip():
        raise CampaignIncomplete(_("The campaign needs a name."))
    if data.ends_at <= data.starts_at:
        raise CampaignIncomplete(_("The end must lie after the start."))
    if (data.percent is None) == (data.price is None):
        raise CampaignIncomplete(_("Give a percentage or a price, not both."))
    if data.percent is not None and not 1 <= data.percent <= 99:
        raise CampaignIncomplete(_("The percentage must lie between 1 and 99."))
    if data.price is not None and data.price < 1:
        raise CampaignIncomplete(_("A price is above zero."))
    texts = {
        "name_vi": data.name.strip(),
        "name_en": data.name_en.strip() or None,
        "text_vi": data.text,
        "text_en": data.text_en or None,
    }
    for field_name, value in texts.items():
        setattr(campaign, field_name, value)
    campaign.starts_at, campaign.ends_at = data.starts_at, data.ends_at
    campaign.kind = Campaign.Kind.PRICE if data.price is not None else Campaign.Kind.PERCENT
    campaign.percent, campaign.price = data.percent, data.price
    campaign.legal_form, campaign.notice_number = data.legal_form, data.notice_number
    campaign.concentrated_decision = data.concentrated_decision.strip()
    campaign.slug = data.slug or campaign.slug or _free_slug(data)
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise CampaignIncomplete(_("Another campaign has this address already.")) from error
    for kind in Kind:
        covered = getattr(data, kind)
        if covered is not None:
            getattr(campaign, kind).set(covered)
    return campaign


def _free_slug(data: CampaignData) -> str:
    base = vietnamese_slug(data.name)[:100] or "khuyen-mai"
    year = f"{base}-{data.starts_at:%Y}"
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, year, *(f"{year}-{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)
