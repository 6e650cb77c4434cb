# SPDX-License-Identifier: GPL-2.0-only
"""The cases of hung.sh: LUN 1 has a back end that answers when it is told to."""
import errno
import re
import subprocess
import threading

from cases import *  # noqa: F403

HUNG, HUNG_FILE, REMOVABLE = 1, 2, 3
KEPT = "/var/lib/scst"
SCST = Path("/sys/kernel/scst_tgt")
LUNS = SCST / "targets/iscsi" / target / "luns"


def dm(*verb):
    subprocess.run(["dmsetup", *verb, "hung"], check=True)


def hang():
    dm("suspend", "--nolockfs", "--noflush")


def answer():
    dm("resume", "--noudevsync")


def read_hung(i):
    return i.command(struct.pack(">BxIxHx", 0x28, 0, 8), 4096, lun=HUNG)


def several(number):
    """Initiators who have all seen the unit attentions of both LUNs."""
    all_of_them = [session(initiator=f"iqn.2026-01.org.example:{n}") for n in range(number)]
    for i in all_of_them:
        i.settle(lun=HUNG)
    return all_of_them


def log_in_again(number):
    return [Initiator(ctl, target, initiator=f"iqn.2026-01.org.example:{n}", wait=False)
            for n in range(number)]


def sessions():
    return os.listdir(LUNS.parent / "sessions")


def others_are_served():
    """Log in, do something, log out, and are gone."""
    before = len(sessions())
    i = session(initiator="iqn.2026-01.org.example:other", timeout=100)
    expect(tmf(i, 5), 0, "LUN reset")
    i.settle()
    expect(i.read_blocks(0, 8)[0], 0, "status")
    write_same = struct.pack(">BxIxHx", 0x41, 0, 8)		# needs a thread
    expect(i.collect(i.command(write_same, 512, bytes(512)))[0], 0, "WRITE SAME")
    expect(reserve(i, 0, 0, 1), 0, "REGISTER")
    expect(reserve(i, 3, 1, 0), 0, "CLEAR")
    i.close()
    end = time.monotonic() + 100
    while len(sessions()) > before:
        assert time.monotonic() < end, "the session of another initiator does not end"
        time.sleep(0.1)


def wait_for_sessions(what, attribute, value):
    """Until that is what all of them say."""
    end = time.monotonic() + 100
    while [p for p in (LUNS.parent / "sessions").glob(attribute) if p.read_text().strip() != value]:
        assert time.monotonic() < end, what
        time.sleep(0.1)


def never_end(these):
    """Their commands hang, and their initiators have gone."""
    for i in these:
        i.settle(lun=HUNG)
        read_hung(i)
    wait_for_sessions("a command does not arrive", "*/active_commands", "1")
    for i in these:
        i.sock.close()
    wait_for_sessions("a session does not see that its initiator has gone", "*/*/state", "closing")


def sessions_that_cannot_end_are_limited():
    """Of one InitiatorName: 128, twice as many as may be there; another one gets in."""
    hang()
    for first in (0, 64):
        never_end([session(isid=b"\x80%05d" % (first + n)) for n in range(64)])
    expect(len(sessions()), 128, "sessions that cannot end")
    refused(errno.EUSERS, isid=b"\x80other")
    session(initiator="iqn.2026-01.org.example:other").close()
    answer()
    session_behind_some_that_end(isid=b"\x80other").close()


def sessions_of_many_names_that_cannot_end_are_limited():
    """With MaxSessions 2: four, whatever they say their names are."""
    (LUNS.parent / "MaxSessions").write_text("2")
    hang()
    for first in (0, 2):
        never_end([session_behind_some_that_end(initiator=f"iqn.2026-01.org.example:{first + n}")
                   for n in range(2)])
    refused(errno.EUSERS, initiator="iqn.2026-01.org.example:other")
    answer()
    session_behind_some_that_end(initiator="iqn.2026-01.org.example:other").close()


