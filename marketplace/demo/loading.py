"""The demonstration, made through the same services as real data; each step does only what is missing."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone, translation

from catalogue.certification.imports.reader import SourceFile
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.services import decisions_import
from catalogue.producers.models import Partner
from marketplace.accounts.models import User
from marketplace.demo.accounts import ADMIN, BUYER, FINANCE, PRODUCER, VERIFIER
from marketplace.demo.delivery import delivery_load
from marketplace.demo.drawings.ahead import PackPicture
from marketplace.demo.goods import goods_fill
from marketplace.demo.invented import GOODS, invented_load
from marketplace.demo.offers import bundle_load, offers_load
from marketplace.demo.payouts import bank_accounts_load
from marketplace.demo.people import STALLS, people_load
from marketplace.demo.samples import DATA, LIST, samples
from marketplace.demo.season import season_load
from marketplace.demo.stories import stories_load
from marketplace.demo.trade import trade_load
from marketplace.demo.transfers import receiving_account_load
from marketplace.progress import Progress

#: The province that stands on most labels.
_PROVINCE: Final = "Lâm Đồng"


def demo_load(*, say: Callable[[str], None], on_progress: Progress) -> None:
    """Load the whole demonstration; `say` is told of every step, `on_progress` of the long one.

    Run twice, it changes nothing; broken off, it is taken up again. What is kept is Vietnamese, whatever language
    the command speaks.
    """
    with translation.override(settings.LANGUAGE_CODE):
        _load(say, on_progress)


def _load(say: Callable[[str], None], on_progress: Progress) -> None:
    people = people_load()
    admin, verifier = people[ADMIN.key], people[VERIFIER.key]
    say("Importing the decisions of Lâm Đồng …")
    import_decisions_of_lam_dong(admin)
    people_load()
    say("Filling in samples and drawing packs …")
    say(f"  {goods_fill(by=admin, verifier=verifier, on_progress=on_progress)} goods completed")
    say(f"  {invented_load(by=admin, verifier=verifier)} invented goods made")
    receiving_account_load()
    bank_accounts_load()
    stall = Partner.objects.get(name=STALLS[PRODUCER.key])
    delivery_load(producer=stall, owner=people[PRODUCER.key], admin=admin)
    traded = trade_load(
        producer=stall, owner=people[PRODUCER.key], buyer=people[BUYER.key], finance=people[FINANCE.key]
    )
    if traded:
        say(f"  {traded} orders of one stall made")
    season_load(by=admin, now=timezone.now(), length=timedelta(days=21))
    offers_load(by=admin, now=timezone.now(), length=timedelta(days=60))
    bundle_load(producer=stall, by=people[PRODUCER.key], now=timezone.now(), length=timedelta(days=60))
    if stories_load():
        say("Stories written.")


def expected_pictures() -> list[PackPicture]:
    """Return the pictures that the goods will ask for, told from the lists alone.

    One that was told wrongly, such as of a producer without a known place, is drawn when it is asked for.
    """
    with (DATA / f"{LIST}.csv").open(encoding="utf-8", newline="") as file:
        names = {row["record_id"]: row["product_name"] for row in csv.DictReader(file)}
    listed = [
        PackPicture(names[sample.record_id], _PROVINCE, sample.product_set, str(place))
        for place, sample in enumerate(samples(), start=1)
    ]
    return [*listed, *(PackPicture(item.name_vi, _PROVINCE, item.product_set) for item in GOODS)]


def import_decisions_of_lam_dong(admin: User) -> None:
    """Import the published decisions that the demonstration's goods come from."""
    decisions_import(source_file=_file(DATA / f"{LIST}.csv"), defaults=Defaults(source=LIST), by=admin)


def _file(path: Path) -> SourceFile:
    return SourceFile(path.name, path.stat().st_size, lambda: path.open("rb"))
