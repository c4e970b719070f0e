"""Properties of the normaliser that hold for any text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from search.syllables import ONSETS, RIMES, TONES, is_syllable, place_tone
from search.text import fold, normalize, word, words

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậ ,-/'Đ12", max_size=40)


@given(st.one_of(st.text(max_size=40), VIETNAMESE))
def test_to_normalise_twice_is_to_normalise_once(text: str) -> None:
    once = normalize(text)

    assert normalize(once) == once
    assert fold(fold(text)) == fold(text)


@given(st.one_of(st.text(max_size=40), VIETNAMESE))
def test_words_of_words_are_the_same_words(text: str) -> None:
    found = [item.text for item in words(text)]

    assert [item.text for item in words(" ".join(found))] == found


@given(VIETNAMESE)
def test_composed_and_decomposed_text_is_the_same(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    assert words(composed) == words(decomposed)
    assert fold(composed) == fold(decomposed)


@given(
    st.sampled_from(ONSETS), st.sampled_from(sorted(RIMES)), st.sampled_from(sorted(TONES)), st.integers(0, 3)
)
def test_a_tone_on_any_vowel_of_a_syllable_is_the_same_tone(
    onset: str, rime: str, tone: str, vowel: int
) -> None:
    letters = onset + rime
    if not is_syllable(letters, tone):
        return
    vowels = [at for at, letter in enumerate(letters) if letter in "aăâeêioôơuưy" and at >= len(onset)]
    at = vowels[vowel % len(vowels)]

    misplaced = unicodedata.normalize("NFC", letters[: at + 1] + tone + letters[at + 1 :])

    assert word(misplaced) == word(place_tone(letters, tone))
