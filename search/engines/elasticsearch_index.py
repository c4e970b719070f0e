"""What is written to Elasticsearch: mapping, documents, bulk requests, and an index while it is being filled."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.dsl import Mapping, field

from search.documents import TEXT_FIELDS, Document, GoodDocument, stored_fields
from search.engines.base import SORT_FIELDS, IndexBuilder, Refusal, held_push
from search.engines.counts import COUNTED_BY
from search.errors import SearchUnavailable
from search.query import Facet

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds that a bulk request may take: of a worker, which holds its goods by a lease; of a rebuild, which is alone.
WRITE_SECONDS: Final = 15
FILLING_SECONDS: Final = 60
#: Bulk requests of a rebuild under way at once, and how many more may wait: what bounds its memory.
REQUESTS_AT_ONCE: Final = 2
REQUESTS_WAITING: Final = 4
#: Seconds before a rebuild sends a request again that the server had no room or no time for.
PAUSES: Final = (1.0, 4.0)
#: Documents of one request of a worker.
_DOCUMENTS_A_REQUEST: Final = 500
_CONFLICT: Final = 409
#: Too much at once, or not ready: the server's trouble, not the document's.
_OVERLOADED: Final = frozenset({429, 502, 503, 504})
#: What the push that is the same for every search comes to: one number for a search to add.
PUSH: Final = "push"
_LONGS: Final = (
    "true_from", "true_until", "content", "price", *sorted({name for name, _ in SORT_FIELDS.values()}),
)  # fmt: skip
#: While an index is filled nobody searches it: no refresh, no copies, and its log reaches the disk when it is saved.
FILLING: Final = {
    "index": {
        "refresh_interval": "-1",
        "auto_expand_replicas": False,
        "number_of_replicas": 0,
        "translog": {"durability": "async"},
    }
}
IN_USE: Final = {
    "index": {
        "refresh_interval": "1s",
        "auto_expand_replicas": "0-1",
        "translog": {"durability": "request"},
    }
}


def build_mapping() -> Mapping:
    """Return the mapping: token fields, keywords to count by, whole numbers to sort by."""
    mapping = Mapping()
    mapping.meta("dynamic", "strict")
    mapping.meta("_source", enabled=False)
    for name in TEXT_FIELDS:
        mapping.field(name, field.Text(analyzer="whitespace", index_options="docs"))
    for name in ("vocabulary", "neighbours", "bought_with"):
        mapping.field(name, field.Keyword())
    for facet in Facet:
        mapping.field(facet.value, field.Keyword(doc_values=facet not in COUNTED_BY))
    for name in COUNTED_BY.values():
        mapping.field(name, field.Keyword(index=False))
    mapping.field(PUSH, field.Float(index=False))
    for name in ("product_id", "version", *_LONGS):
        mapping.field(name, field.Long())
    for name in ("sold", "alcohol", "live"):
        mapping.field(name, field.Boolean())
    return mapping


def reported(method: Callable[P, T]) -> Callable[P, T]:
    """Turn the client's errors into `SearchUnavailable`."""

    @wraps(method)
    def reporting(*arguments: P.args, **keywords: P.kwargs) -> T:
        try:
            return method(*arguments, **keywords)
        except (TransportError, ApiError) as error:
            raise SearchUnavailable(f"Elasticsearch: {error}") from error

    return reporting


def pack_documents(documents: Sequence[Document]) -> tuple[bytes, list[Refusal]]:
    """Return documents as the body of a bulk request, and the goods of which none can be made."""
    parts: dict[int, list[bytes]] = {}
    refused: dict[int, Refusal] = {}
    for document in documents:
        action = {"_id": document.id, "version": document.version, "version_type": "external_gte"}
        try:
            source = json.dumps(_source(document), ensure_ascii=False)
        except Exception as error:  # one good's odd data must not hold up the others
            reason = f"{type(error).__name__}: {error}"
            refused[document.product_id] = Refusal(document.product_id, reason)
        else:
            part = f'{{"index":{json.dumps(action)}}}\n{source}\n'.encode()
            parts.setdefault(document.product_id, []).append(part)
    taken = [part for product_id, own in parts.items() if product_id not in refused for part in own]
    return b"".join(taken), list(refused.values())


