# SPDX-License-Identifier: GPL-2.0-only
"""
Connections that never become a session, as many as one likes: what somebody does who wants to keep
others out, or to make iscsi-scstd take memory. Each is held by a small program (a generator that
yields what it waits for); one that is closed comes again.

	strangers.py HOST NUMBER PROGRAM SOURCE-ADDRESS...

NUMBER connections from each address. Prints "ready" when all have been there once, then goes on
until it is killed.
"""
import errno
import selectors
import socket
import struct
import sys
import time

NAMES = b"InitiatorName=iqn.2026-01.org.example:stranger\0"
READ, WAIT = object(), object()     # a response; a second


def login(flags, text, cmd_sn=1):
    return struct.pack(">BBBBI6sHIHHII16x", 0x43, flags, 0, 0, len(text), b"\x80\0\0\0\0\1", 0, 1,
                       1, 0, cmd_sn, 1) + text + bytes(-len(text) % 4)


def text_request(flags, text, ttt):
    return struct.pack(">BBHIQIIII16x", 0x44, flags, 0, len(text), 0, 2, ttt, 1, 1) + \
        text + bytes(-len(text) % 4)


def nop(itt, data=b""):
    return struct.pack(">BBHIQIIII16x", 0x40, 0x80, 0, len(data), 0, itt, 0xffffffff, 1, 1) + data


def unknown_keys(count):
    return b"".join(b"X-%061d=1\0" % i for i in range(count))


def silent():
    """Nothing at all."""
    while True:
        yield WAIT


def polite():
    """A login that goes on for ever, request by request."""
    yield login(0x04, NAMES + b"TargetName=iqn.2026-01.org.example:tgt\0")
    while True:
        yield READ
        yield WAIT
        yield login(0x04, b"")


def greedy():
    """All the text that may be sent, all the answers that it makes, and none of them is read."""
    yield login(0x04, NAMES + b"TargetName=iqn.2026-01.org.example:tgt\0" + unknown_keys(110))
    yield login(0x44, unknown_keys(118))
    while True:
        yield WAIT


def discovery():
    yield login(0x87, NAMES + b"SessionType=Discovery\0MaxRecvDataSegmentLength=8192\0")
    yield READ


def nops():
    """A discovery session that is never silent."""
    yield from discovery()
    while True:
        yield nop(3)
        yield READ
        yield WAIT


def deaf():
    """As many requests as go through, and no answer is read."""
    yield from discovery()
    while True:
        yield nop(3, bytes(8192))


def chain():
    """Questions in one exchange without end (F=0)."""
    yield from discovery()
    ttt = 0xffffffff
    keys = unknown_keys(100) + b"SendTargets=All\0"
    while True:
        yield text_request(0, keys, ttt)
        response = yield READ
        while response[1] & 0x40:
            yield text_request(0, b"", int.from_bytes(response[20:24], "big"))
            response = yield READ
        ttt = int.from_bytes(response[20:24], "big")


class Stranger:
    def __init__(self, selector, program, host, source):
        self.selector, self.program, self.host, self.source = selector, program, host, source
        self.sock = None
        self.came = False           # once at least
        self.connect()

    def connect(self):
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.bind((self.source, 0))
        self.sock.connect_ex((self.host, 3260))
        self.steps = self.program()
        self.out, self.got, self.wants, self.since = b"", b"", None, time.monotonic()
        self.was_here = False
        self.selector.register(self.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, self)
        self.step(None)

    def reconnect(self):
        self.selector.unregister(self.sock)
        self.sock.close()
        self.connect()

    def step(self, value):
        """On to the next thing that it has to wait for."""
        step = self.steps.send(value)
        self.wants, self.since = (step, time.monotonic()) if step in (READ, WAIT) else (None, 0)
        if self.wants is None:
            self.out += step

    def mask(self):
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self.out or not self.was_here else 0)

    def readable(self):
        if self.wants is not READ and self.program in (deaf, greedy):
            if self.sock.recv(1, socket.MSG_PEEK) == b"":
                raise EOFError
            return
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self.got += data
        size = int.from_bytes(self.got[5:8], "big")
        size += 48 + -size % 4
        if self.wants is READ and len(self.got) >= max(48, size):
            pdu, self.got = self.got[:size], self.got[size:]
            self.step(pdu)

    def writable(self):
        self.was_here = self.came = True
        if self.out:
            self.out = self.out[self.sock.send(self.out):]
        if not self.out and self.wants is None:
            self.step(None)

    def handle(self, events):
        try:
            if events & selectors.EVENT_READ:
                self.readable()
            if events & selectors.EVENT_WRITE:
                self.writable()
        except BlockingIOError:
            pass
        except (OSError, EOFError) as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise
            self.reconnect()


def main():
    host, number, program = sys.argv[1], int(sys.argv[2]), globals()[sys.argv[3]]
    selector = selectors.DefaultSelector()
    everybody = [Stranger(selector, program, host, source)
                 for _ in range(number) for source in sys.argv[4:]]
    started = False
    while True:
        for key, events in selector.select(0.2):
            key.data.handle(events)
        now = time.monotonic()
        for one in everybody:
            if one.wants is WAIT and now - one.since > 1:
                one.step(None)
            mask = one.mask()
            if selector.get_key(one.sock).events != mask:
                selector.modify(one.sock, mask, one)
        if not started and all(one.came for one in everybody):
            started = True
            print("ready", flush=True)


if __name__ == "__main__":
    main()
