"""The demonstration, made through the same services as real data; each step does only what is missing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation

from catalogue.certification.imports.reader import SourceFile
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.services import decisions_import
from marketplace.accounts.models import User
from marketplace.demo.accounts import ADMIN
from marketplace.demo.goods import DATA, LIST, goods_fill
from marketplace.demo.invented import invented_load
from marketplace.demo.people import people_load
from marketplace.demo.season import season_load
from marketplace.demo.stories import stories_load


def demo_load(*, say: Callable[[str], None]) -> None:
    """Load the whole demonstration; `say` is told of every step. Run twice, it changes nothing.

    What is kept is Vietnamese, whatever language the command speaks.
    """
    with translation.override(settings.LANGUAGE_CODE):
        _load(say)


def _load(say: Callable[[str], None]) -> None:
    admin = people_load()[ADMIN.key]
    say("Importing the decisions of Lâm Đồng …")
    import_decisions_of_lam_dong(admin)
    people_load()
    say("Filling in samples and drawing packs …")
    say(f"  {goods_fill(by=admin)} goods completed")
    say(f"  {invented_load(by=admin)} invented goods made")
    season_load(by=admin, now=timezone.now(), length=timedelta(days=21))
    if stories_load():
        say("Stories written.")


def import_decisions_of_lam_dong(admin: User) -> None:
    """Import the published decisions that the demonstration's goods come from."""
    decisions_import(source_file=_file(DATA / f"{LIST}.csv"), defaults=Defaults(source=LIST), by=admin)


def _file(path: Path) -> SourceFile:
    return SourceFile(path.name, path.stat().st_size, lambda: path.open("rb"))
