#compdef scstctl
# SPDX-License-Identifier: GPL-2.0-only
# Completion for scstctl(8), by `scstctl completion zsh`. Names come from scstctl itself and from sysfs.

_scstctl_json_names() {
	local -a names
	names=(${(f)"$(scstctl ${=1} --json 2>/dev/null | sed -n 's/^ *"name": *"\(.*\)",\{0,1\}$/\1/p')"})
	compadd -a names
}

_scstctl_policies() {
	_scstctl_json_names "policy list"
}

_scstctl_requirable() { # or what is required, to be dropped
	(( words[(I)--drop] )) && _scstctl_json_names "policy require" || _scstctl_policies
}

_scstctl_tracers() {
	compadd -- ${(f)"$(scstctl tracer list 2>/dev/null)"}
}

_scstctl_scsi() { # disks by address
	compadd -- ${${(f)"$(grep -lx 0 /sys/bus/scsi/devices/*:*/type 2>/dev/null)"}:h:t}
}

_scstctl_objects() {
	local dir=${SCST_BPF_DIR:-${commands[scstctl]%/sbin/scstctl}/lib/scst/bpf}
	compadd -- $dir/*.bpf.o(N:t:s/.bpf.o/)
}

_scstctl_entries() { # DIRECTORY below scst_tgt
	compadd -- /sys/kernel/scst_tgt/$~1(N:t)
}

_scstctl_keys() { # KEY=...
	compadd -S '' -- $@
}

_scstctl() {
	local curcontext=$curcontext state line
	local -a nouns verbs common
	common=('--json[print JSON]' '--verbose[show what libbpf says]' '--help[show the manual]')
# @TABLE@
}

_scstctl "$@"
