# SPDX-License-Identifier: GPL-2.0-only
"""
What the actors find: disks, each of them one or two devices over the same data, and two targets
with all of them. Paths and names are here, and nowhere else.
"""
import glob
import os
import subprocess
import sys
import time
from collections import namedtuple

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../iscsi"))
from actor import PATIENCE  # noqa: E402

SCST = "/sys/kernel/scst_tgt"
LOCAL = f"{SCST}/targets/scst_local/scst_local_tgt"
LOCAL_HOST = "scst_local_host"
IQN = "iqn.2026-01.org.example:torture"
ISCSI = f"{SCST}/targets/iscsi/{IQN}"
TARGETS = {"local": LOCAL, "iscsi": ISCSI}
# No initiator is given up because this machine is slow.
USUAL = {"QueuedCommands": "32", "RspTimeout": "3600", "NopInInterval": "0", "NopInTimeout": "3600"}
GROUP = "other"			# has the second devices
DIR = "/run/torture"		# a file system that may be full
FILE = f"{DIR}/disk"
ROOM = 8 << 20			# of it
NULLB = "/sys/kernel/config/nullb/nullb0"
KEPT = "/var/lib/scst"
OLD = "/run/torture-old"
SECTORS = 8192
BLOCKS = 24			# of each disk that are used: few, so that commands meet

Disk = namedtuple("Disk", "lun handler devices is_told")
# is_told: whose commands others abort is told so by TASK ABORTED, always (TAS).
DISKS = {
    "file": Disk(0, "vdisk_fileio", ("file0", "file1"), False),
    "block": Disk(1, "vdisk_blockio", ("block0", "block1"), False),
    "kept": Disk(2, "vdisk_blockio", ("kept0",), True),
    "old": Disk(3, "vdisk_fileio", ("old0",), False),
}
CACHED = [name for name, disk in DISKS.items() if disk.handler == "vdisk_fileio"]


def run(*words, **args):
    return subprocess.run(words, check=True, **args)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds * PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def initiator_name(name):
    return f"iqn.2026-01.org.example:{name}"


def dm_node(name):
    words = "dmsetup info --columns --noheadings -o blkdevname".split()
    return "/dev/" + subprocess.run([*words, name], check=True, capture_output=True,
                                    text=True).stdout.strip()


def table(kind="linear"):
    """Of a disk of the device mapper."""
    return f"0 {SECTORS} " + {"linear": "linear /dev/ram0 0", "error": "error",
                              "delay": "delay /dev/ram0 0 30"}[kind]


def device_parameters(device):
    """How it is added to its handler."""
    name, number = device[:-1], device[-1]
    where = {"file": lambda: FILE, "block": lambda: dm_node(f"torture{number}"),
             "kept": lambda: "/dev/nullb0", "old": lambda: OLD}[name]()
    thin = "; thin_provisioned=1" if name == "file" else ""
    return f"add_device {device} filename={where}; tst=0{thin}"


def handler_of(device):
    return f"{SCST}/handlers/{DISKS[device[:-1]].handler}/mgmt"


def sg_of(disk):
    """The node of the local host, or None while it has no such disk."""
    found = glob.glob(f"{LOCAL}/sessions/{LOCAL_HOST}/host/device/target*/*:0:0:{DISKS[disk].lun}"
                      "/scsi_generic/sg*")
    return "/dev/" + os.path.basename(found[0]) if found else None


# ---- how it comes, and goes -------------------------------------------------------------------


def make_disks():
    for module, *options in (("brd", "rd_nr=1", f"rd_size={SECTORS // 2}"),
                             ("null_blk", "nr_devices=0"), ("dm_mod",), ("dm_delay",)):
        run("modprobe", module, *options)
    os.mkdir(DIR)
    run("mount", "-t", "tmpfs", "-o", f"size={ROOM}", "torture", DIR)
    for path in (FILE, OLD):
        with open(path, "wb") as file:
            file.truncate(SECTORS * 512)
    for name in ("torture0", "torture1"):
        run("dmsetup", "create", name, "--noudevsync", "--table", table())
        node = dm_node(name)
        wait_for(lambda node=node: os.path.exists(node), f"no {node}")
    make_null_disk()


def make_null_disk():
    """It answers from a timer, in an interrupt."""
    if not os.path.ismount("/sys/kernel/config"):
        run("mount", "-t", "configfs", "configfs", "/sys/kernel/config")
    os.mkdir(NULLB)
    for name, value in (("size", 4), ("memory_backed", 1), ("irqmode", 2),
                        ("completion_nsec", 200000), ("power", 1)):
        write(f"{NULLB}/{name}", str(value))
    write("/sys/block/nullb0/queue/scheduler", "none")


def make_targets():
    for module in ("scst", "scst_vdisk", "scst_local", "iscsi-scst"):
        run("modprobe", module)
    write(f"{SCST}/targets/iscsi/mgmt", f"add_target {IQN}")
    for disk in DISKS.values():
        for device in disk.devices:
            write(handler_of(device), device_parameters(device))
    for target in TARGETS.values():
        write(f"{target}/ini_groups/mgmt", f"create {GROUP}")
        for disk in DISKS.values():
            write(f"{target}/luns/mgmt", f"add {disk.devices[0]} {disk.lun}")
            write(f"{target}/ini_groups/{GROUP}/luns/mgmt", f"add {disk.devices[-1]} {disk.lun}")
        write(f"{target}/aen_disabled", "1")
    for name, value in USUAL.items():
        write(f"{ISCSI}/{name}", value)
    write(f"{ISCSI}/enabled", "1")
    write(f"{SCST}/targets/iscsi/enabled", "1")


def be_patient():
    """Who waits for one that waits for a disk that hangs has not hung itself."""
    limit = "/proc/sys/kernel/hung_task_timeout_secs"
    if os.path.exists(limit):
        write(limit, str(60 * PATIENCE))


def make():
    be_patient()
    make_disks()
    make_targets()
    for disk in DISKS:
        wait_for(lambda disk=disk: sg_of(disk), f"the local host has no {disk}")


def unload(module, seconds=30):
    def is_gone():
        name = module.replace("-", "_")
        return not subprocess.run(["rmmod", name], capture_output=True).returncode
    wait_for(is_gone, f"{module} cannot be unloaded", seconds)


def unmake():
    """Nothing is left, or it says what."""
    for module in ("iscsi-scst", "scst_local", "scst_vdisk", "scst"):
        unload(module)
    for name in ("torture0", "torture1"):
        run("dmsetup", "remove", "--noudevsync", "--retry", name)
    os.rmdir(NULLB)
    run("umount", DIR)
    os.rmdir(DIR)
    os.unlink(OLD)
    for module in ("null_blk", "brd"):
        unload(module)
    for path in glob.glob(f"{KEPT}/**/kept0*", recursive=True):
        os.unlink(path)
