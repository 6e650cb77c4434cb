# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion for scstctl(8). Names come from scstctl itself and from sysfs.

_scstctl_policies()
{
	scstctl policy list --json 2>/dev/null | sed -n 's/^ *"name": *"\(.*\)",\{0,1\}$/\1/p'
}

_scstctl_objects()
{
	local dir=${SCST_BPF_DIR:-} self
	self=$(command -v scstctl) && dir=${dir:-${self%/sbin/scstctl}/lib/scst/bpf}
	find "$dir" -name '*.bpf.o' -printf '%f\n' 2>/dev/null | sed 's/\.bpf\.o$//'
}

_scstctl_entries() # PATTERN below scst_tgt
{
	compgen -G "/sys/kernel/scst_tgt/$1" | sed 's|/$||; s|.*/||'
}

_scstctl_words()
{
	local common="--json --verbose --help"
	case ${COMP_WORDS[1]:-}/${COMP_WORDS[2]:-} in
	policy/load | policy/update) ((COMP_CWORD == 3)) && _scstctl_objects || echo "name= scope= priority= flags=hide_on_eject,allow_reads mask= rule= deadline_ms=" ;;
	policy/unload | policy/show | policy/eject) _scstctl_policies ;;
	policy/list | policy/log | tracer/list | show/* | latency/* | errors/*) ;;
	device/* | lun/*) ls /sys/kernel/scst_tgt/devices 2>/dev/null ;;
	target/*) _scstctl_entries "targets/*/*/" ;;
	session/*) _scstctl_entries "targets/*/*/sessions/*" ;;
	policy/apply) echo "--socket" ;;
	tracer/load) ((COMP_CWORD == 3)) && echo "cmdlog latency top errors slow sessions" ;;
	slow/*) echo "--count" ;;
	top/*) echo "--count --sort --by" ;;
	tracer/unload) scstctl tracer list 2>/dev/null ;;
	pr/*) ((COMP_CWORD == 3)) && ls /sys/kernel/scst_tgt/devices 2>/dev/null || compgen -f -- "${COMP_WORDS[COMP_CWORD]}" ;;
	trace/*) echo "--initiator --lun --opcode --min-latency --failed --count" ;;
	events/*) echo "--count --socket" ;;
	esac
	echo "$common"
}

_scstctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} words
	case $COMP_CWORD/${COMP_WORDS[1]:-} in
	1/*) words="show device target lun session policy tracer pr trace latency top errors slow events --help --version" ;;
	2/policy) words="list load unload update show eject log apply" ;;
	2/tracer) words="list load unload" ;;
	2/pr) words="show save load" ;;
	*) words=$(_scstctl_words) ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	[[ ${COMPREPLY[0]:-} != *= ]] || compopt -o nospace
}

complete -F _scstctl scstctl
