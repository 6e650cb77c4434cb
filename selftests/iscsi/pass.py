# SPDX-License-Identifier: GPL-2.0-only
"""The cases of pass.sh: pass.py TARGET CASE H:C:I:L. LUN 0 is that disk of scsi_debug, of 16 MiB."""
from cases import *  # noqa: F403

UNDERFLOW, OVERFLOW = 0x02, 0x04
CHECK_CONDITION = 2
END = 32768

device = sys.argv[3]


def read10(lba, count):
    return struct.pack(">BxIxHx", 0x28, lba, count)


def a_read_that_fails_brings_nothing():
    other, i = session(initiator="iqn.2026-01.org.example:other"), session()
    for _ in range(16):
        expect(other.collect(other.command(write10(0, 16), 8192, b"secret! " * 1024))[0], 0, "WRITE of another")
        i.command(read10(END, 16), 8192)
        answer = i.recv()
        expect((answer.opcode, answer.status), (RESPONSE, CHECK_CONDITION), "answer to a READ behind the end")
        expect(sense_of(answer.data), (5, 0x21), "sense")
        expect((answer.flags & (UNDERFLOW | OVERFLOW), answer.word44), (UNDERFLOW, 8192), "residual")
    for each in other, i:
        each.close()


if __name__ == "__main__":
    run(globals()[sys.argv[2]])
