"""Returns and complaints: what a buyer has against goods that came or didn't come, and what became of it.

A *case* concerns packs of lines of one consignment. Reasons and terms are dated data: a case keeps the row by which it was opened.
Days are inclusive days in Vietnam.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.pictures.attached import AttachedPicture


class Terms(models.Model):
    """How long each side has, from a day on until the next row begins."""

    valid_from = models.DateField(unique=True)
    #: For an answer of the producer, then of the programme: days on which people work.
    answer_working_days = models.PositiveSmallIntegerField(_("working days to answer"), default=3)
    #: For the buyer to take a decision to the programme, and to send goods back.
    appeal_days = models.PositiveSmallIntegerField(_("days to ask the programme"), default=15)
    send_back_days = models.PositiveSmallIntegerField(_("days to send goods back"), default=10)
    #: For the producer to say that goods which were sent back have come.
    receive_working_days = models.PositiveSmallIntegerField(
        _("working days to confirm goods that came back"), default=7
    )
    #: After delivery: when a buyer is asked for a review, and until when one may be written.
    review_invite_days = models.PositiveSmallIntegerField(_("days until a review is asked for"), default=5)
    review_days = models.PositiveSmallIntegerField(_("days in which a review may be written"), default=90)
    #: After a consignment's end: until when its buyer and its producer may write to each other.
    talk_days = models.PositiveSmallIntegerField(_("days in which both sides may still write"), default=30)
    source = models.CharField(_("source"), max_length=255)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_working_days__gt=0, send_back_days__gt=0, receive_working_days__gt=0),
                name="terms_give_time",
            ),
            models.CheckConstraint(
                condition=Q(review_days__gt=F("review_invite_days")), name="terms_invite_before_the_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%d/%m/%Y}"


class Reason(models.Model):
    """Why goods may be sent back or complained about, and by which rule."""

    class Kind(models.TextChoices):
        RETURN = "return", _("Return")
        COMPLAINT = "complaint", _("Complaint")

    class When(models.TextChoices):
        DELIVERED = "delivered", _("After delivery")
        OVERDUE = "overdue", _("When the parcel is late")
        BOTH = "both", _("After delivery, or when the parcel is late")

    class Bearer(models.TextChoices):
        PRODUCER = "producer", _("The producer bears delivery")
        BUYER = "buyer", _("The buyer bears delivery")

    class GoodsBack(models.TextChoices):
        NEVER = "never", _("The goods stay with the buyer")
        ASKED = "asked", _("Whoever decides may ask for the goods back")
        ALWAYS = "always", _("The goods go back first")

    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words_vi = models.CharField(max_length=120)
    words_en = models.CharField(max_length=120)
    help_vi = models.CharField(max_length=255, blank=True, default="")
    help_en = models.CharField(max_length=255, blank=True, default="")
    when = models.CharField(max_length=10, choices=When.choices, default=When.DELIVERED)
    #: Counted from the day of delivery; of a parcel that is late, from the last day on which it was promised.
    deadline_days = models.PositiveSmallIntegerField(_("days"))
    delivery_borne_by = models.CharField(max_length=10, choices=Bearer.choices, default=Bearer.PRODUCER)
    goods_back = models.CharField(max_length=10, choices=GoodsBack.choices, default=GoodsBack.ASKED)
    asks_pictures = models.BooleanField(_("asks for pictures"), default=False)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: The law or the rule of the marketplace that it comes from.
    source = models.CharField(_("source"), max_length=255)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_reason_a_code_and_day"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="reason_days_in_order",
            ),
            models.CheckConstraint(condition=Q(deadline_days__gt=0), name="reason_gives_time"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The reason in the active language."""
        return self.words_en if get_language() == "en" else self.words_vi

    @property
    def help(self) -> str:
        """What belongs to it, in the active language."""
        return self.help_en if get_language() == "en" else self.help_vi


class Side(models.TextChoices):
    """Who speaks or acts in a case."""

    BUYER = "buyer", _("The buyer")
    PRODUCER = "producer", _("The producer")
    PROGRAMME = "programme", _("The programme")
    SYSTEM = "system", _("The marketplace")