def logins_and_ends_go_on():
    """More of each than a queue has workers."""
    number = 300
    old = several(number)
    hang()
    for i in old:
        read_hung(i)
    new = log_in_again(number)
    time.sleep(2)
    others_are_served()
    answer()
    for i in new:
        i.recv()
    others_are_served()


def threads_of_others_go_on():
    """
    More commands that sleep in the back end than a queue has workers: neither other initiators nor
    other LUNs of these have to do with it.
    """
    crowd = several(44)
    for i in crowd:
        i.settle(lun=HUNG_FILE)
    hang()
    for n in range(30):	# two less than the window
        for i in crowd:
            i.command(struct.pack(">BxIxHx", 0x28, 8 * n, 8), 4096, lun=HUNG_FILE)
    for i in crowd:
        expect(i.read_blocks(0, 8)[0], 0, "status of a read at LUN 0")
    time.sleep(2)
    others_are_served()
    answer()
    for i in crowd:
        ends = 0
        while ends < 30:
            pdu = i.recv()
            ends += pdu.opcode == 0x21 or pdu.opcode == 0x25 and pdu.flags & 1


def task_management_goes_on():
    crowd = several(16)
    hang()
    for i in crowd:
        read_hung(i)
    for i in crowd:
        for _ in range(16):
            i.send(Pdu(2, 0x85, i.next_itt(), 0, i.cmd_sn, lun=HUNG, immediate=True))
    time.sleep(2)
    others_are_served()
    answer()
    for i in crowd:
        answers = 0
        while answers < 16:		# beside a READ that came behind a reset: it is told so
            answers += i.recv().opcode == 0x22


def held_write_keeps_nobody_else():
    """
    A write that was held comes to its data in a thread of the core, and goes on when that is there: in
    the thread of its connection, which has others to serve.
    """
    i, = several(1)
    i.settle(lun=HUNG_FILE)
    block = SCST / "devices/hungfile/block"
    block.write_text("1")
    itt = i.command(write10(0, 8), 4096, flags=WRITE, lun=HUNG_FILE)
    expect_alive(i)
    block.write_text("0")
    r2t = i.recv()
    expect((r2t.opcode, r2t.itt), (R2T, itt), "answer to a write")
    hang()
    i.data_out(itt, r2t.ttt, 0, bytes(4096))
    expect_alive(i)
    answer()
    expect(i.collect(itt)[0], 0, "status")


def login_waits_for_its_predecessor():
    """Of which `reinstating` says meanwhile why it goes."""
    old, = several(1)
    hang()
    read_hung(old)
    wait_for_sessions("a session says that it goes, and it does not", "*/reinstating", "0")
    new, = log_in_again(1)
    wait_for_sessions("a session does not say why it goes", "*/reinstating", "1")
    wait_for_sessions("a connection does not say why it goes", "*/*/state", "reinstating")
    new.sock.settimeout(3)
    try:
        raise AssertionError(f"answered while the old session has commands: {new.recv()}")
    except socket.timeout:
        pass
    answer()
    new.sock.settimeout(60)
    expect(new.recv().opcode, 0x23, "opcode of the answer to the login")
    wait_for_sessions("the new session says that it goes", "*/reinstating", "0")


class Writer(threading.Thread):
    """Writes to a file of sysfs, which waits for the hung disk."""

    def __init__(self, path, text):
        super().__init__(daemon=True)
        self.path, self.text, self.error = path, text, None
        self.start()

    def run(self):
        try:
            self.path.write_text(self.text)
        except OSError as error:
            self.error = error

    def ends(self):
        self.join(100)
        assert not self.is_alive(), f"{self.path}: {self.text} does not return"
        assert not self.error, f"{self.path}: {self.text}: {self.error}"


def file_name(device):
    return (SCST / "devices" / device / "filename").read_text().split("\n")[0]


def add_hung(name):
    (SCST / "handlers/vdisk_blockio/mgmt").write_text(f"add_device hung filename={name}; tst=0")
    (LUNS / "mgmt").write_text("add hung 1")


