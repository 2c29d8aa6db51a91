"""Where entries end: those that are merged in others, those that are dropped nowhere."""

from ...data.trees import paths
from ...errors import FewnerError
from .places import Place, Places


class Ends:
    """Follows `merge_into` and `drop` of a review; see `settle` for what it refuses."""

    def __init__(self, places: Places):
        self._places = places
        self._ends: dict[Place, Place | None] = {}
        self._following: list[Place] = []

    def path(self, place: Place) -> str | None:
        """The label that the entry's annotations get; None if they go."""
        passed: list[Place] = []
        while (end := self.end(place)) is not None and end.above is not None:
            above = self._type_above(end)
            # A field that a merged type brings becomes that of the same name, wherever this goes.
            same = self._places.field_of(above, end.entry.name)
            if same is None or self.end(same) is end:
                return paths.child(above.entry.name, end.entry.name)
            if same in passed:
                raise _circle(same, passed)
            passed.append(same)
            place = same
        return None if end is None else end.entry.name

    def end(self, place: Place) -> Place | None:
        """The entry that it is merged into, at last; itself if it is not; None if it is dropped."""
        if place in self._following:  # a field hangs on its type, which may be merged into it
            raise _circle(place, self._following)
        if place not in self._ends:
            self._following.append(place)
            self._ends[place] = self._followed(place)
            self._following.pop()
        return self._ends[place]

    def _followed(self, place: Place) -> Place | None:
        passed = [place]
        while passed[-1].entry.merge_into and not passed[-1].entry.drop:
            target = self._places.target(passed[-1])
            if target in passed:
                raise _circle(target, passed)
            passed.append(target)
        if not self._is_dropped(passed[-1]):
            return passed[-1]
        if len(passed) > 1:
            remedy = "Keep that entry, or merge into another."
            rule = "no entry may be merged into one that is dropped"
            raise passed[-2].error(rule, passed[-1].label, remedy)
        return None

    def _is_dropped(self, place: Place) -> bool:
        if place.entry.drop or place.above is None or self.end(place.above) is not None:
            return bool(place.entry.drop)
        if place.entry.drop is False:
            rule = "a field cannot stay when its type is dropped"
            remedy = "Keep the type, or merge the field into another entry."
            raise place.error(rule, place.label, remedy)
        return True

    def _type_above(self, field: Place) -> Place:
        assert field.above is not None
        end = self.end(field.above)
        assert end is not None  # else the field would be dropped
        if end.above is not None:
            rule = "a type that has fields cannot be merged into a field"
            remedy = "Drop its fields, or merge them into others."
            raise field.above.error(rule, end.label, remedy)
        return end


def _circle(target: Place, passed: list[Place]) -> FewnerError:
    shown = " into ".join(one.label for one in (*passed, target))
    remedy = "Take one of these lines out."
    return passed[-1].error("no entries may be merged in a circle", shown, remedy)
