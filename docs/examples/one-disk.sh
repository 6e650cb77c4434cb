#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A file as a disk, for every initiator.
set -e
modprobe -a scst scst_vdisk
service iscsi-scst start

cd /sys/kernel/scst_tgt
echo "add_device disk1 filename=/var/lib/scst/disk1" >handlers/vdisk_fileio/mgmt

cd targets/iscsi
echo "add_target iqn.2026-01.org.example:one-disk" >mgmt
echo "add disk1 0" >iqn.2026-01.org.example:one-disk/luns/mgmt
echo 1 >iqn.2026-01.org.example:one-disk/enabled
echo 1 >enabled
