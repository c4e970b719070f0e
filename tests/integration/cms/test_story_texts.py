"""What published stories say is handed down to the search, and taken back with the page."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Locale, Page, PageViewRestriction

from catalogue.models import Product, ProductChange
from catalogue.producers.models import ProducerStory
from cms.stories.models import ProducerStoryPage
from cms.stories.texts import story_texts_record
from search import indexing
from search.engines.base import SearchEngine
from search.interpretation import interpret
from search.query import SearchQuery
from tests.factories.catalogue import shown_good
from tests.factories.pages import goods_block, home_page, story_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def good() -> Product:
    return shown_good(producer={"name": "HTX Sương Sớm"})


@pytest.fixture
def page(good: Product) -> ProducerStoryPage:
    """The published story of the good's producer."""
    page = story_page(
        home_page(),
        good.producer,
        ("text", "<h2>Ba đời</h2><p>Nương chè của người <b>Mông</b>.</p>"),
        ("quote", {"text": "Mỗi sáng đều có sương.", "person": "Chị Súa"}),
        goods_block(heading="Hàng của chúng tôi"),
    )
    page.save_revision().publish()
    return page


def told(good: Product) -> tuple[str, str] | None:
    story = ProducerStory.objects.filter(pk=good.producer_id).first()
    return story and (story.text_vi, story.text_en)


def version(good: Product) -> int:
    return ProductChange.objects.filter(pk=good.pk).values_list("version", flat=True).first() or 0


def test_a_story_is_handed_down_in_plain_words_as_it_is_published(
    good: Product, page: ProducerStoryPage
) -> None:
    vietnamese, english = told(good) or ("", "")

    assert " ".join(vietnamese.split()) == (
        "Chuyện của chúng tôi Bắt đầu từ một vườn chè. Ba đời Nương chè của người Mông. Mỗi sáng đều có sương. Chị Súa"
    )
    assert english == ""


def test_a_change_raises_the_version_of_the_producers_goods_once(
    good: Product, page: ProducerStoryPage
) -> None:
    other = shown_good()
    before, others = version(good), version(other)
    page.introduction = "Bắt đầu từ hạt giống của bà."
    page.save_revision().publish()

    assert story_texts_record() == 0, "the worker finds nothing left to do"

    assert "hạt giống của bà" in (told(good) or ("", ""))[0]
    assert (version(good), version(other)) == (before + 1, others)


def test_a_draft_is_nobodys_to_read(good: Product, page: ProducerStoryPage) -> None:
    before = told(good)
    page.introduction = "Chưa ai được đọc."
    page.save_revision()
    story_texts_record()

    assert told(good) == before


@pytest.mark.parametrize("how", ["unpublished", "deleted", "locked", "its parent locked", "a sample"])
def test_what_not_everybody_may_read_is_taken_back(good: Product, page: ProducerStoryPage, how: str) -> None:
    before = version(good)
    if how == "unpublished":
        page.unpublish()
    elif how == "deleted":
        page.delete()
    elif how == "a sample":
        page.is_sample = True
        page.save_revision().publish()
    else:
        locked = page if how == "locked" else page.get_parent()
        PageViewRestriction.objects.create(page=locked, restriction_type="login")

    assert told(good) is None
    assert version(good) == before + 1


def test_what_came_about_without_a_signal_is_found_by_the_worker(
    good: Product, page: ProducerStoryPage
) -> None:
    Page.objects.filter(pk=page.pk).update(last_published_at=timezone.now() + timedelta(hours=1))
    ProducerStoryPage.objects.filter(pk=page.pk).update(introduction="Viết lại.", body=json.dumps([]))

    assert story_texts_record() == 1

    assert (told(good) or ("", ""))[0].split("\n")[-1] == "Viết lại."


def test_both_languages_are_kept_apart(good: Product, page: ProducerStoryPage) -> None:
    english = Locale.objects.get_or_create(language_code="en")[0]
    page.get_parent().get_parent().specific.copy_for_translation(english)
    page.get_parent().specific.copy_for_translation(english)
    twin = page.copy_for_translation(english)
    twin.title, twin.introduction = "Our story", "It began with a garden of tea."
    twin.save_revision().publish()

    vietnamese, in_english = told(good) or ("", "")

    assert in_english.startswith("Our story\nIt began with a garden of tea.")
    assert vietnamese.startswith("Chuyện của chúng tôi")


def test_a_look_reads_no_page_where_nothing_changed(
    good: Product, page: ProducerStoryPage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(
        5
    ):  # begin and end, editions of pages, what isn't everybody's, what is held
        story_texts_record()


def test_a_good_is_found_by_its_producers_story_until_the_page_is_taken_back(
    each_engine: SearchEngine, good: Product, page: ProducerStoryPage
) -> None:
    def found() -> list[int]:
        indexing.sweep_again()
        indexing.index_pending()
        return each_engine.search(SearchQuery(at=timezone.now()), interpret("người Mông")).product_ids

    assert found() == [good.pk]

    page.unpublish()

    assert found() == []
