"""What is to be computed for a slice, and where the results of its texts come from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from annopipe.bulk.cache import Cache
from annopipe.bulk.seen import Ref, Seen
from annopipe.bulk.slices import Slice


@dataclass(slots=True)
class Planned:
    """A slice and its way to results.

    Attributes:
        slice: the rows.
        texts: what is to be computed, in the order of the group's places.
        group: the group of these texts, None where there are none.
        refs: for each row where its result is, None for rows that failed before.
        cached: texts of the slice whose results came from the cache of earlier runs.
    """

    slice: Slice
    texts: list[str]
    group: int | None = None
    refs: list[Ref | None] = field(default_factory=list)
    cached: int = 0

    @property
    def alone(self) -> bool:
        """Whether the slice is one long text, whose result comes in parts."""
        return self.slice.alone

    @property
    def groups(self) -> set[int]:
        """The groups that results come from."""
        return {ref.group for ref in self.refs if ref is not None}


@dataclass(slots=True)
class Planner:
    """Looks for each text among those seen in this run and, if there is one, in the cache of earlier runs."""

    seen: Seen
    cache: Cache | None = None
    deduplicate: bool = True

    def plan(self, slices: Iterable[Slice]) -> Iterator[Planned]:
        """Yield what is to be done, slice by slice; results must arrive in this order."""
        for slice_ in slices:
            yield Planned(slice_, list(slice_.texts)) if slice_.alone else self._planned(slice_)

    def _planned(self, slice_: Slice) -> Planned:
        keys: list[bytes | None] = [
            None if place in slice_.failures else self._key(text, slice_.first + place)
            for place, text in enumerate(slice_.texts)
        ]
        texts = {key: text for key, text in zip(keys, slice_.texts, strict=True) if key is not None}
        found = {key: ref for key in texts if (ref := self.seen.find(key)) is not None}
        planned = Planned(slice_, [])
        new = [key for key in texts if key not in found]
        if self.cache is not None and new:
            found |= self._from_cache(self.cache, new, planned)
            new = [key for key in new if key not in found]
        if new:
            planned.texts = [texts[key] for key in new]
            refs = self.seen.announce(new)
            planned.group = refs[0].group
            found |= dict(zip(new, refs, strict=True))
        planned.refs = [None if key is None else found[key] for key in keys]
        self.seen.use(planned.groups)
        return planned

    def _key(self, text: str, row: int) -> bytes:
        """Without deduplication every row is a text of its own."""
        return self.seen.key(text) if self.deduplicate else row.to_bytes(8, "big")

    def _from_cache(self, cache: Cache, keys: list[bytes], planned: Planned) -> dict[bytes, Ref]:
        known, result = cache.get(keys)
        if result is None:
            return {}
        refs = self.seen.announce(known)
        self.seen.fill(refs[0].group, result)
        planned.cached = len(known)
        return dict(zip(known, refs, strict=True))