def add_hung_file(name):
    (SCST / "handlers/vdisk_fileio/mgmt").write_text(
        f"add_device hungfile filename={name}; o_direct=1")
    (LUNS / "mgmt").write_text("add hungfile 2")


def told(log):
    """The LUNs of which the kernel log says that they are waited for, since it was opened."""
    luns = []
    try:
        while line := os.read(log, 8192):
            if b" is waited for without end, at execute" in line:
                luns.append(int(line.split(b" to LUN ")[1].split()[0]))
    except BlockingIOError:
        return luns


def whoever_waits_for_a_hung_disk_says_so():
    """
    The LUN is deleted, and the disk closed, and the other disk is deleted: all of them wait for its
    commands, and return when those end.
    """
    active = SCST / "devices/hung/active"
    name = file_name("hungfile")
    i, = several(1)
    i.settle(lun=HUNG_FILE)
    log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    os.lseek(log, 0, os.SEEK_END)
    hang()
    read_hung(i)
    i.command(struct.pack(">BxIxHx", 0x28, 0, 8), 4096, lun=HUNG_FILE)
    waiting = [Writer(LUNS / "mgmt", "del 1"), Writer(active, "0"),
               Writer(SCST / "handlers/vdisk_fileio/mgmt", "del_device hungfile")]
    said, end = [], time.monotonic() + 200
    while said.count(HUNG) < 2 or HUNG_FILE not in said:
        assert time.monotonic() < end, f"said of LUNs {said}"
        time.sleep(1)
        said += told(log)
    assert all(writer.is_alive() for writer in waiting), "it did not wait"
    answer()
    for writer in waiting:
        writer.ends()
    active.write_text("1")
    (LUNS / "mgmt").write_text("add hung 1")
    add_hung_file(name)


def replace_disk(target):
    """What dm makes of the disk from the next answer on."""
    subprocess.run(["dmsetup", "load", "hung", "--table", f"0 32768 {target}"], check=True)


def removals_end_when_the_disk_is_torn_down():
    name = file_name("hung")
    i, = several(1)
    hang()
    itt = read_hung(i)
    wait_until(is_hanging, "the hung disk has no command")
    removal = Writer(LUNS / "mgmt", "del 1")
    wait_until(lambda: not (LUNS / "1").exists(), "LUN 1 is still there")
    deletion = Writer(SCST / "handlers/vdisk_blockio/mgmt", "del_device hung")
    time.sleep(1)
    assert removal.is_alive() and deletion.is_alive(), "it did not wait"
    replace_disk("error")
    answer()
    expect(i.recv().opcode, 0x32, "opcode of what tells that LUNs have changed")
    status, sense, _ = i.collect(itt)
    expect((status, sense_of(sense)[0]), (2, 3), "status and sense key of the read")
    removal.ends()
    deletion.ends()
    hang()
    replace_disk("linear /dev/ram0 0")
    answer()
    add_hung(name)


def rate(i):
    """Reads per second, eight at a time."""
    reads, start = 0, time.monotonic()
    while time.monotonic() < start + 1:
        for n in range(8):
            i.command(struct.pack(">BxIxHx", 0x28, 8 * n, 8), 4096)
        left = 8
        while left:
            pdu = i.recv()
            assert pdu.opcode == DATA_IN or pdu.status == 0, f"{pdu}"
            left -= pdu.opcode == RESPONSE or pdu.flags & 1
        reads += 8
    return reads / (time.monotonic() - start)


def within_ten_seconds(what, function, *args):
    start = time.monotonic()
    expect(function(*args), 0, what)
    took = time.monotonic() - start
    print(f"{what} at another LUN: {took:.3f} s")
    assert took < 10, f"{what} at another LUN took {took:.1f} s"


