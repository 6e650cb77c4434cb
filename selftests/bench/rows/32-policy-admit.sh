# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Ours, asking a policy about every command that decides nothing: what a hook costs.

title="  + policy maximal"

# shellcheck source=SCRIPTDIR/30-local-null.sh
. rows/30-local-null.sh
eval "local_null_$(declare -f up)"
eval "local_null_$(declare -f down)"
title="  + policy maximal"

up()
{
	local_null_up
	scstctl policy load maximal
}

down()
{
	scstctl policy unload maximal
	local_null_down
}
