# SPDX-License-Identifier: GPL-2.0-only
"""The cases of peers.sh: what peers do to others, and to us."""
import termios
from concurrent.futures import ThreadPoolExecutor

from cases import *  # noqa: F403


def abort_ends_the_wait_for_data():
    """The write is not answered, its slot is used again, and its late data does no harm."""
    i = session()
    for _ in range(60):
        itt = i.command(write10(0, 32), 16384, flags=WRITE)
        r2t = i.recv()
        i.data_out(itt, r2t.ttt, 0, bytes(4096), 0, False)
        expect(tmf(i, 1, rtt=itt), 0)
        i.data_out(itt, r2t.ttt, 4096, bytes(4096), 1, False)
    expect_alive(i)


def abort_in_the_middle_of_a_segment():
    """Half a Data-Out is there when its command goes: the other half must not land anywhere."""
    first = session(isid=b"\x80abcd1")
    second = session(isid=b"\x80abcd2")
    itt = first.command(write10(0, 32), 16384, flags=WRITE)
    ttt = first.recv().ttt
    raw = Pdu(5, 0, itt, ttt, 0, bytes(8192)).encode()
    first.send_raw(raw[:4000])
    time.sleep(0.3)
    expect(tmf(second, 5), 0)
    first.send_raw(raw[4000:])
    expect_alive(first)


def set_tas(i):
    """Commands that another initiator aborts are told so: until the next reset."""
    page = bytearray(i.collect(i.command(bytes([0x1a, 8, 0x0a, 0, 255, 0]), 255))[1][4:])
    page[0] &= 0x3f
    page[5] |= 0x40
    data = bytes(4) + page
    expect(i.collect(i.command(bytes([0x15, 0x10, 0, 0, len(data), 0]), len(data), data))[0], 0)


def pair_with_tas(**args):
    """Two initiators at one LUN."""
    first = session(isid=b"\x80abcd1", **args)
    second = session(isid=b"\x80abcd2")
    set_tas(second)
    first.settle()
    return first, second


def told_abort_in_the_middle_of_a_segment():
    """
    The other half of a Data-Out comes when its command is answered (TASK ABORTED), and the answer
    cannot leave, since its initiator reads nothing. It must not land anywhere, and neither must what
    comes after it under a tag that means nothing any more.
    """
    first, second = pair_with_tas(MaxXmitDataSegmentLength=65536, MaxBurstLength=65536,
                                  MaxRecvDataSegmentLength=65536)
    itt = first.command(write10(0, 256), 131072, flags=WRITE)
    ttt = first.recv().ttt
    reads = read_much(first)
    raw = Pdu(5, 0x80, itt, ttt, 0, bytes(65536)).encode()
    first.send_raw(raw[:4000])
    wait_until_stuck(first)
    second.send(Pdu(2, 0x85, second.next_itt(), 0, second.cmd_sn, immediate=True))
    time.sleep(0.5)
    first.send_raw(raw[4000:])
    answers = {}
    while len(answers) < len(reads) + 1:
        answer = first.recv()
        if answer.opcode == RESPONSE or answer.opcode == DATA_IN and answer.flags & 1:
            answers[answer.itt] = answer.status
    expect(answers[itt], 0x40, "status of the write")
    expect(second.recv().opcode, 0x22, "task management response")
    first.data_out(itt, ttt, 65536, bytes(512), 5, False)
    expect_alive(first)
    first.settle()
    data = os.urandom(16384)
    expect(answer_r2ts(first, first.command(write10(0, 32), 16384, flags=WRITE), data).status, 0)
    expect(first.read_blocks(0, 32)[1] == data, True, "reading back")


def told_abort_of_what_is_answered():
    """A command that was refused before its unsolicited data had come keeps its answer."""
    first, second = pair_with_tas(ImmediateData=0)
    itt = first.command(b"\xff", 8192, flags=WRITE, final=False)
    expect_alive(first)
    expect(tmf(second, 4), 0, "clear task set")
    answer = first.recv()
    expect((answer.opcode, answer.itt, answer.status), (RESPONSE, itt, 2))
    first.data_out(itt, UNSOLICITED, 0, bytes(8192))
    expect_alive(first)


