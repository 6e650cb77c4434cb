# SPDX-License-Identifier: GPL-2.0-only
"""
Whether what a target says is right. A Judge sees every byte of a connection, in both directions,
and raises Violation for the first PDU of the target that breaks a rule: with the PDU, the rule
(RULES) and what was wrong. It says nothing of the initiator, which may send what it likes: what it
has sent is only remembered, and where that makes no sense (a task tag used twice) nothing is
asked of what comes back to it. Numbers in brackets are sections of RFC 7143.

Rules of what is in a header are tables (HEADERS, CODES); of sequence numbers, in Judge; of what
becomes of one command, in Command. Each of them is broken in selftests/unit/judge.
"""
from collections import deque, namedtuple

from stream import Stream, crc32c

RULES = {
    "opcode": "a target says nothing else (11.1.1.2)",
    "AHS": "no PDU of a target has additional header segments (11.2.1.1)",
    "fixed bits": "bits that are always 1 (11)",
    "reserved": "what is reserved is 0 (11)",
    "code": "responses, reasons and events have codes (11.4.3, 11.6.1, 11.9.1, 11.15.1, 11.17.1)",
    "no data": "these PDUs have no data segment (11)",
    "segment": "no data segment is above our MaxRecvDataSegmentLength (13.12)",
    "padding": "bytes that pad are 0 (13.1)",
    "header digest": "it is right (11.2.3)",
    "data digest": "it is right (11.2.4)",
    "StatSN": "one more with each status, the next one in R2T and pings, 0 in data alone (4.2.2.2)",
    "ExpCmdSN": "what was received is acknowledged for good, what was not sent is not (4.2.2.1)",
    "MaxCmdSN": "never goes back (4.2.2.1)",
    "window": "from nothing up to what QueuedCommands may be at most (4.2.2.1)",
    "ITT": "of a task that waits for such an answer (11.2.1.8)",
    "TTT": "there is one where an answer is wanted, else 0xffffffff (11.7.4, 11.8, 11.11.4, 11.19)",
    "login": "flags and stage answer the request (11.13)",
    "text": "there is more to come (C), or not (F) (11.11)",
    "ping data": "comes back, as much as we take (11.19)",
    "end": "nothing comes after the answer to a logout (11.15)",
    "rejected": "the header that is rejected was sent (11.17)",
    "direction": "data comes for reads and is asked for of writes (11.3.1)",
    "DataSN": "counts Data-In and R2T of a command from 0 (4.2.2.3)",
    "offset": "data and R2Ts follow on what there was, up to what is expected (13.18, 13.19)",
    "filling": "data segments are not empty, and whole words but for the last (11.7.6)",
    "burst": "no sequence or R2T is longer than MaxBurstLength, nor asks for nothing (13.13, 11.8)",
    "F bit": "at the end of a sequence, of all data, with status (11.7.1)",
    "A bit": "needs error recovery (11.7.2)",
    "S bit": "no status in data but of what went well, in one direction (11.7.3)",
    "R2Ts": "no more at a time than MaxOutstandingR2T (13.17)",
    "LUN": "an R2T has the command's (11.8)",
    "status": "is one of SAM-5",
    "residual flags": "not both, with a count, and none of a second direction (11.4.1)",
    "residual count": "is what was not moved of what was expected (11.4.5)",
    "ExpDataSN": "is how many Data-In there were, so it is 0 for a write (11.4.8)",
    "sense": "comes with CHECK CONDITION, and is as long as it says (11.4.7)",
}

RESERVED_TAG = 0xffffffff
NOP_OUT, COMMAND, TMF, LOGIN, TEXT, DATA_OUT, LOGOUT = range(7)
NOP_IN, RESPONSE, TMF_RESPONSE, LOGIN_RESPONSE, TEXT_RESPONSE, DATA_IN, LOGOUT_RESPONSE = range(
    0x20, 0x27)
R2T, ASYNC, REJECT = 0x31, 0x32, 0x3f
FINAL, ACKNOWLEDGE, OVERFLOW, UNDERFLOW, WITH_STATUS = 0x80, 0x40, 4, 2, 1
CONTINUE = 0x40
READS, WRITES = 0x40, 0x20
ABORT_TASK, CLEAR_ACA, ABORT_TASK_SET, CLEAR_TASK_SET, LUN_RESET, WARM_RESET, COLD_RESET = (
    1, 3, 2, 4, 5, 6, 7)
WINDOW = 2048			# the most that QueuedCommands may be

