# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Devices, and an enabled target with a LUN of each: what scstctl and the kernel need for one of each.

title="device, LUN, target: apply"
# shellcheck source=selftests/bench/conf.sh
. ./conf.sh
file_of=targets_of

make_all()
{
	add "$@"
}

drop_all()
{
	have "$1"
}
