# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Ours, with every command in the histograms of the tracer latency.

title="  + tracer latency"

# shellcheck source=SCRIPTDIR/30-local-null.sh
. rows/30-local-null.sh
eval "local_null_$(declare -f up)"
eval "local_null_$(declare -f down)"
title="  + tracer latency"

up()
{
	local_null_up
	scstctl tracer load latency
}

down()
{
	scstctl tracer unload latency
	local_null_down
}
