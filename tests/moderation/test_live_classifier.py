from dataclasses import dataclass, field, replace
from functools import cache

from classifiers import Bundle, load_bundle
from moderation.live_classifier import LiveClassifier
from moderation.settings import _BUNDLES
from moderation.store.bundles import Promoted


@cache
def starter() -> Bundle:
    return load_bundle(_BUNDLES / "starter.alochona")


def promoted(bundle: Bundle, bundle_id: int = 1) -> Promoted:
    return Promoted(bundle_id, bundle.name, bundle.digest, bundle.to_bytes())


@dataclass
class Registry:
    """Says what is promoted, as the store does; ``fails`` stands for a lost database."""

    live: Promoted | None = None
    fails: bool = False
    looks: int = 0
    fetched: list[int] = field(default_factory=list)

    def read(self, known: str | None) -> Promoted | None:
        self.looks += 1
        if self.fails:
            raise ConnectionError
        if self.live is None or self.live.digest == known:
            return None if self.live is None else replace(self.live, content=None)
        self.fetched.append(self.live.bundle_id)
        return self.live


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def classifier(registry: Registry) -> tuple[LiveClassifier, Clock]:
    clock = Clock()
    return LiveClassifier(registry.read, clock=clock), clock


def test_nothing_is_read_before_it_is_asked_for() -> None:
    registry = Registry(promoted(starter()))
    classifier(registry)
    assert registry.looks == 0


def test_without_a_promotion_there_is_no_bundle_and_a_hint_what_to_do() -> None:
    live, _ = classifier(Registry())
    assert live.current() is None
    assert "migrate" in str(live.problem())


def test_the_promoted_bundle_is_loaded_once_and_kept() -> None:
    registry = Registry(promoted(starter(), 7))
    live, clock = classifier(registry)
    for _ in range(5):
        current = live.current()
        assert current is not None
        assert (current.bundle_id, current.bundle.digest) == (7, starter().digest)
        clock.now += 3
    assert registry.fetched == [7]
    assert live.problem() is None


def test_the_database_is_asked_at_most_every_two_seconds() -> None:
    registry = Registry(promoted(starter()))
    live, clock = classifier(registry)
    for _ in range(100):
        live.current()
        clock.now += 0.1
    assert 4 <= registry.looks <= 6


def test_another_promotion_is_taken_up_at_the_next_look() -> None:
    registry = Registry(promoted(starter(), 1))
    live, clock = classifier(registry)
    live.current()
    other = replace(starter(), name="other")
    registry.live = promoted(other, 2)
    clock.now += 2.1
    current = live.current()
    assert current is not None
    assert (current.bundle_id, current.bundle.name) == (2, "other")


def test_a_broken_bundle_leaves_the_last_good_one_at_work_and_is_not_fetched_again() -> None:
    registry = Registry(promoted(starter(), 1))
    live, clock = classifier(registry)
    live.current()
    registry.live = Promoted(2, "broken", "f" * 64, b"not a bundle")
    for _ in range(3):
        clock.now += 2.1
        current = live.current()
        assert current is not None
        assert current.bundle_id == 1
    assert registry.fetched == [1, 2]
    assert "broken" in str(live.problem())


def test_a_broken_first_bundle_means_none_at_all_and_says_why() -> None:
    live, clock = classifier(Registry(Promoted(2, "broken", "f" * 64, b"not a bundle")))
    assert live.current() is None
    clock.now += 2.1
    assert live.current() is None
    assert "held" in str(live.problem())


def test_bytes_that_are_not_the_registered_ones_are_refused() -> None:
    live, _ = classifier(Registry(replace(promoted(starter()), digest="a" * 64)))
    assert live.current() is None
    assert "registered" in str(live.problem())


def test_going_back_to_the_good_bundle_ends_the_problem() -> None:
    registry = Registry(promoted(starter(), 1))
    live, clock = classifier(registry)
    live.current()
    registry.live = Promoted(2, "broken", "f" * 64, b"not a bundle")
    clock.now += 2.1
    live.current()
    registry.live = promoted(starter(), 1)
    clock.now += 2.1
    current = live.current()
    assert current is not None
    assert current.bundle_id == 1
    assert live.problem() is None


def test_a_lost_database_leaves_the_bundle_at_work_and_is_told() -> None:
    registry = Registry(promoted(starter(), 1))
    live, clock = classifier(registry)
    live.current()
    registry.fails = True
    clock.now += 2.1
    assert live.current() is not None
    assert "database" in str(live.problem())
    registry.fails = False
    clock.now += 2.1
    assert live.problem() is None
