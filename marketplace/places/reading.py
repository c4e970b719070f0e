"""Splits a written address into words and finds in it what may be names of places.

Nothing here decides which place is meant; `resolver.py` does.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.places import names

MAX_NAME_WORDS = 8

_WORD = re.compile(r"[^\W_]+(?:['’ʼ`][^\W_]+)*")
_BREAK = re.compile(r"[,;:|/\\()\[\]\n\t–—•]|\s-\s")
_GLUED_NUMBER = re.compile(r"^([pqfPQF])(\d{1,2})$")
_POSTAL_CODE = re.compile(r"^\d{5,6}$")
_SIMPLE_ABBREVIATIONS = {("t", "p"): "tp", ("t", "x"): "tx", ("t", "t"): "tt"}

# Kind words as they are written before a name, folded. `tp` may be a district or a province.
_KIND_WORDS: dict[tuple[str, ...], str] = {
    ("xa",): names.XA,
    ("x",): names.XA,
    ("phuong",): names.PHUONG,
    ("p",): names.PHUONG,
    ("ph",): names.PHUONG,
    ("f",): names.PHUONG,
    ("thi", "tran"): names.THI_TRAN,
    ("tt",): names.THI_TRAN,
    ("dac", "khu"): names.DAC_KHU,
    ("dk",): names.DAC_KHU,
    ("huyen",): names.HUYEN,
    ("huyen", "dao"): names.HUYEN,
    ("h",): names.HUYEN,
    ("quan",): names.QUAN,
    ("q",): names.QUAN,
    ("thi", "xa"): names.THI_XA,
    ("tx",): names.THI_XA,
    ("thanh", "pho"): names.THANH_PHO,
    ("tp",): names.THANH_PHO,
    ("tinh",): names.TINH,
    ("t",): names.TINH,
}
# Kind words that nobody writes for anything else: one that stays unread means that a name wasn't understood.
_PLAIN_KIND_WORDS = {
    ("xa",),
    ("phuong",),
    ("thi", "tran"),
    ("huyen",),
    ("quan",),
    ("thi", "xa"),
    ("tx",),
    ("tt",),
}
_ENGLISH_BEFORE_NUMBER = {"ward": "phuong", "district": "quan", "dist": "quan"}
_ENGLISH_AFTER_NAME = {"province", "city", "district", "dist", "ward", "commune", "town", "township"}
_HAMLET_NUMBER = re.compile(
    r"^(?:.* )?(?:thon|to|ap|khu pho|kp|to dan pho|tdp|khom|doi|bon|buon|ban|khu|xom) (?:so )?\d+[a-z]?$"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the address: as written, folded, as part of a name's key, and where it stands."""

    text: str
    folded: str
    key: str
    start: int
    breaks_before: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that may be a place's name; `start` counts the kind word in, `name_start` doesn't. Ends are exclusive."""

    start: int
    name_start: int
    end: int
    key: str
    kind: str
    crosses_break: bool

    @property
    def mask(self) -> int:
        """The words that the mention reads, as a bit mask."""
        return ((1 << (self.end - self.start)) - 1) << self.start


class WrittenAddress:
    """The words of an address, and what stands before each of them."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.words = _drop_country(_read_english(_join_abbreviations(list(_split(self.text)))))

    def mentions_ending_at(self, end: int) -> Iterator[Mention]:
        """Yield every run of words before `end` that could be one name, the longest last."""
        crosses = False
        key = ""
        for position in range(end - 1, max(-1, end - 1 - MAX_NAME_WORDS), -1):
            word = self.words[position]
            key = word.key + key
            kind, start = self._kind_before(position)
            yield Mention(start, position, end, key, kind, crosses)
            crosses = crosses or word.breaks_before

    def mentions_after_kind_words(self, before: int) -> Iterator[Mention]:
        """Yield runs of words that follow a kind word (`xã Phú Hội`) and end before `before`, rightmost first."""
        for name_start in range(before - 1, 0, -1):
            kind, start = self._kind_before(name_start)
            if not kind:
                continue
            ends = [name_start + 1]
            while (
                ends[-1] < min(before, name_start + MAX_NAME_WORDS) and not self.words[ends[-1]].breaks_before
            ):
                ends.append(ends[-1] + 1)
            for end in reversed(ends):
                key = "".join(word.key for word in self.words[name_start:end])
                yield Mention(start, name_start, end, key, kind, crosses_break=False)

    def segment_ends(self) -> list[int]:
        """Positions where a part of the address ends, the last first."""
        ends = [position for position, word in enumerate(self.words) if word.breaks_before and position > 0]
        return [len(self.words), *reversed(ends)]

    def begins_cleanly(self, mention: Mention) -> bool:
        """Say whether a name without kind word stands alone in its part, or only a hamlet's number is before it.

        `Phú Hội, Đức Trọng` and `thôn 3 Phú Hội, Đức Trọng` do; in `12 Nguyễn Du, Hai Bà Trưng` the name is a street's.
        """
        position = mention.start
        while position > 0 and not self.words[position].breaks_before:
            position -= 1
        before = " ".join(word.folded for word in self.words[position : mention.start])
        return not before or _HAMLET_NUMBER.match(before) is not None

    def has_unread_kind_word(self, read: int) -> bool:
        """Say whether a part of the address outside the mask `read` begins with a kind word such as `huyện`."""
        for position, word in enumerate(self.words):
            if read >> position & 1 or not (position == 0 or word.breaks_before):
                continue
            pair = tuple(following.folded for following in self.words[position : position + 2])
            if pair[:1] in _PLAIN_KIND_WORDS or pair in _PLAIN_KIND_WORDS:
                return True
        return False

    def written(self, mention: Mention) -> str:
        """Return the name as it was written, without its kind."""
        last = self.words[mention.end - 1]
        return self.text[self.words[mention.name_start].start : last.start + len(last.text)]

    def before(self, position: int) -> str:
        """Return what is written before a word: house number, street, hamlet."""
        if position >= len(self.words):
            return self.text.strip(" ,;.-\n\t")
        return self.text[: self.words[position].start].strip(" ,;.-–\n\t")

    def in_reverse(self) -> "WrittenAddress":
        """Return the address with its parts in the opposite order, for those who write the province first."""
        parts = [part for part in _BREAK.split(self.text) if part and part.strip()]
        return WrittenAddress(", ".join(part.strip() for part in reversed(parts)))

    def _kind_before(self, position: int) -> tuple[str, int]:
        if self.words[position].breaks_before:
            return "", position
        for length in (2, 1):
            start = position - length
            if start < 0 or (length == 2 and self.words[start + 1].breaks_before):
                continue
            kind = _KIND_WORDS.get(tuple(word.folded for word in self.words[start:position]))
            if kind:
                return kind, start
        return "", position


