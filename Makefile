# SPDX-License-Identifier: GPL-2.0-only
#
# On a Debian 13 like host this builds directly. On any other host the same targets run inside the
# build root, a Debian 13 tree which selftests/vm/mkroot makes once. All output is in .build.
# `make help` lists targets and variables.

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.DEFAULT_GOAL := all
export PATH := $(PATH):/usr/sbin:/sbin

KERNEL  ?= 6.12
PREFIX  ?= /usr/local
export KERNEL PREFIX DESTDIR SANITIZE HANDLES

src := $(CURDIR)
O   := $(src)/.build
vm  := $(src)/selftests/vm

build_targets := all kernel bpf userspace unit fuzz lint install uninstall layer build-tests test-module
install_parts := install-modules install-programs install-sdk install-dkms
guest_targets := check check-quick soak torture demo bench mutants deb check-deb
.PHONY: $(build_targets) $(install_parts) $(guest_targets) clean help sync

help:
	@sed -n 's/^#: \{0,1\}//p' $(firstword $(MAKEFILE_LIST))
#: make [all]       kernel modules, BPF objects, user programs
#: make kernel      kernel modules, .build/modules-$KVER
#: make bpf         BPF objects and skeletons, .build/bpf
#: make userspace   programs and libraries, .build/userspace
#: make unit fuzz   build and run the unit tests, a short run of the fuzzers
#: make lint        layout, shellcheck, SPDX, sparse, spelling
#: make check       everything above, and the tests in guests; ends with "N passed, ..."
#: make check-quick lint, unit tests and ten test files: what fails first, in some five minutes
#: make soak        the test files that TESTS= names, with numbers that take their time
#: make torture     actors that do to each other what nobody thought of: ten minutes, or SECONDS=
#: make mutants     do the tests see a bug in the kernel? An hour or two
#: make demo        build, boot a guest and show it; KEEP=1: its iSCSI target stays at 127.0.0.1:PORT
#: make bench       instructions per I/O of every path
#: make install     modules and depmod, BPF objects, programs, units, man pages; or of these, install-modules,
#:                  install-programs; install-sdk: what policies are written with; install-dkms: sources for DKMS
#: make uninstall   take away what this tree installs
#: make deb         Debian packages of what is committed, .build/deb/*.deb
#: make check-deb   are they the same bytes wherever they are built; DKMS; a guest of a plain Debian with them
#: make clean       remove .build
#:
#: KERNEL=6.12|7.2|debug|kcsan  kernel of the guest and of the modules; 7.2: what backports has now;
#:                         debug, kcsan: with all checks, built when first asked for (half an hour)
#: KVER= KDIR=             kernel to build for; natively the running one
#: DESTDIR= PREFIX=        where to install (/usr/local)
#: LLVM=1 CC=              compile modules with clang
#: HANDLES=1               modules with what tests take hold of (include/scst/tags.h), in a folder of
#:                         their own; KERNEL=debug|kcsan always have it
#: NATIVE=1|0              insist on this host's tools, or on the build root
#: TESTS=regexp            check: only what matches of the names that it prints
#: JOBS=                   check: guests side by side (as many as processors)
#: PATIENCE=               check: how many times slower than an idle machine this one may be
#: SECONDS= SEED= ACTORS=regexp EXACT=1 MUTANT=  torture: how long (600), which run, who; in the guest
#:                         where the same seed gives the same run; with a defect that is put back
#: ROWS=regexp RUNS= RUNTIME=  bench: which rows, how often (3), how long (1 s)
#: MUTANTS=regexp WHOLE=N SEED=N GREEN=1  mutants: which of them, or N drawn ones with all of make check
#: SCST_PERL=DIR           unit, check: scstadmin is compared with SCST's own, which is there
#: SANITIZE=1              check, userspace: programs with ASan and UBSan; a report fails the file
#: WERROR=0                compiler warnings are not errors

clean:
	rm -rf $(O)

ifdef SCST_PERL
override SCST_PERL := $(abspath $(SCST_PERL))
export SCST_PERL
endif

# ---- where to build -------------------------------------------------------------------------

NATIVE ?= $(shell KVER=$(KVER) KDIR=$(KDIR) $(vm)/native >/dev/null 2>&1 && echo 1 || echo 0)

