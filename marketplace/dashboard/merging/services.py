"""Making one producer of two entries: only what is safe. An entry that has sold keeps its orders and its money, so only one that hasn't goes.

Locks: producers by key.
"""

from dataclasses import dataclass, field
from typing import Final

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.models import StandardCertificate
from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.errors import ProducerError, ReasonMissing
from catalogue.producers.joining.models import Merge
from catalogue.producers.models import Membership, Partner, StockRecord
from checkout.order.models import Consignment, Line
from marketplace.accounts.models import User

#: What goes to the other entry.
_MOVES: Final = {
    "catalogue.product",
    "partner.stockrecord",
    "certification.standardcertificate",
    "partner.membership",
}
#: What stays with the empty entry: its own history, and what others write about it.
_STAYS: Final = {
    "partner.sellerevent",
    "partner.deliveryreach",
    "partner.producerstory",
    "joining.application",
    "joining.merge",
    "team.invitation",
    "certification.importrow",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging would do, and what stands in its way."""

    goods: list[Product]
    standards: list[StandardCertificate]
    #: Those of the source's people who don't belong to the target yet.
    members: list[Membership]
    obstacles: list[str] = field(default_factory=list)


def merge_preview(*, source: Partner, target: Partner) -> Preview:
    """Return what would go from `source` to `target`; nothing can go while there is an obstacle."""
    there = target.memberships.values("user")
    return Preview(
        goods=list(
            Product.objects.filter(producer=source, structure=Product.PARENT).order_by("title_vi", "pk")
        ),
        standards=list(StandardCertificate.objects.filter(producer=source)),
        members=list(source.memberships.exclude(user__in=there).select_related("user")),
        obstacles=_obstacles(source, target),
    )


@transaction.atomic
def producers_merge(*, source: Partner, target: Partner, by: User, reason: str) -> Merge:
    """Move goods (with stock and certificates), standards and people of `source` to `target`. Raises ProducerError and ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(_("Say by what we know that both are one."), concerns="reason")
    source, target = _locked(source.pk, target.pk)
    preview = merge_preview(source=source, target=target)
    if preview.obstacles:
        raise ProducerError(" ".join(preview.obstacles))
    goods = [good.pk for good in preview.goods]
    standards, members = [one.pk for one in preview.standards], [one.pk for one in preview.members]
    _move(goods=goods, standards=standards, members=members, to=target)
    return Merge.objects.create(
        source=source,
        target=target,
        reason=reason.strip()[:255],
        moved={"goods": goods, "standards": standards, "members": members},
        by=by,
    )


@transaction.atomic
def merge_undo(*, merge: Merge, by: User) -> Merge:
    """Give back what went along, as far as it is still there. Raises ProducerError once something of it was sold, or it is undone already."""
    _locked(merge.source_id, merge.target_id)
    locked = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if locked.undone_at:
        raise ProducerError(_("This was undone already."))
    goods = locked.moved["goods"]
    if Line.objects.filter(
        product__parent__in=goods, partner=locked.target_id, order__date_placed__gte=locked.at
    ).exists():
        raise ProducerError(
            _("Goods that went along were ordered since: the orders belong to the other entry now.")
        )
    _move(
        goods=list(
            Product.objects.filter(pk__in=goods, producer=locked.target_id).values_list("pk", flat=True)
        ),
        standards=locked.moved["standards"],
        members=locked.moved["members"],
        to=locked.source,
    )
    locked.undone_at, locked.undone_by = timezone.now(), by
    locked.save(update_fields=["undone_at", "undone_by"])
    return locked


def _move(*, goods: list[int], standards: list[int], members: list[int], to: Partner) -> None:
    packs = Product.objects.filter(parent__in=goods)
    StockRecord.objects.filter(product__in=packs.values("pk")).update(partner=to)
    packs.filter(producer__isnull=False).update(producer=to)
    Product.objects.filter(pk__in=goods).update(producer=to)
    StandardCertificate.objects.filter(pk__in=standards).update(producer=to)
    Membership.objects.filter(pk__in=members).update(producer=to)
    mark_changed(goods)


def _locked(*keys: int) -> list[Partner]:
    """Return producers in the order of `keys`, locked in the order of their keys."""
    found = {
        one.pk: one
        for one in Partner.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    }
    return [found[key] for key in keys]


def _obstacles(source: Partner, target: Partner) -> list[str]:
    if source.pk == target.pk:
        return [_("These are the same entry.")]
    found = []
    if source.seller_state == Partner.SellerState.VERIFIED:
        found.append(
            _("%(name)s sells here: stop it first, or merge the other way round.") % {"name": source.name}
        )
    if Merge.objects.filter(source__in=[source, target], undone_at=None).exists():
        found.append(_("One of both was merged into another entry already."))
    if Line.objects.filter(partner=source).exists() or Consignment.objects.filter(producer=source).exists():
        found.append(
            _("Goods of %(name)s were ordered before: its orders stay with it.") % {"name": source.name}
        )
    left = sorted({_words(model) for model, path in _pointing() if _has(model, path, source)})
    if left:
        found.append(
            _("%(name)s has what can't go along: %(what)s.") % {"name": source.name, "what": ", ".join(left)}
        )
    return found


def _has(model: type[models.Model], path: str, source: Partner) -> bool:
    return model._default_manager.filter(**{path: source.pk}).exists()


def _words(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name)


def _pointing() -> list[tuple[type[models.Model], str]]:
    """Return what else names a producer: whatever is new here stands in the way until somebody has thought about it."""
    return [
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label_lower not in _MOVES | _STAYS and model not in (Partner, Line, Consignment)
        for field in model._meta.local_fields
        if field.related_model is Partner
    ]
