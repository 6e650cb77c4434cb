# SPDX-License-Identifier: GPL-2.0-only
"""The cases of memory.sh: one initiator takes memory, another one is served."""
from hung import *  # noqa: F403

# Of all memory there is for data, which is SCALE times 16 MiB: above the half of it nobody gets more
# than a quarter. What is above the half is one more command or PDU of each of the two.
SCALE = int(Path("/sys/module/scst/parameters/scst_max_cmd_mem").read_text()) // 16
LEAST, MOST = 1024 * SCALE, 2048 * SCALE + max(512, 256 * SCALE) + 256


def pages_in_use():
    line = Path("/sys/kernel/scst_tgt/sgv/global_stats").read_text().splitlines()[0]
    return int(line.rsplit("/", 1)[1])


def wait_until_taken():
    end = time.monotonic() + 60
    while pages_in_use() < LEAST:
        assert time.monotonic() < end, f"only {pages_in_use()} pages are taken"
        time.sleep(0.1)


def served(how):
    """@how one initiator takes memory, the other writes, which takes some as well."""
    greedy = session(isid=b"\x80abcd1", MaxRecvDataSegmentLength=1048576,
                     MaxXmitDataSegmentLength=1048576)
    other = session(isid=b"\x80abcd2")
    greedy.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    how(greedy)
    wait_until_taken()
    for lba in range(0, 16384, 2048):
        itt = other.command(write10(lba, 2048), 1048576, flags=WRITE)
        expect(answer_r2ts(other, itt, bytes(1048576)).status, 0, "status")
        assert pages_in_use() <= MOST, f"{pages_in_use()} pages are in use"


def write_without_data(i):
    for _ in range(48 * SCALE):
        i.command(write10(0, 4096), 2097152, bytes(512), flags=WRITE)


def ping(i):
    """Until nothing is taken any more: the rest waits until others have left."""
    i.sock.settimeout(2)
    try:
        for _ in range(60 * SCALE):
            i.send(Pdu(0, itt=i.next_itt(), cmd_sn=i.cmd_sn, data=bytes(300000), immediate=True))
    except socket.timeout:
        pass


def read_all(i):
    for n in range(60 * SCALE):	# of not more pieces of the cache than can be lent
        i.command(struct.pack(">BxIxHx", 0x28, n % 60 * 960, 960), 491520)


def read_gigabytes(i):
    """As many as a window may have, of 2 GiB together; of 16 if there is memory for one each."""
    blocks = min(SCALE, 8) * 2048
    for _ in range(2048):
        i.command(struct.pack(">BxIxHx", 0x28, 0, blocks), blocks * 512)


def writes_without_data_leave_memory():
    served(write_without_data)


def pings_leave_memory():
    served(ping)


def unread_answers_leave_memory():
    served(read_all)


def unread_gigabytes_leave_memory():
    served(read_gigabytes)


def memory_is_given_back():
    """A session that has had more than its share, in turn, may have some when there is little."""
    i = session(isid=b"\x80abcd1", MaxRecvDataSegmentLength=1048576,
                MaxXmitDataSegmentLength=1048576)
    for _ in range(20):
        expect(len(echo(i)), 300000, "length of an echo")
        itt = i.command(write10(0, 2048), 1048576, bytes(512), flags=WRITE)
        expect(i.recv().opcode, R2T)
        expect(tmf(i, 1, rtt=itt), 0, "ABORT TASK")
        expect(i.read_blocks(0, 2048)[0], 0, "status")
    write_without_data(session(isid=b"\x80abcd2"))
    wait_until_taken()
    expect(len(echo(i)), 300000, "length of the last echo")


def first_bursts_are_their_device_s():
    """256 KiB each, of which 16 are all that the device may have."""
    size = 262144
    i = session(MaxRecvDataSegmentLength=size, MaxXmitDataSegmentLength=size,
                FirstBurstLength=size, MaxBurstLength=size)
    i.settle(lun=HUNG)
    hang()
    for _ in range(17):
        i.command(write10(0, size // 512), size, bytes(size), lun=HUNG)
    expect(i.recv().status, 0x28, "status of the last one")
    expect(i.read_blocks(0, 8)[0], 0, "status at another LUN")
    answer()
    expect({i.recv().status for _ in range(16)}, {0}, "status of the others")
    itt = i.command(write10(0, size // 512), size, bytes(size), lun=HUNG)
    expect(i.collect(itt)[0], 0, "status of another one")


def echo(i):
    i.send(Pdu(0, itt=i.next_itt(), cmd_sn=i.cmd_sn, data=bytes(300000), immediate=True))
    return i.recv().data


if __name__ == "__main__":
    run(globals()[sys.argv[2]])
