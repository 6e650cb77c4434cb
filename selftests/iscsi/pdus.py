# SPDX-License-Identifier: GPL-2.0-only
"""The cases of pdus.sh: PDUs, and sessions."""
from concurrent.futures import ThreadPoolExecutor

from cases import *  # noqa: F403


def data_arrives(i):
    """Immediate, unsolicited, solicited, and all three in one command."""
    size = 128 * 1024
    data = os.urandom(size)
    for immediate, unsolicited in ((0, 0), (4096, 0), (0, 16384), (512, 16384 - 512), (8192, 0)):
        lba = 1000 + immediate + unsolicited
        itt = i.command(write10(lba, size // 512), size, data[:immediate], flags=WRITE,
                        final=not unsolicited)
        end = immediate + unsolicited
        for sn, offset in enumerate(range(immediate, end, 4096)):
            part = data[offset:min(offset + 4096, end)]
            i.data_out(itt, UNSOLICITED, offset, part, sn, offset + len(part) == end)
        expect(answer_r2ts(i, itt, data).status, 0, "status")
        status, got, _ = i.read_blocks(lba, size // 512)
        expect((status, got == data), (0, True), f"reading back {immediate}+{unsolicited}")
    i.close()


def data_arrives_without_digests():
    data_arrives(session())


def data_arrives_with_digests():
    data_arrives(session(HeaderDigest=CRC32C, DataDigest=CRC32C))


def data_arrives_in_small_segments():
    data_arrives(session(MaxRecvDataSegmentLength=8192, MaxXmitDataSegmentLength=512,
                         MaxBurstLength=1536, MaxOutstandingR2T=4, DataDigest=CRC32C))


def odd_lengths_are_padded():
    i = session(HeaderDigest=CRC32C, DataDigest=CRC32C)
    for length in (1, 2, 3, 5, 35):
        status, data, last = i.collect(i.command(bytes([0x12, 0, 0, 0, length, 0]), length))
        expect((status, len(data), last.flags & 6), (0, length, 0))
    i.send(Pdu(0, itt=9, cmd_sn=i.next_sn(), data=b"odd"))
    expect(i.recv().data, b"odd")


def residuals_are_told():
    i = session()
    inquiry = bytes([0x12, 0, 0, 0, 36, 0])
    _, data, last = i.collect(i.command(inquiry, 100))
    expect((len(data), last.flags & 6, last.word44), (36, 2, 64), "underflow")
    _, data, last = i.collect(i.command(inquiry, 10))
    expect((len(data), last.flags & 6, last.word44), (10, 4, 26), "overflow")


def sense_is_in_the_response():
    i = session(HeaderDigest=CRC32C, DataDigest=CRC32C)
    status, data, last = i.collect(i.command(bytes([0xff])))
    expect((status, last.opcode), (2, RESPONSE))
    expect(int.from_bytes(data[:2], "big"), len(data) - 2, "sense length")
    expect(sense_of(data), (5, 0x20), "sense")


def extended_cdb(rest, reserved=0):
    return struct.pack(">HBx", len(rest) + 1, reserved | 1) + rest + bytes(-len(rest) % 4)


def long_cdbs_come_in_an_ahs():
    """READ(32) reads; cut short, too long, or of an unknown service action it is refused."""
    i = session()
    data = os.urandom(512)
    expect(i.collect(i.command(write10(9, 1), 512, data))[0], 0)
    read32 = struct.pack(">B6xBHxxQ8xI", 0x7f, 0x18, 9, 9, 1)
    status, got, _ = i.collect(i.command(read32[:16], 512, ahs=extended_cdb(read32[16:])))
    expect((status, got == data), (0, True), "READ(32)")
    status, got, _ = i.collect(i.command(read32[:16], 512, ahs=extended_cdb(read32[16:], 0xc0)))
    expect((status, got == data), (0, True), "reserved bits of the type are ignored")
    expect(i.collect(i.command(read32[:16], 512, ahs=extended_cdb(read32[16:] + bytes(228))))[0],
           0, "more than the command has")
    for name, cdb, rest, sense in (
            ("no AHS", read32, b"", (5, 0x24)),
            ("ends early", read32, read32[16:28], (5, 0x24)),
            ("empty", read32, b"\0", (5, 0x24)),
            ("unknown service action", b"\x7f".ljust(9, b"\0") + b"\x77", bytes(16), (5, 0x24))):
        ahs = extended_cdb(rest) if rest else b""
        status, got, _ = i.collect(i.command(cdb[:16], 512, ahs=ahs))
        expect((status, sense_of(got)), (2, sense), name)
    i.command(read32[:16], 512, ahs=extended_cdb(bytes(245)))
    expect_reject(i, 4)


def window_is_kept():
    """What is beyond MaxCmdSN, or was there before, is ignored; the rest goes on."""
    i = session()
    i.command(bytes(6), sn=i.cmd_sn + 1000)
    i.command(bytes(6), sn=i.cmd_sn - 1)
    i.command(write10(0, 8), 4096, bytes(4096), sn=i.cmd_sn + 5000)
    expect_alive(i)
    i.close()


def gap_in_cmd_sn_closes():
    i = session()
    i.command(bytes(6), sn=i.cmd_sn + 1)
    expect_reject(i, 4)


def window_opens_again():
    """Every slot once and again: MaxCmdSN follows."""
    i = session()
    for _ in range(4):
        itts = [i.command(bytes(6)) for _ in range(32)]
        answers = [i.recv() for _ in itts]
        expect([a.itt for a in answers], itts, "order of answers")
        expect((answers[-1].max_cmd_sn - i.cmd_sn) & 0xffffffff, 31, "window")


def cmd_sn_wraps():
    i = session(cmd_sn=0xfffffff0)
    for _ in range(32):
        i.cmd_sn &= 0xffffffff
        expect(i.collect(i.command(bytes(6)))[0], 0)


def broken_pdus_close():
    """Each in a session of its own: Reject, or silence, and the connection is closed."""
    bad = {
        "unknown opcode": (5, lambda i: i.send(Pdu(0x1b))),
        "opcode of a target": (5, lambda i: i.send(Pdu(0x21))),
        "login": (4, lambda i: i.send(Pdu(0x03))),
        "data segment too long": (4, lambda i: i.send(Pdu(0x00, dlen=8193))),
        "longest data segment": (4, lambda i: i.send(Pdu(0x04, dlen=0xffffff))),
        "more immediate than the command": (4, lambda i: i.command(
            write10(0, 1), 512, bytes(1024), flags=WRITE)),
        "data with a read": (4, lambda i: i.command(
            write10(0, 1), 512, bytes(512), flags=READ)),
        "more to come, nothing left": (4, lambda i: i.command(
            write10(0, 1), 512, bytes(512), final=False)),
        "empty AHS": (4, lambda i: i.command(bytes(6), ahs=bytes(4))),
        "AHS beyond the header": (4, lambda i: i.command(bytes(6), ahs=b"\0\x40\x01\0")),
        "unknown AHS": (4, lambda i: i.command(bytes(6), ahs=b"\0\x01\x3f\0")),
    }
    for name, (reason, send) in bad.items():
        print(name)
        i = session()
        send(i)
        expect_reject(i, reason)


def unagreed_data_closes():
    i = session(ImmediateData=0)
    i.command(write10(0, 1), 512, bytes(512))
    expect_reject(i, 4)
    i = session(InitialR2T=1)
    i.command(write10(0, 8), 4096, flags=WRITE, final=False)
    expect_reject(i, 4)


def broken_data_out_closes():
    """Wrong sequence numbers, offsets, lengths, F bits."""
    data = bytes(65536)
    bad = (
        lambda i, itt, ttt: i.data_out(itt, ttt, 0, data[:8192], 1, False),
        lambda i, itt, ttt: i.data_out(itt, ttt, 8192, data[:8192], 0, False),
        lambda i, itt, ttt: i.data_out(itt, ttt, 0, data[:8192], 0, True),
        lambda i, itt, ttt: [i.data_out(itt, ttt, n * 4096, data[:4096], n, False)
                             for n in range(4)],
    )
    for send in bad:
        i = session()
        itt = i.command(write10(0, 32), 16384, flags=WRITE)
        r2t = i.recv()
        expect(r2t.opcode, R2T)
        send(i, itt, r2t.ttt)
        expect_reject(i, 4)


def stray_data_out_is_dropped():
    """Of tags that mean nothing: the rest of what was aborted looks like that."""
    i = session()
    i.data_out(77, UNSOLICITED, 0, bytes(512))
    i.data_out(77, 0x00010000, 0, bytes(512))
    i.data_out(77, 0x7fff7fff, 0, bytes(512))
    expect_alive(i)


def digest_errors_close():
    i = session(HeaderDigest=CRC32C)
    i.send_raw(Pdu(0, itt=1, cmd_sn=i.cmd_sn).encode() + b"\1\2\3\4" + bytes(100))
    expect(i.is_closed(), True)
    i = session(DataDigest=CRC32C)
    i.send_raw(Pdu(0, itt=1, cmd_sn=i.cmd_sn, data=b"ping").encode() + b"\1\2\3\4")
    expect_reject(i, 2)
    i = session(DataDigest=CRC32C)
    itt = i.next_itt()
    i.send_raw(Pdu(1, 0xa1, itt, 512, i.cmd_sn, bytes(512), 0, 0,
                   write10(0, 1).ljust(16, b"\0")).encode() + b"\1\2\3\4")
    expect_reject(i, 2)


def header_comes_byte_by_byte():
    i = session(HeaderDigest=CRC32C, DataDigest=CRC32C)
    raw = Pdu(0, itt=5, cmd_sn=i.next_sn(), data=b"slowly").encode(True, True)
    for byte in raw:
        i.send_raw(bytes([byte]))
    expect(i.recv().data, b"slowly")


def text_tells_the_address():
    """SendTargets without a value, which has to be answered in a normal session."""
    i = session(HeaderDigest=CRC32C, DataDigest=CRC32C)
    i.send(Pdu(4, itt=7, cmd_sn=i.next_sn(), data=b"SendTargets=\0"))
    answer = i.recv()
    host, port = i.sock.getpeername()
    expect((answer.opcode, answer.itt, answer.ttt, answer.data.decode()),
           (0x24, 7, 0xffffffff, f"TargetName={target}\0TargetAddress={host}:{port},1\0"))
    expect_alive(i)


def text_and_snack_are_rejected():
    """And the session goes on."""
    i = session()
    for text in (b"SendTargets=All\0", b"SendTargets=\0X-more=1\0"):
        i.send(Pdu(4, itt=7, cmd_sn=i.next_sn(), data=text))
        expect_reject(i, 5, closed=False)
    i.send(Pdu(0x10, 0x81))
    expect_reject(i, 5, closed=False)
    expect_alive(i)


def logout_answers_and_closes():
    i = session()
    i.send(Pdu(6, 0x82, itt=8, cmd_sn=i.next_sn()))
    answer = i.recv()
    expect((answer.opcode, answer.response), (0x26, 2), "removal for recovery")
    i.send(Pdu(6, 0x81, itt=8, ttt=5 << 16, cmd_sn=i.next_sn()))
    answer = i.recv()
    expect((answer.opcode, answer.response), (0x26, 1), "another connection")
    i.send(Pdu(6, 0x80, itt=8, cmd_sn=i.next_sn()))
    answer = i.recv()
    expect((answer.opcode, answer.response), (0x26, 0))
    expect(i.is_closed(), True)


def task_management_is_answered():
    i = session()
    expect(tmf(i, 1, rtt=4711), 1, "abort of no task")
    expect(tmf(i, 5, lun=99), 2, "reset of no LUN")
    expect(tmf(i, 8), 4, "reassign")
    expect(tmf(i, 9), 5, "unknown function")
    expect(tmf(i, 2), 0, "abort task set")
    expect(tmf(i, 3), 0, "clear ACA")
    expect(tmf(i, 4), 0, "clear task set")
    expect(tmf(i, 5), 0, "LUN reset")
    expect(tmf(i, 6), 0, "target warm reset")
    i.settle()
    expect(tmf(i, 7), 0, "target cold reset")
    expect(i.is_closed(), True, "closed")


def pair():
    """Two initiators at one LUN, which has one task set."""
    return session(isid=b"\x80abcd1"), session(isid=b"\x80abcd2")


def cold_reset_closes_all():
    """Of the target that it is sent to, and the answer is there first; a warm one closes nothing."""
    first, second = pair()
    itt = second.command(write10(0, 32), 16384, flags=WRITE)
    expect((second.recv().opcode, second.itt), (R2T, itt))
    expect(tmf(first, 6), 0, "warm reset")
    first.settle()
    second.settle()
    second.command(write10(0, 32), 16384, flags=WRITE)
    expect(tmf(first, 7), 0, "cold reset")
    for i in first, second:
        expect(i.is_closed(), True, "closed")
    session().close()


def clear_task_set_clears_all():
    """Writes of either, which wait for data; the other one is told by a unit attention."""
    first, second = pair()
    asked = [(i, i.command(write10(0, 32), 16384, flags=WRITE), i.recv()) for i in (first, second)]
    expect(tmf(second, 4), 0, "CLEAR TASK SET")
    for i, itt, r2t in asked:
        i.data_out(itt, r2t.ttt, 0, bytes(8192), 0, False)
        expect_alive(i)
    expect(second.collect(second.command(bytes(6)))[0], 0, "status of who cleared it")
    status, sense, _ = first.collect(first.command(bytes(6)))
    expect((status, sense_of(sense)), (2, (6, 0x2f)), "commands cleared by another initiator")


def clear_aca_ends_the_condition():
    """Which a failed command with NACA has made; no other initiator may end it."""
    first, second = pair()
    beyond = struct.pack(">BxIxHB", 0x28, 0xffffffff, 1, 4)
    expect(tmf(first, 3), 0, "CLEAR ACA without the condition")
    status, sense, _ = first.collect(first.command(beyond, 512))
    expect((status, sense_of(sense)), (2, (5, 0x21)))
    expect(first.collect(first.command(bytes(6)))[0], 0x30, "ACA ACTIVE")
    expect(second.collect(second.command(bytes(6)))[0], 8, "BUSY")
    expect(tmf(second, 3), 255, "CLEAR ACA of another initiator")
    expect(first.collect(first.command(bytes(6)))[0], 0x30, "ACA ACTIVE, still")
    expect(tmf(first, 3), 0, "CLEAR ACA")
    for i in first, second:
        expect(i.collect(i.command(bytes(6)))[0], 0, "status")


def sessions():
    return os.listdir(Path("/sys/kernel/scst_tgt/targets/iscsi", target, "sessions"))


def names_are_patterns_of_nothing():
    """What masking would take for something else than an initiator's name may not log in."""
    for name in ("iqn.x:a*", "iqn.x:a?", "iqn.x:a#10.0.0.1", "iqn.x:[ab]", "iqn.x:a b", "iqn.x:a\n",
                 "iqn.x:a/b", "!iqn.x:a", "iqn.x:\u00e9", "iqn.x:$a", "iqn.x:'a"):
        refused(errno.EACCES, initiator=name)
    Initiator(ctl, target, initiator="iqn.2026-01.Org.Example:a_b-c").settle()


def names_are_not_cut_off():
    """With the portal's address behind it a name may be longer than the core takes."""
    refused(errno.EACCES, initiator="iqn." + "x" * 219,
            host="fd00:1111:2222:3333:4444:5555:6666:7777")
    session(initiator="iqn." + "x" * 219, host="::1")


def other_users_do_not_reinstate():
    """Neither by the name of the initiator port nor by TSIH; the same user does."""
    old = session(user="jack")
    tsih = int.from_bytes(old.login.bhs[14:16], "big")
    for user in ("jill", ""):
        refused(errno.EACCES, user=user)
        refused(errno.EACCES, user=user, tsih=tsih)
    expect_alive(old)
    expect([Path("/sys/kernel/scst_tgt/targets/iscsi", target, "sessions", name, "user")
            .read_text() for name in sessions()], ["jack\n"])
    new = session(user="jack")
    expect(old.is_closed(), True)
    expect_alive(new)
    session(user="jill", isid=b"\x80other")


def sessions_of_a_name_are_limited():
    """The next is refused; a login that takes the place of one is not, nor another initiator's."""
    many = [Initiator(ctl, target, isid=b"\x80%05d" % n) for n in range(64)]
    refused(errno.EUSERS, isid=b"\x80other")
    many[0] = Initiator(ctl, target, isid=b"\x8000000")
    Initiator(ctl, target, initiator="iqn.2026-01.org.example:other")
    many[0].close()
    session_behind_some_that_end(isid=b"\x80other")


def threads_are_nice():
    """To what else runs on their CPU; as the module's parameter says when the initiator logs in."""
    tree = Path("/sys/kernel/scst_tgt/targets/iscsi", target, "sessions")
    parameter = Path("/sys/module/iscsi_scst/parameters/thread_nice")
    for number, nice in enumerate((None, 5, -20)):
        if nice is not None:
            parameter.write_text(str(nice))
        i = session(isid=b"\x80%05d" % number, initiator=f"iqn.2026-01.org.example:{number}")
        pid = int((tree / f"iqn.2026-01.org.example:{number}" / "thread_pid").read_text())
        expect(os.getpriority(os.PRIO_PROCESS, pid), -10 if nice is None else nice, "nice value")
        i.close()
    try:
        parameter.write_text("-21")
        raise AssertionError("-21 is accepted")
    except OSError as e:
        expect(e.errno, errno.ERANGE)


def new_lun_is_told():
    """By an Async Message with the next StatSN; by a unit attention if aen_disabled says so."""
    tree = Path("/sys/kernel/scst_tgt/targets/iscsi", target)
    i = session()
    stat_sn = i.collect(i.command(bytes(6)))[2].stat_sn
    (tree / "luns/mgmt").write_text("add disk0 1")
    event = i.recv()
    expect((event.opcode, event.itt), (0x32, 0xffffffff))
    expect(event.stat_sn, stat_sn + 1, "StatSN")
    expect(event.word36 >> 24, 0, "AsyncEvent (a SCSI one)")
    expect(sense_of(event.data), (6, 0x3f), "sense")
    expect(i.collect(i.command(bytes(6)))[0], 0, "status of a command after it")
    (tree / "aen_disabled").write_text("1")
    (tree / "luns/mgmt").write_text("del 1")
    status, sense, _ = i.collect(i.command(bytes(6)))
    expect((status, sense_of(sense)), (2, (6, 0x3f)))


def session_is_reinstated():
    """The same port logs in again: the old connection is closed first, writes and all."""
    old = session()
    old.command(write10(0, 32), 16384, flags=WRITE)
    expect(old.recv().opcode, R2T)
    new = session()
    expect(old.is_closed(), True)
    expect_alive(new)
    other = session(isid=b"\x80other")
    expect_alive(new)
    expect_alive(other)


def connection_is_reinstated():
    """With the TSIH of a session; one that there is not is refused."""
    old = session(cid=7)
    tsih = int.from_bytes(old.login.bhs[14:16], "big")
    for bad, error in ((dict(tsih=tsih, cid=8), errno.E2BIG),
                       (dict(tsih=tsih ^ 1, cid=7), errno.ESRCH),
                       (dict(tsih=tsih, cid=7, initiator="iqn.other"), errno.ESRCH)):
        try:
            Initiator(ctl, target, **bad)
            raise AssertionError("accepted")
        except OSError as e:
            expect(e.errno, error)
    new = session(cid=7, tsih=tsih)
    expect(int.from_bytes(new.login.bhs[14:16], "big"), tsih, "TSIH")
    expect(old.is_closed(), True)
    expect_alive(new)


def lives(i, use):
    try:
        use(i)
        return True
    except (EOFError, ConnectionError):
        return False


def login_is_answered(i):
    i.recv()
    i.settle()


def logins_race():
    """
    A hundred of one port, each from a thread of its own: one stays. Which one, the kernel knows;
    when all have had an answer or are closed, no other lives.
    """
    with ThreadPoolExecutor(100) as pool:
        everybody = list(pool.map(lambda _: Initiator(ctl, target, wait=False, timeout=100),
                                  range(100)))
    answered = [i for i in everybody if lives(i, login_is_answered)]
    expect(len([i for i in answered if lives(i, expect_alive)]), 1, "sessions that are left")
    expect(len(sessions()), 1, "sessions in the tree")


def bad_ioctls_are_refused():
    good = Initiator(ctl, target)
    for name, bad in {
        "key out of range": dict(MaxBurstLength=100),
        "two digests": dict(HeaderDigest=3),
        "address": dict(address=8),
        "no initiator": dict(initiator=""),
    }.items():
        try:
            Initiator(ctl, target, **bad)
            raise AssertionError(f"{name} is accepted")
        except OSError as e:
            assert e.errno in (errno.EINVAL, errno.EFAULT), name
    pipe, _ = os.pipe()
    keys = dict(DEFAULTS)
    listening = socket.create_server(("127.0.0.1", 0))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    local, _ = socket.socketpair()
    others = [s.fileno() for s in (listening, datagrams, local)]
    for fd in (pipe, -1, good.sock.fileno() + 100, *others):
        try:
            ctl.conn(fd, ctl.target(target)[0], keys, bytes(48))
            raise AssertionError("what is no connection is accepted")
        except OSError as e:
            expect(e.errno, errno.EINVAL)


def lost_connections_are_refused():
    """Their peer has no address any more, by which a connection is named."""
    listener = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(listener.getsockname())
    theirs, _ = listener.accept()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ours.close()
    poll = select.poll()
    poll.register(theirs, 0)
    expect(poll.poll(10000), [(theirs.fileno(), select.POLLERR | select.POLLHUP)])
    try:
        ctl.conn(theirs.fileno(), ctl.target(target)[0], dict(DEFAULTS), bytes(48))
        raise AssertionError("what was reset is accepted")
    except OSError as e:
        expect(e.errno, errno.ENOTCONN)


def null_disk_has_no_data_of_others():
    """Its own as well, which is in a buffer that the same processor has used just now."""
    writer = session(isid=b"\x80abcd1")
    reader = session(isid=b"\x80abcd2")
    reader.settle(lun=1)
    for i in (writer, reader) * 4:
        for blocks in (1, 8, 16):
            data = b"secret! " * (64 * blocks)
            expect(i.collect(i.command(write10(0, blocks), len(data), data))[0], 0, "status")
            expect(reader.read_blocks(0, blocks, lun=1)[1], bytes(len(data)), "data")


def reservation_of_scst_is_its_holders():
    """In SCST's file the ISID of the port is a number, of a little-endian host."""
    core = Path("/sys/kernel/scst_tgt")
    tgt = core / "targets/iscsi" / target
    port = int((tgt / "rel_tgt_id").read_text().split()[0])
    name = b"iqn.2026-01.org.example:holder,i,0x100003d0200\0\0"
    saved = Path("/var/lib/scst/pr/held")
    saved.parent.mkdir(parents=True, exist_ok=True)
    saved.write_bytes(struct.pack("<QQ4B", 0xbbeeeeaaeebbdd77, 1, 1, 1, 1, 0) +
                      struct.pack(">BBBH", 1, 0x45, 0, len(name)) + name +
                      struct.pack(">Q", 0xabcd) + struct.pack("<H", port))
    (core / "handlers/vdisk_nullio/mgmt").write_text("add_device held size_mb=1")
    (tgt / "luns/mgmt").write_text("add held 1")
    holder = session(isid=bytes.fromhex("00023d000001"), initiator="iqn.2026-01.org.example:holder")
    other = session(isid=bytes.fromhex("00023d000002"), initiator="iqn.2026-01.org.example:holder")
    for i, status in (holder, 0), (other, 0x18):
        i.settle(lun=1)
        expect(i.collect(i.command(write10(0, 1), 512, bytes(512), lun=1))[0], status, "status")


if __name__ == "__main__":
    run(globals()[sys.argv[2]])
