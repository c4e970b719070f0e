"""Who holds which stock until when (decision 2 of the architecture)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Reservation(models.Model):
    """Stock promised to one order line: a row beside the counter, so that every unit can be traced."""

    class State(models.TextChoices):
        HELD = "held", _("Held")
        CONSUMED = "consumed", _("Shipped")
        RELEASED = "released", _("Released")

    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="reservations")
    stock_record = models.ForeignKey(
        "partner.StockRecord", on_delete=models.PROTECT, related_name="reservations"
    )
    quantity = models.PositiveIntegerField()
    #: Packs that left and came back as new: on the shelf again.
    put_back = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_holds_something"),
            models.CheckConstraint(
                condition=Q(put_back=0) | Q(state="consumed", put_back__lte=models.F("quantity")),
                name="never_put_back_more_than_left",
            ),
            models.UniqueConstraint(fields=["line", "stock_record"], name="one_reservation_a_line_and_stock"),
        ]
        indexes = [models.Index(fields=["stock_record", "state"], name="reservation_stock_state")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stock_record_id}"
