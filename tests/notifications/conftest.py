"""A receiver of webhooks, and a centre that sends to it."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from tests.factories.door import Write
from tests.notifications.centre import Centre
from tests.support.clock import FrozenClock
from tests.support.receiver import Receiver, receiving
from tests.support.serving import test_settings as settings_for


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture
def centre(engine: Engine, write: Write, clock: FrozenClock) -> Centre:
    settings = settings_for(str(engine.url)).model_copy(
        update={"webhook_networks": "127.0.0.0/8", "webhook_http": True}
    )
    return Centre(engine, write, clock, settings)
