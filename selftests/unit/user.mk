# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests of user programs: each test_*.c is a program, linked with what it tests, all built with
# sanitizers. Included after the folder has said
#
#   PKGS	packages of pkg-config, or nothing
#   SOURCES	what is tested, below userspace/
#   HELPERS	sources of its own that every test needs (optional)
#   DEFINES	more for the compiler (optional)
#
#   make all       build them		make check     run them, TAP		make clean

CC  ?= cc
CFLAGS ?= -O1 -g
UNIT_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wswitch -Wno-unused-parameter \
	-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	-I$(TOP)/userspace/lib -I$(TOP)/include/uapi $(DEFINES) $(if $(PKGS),$(shell pkg-config --cflags $(PKGS)))
UNIT_LIBS = $(if $(PKGS),$(shell pkg-config --libs $(PKGS))) -lcmocka

OBJS  := $(SOURCES:%.c=$(O)/%.o) $(HELPERS:%.c=$(O)/%.o)
TESTS := $(patsubst %.c,$(O)/%,$(wildcard test_*.c))

all: $(TESTS)

$(O)/%.o: $(TOP)/userspace/%.c
	@mkdir -p $(@D)
	@echo '  CC      '$(notdir $@)
	@$(CC) $(CFLAGS) $(UNIT_CFLAGS) -MMD -MP -c $< -o $@

$(O)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC      '$(notdir $@)
	@$(CC) $(CFLAGS) $(UNIT_CFLAGS) -MMD -MP -c $< -o $@

$(O)/test_%: $(O)/test_%.o $(OBJS)
	@echo '  CC      '$(notdir $@)
	@$(CC) $(CFLAGS) $(UNIT_CFLAGS) $^ $(UNIT_LIBS) -o $@

include ../check.mk

clean:
	$(RM) -r $(O)

.PHONY: all check clean
.SECONDARY:

-include $(wildcard $(O)/*.d $(O)/*/*.d)
