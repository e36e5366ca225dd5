"""What a process keeps of what others name: strangers can name as much as they like, and it must not grow with them."""

MOST_KEPT = 1000


class Bounded[K, V](dict[K, V]):
    """A dict with a bound: what was set longest ago goes first. To be filled by `[key] = value` alone."""

    def __setitem__(self, key: K, value: V) -> None:
        self.pop(key, None)  # what is set again is new again
        if len(self) >= MOST_KEPT:
            del self[next(iter(self))]
        super().__setitem__(key, value)
