"""Names found without marks and capitals, in Python and in the database alike."""

import pytest

from catalogue.producers.models import Partner
from marketplace.folding import Folded, folded, names_like
from tests.factories.producers import ProducerFactory

NAMES = [
    "Hợp tác xã Cà phê Cầu Đất",
    "HTX  ĐẮK NÔNG – sầu riêng (mẫu)",
    "Cơ sở “Mỳ Quảng” số 2",
    "",
    "Thuỷ, Thủy & Thu\u0309y",
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_the_database_folds_as_python_does(name: str) -> None:
    producer = ProducerFactory(name=name)

    [plain] = (
        Partner.objects.filter(pk=producer.pk).annotate(plain=Folded("name")).values_list("plain", flat=True)
    )

    assert plain == folded(name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("ca phe", True),
        ("CẦU đất", True),
        ("dat cau", True),
        ("phe tra", False),
        ("", True),
        ("%", False),
        ("_", False),
        ("'; drop", False),
    ],
)
def test_every_word_has_to_be_there(typed: str, is_found: bool) -> None:
    ProducerFactory(name=NAMES[0])

    assert Partner.objects.filter(names_like(typed, "name")).exists() is is_found


@pytest.mark.django_db
def test_words_may_stand_in_several_columns_and_in_none_that_is_empty() -> None:
    ProducerFactory(name="HTX Cầu Đất", website="", representative="Ông Bảy")

    found = Partner.objects.filter(names_like("bay cau dat", "name", "representative", "commune__name"))

    assert found.count() == 1
