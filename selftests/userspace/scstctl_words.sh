#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What scstctl --help says there is, against what speaks of it: the completions of bash and zsh, and
# the manual; and device, target, lun and session, which are one table. Whether zsh completes as
# people expect is for people.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

share=/usr/local/share

# Makes $words: a line "NOUN VERB|- OPTION..." for each command.
ask_for_words()
{
	local command noun verb
	words=$tap_dir/words
	[ ! -s "$words" ] || return 0
	scstctl --help | sed -n '/^Commands:/,/^$/ s/^  \(.\{18\}\) .*/\1/p' >"$tap_dir/commands"
	while read -r noun verb; do
		command=("$noun" ${verb:+"$verb"})
		echo "$noun ${verb:--} $(scstctl "${command[@]}" --help | grep -oE '^  --[a-z-]+' | xargs)"
	done <"$tap_dir/commands" >"$words"
	assert_match "$(cat "$words")" "top - --count --sort --by --json --verbose --help" words
	[ "$(wc -l <"$words")" -ge 20 ] || fail "commands: $(cat "$words")"
}

# What bash offers behind these words: $offers.
offer() # WORD...
{
	begin "$@" ""
	offers=" ${COMPREPLY[*]} "
}

# What bash makes of the last of these words.
begin() # WORD...
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	compopt() { :; }
	_scstctl
}

assert_offered() # WORD...
{
	local word
	for word; do
		[[ $offers == *" $word "* ]] || fail "bash does not offer $word behind '${COMP_WORDS[*]}'"
	done
}

test_bash_completes_every_command()	# and its options
{
	ask_for_words
	# shellcheck source=/dev/null
	. "$share"/bash-completion/completions/scstctl
	while read -r noun verb options; do
		offer scstctl
		assert_offered "$noun"
		[ "$verb" = - ] || { offer scstctl "$noun"; assert_offered "$verb"; }
		if [ "$verb" = - ]; then offer scstctl "$noun"; else offer scstctl "$noun" "$verb" x; fi
		# shellcheck disable=SC2086	# words
		assert_offered $options
	done <"$words"
}

test_bash_completes_names()	# of what there is
{
	# shellcheck source=/dev/null
	. "$share"/bash-completion/completions/scstctl
	scstctl policy load minimal
	offer scstctl policy unload
	assert_offered minimal
	offer scstctl policy require
	assert_offered minimal
	scstctl policy require gone 2>/dev/null
	offer scstctl policy require --drop
	scstctl policy require --drop gone
	assert_offered gone
	offer scstctl policy load
	assert_offered qos
	offer scstctl pr show
	assert_offered d1
	offer scstctl target
	assert_offered scst_local_tgt
	offer scstctl session
	assert_offered scst_local_host
}

# Names as an initiator may choose them, in a tree of our own: no module has to let them in.
test_bash_expands_no_name()	# they are offered quoted, whole or begun, and nothing in them is run
{
	# shellcheck disable=SC2016	# not for this shell either
	local evil=('iqn.x:$(touch${IFS}ran)' 'iqn.x:`touch${IFS}ran`' 'a;touch${IFS}ran' '${x[$(touch${IFS}ran)]}' \
		'"$(touch${IFS}ran)"' "'\$(touch\${IFS}ran)'" '*' '~') name sessions
	# shellcheck source=/dev/null
	. "$share"/bash-completion/completions/scstctl
	_scstctl_tree=$tap_dir/tree
	sessions=$_scstctl_tree/targets/drv/t/sessions
	mkdir -p "$sessions" "$_scstctl_tree/devices/a\$(touch\${IFS}ran)" "$tap_dir/cwd"
	cd "$tap_dir/cwd"
	for name in "${evil[@]}"; do
		mkdir "$sessions/$name"
	done
	offer scstctl session
	for name in "${evil[@]}"; do
		assert_offered "$(printf %q "$name")"
	done
	assert_eq "$(eval "printf '%s\n' ${COMPREPLY[*]}" | grep -vc -e '^--' -e '^close$')" "${#evil[@]}" "names"
	offer scstctl device
	assert_offered 'a\$\(touch\$\{IFS\}ran\)'
	begin scstctl session 'iqn.x:$('
	assert_eq "${COMPREPLY[*]}" 'iqn.x:\$\(touch\$\{IFS\}ran\)' "offered behind what is typed"
	begin scstctl session 'iqn.x:\$\('
	assert_eq "${COMPREPLY[*]}" 'iqn.x:\$\(touch\$\{IFS\}ran\)' "offered behind what was quoted"
	assert_eq "$(ls)" "" "what the names did"
}

test_zsh_knows_every_command()	# and its options; its syntax where there is a zsh
{
	local file=$share/zsh/site-functions/_scstctl text
	ask_for_words
	text=$(cat "$file")
	assert_match "$text" "^#compdef scstctl" "first line"
	while read -r noun verb options; do
		assert_match "$text" "		'$noun:" nouns
		[ "$verb" = - ] || assert_match "$text" $'\n\t'"$noun\) verbs=\([a-z ]*${verb}[ )]" verbs
		for option in $options; do
			[[ $text == *"'${option}["* ]] || fail "zsh does not know $option of $noun"
		done
	done <"$words"
	command -v zsh || skip "no zsh"
	zsh -n "$file"
}

