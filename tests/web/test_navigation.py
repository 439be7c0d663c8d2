"""The menus know permissions that exist, and addresses that are read."""

import re

from booking.access.permissions import Permission
from booking.settings import REPOSITORY

_NAV = (REPOSITORY / "templates" / "macros" / "nav.html").read_text("utf-8")


def test_every_permission_of_the_menu_exists():
    asked = set(re.findall(r'"([a-z]+:[a-z]+)"', _NAV))
    assert asked
    assert asked <= {permission.value for permission in Permission}


def test_every_link_of_the_menu_leads_somewhere(client):
    paths = re.findall(r'_to\("(/[^"]*)"', _NAV)
    serves = client.app.state.templates.globals["serves"]
    assert [path for path in paths if not serves(path)] == []
