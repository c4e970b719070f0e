"""The Vietnamese catalogue: gathered from code and templates and compiled by Babel, so that no gettext is needed.

English is the language of the message ids: its catalogue says each of them as it is, so that no library's English (Oscar's "Cart") takes
the place of ours; `en/LC_MESSAGES/libraries.po` holds the few ids of libraries that the shop says otherwise. The Vietnamese one lies in three places:

- `django.po`: every string of our code and templates;
- `libraries.po`: strings of libraries that people see and that have no Vietnamese, or none a shop would write;
- `parts/<room>.po`: new translations of one room, on their way into `django.po` (`make messages` moves them).
"""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.reloader import translation_file_changed

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "marketplace" / "locale" / "vi"
CATALOGUE = LOCALE / "LC_MESSAGES" / "django.po"
LIBRARIES = LOCALE / "LC_MESSAGES" / "libraries.po"
COMPILED = LOCALE / "LC_MESSAGES" / "django.mo"
PARTS = LOCALE / "parts"
ENGLISH = ROOT / "marketplace" / "locale" / "en" / "LC_MESSAGES" / "libraries.po"

SOURCES = ("marketplace", "catalogue", "checkout", "cms", "search", "templates")
TEMPLATE_ENDINGS = (".html", ".txt")

_CONTEXT = (1, "c")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": (_CONTEXT, 2),
    "pgettext_lazy": (_CONTEXT, 2),
    "npgettext": (_CONTEXT, 2, 3),
    "npgettext_lazy": (_CONTEXT, 2, 3),
}


def _empty() -> Catalog:
    # Fixed dates: the catalogue changes when a string does, not whenever it is made.
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        locale="vi",
        project="Chợ OCOP",
        version="1",
        msgid_bugs_address="the project's issues",
        last_translator="the maintainers of Chợ OCOP",
        language_team="vi",
        creation_date=moment,
        revision_date=moment,
        charset="utf-8",
        fuzzy=False,
        header_comment="# The Vietnamese of Chợ OCOP. Made by `make messages`; only msgstr is written by hand.",
    )


