"""The embedded engine's indices on disk: their directories, which one is in use, who may write.

``<directory>/current`` names the index in use and ``previous`` the one before it; each index is a directory
beside them. tantivy locks the directory that is written, with a lock of the kernel that dies with its
process, and a commit is the atomic replacement of ``meta.json``: after a kill at any moment the last commit
stands, and the next writer clears away what the dead one left.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import tantivy
from tantivy import FieldType, Query

from search.documents import GoodDocument
from search.engines.base import IndexBuilder, IndexSize, Refusal
from search.engines.embedded_documents import pack_documents
from search.errors import SearchUnavailable

#: Bytes for the documents of one commit: a worker's batch; a rebuild, all its threads together.
WRITER_MEMORY: Final = 50_000_000
FILLING_MEMORY: Final = 64_000_000
FILLING_THREADS: Final = 1
#: How long (seconds) a writer waits for another one of this machine, and between two looks.
PATIENCE: Final = 10.0
_LOOK_EVERY: Final = 0.02


class IndexFolder:
    """The directory that holds the indices of one shop on one machine."""

    def __init__(self, path: Path, schema: tantivy.Schema, mark: str) -> None:
        self.path = path
        self._schema = schema
        self._mark = mark

    def current(self) -> str | None:
        """Return the name of the index in use."""
        return self._named("current")

    def previous(self) -> str | None:
        """Return the name of the index that was in use before and is still there."""
        name = self._named("previous")
        return name if name and self.has(name) else None

    def has(self, name: str) -> bool:
        """Whether the index is there and was ever committed."""
        return (self.path / name / "meta.json").exists()

    def create(self) -> str:
        """Make an empty index and return its name."""
        name = f"goods-{datetime.now(UTC):%Y%m%d%H%M%S}-{uuid4().hex[:6]}-{self._mark}"
        try:
            (self.path / name).mkdir(parents=True)
            tantivy.Index(self._schema, path=str(self.path / name))
        except (OSError, ValueError) as error:
            raise SearchUnavailable(f"no index can be made in {self.path}: {error}") from error
        return name

    def create_first(self) -> str:
        """Make the first index and put it in use, unless another process was faster; return the one in use."""
        made = self.create()
        # A link is made once only: of two processes that start together, one gives way.
        draft = self._draft("current", made)
        try:
            os.link(draft, self.path / "current")
        except FileExistsError:
            self.drop(made)
        finally:
            draft.unlink()
        return self.current() or made

    def switch_to(self, name: str) -> None:
        """Put ``name`` in use at one stroke, keep the one before, remove the others."""
        before = self.current()
        if before != name:
            if before is not None:
                os.replace(self._draft("previous", before), self.path / "previous")
            os.replace(self._draft("current", name), self.path / "current")
        kept = {name, self._named("previous")}
        for other in self.path.glob("goods-*"):
            if other.name not in kept:
                self.drop(other.name)

    def drop(self, name: str) -> None:
        """Remove an index. Readers that have it open go on until they look again."""
        shutil.rmtree(self.path / name, ignore_errors=True)

    def open(self, name: str) -> tantivy.Index:
        """Open an index. Raises SearchUnavailable."""
        try:
            index = tantivy.Index.open(str(self.path / name))
        except (OSError, ValueError) as error:
            raise SearchUnavailable(f"the search index {name} can't be read: {error}") from error
        index.config_reader("manual")
        return index

    def size(self, name: str) -> IndexSize:
        """Return how many documents and bytes the index has."""
        searcher = self.open(name).searcher()
        files = [entry.stat().st_size for entry in os.scandir(self.path / name) if entry.is_file()]
        return IndexSize(documents=searcher.num_docs, bytes=sum(files))

    @contextmanager
    def writer(
        self, name: str, index: tantivy.Index, *, memory: int = WRITER_MEMORY, threads: int = 1
    ) -> Iterator[tantivy.IndexWriter]:
        """Hold the one writer of an index; waits a while for another process to be done with it."""
        writer = self._take_writer(index, memory, threads)
        self._drop_deletions_of_the_dead(name)
        try:
            yield writer
        finally:
            writer.wait_merging_threads()

    def _take_writer(self, index: tantivy.Index, memory: int, threads: int) -> tantivy.IndexWriter:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return index.writer(memory, threads)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise SearchUnavailable(f"the search index can't be written: {error}") from error
                if time.monotonic() > deadline:
                    raise SearchUnavailable("another process is writing the search index") from error
            time.sleep(_LOOK_EVERY)

    def _drop_deletions_of_the_dead(self, name: str) -> None:
        """Remove lists of deleted documents that no commit names.

        One killed between such a list and its commit leaves the list behind, and tantivy, which counts on from the
        last commit, would want to write a file of the same name and refuse. Only the holder of the writer may call this.
        """
        folder = self.path / name
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        named = {
            f"{segment['segment_id'].replace('-', '')}.{segment['deletes']['opstamp']}.del"
            for segment in segments
            if segment["deletes"]
        }
        for file in folder.glob("*.del"):
            if file.name not in named:
                file.unlink(missing_ok=True)

    def _named(self, file: str) -> str | None:
        with contextlib.suppress(FileNotFoundError):
            return (self.path / file).read_text(encoding="ascii").strip() or None
        return None

    def _draft(self, file: str, content: str) -> Path:
        """Write a file's new content beside it, on the disk before it takes its place."""
        draft = self.path / f"{file}.{uuid4().hex}"
        with draft.open("w", encoding="ascii") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        return draft


class EmbeddedBuilder(IndexBuilder):
    """Fills an index with documents that other processes made ready: one JSON object a line."""

    def __init__(self, name: str, writer: tantivy.IndexWriter, schema: tantivy.Schema) -> None:
        self.name = name
        self._writer = writer
        self._schema = schema

    def write(self, documents: Sequence[GoodDocument]) -> list[Refusal]:
        packed, refused = pack_documents(documents)
        return refused + self.write_packed(packed)

    def write_packed(self, packed: bytes) -> list[Refusal]:
        refused = []
        for line in packed.splitlines():
            try:
                self._writer.add_json(line.decode())
            except ValueError as error:
                product_id = json.loads(line)["product_id"]
                refused.append(Refusal(product_id, str(error)))
                every = Query.term_query(self._schema, "product_id", product_id)
                self._writer.delete_documents_by_query(every)
        return refused

    def save(self) -> list[Refusal]:
        self._writer.commit()
        return []

    def forget_after(self, product_id: int) -> None:
        beyond = Query.range_query(self._schema, "product_id", FieldType.Integer, product_id + 1, None)
        self._writer.delete_documents_by_query(beyond)
        self._writer.commit()