# Whoever insists is told what is missing.
ifeq ($(SCST_IN_ROOT)$(NATIVE),1)
ifneq ($(shell KVER=$(KVER) KDIR=$(KDIR) $(vm)/native),)
$(error $(shell KVER=$(KVER) KDIR=$(KDIR) $(vm)/native | paste -sd, | sed 's/,/, /g'))
endif
endif

ifneq ($(SCST_IN_ROOT)$(filter 1,$(NATIVE)),)

# ---- here -----------------------------------------------------------------------------------

ifdef SCST_IN_ROOT
find_kernel := $(shell . $(vm)/common.sh && . $(vm)/kernel.sh && \
	find_kernel $(or $(KVER),$(KERNEL)) && echo $$kver $$ktree/usr/lib/modules/$$kver/build)
ifeq ($(find_kernel),)
$(error no kernel $(or $(KVER),$(KERNEL)))
endif
override KVER := $(word 1,$(find_kernel))
KDIR ?= $(word 2,$(find_kernel))
else
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
endif

modules   := $(O)/modules-$(KVER)$(if $(LLVM),-clang)$(if $(filter 1,$(HANDLES)),-handles)
scst_ko   := $(modules)/kernel/core/scst.ko
user_vars := SRC=$(src) O=$(O)/userspace BPF_O=$(O)/bpf PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
WERROR    ?= 1
werror    := $(if $(filter-out 0,$(WERROR)),-Werror)

all: kernel bpf userspace

# 6.12's kbuild writes beside the sources, so it gets a farm of symlinks to them. Those that are there stay:
# somebody may be reading.
sync:
	@cd $(src) && find kernel include -type f -exec sh -c 'for file; do [ -L $(modules)/$$file ] || \
		{ mkdir -p $(modules)/$${file%/*} && ln -sf $(src)/$$file $(modules)/$$file; } || exit; done' sh {} +
	@find -L $(modules) -type l -delete

kernel: sync
	@test -d $(KDIR) || { echo "no kernel headers in $(KDIR): apt install linux-headers-$(KVER)"; exit 1; }
	@echo "== kernel modules for $(KVER)"
	@$(MAKE) -C $(KDIR) M=$(modules)/kernel KCFLAGS="$(werror)" $(if $(LLVM),LLVM=$(LLVM)) \
		$(if $(filter command line,$(origin CC)),CC=$(CC)) modules

bpf: kernel
	@$(MAKE) -C bpf SRC=$(src) O=$(O)/bpf VMLINUX=$(KDIR)/vmlinux SCST_KO=$(scst_ko) WERROR=$(werror)

# Folders below have their own Makefile.
has = $(wildcard $(src)/$(1)/Makefile)

userspace: bpf
	$(if $(call has,userspace),@$(MAKE) -C userspace $(user_vars) all)

unit:
	@for dir in unit unit/mgmt unit/command unit/user unit/userspace unit/scstadmin unit/scstctl unit/iscsi unit/judge \
			unit/decoded unit/work unit/passthrough; do \
		$(MAKE) -C selftests/$$dir SRC=$(src) O=$(O)/$$dir check || exit 1; \
	done

fuzz:
	@for dir in fuzz fuzz/iscsi fuzz/userspace; do \
		$(MAKE) -C selftests/$$dir SRC=$(src) O=$(O)/$$dir check || exit 1; \
	done

lint: kernel
	@KVER=$(KVER) KDIR=$(KDIR) MODULES=$(modules) KCFLAGS="$(werror)" selftests/lib/lint

build-tests: all
	@KDIR=$(KDIR) MODULES=$(modules) selftests/lib/build-tests

updates := $(DESTDIR)/lib/modules/$(KVER)/updates

install: install-modules install-programs

# What install brings is seen by doing it elsewhere. The configuration is the administrator's.
uninstall: all
	@rm -rf $(O)/installed
	@$(MAKE) DESTDIR=$(O)/installed install
	@cd $(O)/installed && find . ! -type d ! -path ./etc/scst/bpfd.json -print0 | (cd $(DESTDIR)/ && xargs -0 rm -f)
	$(if $(DESTDIR),,depmod $(KVER))

