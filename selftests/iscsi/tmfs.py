# SPDX-License-Identifier: GPL-2.0-only
"""
The cases of tmfs.sh: every task management function meets a task in one state, with every RefCmdSN
that matters, each in a session of its own. That nothing is said any more of a task whose end was
told, and that what is said of it comes first, is the judge's business (judge.py).

RFC 7143 has one more RefCmdSN: in the window, where no such task came yet, since an immediate request
may be sent before its command. test_cu_pdus.py has that.
"""
from hung import *  # noqa: F403

(ABORT_TASK, ABORT_TASK_SET, CLEAR_ACA, CLEAR_TASK_SET, LUN_RESET, WARM_RESET, COLD_RESET,
 REASSIGN) = range(1, 9)
TMF_RESPONSE = 0x22
COMPLETE, NO_TASK = 0, 1
CHECK_CONDITION = 2
WITH_STATUS = 1
MORE_THAN_SOCKETS_HOLD = 8192		# blocks

# What they answer (RFC 7143 11.6.1) where there is what they are about.
RESPONSES = {
    ABORT_TASK: COMPLETE,
    ABORT_TASK_SET: COMPLETE,
    CLEAR_ACA: COMPLETE,	# of a condition that there is not
    CLEAR_TASK_SET: COMPLETE,
    LUN_RESET: COMPLETE,
    WARM_RESET: COMPLETE,
    COLD_RESET: COMPLETE,
    REASSIGN: 4,		# not supported
    9: 5,			# there is no such function
    127: 5,
}
RESETS = (LUN_RESET, WARM_RESET)
ENDS_TASKS = {ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, LUN_RESET, WARM_RESET, COLD_RESET}

# Of a task with CmdSN @sn. The window is what the target says last.
REF_CMD_SNS = {
    "its own": lambda i, sn: sn,
    "long before the window": lambda i, sn: i.cmd_sn - 1000 & 0xffffffff,
    "the next one": lambda i, sn: i.cmd_sn,
    "the last one of the window": lambda i, sn: i.judge.max_cmd_sn,
    "beyond the window": lambda i, sn: i.judge.max_cmd_sn + 1 & 0xffffffff,
}


class Cell:
    """Of the matrix: a session that has used @function, and what it expects of that."""

    def __init__(self, function, ref_cmd_sn, lun=0):
        self.function, self.ref_cmd_sn, self.lun = function, ref_cmd_sn, lun
        self.ends_tasks = function in ENDS_TASKS
        self.i = session()
        self.i.settle(lun=lun)

    def request(self, rtt, sn, acknowledged=0):
        """The PDU, immediate; with an ExpStatSN."""
        return Pdu(2, 0x80 | self.function, self.i.next_itt(), rtt, self.i.cmd_sn, lun=self.lun,
                   word28=acknowledged, immediate=True,
                   rest=struct.pack(">I12x", self.ref_cmd_sn(self.i, sn)))

    def send(self, rtt, sn, acknowledged=0):
        self.i.send(self.request(rtt, sn, acknowledged))

    def expect_response(self, response=None):
        answer = self.i.recv()
        expect((answer.opcode, answer.response),
               (TMF_RESPONSE, RESPONSES[self.function] if response is None else response), "answer")

    def expect_after(self):
        """The session lives; or does not, and then nothing comes behind the response."""
        if self.function == COLD_RESET:
            expect(self.i.is_closed(), True, "closed")
        else:
            expect_alive(self.i)


def each(case, **args):
    for function in RESPONSES:
        for name, ref_cmd_sn in REF_CMD_SNS.items():
            print(f"function {function}, RefCmdSN {name}")
            cell = Cell(function, ref_cmd_sn, **args)
            case(cell)
            cell.i.close()


def unknown(cell):
    """A command of that CmdSN there was, with another tag."""
    sn = cell.i.cmd_sn
    expect(cell.i.collect(cell.i.command(bytes(6)))[0], 0, "status")
    cell.send(4711, sn)
    cell.expect_response(NO_TASK if cell.function == ABORT_TASK else None)
    cell.expect_after()


