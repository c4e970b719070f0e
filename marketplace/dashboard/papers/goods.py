"""Goods as the programme sees them: their papers, what the shop shows of them, and the suspension of a listing."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView

from catalogue.addresses import good_url
from catalogue.certification.models import StandardCertificate
from catalogue.certification.outlook import outlook
from catalogue.certification.rules import shown_q
from catalogue.certification.terms import standing_on
from catalogue.models import Product
from catalogue.seasons import season_words
from catalogue.services import listing_restore, listing_suspend
from marketplace.clock import today
from marketplace.dashboard.access import may_open
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.papers.access import SEE, PaperAccess
from marketplace.dashboard.papers.awards import GoodChange
from marketplace.dashboard.papers.certificates import is_proposal
from marketplace.dashboard.papers.change import outlook_lines
from marketplace.dashboard.papers.forms import ListingForm
from marketplace.dashboard.papers.history import history_lines
from marketplace.folding import names_like

#: What the list can be narrowed to.
SHOWN = {
    "": gettext_lazy("All"),
    "shown": gettext_lazy("In the shop"),
    "hidden": gettext_lazy("Not in the shop"),
    "suspended": gettext_lazy("Suspended"),
}


class GoodListView(PaperAccess, ListView):
    """All goods within the person's provinces, with their stars of today."""

    template_name = "dashboard/papers/goods.html"
    context_object_name = "goods"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Product]:
        on_display = Product.objects.filter(shown_q(today(), adult=True), pk=OuterRef("pk"))
        found = (
            self.goods()
            .annotate(in_shop=Exists(on_display))
            .prefetch_related("certificates")
            .order_by("title", "pk")
        )
        show = self.request.GET.get("show", "")
        if show in ("shown", "hidden"):
            found = found.filter(in_shop=show == "shown")
        elif show == "suspended":
            found = found.filter(listing=Product.Listing.SUSPENDED)
        if words := self.request.GET.get("q", "").strip()[:80]:
            found = found.filter(
                names_like(words, "title_vi", "title_en", "producer__name") | Q(ocop_code__iexact=words)
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        show, words = self.request.GET.get("show", ""), self.request.GET.get("q", "")
        context["tabs"] = [
            {
                "label": label,
                "url": f"?show={name}" + (f"&{urlencode({'q': words})}" if words else ""),
                "current": name == (show if show in SHOWN else ""),
            }
            for name, label in SHOWN.items()
        ]
        context["rows"] = [(good, counting_standing(good)) for good in context["goods"]]
        may_import = may_open(self.request.user, "imports")
        return {**context, "query": filters_kept(self.request), "show": show, "may_import": may_import}


def counting_standing(good: Product) -> Any:
    """Return the certificate that counts today with its standing, else the newest one's; None without any. Asks no database."""
    day = today()
    standings = [(paper, standing_on(paper, day)) for paper in good.certificates.all()]
    counting = [pair for pair in standings if pair[1].standing.counts]
    newest = sorted(standings, key=lambda pair: (pair[0].created_at, pair[0].pk), reverse=True)
    return next(iter(counting or newest), None)


class GoodDetailView(PaperAccess, DetailView):
    """One good: what the shop shows, its certificates and standards, what happened to its listing."""

    template_name = "dashboard/papers/good.html"
    context_object_name = "good"

    def get_queryset(self) -> QuerySet[Product]:
        return self.goods().select_related("product_set", "sector")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        good, day = self.object, today()
        papers = list(good.certificates.select_related("decision").order_by("-created_at", "-pk"))
        now = outlook(good.pk, on=day)
        in_shop = now[0].stars is not None
        return super().get_context_data(
            **kwargs,
            now=outlook_lines(now),
            shop_url=good_url(pk=good.pk, slug=good.slug, language=(get_language() or "vi")[:2])
            if in_shop
            else "",
            papers=[(paper, standing_on(paper, day)) for paper in papers],
            has_proposal=any(is_proposal(paper) for paper in papers),
            standards=standards_for(Q(product=good) | Q(producer=good.producer_id)),
            today=day,
            season=season_words(good.season_first, good.season_last),
            may_set_season=may_open(self.request.user, "good-season"),
            may_change=may_open(self.request.user, "certificate-new"),
            history=history_lines(good.listing_events.select_related("actor")),
        )


def standards_for(whose: Q) -> QuerySet[StandardCertificate]:
    """Return the standards of a good or producer, the latest end first."""
    return StandardCertificate.objects.filter(whose).order_by("-valid_until", "pk")


class ListingSuspendView(GoodChange):
    """Takes a good off the shop, with a reason."""

    staff_roles = SEE

    form_class = ListingForm
    audit_action = "listing.suspended"
    title = gettext_lazy("Suspend the listing")
    consequence = gettext_lazy(
        "The product leaves the shop at once; its certificate stays as it is. Orders on their way are not touched."
    )
    action = gettext_lazy("Suspend the listing")
    is_danger = True

    def preview_on_opening(self) -> dict[str, Any] | None:
        return {"reason": "…"}

    def write(self, typed: dict[str, Any]) -> Product:
        return listing_suspend(good=self.good, reason=typed["reason"], by=self.request.user)

    def done_message(self, made: Product) -> str:
        return _("%(name)s is no longer in the shop.") % {"name": made.get_title()}


class ListingRestoreView(GoodChange):
    """Brings a suspended good back, as far as its papers allow."""

    staff_roles = SEE

    form_class = ListingForm
    audit_action = "listing.restored"
    title = gettext_lazy("Restore the listing")
    consequence = gettext_lazy("The product comes back into the shop where its certificate is in force.")
    action = gettext_lazy("Restore the listing")

    def preview_on_opening(self) -> dict[str, Any] | None:
        return {"reason": ""}

    def write(self, typed: dict[str, Any]) -> Product:
        return listing_restore(good=self.good, reason=typed["reason"], by=self.request.user)

    def done_message(self, made: Product) -> str:
        return _("The listing of %(name)s is restored.") % {"name": made.get_title()}
