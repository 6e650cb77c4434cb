# SPDX-License-Identifier: GPL-2.0-only
"""
Both ends of an iSCSI connection for tests of the kernel's full feature phase, without the daemon.

Target side: Ctl is /dev/iscsi-scst-ctl as include/uapi/scst/iscsi.h describes it; serve() is a
daemon that says yes to everything, for stock initiators. Initiator side: Initiator makes a pair of
sockets, hands one to the kernel, and sends on the other one whatever PDU a test makes up. All that
the kernel answers is judged (judge.py), whether the test looks at it or not.
"""
import errno
import fcntl
import os
import select
import socket
import struct
import weakref
from collections import deque

from judge import Judge
from stream import crc32c

TEXT_LEN = 512
NAME_LEN = 224
KEYS = ("InitialR2T ImmediateData MaxConnections MaxRecvDataSegmentLength "
        "MaxXmitDataSegmentLength MaxBurstLength FirstBurstLength DefaultTime2Wait "
        "DefaultTime2Retain MaxOutstandingR2T DataPDUInOrder DataSequenceInOrder "
        "ErrorRecoveryLevel HeaderDigest DataDigest").split()
NR_SETTINGS = 5
BOOL_OR = ("InitialR2T", "DataPDUInOrder", "DataSequenceInOrder")
NONE, CRC32C = 1, 2

TARGET = struct.Struct(f"=IBB2x{len(KEYS)}I{NR_SETTINGS}I{NAME_LEN}s256s{TEXT_LEN}s")
# response is a __u64: aligned to 8
CONN = struct.Struct(f"=iI6sHH6xII{len(KEYS)}IIQ{NAME_LEN}s256s{TEXT_LEN}s")
assert CONN.size % 8 == 0 and TARGET.size % 4 == 0


def ioc(direction, number, size):
    return direction << 30 | size << 16 | ord("I") << 8 | number


class Ctl:
    """The device, opened: whoever has it is the daemon."""

    def __init__(self):
        self.fd = os.open("/dev/iscsi-scst-ctl", os.O_RDWR)

    def ask_target(self, tid, name):
        arg = bytearray(TARGET.pack(tid, 0, 0, *[0] * (len(KEYS) + NR_SETTINGS), name.encode(),
                                    b"", b""))
        fcntl.ioctl(self.fd, ioc(3, 0x81, TARGET.size), arg)
        return TARGET.unpack(arg)

    def target(self, name):
        """tid, and what the target offers."""
        fields = self.ask_target(0, name)
        return fields[0], dict(zip(KEYS, fields[3:]))

    def targets(self):
        """The names of all, in the order in which they were made."""
        fields = (0,)
        while True:
            try:
                fields = self.ask_target(fields[0], "")
            except FileNotFoundError:
                return
            yield fields[-3].rstrip(b"\0").decode()

    def conn(self, fd, tid, keys, response, **more):
        """Hands a socket over."""
        import ctypes
        buf = ctypes.create_string_buffer(response, len(response))
        arg = CONN.pack(fd, tid, more.get("isid", bytes.fromhex("80ab01020304")),
                        more.get("tsih", 0), more.get("cid", 0), more.get("cmd_sn", 1),
                        more.get("stat_sn", 1), *[keys[k] for k in KEYS], len(response),
                        more.get("address", ctypes.addressof(buf)),
                        more.get("initiator", "iqn.2026-01.org.example:ini").encode(), b"",
                        more.get("user", "").encode())
        fcntl.ioctl(self.fd, ioc(1, 0x84, CONN.size), bytearray(arg))


class Pdu:
    def __init__(self, opcode, flags=0x80, itt=1, ttt=0xffffffff, cmd_sn=0, data=b"", lun=0,
                 word28=0, rest=b"", ahs=b"", dlen=None, immediate=False):
        """Bytes 16..27 are ITT, TTT (or a command's length) and CmdSN, the same in all requests."""
        self.data = data
        self.ahs = ahs
        dlen = len(data) if dlen is None else dlen
        self.bhs = struct.pack(">BBxxB3sQIIII16s", opcode | (0x40 if immediate else 0), flags,
                               len(ahs) // 4, dlen.to_bytes(3, "big"), lun << 48, itt, ttt,
                               cmd_sn, word28, rest)

    def encode(self, header_digest=False, data_digest=False):
        out = self.bhs + self.ahs
        if header_digest:
            out += crc32c(out)
        if self.data:
            padded = self.data + bytes(-len(self.data) % 4)
            out += padded + (crc32c(padded) if data_digest else b"")
        return out