def waits_for_data(cell):
    """Data that comes too late is dropped; where the task lives on, it is taken."""
    i, sn = cell.i, cell.i.cmd_sn
    itt = i.command(write10(0, 16), 8192, flags=WRITE)
    r2t = i.recv()
    expect(r2t.opcode, R2T)
    cell.send(itt, sn)
    cell.expect_response()
    if cell.function != COLD_RESET:
        i.data_out(itt, r2t.ttt, 0, bytes(8192))
    if not cell.ends_tasks:
        answer = i.recv()
        expect((answer.opcode, answer.itt, answer.status), (RESPONSE, itt, 0), "answer")
    cell.expect_after()


def executes(cell):
    """At a back end that does not answer: what ends the task is not over before the task is."""
    i, sn = cell.i, cell.i.cmd_sn
    hang()
    try:
        itt = read_hung(i)
        expect_alive(i)
        cell.send(itt, sn)
        if cell.ends_tasks:
            expect_alive(i)
        else:
            cell.expect_response()
    finally:
        answer()
    if cell.ends_tasks:
        cell.expect_response()
    else:
        expect(i.collect(itt)[0], 0, "status")
    cell.expect_after()


def is_answered_and_not_sent(cell):
    """
    Command and function come in one segment: the one is answered when the other is looked at.
    Either the answer comes, before the response; or it does not, and then the response says that
    it was aborted.
    """
    i, sn = cell.i, cell.i.cmd_sn
    itt = i.next_itt()
    command = Pdu(1, 0x81, itt, 0, i.next_sn())
    i.send_raw(command.encode() + cell.request(itt, sn).encode())
    answers = [i.recv()]
    if answers[0].opcode == RESPONSE:
        expect((answers[0].itt, answers[0].status), (itt, 0), "answer")
        answers.append(i.recv())
    expect(answers[-1].opcode, TMF_RESPONSE)
    if not cell.ends_tasks:
        expect(len(answers), 2, "answers")
    came = len(answers) == 2
    expect(answers[-1].response, NO_TASK if came and cell.function == ABORT_TASK else
           RESPONSES[cell.function], f"response behind {len(answers) - 1} answers")
    cell.expect_after()


def answer_is_under_way(cell):
    """Its first data has come: so do the rest and the status, and then the task is none any more."""
    i, sn = cell.i, cell.i.cmd_sn
    itt = i.command(struct.pack(">BxIxHx", 0x28, 0, MORE_THAN_SOCKETS_HOLD),
                    MORE_THAN_SOCKETS_HOLD * 512)
    data = i.recv()
    cell.send(itt, sn)
    while not data.flags & WITH_STATUS:
        data = i.recv()
        expect((data.opcode, data.itt), (DATA_IN, itt), "data")
    expect(data.status, 0, "status")
    cell.expect_response(NO_TASK if cell.function == ABORT_TASK else None)
    cell.expect_after()


def was_answered(cell, is_acknowledged):
    i, sn = cell.i, cell.i.cmd_sn
    status, _, last = i.collect(i.command(bytes(6)))
    expect(status, 0, "status")
    cell.send(last.itt, sn, last.stat_sn + is_acknowledged)
    cell.expect_response(NO_TASK if cell.function == ABORT_TASK else None)
    cell.expect_after()


def task_is_unknown():
    each(unknown)


def task_waits_for_data():
    each(waits_for_data)


def task_executes():
    each(executes, lun=HUNG)


def task_is_answered_and_not_sent():
    each(is_answered_and_not_sent)


def answer_of_task_is_under_way():
    each(answer_is_under_way)


def task_was_answered():
    each(lambda cell: was_answered(cell, False))


def task_was_acknowledged():
    each(lambda cell: was_answered(cell, True))


