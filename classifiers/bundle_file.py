"""A bundle as one file: a ZIP of a JSON manifest, a card and plain arrays of bytes. Nothing in it is ever unpickled
or run.

Every byte is covered: the archive's comment is the SHA-256 of all that stands before it. Names and sizes are compared
with what the manifest and this version's features call for before anything is unpacked. The same contents give the
same bytes.
"""

import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Never

import numpy as np
from numpy.typing import NDArray

from classifiers.errors import BundleError
from classifiers.features import COLUMNS, CONFIGURATION
from classifiers.labels import LABELS
from classifiers.script_detection import FAMILIES
from classifiers.weights import Floats, Linear

Families = NDArray[np.int64]

FORMAT = 3
MAX_BYTES = 8_000_000
_MAX_TEXT = 1_000_000
_SIZES = {"card.md": _MAX_TEXT, "squares.u8": COLUMNS, "manifest.json": _MAX_TEXT, "weights.i8": len(LABELS) * COLUMNS}
_ARRAYS = ("squares.u8", "weights.i8")
_BY_LABEL, _BY_FAMILY = (len(LABELS),), (len(FAMILIES), len(LABELS))
_SHAPES: dict[str, tuple[int, ...]] = {
    "scales": _BY_LABEL, "biases": _BY_LABEL, "slopes": _BY_FAMILY, "offsets": _BY_FAMILY,
    "centres": _BY_LABEL, "spreads": _BY_LABEL,
}  # fmt: skip
_SEAL = b"alochona bundle, sha256 "
_SEAL_LENGTH = len(_SEAL) + 64
_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Platt scaling, (families of scripts, labels), and how each label's raw logits are spread (what a site's layer
    standardises them by).
    """

    slopes: Floats
    offsets: Floats
    centres: Floats
    spreads: Floats

    def probabilities(self, logits: Floats, families: Families) -> Floats:
        """1 / (1 + e^-(slope · logit + offset)), without overflow; ``families`` has one index for each text."""
        result: Floats = 0.5 * (1 + np.tanh(0.5 * self.calibrated(logits, families)))
        return result

    def calibrated(self, logits: Floats, families: Families) -> Floats:
        found: Floats = logits * self.slopes[families] + self.offsets[families]
        return found


@dataclass(frozen=True, eq=False)
class Contents:
    """All that a file holds."""

    name: str
    linear: Linear
    calibration: Calibration
    card: str
    metrics: dict[str, object]


def write(contents: Contents) -> bytes:
    """The file's bytes."""
    linear, calibration = contents.linear, contents.calibration
    arrays = {"squares.u8": linear.square_levels.tobytes(), "weights.i8": linear.weights.tobytes()}
    manifest: dict[str, object] = {
        "format": FORMAT,
        "name": contents.name,
        "labels": list(LABELS),
        "features": CONFIGURATION,
        "sha256": {name: sha256(content).hexdigest() for name, content in arrays.items()},
        "scales": linear.scales.tolist(),
        "biases": linear.biases.tolist(),
        "slopes": calibration.slopes.tolist(),
        "offsets": calibration.offsets.tolist(),
        "centres": calibration.centres.tolist(),
        "spreads": calibration.spreads.tolist(),
        "metrics": contents.metrics,
    }
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return sealed(zipped(arrays | {"manifest.json": text.encode(), "card.md": contents.card.encode()}))


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.comment = b"-" * _SEAL_LENGTH
        for name in sorted(members):
            member = zipfile.ZipInfo(name, _MOMENT)
            member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(member, members[name])
    return buffer.getvalue()


def sealed(archive: bytes) -> bytes:
    """The archive with its comment filled in: the digest of what stands before."""
    body = archive[:-_SEAL_LENGTH]
    return body + _SEAL + sha256(body).hexdigest().encode()