class Answer:
    """A PDU from the target."""

    def __init__(self, pdu):
        bhs = self.bhs = pdu.bhs
        self.data, self.padding = pdu.data, pdu.padding
        self.opcode, self.flags, self.response, self.status = bhs[0], bhs[1], bhs[2], bhs[3]
        (self.itt, self.ttt, self.stat_sn, self.exp_cmd_sn, self.max_cmd_sn, self.word36,
         self.word40, self.word44) = struct.unpack(">8I", bhs[16:])

    def __repr__(self):
        return f"opcode {self.opcode:#x} flags {self.flags:#x} {self.bhs.hex()}"


DEFAULTS = dict(InitialR2T=0, ImmediateData=1, MaxConnections=1, MaxRecvDataSegmentLength=8192,
                MaxXmitDataSegmentLength=8192, MaxBurstLength=65536, FirstBurstLength=16384,
                DefaultTime2Wait=0, DefaultTime2Retain=0, MaxOutstandingR2T=1, DataPDUInOrder=1,
                DataSequenceInOrder=1, ErrorRecoveryLevel=0, HeaderDigest=NONE, DataDigest=NONE)


class Initiator:
    """A session with target @name; keyword arguments are keys, or what Ctl.conn() takes."""
    living = weakref.WeakSet()

    def __init__(self, ctl, name, **args):
        keys = dict(DEFAULTS, **{k: args.pop(k) for k in list(args) if k in KEYS})
        host = args.pop("host", "127.0.0.1")
        listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else
                                        socket.AF_INET)
        sock = socket.create_connection(listener.getsockname()[:2])
        sock.settimeout(args.pop("timeout", 20))
        theirs, _ = listener.accept()
        listener.close()
        self.begin(sock, keys, args.get("cmd_sn", 1))
        response = struct.pack(">BB22xI20x", 0x23, 0x87, args.get("stat_sn", 1))
        try:
            ctl.conn(theirs.fileno(), ctl.target(name)[0], keys, response, **args)
        finally:
            theirs.close()
        self.login = self.recv() if args.get("wait", True) else None

    def begin(self, sock, keys, cmd_sn):
        """Of the full feature phase, with @keys."""
        self.header_digest = keys["HeaderDigest"] == CRC32C
        self.data_digest = keys["DataDigest"] == CRC32C
        self.cmd_sn = cmd_sn
        self.itt = 0x100
        self.sock = sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.judge = Judge(keys, cmd_sn)
        self.arrived = deque()		# and not looked at
        self.living.add(self)

    def send_raw(self, data):
        self.judge.sends(data)
        self.sock.sendall(data)

    def send(self, pdu):
        self.send_raw(pdu.encode(self.header_digest, self.data_digest))

    def hear(self, size):
        """Up to @size bytes, the next that come. Return: PDUs that end there."""
        part = self.sock.recv(size)
        if not part:
            raise EOFError
        return [Answer(pdu) for pdu in self.judge.hears(part)]

    def recv(self):
        while not self.arrived:
            self.arrived += self.hear(self.judge.incoming.wants())
        return self.arrived.popleft()

    def is_closed(self):
        """Reads what is still there, to its end."""
        try:
            while True:
                self.hear(65536)
        except (EOFError, ConnectionResetError):
            return True
        except socket.timeout:
            return False

    def next_itt(self):
        self.itt += 1
        return self.itt

    def next_sn(self):
        self.cmd_sn += 1
        return self.cmd_sn - 1

    def command(self, cdb, length=0, data=b"", flags=None, final=True, lun=0, itt=None, sn=None,
                attr=1, **args):
        """
        Sends a SCSI command, direction by flags (0x40 read, 0x20 write), attr: 1 SIMPLE, 2 ORDERED.
        Return: ITT.
        """
        itt = self.next_itt() if itt is None else itt
        if flags is None:
            flags = (0x20 if data or not final else 0x40) if length else 0
        if sn is None:
            sn = self.cmd_sn if args.get("immediate") else self.next_sn()
        self.send(Pdu(0x01, flags | attr | (0x80 if final else 0), itt, length, sn, data, lun, 0,
                      cdb.ljust(16, b"\0"), **args))
        return itt

    def data_out(self, itt, ttt, offset, data, data_sn=0, final=True, **args):
        self.send(Pdu(0x05, 0x80 if final else 0, itt, ttt, 0, data, 0, 0,
                      struct.pack(">IIII", 0, data_sn, offset, 0), **args))

    def collect(self, itt):
        """Data-In, or the data of the response, as (status, data, last PDU)."""
        data = b""
        while True:
            answer = self.recv()
            if answer.opcode == 0x25 and answer.itt == itt:
                assert answer.word40 == len(data), f"offset {answer.word40}"
                data += answer.data
                if answer.flags & 1:
                    return answer.status, data, answer
            elif answer.opcode == 0x21 and answer.itt == itt:
                return answer.status, data or answer.data, answer
            else:
                raise AssertionError(f"unexpected {answer}")

    def settle(self, lun=0):
        """Takes the unit attentions of the beginning."""
        for _ in range(8):
            if self.collect(self.command(bytes(6), lun=lun))[0] == 0:
                return
        raise AssertionError("unit attentions without end")

    def read_blocks(self, lba, count, block=512, **args):
        return self.collect(self.command(struct.pack(">BxIxHx", 0x28, lba, count),
                                         count * block, **args))

    def hear_rest(self):
        """What nobody has waited for. It stays unread: the end is then the same as without this."""
        try:
            self.sock.setblocking(False)
            self.judge.hears(self.sock.recv(1 << 23, socket.MSG_PEEK))
        except OSError:
            pass

    def close(self):
        self.hear_rest()
        self.sock.close()


