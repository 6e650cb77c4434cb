# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# Rows that make things and remove them. Such a row has functions `make` and `drop`, which take a number,
# and says what one costs with few of them there, and with a thousand.

each=1000

# Time that passed, without what was idle: removing waits for grace periods.
clock_ns()
{
	local idle
	idle=$(idle_ns /proc/timer_list)
	echo $((${EPOCHREALTIME/./} * 1000 - idle))
}

# Calls it with FROM, FROM + 1, ... as long as those are below TO, and prints the instructions of each.
instructions_each() # FUNCTION FROM TO
{
	local i start end
	start=$(clock_ns)
	for ((i = $2; i < $3; i++)); do
		"$1" "$i"
	done
	end=$(clock_ns)
	echo $(((end - start) / ($3 - $2)))
}

# The second thousand goes first: what is left is there in both measurements of a half.
measure_objects() # ROW
{
	local name=$1 figure
	up
	for half in 0 1; do
		figure=$(instructions_each make $((half * each)) $(((half + 1) * each)))
		echo "OBJECT $name made-$half $figure"
	done
	for half in 1 0; do
		figure=$(instructions_each drop $((half * each)) $(((half + 1) * each)))
		echo "OBJECT $name removed-$half $figure"
	done
	down
}
