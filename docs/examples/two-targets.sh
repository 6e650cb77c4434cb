#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two targets. "public" is for everybody who knows the password. "vault" is reached through one address
# only, asks for a password both ways, and shows hosts of the cluster a disk that nobody else sees.
set -e
modprobe -a scst scst_vdisk
service iscsi-scst start

public=iqn.2026-01.org.example:public
vault=iqn.2026-01.org.example:vault

cd /sys/kernel/scst_tgt
echo "add_device disk1 filename=/var/lib/scst/disk1; thin_provisioned=1" >handlers/vdisk_fileio/mgmt
echo "add_device disk2 filename=/var/lib/scst/disk2; blocksize=4096" >handlers/vdisk_fileio/mgmt
echo "add_device shared filename=/dev/ram0" >handlers/vdisk_blockio/mgmt
echo "add_device nothing size_mb=1024" >handlers/vdisk_nullio/mgmt
echo "add_device cdrom" >handlers/vcdrom/mgmt

cd targets/iscsi
echo "add_target $public" >mgmt
echo "add_target_attribute $public IncomingUser joe 12charsecret" >mgmt
echo "add disk1 0" >$public/luns/mgmt
echo "add cdrom 1" >$public/luns/mgmt

echo "add_target $vault" >mgmt
echo "add_target_attribute $vault allowed_portal 192.0.2.*" >mgmt
echo "add_target_attribute $vault IncomingUser joe 12charsecret" >mgmt
echo "add_target_attribute $vault OutgoingUser vault 12charpasswd" >mgmt
echo "CRC32C,None" >$vault/HeaderDigest
echo "CRC32C,None" >$vault/DataDigest
echo 64 >$vault/QueuedCommands
echo "add disk2 0" >$vault/luns/mgmt
echo "add nothing 1 read_only=1" >$vault/luns/mgmt
echo "create cluster" >$vault/ini_groups/mgmt
echo "add iqn.2026-01.org.example:node*" >$vault/ini_groups/cluster/initiators/mgmt
echo "add shared 0" >$vault/ini_groups/cluster/luns/mgmt

echo 1 >$public/enabled
echo 1 >$vault/enabled
echo 1 >enabled