def _split(text: str) -> Iterator[Word]:
    end = 0
    for match in _WORD.finditer(text):
        breaks = bool(_BREAK.search(text[end : match.start() + 1])) if end else False
        glued = _GLUED_NUMBER.match(match[0])
        if glued:
            yield _word(glued[1], match.start(), breaks)
            yield _word(glued[2], match.start() + 1, breaks=False)
        else:
            yield _word(match[0], match.start(), breaks)
        end = match.end()


def _word(text: str, start: int, breaks: bool) -> Word:
    return Word(text, names.fold(text), names.place_key(text), start, breaks)


def _join_abbreviations(words: list[Word]) -> list[Word]:
    """Read `T.P`, `T.X` and `T.T` as one word."""
    joined: list[Word] = []
    for word in words:
        previous = joined[-1] if joined else None
        if previous and (previous.folded, word.folded) in _SIMPLE_ABBREVIATIONS and not word.breaks_before:
            short = _SIMPLE_ABBREVIATIONS[previous.folded, word.folded]
            joined[-1] = Word(previous.text, short, short, previous.start, previous.breaks_before)
        else:
            joined.append(word)
    return joined


def _read_english(words: list[Word]) -> list[Word]:
    """Turn `Ward 7` into `phuong 7` and leave out kinds written after a name, as in `Da Lat City`."""
    read: list[Word] = []
    for position, word in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else None
        if word.folded in _ENGLISH_BEFORE_NUMBER and following and following.key.isdigit():
            vietnamese = _ENGLISH_BEFORE_NUMBER[word.folded]
            read.append(Word(word.text, vietnamese, vietnamese, word.start, word.breaks_before))
        elif word.folded in _ENGLISH_AFTER_NAME and read and not word.breaks_before:
            continue
        else:
            read.append(word)
    return read


def _drop_country(words: list[Word]) -> list[Word]:
    """Leave out the country and a postal code at the end."""
    while words:
        if words[-1].folded in {"vietnam", "vn"} or _POSTAL_CODE.match(words[-1].folded):
            words = words[:-1]
        elif len(words) > 2 and (words[-2].folded, words[-1].folded) == ("viet", "nam"):
            words = words[:-2]
        else:
            break
    return words
