"""Times of something short."""

import statistics
import time

WARM_UP = 5


def median(act, seconds=3, least=5, most=2001):
    """Microseconds of `act`, the median of as many runs as `seconds` have room for, from `least` to `most`."""
    for _ in range(WARM_UP):
        act()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < most and (len(times) < least or time.perf_counter() < end):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6
