"""One small data folder and one small bundle for all tests of the library."""

from pathlib import Path

import pytest

from classifiers import Bundle, load_bundle
from classifiers.commands.options import STARTER
from tests.classifiers.desk import make_data_folder, small_bundle


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data_folder(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def bundle(data_folder: Path) -> Bundle:
    return small_bundle(data_folder)


@pytest.fixture(scope="session")
def starter() -> Bundle:
    return load_bundle(STARTER)
