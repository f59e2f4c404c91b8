"""A listed term is found with its endings and in other spellings, and never inside a longer word."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from classifiers import normalise
from moderation.domain.innocent_words import INNOCENT
from moderation.domain.term_endings import LONGEST, Place, bangla_endings, misspelt_endings
from moderation.domain.term_forms import exact_form, loose_form, rough_words, word_pattern
from moderation.domain.term_lists import Hit, Match, Term, TermList, TermMatcher, Tongue
from moderation.domain.term_readings import LONGEST_WORD, readings
from moderation.domain.vocabulary import ListAction


def _matcher(*terms: Term) -> TermMatcher:
    return TermMatcher([TermList("slurs", ListAction.HOLD, terms)])


def _hits(term: Term | str, text: str) -> list[Hit]:
    return _matcher(Term(term) if isinstance(term, str) else term).hits(text)


def _forms(term: Term | str, text: str) -> list[str]:
    return [hit.form for hit in _hits(term, normalise(text))]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("বাল", "বালের"),
        ("বাল", "বালগুলোকেও"),
        ("বাল", "ওই বাল, শোন"),
        ("কুত্তা", "কুত্তার"),
        ("কুত্তা", "কুত্তাদের"),
        ("কুত্তা", "কুতা"),
        ("কুত্তা", "কুততা"),
        ("কুত্তা", "কুুত্তা"),
        ("কুত্তা", "কুত্তাাাা"),
        ("কুত্তা", "কুত্তা-র"),
        ("কুত্তা", "কুত্তাগূলোর"),
        ("শালা", "শা\u200cলা"),
        ("শালা", "শা\u200dলার"),
        ("শালা", "সালা"),
        ("মাগি", "মাগীর"),
        ("পোঁদ", "পোদের"),
        ("হিজড়া", "হিজরারা"),
        ("খানকি", "খাণকী"),
        ("হারামজাদা", "হারামযাদাকে"),
        ("রঙবাজ", "রংবাজের"),
        ("ভাঙা", "ভাংগা"),
        ("রাম", "রাম্"),
        ("khanki", "khankir"),
        ("khanki", "khankider"),
        ("khanki", "khankiee"),
        ("khanki", "KHANKEEE"),
        ("khanki", "kh4nki"),
        ("kutta", "kutta"),
        ("kutta", "kuttar"),
        ("kutta", "kuttader"),
        ("kutta", "kuta"),
        ("shala", "salar"),
        ("bhoda", "vodar"),
        ("chuda", "choooda"[:2] + "uuda"),
        ("bal", "baler"),
        ("মাদার চোদ", "মাদার চোদের"),
        ("মাদার চোদ", "মাদারচোদ"),
        ("মাদার চোদ", "মাদার-চোদকে"),
        ("🖕", "যা🖕"),
        ("c++", "c++ ভালো"),
    ],
)
def test_a_term_hits_its_forms(term: str, text: str) -> None:
    assert len(_forms(term, text)) == 1


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("বাল", "বালিশ বাল্যকাল বালক বালকে বালকের বালকদের বালিকা বালু বাল্কে"),
        ("মাগ", "মাগুর মাগরিব"),
        ("মার", "মারা গেছে মারি মার্কে"),
        ("শালা", "পাঠশালা শালিক শালবন শাল্লা শাল্লায়"),
        ("চাক", "চাকর"),
        ("আল", "আলয় আলতে"),
        ("চোদ", "চোদ্দ চোদ্দই"),
        ("পাঁঠা", "পাঠাও পাঠায়"),
        ("bal", "ball balti bali balloon global"),
        ("mal", "malta male mall"),
        ("gud", "good"),
        ("magi", "magic maggi"),
        ("url", "https://khobor.example/x"),
        ("f**k", "af**k f**kx"),
        ("মাদার চোদ", "মাদার এবং চোদ"),
    ],
)
def test_a_term_does_not_hit_other_words(term: str, text: str) -> None:
    assert _forms(term, text) == []


def test_a_hit_says_where_by_which_ending_and_whether_it_is_spelt_otherwise() -> None:
    (hit,) = _hits("কুত্তা", "ওই কুতাদের")
    assert (hit.start, hit.end, hit.form, hit.ending, hit.variant) == (3, 10, "কুতাদের", "দের", True)
    assert (hit.term, hit.list_name, hit.action) == ("কুত্তা", "slurs", ListAction.HOLD)


def test_the_switches_narrow_what_is_hit() -> None:
    text = "শালা শালার সালা"
    assert _forms(Term("শালা", Match.EXACT), text) == ["শালা"]
    assert _forms(Term("শালা", Match.ENDINGS), text) == ["শালা", "শালার"]
    assert _forms(Term("শালা"), text) == ["শালা", "শালার", "সালা"]


def test_english_terms_take_plurals_and_verbs_only_where_asked() -> None:
    text = "idiot idiots idiot's idiotic idiooot idioted idiotr"
    english = Term("idiot", tongue=Tongue.ENGLISH)
    assert _forms(english, text) == ["idiot", "idiots", "idiot", "idioot"]
    verb = Term("shit", tongue=Tongue.ENGLISH_VERB)
    assert _forms(verb, "shit shits shitting shitted shite") == ["shit", "shits", "shitting", "shitted"]
    assert _forms(Term("rape", tongue=Tongue.ENGLISH_VERB), "raping raped rap") == ["raping", "raped"]
    assert _forms(Term("pussy", tongue=Tongue.ENGLISH), "pussies") == ["pussies"]
    assert _forms(Term("ass", tongue=Tongue.ENGLISH), "as asses") == ["asses"]


def test_an_exception_is_spared_with_its_endings_but_does_not_spare_the_terms_own_forms() -> None:
    term = Term("মাল", exceptions=("মালাকার", "মালের"))
    assert _forms(term, "মালাকারের মালের মালকে মালেরই") == ["মালকে", "মালেরই"]
    assert _forms(Term("bal"), "bale baler") == ["baler"]


def test_what_is_innocent_is_hit_where_it_is_listed_itself() -> None:
    for word in INNOCENT:
        assert _forms(word, word) == [normalise(word)]


def test_all_that_a_text_holds_is_told_in_its_order_each_place_once() -> None:
    both = TermMatcher(
        [
            TermList("a", ListAction.REJECT, (Term("শালা"), Term("কুত্তা"))),
            TermList("b", ListAction.MARK, (Term("শালা", Match.EXACT),)),
        ]
    )
    found = [(hit.start, hit.term, hit.list_name) for hit in both.hits("কুত্তা শালা শালার")]
    assert found == [(0, "কুত্তা", "a"), (7, "শালা", "a"), (7, "শালা", "b"), (12, "শালা", "a")]


_BANGLA_LETTERS = "কখগঘচছজটতথদধনপফবভমলসহ"
_stems = st.one_of(
    st.text(_BANGLA_LETTERS + "ািুেো", min_size=2, max_size=12).filter(lambda word: word[0] in _BANGLA_LETTERS),
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12),
)
_matches = st.sampled_from([Match.ENDINGS, Match.VARIANTS])


def _endings_after(stem: str) -> list[str]:
    place = Place.AFTER_VOWEL if stem[-1] in "ািুেোaeiouy" else Place.AFTER_CONSONANT
    return [
        ending
        for ending, places in bangla_endings().items()
        if ending.isascii() == stem.isascii() and (Place.ANYWHERE in places or place in places)
    ]


@given(_stems, _matches, st.data())
def test_a_term_hits_itself_with_every_ending_that_fits(stem: str, match: Match, data: st.DataObject) -> None:
    assume(exact_form(stem) == stem)
    form = stem + data.draw(st.sampled_from(_endings_after(stem)))
    assume(exact_form(form) == form and not any(one.exact in INNOCENT for one in readings(form)))
    assert [hit.form for hit in _hits(Term(stem, match), f"ওই {form}, শোন")] == [form]


@given(_stems, st.text(_BANGLA_LETTERS, min_size=1, max_size=4), st.booleans())
def test_a_term_never_hits_inside_a_longer_stem(stem: str, more: str, before: bool) -> None:
    """Letters that are no ending make another word, on either side, unless it is the same but for careless spelling."""
    word = more + stem if before else stem + more
    assume(all(one.loose != loose_form(stem) for one in readings(word)))
    assert _hits(stem, word) == []
    if before:
        assert _hits(Term(stem, Match.ENDINGS), word) == []


@given(st.text(), st.text())
def test_any_term_and_any_text_are_borne_and_hits_lie_within_the_text(term: str, text: str) -> None:
    for hit in _hits(normalise(term) or "x", normalise(text)):
        assert normalise(text)[hit.start : hit.end] == hit.form


@given(st.text(max_size=400))
def test_how_often_a_word_is_read_does_not_grow_with_it(word: str) -> None:
    assert len(readings(word)) <= 4 * LONGEST


@given(st.lists(_stems, min_size=1, max_size=30), _stems)
def test_the_work_on_a_text_does_not_grow_with_the_list(listed: list[str], word: str) -> None:
    """What a matcher looks up for a word is bounded by its readings and by the lengths of phrases, not by the terms."""
    matcher = _matcher(*map(Term, dict.fromkeys(listed)))
    looked_up = sum(1 for _ in readings(word)) * len(matcher._lengths) * 3
    assert len(matcher._lengths) == 1
    assert looked_up <= 12 * LONGEST


def test_an_endless_word_is_no_term_with_an_ending() -> None:
    assert readings("ক" * (LONGEST_WORD + 1)) == ()
    assert _forms("কখগ", "কখগ" * 3_000) == []


@given(st.text(_BANGLA_LETTERS + "ািীুূে\u09cd\u09bc\u200c\u200d", max_size=30))
def test_canonically_equal_words_have_one_form(word: str) -> None:
    forms = {exact_form(unicodedata.normalize(name, word)) for name in ("NFC", "NFD")}
    assert len(forms) == 1
    assert loose_form(loose_form(word)) == loose_form(word)


@given(st.text(st.characters() | st.sampled_from("শালা ‹›_\u200c\u0981"), max_size=60))
def test_the_quick_look_sees_every_word_or_one_that_sends_it_to_the_careful_look(text: str) -> None:
    """A stray mark or joiner before a word is a word of its own kind to it, which no matcher remembers as dull."""
    careful, rough = set(filter(None, word_pattern().findall(text))), set(rough_words(text))
    assert careful <= rough or any(not word[0].isalnum() for word in rough - careful)


def test_brackets_like_those_of_our_tokens_hide_nothing() -> None:
    assert _forms("khanki", "‹khankir›") == ["khankir"]
    assert _forms("url", "‹url›") == []


def test_no_ending_is_longer_than_what_is_looked_for() -> None:
    assert max(map(len, bangla_endings())) <= LONGEST
    assert set(misspelt_endings()) >= {loose_form(ending) for ending in bangla_endings()}
