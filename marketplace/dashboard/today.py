"""What to do now: the first screen of producers and of the programme."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from catalogue.certification.ending import Filing, certificates_ending, filing_window
from catalogue.certification.models import Certificate
from catalogue.certification.programme import rule_book
from catalogue.certification.rules import shown_q
from catalogue.models import Product
from catalogue.producers.joining.models import Application
from catalogue.producers.models import Partner, StockRecord
from catalogue.producers.selectors import MAY_SETTLE, producers_of, producers_overseen_by
from checkout.order.models import Consignment
from checkout.payment.transfers.models import AWAITING_PERSON, BankTransfer
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.roles import moves_money
from marketplace.accounts.second_factor import has_second_factor
from marketplace.clock import today
from marketplace.dashboard.access import ProducerAccess, SignedIn, StaffAccess, may_open
from marketplace.dashboard.aftersale.duties import case_duties, programme_case_duties
from marketplace.dashboard.delivery.withdrawals import withdrawal_duties
from marketplace.dashboard.duty import Duty
from marketplace.dashboard.messages.duties import message_duties, reported_message_duties
from marketplace.dashboard.papers.certificates import narrowed_to
from marketplace.dashboard.payments.disputes import dispute_duties
from marketplace.dashboard.payouts.duties import own_money_duties, payout_duties
from marketplace.dashboard.questions.duties import question_duties, reported_question_duties
from marketplace.places.models import Province

#: Who works in the back office; editors have a desk of their own.
PROGRAMME = tuple(role for role in StaffRole.Role.values if role != StaffRole.Role.EDITOR)
#: A pack of which fewer are left is nearly gone, unless its stock record says otherwise.
NEARLY_GONE = 5


class IndexView(SignedIn, View):
    """Leads everybody to their own first screen, and back to their account whoever has none: the footer shows everybody this door."""

    def get(self, request: HttpRequest) -> HttpResponse:
        places = workplaces_of(self.request.user)
        if not places:
            messages.info(request, _("This account works for no producer here."))
            return redirect("customer:home")
        if len(places) == 1:
            return redirect(places[0].url)
        return render(request, "dashboard/choose.html", {"places": places})


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where somebody works, and its first screen."""

    name: str
    url: str


def workplaces_of(user: User) -> list[Workplace]:
    """Return where `user` works: for the programme, for producers, at the editors' desk."""
    places = (
        [Workplace(_("The programme"), reverse("dashboard:programme"))] if may_open(user, "programme") else []
    )
    places += [
        Workplace(producer.name, reverse("dashboard:today", kwargs={"producer_pk": producer.pk}))
        for producer in producers_of(user).order_by("name")
    ]
    if user.has_perm("wagtailadmin.access_admin"):
        places.append(Workplace(_("Editors' desk"), reverse("wagtailadmin_home")))
    return places


class ProducerTodayView(ProducerAccess, TemplateView):
    """Orders to accept, pack and ship; papers that end; stock nearly gone; the week."""

    template_name = "dashboard/producer/today.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            duties=[
                *message_duties(self.membership),
                *producer_duties(self.producer),
                *own_money_duties(self.membership),
            ],
            week=week_of(self.producer),
            offers_second_factor=self.is_one_of(*MAY_SETTLE) and not has_second_factor(self.request.user),
        )


