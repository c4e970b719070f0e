"""The dated rules: the programme's decisions and the law on alcohol.

Sources: Decision 26/2026/QĐ-TTg (in force since 22 May 2026), Decisions 1489/QĐ-TTg (6 July 2025), 148/QĐ-TTg (24 February 2023) and
1048/QĐ-TTg (21 August 2019) before it; the Law on Prevention of Harm from Alcohol 44/2019/QH14 (in force since 1 January 2020) with
Decree 105/2017/NĐ-CP (licences) and Decree 17/2020/NĐ-CP. A rule that changes gets a new row with its day; rows are never edited.
"""

from datetime import date
from decimal import Decimal

from django.db import migrations

PROVINCES_AND_MINISTRY = [("province", 3), ("province", 4), ("ministry", 5)]
WITH_DISTRICTS = [("district", 3), *PROVINCES_AND_MINISTRY]
#: In force from, source, months of validity, transitional days, filing opens and closes (days before the end), powers.
PROGRAMME = [
    (date(2019, 8, 21), "Quyết định 1048/QĐ-TTg (2019)", 36, 0, 0, 0, PROVINCES_AND_MINISTRY),
    (date(2023, 2, 24), "Quyết định 148/QĐ-TTg (2023)", 36, 0, 0, 0, WITH_DISTRICTS),
    (date(2025, 7, 6), "Quyết định 1489/QĐ-TTg (2025)", 36, 0, 0, 0, PROVINCES_AND_MINISTRY),
    (date(2026, 5, 22), "Quyết định 26/2026/QĐ-TTg", 36, 180, 180, 120, PROVINCES_AND_MINISTRY),
]
THRESHOLDS = [(5, "90"), (4, "70"), (3, "50"), (2, "30"), (1, "0")]


def seed(apps, schema_editor):
    ProgrammeRule = apps.get_model("certification", "ProgrammeRule")
    ScoreThreshold = apps.get_model("certification", "ScoreThreshold")
    AwardingPower = apps.get_model("certification", "AwardingPower")
    AlcoholRule = apps.get_model("certification", "AlcoholRule")
    for in_force_from, source, months, transitional, opens, closes, powers in PROGRAMME:
        rule = ProgrammeRule.objects.create(
            in_force_from=in_force_from,
            legal_source=source,
            validity_months=months,
            transitional_days=transitional,
            filing_opens_days=opens,
            filing_closes_days=closes,
            recognised_from_stars=3,
        )
        ScoreThreshold.objects.bulk_create(
            [ScoreThreshold(rule=rule, stars=stars, score_from=Decimal(score)) for stars, score in THRESHOLDS]
        )
        AwardingPower.objects.bulk_create(
            [AwardingPower(rule=rule, level=level, stars=stars) for level, stars in powers]
        )
    AlcoholRule.objects.create(
        in_force_from=date(2020, 1, 1),
        legal_source="Luật 44/2019/QH14, Nghị định 105/2017/NĐ-CP, Nghị định 17/2020/NĐ-CP",
        licence_from_strength=Decimal("5.5"),
        no_promotion_from_strength=Decimal("15.0"),
        unknown_strength_counts_as=Decimal("15.0"),
        minimum_age=18,
        cash_on_delivery=False,
    )


def unseed(apps, schema_editor):
    apps.get_model("certification", "ProgrammeRule").objects.all().delete()
    apps.get_model("certification", "AlcoholRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("certification", "0002_awarding_powers_and_alcohol_rule")]

    operations = [migrations.RunPython(seed, unseed)]