def read(path: Path) -> Catalog:
    """Return the catalogue in a file, an empty one where the file is missing."""
    if not path.exists():
        return _empty()
    with path.open("rb") as opened:
        return read_po(opened, locale="vi", charset="utf-8", abort_invalid=True)


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Yield what a catalogue holds, without its header."""
    return (message for message in catalogue if message.id)


def is_translated(message: Message | None) -> bool:
    """Whether every form of a message has its Vietnamese and nobody doubts it."""
    if message is None or message.fuzzy:
        return False
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(forms)


def parts() -> list[Path]:
    """Return the files of `parts/` in a fixed order."""
    return sorted(PARTS.glob("*.po"))


def merged(paths: Iterable[Path]) -> Catalog:
    """Return one catalogue out of several; of two translations the later one counts."""
    whole = _empty()
    for path in paths:
        for message in messages(read(path)):
            if not is_translated(message):
                continue
            existing = whole.get(message.id, message.context)
            if existing:
                existing.string = message.string
            else:
                whole.add(
                    message.id, message.string, flags=message.flags - {"fuzzy"}, context=message.context
                )
    return whole


def whole_catalogue() -> Catalog:
    """Return all Vietnamese there is, as it is compiled."""
    return merged([LIBRARIES, CATALOGUE, *parts()])


def compile_catalogue(*, force: bool = False) -> bool:
    """Write `django.mo` where a source is newer than it; return whether it was written."""
    sources = [path for path in (LIBRARIES, CATALOGUE, ENGLISH, *parts()) if path.exists()]
    newest = max((path.stat().st_mtime for path in [*sources, PARTS] if path.exists()), default=0)
    if not force and COMPILED.exists() and COMPILED.stat().st_mtime >= newest:
        return False
    vietnamese = whole_catalogue()
    _write_compiled(COMPILED.parents[2] / "en" / "LC_MESSAGES" / "django.mo", _english(vietnamese))
    _write_compiled(COMPILED, vietnamese)
    # This process may have read the file of before, or none: on the first start it goes on to write the demonstration's data.
    translation_file_changed(None, COMPILED)
    return True


def _english(catalogue: Catalog) -> Catalog:
    """Return the English catalogue: message ids as their own translations, but for those of libraries that the shop says otherwise."""
    english = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for message in messages(read(ENGLISH)):
        english.add(message.id, message.string, context=message.context)
    for message in messages(catalogue):
        if not english.get(message.id, message.context):
            english.add(message.id, message.id, context=message.context)
    return english


def _write_compiled(path: Path, catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A server that starts meanwhile reads the old file or the new one, never half of it.
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(compiled.getvalue())
    unfinished.replace(path)


def extract_strings(root: Path = ROOT) -> Catalog:
    """Return every string that our code and templates mark for translation."""
    return extract_from(_source_files(root), root)


def extract_from(paths: Iterable[Path], root: Path) -> Catalog:
    """Return the strings of Python modules and templates, each with where it stands below `root`."""
    found = _empty()
    for path in paths:
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = _as_python(source)
        for _line, identifier, comments, context in extract(
            "python", io.BytesIO(source.encode()), KEYWORDS, comment_tags=("Translators:",)
        ):
            found.add(
                identifier,
                locations=[(str(path.relative_to(root)), 0)],
                auto_comments=comments,
                context=context,
            )
    return found


def untranslated() -> list[Message]:
    """Return the strings of our code and templates that have no Vietnamese."""
    catalogue = whole_catalogue()
    return [
        message
        for message in messages(extract_strings())
        if not is_translated(catalogue.get(message.id, message.context))
    ]


def with_two_wordings() -> list[str]:
    """Return the strings to which the rooms' parts give more than one Vietnamese, each with the files and lines: the last of them would win unseen."""
    wordings: dict[tuple[Any, str | None], dict[Any, str]] = {}
    for path in parts():
        for line, message in _entries(path):
            known = wordings.setdefault((message.id, message.context), {})
            known.setdefault(message.string, f"{path.name}:{line} “{message.string}”")
    return [f"{key[0]!r}: {', '.join(said.values())}" for key, said in wordings.items() if len(said) > 1]


def _entries(path: Path) -> Iterator[tuple[int, Message]]:
    """Yield each entry of a file with its first line; read together, an id that stands twice would be one."""
    start, entry = 1, ""
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        if line.strip():
            start = start if entry else number
            entry += f"{line}\n"
            continue
        for message in messages(read_po(io.BytesIO(entry.encode()), locale="vi", charset="utf-8")):
            yield start, message
        entry = ""


def with_faults() -> list[tuple[Message, str]]:
    """Return translations whose placeholders don't fit their message, with the reason."""
    catalogue = whole_catalogue()
    return [(message, str(fault)) for message in messages(catalogue) for fault in message.check(catalogue)]


def update_catalogue() -> int:
    """Bring `django.po` up to date with code, templates and `parts/`, which is emptied; return its length."""
    known = merged([CATALOGUE, *parts()])
    found = extract_strings()
    for message in messages(found):
        translation = known.get(message.id, message.context)
        if translation:
            message.string = translation.string
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as opened:
        write_po(opened, found, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    for path in parts():
        path.unlink()
    return len(list(messages(found)))


def _source_files(root: Path) -> Iterator[Path]:
    for room in SOURCES:
        for path in sorted((root / room).rglob("*")):
            if "migrations" in path.parts:
                continue
            if path.suffix == ".py" or (path.suffix in TEMPLATE_ENDINGS and "templates" in path.parts):
                yield path


def _as_python(source: str) -> str:
    """Return a template as calls of gettext on the same lines, which Babel reads as Python."""
    from django.utils.translation.template import templatize

    # What is no call comes as rows of X, indented at random; Python's tokenizer wants it flush.
    return "\n".join(line.strip() for line in templatize(source).splitlines()) + "\n"


def describe(message: Message) -> str:
    """Return a message for a person who must translate it: where it stands and what it says."""
    identifier = message.id[0] if isinstance(message.id, list | tuple) else message.id
    places = ", ".join(sorted({place for place, _line in message.locations}))
    return f"{places}: {identifier!r}"