def producer_duties(producer: Partner) -> list[Duty]:
    """Return what `producer` has to do, most urgent first."""
    orders = reverse("dashboard:consignments", kwargs={"producer_pk": producer.pk})
    goods = reverse("dashboard:goods", kwargs={"producer_pk": producer.pk})
    counts = dict(
        Consignment.objects.filter(producer=producer, order__confirmed_at__isnull=False)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    state = Consignment.State
    steps = [
        (state.PLACED, _("orders to accept"), _("The buyer waits for your word."), _("Accept"), True),
        (state.ACCEPTED, _("parcels to pack"), "", _("Pack"), False),
        (
            state.PACKED,
            _("parcels to hand over"),
            _("To the carrier, or to the buyer."),
            _("Hand over"),
            False,
        ),
    ]
    duties = [
        Duty(counts[value], title, text, f"{orders}?state={value}", action, urgent)
        for value, title, text, action, urgent in steps
        if counts.get(value)
    ]
    return [
        *case_duties(producer),
        *duties,
        *question_duties(producer),
        *_without_pack(producer, goods),
        *_ending_certificates(producer),
        *_nearly_gone(producer),
    ]


def _without_pack(producer: Partner, url: str) -> list[Duty]:
    """Return that goods are in the shop which nobody can buy: the first thing to do for whoever has just got the workplace."""
    found = Product.objects.filter(shown_q(today(), adult=True), producer=producer, children__isnull=True)
    if not (count := found.count()):
        return []
    return [
        Duty(
            count, _("goods without a pack"), _("Buyers see them and can't order them."), url, _("Add a pack")
        )
    ]


def _ending_certificates(producer: Partner) -> list[Duty]:
    day = today()
    within = rule_book().recognition_on(day).filing_opens_days
    papers = certificates_ending(day, within_days=within).filter(product__producer=producer)
    duties = []
    for paper in papers.select_related("product"):
        window = filing_window(paper, on=day)
        is_shut = window.filing == Filing.SHUT
        what = (
            _("days until the certificate ends: the window has shut, call the province")
            if is_shut
            else _("days until the certificate ends: file by %(day)s")
            % {"day": f"{window.closes_on:%d/%m/%Y}"}
        )
        duties.append(
            Duty(
                (cast(date, paper.in_force_until) - day).days,
                what,
                f"{paper.product.title} · {paper.in_force_until:%d/%m/%Y}",
                _page_of(producer, paper.product_id),
                _("See"),
                urgent=is_shut,
            )
        )
    return duties


def _nearly_gone(producer: Partner) -> list[Duty]:
    left = F("num_in_stock") - F("num_allocated")
    records = (
        StockRecord.objects.filter(partner=producer)
        .annotate(left=left)
        .filter(
            Q(low_stock_threshold__isnull=True, left__lt=NEARLY_GONE) | Q(left__lt=F("low_stock_threshold"))
        )
        .select_related("product__parent")
        .order_by("left")[:5]
    )
    return [
        Duty(
            record.left,
            _("left in stock"),
            f"{record.product.parent.title} · {record.product.title}",
            _page_of(producer, record.product.parent_id),
            _("Fill up"),
        )
        for record in records
    ]


def transfer_duties() -> list[Duty]:
    """Return what waits for a person's word among the money that came in by bank transfer."""
    counts = dict(BankTransfer.objects.order_by().values_list("state").annotate(Count("pk")))
    transfers = reverse("dashboard:transfers")
    return [
        Duty(
            sum(counts.get(state, 0) for state in AWAITING_PERSON),
            _("bank transfers to decide"),
            _("Money came in, and no order could be found for it."),
            f"{transfers}?show=decide",
            _("Decide"),
            True,
        ),
        Duty(
            counts.get(BankTransfer.State.TO_RETURN, 0),
            _("bank transfers to send back"),
            _("It is decided; the money still has to be sent."),
            f"{transfers}?show=return",
            _("See"),
        ),
    ]


def _page_of(producer: Partner, good_pk: int) -> str:
    return reverse("dashboard:own-good", kwargs={"producer_pk": producer.pk, "pk": good_pk})


def week_of(producer: Partner) -> dict[str, int]:
    """Return the consignments and the goods' value (đồng) of the last seven days."""
    since = timezone.now() - timedelta(days=7)
    found = Consignment.objects.filter(producer=producer, order__confirmed_at__gte=since).exclude(
        state=Consignment.State.CANCELLED
    )
    sums = found.aggregate(count=Count("pk"), value=Sum("goods_total", default=0))
    return {"count": sums["count"], "value": sums["value"]}


class ProgrammeTodayView(StaffAccess, TemplateView):
    """What awaits somebody of the programme."""

    staff_roles = PROGRAMME
    #: Here an administrator is told how to set one up.
    needs_second_factor = False
    template_name = "dashboard/staff/today.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            duties=self.duties(),
            figures=self.figures(),
            needs_second_factor=moves_money(self.request.user) and not has_second_factor(self.request.user),
            provinces=[] if self.scope.everything else Province.objects.filter(self.scope.q("code")),
        )

    def duties(self) -> list[Duty]:
        """Return what waits, most urgent first."""
        producers = producers_overseen_by(self.request.user, *self.staff_roles)
        papers, shown = Certificate.objects.filter(product__producer__in=producers), narrowed_to()
        unverified = papers.filter(shown["verify"]).count()
        ending = papers.filter(shown["ending"]).count()
        pending = producers.filter(seller_state=Partner.SellerState.PENDING).count()
        suspected = Product.objects.filter(producer__in=producers, alcohol=Product.Alcohol.SUSPECTED).count()
        rows = [
            (
                "applications",
                Duty(
                    Application.objects.filter(
                        self.scope.q("commune__province"), state=Application.State.SUBMITTED
                    ).count(),
                    _("applications to sell"),
                    _("Compare what they say with their papers."),
                    reverse("dashboard:applications"),
                    _("Look"),
                    True,
                ),
            ),
            (
                "producer-verify",
                Duty(
                    pending,
                    _("producers want to sell"),
                    _("Check who they are."),
                    reverse("dashboard:producers") + "?state=pending",
                    _("Check"),
                    True,
                ),
            ),
            (
                "certificate-verify",
                Duty(
                    unverified,
                    _("certificates to verify"),
                    _("Their goods aren't shown until then."),
                    reverse("dashboard:certificates"),
                    _("Check"),
                ),
            ),
            (
                "certificates",
                Duty(
                    ending,
                    _("certificates end soon"),
                    _("Their producers file for re-recognition now."),
                    reverse("dashboard:certificates") + "?show=ending",
                    _("See"),
                ),
            ),
            (
                "suggestions",
                Duty(
                    suspected,
                    _("goods that could be alcohol"),
                    _("They wait for their product set."),
                    reverse("dashboard:suggestions"),
                    _("Decide"),
                ),
            ),
            *(("case", duty) for duty in programme_case_duties(self.scope)),
            *(("reported-talk", duty) for duty in reported_message_duties(self.scope)),
            *(("question", duty) for duty in reported_question_duties(self.scope)),
            *(("transfer-match", duty) for duty in transfer_duties()),
            *payout_duties(self.request.user),
            *dispute_duties(self.request.user),
            *withdrawal_duties(self.request.user),
        ]
        return [duty for screen, duty in rows if duty.number and may_open(self.request.user, screen)]

    def figures(self) -> dict[str, int]:
        """Return what the programme's provinces have in the shop."""
        producers = producers_overseen_by(self.request.user, *self.staff_roles)
        goods = Product.objects.filter(producer__in=producers, structure=Product.PARENT)
        in_force = Certificate.objects.in_force(today()).values("product")
        return {
            "producers": producers.count(),
            "goods": goods.count(),
            "in_force": goods.filter(pk__in=in_force).count(),
            "sellers": producers.filter(seller_state=Partner.SellerState.VERIFIED).count(),
        }