def told_aborts_race_with_unsolicited_data():
    """
    A task set is cleared over and over while commands of another initiator come in that announce
    data and do not bring it. Every one ends (or clearing would not), and is told.
    """
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cpus[:1])	# a connection's thread is where its packets come from
    first = session(isid=b"\x80abcd1", ImmediateData=0)
    os.sched_setaffinity(0, cpus[-1:])
    second = session(isid=b"\x80abcd2")
    set_tas(second)
    first.settle()
    flooder = os.fork()
    if not flooder:
        os.sched_setaffinity(0, cpus)
        announce_without_end(first)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        expect(tmf(second, 4), 0, "clear task set")
    os.kill(flooder, 9)
    first.sock.close()
    expect(os.waitpid(flooder, 0)[1], 9, "end of the initiator that announces data")


def announce_without_end(i):
    """
    Not judged, which would take more time than the kernel does, and there would be no race: what
    comes back is looked at here.
    """
    batch = bytearray(Pdu(1, 0x21, 0, 4096, rest=write10(0, 8).ljust(16, b"\0")).encode() * 250)
    under_way, answers = 0, b""
    try:
        while True:
            for at in range(16, len(batch), 48):
                struct.pack_into(">III", batch, at, i.next_itt(), 4096, i.next_sn())
            i.sock.sendall(batch)
            under_way += 250
            while under_way > 1500 or select.select([i.sock], [], [], 0)[0]:
                answers += i.sock.recv(65536)
                count = len(answers) // 48
                expect(answers[3:count * 48:48], b"\x40" * count, "status")
                answers = answers[count * 48:]
                under_way -= count
    except BaseException as e:
        print(f"announcing: {e!r}", flush=True)
        os._exit(1)


def unread(i):
    """Bytes that have come and that nobody has looked at."""
    return struct.unpack("i", fcntl.ioctl(i.sock, termios.FIONREAD, bytes(4)))[0]


def wait_until_stuck(i):
    """It has all that its socket takes of what it asked for."""
    end = time.monotonic() + 100
    before = 0
    while not before or unread(i) > before:
        assert time.monotonic() < end, f"after {before} bytes more and more come"
        before = unread(i)
        time.sleep(0.5)


def wait_for_hang_up(i):
    """Without reading, which would make room."""
    poll = select.poll()
    poll.register(i.sock, 0)		# nothing but errors and the end
    expect(poll.poll(100000), [(i.sock.fileno(), select.POLLERR | select.POLLHUP)])


def read_much(i):
    """Commands for more than the sockets take. Return: ITTs."""
    return [i.command(struct.pack(">BxIxHx", 0x28, 0, 2048), 1048576) for _ in range(16)]


def immediate_commands_are_limited():
    """
    All slots wait for data that does not come. One command more is rejected if it is immediate, and
    ignored if it is not, since the window is closed; and the wait comes to its end.
    """
    i = session(timeout=60)
    for _ in range(32):
        i.command(write10(0, 32), 16384, flags=WRITE)
    for _ in range(17):
        i.command(write10(0, 32), 16384, b"with data", flags=WRITE, immediate=True)
    answers = [i.recv() for _ in range(49)]
    expect([a.opcode for a in answers].count(R2T), 48, "R2Ts")
    rejects = [a for a in answers if a.opcode == REJECT]
    expect([a.response for a in rejects], [6], "reasons of Reject")
    expect(rejects[0].data[16:20], struct.pack(">I", i.itt), "ITT of what was rejected")
    i.command(bytes(6), sn=i.cmd_sn)
    i.send(Pdu(0, itt=7, cmd_sn=i.cmd_sn, immediate=True))
    expect(i.recv().itt, 7, "ITT of the answer to a NOP")
    expect(i.is_closed(), True)


