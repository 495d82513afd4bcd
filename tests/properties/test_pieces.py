"""Bytes in pieces: however a source is cut, what is sent is the same, in the right sizes."""

from __future__ import annotations

import hashlib
import io
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libcloud.storage.drivers.s3.multipart import growing_sizes, smallest_part_size
from libcloud.storage.transfer import FileBody, SourceReader, StreamBody, chunks_of, pieces_of
from libcloud.utils.files import exhaust_iterator, read_in_chunks
from tests.properties import thorough

contents = st.binary(max_size=300)
cuts = st.lists(st.integers(0, 300), max_size=30)
kinds = st.sampled_from([bytes, bytearray, memoryview])


def cut(content, places, kind=bytes):
    """The content in pieces, some of them empty."""
    marks = [0, *sorted(min(place, len(content)) for place in places), len(content)]
    return [kind(content[start:end]) for start, end in itertools.pairwise(marks)]


def in_parts(content, size):
    return [content[start : start + size] for start in range(0, len(content), size)]


@thorough
@given(contents, cuts, kinds, st.integers(1, 64))
def test_chunks_do_not_show_how_the_source_was_cut(content, places, kind, size):
    assert list(chunks_of(iter(cut(content, places, kind)), size)) == in_parts(content, size)
    assert list(chunks_of(io.BytesIO(content), size)) == in_parts(content, size)
    assert list(chunks_of(content, size)) == in_parts(content, size)


class ShortReads(io.BytesIO):
    """A file that gives less than it is asked for, as sockets and pipes do."""

    def __init__(self, content, most):
        super().__init__(content)
        self.most = most

    def read(self, size=-1):
        return super().read(self.most if size is None or size < 0 else min(size, self.most))


@thorough
@given(contents, st.integers(1, 20), st.integers(1, 64))
def test_chunks_of_a_file_that_reads_little_at_once(content, most, size):
    assert list(chunks_of(ShortReads(content, most), size)) == in_parts(content, size)
    assert b"".join(pieces_of(ShortReads(content, most), size)) == content
    found = list(read_in_chunks(ShortReads(content, most), size, fill_size=True))
    assert found == in_parts(content, size)


@thorough
@given(st.lists(st.text(max_size=20)), st.integers(1, 16))
def test_text_is_sent_as_utf8(texts, size):
    content = "".join(texts).encode()
    assert b"".join(chunks_of(iter(texts), size)) == content
    assert exhaust_iterator(iter(texts)) == content


@thorough
@given(contents, cuts, kinds, st.integers(1, 64), st.booleans())
def test_read_in_chunks_gives_all_bytes(content, places, kind, size, empty):
    pieces = cut(content, places, kind)
    filled = list(read_in_chunks(iter(pieces), size, fill_size=True))
    assert filled == in_parts(content, size)
    loose = list(read_in_chunks(iter(pieces), size, yield_empty=empty))
    assert b"".join(loose) == content
    assert loose == [bytes(p) for p in pieces if len(p)] + ([b""] if empty else [])


@thorough
@given(contents, cuts, kinds)
def test_stream_body_hashes_and_counts_what_it_sends(content, places, kind):
    reports = []
    body = StreamBody(iter(cut(content, places, kind)), progress=lambda *r: reports.append(r))
    assert b"".join(body) == content
    assert body.hexdigest() == hashlib.md5(content).hexdigest()
    assert body.bytes_done == len(content)
    assert reports == ([(len(content), None)] if content else [])


@thorough
@given(contents, st.integers(0, 300), st.lists(st.integers(-1, 100)), st.booleans())
def test_file_body_read_in_any_way_sends_the_rest_of_the_file(content, start, sizes, rewound):
    file = io.BytesIO(content)
    file.seek(min(start, len(content)))
    rest = content[start:]
    body = FileBody(file)
    assert len(body) == len(rest)
    if rewound:
        body.read(7)
        body.seek(0)
    found = [body.read(size) for size in sizes] + list(body)
    assert b"".join(found) == rest
    assert body.hexdigest() == hashlib.md5(rest).hexdigest()
    assert (body.bytes_done, body.tell()) == (len(rest), len(rest))


@thorough
@given(st.integers(1, 10**14), st.integers(1, 10_000))
def test_smallest_part_size_makes_no_more_parts_than_allowed(total, most):
    size = smallest_part_size(total, most)
    assert -(-total // size) <= most
    assert size == 1 or -(-total // (size - 1)) > most


@thorough
@given(st.integers(1, 100), st.integers(2, 40))
def test_growing_parts_begin_small_and_never_shrink(size, most):
    sizes = list(itertools.islice(growing_sizes(size, most), most))
    assert sizes[: most // 2] == [size] * (most // 2)
    assert sizes == sorted(sizes)
    assert sum(sizes) >= size * most


@thorough
@given(contents, cuts, kinds, st.lists(st.integers(1, 100), min_size=1), st.data())
def test_source_is_read_by_any_sizes(content, places, kind, sizes, data):
    reader = SourceReader(iter(cut(content, places, kind)))
    found = b""
    for size in itertools.cycle(sizes):
        part = reader.read(size)
        if data.draw(st.booleans()):
            reader.unread(part)
            part = reader.read(size)
        assert bytes(part) == content[len(found) : len(found) + size]
        found += bytes(part)
        assert reader.at_end() == (len(found) == len(content))
        if reader.at_end():
            break


@pytest.mark.parametrize(
    "consume",
    [
        lambda pieces: chunks_of(pieces, 1 << 20),
        lambda pieces: read_in_chunks(pieces, 1 << 20, fill_size=True),
        StreamBody,
    ],
    ids=["chunks_of", "read_in_chunks", "StreamBody"],
)
def test_time_grows_as_the_number_of_pieces(consume):
    def seconds(count):
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            for _chunk in consume(itertools.repeat(b"12345678", count)):
                pass
            best = min(best, time.process_time() - started)
        return best

    # Four times would be linear, sixteen times quadratic.
    assert seconds(160_000) < 9 * seconds(40_000)
