# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# That they are as the file says: of one of each, among five thousand, ten thousand, and once more both.

# shellcheck source=SCRIPTDIR/74-diff.sh
. rows/74-diff.sh
title="device, LUN of 10 000: diff"
each=5000
file_of=luns_of