def unread_bytes_do_not_reset():
    """Who goes on to send what nobody reads still gets the last word, and an end that is no reset."""
    before = resets()
    i = session()
    pdu = Pdu(0x1b).encode()
    i.judge.sends(pdu)			# and takes no time over what is none
    i.sock.sendall(pdu + bytes(2000000))
    expect(i.recv().opcode, REJECT)
    expect_end(i)
    hang_up(i)
    expect(resets(), before, "resets")


def late_answers_do_not_reset():
    """Nor what the core says of a command that was under way when the PDU came."""
    before = resets()
    block = Path("/sys/kernel/scst_tgt/devices/disk0/block")
    i = session()
    block.write_text("1")
    try:
        i.command(struct.pack(">BxIxHx", 0x28, 0, 8), 4096)
        i.send(Pdu(0x1b))
        expect(i.recv().opcode, REJECT)
        expect_end(i)
    finally:
        block.write_text("0")
    time.sleep(0.5)
    i.sock.sendall(bytes(300000))
    hang_up(i)
    expect(resets(), before, "resets")


def expect_end(i):
    """Which is not a reset."""
    try:
        raise AssertionError(f"instead of the end came {i.recv()}")
    except EOFError:
        pass


def hang_up(i):
    """And wait until that is the end on this side too."""
    i.sock.shutdown(socket.SHUT_WR)
    while i.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) != b"\x07":	# TCP_CLOSE
        time.sleep(0.1)


def resets():
    """That were sent by this host."""
    names, values = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()
                     if line.startswith("Tcp:")]
    return int(values[names.index("OutRsts")])


def blocked_peer_is_not_pinged():
    """It has no room for what we say, and nothing that it says is looked at."""
    i = session(MaxXmitDataSegmentLength=65536)
    read_much(i)
    for _ in range(80):
        i.nop_itt = i.next_itt()
        i.send(Pdu(0, itt=i.nop_itt, cmd_sn=i.cmd_sn, immediate=True))
    time.sleep(9)
    pings = 0
    answer = i.recv()
    while answer.itt != i.nop_itt:
        pings += answer.itt == 0xffffffff
        answer = i.recv()
    assert pings <= 2, f"{pings} pings"


def empty_data_is_no_progress():
    i = session()
    itt = i.command(write10(0, 32), 16384, flags=WRITE)
    ttt = i.recv().ttt
    start = time.monotonic()
    try:
        for sn in range(100000):
            i.data_out(itt, ttt, 0, b"", sn, False)
            time.sleep(0.1)
            assert time.monotonic() - start < 200, "not given up"
    except OSError:
        return


def stalled_write_is_given_up():
    i = session(timeout=30)
    i.command(write10(0, 32), 16384, flags=WRITE)
    expect(i.recv().opcode, R2T)
    start = time.monotonic()
    expect(i.is_closed(), True)
    assert 1 < time.monotonic() - start < 20, "not after RspTimeout"


def slow_reader_is_given_up():
    """It asks for more than its socket takes, and reads nothing."""
    i = session(MaxBurstLength=1048576)
    i.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(30):
        i.command(struct.pack(">BxIxHx", 0x28, 0, 2048), 1048576)
    wait_for_hang_up(i)


def given_up_reader_costs_nothing():
    """What was to be sent to it is not kept until it reads that: it gets a reset."""
    i = session()
    read_much(i)
    wait_for_hang_up(i)


def stalled_reader():
    """Of a pair of initiators the one that does not read; and the other, with ten times the bound."""
    first = session(isid=b"\x80abcd1")
    second = session(isid=b"\x80abcd2", timeout=100)
    read_much(first)
    wait_until_stuck(first)
    return first, second


def reset_outlives_who_reads_nothing():
    """Others do not wait until RspTimeout is over."""
    first, second = stalled_reader()
    expect(tmf(second, 5), 0, "LUN reset")
    expect(first.is_closed(), True, "closed")


