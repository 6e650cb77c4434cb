# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# Queues of test files, which `check` fills and places empty; a place runs one guest after the other.
# Sourced on the host and in guests, which share the folder by 9p.
#
#   QUEUE/0001...    an entry for each file that waits, holding its name; they sort as they are to run
#   PLACE/running    the entry that this place works on: whoever dies over it leaves it there
#   PLACE/taken      names of all that this place's present guest has taken
#
# Taking an entry is rename(2), in which one of many takers succeeds.

file_timeout=${FILE_TIMEOUT:-$((300 * ${PATIENCE:-1}))}
[ -z "${SOAK:-}" ] || file_timeout=$((60 * file_timeout))

queue_fill() # QUEUE FILE...
{
	local queue=$1 n=1000 file
	shift
	mkdir -p "$queue"
	for file; do
		n=$((n + 1))
		echo "$file" >"$queue/$n"
	done
}

queue_is_empty() # QUEUE
{
	[ -z "$(find "$1" -type f -print -quit 2>/dev/null)" ]
}

# Prints the file whose turn it is; status 1 if none is left.
queue_take() # QUEUE PLACE
{
	local entry
	for entry in "$1"/*; do
		if mv -T "$entry" "$2/running" 2>/dev/null; then
			tee -a "$2/taken" <"$2/running"
			return 0
		fi
	done
	return 1
}

# Where the TAP of a test file goes, below .build/results.
tap_name() # FILE
{
	echo "$(tr / - <<<"${1%.sh}").tap"
}