test_zsh_completes_policies()	# by asking scstctl
{
	command -v zsh || skip "no zsh"
	scstctl policy load minimal
	sed '/^_scstctl "\$@"/d' "$share/zsh/site-functions/_scstctl" >"$tap_dir/zsh"
	# shellcheck disable=SC2016	# for zsh
	assert_eq "$(zsh -fc 'compadd() { print -r -- "${names[@]}"; }; . "$1"; _scstctl_policies' - "$tap_dir/zsh")" \
		minimal "policies that zsh offers"
}

test_manual_names_every_command()	# and its options
{
	local page
	ask_for_words
	page=$(cat "$share"/man/man8/scstctl*.8)
	while read -r noun verb options; do
		assert_match "$page" "[.](It )?Cm ([a-z]+ [|,] )*${noun}[^a-z]" scstctl.8
		[ "$verb" = - ] ||
			assert_match "$page" "[.](It )?Cm $noun ([a-z]+ [|] )*${verb}[^a-z]" scstctl.8
		for option in $options; do
			assert_match "$page" "Fl -${option#--}[^a-z]" scstctl.8
		done
	done <"$words"
}

test_manual_has_every_policy_and_option()	# of what is installed
{
	local page=$share/man/man8/scstctl.8 object name
	for object in /usr/local/lib/scst/bpf/*.bpf.o; do
		name=$(basename "$object" .bpf.o)
		case $name in
		maximal | minimal) continue ;;
		esac
		grep -qE "^\.(Ss|Ar|It Ar) (.* )?$name\b" "$page" || fail "scstctl(8) has no $name"
		for option in $(options_in "$object"); do
			grep -qE "(Cm|Ar) (.* )?$option\b" "$page" || fail "scstctl(8) has no $option of $name"
		done
	done
}

# Calls of scstctl in pages and manuals, a line each: up to what cannot be a word of it.
calls()
{
	cat README.md docs/*.md docs/*/*.md "$share"/man/man?/*scst*.? "$share"/man/man5/bpfd.json.5 |
		grep -oE '(`|# |^\.Ql )scstctl [a-z][a-z -]*' | sed 's/.*scstctl /scstctl /'
}

# NOUN [VERB], or a noun that has verbs: does --help know it?
is_command() # WORD...
{
	grep -q "^$1 ${2:--} " "$words" || grep -q "^$1 - " "$words" || { [ $# -eq 1 ] && grep -q "^$1 " "$words"; }
}

test_pages_call_what_is_there()	# commands, and the options behind them
{
	local noun verb option
	ask_for_words
	calls | sort -u >"$tap_dir/calls"
	[ "$(wc -l <"$tap_dir/calls")" -ge 40 ] || fail "too few calls: they are of another form"
	while read -r _ noun verb _; do
		[[ $verb != -* ]] || verb=
		is_command "$noun" ${verb:+"$verb"} || echo "scstctl $noun $verb"
	done <"$tap_dir/calls" >"$tap_dir/unknown"
	assert_eq "$(cat "$tap_dir/unknown")" "" "calls of what is not there"
	grep -ohE 'scstctl [^`|;&]*' README.md docs/*.md | grep -oE -- ' --[a-z-]+' | sort -u | while read -r option; do
		grep -qE -- " $option( |\$)" "$words" || echo "$option"
	done >"$tap_dir/unknown"
	assert_eq "$(cat "$tap_dir/unknown")" "" "options that are not there"
}

test_verbs_that_move_things_name_each_other()	# who looks for one of them may have begun with another
{
	local verb other text
	for verb in export import share "state export"; do
		# shellcheck disable=SC2086	# two words
		text=$(scstctl $verb --help)
		for other in export import share state; do
			[ "$other" = "${verb%% *}" ] || assert_match "$text" "\`scstctl $other\b" "$verb --help"
		done
	done
}

# The global variables of .rodata.
options_in() # OBJECT
{
	bpftool -j btf dump file "$1" | jq -r '.types as $t | .types[] |
		select(.kind == "DATASEC" and .name == ".rodata") | .vars[].type_id as $id |
		$t[$id - 1] | select(.linkage == "global") | .name'
}

test_device_and_lun()	# as a table, one in full, as JSON
{
	assert_match "$(scstctl device)" "d1 +vdisk_nullio +64 +512 +1" device
	assert_match "$(scstctl device d1)" "size_mb +64" "device d1"
	assert_eq "$(scstctl device d1 --json | jq -r '.[].attributes.size_mb')" 64 "device d1 --json"
	scstctl lun --json | jq -c '.[] | [.name, .links.device, .target, .driver]' >"$tap_dir/luns"
	assert_eq "$(grep -F scst_local "$tap_dir/luns" | paste -sd' ')" \
		'["0","devices/d0","scst_local_tgt","scst_local"] ["1","devices/d1","scst_local_tgt","scst_local"]' lun
	assert_eq "$(grep -cF copy_manager_tgt "$tap_dir/luns")" 2 "LUNs of the copy manager"
	assert_match "$(scstctl lun d1)" "1 +d1 +0 +- +scst_local_tgt" "lun d1"
	assert_status 3 "there is no device d9" scstctl device d9
}

test_target_and_session()
{
	assert_match "$(scstctl target)" "scst_local +- +2 +0 +1 +scst_local_tgt" target
	assert_match "$(scstctl session)" "scst_local_host +scst_local_tgt" session
	assert_eq "$(scstctl session scst_local_host --json | jq -r '.[] | .target')" scst_local_tgt session
	assert_status 3 "there is no session of initiator x" scstctl session x
	assert_status 2 "usage: scstctl session [INITIATOR]" scstctl session a b
}

run_tests "$@"
