# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# That they are as the file says: of one of each, among one thousand, two thousand, and once more both.

title="device, LUN, target: diff"
# shellcheck source=selftests/bench/conf.sh
. ./conf.sh
file_of=targets_of

ready() # make|drop FROM TO
{
	have "$3"
}

make_all()
{
	counted=$2
	diff_of "$2"
}

drop_all()
{
	make_all "$@"
}
