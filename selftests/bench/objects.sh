# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# Rows that make things and remove them. Such a row has functions `make` and `drop`, which take a number,
# and says what one costs with few of them there, and with a thousand. Or it has `make_all` and `drop_all`,
# for a program that does all of them at once: they take FROM and TO. `ready`, if there is one, is called with
# make or drop and these before, which is not counted. Of how many things it was they may say in $counted.

each=1000	# a row may have another number

# Time that passed, without what was idle: removing waits for grace periods.
clock_ns()
{
	local idle
	idle=$(idle_ns /proc/timer_list)
	echo $((${EPOCHREALTIME/./} * 1000 - idle))
}

is_function() # NAME
{
	[ "$(type -t "$1")" = function ]
}

# With FROM, FROM + 1, ... as long as those are below TO.
call_each() # FUNCTION FROM TO
{
	local i
	for ((i = $2; i < $3; i++)); do
		"$1" "$i"
	done
}

call_all() # FUNCTION FROM TO
{
	"$1_all" "$2" "$3"
}

# Calls it for all of them, and prints the instructions of each.
instructions_each() # FUNCTION FROM TO
{
	local start end how=call_each counted=$(($3 - $2))
	if is_function ready; then
		ready "$@"
	fi
	! is_function "$1_all" || how=call_all
	start=$(clock_ns)
	$how "$@"
	end=$(clock_ns)
	echo $(((end - start) / counted))
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
