# SPDX-License-Identifier: GPL-2.0-only
"""
wire.py TARGET HEADER_DIGEST DATA_DIGEST: one conversation in full feature phase with every PDU that
there is, written down byte by byte: ">" what the initiator says, "<" what the target does, a header
as twelve words. A digest is None or CRC32C; digests are checked and not shown, so that the record
is the same with and without them. lio.py has the same conversation with another target.

What is not the same each time is called by its place: TSIH is 0, StatSN what it is more than when
the section began (S+1), the tag of an R2T its number (T1), and the port of the address "PPPPP".
"""
import hashlib
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from iscsi import *  # noqa: E402, F403

SHOWN = 64		# bytes of data; of more only the length and a checksum
READ, WRITE = 0x40, 0x20
DATA_OUT, DATA_IN, R2T, REJECT = 0x05, 0x25, 0x31, 0x3f
NO_TASK = 0xffffffff
UNSOLICITED = 0xffffffff
SEGMENT = 1024
SIZES = dict(MaxXmitDataSegmentLength=SEGMENT, MaxBurstLength=3072, FirstBurstLength=2048,
             MaxOutstandingR2T=2)


def words(bhs):
    return [bhs[at:at + 4].hex() for at in range(0, 48, 4)]


class Recording:
    """What an Initiator hears and says, on paper."""
    is_on = False

    def start(self):
        self.tags = {}
        self.show("<", words(self.login.bhs[:14] + bytes(2) + self.login.bhs[16:]), b"")
        self.take_unit_attentions()

    def take_unit_attentions(self):
        """What they are is the core's affair. Immediate commands leave the CmdSN as it is."""
        self.is_on = False
        while True:
            status, _, last = self.collect(self.command(bytes(6), immediate=True))
            if status == 0:
                break
        self.itt, self.stat_sn, self.is_on = 0x100, last.stat_sn + 1, True

    def show(self, direction, header, data):
        print(direction, *header)
        if data:
            print("  data", data.hex() if len(data) <= SHOWN else
                  f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:32]}")

    def words_sent(self, bhs):
        header = words(bhs)
        if bhs[0] & 0x3f == DATA_OUT:
            header[5] = self.tags.get(header[5], header[5])
        return header

    def show_sent(self, bhs, data):
        self.show(">", self.words_sent(bhs), data)

    def send(self, pdu):
        if self.is_on:
            self.show_sent(pdu.bhs, pdu.ahs + pdu.data)
        super().send(pdu)

    def recv(self):
        answer = super().recv()
        if self.is_on:
            self.show_received(answer.bhs, answer.data + answer.padding)
        return answer

    def show_received(self, bhs, data):
        header = words(bhs)
        if bhs[0] == R2T:
            header[5] = self.tags.setdefault(header[5], f"T{len(self.tags) + 1}")
        if bhs[0] != DATA_IN or bhs[1] & 1:
            header[6] = f"S+{int.from_bytes(bhs[24:28], 'big') - self.stat_sn}"
        if bhs[0] == REJECT:
            self.show("<", header, b"")
            print("  of", *self.words_sent(data))
            return
        port = b":%d," % self.sock.getpeername()[1]
        self.show("<", header, data.replace(port, b":PPPPP,".ljust(len(port), b" ")))

    def expect_end(self):
        """Whatever comes before it."""
        try:
            while True:
                self.recv()
        except (EOFError, ConnectionResetError):
            print("closed")
        except TimeoutError:
            print("not closed")

    def fence(self):
        """Whatever was to come has come."""
        itt = self.next_itt()
        self.send(Pdu(0, itt=itt, cmd_sn=self.cmd_sn, immediate=True))
        while self.recv().itt != itt:
            pass

    def nop(self, data, **args):
        self.send(Pdu(0, itt=self.next_itt(), cmd_sn=self.next_sn(), data=data, **args))

    def tmf(self, function, rtt=NO_TASK, ref_cmd_sn=0, lun=0):
        self.send(Pdu(2, 0x80 | function, self.next_itt(), rtt, self.cmd_sn, lun=lun,
                      rest=struct.pack(">I12x", ref_cmd_sn), immediate=True))

    def data_outs(self, itt, ttt, start, end, data):
        for sn, at in enumerate(range(start, end, SEGMENT)):
            part = data[at:min(at + SEGMENT, end)]
            self.data_out(itt, ttt, at, part, sn, at + len(part) == end)

    def write(self, lba, count, immediate=0, unsolicited=0, length=None):
        """With data of its own in each place; up to the response."""
        length = count * 512 if length is None else length
        data = hashlib.shake_128(b"%d" % lba).digest(length)
        itt = self.command(write10(lba, count), length, data[:immediate], WRITE, not unsolicited)
        if unsolicited:
            self.data_outs(itt, UNSOLICITED, immediate, immediate + unsolicited, data)
        burst = self.recv()
        while burst.opcode == R2T:
            self.data_outs(itt, burst.ttt, burst.word40, burst.word40 + burst.word44, data)
            burst = self.recv()


