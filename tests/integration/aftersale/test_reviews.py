"""Reviews: only of what came, once a purchase, shown at once, hidden on a published ground, counted for the good."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.cards import cards_for
from catalogue.models import Product, ProductChange
from catalogue.reviews import services
from catalogue.reviews.errors import ReplyRefused
from catalogue.reviews.models import ProductReview, ReviewEvent, ReviewPicture, ReviewReport
from checkout.aftersale.errors import ReviewNotPossible
from checkout.aftersale.models import LineReview
from checkout.aftersale.reviews import (
    review_hide,
    review_reply,
    review_write,
    reviews_invite_due,
    shown_name,
)
from checkout.order.links import order_path, order_token
from checkout.order.models import Line, Order
from marketplace.accounts.models import StaffRole, User
from marketplace.customer.services import account_delete, personal_data
from marketplace.notices.models import Notice
from tests.factories.aftersale import delivered_order, opened_case, paid_order, shipped
from tests.factories.catalogue import sold_pack
from tests.factories.pictures import picture_upload
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db


def line_of(order: Order) -> Line:
    line: Line = order.lines.get()
    return line


def reviewed(
    pack: Product | None = None, *, stars: int = 5, text: str = "Trà thơm", **how: object
) -> ProductReview:
    order = delivered_order(pack or sold_pack(), quantity=1)
    return review_write(line_id=line_of(order).pk, stars=stars, text=text, **how)  # type: ignore[arg-type]


def good_of(review: ProductReview) -> Product:
    return Product.objects.get(pk=review.product_id)


def page_of(good: Product) -> str:
    return Client().get(good.get_absolute_url()).content.decode()


# --- Writing ---------------------------------------------------------------------------------------------------


def test_a_review_is_of_the_good_carries_the_shortened_name_and_tells_the_producer() -> None:
    order = delivered_order(quantity=1)

    review = review_write(line_id=line_of(order).pk, stars=4, text=" Trà thơm ")

    assert (review.product.structure, review.author_name, review.text) == ("parent", "Lan N.", "Trà thơm")
    assert LineReview.objects.get().line == line_of(order)
    assert str(line_of(order).pk) not in review.purchase_key[:8]
    assert Notice.objects.filter(template="producer_review_new").count() == 1


@pytest.mark.parametrize(
    ("name", "shown"), [("Nguyễn Thị Lan", "Lan N."), ("  Đỗ  Mười ", "Mười Đ."), ("Lan", ""), ("", "")]
)
def test_a_name_is_shown_so_that_nobody_is_found_by_it(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_of_one_purchase_there_is_one_review() -> None:
    review = reviewed()

    with pytest.raises(ReviewNotPossible):
        review_write(line_id=review.line_review.line_id, stars=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductReview.objects.create(product=review.product, purchase_key=review.purchase_key, stars=1)

    assert ProductReview.objects.count() == 1


def test_only_what_came_is_reviewed_and_not_for_ever() -> None:
    on_its_way, long_ago = shipped(paid_order()), delivered_order(days_ago=91)

    for order in (on_its_way, long_ago):
        with pytest.raises(ReviewNotPossible):
            review_write(line_id=line_of(order).pk, stars=5)


@pytest.mark.parametrize("stars", [0, 6])
def test_stars_go_from_one_to_five(stars: int) -> None:
    with pytest.raises(ReviewNotPossible):
        reviewed(stars=stars)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductReview.objects.create(product=sold_pack().parent, purchase_key="x", stars=stars)


def test_the_rating_is_counted_in_the_same_step_and_the_search_hears_of_it() -> None:
    pack = sold_pack(stock={"num_in_stock": 50})
    before = ProductChange.objects.filter(pk=pack.parent_id).values_list("version", flat=True).first() or 0
    for stars in (5, 5, 3):
        review = reviewed(pack, stars=stars)
    counted = good_of(review)

    review_hide(review=review, ground="insult")

    after = good_of(review)
    assert (counted.rating, counted.review_count) == (4.33, 3)
    assert (after.rating, after.review_count) == (5.0, 2)
    assert ProductChange.objects.get(pk=pack.parent_id).version >= before + 4


def test_without_shown_reviews_there_is_no_rating() -> None:
    review = reviewed()

    review_hide(review=review, ground="paid")

    assert (good_of(review).rating, good_of(review).review_count) == (None, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=review.product_id).update(rating=4.0)


# --- The shop ----------------------------------------------------------------------------------------------------


def test_the_page_of_the_good_shows_mean_words_and_that_they_were_bought() -> None:
    review = reviewed(stars=4, text="Trà thơm <b>lắm</b>")
    review_reply(review=review, text="Cảm ơn bạn")

    page = page_of(good_of(review))

    assert "4,0/5" in page
    assert "từ 1 người mua" in page
    assert "Đã mua hàng" in page
    assert "Trà thơm &lt;b&gt;lắm&lt;/b&gt;" in page
    assert "Cảm ơn bạn" in page
    assert "Nguyễn" not in page


def test_search_engines_read_the_rating_of_what_is_shown() -> None:
    review = reviewed(stars=4)

    block = re.search(r'(?s)<script type="application/ld\+json">(.*?)</script>', page_of(good_of(review)))

    data = json.loads(block[1]) if block else {}
    assert data["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": 4.0,
        "reviewCount": 1,
        "bestRating": 5,
        "worstRating": 1,
    }
    assert data["review"][0]["author"]["name"] == "Lan N."


def test_a_hidden_review_stands_nowhere() -> None:
    review = reviewed(text="Gọi 0912345678")
    good = good_of(review)
    review_hide(review=review, ground="personal", note="Có số điện thoại")

    assert "0912345678" not in page_of(good)
    of_good = Client().get(reverse("reviews:of-good", kwargs={"slug": good.slug, "pk": good.pk}))
    assert "0912345678" not in of_good.content.decode()
    assert Notice.objects.filter(template="review_hidden").count() == 2


def test_all_reviews_of_a_good_have_a_page_that_pages() -> None:
    review = reviewed()
    good = good_of(review)
    for number in range(24):
        services.review_write(good=good, purchase_key=f"k{number}", stars=3, text=f"Lời thứ {number}.")
    address = reverse("reviews:of-good", kwargs={"slug": good.slug, "pk": good.pk})

    first, second = Client().get(address), Client().get(address, {"page": 2})

    assert first.content.decode().count('class="review"') == 20
    assert second.content.decode().count('class="review"') == 5
    assert Client().get(address.replace(good.slug, "ten-cu")).status_code == 301


def test_many_reviews_cost_the_page_as_many_queries_as_one() -> None:
    review = reviewed()
    good = good_of(review)

    def queries() -> int:
        from django.core.cache import cache

        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            Client().get(good.get_absolute_url())
        return len(caught)

    queries()
    few = queries()
    for number in range(10):
        services.review_write(
            good=good, purchase_key=f"k{number}", stars=3, text="Được", pictures=[picture_upload()]
        )
    services.review_pictures_clean_due()

    assert queries() == few


def test_a_card_carries_the_rating_in_no_more_queries() -> None:
    review = reviewed(stars=4)

    with CaptureQueriesContext(connection) as caught:
        card = cards_for([review.product_id], language="vi", at=timezone.now(), adult=False)[0]

    assert len(caught) == 2
    assert card.rating is not None
    assert (card.rating.mean, card.rating.count, card.rating.marks.count(True)) == (4.0, 1, 4)


def test_pictures_are_cleaned_before_anybody_sees_them() -> None:
    review = reviewed(pictures=[picture_upload()])
    before = page_of(good_of(review))
    services.review_pictures_clean_due()
    picture = ReviewPicture.objects.get()
    from django.core.cache import cache

    cache.clear()

    assert "review_pictures/" not in before
    assert picture.file.url in page_of(good_of(review))
    assert Client().get(f"/media/{picture.file.name}").status_code == 200


def test_the_rules_are_public() -> None:
    page = Client().get(reverse("reviews:rules")).content.decode()

    assert "Để lộ thông tin cá nhân" in page
    assert "Khen và chê được hiện như nhau" in page


# --- Buyers ------------------------------------------------------------------------------------------------------


def test_a_guest_writes_from_the_page_of_the_order(client: Client) -> None:
    order = delivered_order(quantity=1)
    address = reverse("aftersale:review", args=[order_token(order), line_of(order).pk])

    offered = address in client.get(order_path(order)).content.decode()
    lacking = client.post(address, {"text": "Ngon"})
    sent = client.post(address, {"stars": 5, "text": "Ngon", "pictures": [picture_upload()]})
    again = client.post(address, {"stars": 1})

    assert offered
    assert [lacking.status_code, sent.status_code, again.status_code] == [422, 302, 422]
    assert ProductReview.objects.get().stars == 5
    assert "bạn đã đánh giá 5/5" in client.get(order_path(order)).content.decode()


def test_another_order_s_line_is_not_there(client: Client) -> None:
    one, other = delivered_order(quantity=1), delivered_order(quantity=1)

    answer = client.post(
        reverse("aftersale:review", args=[order_token(one), line_of(other).pk]), {"stars": 1}
    )

    assert answer.status_code == 404


def test_buyers_are_asked_once_some_days_after_delivery() -> None:
    early, due, late = (delivered_order(days_ago=days) for days in (4, 5, 40))
    complaining = delivered_order(days_ago=5)
    opened_case(complaining)
    written = delivered_order(days_ago=5)
    review_write(line_id=line_of(written).pk, stars=5)

    asked = [reviews_invite_due(), reviews_invite_due()]

    assert asked == [1, 0]
    told = Notice.objects.filter(template="review_invitation", channel="mail").values_list("key", flat=True)
    assert list(told) == [f"review-invitation:{due.consignments.get().number}:mail"]
    assert {early.pk, late.pk}.isdisjoint({due.pk})


def test_who_deletes_the_account_leaves_the_words_and_takes_the_name() -> None:
    buyer = User.objects.create_user("lan@example.vn")
    order = delivered_order(quantity=1)
    Order.objects.filter(pk=order.pk).update(user=buyer)
    review = review_write(line_id=line_of(order).pk, stars=4, text="Được")
    data = personal_data(buyer)

    account_delete(user=buyer)

    review.refresh_from_db()
    assert [one["text"] for one in data["reviews"]] == ["Được"]
    assert (review.author, review.author_name, review.text) == (None, "", "Được")
    assert "Một người mua" in page_of(good_of(review))


# --- Producers and the programme -----------------------------------------------------------------------------------


def test_a_producer_answers_once_and_the_buyer_is_told() -> None:
    review = reviewed()
    client = Client()
    member = MembershipFactory(
        user=User.objects.create_user("htx@example.vn"), producer=review.product.producer
    )
    client.force_login(member.user)
    reply = reverse("dashboard:own-review-reply", kwargs={"producer_pk": member.producer_id, "pk": review.pk})

    client.post(reply, {"text": "Cảm ơn bạn"})
    client.post(reply, {"text": "Cảm ơn lần nữa"})

    review.refresh_from_db()
    assert review.reply == "Cảm ơn bạn"
    assert Notice.objects.filter(template="review_answered").count() == 2
    with pytest.raises(ReplyRefused):
        review_reply(review=review, text="Lần nữa")


def test_reports_reach_the_programme_which_hides_only_on_a_ground() -> None:
    review = reviewed(text="Đồ ngu")
    reader = Client()
    reader.force_login(User.objects.create_user("doc@example.vn"))
    admin = Client()
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role="admin")
    admin.force_login(user)
    report = reverse("reviews:report", args=[review.pk])
    step = {"pk": review.pk, "step": "hide"}

    asked = Client().get(report)
    for _time in range(2):
        reader.post(report, {"ground": "insult", "note": "Chửi"})
    listed = admin.get(reverse("dashboard:reviews") + "?show=reported").content.decode()
    today = admin.get(reverse("dashboard:programme")).content.decode()
    without = admin.post(reverse("dashboard:review-step", kwargs=step), {"note": "Không thích"})
    with_ground = admin.post(reverse("dashboard:review-step", kwargs=step), {"ground": "insult"})

    review.refresh_from_db()
    assert asked.status_code == 302, "whoever isn't signed in is asked to"
    assert ReviewReport.objects.count() == 1
    assert "Đồ ngu" in listed
    assert "đánh giá bị báo cáo" in today
    assert (without.status_code, with_ground.status_code, review.state) == (422, 302, "hidden")
    assert ReviewReport.objects.get().settled_at is not None
    assert ReviewEvent.objects.get().actor == user


def test_what_breaks_no_rule_stays_and_what_was_hidden_wrongly_comes_back() -> None:
    review = reviewed()
    services.review_report(review=review, reporter=User.objects.create_user("a@example.vn"), ground="paid")

    dismissed = services.review_reports_dismiss(review=review)
    hidden, again = review_hide(review=review, ground="paid"), review_hide(review=review, ground="paid")
    restored = services.review_restore(review=review)

    assert (dismissed, hidden, again, restored) == (1, True, False, True)
    assert [event.action for event in ReviewEvent.objects.all()] == ["kept", "hidden", "shown"]
    assert good_of(review).review_count == 1


def test_the_history_of_a_review_is_only_added_to() -> None:
    review = reviewed()
    review_hide(review=review, ground="paid")

    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewEvent.objects.update(ground="insult")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewEvent.objects.all()._raw_delete("default")


def test_a_window_of_days_is_data() -> None:
    from checkout.aftersale.models import Terms

    order = delivered_order(days_ago=30)
    Terms.objects.update(review_days=29)

    with pytest.raises(ReviewNotPossible):
        review_write(line_id=line_of(order).pk, stars=5)
    assert order.consignments.get().delivered_at < timezone.now() - timedelta(days=29)