install-modules: all
	@echo "== installing to $(DESTDIR)/"
	@mkdir -p $(updates)
	@cd $(modules)/kernel && sed 's/\.o$$/.ko/' modules.order | xargs install -m 644 -t $(updates)
	@strip --strip-debug $(updates)/*.ko
	$(if $(DESTDIR),,depmod $(KVER))

install-programs: all
	@mkdir -p $(DESTDIR)$(PREFIX)/lib/scst/bpf
	@find $(O)/bpf -name '*.bpf.o' -exec install -m 644 {} $(DESTDIR)$(PREFIX)/lib/scst/bpf/ \;
	$(if $(call has,userspace),@$(MAKE) -C userspace $(user_vars) install)

# Headers of the interfaces, those that policies and tracers include, and the types of the kernel; and the library
# of programs that are devices.
version  = $(shell sed -n 's/^\#define SCST_VERSION[[:space:]]*"\(.*\)"/\1/p' $(src)/include/uapi/scst/scst.h)
includes := $(DESTDIR)$(PREFIX)/include/scst
pc       := $(DESTDIR)$(PREFIX)/share/pkgconfig

install-sdk: all
	@install -d $(includes)/bpf/policies $(includes)/bpf/tracers $(pc)
	@install -m 644 include/uapi/scst/*.h $(includes)/
	@install -m 644 bpf/*.h $(O)/bpf/vmlinux.h $(includes)/bpf/
	@install -m 644 bpf/policies/*.h $(includes)/bpf/policies/
	@install -m 644 bpf/tracers/*.h $(includes)/bpf/tracers/
	@for name in scst-bpf scst-user; do \
		sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(version)|' userspace/packaging/sdk/$$name.pc.in \
			>$(pc)/$$name.pc || exit 1; \
	done
	@$(MAKE) -C userspace $(user_vars) install-library

# A checkout without what a build leaves there.
DKMS_DIR = $(DESTDIR)/usr/src/scst-bpf-$(version)
install-dkms:
	@mkdir -p $(DKMS_DIR)
	@cp -r kernel include LICENSE $(DKMS_DIR)/
	@sed 's/#MODULE_VERSION#/$(version)/' userspace/packaging/dkms/dkms.conf >$(DKMS_DIR)/dkms.conf

# A module that only tests load.
test-module: kernel
	@cp -asf $(src)/selftests/kernel/module $(modules)/
	@$(MAKE) -C $(KDIR) M=$(modules)/module KCFLAGS="$(werror)" $(if $(LLVM),LLVM=$(LLVM)) \
		KBUILD_EXTRA_SYMBOLS=$(modules)/kernel/Module.symvers modules

# What a guest sees over its root: everything installed. And what only its tests use.
layer: all test-module
	$(if $(call has,selftests/bpf),@$(MAKE) -C selftests/bpf SRC=$(src) O=$(O)/selftests/bpf \
		BPF_O=$(O)/bpf WERROR=$(werror))
	@$(vm)/mklayer $(KVER) $(KDIR) $(modules)/module/*.ko

else

# ---- in the build root ----------------------------------------------------------------------

.PHONY: enter
$(build_targets) $(install_parts): enter
enter:
ifeq ($(NATIVE),0)
ifneq ($(if $(DESTDIR),,$(filter install uninstall $(install_parts),$(MAKECMDGOALS))),)
	$(error this host builds in the build root, where installing needs DESTDIR. $(shell $(vm)/native 2>&1 | paste -sd' '))
endif
endif
	+@$(vm)/build $(addprefix --bind ,$(wildcard $(KDIR)) $(DESTDIR) $(SCST_PERL)) -- \
		$(or $(filter $(build_targets) $(install_parts),$(MAKECMDGOALS)),all)

endif

# ---- in a guest: built in the root whatever the host is ---------------------------------------

check:
	@$(vm)/check

check-quick:
	@$(vm)/check --quick

soak:
	@$(vm)/check --soak

torture:
	@selftests/torture/torture "$(SECONDS)" "$(SEED)" "$(ACTORS)" "$(EXACT)" "$(MUTANT)"

demo:
	@$(vm)/demo

bench:
	@selftests/bench/bench

deb:
	@userspace/packaging/deb

check-deb:
	@selftests/packages/check-deb

mutants:
	@selftests/mutants/run
