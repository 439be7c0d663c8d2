"""The fixtures keep their word: what is rolled back is gone, what is committed is emptied."""

import socket

import httpx
import pytest
import sqlalchemy as sa

from tests.factories.organisations import make_organisation


def organisations(session) -> int:
    return int(session.execute(sa.text("SELECT COUNT(*) FROM organisation")).scalar_one())


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_deed_wrote_is_gone_for_the_next_test(uow, time):
    assert organisations(uow.session) == 0
    make_organisation(uow)
    assert organisations(uow.session) == 1


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_committed_is_gone_for_the_next_test(write, time):
    with write() as uow:
        assert organisations(uow.session) == 0
        make_organisation(uow)
    with write() as uow:
        assert organisations(uow.session) == 1


def test_a_connection_that_leaves_the_machine_is_refused():
    with socket.socket() as outward, pytest.raises(RuntimeError, match="may not connect"):
        outward.connect(("192.0.2.1", 80))


@pytest.mark.race
def test_processes_serve_one_database_with_the_clock_the_test_moves(start_server, file_clock):
    server = start_server(processes=2)
    file_clock.at("2027-01-01T00:00+08:00")
    assert httpx.get(f"{server.url}/sign-in").status_code == 200
    server.kill()
    # Refused, or cut off by a process of it that is just dying.
    with pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError)):
        httpx.get(f"{server.url}/sign-in")


def test_a_page_is_served_to_the_browser_in_chinese(page, live_server):
    page.goto(f"{live_server}/sign-in")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.get_by_role("heading", level=1).inner_text()
