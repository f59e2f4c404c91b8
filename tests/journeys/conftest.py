"""One running service, with its sample discussion, for all journeys: each leaves it running."""

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.journeys.service import Service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    # Its path is short, since Unix sockets lie in it.
    with tempfile.TemporaryDirectory(prefix="alochona-") as var:
        started = Service(Path(var), tmp_path_factory.mktemp("service") / "terminal.txt")
        try:
            started.start()
            yield started
        finally:
            started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the service's logs below the failure of a journey."""
    report = yield
    for value in item.funcargs.values():
        if report.failed and isinstance(value, Service):
            report.sections.append(("the service", value.log()))
    return report