class Case(models.Model):
    """A return or complaint about packs of one consignment."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for the producer")
        ESCALATED = "escalated", _("With the programme")
        AWAITING_GOODS = "awaiting_goods", _("Goods are going back")
        REFUNDED = "refunded", _("Refunded")
        SETTLED = "settled", _("Made good")
        REFUSED = "refused", _("Refused by the producer")
        DISMISSED = "dismissed", _("Dismissed by the programme")
        WITHDRAWN = "withdrawn", _("Withdrawn by the buyer")
        LAPSED = "lapsed", _("Ended: the goods were not sent back")

    class Wish(models.TextChoices):
        REFUND = "refund", _("Money back")
        REPLACEMENT = "replacement", _("The goods anew, or what is missing")
        WORD = "word", _("An explanation")

    number = models.CharField(max_length=40, unique=True)
    consignment = models.ForeignKey("order.Consignment", on_delete=models.PROTECT, related_name="cases")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="cases")
    wish = models.CharField(max_length=12, choices=Wish.choices, default=Wish.REFUND)
    description = models.TextField(_("what happened"))
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN, db_index=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    #: The last day for whoever has the next word: the producer or the programme; none where the buyer has it or nobody.
    answer_due_on = models.DateField(null=True, blank=True, db_index=True)
    #: Who decided as it stands; empty before.
    decided_by = models.CharField(max_length=10, choices=Side.choices, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    #: Until when the buyer may take the producer's word to the programme.
    appeal_until = models.DateField(null=True, blank=True)

    # Goods that go back: until when the buyer sends them, when and how they were sent, when they came.
    goods_due_on = models.DateField(null=True, blank=True, db_index=True)
    goods_sent_at = models.DateTimeField(null=True, blank=True)
    goods_sent_how = models.CharField(max_length=160, blank=True, default="")
    goods_received_at = models.DateTimeField(null=True, blank=True)

    refund = models.OneToOneField(
        "payment.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="case"
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "escalated"], answer_due_on__isnull=False)
                | Q(state="awaiting_goods", goods_due_on__isnull=False)
                | ~Q(state__in=["open", "escalated", "awaiting_goods"]) & Q(answer_due_on__isnull=True),
                name="open_case_has_a_last_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refunded", "settled", "refused", "dismissed"])
                | Q(decided_at__isnull=False) & ~Q(decided_by=""),
                name="decided_case_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(refund__isnull=True) | Q(state="refunded"), name="only_refunded_case_has_refund"
            ),
            models.CheckConstraint(
                condition=Q(goods_sent_at__isnull=True) | Q(goods_due_on__isnull=False),
                name="goods_are_sent_where_asked_for",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseLine(models.Model):
    """Packs of one order line that a case is about; numbers are packs."""

    class Condition(models.TextChoices):
        SELLABLE = "sellable", _("As new: back on the shelf")
        OPENED = "opened", _("Opened or used: not sold again")
        SPOILED = "spoiled", _("Broken or spoiled: not sold again")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="case_lines")
    quantity = models.PositiveIntegerField()
    #: For how many packs money goes back, once that is decided.
    agreed_quantity = models.PositiveIntegerField(null=True, blank=True)
    received_quantity = models.PositiveIntegerField(null=True, blank=True)
    condition = models.CharField(max_length=10, choices=Condition.choices, blank=True, default="")
    #: Follows the case's state: of one line only one case is open.
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(is_open=True), name="one_open_case_a_line"),
            models.UniqueConstraint(fields=["case", "line"], name="one_case_line_a_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="case_line_is_about_something"),
            models.CheckConstraint(
                condition=Q(agreed_quantity__isnull=True) | Q(agreed_quantity__lte=F("quantity")),
                name="never_agree_to_more_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(received_quantity__isnull=True, condition="")
                | Q(received_quantity=0, condition="")
                | Q(received_quantity__gt=0, received_quantity__lte=F("quantity")) & ~Q(condition=""),
                name="received_packs_have_a_condition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


class CaseEvent(models.Model):
    """A word or a step in a case, appended only (triggers on both databases): who, when, what.

    A message has no states; a step has the one it led to. The person is forgotten when an account goes; the row stays.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    from_state = models.CharField(max_length=16, choices=Case.State.choices, blank=True, default="")
    to_state = models.CharField(max_length=16, choices=Case.State.choices, blank=True, default="")
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(to_state="") | ~Q(text=""), name="case_event_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.to_state or 'message'}"


class CasePicture(AttachedPicture):
    """A picture that one side shows the others; private."""

    FOLDER = "case_pictures"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pictures")
    side = models.CharField(max_length=10, choices=Side.choices)
    #: The message that it came with; none: with the case itself.
    event = models.ForeignKey(
        CaseEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="pictures"
    )

    class Meta(AttachedPicture.Meta):
        indexes = [models.Index(fields=["state", "next_try_at"], name="case_picture_due")]


class LineReview(models.Model):
    """Which order line a review is about: one of each."""

    line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="line_review")
    review = models.OneToOneField(
        "reviews.ProductReview", on_delete=models.CASCADE, related_name="line_review"
    )

    def __str__(self) -> str:
        return f"{self.line_id}: {self.review_id}"


class ReviewInvitation(models.Model):
    """That a buyer was asked to review what a consignment brought: once."""

    consignment = models.OneToOneField(
        "order.Consignment", on_delete=models.PROTECT, related_name="review_invitation"
    )
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.consignment_id}"