def read_limited(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def read(content: bytes) -> Contents:
    """What ``write`` was given. Raises BundleError for anything else."""
    members = _members(content)
    manifest = _manifest(members["manifest.json"])
    for name in _ARRAYS:
        _expect(
            _digests(manifest).get(name) == sha256(members[name]).hexdigest(), f"{name} does not match its checksum"
        )
    numbers = {key: _numbers(manifest, key, shape) for key, shape in _SHAPES.items()}
    for key in ("scales", "slopes", "spreads"):
        _expect(bool((numbers[key] > 0).all()), f"{key} must be above zero")
    weights = np.frombuffer(members["weights.i8"], dtype=np.int8).reshape(len(LABELS), COLUMNS)
    levels = np.frombuffer(members["squares.u8"], dtype=np.uint8)
    linear = Linear(weights, numbers["scales"], numbers["biases"], levels)
    calibration = Calibration(numbers["slopes"], numbers["offsets"], numbers["centres"], numbers["spreads"])
    title, metrics = manifest.get("name"), manifest.get("metrics")
    if not isinstance(title, str) or not title or not isinstance(metrics, dict):
        _refuse("the manifest lacks a name or metrics")
    return Contents(title, linear, calibration, _text(members["card.md"], "card.md"), metrics)


def _members(content: bytes) -> dict[str, bytes]:
    _expect(len(content) <= MAX_BYTES, f"the file is larger than {MAX_BYTES:,} bytes")
    body, seal = content[:-_SEAL_LENGTH], content[-_SEAL_LENGTH:]
    _expect(seal.startswith(_SEAL), "the file is cut short, or is not a bundle")
    _expect(seal == _SEAL + sha256(body).hexdigest().encode(), "the file is damaged: its checksum does not match")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _expect(
                sorted(entry.filename for entry in entries) == sorted(_SIZES),
                "it does not hold exactly the files of a bundle",
            )
            return {entry.filename: _unpacked(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, BundleError):
            raise
        raise BundleError(f"this is not a bundle: {error}") from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    limit, exact = _SIZES[entry.filename], entry.filename in _ARRAYS
    _expect(
        entry.compress_type in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED},
        f"{entry.filename} is compressed in an unknown way",
    )
    _expect(entry.file_size == limit if exact else entry.file_size <= limit, f"{entry.filename} has the wrong size")
    with archive.open(entry) as file:
        content = file.read(limit + 1)
    _expect(len(content) == entry.file_size, f"{entry.filename} is not as long as it says")
    return content


def _manifest(content: bytes) -> dict[str, object]:
    try:
        manifest = json.loads(_text(content, "manifest.json"))
    except (ValueError, RecursionError) as error:
        raise BundleError(f"this is not a bundle: its manifest is not JSON ({error})") from error
    if not isinstance(manifest, dict):
        _refuse("the manifest is not an object")
    _expect(
        manifest.get("format") == FORMAT,
        f"it has format {manifest.get('format')!r}, and this version reads format {FORMAT}",
    )
    _expect(manifest.get("labels") == list(LABELS), "it was trained for other labels")
    _expect(
        manifest.get("features") == CONFIGURATION, "it was trained on other features: train it again with this version"
    )
    return manifest


def _digests(manifest: dict[str, object]) -> dict[str, object]:
    digests = manifest.get("sha256")
    return digests if isinstance(digests, dict) else _refuse("the manifest lacks checksums")


def _numbers(manifest: dict[str, object], key: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    wanted = f"{key} must be {' times '.join(map(str, shape))} numbers"
    values = manifest.get(key)
    _expect(_are_numbers(values, shape), wanted)
    try:
        numbers = np.array(values, dtype=np.float64)
    except (OverflowError, ValueError) as error:
        raise BundleError(f"the bundle cannot be used: {wanted}") from error
    _expect(bool(np.isfinite(numbers).all()), f"{key} must be finite")
    return numbers


def _are_numbers(values: object, shape: tuple[int, ...]) -> bool:
    if not shape:
        return type(values) in {int, float}
    return (
        isinstance(values, list) and len(values) == shape[0] and all(_are_numbers(each, shape[1:]) for each in values)
    )


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise BundleError(f"the bundle cannot be used: {name} is not UTF-8") from error


def _expect(sound: bool, otherwise: str) -> None:
    if not sound:
        _refuse(otherwise)


def _refuse(reason: str) -> Never:
    raise BundleError(f"the bundle cannot be used: {reason}")
