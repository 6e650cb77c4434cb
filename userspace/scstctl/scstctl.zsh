#compdef scstctl
# SPDX-License-Identifier: GPL-2.0-only
# Completion for scstctl(8). Names come from scstctl itself and from sysfs.

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

_scstctl_objects() {
	local dir=${SCST_BPF_DIR:-${commands[scstctl]%/sbin/scstctl}/lib/scst/bpf}
	compadd -- $dir/*.bpf.o(N:t:s/.bpf.o/)
}

_scstctl_entries() { # DIRECTORY below scst_tgt
	compadd -- /sys/kernel/scst_tgt/$~1(N:t)
}

_scstctl_settings() {
	compadd -S '' -- name= scope= priority= on_eject=open on_eject=closed flags= mask= rule= deadline_ms=
}

_scstctl() {
	local curcontext=$curcontext state line
	local -a nouns verbs common closed
	common=('--json[print JSON]' '--verbose[show what libbpf says]' '--help[show the manual]')
	closed=('--on-eject[what holds after an ejection]:how:(open closed)')
	nouns=(
		'show:devices, targets, LUNs, groups, sessions, policies'
		'status:what is not in force that should be'
		'device:devices, or all about one'
		'target:targets, or all about one'
		'lun:LUNs, or where one device is mapped'
		'session:who is logged in, or all about one'
		'policy:load, change, show policies'
		'tracer:load, list, unload tracers'
		'restore:make a file the running configuration'
		'state:what devices remember, for another target'
		'pr:persistent reservations'
		'latency:histograms of how long commands take'
		'errors:commands that did not end well'
		'top:who does how much, every second'
		'slow:commands that take long, and where the time goes'
		'trace:commands as they are answered'
		'events:what scst-bpfd serves'
	)
	_arguments -C '(- *)--help[show the overview]' '(- *)--version[show the version]' \
		'1:command:->noun' '*::argument:->rest'
	case $state in
	noun) _describe -t commands command nouns; return ;;
	esac
	case $line[1] in
	policy) verbs=(list load unload update show eject log apply require) ;;
	tracer) verbs=(list load unload) ;;
	state) verbs=(export) ;;
	pr) verbs=(show save load) ;;
	esac
	if (( $#verbs && CURRENT == 2 )); then
		compadd -a verbs
		return
	fi
	case $line[1]/${${verbs:+$line[2]}:-} in
	device/ | lun/) _arguments $common '1:device:_scstctl_entries devices/*' ;;
	target/) _arguments $common '1:target:_scstctl_entries targets/*/*(/)' ;;
	session/) _arguments $common '1:initiator:_scstctl_entries targets/*/*/sessions/*' ;;
	policy/update) _arguments $common $closed '--force[also if nothing is different]' '2:object:_scstctl_objects' '*:setting:_scstctl_settings' ;;
	policy/load) _arguments $common $closed '2:object:_scstctl_objects' '*:setting:_scstctl_settings' ;;
	policy/unload) _arguments $common '--force[also if it is required]' '*:policy:_scstctl_policies' ;;
	policy/require) _arguments $common '--drop[require these no longer]' '*:policy:_scstctl_requirable' ;;
	policy/show | policy/eject) _arguments $common '2:policy:_scstctl_policies' ;;
	status/) _arguments $common '--socket[of the daemon]:socket:_files' ;;
	policy/apply) _arguments $common '--socket[of the daemon]:socket:_files' ;;
	tracer/load) _arguments $common '2:tracer:(cmdlog latency top errors slow sessions)' '*:option: ' ;;
	tracer/unload) _arguments $common '*:tracer:_scstctl_tracers' ;;
	pr/show) _arguments $common '2:device:_scstctl_entries devices/*' ;;
	pr/save | pr/load) _arguments $common '2:device:_scstctl_entries devices/*' '3:file:_files' ;;
	top/) _arguments $common '--count[so many readings]:count: ' '--sort[by what]:key:(commands bytes latency failed name)' \
		'--by[a row for each]:what:(lun initiator device)' ;;
	slow/) _arguments $common '--count[end after so many]:count: ' ;;
	trace/) _arguments $common '--initiator[of this one]:initiator:_scstctl_entries targets/*/*/sessions/*' \
		'--lun[only this]:lun: ' '--opcode[only this]:opcode: ' '--min-latency[microseconds]:us: ' \
		'--failed[not with GOOD]' '--count[end after so many]:count: ' ;;
	state/export) _arguments $common '2:directory:_files -/' ;;
	restore/) _arguments $common '--wait[for disks in /dev]:seconds: ' '1:file:_files' ;;
	events/) _arguments $common '--count[end after so many]:count: ' '--socket[of the daemon]:socket:_files' ;;
	*) _arguments $common ;;
	esac
}

_scstctl "$@"
