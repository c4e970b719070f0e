"""Everything that decides the order of search results. The public page of criteria is made from this module.

Nothing can be bought into this order. A good's score is the sum of what its words are worth, then of a small push
that is the same for every search. Goods with the same score stand in the order of their numbers.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

#: What a word of the search is worth by the place where the good has it.
ZONE_WEIGHTS: Final = MappingProxyType({"name": 6.0, "maker": 3.0, "context": 2.0, "body": 1.0, "story": 0.5})
#: Share of the other places where the word stands too.
OTHER_ZONES_SHARE: Final = 0.1

#: What a way of finding a word is worth beside the word as it was typed.
SAME_MEANING: Final = 0.95  # another word for the same thing
ANOTHER_SPACING: Final = 0.95  # the same words written together, or apart
WITHOUT_MARKS: Final = 0.7  # a word typed without marks, where its marks were not understood
LOOSE_WORD: Final = 0.5  # a word that mostly means something else where it stands
CORRECTED: Final = 0.9

#: A good that is what the search names first (Trà atiso for “trà”), beside one that has it in it (Bánh trà).
NAMED_FIRST: Final = 3.0
#: The word as it was typed, beside another for the same thing.
TYPED_WORD: Final = 0.8
#: The search's words side by side, in their order …
SIDE_BY_SIDE: Final = 2.0
#: … all of them so, in the name or the maker's.
WHOLE_PHRASE: Final = 5.0
#: A maker is meant (*HTX …*), and it is called so.
MAKER_NAMED: Final = 10.0
#: The search is the good's whole name.
WHOLE_NAME: Final = 4.0
#: The reading of words without marks that most goods have (dâu for “dau tay”).
LIKELIER_READING: Final = 1.5

#: Made in the place named; made in the unit of today that took the old one in; named after the place.
PLACE: Final = 4.0
PLACE_TODAY: Final = 1.0
PLACE_IN_NAME: Final = 3.5
#: Of the sector or set named, by a person's word, or only by the name.
KIND: Final = 8.0
KIND_SUGGESTED: Final = 7.0
KIND_SECTOR: Final = 5.5  # of the sector, where sets of it were named
KIND_RELATED: Final = 3.0
#: Form (túi lọc, sấy dẻo), weight, a number: wanted where a good has them, not asked of every good.
FORM: Final = 4.0
NUMBER: Final = 3.0
DESCRIPTION: Final = 2.0
CODE: Final = 10.0

#: Goods with every word of the search stand before goods that only are of the same kind.
EVERY_WORD: Final = 100.0

#: The push: being sold here, each star, each step of popularity (how well the good sold of late, see `catalogue/popularity.py`) and
#: each step of what buyers say of it (`catalogue/reviews/ratings.py`).
SOLD_HERE: Final = 0.6
EACH_STAR: Final = 0.15
POPULARITY_STEP: Final = 0.1
RATING_STEP: Final = 0.1
#: Popularity has so many steps: 0 to 2^bits - 1.
POPULARITY_BITS: Final = 3
#: Ratings too: 0 to 2^bits - 1.
RATING_BITS: Final = 2
