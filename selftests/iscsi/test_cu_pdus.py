# SPDX-License-Identifier: GPL-2.0-only
"""The cases of test_cu_pdus.sh."""
from cases import *  # noqa: F403

UNDERFLOW, OVERFLOW = 2, 4
WRONG_IU = (5, 0x0e)  # INVALID FIELD IN COMMAND INFORMATION UNIT, with qualifier 3
BLOCK = 512

# opcode, CDB of so many blocks at LBA 0; WRITE AND VERIFY compares bytes, as libiscsi asks for it
WRITES = {
    "WRITE(10)": lambda count: struct.pack(">BB5xHx", 0x2a, 0, count),
    "WRITE(12)": lambda count: struct.pack(">BB4xIxx", 0xaa, 0, count),
    "WRITE(16)": lambda count: struct.pack(">BB8xIxx", 0x8a, 0, count),
    "WRITE AND VERIFY(10)": lambda count: struct.pack(">BB5xHx", 0x2e, 2, count),
    "WRITE AND VERIFY(12)": lambda count: struct.pack(">BB4xIxx", 0xae, 2, count),
    "WRITE AND VERIFY(16)": lambda count: struct.pack(">BB8xIxx", 0x8e, 2, count),
}


def fill(i, byte):
    """Two blocks of that."""
    expect(i.collect(i.command(write10(0, 2), 2 * BLOCK, byte * 2 * BLOCK))[0], 0, "status")


def expect_blocks(i, first, second, what):
    status, data, _ = i.read_blocks(0, 2)
    expect((status, data), (0, first * BLOCK + second * BLOCK), what)


def expect_wrong_iu(i, itt, residual, what):
    """Refused, with 0Eh/03h, and of the command nothing was moved."""
    status, data, last = i.collect(itt)
    sense = data[2:]
    ascq = sense[3] if sense[0] == 0x72 else sense[13]
    expect((status, sense_of(data), ascq), (2, WRONG_IU, 3), what)
    expect((last.flags & 6, last.word44), residual, f"residual of {what}")


def data_of_the_other_direction_is_refused():
    """R for what writes, W for what reads, and both (RFC 7143 11.3.1): nothing is moved."""
    i = session()
    fill(i, b"a")
    read = struct.pack(">BxIxHx", 0x28, 0, 1)
    for name, cdb, flags, data in (
            ("READ(10) with W and data", read, WRITE, b"x" * BLOCK),
            ("READ(10) with W", read, WRITE, b""),
            ("READ(10) with R and W", read, READ | WRITE, b""),
            ("WRITE(10) with R", write10(0, 1), READ, b""),
            ("WRITE(10) with R and W and data", write10(0, 1), READ | WRITE, b"x" * BLOCK)):
        print(name)
        itt = i.command(cdb, BLOCK, data, flags=flags)
        expect_wrong_iu(i, itt, (UNDERFLOW, BLOCK), name)
        expect_blocks(i, b"a", b"a", f"the disk after {name}")
    i.close()


def writes_take_what_they_need():
    """One block of two that are sent, which is an underflow of one; the second stays as it is."""
    i = session()
    for name, cdb in WRITES.items():
        fill(i, b"a")
        status, _, last = i.collect(i.command(cdb(1), 2 * BLOCK, b"b" * 2 * BLOCK))
        expect((status, last.flags & 6, last.word44), (0, UNDERFLOW, BLOCK), name)
        expect_blocks(i, b"b", b"a", f"the disk after {name}")
    i.close()


def half_of_a_write_is_none():
    """Two blocks of which one is sent, one of which none or some bytes are: nothing is written."""
    i = session()
    for name, cdb in WRITES.items():
        fill(i, b"a")
        for count, size in ((2, BLOCK), (1, 0), (1, 200)):
            itt = i.command(cdb(count), size, b"b" * size, flags=WRITE)
            missing = count * BLOCK - size
            expect_wrong_iu(i, itt, (OVERFLOW, missing), f"{name} with {size} bytes")
            expect_blocks(i, b"a", b"a", f"the disk after {name}")
    i.close()


