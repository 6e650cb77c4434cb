# SPDX-License-Identifier: GPL-2.0-only
"""
An iSNS server that does what open-isns never does. Arguments:

	refuse=NAME	registrations of this target fail
	initiators=N	queries are answered with N initiators, in PDUs of 60 000 bytes
	last=NAME	and with this one behind them
	call		calls the client with ESIs as fast as they go, and reads no answer

Says what it does, a line for each thing.
"""
import socket
import struct
import sys

NAME, NODE_TYPE, ESI_PORT, INITIATOR = 32, 33, 20, 2
REGISTER, QUERY, ESI, RESPONSE = 1, 2, 0x0d, 0x8000
FROM_SERVER, LAST, FIRST = 0x4000, 0x0800, 0x0400
PIECE = 60000


def attr(tag, value):
    value += bytes(-len(value) % 4)
    return struct.pack(">II", tag, len(value)) + value


def attrs(body):
    while body:
        tag, size = struct.unpack(">II", body[:8])
        yield tag, body[8:8 + size]
        body = body[8 + size:]


def text(value):
    return value.rstrip(b"\0").decode()


def pdus(function, xid, body):
    pieces = [body[at:at + PIECE] for at in range(0, len(body), PIECE)] or [b""]
    for number, piece in enumerate(pieces):
        flags = FROM_SERVER | (FIRST if number == 0 else 0) | \
            (LAST if number == len(pieces) - 1 else 0)
        yield struct.pack(">HHHHHH", 1, function, len(piece), flags, xid, number) + piece


def node(name):
    return attr(NAME, name.encode() + b"\0") + attr(NODE_TYPE, struct.pack(">I", INITIATOR))


def initiators(options):
    names = [f"iqn.2026-01.org.example:many{i}" for i in range(int(options.get("initiators", 0)))]
    names += [options["last"]] if "last" in options else []
    return attr(NODE_TYPE, struct.pack(">I", INITIATOR)) + attr(0, b"") + b"".join(map(node, names))


def answer(options, function, body):
    """The body of the response."""
    source = text(next(attrs(body))[1])
    status, rest = 0, b""
    if function == REGISTER and options.get("refuse") == source:
        status = 3
    if function == QUERY:
        rest = initiators(options)
    print("%d %s status %d" % (function, source, status), flush=True)
    return struct.pack(">I", status) + rest


def read(sock, size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def call(body):
    """Until the client has had enough."""
    ports = [value for tag, value in attrs(body) if tag == ESI_PORT]
    sock = socket.create_connection(("127.0.0.1", int.from_bytes(ports[0], "big")))
    esi, = pdus(ESI, 1, attr(NAME, bytes(PIECE - 100)))
    sent = 0
    try:
        while True:
            sock.sendall(esi)
            sent += len(esi)
            if sent > 256 << 20:
                print("still called after %d bytes" % sent, flush=True)
                return
    except OSError:
        print("dropped after %d bytes" % sent, flush=True)


def serve(options, sock):
    called = False
    while True:
        _, function, size, _, xid, _ = struct.unpack(">HHHHHH", read(sock, 12))
        body = read(sock, size)
        for pdu in pdus(function | RESPONSE, xid, answer(options, function, body)):
            sock.sendall(pdu)
        if "call" in options and function == REGISTER and not called:
            called = True
            call(body)


def main():
    options = dict(word.partition("=")[::2] for word in sys.argv[1:])
    listener = socket.create_server(("127.0.0.1", 3205))
    while True:
        sock, _ = listener.accept()
        print("connected", flush=True)
        try:
            serve(options, sock)
        except (EOFError, ConnectionError):
            print("gone", flush=True)


if __name__ == "__main__":
    main()
