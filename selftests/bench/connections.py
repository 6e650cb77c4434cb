# SPDX-License-Identifier: GPL-2.0-only
"""
connections.py COUNT TARGET: that many connections, each of its own session, fifty of an initiator.
For a line on standard input: first the sockets, then the sessions; says "done" after each, and keeps
them until the end.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "iscsi"))
import iscsi  # noqa: E402


class Later:
    """Sockets that wait to be handed over."""

    def __init__(self, ctl):
        self.ctl = ctl
        self.target = ctl.target
        self.calls = []

    def conn(self, fd, *args, **more):
        self.calls.append((os.dup(fd), args, more))

    def hand_over(self):
        for fd, args, more in self.calls:
            self.ctl.conn(fd, *args, **more)
            os.close(fd)


def main():
    count, target = int(sys.argv[1]), sys.argv[2]
    later = Later(iscsi.Ctl())
    sys.stdin.readline()
    initiators = [iscsi.Initiator(later, target, isid=n.to_bytes(6, "big"), wait=False,
                                  initiator=f"iqn.2026-01.org.example:{n // 50}")
                  for n in range(1, count + 1)]
    print("done", flush=True)
    sys.stdin.readline()
    later.hand_over()
    for initiator in initiators:
        initiator.recv()
    print("done", flush=True)
    sys.stdin.readline()


main()