def abort(i, itt, ref):
    """ABORT TASK for the command with this tag and CmdSN. Return: the response."""
    i.send(Pdu(2, 0x81, i.next_itt(), itt, i.cmd_sn,
               rest=struct.pack(">I12x", ref & 0xffffffff), immediate=True))
    answer = i.recv()
    expect((answer.opcode, answer.itt), (0x22, i.itt), "response")
    return answer.response


def task_that_is_there_is_aborted():
    """It waits for data: it gets no answer, and what comes for it is dropped."""
    i = session()
    sn = i.cmd_sn
    itt = i.command(write10(0, 2), 2 * BLOCK, flags=WRITE)
    r2t = i.recv()
    expect(r2t.opcode, R2T)
    expect(abort(i, itt, sn), 0, "FUNCTION COMPLETE")
    i.data_out(itt, r2t.ttt, 0, b"b" * 2 * BLOCK)
    expect_alive(i)
    expect(abort(i, itt, sn), 1, "TASK DOES NOT EXIST: it has been aborted")
    i.close()


def task_that_is_over_does_not_exist():
    """Its status was there before, and its CmdSN has left the window; so does one of no command."""
    i = session()
    sn = i.cmd_sn
    itt = i.command(write10(0, 1), BLOCK, bytes(BLOCK))
    expect(i.collect(itt)[0], 0, "status")
    expect(abort(i, itt, sn), 1, "of the past")
    expect(abort(i, itt + 77, i.cmd_sn - 1), 1, "another tag")
    expect(abort(i, itt + 77, i.cmd_sn), 1, "CmdSN of the request itself")
    expect(abort(i, itt + 77, i.cmd_sn + 100000), 1, "beyond the window")
    expect_alive(i)
    i.close()


def task_that_has_not_come_counts_as_received():
    """The abort has overtaken it: it is complete, and the command is not carried out any more."""
    i = session()
    fill(i, b"a")
    for between in (0, 1, 5):
        print(between, "commands in between")
        sns = [i.next_sn() for _ in range(between)]
        sn = i.next_sn()
        i.judge.next_sn = i.cmd_sn  # to whom what the target may take for received is sent
        expect(abort(i, i.next_itt(), sn), 0, "FUNCTION COMPLETE")
        expect(abort(i, i.next_itt(), sn), 0 if between else 1, "once more")
        for each in sns:
            expect(i.collect(i.command(bytes(6), sn=each))[0], 0, "status of one in between")
        late = i.command(write10(0, 1), BLOCK, b"x" * BLOCK, sn=sn)
        expect_blocks(i, b"a", b"a", "the disk after a command that was aborted before it came")
        expect(abort(i, late, sn), 1, "of the past")
    i.close()


def prevention_is_of_all_sessions():
    """What one has prevented the other cannot do until the first is gone. LUN 1 is removable."""
    prevent, eject = bytes([0x1e, 0, 0, 0, 1, 0]), bytes([0x1b, 0, 0, 0, 2, 0])
    first, second = session(isid=b"\x80abcd1"), session(isid=b"\x80abcd2")
    for i in first, second:
        i.settle(lun=1)
    expect(first.collect(first.command(prevent, lun=1))[0], 0, "status of PREVENT")
    for i in first, second:
        status, sense, _ = i.collect(i.command(eject, lun=1))
        expect((status, sense_of(sense)), (2, (5, 0x53)), "MEDIUM REMOVAL PREVENTED")
    first.close()
    gone = time.monotonic()
    while second.collect(second.command(eject, lun=1))[0]:
        assert time.monotonic() < gone + 100, "still prevented by a session that has ended"
        time.sleep(0.05)
    status, sense, _ = second.collect(second.command(bytes(6), lun=1))
    expect((status, sense_of(sense)), (2, (2, 0x3a)), "MEDIUM NOT PRESENT")
    second.close()


if __name__ == "__main__":
    globals()[sys.argv[2]]()