# fixed and free: of byte 1. zero: bytes from, to. answers: the opcode of what has the same ITT.
Header = namedtuple("Header", "name fixed free zero answers has_data")
HEADERS = {
    NOP_IN: Header("NOP-In", 0x80, 0, ((2, 4), (36, 48)), NOP_OUT, True),
    RESPONSE: Header("SCSI Response", 0x80, 0x1e, ((8, 16), (20, 24)), COMMAND, True),
    TMF_RESPONSE: Header("Task Management Function Response", 0x80, 0,
                         ((3, 4), (8, 16), (20, 24), (36, 48)), TMF, False),
    LOGIN_RESPONSE: Header("Login Response", 0, 0xcf, ((20, 24), (38, 48)), LOGIN, True),
    TEXT_RESPONSE: Header("Text Response", 0, 0xc0, ((2, 4), (36, 48)), TEXT, True),
    DATA_IN: Header("Data-In", 0, 0xc7, ((2, 3),), COMMAND, True),
    LOGOUT_RESPONSE: Header("Logout Response", 0x80, 0,
                            ((3, 4), (8, 16), (20, 24), (36, 40), (44, 48)), LOGOUT, False),
    R2T: Header("R2T", 0x80, 0, ((2, 4),), COMMAND, False),
    ASYNC: Header("Asynchronous Message", 0x80, 0, ((2, 4), (20, 24), (44, 48)), None, True),
    REJECT: Header("Reject", 0x80, 0, ((3, 4), (8, 16), (20, 24), (40, 48)), None, True),
}
# Where the code is, and which there are.
CODES = {
    RESPONSE: (2, {0, 1}),
    TMF_RESPONSE: (2, {0, 1, 2, 3, 4, 5, 6, 255}),
    LOGOUT_RESPONSE: (2, {0, 1, 2, 3}),
    ASYNC: (36, {0, 1, 2, 3, 4, 5}),
    REJECT: (2, {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
}
STATUSES = {0x00, 0x02, 0x04, 0x08, 0x18, 0x28, 0x30, 0x40}
STATUSES_WITH_DATA = {0x00, 0x04}
HAVE_CMD_SN = {NOP_OUT, COMMAND, TMF, TEXT, LOGOUT}


def name_of(pdu):
    return HEADERS[pdu.opcode].name if pdu.opcode in HEADERS else f"opcode {pdu.opcode:#04x}"


class Violation(AssertionError):
    def __init__(self, pdu, rule, detail):
        self.rule, self.detail = rule, detail
        super().__init__(f"{name_of(pdu)} [{pdu.bhs.hex(' ', 4)}] breaks the rule of {rule}, "
                         f"\"{RULES[rule]}\": {detail}")


def word(pdu, at):
    return int.from_bytes(pdu.bhs[at:at + 4], "big")


def is_before(a, b):
    """Serial numbers (RFC 1982)."""
    return (a - b) & 0xffffffff > 0x7fffffff


class Request:
    """What waits for an answer."""

    def __init__(self, pdu, acknowledged):
        self.opcode, self.bhs, self.data = pdu.opcode & 0x3f, pdu.bhs, pdu.data
        self.flags, self.lun, self.itt = pdu.bhs[1], pdu.bhs[8:16], word(pdu, 16)
        self.acknowledged = acknowledged	# ExpCmdSN of an answer is not less
        self.ends = ()				# of task management: the tasks that it ends


class Command(Request):
    def __init__(self, pdu, acknowledged, limits):
        super().__init__(pdu, acknowledged)
        self.limits = limits
        self.reads, self.writes = bool(self.flags & READS), bool(self.flags & WRITES)
        self.expected = word(pdu, 20)
        self.sent = min(len(pdu.data), self.expected)
        self.received = 0		# Data-In
        self.sequence = 0		# of that, since the last F bit
        self.sn = 0			# of the next Data-In or R2T
        self.data_ins = 0
        self.asked = None		# to where R2Ts have asked for data
        self.r2ts = 0			# that are not answered
        # Of data that a target may take: without having been asked for, until an F bit; of an R2T.
        self.tags = set() if self.flags & FINAL else {RESERVED_TAG}

    def data_out(self, pdu):
        tag, final = word(pdu, 20), pdu.bhs[1] & FINAL
        if tag not in self.tags:
            return
        self.sent = max(self.sent, min(word(pdu, 40) + len(pdu.data), self.expected))
        if final and tag == RESERVED_TAG:
            self.tags.remove(tag)
        elif final and self.r2ts:
            self.r2ts -= 1

    def next_sn(self, pdu):
        if word(pdu, 36) != self.sn:
            raise Violation(pdu, "DataSN", f"{word(pdu, 36)} instead of {self.sn}")
        self.sn += 1

    def in_order(self):
        return self.limits["DataPDUInOrder"] and self.limits["DataSequenceInOrder"]

    def data_in(self, pdu):
        flags, size, offset = pdu.bhs[1], len(pdu.data), word(pdu, 40)
        if not self.reads:
            raise Violation(pdu, "direction", "the command does not read")
        self.next_sn(pdu)
        if self.in_order() and offset != self.received:
            raise Violation(pdu, "offset", f"{offset} instead of {self.received}")
        if offset + size > self.expected and not self.writes:
            raise Violation(pdu, "offset", f"up to {offset + size} of {self.expected}")
        if not size or (size % 4 and not flags & FINAL):
            raise Violation(pdu, "filling", f"{size} bytes")
        self.received += size
        self.data_ins += 1
        self.sequence += size
        if self.sequence > self.limits["MaxBurstLength"]:
            raise Violation(pdu, "burst", f"{self.sequence} bytes in a sequence")
        if flags & ACKNOWLEDGE and not self.limits["ErrorRecoveryLevel"]:
            raise Violation(pdu, "A bit", "ErrorRecoveryLevel is 0")
        if not flags & FINAL and (flags & WITH_STATUS or self.received == self.expected or
                                  self.sequence == self.limits["MaxBurstLength"]):
            raise Violation(pdu, "F bit", f"not after {self.received} bytes, {self.sequence} "
                            "of this sequence")
        if flags & FINAL:
            self.sequence = 0

    def r2t(self, pdu):
        offset, size = word(pdu, 40), word(pdu, 44)
        if not self.writes:
            raise Violation(pdu, "direction", "the command does not write")
        if pdu.bhs[8:16] != self.lun:
            raise Violation(pdu, "LUN", f"{pdu.bhs[8:16].hex()} instead of {self.lun.hex()}")
        self.next_sn(pdu)
        if not 0 < size <= self.limits["MaxBurstLength"]:
            raise Violation(pdu, "burst", f"asks for {size} bytes")
        # What came without being asked for may be asked for again, all of it.
        starts = {self.asked} if self.asked is not None else {0, self.sent}
        if offset + size > self.expected or (self.in_order() and offset not in starts):
            raise Violation(pdu, "offset", f"{offset} to {offset + size} of {self.expected}, "
                            f"after {max(starts)}")
        self.asked = offset + size
        self.tags.add(word(pdu, 20))
        self.r2ts += 1
        if self.r2ts > self.limits["MaxOutstandingR2T"]:
            raise Violation(pdu, "R2Ts", f"{self.r2ts}")

    def end(self, pdu):
        """The status, in either PDU."""
        flags, status, count = pdu.bhs[1], pdu.bhs[3], word(pdu, 44)
        both = self.reads and self.writes
        if status not in STATUSES:
            raise Violation(pdu, "status", f"{status:#04x}")
        if flags & 6 == 6 or bool(count) != bool(flags & 6) or (
                pdu.opcode == RESPONSE and not both and (flags & 0x18 or word(pdu, 40))):
            raise Violation(pdu, "residual flags", f"{flags:#04x} with {count}")
        if pdu.opcode == RESPONSE and self.sequence:
            raise Violation(pdu, "F bit", f"none since {self.sequence} bytes of Data-In")
        # What a command wanted beyond what was expected says nothing of one that failed.
        if not both and not (status and flags & OVERFLOW) and (
                self.reads or self.writes or not self.expected):
            self.check_count(pdu, status, self.expected - count if flags & UNDERFLOW else
                             self.expected)

    def check_count(self, pdu, status, moved):
        if self.reads and moved != self.received:
            raise Violation(pdu, "residual count", f"{self.received} of {self.expected} bytes "
                            f"came, {moved} are said to have")
        if self.writes and not 0 <= moved <= self.sent:
            raise Violation(pdu, "residual count", f"{self.sent} of {self.expected} bytes were "
                            f"sent, {moved} are said to be taken")
        if self.writes and not status and self.asked not in (None, moved):
            raise Violation(pdu, "residual count", f"{self.asked} bytes were asked for, {moved} "
                            "are said to be taken")

    def response(self, pdu):
        self.end(pdu)
        if word(pdu, 36) != self.data_ins:
            raise Violation(pdu, "ExpDataSN", f"{word(pdu, 36)} instead of {self.data_ins}")
        if pdu.data or pdu.bhs[3] == 2:
            check_sense(pdu)

    def data_with_status(self, pdu):
        if pdu.bhs[3] not in STATUSES_WITH_DATA or self.writes:
            raise Violation(pdu, "S bit", f"status {pdu.bhs[3]:#04x}, flags of the command "
                            f"{self.flags:#04x}")
        self.end(pdu)


def check_sense(pdu):
    size = int.from_bytes(pdu.data[:2], "big")
    if not size or len(pdu.data) != 2 + size:
        raise Violation(pdu, "sense", f"{len(pdu.data)} bytes, SenseLength {size}")


class Judge:
    """@keys: as they were negotiated, MaxXmitDataSegmentLength is what the target may send."""

    def __init__(self, keys, cmd_sn=1):
        self.limits = keys
        digests = keys["HeaderDigest"] == 2, keys["DataDigest"] == 2
        self.outgoing, self.incoming = Stream(*digests), Stream(*digests)
        self.stat_sn = None		# until the first PDU says it
        self.exp_cmd_sn = self.next_sn = self.certain_sn = cmd_sn
        self.max_cmd_sn = cmd_sn - 1
        self.requests = {}		# by ITT; None: the initiator has used it twice
        self.headers = deque(maxlen=4096)
        self.is_over = False
        self.has_begun = False		# begin() knows the header of the PDU that is being sent

    # ---- what the initiator says ------------------------------------------------------------

    def sends(self, data):
        for pdu in self.outgoing.feed(data):
            self.begin(pdu.bhs)
            self.has_begun = False
            if pdu.opcode & 0x3f == DATA_OUT:
                command = self.requests.get(word(pdu, 16))
                if isinstance(command, Command):
                    command.data_out(pdu)
            elif pdu.opcode & 0x3f in (NOP_OUT, COMMAND, TMF, LOGIN, TEXT, LOGOUT):
                self.remember(pdu)
        if self.outgoing.header():
            self.begin(self.outgoing.header())

    def begin(self, bhs):
        """A target may act on a header before the rest is there."""
        if self.has_begun:
            return
        self.has_begun = True
        self.headers.append(bhs)
        self.count_cmd_sn(bhs)

    def count_cmd_sn(self, bhs):
        """
        next_sn: no command that the target can have received has this CmdSN or a later one.
        certain_sn: if it has received all, it has received those before this one: what is beyond
        the window that we know of may be ignored.
        """
        if bhs[0] & 0x7f not in HAVE_CMD_SN or int.from_bytes(bhs[24:28], "big") != self.next_sn:
            return
        if self.certain_sn == self.next_sn and not is_before(self.max_cmd_sn, self.next_sn):
            self.certain_sn = self.next_sn + 1 & 0xffffffff
        self.next_sn = self.next_sn + 1 & 0xffffffff

    def remember(self, pdu):
        itt, opcode = word(pdu, 16), pdu.opcode & 0x3f
        if itt == RESERVED_TAG and opcode == NOP_OUT:
            return
        if itt == RESERVED_TAG or self.goes_on(itt, opcode):
            self.requests[itt] = None
            return
        request = Command(pdu, self.certain_sn, self.limits) if opcode == COMMAND else \
            Request(pdu, self.certain_sn)
        if opcode == TMF:
            request.ends = list(self.ended_by(pdu))
        self.requests[itt] = request

    def goes_on(self, itt, opcode):
        """Is the tag in use? Texts and logins are exchanges of several PDUs with the same one."""
        if itt not in self.requests:
            return False
        request = self.requests[itt]
        return not request or opcode not in (TEXT, LOGIN) or request.opcode != opcode

    def ended_by(self, pdu):
        """Which are over when it is answered with success (11.5.1)."""
        function = pdu.bhs[1] & 0x7f
        for request in self.requests.values():
            if not isinstance(request, Command):
                continue
            if function == ABORT_TASK:
                if request.itt == word(pdu, 20) and request.lun == pdu.bhs[8:16]:
                    yield request
            elif function in (WARM_RESET, COLD_RESET):
                yield request
            elif function in (ABORT_TASK_SET, CLEAR_TASK_SET, LUN_RESET):
                if request.lun == pdu.bhs[8:16]:
                    yield request

    # ---- what the target says ---------------------------------------------------------------

    def hears(self, data):
        """Return: the PDUs that end in @data."""
        pdus = self.incoming.feed(data)
        for pdu in pdus:
            self.check(pdu)
        return pdus

    def check(self, pdu):
        if pdu.opcode not in HEADERS:
            raise Violation(pdu, "opcode", f"{pdu.opcode:#04x}")
        if self.is_over:
            raise Violation(pdu, "end", "there was one")
        self.check_header(pdu, HEADERS[pdu.opcode])
        self.check_segment(pdu, HEADERS[pdu.opcode])
        self.check_sns(pdu)
        request = self.find_request(pdu, HEADERS[pdu.opcode])
        if request or pdu.opcode in (NOP_IN, ASYNC, REJECT):
            getattr(self, CHECKS[pdu.opcode])(pdu, request)

    def check_header(self, pdu, header):
        if pdu.ahs:
            raise Violation(pdu, "AHS", f"{len(pdu.ahs)} bytes")
        if pdu.bhs[1] & header.fixed != header.fixed:
            raise Violation(pdu, "fixed bits", f"byte 1 is {pdu.bhs[1]:#04x}")
        if pdu.bhs[1] & ~(header.fixed | header.free):
            raise Violation(pdu, "reserved", f"byte 1 is {pdu.bhs[1]:#04x}")
        for start, end in header.zero:
            if any(pdu.bhs[start:end]):
                raise Violation(pdu, "reserved", f"bytes {start} to {end - 1}")
        at, codes = CODES.get(pdu.opcode, (2, None))
        if codes and pdu.bhs[at] not in codes:
            raise Violation(pdu, "code", f"{pdu.bhs[at]}")

    def check_segment(self, pdu, header):
        if pdu.data and not header.has_data:
            raise Violation(pdu, "no data", f"{len(pdu.data)} bytes")
        if len(pdu.data) > self.limits["MaxXmitDataSegmentLength"]:
            raise Violation(pdu, "segment", f"{len(pdu.data)} bytes")
        if any(pdu.padding):
            raise Violation(pdu, "padding", pdu.padding.hex())
        if pdu.header_digest and pdu.header_digest != crc32c(pdu.bhs):
            raise Violation(pdu, "header digest", pdu.header_digest.hex())
        if pdu.data_digest and pdu.data_digest != crc32c(pdu.data + pdu.padding):
            raise Violation(pdu, "data digest", pdu.data_digest.hex())

    def check_sns(self, pdu):
        self.check_stat_sn(pdu)
        exp, most = word(pdu, 28), word(pdu, 32)
        if is_before(exp, self.exp_cmd_sn) or is_before(self.next_sn, exp):
            raise Violation(pdu, "ExpCmdSN", f"{exp} after {self.exp_cmd_sn}, {self.next_sn} is "
                            "the first that was not sent")
        if is_before(most, self.max_cmd_sn):
            raise Violation(pdu, "MaxCmdSN", f"{most} after {self.max_cmd_sn}")
        if (most + 1 - exp) & 0xffffffff > WINDOW:
            raise Violation(pdu, "window", f"from {exp} to {most}")
        self.exp_cmd_sn, self.max_cmd_sn = exp, most
        if is_before(self.certain_sn, exp):
            self.certain_sn = exp

    def check_stat_sn(self, pdu):
        stat_sn, says_next = word(pdu, 24), pdu.opcode == R2T
        if pdu.opcode == NOP_IN:
            says_next = word(pdu, 16) == RESERVED_TAG
        if pdu.opcode == DATA_IN and not pdu.bhs[1] & WITH_STATUS:
            wanted = 0
        else:
            self.stat_sn = wanted = stat_sn if self.stat_sn is None else self.stat_sn
            self.stat_sn = wanted + (not says_next) & 0xffffffff
        if stat_sn != wanted:
            raise Violation(pdu, "StatSN", f"{stat_sn} instead of {wanted}")

    def find_request(self, pdu, header):
        """Return: what it answers; None if nothing, or if there is no telling."""
        itt = word(pdu, 16)
        if header.answers is None or (pdu.opcode == NOP_IN and itt == RESERVED_TAG):
            if itt != RESERVED_TAG:
                raise Violation(pdu, "ITT", f"{itt:#x} where there is none")
            return None
        if pdu.opcode == LOGIN_RESPONSE and not self.requests:
            return None			# others have sent the request
        request = self.requests.get(itt, self)
        if request is None:
            return None
        if request is self or request.opcode != header.answers:
            raise Violation(pdu, "ITT", f"{itt:#x} waits for no such answer")
        if is_before(self.exp_cmd_sn, request.acknowledged):
            raise Violation(pdu, "ExpCmdSN", f"{self.exp_cmd_sn} in the answer to what came behind "
                            f"{request.acknowledged - 1}")
        return request

    def is_answered(self, request):
        del self.requests[request.itt]

    # ---- kinds of PDUs, by CHECKS -----------------------------------------------------------

    def nop_in(self, pdu, request):
        if word(pdu, 20) == RESERVED_TAG and any(pdu.bhs[8:16]):
            raise Violation(pdu, "reserved", "a LUN without a Target Transfer Tag")
        if not request:
            if pdu.data and word(pdu, 16) == RESERVED_TAG:
                raise Violation(pdu, "no data", "a ping with data")
            return
        if word(pdu, 20) != RESERVED_TAG:
            raise Violation(pdu, "TTT", f"{word(pdu, 20):#x} in an answer")
        if pdu.data != request.data[:self.limits["MaxXmitDataSegmentLength"]]:
            raise Violation(pdu, "ping data", f"{len(pdu.data)} bytes for {len(request.data)}")
        self.is_answered(request)

    def scsi_response(self, pdu, command):
        command.response(pdu)
        self.is_answered(command)

    def scsi_data_in(self, pdu, command):
        flags = pdu.bhs[1]
        has_tag = word(pdu, 20) != RESERVED_TAG
        if has_tag != bool(flags & ACKNOWLEDGE):
            raise Violation(pdu, "TTT", f"{word(pdu, 20):#x}")
        if not has_tag and any(pdu.bhs[8:16]):
            raise Violation(pdu, "reserved", "a LUN without a Target Transfer Tag")
        if not flags & WITH_STATUS and (flags & 6 or pdu.bhs[3] or any(pdu.bhs[44:48])):
            raise Violation(pdu, "reserved", "a status or residual without the S bit")
        command.data_in(pdu)
        if flags & WITH_STATUS:
            command.data_with_status(pdu)
            self.is_answered(command)

    def ready_to_transfer(self, pdu, command):
        if word(pdu, 20) == RESERVED_TAG:
            raise Violation(pdu, "TTT", "none")
        command.r2t(pdu)

    def task_management(self, pdu, request):
        """What it has ended says nothing any more: its tags are free."""
        if pdu.bhs[2] == 0:
            for command in request.ends:
                if self.requests.get(command.itt) is command:
                    self.is_answered(command)
        self.is_answered(request)

    def login_response(self, pdu, request):
        flags, asked = pdu.bhs[1], request.flags
        is_over = flags & FINAL and flags & 3 == 3
        if pdu.bhs[36] == 0 and is_over and not any(pdu.bhs[14:16]):
            raise Violation(pdu, "login", "over, and the session has no TSIH")
        if pdu.bhs[36] == 0 and (flags & 0x0c != asked & 0x0c or flags & FINAL & ~asked or
                                 flags & FINAL and flags & 3 != asked & 3 or
                                 flags & (FINAL | CONTINUE) == FINAL | CONTINUE):
            raise Violation(pdu, "login", f"{flags:#04x} to {asked:#04x}")
        self.is_answered(request)

    def text_response(self, pdu, request):
        final, more = pdu.bhs[1] & FINAL, pdu.bhs[1] & CONTINUE
        if final and more:
            raise Violation(pdu, "text", "F and C")
        if bool(final) != (word(pdu, 20) == RESERVED_TAG):
            raise Violation(pdu, "TTT", f"{word(pdu, 20):#x}, F bit {bool(final)}")
        if final:
            self.is_answered(request)

    def logout_response(self, pdu, request):
        self.is_over = pdu.bhs[2] == 0
        self.is_answered(request)

    def asynchronous(self, pdu, _):
        if pdu.bhs[36] == 0:
            check_sense(pdu)

    def reject(self, pdu, _):
        if pdu.data not in self.headers:
            raise Violation(pdu, "rejected", pdu.data.hex(" ", 4))
        itt = int.from_bytes(pdu.data[16:20], "big")
        request = self.requests.get(itt)
        if request and request.bhs == pdu.data:
            self.is_answered(request)


CHECKS = {
    NOP_IN: "nop_in", RESPONSE: "scsi_response", TMF_RESPONSE: "task_management",
    LOGIN_RESPONSE: "login_response", TEXT_RESPONSE: "text_response", DATA_IN: "scsi_data_in",
    LOGOUT_RESPONSE: "logout_response", R2T: "ready_to_transfer", ASYNC: "asynchronous",
    REJECT: "reject",
}
