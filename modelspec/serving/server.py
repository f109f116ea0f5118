"""The server of an application: one process, which ends when it has answered what it accepted."""

from __future__ import annotations

import gc
import socket
from typing import TYPE_CHECKING

from modelspec.diagnostics.extras import require
from modelspec.serving.limits import DRAIN_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from starlette.applications import Starlette

    from modelspec.serving.worker import ModelWorker

_WAITING_CONNECTIONS = 2048


class AddressError(Exception):
    """The server cannot listen where it is to."""


def bind(host: str, port: int) -> socket.socket:
    """A socket at an address, at which nobody is heard yet.

    Args:
        host: A name or an address.
        port: Which; 0 for any that is free.

    Raises:
        AddressError: The address is not of this machine, or in use.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no address"
        raise AddressError(f"`{host}` cannot be listened at: {reason}") from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(_WAITING_CONNECTIONS)
    except OSError as error:
        listener.close()
        raise AddressError(f"port {port} of `{host}` cannot be had: {error.strerror}") from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Where a socket listens, as a browser has it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: Starlette, listener: socket.socket, started: Callable[[], object]) -> bool:
    """Serve until SIGTERM or Ctrl-C; then answer what is accepted, and return.

    Args:
        app: What `application` gives.
        listener: What `bind` gives; closed in the end.
        started: Called once the model can be asked.

    Returns:
        Whether all that was accepted has been answered; False after a second signal.

    Raises:
        Exception: What the model could not be loaded for.
    """
    require("uvicorn", "`serve`")
    import uvicorn

    from modelspec.serving.bounded_http import BoundedHttpProtocol

    worker: ModelWorker = app.state.worker

    class Server(uvicorn.Server):
        """One that ends by itself where the model cannot be loaded, and with exit code 0."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
            worker.refuse_more()
            self.force_exit = self.should_exit
            self.should_exit = True

        def stop(self) -> None:
            self.should_exit = True

    config = uvicorn.Config(
        app,
        http=BoundedHttpProtocol,
        ws="none",
        access_log=False,
        log_config=None,
        log_level="error",  # requests that are none are their clients' affair
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = Server(config)

    def ready() -> None:
        gc.collect()
        gc.freeze()  # what stays is not looked through again
        started()

    worker.on_failure, worker.on_ready = server.stop, ready
    server.run(sockets=[listener])
    if worker.failure is not None:
        raise worker.failure
    return not server.force_exit
