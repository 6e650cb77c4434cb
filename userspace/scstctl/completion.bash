# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion for scstctl(8), by `scstctl completion bash`. Names come from scstctl itself and from sysfs.
#
# An initiator chooses its own name, so a name may hold $(anything). Nothing here expands one:
# `compgen -W` would, so words are filtered by hand and quoted for the command line.

_scstctl_tree=/sys/kernel/scst_tgt

_scstctl_policies()
{
	scstctl policy list --json 2>/dev/null | sed -n 's/^ *"name": *"\(.*\)",\{0,1\}$/\1/p'
}

_scstctl_required()
{
	scstctl policy require --json 2>/dev/null | sed -n 's/^ *"name": *"\(.*\)",\{0,1\}$/\1/p'
}

_scstctl_objects()
{
	local dir=${SCST_BPF_DIR:-} self
	self=$(command -v scstctl) && dir=${dir:-${self%/sbin/scstctl}/lib/scst/bpf}
	find "$dir" -name '*.bpf.o' -printf '%f\n' 2>/dev/null | sed 's/\.bpf\.o$//'
}

_scstctl_entries() # PATTERN below the tree
{
	{ compgen -G "$_scstctl_tree/$1" || :; } | sed 's|/$||; s|.*/||'
}

# Disks by address, whoever their driver is.
_scstctl_scsi()
{
	{ grep -lx 0 /sys/bus/scsi/devices/*:*/type 2>/dev/null || :; } | sed 's|/type$||; s|.*/||'
}

_scstctl_say() # WORD...: of ours, a line each
{
	printf '%s\n' "$@"
}

# @TABLE@

# What is of that kind, a line each.
_scstctl_kind() # KIND | WORD|WORD...
{
	local words
	case $1 in
	any) ;;
	file) compgen -f -- "${COMP_WORDS[COMP_CWORD]}" ;;
	dir) compgen -d -- "${COMP_WORDS[COMP_CWORD]}" ;;
	device) _scstctl_entries "devices/*" ;;
	target) _scstctl_entries "targets/*/*/" ;;
	group) _scstctl_entries "targets/*/*/ini_groups/*/" ;;
	session) _scstctl_entries "targets/*/*/sessions/*" ;;
	handler) _scstctl_entries "handlers/*/" ;;
	policy) _scstctl_policies ;;
	required) [[ " ${COMP_WORDS[*]} " == *" --drop "* ]] && _scstctl_required || _scstctl_policies ;;
	object) _scstctl_objects ;;
	tracer) scstctl tracer list 2>/dev/null ;;
	scsi) _scstctl_scsi ;;
	*_key) _scstctl_keys "$1" ;;
	*)
		IFS='|' read -ra words <<<"$1"
		_scstctl_say "${words[@]}"
		;;
	esac
}

# Which argument of the command the cursor is at, behind so many words: $n.
_scstctl_position() # FIRST
{
	local i value
	n=0
	for ((i = $1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} != -* ]]; then
			n=$((n + 1))
			continue
		fi
		for ((value = 0; value < ${#values[@]}; value += 2)); do
			[[ ${COMP_WORDS[i]} != "${values[value]}" ]] || i=$((i + 1))
		done
	done
	((n < ${#args[@]})) || n=$((${#args[@]} - 1))
}

# What may stand here, a line each.
_scstctl_words()
{
	local options values args n i first=3
	if ((COMP_CWORD < 3)) || ! _scstctl_command "${COMP_WORDS[1]} ${COMP_WORDS[2]}"; then
		first=2
		_scstctl_command "${COMP_WORDS[1]}" || return 0
	fi
	for ((i = 0; i < ${#values[@]}; i += 2)); do
		[[ ${COMP_WORDS[COMP_CWORD - 1]} == "${values[i]}" ]] || continue
		_scstctl_kind "${values[i + 1]}"
		return
	done
	_scstctl_position "$first"
	((n < 0)) || _scstctl_kind "${args[n]}"
	_scstctl_say "${options[@]}"
}

# Those lines of standard input that begin with WORD, as it is or as it was quoted before.
_scstctl_offer() # WORD
{
	local line quoted
	while IFS= read -r line; do
		quoted=$line
		[[ $line != *[!a-zA-Z0-9_.:,=@%+/-]* ]] || printf -v quoted %q "$line"
		[[ -n $line && ($line == "$1"* || $quoted == "$1"*) ]] || continue
		COMPREPLY+=("$quoted")
	done
}

_scstctl()
{
	local word=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		_scstctl_offer "$word" < <(_scstctl_nouns; _scstctl_say --help --version)
		return
	fi
	((COMP_CWORD > 2)) || _scstctl_offer "$word" < <(_scstctl_verbs "${COMP_WORDS[1]}")
	_scstctl_offer "$word" < <(_scstctl_words)
	[[ ${COMPREPLY[0]:-} != *= ]] || compopt -o nospace
}

complete -F _scstctl scstctl