def preemption_outlives_who_reads_nothing():
    """A cluster fences a node that hangs."""
    first, second = session(isid=b"\x80abcd1"), session(isid=b"\x80abcd2", timeout=100)
    try:
        expect(reserve(first, 0, 0, 1), 0, "REGISTER")
        expect(reserve(first, 1, 1, 0), 0, "RESERVE")
        expect(reserve(second, 0, 0, 2), 0, "REGISTER of the other")
        read_much(first)
        wait_until_stuck(first)
        expect(reserve(second, 5, 2, 1), 0, "PREEMPT AND ABORT")
    finally:
        reserve(second, 3, 2, 0)	# CLEAR


def reset_outlives_who_reads_slowly():
    """
    What it takes now and then is no answer: one READ of all that a command may ask for would take it
    minutes.
    """
    first = session(isid=b"\x80abcd1")
    second = session(isid=b"\x80abcd2", timeout=100)
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read_slowly, first)
        time.sleep(1)
        expect(tmf(second, 5), 0, "LUN reset")
        reader.result(30)


def removal_outlives_who_reads_nothing():
    """Nor do administrators wait: of a LUN that is deleted, its commands have to be answered."""
    first, _ = stalled_reader()
    luns = Path("/sys/kernel/scst_tgt/targets/iscsi", target, "luns/mgmt")
    luns.write_text("del 0")
    luns.write_text("add disk0 0")
    expect(first.is_closed(), True, "closed")


def read_slowly(i):
    """To its end, which would come after minutes."""
    i.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    i.command(struct.pack(">BxIxHx", 0x28, 0, 32768), 16 << 20)
    try:
        while True:
            i.hear(8192)
            time.sleep(0.1)
    except (EOFError, OSError):
        pass


def slow_reader_is_not_waited_for_without_end():
    """Even if nobody does: it holds memory."""
    start = time.monotonic()
    read_slowly(session())
    assert time.monotonic() - start < 80, "it had it all"


def ordered_write_waits_for_a_reader(reader, writer):
    """
    The middle of what one READ is to get changes by an ORDERED write behind it, when that READ is
    over for us and its data has yet to be taken. (More than the last part is not looked at: what
    has been taken on the same host is still a page of ours. And a READ of more pieces of the cache
    than go into one list is copied.)
    """
    old, new = os.urandom(491520), os.urandom(8192)
    expect(answer_r2ts(reader, reader.command(write10(0, 960), 491520, flags=WRITE), old).status, 0)
    reader.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    read = reader.command(struct.pack(">BxIxHx", 0x28, 0, 960), 491520)
    wait_until_stuck(reader)
    write = writer.command(write10(768, 16), 8192, new, attr=2)
    time.sleep(1)
    status, got, _ = reader.collect(read)
    expect((status, got[393216:401408] == old[393216:401408]), (0, True), "reading before it")
    expect(writer.collect(write)[0], 0, "status of the write")
    status, got, _ = reader.read_blocks(768, 16)
    expect((status, got == new), (0, True), "reading behind it")


def ordered_write_waits_for_its_own_reader():
    i = session(MaxXmitDataSegmentLength=65536)
    ordered_write_waits_for_a_reader(i, i)
    ordered_write_waits_for_a_reader(i, i)


def ordered_write_waits_for_readers():
    ordered_write_waits_for_a_reader(session(isid=b"\x80abcd1", MaxXmitDataSegmentLength=65536),
                                     session(isid=b"\x80abcd2"))


def ordered_write_outlives_who_reads_nothing():
    """It is lost to the order, and goes."""
    first = session(isid=b"\x80abcd1", MaxXmitDataSegmentLength=65536)
    second = session(isid=b"\x80abcd2", timeout=100)
    expect(first.read_blocks(0, 960)[0], 0)		# they are cached now
    first.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    first.command(struct.pack(">BxIxHx", 0x28, 0, 960), 491520)
    wait_until_stuck(first)
    write = second.command(write10(768, 16), 8192, bytes(8192), attr=2)
    expect(second.collect(write)[0], 0, "status of the write")
    expect(first.is_closed(), True, "closed")


