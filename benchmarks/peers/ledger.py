"""The rows of a run's ledger from its trace, as docs/trace-format.md lays them out; what a row says of shards is read over."""

import base64
import json
import struct
from collections import namedtuple

Row = namedtuple("Row", "ticket sample_count rate loss_sum halved")
NOISE, SECANT, DROPPED, HELD, LOCAL, PROJECTIONS, SUBSTITUTES, VIEW_ERRORS = 1, 2, 4, 8, 64, 128, 256, 512


def read(path):
    """The rows, by ticket. ValueError when the trace is not whole."""
    spans, shards, closed = [], None, False
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            for span in _spans(json.loads(line)):
                values = _attributes(span)
                if span["name"] == "ledger.open":
                    shards = int(values["shards"])
                elif span["name"] == "ledger.rows":
                    spans.append((int(values["sequence"]), values["rows"], int(values["count"])))
                closed |= span["name"] == "ledger.close"
    if shards is None or not closed:
        raise ValueError(f"{path} lacks the beginning or the end of its ledger: the run did not end in order.")
    found = [row for _, content, count in sorted(spans) for row in rows(base64.b64decode(content), count, shards)]
    return sorted(found)


def rows(content, count, shards):
    """The rows of one span."""
    reader, ticket = _Reader(content), 0
    for _ in range(count):
        ticket += reader.signed()
        flags = reader.unsigned()
        for _ in range(5):  # worker, incarnation, slots, round offset, steps
            reader.unsigned()
        samples, rate, loss = reader.unsigned(), reader.real(), reader.real()
        for flag, reals in ((NOISE, 2), (SECANT, 2), (DROPPED, 1), (HELD, 1), (LOCAL, 1)):
            for _ in range(reals if flags & flag else 0):
                reader.real()
        for _ in range(shards):
            for _ in range(3):  # state, incarnation and version of the view
                reader.unsigned()
            reader.signed()
            for _ in range(reader.unsigned()):
                reader.unsigned()
            reader.real()
            for flag in (PROJECTIONS, SUBSTITUTES, VIEW_ERRORS):
                if flags & flag:
                    reader.real()
        yield Row(ticket, samples, rate, loss, bool(flags & NOISE))
    if reader.rest():
        raise ValueError(f"A span of {count} rows has {reader.rest()} bytes too many.")


def _spans(request):
    for resource in request["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            yield from scope["spans"]


def _attributes(span):
    return {one["key"].removeprefix("orleanssgd."): next(iter(one["value"].values())) for one in span["attributes"]}


class _Reader:
    def __init__(self, content):
        self._content, self._at = content, 0

    def unsigned(self):
        value = shift = 0
        while True:
            byte = self._content[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self):
        value = self.unsigned()
        return (value >> 1) ^ -(value & 1)

    def real(self):
        value, = struct.unpack_from("<d", self._content, self._at)
        self._at += 8
        return value

    def rest(self):
        return len(self._content) - self._at
