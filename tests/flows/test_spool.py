from flows.spool import CHUNK, Spool


def test_what_goes_in_comes_out_in_order_and_again() -> None:
    for count in (0, 1, CHUNK - 1, CHUNK, 3 * CHUNK + 5):
        spool: Spool[tuple[int, str]] = Spool()
        for number in range(count):
            spool.append((number, f"item {number}"))
        assert len(spool) == count
        assert list(spool) == list(spool) == [(number, f"item {number}") for number in range(count)]


def test_it_can_grow_while_it_is_read() -> None:
    spool: Spool[int] = Spool()
    for number in range(CHUNK + 1):
        spool.append(number)
    reader = iter(spool)
    assert next(reader) == 0
    for number in range(CHUNK + 1, 3 * CHUNK):
        spool.append(number)
    assert next(reader) == 1
    assert list(spool) == list(range(3 * CHUNK))
