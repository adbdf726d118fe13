# Builds the extension with PGXS.  `make`, `make install`, and for developers:
# `test/run` runs every test, `demo/run` the demonstration.
#
# core is compiled here without any PostgreSQL include path, as CMake does it too:
# the dependency direction is a property of the build, not a promise.

EXTENSION = mezzanine
MODULE_big = mezzanine
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" mezzanine.control)
SCRIPT_PARTS := $(sort $(wildcard sql/extension/*.sql))
DATA_built = mezzanine--$(EXTVERSION).sql

CORE_SOURCES := $(sort $(wildcard src/core/*.cpp))
SHELL_SOURCES := $(sort $(wildcard src/*.cpp src/pg/*.cpp src/fence/*.cpp src/cell/*.cpp \
	src/inventory/*.cpp src/views/*.cpp))
CORE_OBJS := $(CORE_SOURCES:.cpp=.o)
SHELL_OBJS := $(SHELL_SOURCES:.cpp=.o)
OBJS = $(CORE_OBJS) $(SHELL_OBJS)

REGRESS_OPTS = --inputdir=. --schedule=sql/schedule
EXTRA_CLEAN = $(OBJS:.o=.d) $(DATA_built) build

# PGXS would also make LLVM bitcode, by a rule that ignores C++ flags.
override with_llvm = no

PG_CONFIG ?= pg_config
# The C++ library's templates would be exported despite -fvisibility=hidden.
SHLIB_LINK += -lstdc++ -Wl,--version-script=src/exports.map $(MEZZANINE_SANITIZE)
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

MEZZANINE_OPT ?= -O2
MEZZANINE_CXXFLAGS = -std=gnu++20 $(MEZZANINE_OPT) -g -fPIC -fvisibility=hidden -fno-strict-aliasing \
	-fwrapv -Wall -Wextra -Wshadow -Werror -MMD -MP -Isrc -DMEZZANINE_VERSION='"$(EXTVERSION)"' \
	$(MEZZANINE_SANITIZE)
SERVER_INCLUDES = -isystem $(includedir_server) -isystem $(includedir)

$(CORE_OBJS): %.o: %.cpp
	$(CXX) $(MEZZANINE_CXXFLAGS) -c -o $@ $<

$(SHELL_OBJS): %.o: %.cpp
	$(CXX) $(MEZZANINE_CXXFLAGS) $(SERVER_INCLUDES) -D_GNU_SOURCE -c -o $@ $<

# By its contents, not by times: a part that has gone is newer than nothing.
$(DATA_built): $(SCRIPT_PARTS) FORCE
	@cat $(SCRIPT_PARTS) | cmp -s - $@ || cat $(SCRIPT_PARTS) > $@

FORCE:
.PHONY: FORCE

# The module as test/tidy.sh reads it: at -O1 a pending destructor shows in the object.
O1_OBJS = $(addprefix build/O1/,$(OBJS))

build/O1/mezzanine.so: MEZZANINE_OPT = -O1
build/O1/mezzanine.so: $(O1_OBJS) src/exports.map
	$(CXX) -shared -o $@ $(O1_OBJS) -Wl,--version-script=src/exports.map

build/O1/src/core/%.o: src/core/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(MEZZANINE_CXXFLAGS) -c -o $@ $<

build/O1/%.o: %.cpp
	@mkdir -p $(@D)
	$(CXX) $(MEZZANINE_CXXFLAGS) $(SERVER_INCLUDES) -D_GNU_SOURCE -c -o $@ $<

-include $(OBJS:.o=.d) $(O1_OBJS:.o=.d)
