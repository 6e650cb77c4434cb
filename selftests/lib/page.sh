# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Pages of docs/ that a test follows as a reader would: from top to bottom, each command as it stands
# there, and what it prints has to be what the page shows.
#
# In a block of code a line behind a prompt is a command. It goes on in the next line after a backslash,
# a pipe or an open parenthesis, and to the end of a here document. The lines behind it, up to the next
# prompt, are what it prints. Nothing behind it: what it prints is nobody's business. A prompt is "# ",
# or a machine and "# ": then the file has a function at_MACHINE, which gets the command as one word.
#
# Commands are run in the shell that calls `follow`, so they may change its directory and variables, and
# one that fails ends the test.

# page_parts PAGE DIR: for the Nth command N.command, N.who, and N.shown if something is shown.
page_parts()
{
	awk -v dir="$2" -v only="${3:-}" '
		function begin(line) {
			name = dir "/" sprintf("%03d", ++nr)
			match(line, /^[a-z]*# /)
			print substr(line, 1, RLENGTH - 2) >(name ".who")
			put(substr(line, RLENGTH + 1))
		}
		function put(line) {
			print line >(name ".command")
			if (until == "" && match(line, /<<-?[A-Z]+/)) {
				until = substr(line, RSTART, RLENGTH)
				gsub(/[<-]/, "", until)
			}
			more = until != "" || line ~ /[\\|(]$/
		}
		/^```/ { inside = !inside; blocks += inside; more = 0; name = ""; next }
		!inside || (only != "" && blocks != only) { next }
		until != "" { if ($0 == until) { until = ""; print >(name ".command"); more = 0 } else put($0); next }
		more { put($0); next }
		/^[a-z]*# / { begin($0); next }
		name != "" { print >(name ".shown") }' "$1"
}

# A line of nothing but "..." is any lines, or none; in a line it is anything; all else is itself.
is_as_shown() # OUTPUT SHOWN
{
	local line pattern=
	while IFS= read -r line; do
		if [ "$line" = ... ]; then
			pattern+=$'(.*\n)?'
		else
			pattern+=$(sed 's/[]*?\\(){}|+^$.[]/\\&/g; s/\\\.\\\.\\\./[^\n]*/g' <<<"$line")$'\n'
		fi
	done <"$2"
	[[ $(cat "$1")$'\n' =~ ^$pattern$ ]]
}

# follow PAGE [BLOCK]: all of it, or its Nth block. Prints what the commands print.
follow()
{
	local page_dir page_part page_who page_out
	page_dir=$(mktemp -d)
	page_parts "$1" "$page_dir" "${2:-}"
	compgen -G "$page_dir/*.command" >/dev/null || fail "$1 has no command${2:+ in block $2}"
	for page_part in "$page_dir"/*.command; do
		page_part=${page_part%.command}
		page_who=$(cat "$page_part.who") page_out=$page_part.out
		echo "$1: $(cat "$page_part.command")" >&2
		if [ -n "$page_who" ]; then
			"at_$page_who" "$(cat "$page_part.command")" >"$page_out" 2>&1
		else
			eval "$(cat "$page_part.command")" >"$page_out" 2>&1
		fi
		cat "$page_out"
		[ ! -e "$page_part.shown" ] || is_as_shown "$page_out" "$page_part.shown" ||
			fail "$1 shows of '$(cat "$page_part.command")': $(cat "$page_part.shown")"$'\n'"it printed: $(cat "$page_out")"
	done
	rm -r "$page_dir"
}