def storm(crowd):
    """What an initiator can do to a LUN that does not answer."""
    for i in crowd:
        read_hung(i)
        i.command(struct.pack(">BxIxHx", 0x28, 0, 8), 4096, lun=HUNG, attr=2)	# ORDERED
        i.command(struct.pack(">BBBxxIx", 0x5f, 0, 1, 24), 24, struct.pack(">QQ8x", 0, 1), lun=HUNG)
    for i in crowd:
        for function in (2, 3, 4, 5) * 4:
            i.send(Pdu(2, 0x80 | function, i.next_itt(), 0, i.cmd_sn, lun=HUNG, immediate=True))


def blocked_and_replaced():
    """What an administrator can do: return the writers, and what undoes it."""
    writers = [Writer(SCST / "devices/hung/block", "1"), Writer(LUNS / "mgmt", "replace disk0 1")]
    wait_until(lambda: (LUNS / "1/device").resolve().name == "disk0", "LUN 1 is not replaced")

    def undo():
        (SCST / "devices/hung/block").write_text("0")
        (LUNS / "mgmt").write_text("replace hung 1")
    return writers, undo


def deleted():
    name = file_name("hungfile")
    writers = [Writer(LUNS / "mgmt", "del 1"),
               Writer(SCST / "handlers/vdisk_fileio/mgmt", "del_device hungfile")]
    wait_until(lambda: not (LUNS / "1").exists() and not (LUNS / "2").exists(), "LUNs are there")

    def undo():
        (LUNS / "mgmt").write_text("add hung 1")
        add_hung_file(name)
    return writers, undo


def rate_of_at_least(i, wanted):
    """Or the best that there is in twenty seconds: the machine does something else as well."""
    best = 0
    for _ in range(20):
        best = max(best, rate(i))
        if best >= wanted:
            break
    return best


def others_keep_their_rate():
    for trick in blocked_and_replaced, deleted:
        crowd = several(16)
        other = session(initiator="iqn.2026-01.org.example:other", timeout=100)
        before = sorted(rate(other) for _ in range(3))[1]
        hang()
        storm(crowd)
        crowd[0].command(struct.pack(">BxIxHx", 0x28, 0, 8), 4096, lun=HUNG_FILE)
        writers, undo = trick()
        meanwhile = rate_of_at_least(other, before / 2)
        print(f"{trick.__name__}: {before:.0f} reads per second before, {meanwhile:.0f} meanwhile")
        within_ten_seconds("LUN RESET", tmf, other, 5)
        other.settle()
        within_ten_seconds("REGISTER", reserve, other, 0, 0, 1)
        within_ten_seconds("CLEAR", reserve, other, 3, 1, 0)
        assert any(writer.is_alive() for writer in writers), "nothing waits for the hung disk"
        answer()
        for writer in writers:
            writer.ends()
        undo()
        for i in [*crowd, other]:
            i.close()
        wait_until(lambda: not sessions(), "sessions do not end")
        assert 2 * meanwhile >= before, f"of {before:.0f} reads per second {meanwhile:.0f} are left"


def is_hanging():
    cmds = (SCST / "trace_cmds").read_text()
    return f"lun={HUNG} " in cmds and "opcode=0x28 step=execute" in cmds


def dead_session_prevents_no_removal():
    """Its command cannot leave; it must not keep a medium at another LUN from others, too."""
    first, second = several(2)
    for i in first, second:
        i.settle(lun=REMOVABLE)
    prevent, eject = bytes([0x1e, 0, 0, 0, 1, 0]), bytes([0x1b, 0, 0, 0, 2, 0])
    expect(first.collect(first.command(prevent, lun=REMOVABLE))[0], 0, "PREVENT")
    hang()
    read_hung(first)
    status, data, _ = second.collect(second.command(eject, lun=REMOVABLE))
    expect((status, sense_of(data)), (2, (5, 0x53)), "eject while the session lives")
    wait_until(is_hanging, "the hung disk has no command")
    first.sock.close()
    wait_until(lambda: second.collect(second.command(eject, lun=REMOVABLE))[0] == 0,
               "the dead session prevents removal")
    expect(len(sessions()), 2, "sessions, with the dead one")
    answer()


