"""Frames between processes: a length of eight bytes, then so many bytes."""

from __future__ import annotations

import socket

_LENGTH_BYTES = 8
_MAX_FRAME = 1024**3


def send_frame(stream: socket.socket, data: bytes) -> None:
    """
    Sends a frame.

    Raises:
        OSError: nobody is at the other end.
    """
    stream.sendall(len(data).to_bytes(_LENGTH_BYTES, "big"))
    stream.sendall(data)


def receive_frame(stream: socket.socket) -> bytes | None:
    """
    The next frame; ``None`` at the end, or for one that is cut off or too long.

    Raises:
        OSError: the connection is broken, or the time of the socket is over.
    """
    head = _read(stream, _LENGTH_BYTES)
    size = int.from_bytes(head or b"", "big")
    if head is None or size > _MAX_FRAME:
        return None
    return _read(stream, size)


def _read(stream: socket.socket, size: int) -> bytes | None:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = stream.recv_into(rest)
        if not count:
            return None
        rest = rest[count:]
    return bytes(data)
