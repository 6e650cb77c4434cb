# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Ten thousand devices, and their LUNs of one target, in two halves: what one of each needs.

# shellcheck source=SCRIPTDIR/73-apply.sh
. rows/73-apply.sh
title="device, LUN of 10 000: apply"
each=5000
file_of=luns_of
