"""Who manages whom, over every set of roles at two sites and everywhere."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.authority import Held, administers, governs, may_see, may_set_role
from moderation.domain.vocabulary import Role

SITES = (1, 2)
HELD = st.dictionaries(st.sampled_from([None, *SITES]), st.sampled_from(Role)).map(
    lambda roles: tuple(Held(site_id, role) for site_id, role in roles.items())
)


def _may_enter(person: tuple[Held, ...]) -> set[int]:
    places = {one.site_id for one in person}
    return set(SITES) if None in places else {site for site in SITES if site in places}


@given(HELD, HELD)
def test_who_governs_an_account_administers_all_that_it_enters_of_its_own(
    actor: tuple[Held, ...], person: tuple[Held, ...]
) -> None:
    if governs(actor, person):
        assert all(administers(actor, one.site_id) for one in person)


@given(HELD, HELD, st.sampled_from([None, *SITES]))
def test_roles_are_set_only_where_the_actor_administers(
    actor: tuple[Held, ...], person: tuple[Held, ...], site_id: int | None
) -> None:
    if may_set_role(actor, person, site_id):
        assert administers(actor, site_id)
        assert administers(actor, None) or all(one.site_id is not None for one in person)


@given(HELD, HELD)
def test_whoever_is_seen_can_enter_a_site_that_the_actor_administers(
    actor: tuple[Held, ...], person: tuple[Held, ...]
) -> None:
    if person and may_see(actor, person, SITES):
        assert any(administers(actor, site) for site in _may_enter(person))


def test_a_role_at_one_site_goes_before_the_role_at_every_site() -> None:
    held = (Held(None, Role.ADMINISTRATOR), Held(1, Role.VIEWER))
    assert not administers(held, 1)
    assert administers(held, 2)