class Recorder(Recording, Initiator):
    def __init__(self, **args):
        super().__init__(ctl, target, **args)
        self.start()


class Scst:
    """Our target. Others that hold the conversation have the same methods."""

    def __init__(self, digests):
        self.digests = digests

    def begin(self, digests=None, **args):
        """A session."""
        header, data = digests or self.digests
        return self.recorder(**SIZES, HeaderDigest=header, DataDigest=data, **args)

    recorder = Recorder

    def pings(self, are_on):
        (tree / "NopInInterval").write_text("1" if are_on else "0")

    def forget(self):
        """What sections have set."""
        (tree / "NopInInterval").write_text(":default:")

    def change_luns(self, i):
        for verb in ("add disk0 1", "del 1"):
            (tree / "luns/mgmt").write_text(verb)
            i.recv()


def read10(lba, count):
    return struct.pack(">BxIxHx", 0x28, lba, count)


def write10(lba, count):
    return struct.pack(">BxIxHx", 0x2a, lba, count)


def commands(peer):
    """No data, data-in in segments and bursts, residuals, padding, sense, both directions."""
    i = peer.begin()
    i.collect(i.command(bytes(6)))
    i.collect(i.command(read10(0, 0)))
    for count, length in ((1, 512), (2, 1024), (8, 4096), (1, 2000), (2, 500), (9, 4600)):
        i.collect(i.command(read10(0, count), length))
    i.collect(i.command(struct.pack(">B5xIxx", 0xa0, 16), 13))
    i.collect(i.command(bytes([0xff]), 512))
    i.collect(i.command(read10(0, 1), 512, lun=9))
    i.collect(i.command(read10(0, 1), 512, flags=READ | WRITE))
    i.collect(i.command(read10(0, 1), 512, immediate=True))
    read32 = struct.pack(">B6xBHxxQ8xI", 0x7f, 0x18, 9, 0, 1)
    i.collect(i.command(read32[:16], 512, ahs=struct.pack(">HBx", 17, 1) + read32[16:]))


def writes(peer):
    """Immediate, unsolicited, solicited; what was written is there."""
    i = peer.begin()
    i.write(100, 1, immediate=512)
    i.write(200, 4, immediate=512, unsolicited=1536)
    i.write(300, 4, unsolicited=2048)
    i.write(400, 20)
    i.write(500, 20, immediate=1024, unsolicited=1024)
    i.write(600, 1, length=1000)
    i.write(700, 2, length=600)
    i.write(800, 0, length=0)
    for lba, count in ((100, 1), (200, 4), (300, 4), (400, 20), (500, 20), (600, 1)):
        i.collect(i.command(read10(lba, count), count * 512))


def aborted_write(peer):
    """In the middle of a burst: what still comes of it is dropped."""
    i = peer.begin()
    cmd_sn = i.cmd_sn
    itt = i.command(write10(0, 8), 4096, flags=WRITE)
    ttt = i.recv().ttt
    i.recv()
    i.data_out(itt, ttt, 0, bytes(SEGMENT), 0, False)
    i.tmf(1, rtt=itt, ref_cmd_sn=cmd_sn)
    i.recv()
    i.data_out(itt, ttt, SEGMENT, bytes(SEGMENT), 1, False)
    i.fence()


def nops(peer):
    i = peer.begin()
    i.nop(b"")
    i.recv()
    i.nop(b"seven b")
    i.recv()
    i.nop(bytes(range(256)) * 8)		# more than the initiator takes
    i.recv()
    i.send(Pdu(0, itt=0xffffffff, cmd_sn=i.cmd_sn, data=b"of no interest", immediate=True))
    i.fence()


