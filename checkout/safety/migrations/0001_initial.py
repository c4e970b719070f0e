"""Rules by which orders are put aside, where orders came from, what was held; and the first rules."""

from datetime import date

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: Signal, from how many (for sums: đồng), within how many minutes.
RULES = [
    ("payment_failures", 4, 60),
    ("phones_of_device", 3, 60),
    ("phones_of_network", 30, 60),
    ("phones_of_address", 4, 60),
    ("cash_refused", 2, 180 * 24 * 60),
    ("large_cash", 5_000_000, 0),
    ("large_sum", 30_000_000, 0),
]


def seed(apps, schema_editor):
    apps.get_model("safety", "HoldRule").objects.bulk_create(
        apps.get_model("safety", "HoldRule")(
            signal=signal,
            threshold=threshold,
            window_minutes=minutes,
            hours=24,
            valid_from=date(2026, 1, 1),
        )
        for signal, threshold, minutes in RULES
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("order", "0025_what_went_back_so_far"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HoldRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "signal",
                    models.CharField(
                        choices=[
                            ("payment_failures", "Payments that failed before"),
                            ("phones_of_device", "Several phone numbers from one device"),
                            ("phones_of_network", "Many phone numbers from one network"),
                            ("phones_of_address", "Several phone numbers for one address"),
                            ("cash_refused", "Parcels paid in cash that were refused before"),
                            ("large_cash", "A large sum in cash"),
                            ("large_sum", "An unusually large sum"),
                        ],
                        max_length=20,
                        verbose_name="signal",
                    ),
                ),
                ("threshold", models.PositiveIntegerField(verbose_name="from")),
                ("window_minutes", models.PositiveIntegerField(default=60, verbose_name="within (minutes)")),
                ("hours", models.PositiveSmallIntegerField(default=24, verbose_name="time to look (hours)")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["signal", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("signal", "valid_from"), name="one_hold_rule_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gt", 0)), name="hold_rule_has_a_threshold"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__gte", 1), ("hours__lte", 72)), name="hold_rule_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="hold_rule_days_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signals", models.JSONField()),
                ("held_at", models.DateTimeField()),
                ("until", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("released", "Let go by a person"),
                            ("lapsed", "Went on by itself: nobody looked in time"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hold", to="order.order"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("held_at"))), name="hold_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="hold_ended_has_an_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderTrace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("device", models.CharField(blank=True, max_length=32)),
                ("network", models.CharField(blank=True, max_length=32)),
                ("address", models.CharField(blank=True, max_length=32)),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="trace", to="order.order"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["device", "at"], name="trace_device"),
                    models.Index(fields=["network", "at"], name="trace_network"),
                    models.Index(fields=["address", "at"], name="trace_address"),
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
