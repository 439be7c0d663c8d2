"""Processes that share a socket answer as quickly as one that made its own."""

import socket

import uvicorn

from booking.commands.serving import listener


def test_what_the_processes_accept_sends_at_once() -> None:
    with listener(uvicorn.Config("nobody:app", host="127.0.0.1", port=0)) as shared:
        shared.listen()
        with socket.create_connection(shared.getsockname()), shared.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
