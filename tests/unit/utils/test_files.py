import io
import time
import tracemalloc

import pytest

from libcloud.utils import files
from libcloud.utils.files import exhaust_iterator, guess_file_mime_type, read_in_chunks


def chunks(source, *args, **kwargs):
    return list(read_in_chunks(source, *args, **kwargs))


def test_read_in_chunks_of_a_file():
    assert chunks(io.BytesIO(b"abcdefgh"), 3) == [b"abc", b"def", b"gh"]
    assert chunks(io.StringIO("äb")) == ["äb".encode()]


def test_read_in_chunks_of_an_iterator_keeps_its_pieces():
    assert chunks(iter([b"a", b"bcdef"]), 3) == [b"a", b"bcdef"]


def test_read_in_chunks_of_an_iterator_goes_on_after_an_empty_piece():
    assert chunks(iter([b"a", b"", b"b"])) == [b"a", b"b"]


@pytest.mark.parametrize("source", [b"abcdefgh", bytearray(b"abcdefgh"), "abcdefgh", [b"abcdefgh"]])
def test_read_in_chunks_takes_bytes_text_and_lists(source):
    assert chunks(source, 3, fill_size=True) == [b"abc", b"def", b"gh"]


def test_read_in_chunks_takes_the_bytes_of_an_iterator_over_bytes():
    assert chunks(iter(b"abcd"), 3, fill_size=True) == [b"abc", b"d"]


@pytest.mark.parametrize(
    "pieces",
    [
        [b"abcdefghij"],
        [b"ab", b"cdefg", b"h", b"ij"],
        [b"abcd", b"efgh", b"ij"],
        list("abcdefghij"),
    ],
)
def test_read_in_chunks_fill_size(pieces):
    assert chunks(iter(pieces), 4, fill_size=True) == [b"abcd", b"efgh", b"ij"]


def test_read_in_chunks_yield_empty():
    assert chunks(iter([b"a"]), yield_empty=True) == [b"a", b""]
    assert chunks(iter([b"a"]), fill_size=True, yield_empty=True) == [b"a"]
    assert chunks(iter([]), yield_empty=True) == [b""]
    assert chunks(iter([]), fill_size=True, yield_empty=True) == [b""]
    assert chunks(iter([]), fill_size=True) == []


def test_read_in_chunks_refuses_what_is_no_data():
    with pytest.raises(TypeError):
        chunks(5)
    with pytest.raises(TypeError):
        chunks(iter([None]))


def test_read_in_chunks_of_many_small_pieces_is_quick_and_flat():
    count, size = 200_000, 5 * 1024 * 1024
    pieces = (b"x" * 64 for _ in range(count))
    tracemalloc.start()
    started = time.perf_counter()
    total = sum(len(chunk) for chunk in read_in_chunks(pieces, size, fill_size=True))
    seconds = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == count * 64
    assert seconds < 10
    assert peak < 4 * size


def test_exhaust_iterator():
    assert exhaust_iterator(iter([b"a", b"bc"])) == b"abc"
    assert exhaust_iterator(io.BytesIO(b"x" * 20_000)) == b"x" * 20_000
    assert exhaust_iterator(iter([])) == b""


def test_guess_file_mime_type():
    assert guess_file_mime_type("a.tar.gz") == ("application/x-tar", "gzip")
    assert guess_file_mime_type("a.json") == ("application/json", None)
    assert guess_file_mime_type("noext") == (None, None)


def test_chunk_size_is_what_a_file_is_read_by():
    assert [len(c) for c in read_in_chunks(io.BytesIO(b"x" * 10_000))] == [
        files.CHUNK_SIZE,
        10_000 - files.CHUNK_SIZE,
    ]