def run(case, *args):
    case(*args)
    for i in Initiator.living:
        i.hear_rest()


def parse_text(data):
    return dict(item.split("=", 1) for item in data.decode().split("\0") if "=" in item)


def negotiate(ours, theirs):
    """The keys that both can live with; and the answers to those that want one."""
    keys = dict(ours, MaxXmitDataSegmentLength=min(
        int(theirs.get("MaxRecvDataSegmentLength", 8192)), ours["MaxXmitDataSegmentLength"]))
    answers = {"MaxRecvDataSegmentLength": ours["MaxRecvDataSegmentLength"]}
    for name in KEYS:
        if name not in theirs or name.startswith(("MaxRecv", "MaxXmit")):
            continue
        text = theirs[name]
        if name.endswith("Digest"):
            wanted = [d for d in text.split(",") if ours[name] & (CRC32C if d == "CRC32C" else NONE)]
            keys[name] = CRC32C if wanted[0] == "CRC32C" else NONE
            answers[name] = wanted[0]
        elif text in ("Yes", "No"):
            yes = text == "Yes"
            keys[name] = int(yes or ours[name]) if name in BOOL_OR else int(yes and ours[name])
            answers[name] = "Yes" if keys[name] else "No"
        else:
            keys[name] = (max if name == "DefaultTime2Wait" else min)(int(text), ours[name])
            answers[name] = keys[name]
    for name in ("HeaderDigest", "DataDigest"):
        if name not in theirs:
            keys[name] = NONE
    return keys, answers


def login(ctl, sock):
    """The login of a stock initiator without CHAP, up to handing the socket over."""
    texts = {}
    stat_sn = 0
    while True:
        bhs = sock.recv(48, socket.MSG_WAITALL)
        if len(bhs) < 48 or bhs[0] & 0x3f != 3:
            return
        size = int.from_bytes(bhs[5:8], "big")
        texts.update(parse_text(sock.recv(size + -size % 4, socket.MSG_WAITALL)[:size]))
        stage, next_stage = bhs[1] >> 2 & 3, bhs[1] & 3
        tid, ours = ctl.target(texts["TargetName"])
        keys, answers = negotiate(ours, texts)
        if stage == 0:
            answers = {"AuthMethod": "None"} if "AuthMethod" in texts else {}
        answers["TargetPortalGroupTag"] = 1
        data = "".join(f"{k}={v}\0" for k, v in answers.items()).encode()
        cmd_sn, = struct.unpack(">I", bhs[24:28])
        response = bytes([0x23, bhs[1]]) + bytes(3) + len(data).to_bytes(3, "big") + bhs[8:20]
        response += bytes(4) + struct.pack(">III", stat_sn, cmd_sn, cmd_sn) + bytes(12)
        response += data + bytes(-len(data) % 4)
        if bhs[1] & 0x80 and next_stage == 3:
            ctl.conn(sock.fileno(), tid, keys, response, isid=bhs[8:14],
                     tsih=int.from_bytes(bhs[14:16], "big"), cmd_sn=cmd_sn, stat_sn=stat_sn,
                     cid=int.from_bytes(bhs[20:22], "big"), initiator=texts["InitiatorName"])
            return
        sock.sendall(response)
        stat_sn += 1


def serve(address=("127.0.0.1", 3260)):
    ctl = Ctl()
    listener = socket.create_server(address)
    while True:
        sock, _ = listener.accept()
        with sock:
            try:
                login(ctl, sock)
            except (OSError, KeyError, ValueError) as error:
                print(f"login: {error!r}", flush=True)


if __name__ == "__main__":
    serve()