def ping(peer):
    i = peer.begin()
    peer.pings(True)
    answer = i.recv()
    peer.pings(False)
    i.send(Pdu(0, itt=0xffffffff, ttt=answer.ttt, cmd_sn=i.cmd_sn, immediate=True))
    i.fence()
    peer.forget()


def text(peer, target_wanted):
    i = peer.begin()
    i.send(Pdu(4, itt=i.next_itt(), cmd_sn=i.next_sn(),
               data=b"SendTargets=" + target_wanted + b"\0"))
    i.recv()
    i.fence()


def send_targets(peer):
    """Of this target."""
    text(peer, b"")


def send_targets_all(peer):
    """Only a discovery session may ask."""
    text(peer, b"All")


def snack(peer):
    i = peer.begin()
    i.send(Pdu(0x10, 0x81, itt=i.next_itt()))
    i.recv()
    i.fence()


def beyond_the_window(peer):
    """What is not in it is ignored."""
    i = peer.begin()
    i.command(bytes(6), sn=i.cmd_sn + 1000)
    i.fence()


def task_management(peer):
    i = peer.begin()
    for args in (dict(function=1, rtt=4711, ref_cmd_sn=i.cmd_sn + 1000), dict(function=2),
                 dict(function=4), dict(function=5, lun=9), dict(function=8, rtt=4711),
                 dict(function=5), dict(function=6)):
        i.tmf(**args)
        i.recv()
    i.take_unit_attentions()
    i.fence()


def unknown_function(peer):
    i = peer.begin()
    i.tmf(9)
    i.recv()
    i.fence()


def asynchronous_message(peer):
    i = peer.begin()
    peer.change_luns(i)
    i.fence()


def logout(peer):
    i = peer.begin(cid=3)
    for flags, cid in ((0x82, 0), (0x81, 5), (0x81, 3)):
        i.send(Pdu(6, flags, i.next_itt(), cid << 16, i.next_sn()))
        i.recv()
    i.expect_end()


def broken_pdus(peer):
    """Each in a session of its own, which ends."""
    for send in (
            lambda i: i.send(Pdu(0x1b, itt=i.next_itt())),
            lambda i: i.send(Pdu(0x03, itt=i.next_itt())),
            lambda i: i.send(Pdu(0x00, itt=i.next_itt(), dlen=8193)),
            lambda i: i.command(write10(0, 1), 512, bytes(1024), WRITE),
            lambda i: i.command(bytes(6), ahs=bytes(4)),
            lambda i: i.command(bytes(6), sn=i.cmd_sn + 1)):
        i = peer.begin()
        send(i)
        i.expect_end()
    i = peer.begin()
    itt = i.command(write10(0, 8), 4096, flags=WRITE)
    ttt = i.recv().ttt
    i.recv()
    i.data_out(itt, ttt, 0, bytes(SEGMENT), 1, False)
    i.expect_end()


def broken_digests(peer):
    """Of the data: a Reject; of the header: not a word. Always with both."""
    i = peer.begin((CRC32C, CRC32C))
    pdu = Pdu(0, itt=i.next_itt(), cmd_sn=i.cmd_sn, data=b"ping")
    i.show_sent(pdu.bhs, pdu.data)
    i.send_raw(pdu.encode(True, True)[:-4] + b"\1\2\3\4")
    i.expect_end()
    i = peer.begin((CRC32C, CRC32C))
    pdu = Pdu(0, itt=i.next_itt(), cmd_sn=i.cmd_sn)
    i.show_sent(pdu.bhs, pdu.data)
    i.send_raw(pdu.encode() + b"\1\2\3\4")
    i.expect_end()


SECTIONS = (commands, writes, aborted_write, nops, ping, send_targets, send_targets_all, snack,
            beyond_the_window, task_management, unknown_function, asynchronous_message, logout,
            broken_pdus, broken_digests)


def digests_of(words_given):
    return tuple(CRC32C if digest == "CRC32C" else NONE for digest in words_given)


if __name__ == "__main__":
    target = sys.argv[1]
    tree = Path("/sys/kernel/scst_tgt/targets/iscsi", target)
    ctl = Ctl()
    peer = Scst(digests_of(sys.argv[2:4]))
    for section in SECTIONS:
        print(f"\n{section.__name__}:")
        run(section, peer)