def series_is_read_in_one_state():
    """
    What a READ brings of blocks where COMPARE AND WRITE has been is what they were, or what they
    became, though they change while its data are taken.
    """
    reader, writer = session(isid=b"\x80abcd1"), session(isid=b"\x80abcd2")
    states = [bytes(254 * 512), os.urandom(254 * 512), os.urandom(254 * 512)]

    def exchange(old, new):
        itt = writer.command(struct.pack(">BxQ3xB2x", 0x89, 0, 254), 2 * len(old), flags=WRITE)
        expect(answer_r2ts(writer, itt, old + new).status, 0, "status of COMPARE AND WRITE")

    exchange(*states[:2])
    reader.command(struct.pack(">BxIxHx", 0x28, 0, 254), 254 * 512)
    answer = reader.recv()
    data = answer.data
    exchange(*states[1:])
    while not answer.flags & 1:
        answer = reader.recv()
        data += answer.data
    expect((answer.status, data in states[1:]), (0, True), "reading")


def read_at_once(i, count):
    """So many reads of LUN 1. Return: (its place, status) of each, in the order of the answers."""
    i.settle(lun=1)
    itts = [i.command(struct.pack(">BxIxHx", 0x28, 0, 1), 512, lun=1) for _ in range(count)]
    answers = []
    while len(answers) < count:
        answer = i.recv()
        if answer.opcode == RESPONSE or answer.opcode == DATA_IN and answer.flags & 1:
            answers.append((itts.index(answer.itt), answer.status))
    return answers


def more_than_the_limit_are_told():
    """Of 70 commands that a window of 128 lets in, six, and at once; the others are carried out."""
    answers = read_at_once(session(timeout=100), 70)
    expect(answers[:6], [(place, 0x28) for place in range(64, 70)], "the first answers")
    expect(sorted(answers[6:]), [(place, 0) for place in range(64)], "answers of the others")


def window_keeps_to_the_limit():
    i = session(timeout=100)
    window = i.login.max_cmd_sn - i.login.exp_cmd_sn + 1
    expect(window, 32, "the window")
    expect({status for _, status in read_at_once(i, window)}, {0}, "statuses")


def idle_peer_is_pinged():
    """NOP-In comes; with an answer the session lives, without it is closed."""
    i = session()
    for _ in range(2):
        ping = i.recv()
        expect((ping.opcode, ping.itt), (NOP_IN, 0xffffffff))
        i.send(Pdu(0, 0x80, 0xffffffff, ping.ttt, i.cmd_sn, immediate=True))
    expect(i.recv().opcode, NOP_IN)
    expect(i.is_closed(), True)


def session_goes_while_files_are_made():
    """Of those that the administrator has measured, the last one goes before its turn comes."""
    number = 300
    names = [f"iqn.2026-01.org.example:{n}" for n in range(number)]
    crowd = [session(initiator=name) for name in names]
    core = Path("/sys/kernel/scst_tgt")
    sessions = core / "targets/iscsi" / target / "sessions"
    first, last = sessions / names[0], sessions / names[-1]
    with ThreadPoolExecutor() as pool:
        making = pool.submit((core / "measure_latency").write_text, "1")
        while not (first / "latency").exists():
            assert not making.done() or (first / "latency").exists(), "no files are made"
        crowd[-1].sock.close()
        making.result()
    end = time.monotonic() + 100
    while last.exists():
        assert time.monotonic() < end, "the session does not end"
        time.sleep(0.1)
    (core / "measure_latency").write_text("0")
    for i in crowd[:-1]:
        i.close()


if __name__ == "__main__":
    run(globals()[sys.argv[2]])
