"""Until the wiring and the application are there."""

import importlib
import importlib.util

REACTIONS = (
    importlib.import_module("booking.wiring").REACTIONS
    if importlib.util.find_spec("booking.wiring")
    else {}
)
serving = (
    importlib.import_module("tests.support.serving")
    if importlib.util.find_spec("booking.app")
    else None
)