def _source(document: Document) -> dict[str, Any]:
    if not isinstance(document, GoodDocument):
        return {"live": False, "product_id": document.product_id, "version": document.version}
    return {
        "live": True,
        "vocabulary": document.vocabulary,
        "neighbours": document.neighbours,
        **document.token_texts,
        # As long as the highest number, so that they stand in its order.
        COUNTED_BY[Facet.PRODUCER]: f"{document.producer:010d}",
        PUSH: sum(weight for _, _, weight in held_push(document)),
        **stored_fields(document),
    }


def bulk(client: Elasticsearch, index: str, body: bytes) -> list[Refusal]:
    """Send one bulk request; return what the server refuses to hold. A newer version there is no refusal.

    Raises SearchUnavailable where the server has no room or no time for it.
    """
    if not body:
        return []
    answer = _send(client, index, body, "errors")
    if not answer["errors"]:
        return []
    answer = _send(client, index, body, "items.*._id,items.*.status,items.*.error.type,items.*.error.reason")
    refused: dict[int, Refusal] = {}
    for item in answer["items"]:
        (result,) = item.values()
        if result["status"] < 300 or result["status"] == _CONFLICT:
            continue
        reason = "{type}: {reason}".format(**result.get("error", {"type": "error", "reason": "unknown"}))
        if result["status"] in _OVERLOADED or result["status"] == 404:
            raise SearchUnavailable(f"Elasticsearch: {reason}")
        product_id = int(result["_id"].split(":")[0])
        refused[product_id] = Refusal(product_id, reason)
    return list(refused.values())


@reported
def _send(client: Elasticsearch, index: str, body: bytes, wanted: str) -> dict[str, Any]:
    answer = client.perform_request(
        "POST",
        f"/{index}/_bulk",
        params={"filter_path": wanted},
        headers={"content-type": "application/x-ndjson", "accept": "application/json"},
        body=body,
    )
    return dict(answer.body)


def in_requests(documents: Sequence[Document]) -> list[Sequence[Document]]:
    """Cut a batch so that no request grows beyond what a server takes gladly; a good's documents may be parted."""
    size = _DOCUMENTS_A_REQUEST
    return [documents[start : start + size] for start in range(0, len(documents), size)]


class ElasticsearchBuilder(IndexBuilder):
    """Fills an index by a few bulk requests at a time."""

    def __init__(
        self, client: Elasticsearch, name: str, held_after: Callable[[int], list[tuple[str, int]]]
    ) -> None:
        self.name = name
        self._client = client.options(request_timeout=FILLING_SECONDS)
        self._held_after = held_after
        self._pool = ThreadPoolExecutor(REQUESTS_AT_ONCE, thread_name_prefix="bulk")
        self._under_way: list[Future[list[Refusal]]] = []

    def write(self, documents: Sequence[GoodDocument]) -> list[Refusal]:
        packed, refused = pack_documents(documents)
        return refused + self.write_packed(packed)

    def write_packed(self, packed: bytes) -> list[Refusal]:
        refused: list[Refusal] = []
        while len(self._under_way) >= REQUESTS_AT_ONCE + REQUESTS_WAITING:
            refused += self._under_way.pop(0).result()
        self._under_way.append(self._pool.submit(self._send_patiently, packed))
        return refused

    def _send_patiently(self, packed: bytes) -> list[Refusal]:
        """Send once more, and once more, where the server had no time: versions make it harmless."""
        for pause in PAUSES:
            try:
                return bulk(self._client, self.name, packed)
            except SearchUnavailable as error:
                logger.warning("a request of the rebuild is sent again in %.0f s: %s", pause, error)
                time.sleep(pause)
        return bulk(self._client, self.name, packed)

    def save(self) -> list[Refusal]:
        refused: list[Refusal] = []
        while self._under_way:
            refused += self._under_way.pop(0).result()
        reported(self._client.indices.flush)(index=self.name)
        return refused

    def forget_after(self, product_id: int) -> None:
        actions = [
            json.dumps({"delete": {"_id": id_, "version": version, "version_type": "external_gte"}}) + "\n"
            for id_, version in self._held_after(product_id)
        ]
        for start in range(0, len(actions), 2_000):
            bulk(self._client, self.name, "".join(actions[start : start + 2_000]).encode())

    def close(self) -> None:
        """Drop what waits; what is under way ends by itself."""
        self._pool.shutdown(wait=True, cancel_futures=True)