def functions_that_wait_are_limited():
    """Sixteen of a session; one more is rejected at once, until one of them is answered."""
    i, = several(1)
    hang()
    try:
        read_hung(i)
        expect_alive(i)
        for _ in range(16):
            i.send(Pdu(2, 0x80 | LUN_RESET, i.next_itt(), 0, i.cmd_sn, lun=HUNG, immediate=True))
        expect(tmf(i, ABORT_TASK_SET), 255, "response to one more")
        expect_alive(i)
    finally:
        answer()
    for _ in range(16):
        response = i.recv()
        expect((response.opcode, response.response), (TMF_RESPONSE, COMPLETE), "answer")
    i.settle(lun=HUNG)
    expect(tmf(i, ABORT_TASK_SET), COMPLETE, "response when they are answered")


def other_lun_is_left_alone():
    """A function for one LUN ends nothing at another; nor does ABORT TASK look for it there."""
    for function in (ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, LUN_RESET):
        cell = Cell(function, REF_CMD_SNS["its own"], lun=HUNG)
        i, sn = cell.i, cell.i.cmd_sn
        i.settle()
        itt = i.command(write10(0, 16), 8192, flags=WRITE)
        r2t = i.recv()
        cell.send(itt, sn)
        cell.expect_response(NO_TASK if function == ABORT_TASK else None)
        i.data_out(itt, r2t.ttt, 0, bytes(8192))
        expect(i.collect(itt)[0], 0, "status")
        i.close()


def function_of_hung(i, function, immediate):
    return Pdu(2, 0x80 | function, i.next_itt(), 0, i.cmd_sn if immediate else i.next_sn(), lun=HUNG,
               immediate=immediate)


def read_behind(i, function, immediate, read_is_immediate):
    """Both in one segment, at a back end that does not answer. Return: the ITT of the read."""
    request = function_of_hung(i, function, immediate)
    read = Pdu(1, 0xc1, i.next_itt(), 4096, i.cmd_sn if read_is_immediate else i.next_sn(), lun=HUNG,
               immediate=read_is_immediate, rest=struct.pack(">BxIxHx6x", 0x28, 0, 8))
    i.send_raw(request.encode() + read.encode())
    return i.itt


def collect_both(i, itt):
    """The response of the function, and what became of the read @itt. Return: its status."""
    response = i.recv()
    if response.opcode == RESPONSE:	# told of the reset, before that is over
        expect((response.itt, response.status), (itt, CHECK_CONDITION), "answer to the read")
        expect(i.recv().response, COMPLETE, "response")
        return CHECK_CONDITION
    expect((response.opcode, response.response), (TMF_RESPONSE, COMPLETE), "response")
    return i.collect(itt)[0]


def reads_behind_are_answered(crowd, function, way=0):
    """Each of @crowd has one; and has the function answered though that is not."""
    ways = [(immediate, read) for immediate in (True, False) for read in (True, False)]
    hang()
    try:
        reads = [read_behind(i, function, *ways[(way + n) % 4]) for n, i in enumerate(crowd)]
        for i in crowd:
            i.arrived.appendleft(i.recv())		# before the back end answers
    finally:
        answer()
    for i, itt in zip(crowd, reads):
        status = collect_both(i, itt)
        assert status == 0 or status == CHECK_CONDITION and function in RESETS, f"status {status}"
        i.close()


def commands_behind_are_left_alone():
    """A read behind a function and there when that begins: it is answered, and not waited for."""
    reads_behind_are_answered(several(16), ABORT_TASK_SET)
    for function in (CLEAR_TASK_SET, *RESETS):
        for way in range(4):
            reads_behind_are_answered(several(1), function, way)


def immediate_command_before_is_ended():
    """It has the CmdSN of the immediate function that comes after it, and of what is behind that."""
    i, = several(1)
    hang()
    try:
        i.command(struct.pack(">BxIxHx", 0x28, 0, 8), 4096, lun=HUNG, immediate=True)
        i.send(function_of_hung(i, ABORT_TASK_SET, True))
        expect_alive(i)
    finally:
        answer()
    response = i.recv()
    expect((response.opcode, response.response), (TMF_RESPONSE, COMPLETE), "response")
    expect_alive(i)


if __name__ == "__main__":
    run(globals()[sys.argv[2]])
