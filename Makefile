# Builds what is stale: dist/ (tools, addon, server) and out/ (the page). `npm run build` calls it.
ARCH := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')
BIN := node_modules/.bin
TOOLS := $(basename $(basename $(notdir $(wildcard bpf/*.bpf.c))))

all: bpf native dist/server.js dist/snapshot-worker.js out/index.html
bpf: $(TOOLS:%=dist/bpf/%.bpf.o) $(TOOLS:%=dist/bpf/%.json)
native: dist/calibration.bpf.o dist/ringside.node dist/syscalls.json

# Everything is written beside its place and moved there, so that a full disk leaves no half a file.
dist/bpf/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.bpf.h) | dist/bpf
	clang -target bpf -D__TARGET_ARCH_$(ARCH) -g -O2 -Wall -Werror -c $< -o $@.part
	llvm-strip -g $@.part
	mv $@.part $@

# What the server needs for itself.
dist/%.bpf.o: bpf/server/%.bpf.c bpf/kernel.bpf.h | dist/bpf
	clang -target bpf -D__TARGET_ARCH_$(ARCH) -g -O2 -Wall -Werror -c $< -o $@.part
	llvm-strip -g $@.part
	mv $@.part $@

dist/bpf/%.json: bpf/%.ts scripts/manifest.mjs | dist/bpf
	node scripts/manifest.mjs $< > $@.part
	mv $@.part $@

NATIVE := $(patsubst native/%.cc,dist/native/%.o,$(wildcard native/*.cc))
dist/native/%.o: native/%.cc $(wildcard native/*.h) Makefile | dist/native
	g++ -std=c++17 -O2 -g1 -fPIC -fvisibility=hidden -Wall -Wextra -Werror -DNAPI_VERSION=8 -DNAPI_CPP_EXCEPTIONS -DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS \
	  -isystem node_modules/node-api-headers/include -isystem node_modules/node-addon-api -c $< -o $@

dist/ringside.node: $(NATIVE)
	g++ -shared -o $@.part $^ -lbpf -lelf
	mv $@.part $@

# The kernel's own numbers of system calls for this architecture.
dist/syscalls.json: | dist/bpf
	echo '#include <asm/unistd.h>' | gcc -E -dM - | \
	  sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/"\2": "\1"/p' | paste -sd, | sed 's/.*/{&}/' > $@.part
	mv $@.part $@

# The command line writes rows as the page does.
SERVER := $(shell find server native components -name '*.ts' ! -name '*.test.ts') bpf/tool.ts
dist/server.js: ENTRY := server/main.ts
dist/snapshot-worker.js: ENTRY := server/snapshots/worker.ts
dist/server.js dist/snapshot-worker.js: $(SERVER) package-lock.json | dist/bpf
	$(BIN)/esbuild $(ENTRY) --bundle --platform=node --format=esm --target=node20 --log-level=warning \
	  --banner:js="import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" \
	  --outfile=$@.part
	mv $@.part $@

PAGE := $(shell find app components public -type f ! -name '*.test.ts*') $(wildcard server/protocol.ts server/protocol/*.ts) next.config.js postcss.config.mjs
out/index.html: $(PAGE) package-lock.json scripts/compress.mjs
	NEXT_TELEMETRY_DISABLED=1 $(BIN)/next build
	node scripts/compress.mjs out
	touch $@

dist/bpf dist/native:
	mkdir -p $@

clean:
	rm -rf dist out .next

.PHONY: all bpf native clean
.DELETE_ON_ERROR:
