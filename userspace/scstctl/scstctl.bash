# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion for scstctl(8). Names come from scstctl itself and from sysfs.
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
	compgen -G "$_scstctl_tree/$1" | sed 's|/$||; s|.*/||'
}

_scstctl_say() # WORD...: of ours, a line each
{
	printf '%s\n' "$@"
}

# What may stand here, a line each.
_scstctl_words()
{
	case ${COMP_WORDS[1]:-}/${COMP_WORDS[2]:-} in
	policy/load | policy/update)
		[[ ${COMP_WORDS[2]} == load ]] || _scstctl_say --force
		_scstctl_say --on-eject
		((COMP_CWORD == 3)) && _scstctl_objects ||
			_scstctl_say name= scope= priority= on_eject=open on_eject=closed flags=hide_on_eject,allow_reads mask= rule= deadline_ms=
		;;
	policy/unload)
		_scstctl_say --force
		_scstctl_policies
		;;
	policy/require)
		_scstctl_say --drop
		[[ " ${COMP_WORDS[*]} " == *" --drop "* ]] && _scstctl_required || _scstctl_policies
		;;
	policy/show | policy/eject) _scstctl_policies ;;
	policy/list | policy/log | tracer/list | show/* | latency/* | errors/*) ;;
	status/*) _scstctl_say --socket ;;
	device/* | lun/*) _scstctl_entries "devices/*" ;;
	target/*) _scstctl_entries "targets/*/*/" ;;
	session/*) _scstctl_entries "targets/*/*/sessions/*" ;;
	policy/apply) _scstctl_say --socket ;;
	tracer/load) ((COMP_CWORD > 3)) || _scstctl_say cmdlog latency top errors slow sessions ;;
	slow/*) _scstctl_say --count ;;
	top/*) _scstctl_say --count --sort --by ;;
	tracer/unload) scstctl tracer list 2>/dev/null ;;
	pr/*) ((COMP_CWORD == 3)) && _scstctl_entries "devices/*" || compgen -f -- "${COMP_WORDS[COMP_CWORD]}" ;;
	trace/*) _scstctl_say --initiator --lun --opcode --min-latency --failed --count ;;
	events/*) _scstctl_say --count --socket ;;
	state/*) compgen -d -- "${COMP_WORDS[COMP_CWORD]}" ;;
	restore/*)
		_scstctl_say --wait
		compgen -f -- "${COMP_WORDS[COMP_CWORD]}"
		;;
	esac
	_scstctl_say --json --verbose --help
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
	case $COMP_CWORD/${COMP_WORDS[1]:-} in
	1/*) _scstctl_offer "$word" < <(_scstctl_say show status device target lun session policy tracer restore state pr trace \
		latency top errors slow events --help --version) ;;
	2/policy) _scstctl_offer "$word" < <(_scstctl_say list load unload update show eject log apply require) ;;
	2/tracer) _scstctl_offer "$word" < <(_scstctl_say list load unload) ;;
	2/state) _scstctl_offer "$word" < <(_scstctl_say export) ;;
	2/pr) _scstctl_offer "$word" < <(_scstctl_say show save load) ;;
	*) _scstctl_offer "$word" < <(_scstctl_words) ;;
	esac
	[[ ${COMPREPLY[0]:-} != *= ]] || compopt -o nospace
}

complete -F _scstctl scstctl