def load(i):
    """A medium that somebody may have ejected."""
    start = bytes([0x1b, 0, 0, 0, 3, 0])
    wait_until(lambda: i.collect(i.command(start, lun=REMOVABLE))[0] == 0, "no medium is loaded")
    i.settle(lun=REMOVABLE)


def dead_session_keeps_no_reservation():
    """Of a LUN that is well, while its command at another one cannot leave."""
    first, second = several(2)
    for i in first, second:
        load(i)
    reserve_6 = bytes([0x16, 0, 0, 0, 0, 0])
    expect(first.collect(first.command(reserve_6, lun=REMOVABLE))[0], 0, "RESERVE")
    expect(second.read_blocks(0, 8, lun=REMOVABLE)[0], 0x18, "status while the session lives")
    hang()
    read_hung(first)
    wait_until(is_hanging, "the hung disk has no command")
    first.sock.close()
    wait_until(lambda: second.read_blocks(0, 8, lun=REMOVABLE)[0] == 0,
               "the dead session keeps its reservation")
    expect(len(sessions()), 2, "sessions, with the dead one")
    answer()


def logout_is_answered_when_it_is_true():
    """Its commands are over by then, and what it had reserved is free."""
    first, second = several(2)
    for i in first, second:
        load(i)
    reserve_6 = bytes([0x16, 0, 0, 0, 0, 0])
    expect(first.collect(first.command(reserve_6, lun=REMOVABLE))[0], 0, "RESERVE")
    hang()
    read_hung(first)
    wait_until(is_hanging, "the hung disk has no command")
    first.send(Pdu(6, 0x80, itt=first.next_itt(), cmd_sn=first.next_sn()))
    first.sock.settimeout(3)
    try:
        raise AssertionError(f"answered while it has a command: {first.recv()}")
    except socket.timeout:
        pass
    answer()
    first.sock.settimeout(100)
    pdu = first.recv()
    while pdu.opcode in (DATA_IN, RESPONSE):
        pdu = first.recv()
    expect((pdu.opcode, pdu.response), (0x26, 0), "answer to the logout")
    expect(second.read_blocks(0, 8, lun=REMOVABLE)[0], 0, "status where it had a reservation")
    expect(first.is_closed(), True, "closed")


def freeze(verb):
    subprocess.run(["fsfreeze", f"--{verb}", KEPT], check=True)


def is_saving():
    for stack in Path("/proc").glob("[0-9]*/stack"):
        try:
            if re.search("scst_(pr_save|saved_store)", stack.read_text()):
                return True
        except OSError:		# it has ended
            pass
    return False


def others_go_on(saving, data, asking):
    """One initiator has @saving saved; another one is @asking for that, at the same LUN."""
    first, second = several(2)
    freeze("freeze")
    saved = first.command(saving, len(data), data)
    wait_until(is_saving, "nothing is being saved")
    asked = second.command(asking, 255)
    expect_alive(second)
    expect(second.read_blocks(0, 8, lun=HUNG)[0], 0, "status of a read at another LUN")
    freeze("unfreeze")
    expect(first.collect(saved)[0], 0, "status of what saves")
    expect(second.collect(asked)[0], 0, "status of what asks")
    for i in first, second:
        i.close()


def what_is_being_saved_keeps_nobody_else():
    register = struct.pack(">BBBxxIx", 0x5f, 0, 1, 24)
    read_keys = struct.pack(">BB5xHx", 0x5e, 0, 255)
    others_go_on(register, struct.pack(">QQ4xB3x", 0, 1, 1), read_keys)
    i = session()
    page = bytearray(i.collect(i.command(bytes([0x1a, 8, 0x0a, 0, 255, 0]), 255))[1][4:])
    page[0] &= 0x3f
    page[5] ^= 0x40		# TAS
    i.close()
    select = bytes([0x15, 0x11, 0, 0, 4 + len(page), 0])
    others_go_on(select, bytes(4) + page, bytes([0x1a, 8, 0x0a, 0, 255, 0]))


if __name__ == "__main__":
    run(globals()[sys.argv[2]])
