"""The cache that is bounded by bytes."""

from hypothesis import given
from hypothesis import strategies as st

from service.execution.byte_cache import ByteCache


def test_what_is_asked_for_stays_and_the_rest_goes() -> None:
    """An entry in use outlives any number of others."""
    cache: ByteCache[int] = ByteCache(20_000)
    cache.put("used", 1, 100)
    for number in range(1_000):
        cache.put(number, number, 100)
        assert cache.get("used") == 1
    assert cache.get(0) is None
    assert cache.get(999) == 999


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3_000))))
def test_the_bytes_never_outgrow_the_bound(entries: list[tuple[int, int]]) -> None:
    """Whatever is put and asked for; and what is found is what was put."""
    cache: ByteCache[int] = ByteCache(8_000)
    sizes: dict[int, int] = {}
    for key, size in entries:
        if cache.get(key) is None:
            cache.put(key, key, size)
            sizes[key] = size
        held = [k for k in range(51) if k in cache._young or k in cache._old]
        assert sum(sizes[k] for k in held) <= 8_000
        assert all(cache.get(k) in (k, None) for k in held)


def test_nothing_is_kept_in_no_bytes() -> None:
    """A bound of 0 turns the cache off."""
    cache: ByteCache[int] = ByteCache(0)
    cache.put("a", 1, 0)
    assert cache.get("a") is None
    assert len(cache) == 0


def test_a_huge_entry_drives_nothing_out() -> None:
    """What takes more than an eighth of a generation is not kept."""
    cache: ByteCache[int] = ByteCache(10_000)
    cache.put("small", 1, 10)
    cache.put("huge", 2, 9_000)
    assert cache.get("huge") is None
    assert cache.get("small") == 1


def test_only_what_is_asked_again_is_worth_keeping() -> None:
    """The first time is remembered, a second is told from it."""
    cache: ByteCache[int] = ByteCache(10_000)
    assert not cache.asked_again("a")
    assert cache.asked_again("a")
    assert not cache.asked_again("b")
