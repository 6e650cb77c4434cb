# SPDX-License-Identifier: GPL-2.0-only
"""
pdu_fuzz.py TARGET COUNT SEED: sends COUNT PDUs that are wrong in some way to sessions of TARGET. The
kernel may answer, reject, ignore and close as it likes, but not do nothing; after every session that has
ended a new one has to work, and another one beside it reads all the time what it wrote to LUN 1. What a seed sends is always the same, but for what the target's answers add to it (tags).
"""
import random
import sys

sys.dont_write_bytecode = True
from iscsi import *  # noqa: E402, F403

OPCODES = (0x00, 0x01, 0x01, 0x01, 0x02, 0x04, 0x05, 0x05, 0x06, 0x10)	# of initiators
CDBS = (0x00, 0x03, 0x08, 0x0a, 0x12, 0x1a, 0x25, 0x28, 0x2a, 0x2e, 0x35, 0x41, 0x42, 0x4d, 0x5a,
        0x5e, 0x7f, 0x88, 0x89, 0x8a, 0x93, 0x9e, 0xa0, 0xa3)
PER_SESSION = 200
PER_BYSTANDER = 20
LENGTHS = (0, 0, 0, 1, 3, 4, 48, 511, 512, 4096, 8192)
WORDS = (0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff)


class Bystander:
    """Somebody else's resets may end its commands, and a cold one its session; but not change its data."""

    LBA = 100000

    def __init__(self, ctl, target):
        self.ctl, self.target = ctl, target
        self.turns = 0
        self.open()

    def open(self):
        self.initiator = Initiator(self.ctl, self.target, isid=b"\x80byst\0")
        self.initiator.settle(lun=1)

    def command(self, opcode, **args):
        """Until it is carried out."""
        cdb = struct.pack(">BxIxHx", opcode, self.LBA, 1)
        for _ in range(20):
            try:
                status, data, _ = self.initiator.collect(
                    self.initiator.command(cdb, 512, lun=1, **args))
                if status == 0:
                    return data
            except (EOFError, ConnectionResetError):
                self.open()
        raise AssertionError(f"the bystander's command {opcode:#x} is never carried out")

    def look(self):
        self.turns += 1
        data = self.turns.to_bytes(4, "big") * 128
        self.command(0x2a, data=data)
        assert self.command(0x28) == data, "the bystander reads something else"


class Fuzzer:
    def __init__(self, ctl, target, seed):
        self.random = random.Random(seed)
        self.ctl, self.target = ctl, target
        self.initiator = None
        self.tags = [0xffffffff]
        self.sessions = 0
        self.unsent, self.sent = [], 0
        self.bystander = Bystander(ctl, target)

    def word(self):
        return self.random.choice(WORDS + (self.random.getrandbits(32),))

    def new_session(self):
        """Has to work, whatever came before."""
        choose = self.random.choice
        digests = choose(((NONE, NONE), (NONE, NONE), (CRC32C, NONE), (NONE, CRC32C)))
        self.initiator = Initiator(
            self.ctl, self.target, HeaderDigest=digests[0], DataDigest=digests[1],
            InitialR2T=choose((0, 1)), ImmediateData=choose((0, 1)),
            MaxBurstLength=choose((512, 8192, 65536)), FirstBurstLength=512,
            MaxOutstandingR2T=choose((1, 4)), isid=self.random.randbytes(6))
        self.initiator.settle()
        self.tags = [0xffffffff]
        self.sessions += 1

    def end_session(self):
        self.initiator.close()
        self.initiator = None
        self.unsent = []

    def cdb(self):
        r = self.random
        cdb = bytearray(r.randbytes(16))
        cdb[0] = r.choice(CDBS)
        if r.random() < 0.7:		# one that may well be carried out
            cdb[1] = 0
            cdb[2:8] = bytes(6)
            cdb[8:16] = r.choice((bytes(8), b"\x01" + bytes(7), b"\0\0\0\0\0\x08\0\0"))
        return bytes(cdb)

    def pdu(self):
        """A PDU in order, of which each field is wrong now and then."""
        r, i = self.random, self.initiator
        odd = lambda good, bad, chance=0.06: bad() if r.random() < chance else good
        opcode = r.choice(OPCODES)
        data = r.randbytes(r.choice(LENGTHS)) if opcode in (0, 1, 4, 5) else b""
        immediate = r.random() < 0.2
        counted = opcode not in (0x05, 0x10) and not immediate
        pdu = Pdu(opcode, odd(r.choice((0x80, 0x81, 0xa1, 0xc1, 0x21, 0x41)), lambda: r.getrandbits(8)),
                  odd(i.next_itt(), self.word), odd(r.choice((0, len(data), 4096, 8192))
                                                    if opcode == 1 else r.choice(self.tags), self.word),
                  odd(i.cmd_sn, self.word, 0.02), data, odd(0, lambda: r.getrandbits(14)),
                  self.word() if opcode != 1 else 0,
                  self.cdb() if opcode == 1 else r.randbytes(16),
                  odd(b"", lambda: r.randbytes(4 * r.randrange(1, 16)), 0.04),
                  odd(len(data), lambda: r.randrange(1 << 24), 0.02), immediate)
        i.cmd_sn += counted
        raw = bytearray(pdu.encode(i.header_digest, i.data_digest))
        if r.random() < 0.05:
            raw[r.randrange(len(raw))] ^= 1 << r.randrange(8)
        return raw[:r.randrange(len(raw))] if r.random() < 0.01 else raw

    def send(self, raw):
        """One or several at once."""
        self.unsent.append(raw)
        if self.random.random() < 0.4:
            self.sent += len(self.unsent)
            self.initiator.send_raw(b"".join(self.unsent))
            self.unsent = []
            self.take_answers()

    def take_answers(self):
        """Without waiting; their tags are for later."""
        sock = self.initiator.sock
        while select.select([sock], [], [], 0)[0]:
            self.tags += [answer.ttt for answer in self.initiator.hear(65536)
                          if answer.opcode == 0x31]

    def run(self, count):
        while self.sent < count:
            if not self.initiator:
                self.new_session()
            try:
                self.send(self.pdu())
            except TimeoutError:
                raise		# it neither reads nor closes
            except (EOFError, OSError):
                self.end_session()
            if self.random.random() * PER_BYSTANDER < 1:
                self.bystander.look()
            if self.initiator and self.random.random() * PER_SESSION < 1:
                self.end_session()
        if self.initiator:
            self.end_session()
        self.new_session()
        self.end_session()
        self.bystander.look()
        self.bystander.initiator.close()


if __name__ == "__main__":
    fuzzer = Fuzzer(Ctl(), sys.argv[1], int(sys.argv[3]))
    fuzzer.run(int(sys.argv[2]))
    print(f"{sys.argv[2]} PDUs in {fuzzer.sessions} sessions, {fuzzer.bystander.turns} turns beside them, "
          f"seed {sys.argv[3]}")
