# SPDX-License-Identifier: GPL-2.0-only
"""The cases of pass.sh: pass.py TARGET CASE H:C:I:L. LUN 0 is that disk of scsi_debug, of 16 MiB."""
from cases import *  # noqa: F403

UNDERFLOW, OVERFLOW = 0x02, 0x04
CHECK_CONDITION, TASK_ABORTED = 0x02, 0x40
END = 32768

device = sys.argv[3]
state = Path("/sys/kernel/scst_tgt/devices") / device / "state"


def is_gone():
    return state.read_text().startswith("gone")


def unplug():
    (Path("/sys/bus/scsi/devices") / device / "delete").write_text("1")
    wait_until(is_gone, "the disk is not gone")


def plug():
    host = "host" + device.partition(":")[0]
    (Path("/sys/class/scsi_host") / host / "scan").write_text("- - -")
    wait_until(lambda: not is_gone(), "the disk is not back")


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


def what_waited_for_its_data_is_not_for_a_disk_that_is_back():
    i = session(InitialR2T=1)
    expect(i.collect(i.command(write10(5, 1), 512, bytes(512)))[0], 0, "WRITE")
    itt = i.command(write10(5, 1), 512, flags=WRITE)
    r2t = i.recv()
    expect(r2t.opcode, R2T, "answer to a WRITE without data")
    unplug()
    plug()
    i.data_out(itt, r2t.ttt, 0, b"x" * 512)
    expect(i.recv().status, TASK_ABORTED, "status of what came before")
    answer = i.collect(i.command(bytes(6)))[2]
    expect(sense_of(answer.data), (6, 0x29), "what is told next")
    i.settle()
    expect(i.read_blocks(5, 1)[1], bytes(512), "the block")
    i.close()


if __name__ == "__main__":
    run(globals()[sys.argv[2]])
