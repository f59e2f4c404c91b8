"""Tests of classifiers.bundle_file: files that were damaged or made to do harm."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import Bundle, BundleError, load_bundle
from classifiers.bundle_file import MAX_BYTES, sealed, zipped
from classifiers.features import COLUMNS

Members = dict[str, bytes]


@pytest.fixture(scope="session")
def members(bundle: Bundle) -> Members:
    with zipfile.ZipFile(io.BytesIO(bundle.to_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_manifest(members: Members, change: Callable[[dict[str, object]], object]) -> bytes:
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    return sealed(zipped(members | {"manifest.json": json.dumps(manifest).encode()}))


def test_the_archive_can_be_looked_into_with_common_tools(bundle: Bundle) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.to_bytes())) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["card.md", "manifest.json", "squares.u8", "weights.i8"]


@settings(max_examples=60)
@given(st.data())
def test_any_flipped_bit_is_refused(bundle: Bundle, data: st.DataObject) -> None:
    content = bytearray(bundle.to_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BundleError):
        load_bundle(bytes(content))


@settings(max_examples=30)
@given(st.floats(0, 0.9999))
def test_a_file_that_was_cut_short_is_refused(bundle: Bundle, share: float) -> None:
    content = bundle.to_bytes()
    with pytest.raises(BundleError):
        load_bundle(content[: int(share * len(content))])


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), pickle.dumps({"a": 1}), b"x" * 2_000])
def test_what_is_no_bundle_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError, match="bundle"):
        load_bundle(content)


def test_a_file_with_something_after_its_end_is_refused(bundle: Bundle) -> None:
    with pytest.raises(BundleError):
        load_bundle(bundle.to_bytes() + b"\0")


def test_a_sealed_archive_of_something_else_is_refused() -> None:
    with pytest.raises(BundleError, match="exactly the files"):
        load_bundle(sealed(zipped({"weights.pkl": pickle.dumps([1])})))


def test_a_pickle_among_the_files_is_refused(members: Members) -> None:
    with pytest.raises(BundleError, match="exactly the files"):
        load_bundle(sealed(zipped(members | {"extra.pkl": pickle.dumps([1])})))


def test_a_pickle_in_place_of_an_array_is_refused(members: Members) -> None:
    with pytest.raises(BundleError, match="wrong size"):
        load_bundle(sealed(zipped(members | {"squares.u8": pickle.dumps([1])})))


def test_an_array_that_would_unpack_to_gigabytes_is_refused_before_it_is_unpacked(members: Members) -> None:
    bomb = sealed(zipped(members | {"weights.i8": bytes(300_000_000)}))
    assert len(bomb) < MAX_BYTES
    with pytest.raises(BundleError, match=r"weights\.i8 has the wrong size"):
        load_bundle(bomb)


def test_a_card_that_would_unpack_to_too_much_is_refused(members: Members) -> None:
    with pytest.raises(BundleError, match=r"card\.md has the wrong size"):
        load_bundle(sealed(zipped(members | {"card.md": b" " * 2_000_000})))


def test_an_array_that_lies_about_its_length_is_refused(members: Members) -> None:
    honest = zipped(members | {"squares.u8": bytes(3 * COLUMNS)})
    lying = honest.replace((3 * COLUMNS).to_bytes(4, "little"), COLUMNS.to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(BundleError):
        load_bundle(sealed(lying))


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(MAX_BYTES + 1))
    with pytest.raises(BundleError, match="larger than"):
        load_bundle(tmp_path / "large")


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere.*No such file"):
        load_bundle(tmp_path / "nowhere")


def test_another_format_is_refused_by_its_number(members: Members) -> None:
    with pytest.raises(BundleError, match="format 1"):
        load_bundle(_with_manifest(members, lambda manifest: manifest.update(format=1)))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("features", {}, "other features"),
        ("labels", ["toxicity"], "other labels"),
        ("scales", [1.0] * 6, "scales must be 7 numbers"),
        ("scales", [[1.0]] * 7, "scales must be 7 numbers"),
        ("slopes", [1.0] * 7, "slopes must be 3 times 7 numbers"),
        ("slopes", [[1.0] * 7, [-1.0] * 7, [1.0] * 7], "slopes must be above zero"),
        ("offsets", [["1"] * 7] * 3, "offsets must be 3 times 7 numbers"),
        ("biases", [float("nan")] * 7, "biases must be finite"),
        ("scales", [10**400] * 7, "scales must be"),
        ("name", "", "lacks a name"),
        ("sha256", {}, "checksum"),
        ("metrics", None, "lacks a name or metrics"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(members: Members, key: str, value: object, reason: str) -> None:
    with pytest.raises(BundleError, match=reason):
        load_bundle(_with_manifest(members, lambda manifest: manifest.update({key: value})))


@pytest.mark.parametrize("manifest", [b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_manifest_that_is_not_an_object_is_refused(members: Members, manifest: bytes) -> None:
    with pytest.raises(BundleError, match="manifest"):
        load_bundle(sealed(zipped(members | {"manifest.json": manifest})))


def test_the_digest_is_that_of_the_bytes_that_were_loaded(bundle: Bundle) -> None:
    assert load_bundle(bundle.to_bytes()).digest == sha256(bundle.to_bytes()).hexdigest()
