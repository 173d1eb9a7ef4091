# What people do with this repository, one word each. `make help` lists them.

SWIFT ?= $(or $(shell command -v swift 2>/dev/null),$(wildcard /opt/swift/usr/bin/swift),swift)
OUT ?= out
DEMO ?= psychotherapy
# The library modules that `make docs` documents.
MODULES = Cuneus Statistics Imaging Evidence Inference Formats Appraisal SeedBasedMapping Convergence ImageBased Synthesis PrimaryStudy Claims Comparison Figures Reporting

.DEFAULT_GOAL := help
.PHONY: help install build demo test bench bench-nimare bench-nilearn browser-test slurm-test wheel python-test r-test conformance house fuzz sanitize lint \
  format docs site site-test dist dist-test deb image clean

help: ## list these words
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

install: ## install what this machine lacks (libdeflate, atlases)
	@SWIFT="$(SWIFT)" Scripts/install.sh

build: install ## build everything, optimised
	@[ -d .build/release ] || echo "Building for the first time: this takes some minutes."
	$(SWIFT) build -c release

demo: build ## run a whole meta-analysis (DEMO=psychotherapy or semantics); the last line says where its report is
	"$$($(SWIFT) build -c release --show-bin-path)/cuneus" run Examples/$(DEMO) --out $(OUT)/$(DEMO)

test: install ## run the tests, optimised
	$(SWIFT) test -c release --disable-testable-imports

bench: install ## measure speed
	$(SWIFT) run -c release cuneus-bench

conformance: install ## agreement with SDM-PSI, NiMARE and metafor, as the tables in Docs say (needs the reference shelf)
	$(SWIFT) build -c release --build-tests
	"$$($(SWIFT) build -c release --show-bin-path)/cuneus-bench" conformance
	"$$($(SWIFT) build -c release --show-bin-path)/cuneus-bench" image-conformance
	$(SWIFT) test -c release --skip-build --filter 'ConvergenceTests|PyMARE|Metafor|MetaRegression' 2>&1 | grep -v '◇\|✔ Test'

NIMARE = .build/nimare/bin/python
# As the outputs on the reference shelf were made. SPEED="--quick" takes minutes instead of a quarter of an hour.
$(NIMARE):
	python3 -m venv .build/nimare
	$(NIMARE) -m pip install --quiet nimare==0.22.1 pymare==0.0.13 numpy==2.4.6 scipy==1.17.1 nilearn==0.13.1

bench-nimare: install $(NIMARE) ## measure speed beside NiMARE (fetched from PyPI into .build/nimare)
	$(SWIFT) build -c release --product cuneus-bench
	$(NIMARE) Scripts/nimare_speed.py --cuneus "$$($(SWIFT) build -c release --show-bin-path)/cuneus-bench" $(SPEED)

NILEARN = .build/nilearn/bin/python
$(NILEARN):
	python3 -m venv .build/nilearn
	$(NILEARN) -m pip install --quiet nilearn==0.14.1

bench-nilearn: install $(NILEARN) ## measure speed of a primary study beside nilearn (fetched from PyPI into .build/nilearn)
	$(SWIFT) build -c release --product cuneus-bench
	$(NILEARN) Scripts/nilearn_speed.py --cuneus "$$($(SWIFT) build -c release --show-bin-path)/cuneus-bench" $(SPEED)

BROWSER = .build/browser/bin/python
$(BROWSER):
	python3 -m venv .build/browser
	$(BROWSER) -m pip install --quiet playwright==1.65.2 pillow==13.0.0 axe-core-python==0.1.0

browser-test: build $(BROWSER) ## drive the report's viewer in chromium (fetched by apt, its driver from PyPI into .build/browser)
	@Scripts/apt.sh chromium
	"$$($(SWIFT) build -c release --show-bin-path)/cuneus" run Examples/semantics --quiet --out $(OUT)/browser \
	  --set voxel_size=3 --set relocations=39 --set imputations=20
	$(BROWSER) Scripts/viewer_test.py $(OUT)/browser/report.html --chromium "$$(command -v chromium)"

# The program that goes into the wheel, or is tested: that of the build, or the tarball of `make dist` (PROGRAM=out/dist/cuneus-....tar.gz).
PROGRAM ?=
program = $(or $(PROGRAM),$(shell $(SWIFT) build -c release --show-bin-path 2>/dev/null)/cuneus)

wheel: ## make the Python wheel with a program that stands alone (PROGRAM=the tarball of make dist) in out/wheel
	OUT="$(OUT)" Scripts/python_test.sh --wheel "$(program)"

python-test: $(if $(PROGRAM),,build) ## make the Python wheel, install it into fresh environments, run its tests and notebook (from PyPI)
	OUT="$(OUT)" Scripts/python_test.sh "$(program)"

r-test: $(if $(PROGRAM),,build) ## check the R package with R CMD check and its tests (R and metafor are installed by apt when missing)
	Scripts/r_test.sh "$(program)"

slurm-test: build ## an array job on a real Slurm on this machine (as root; fetched by apt, torn down after; SLURM=--speed times it instead)
	Scripts/slurm-test.sh --cuneus "$$($(SWIFT) build -c release --show-bin-path)/cuneus" $(SLURM)

MINUTES ?= 10
fuzz: install ## damage the input of every reader with libFuzzer (MINUTES=10); the first build takes a quarter of an hour
	SWIFT="$(SWIFT)" Scripts/fuzz.sh $(MINUTES)

sanitize: install ## small runs under AddressSanitizer and ThreadSanitizer; two builds of a quarter of an hour
	SWIFT="$(SWIFT)" Scripts/sanitize.sh address
	SWIFT="$(SWIFT)" Scripts/sanitize.sh thread

house: ## print the modules and hold them to the plan of the house (Docs/architecture.md)
	@python3 Scripts/house.py

lint: ## check the style of the Swift sources, the plan of the house and the syntax of the scripts
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift
	@for script in Scripts/*.sh Scripts/cuneus-bids .ci/run; do bash -n "$$script" || exit 1; done
	@if command -v python3 >/dev/null; then \
	  python3 Scripts/house.py >/dev/null || exit 1; python3 Scripts/test_house.py 2>/dev/null || exit 1; \
	  for script in Scripts/*.py; do \
	    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$$script" || exit 1; \
	  done; fi
	@if command -v python3 >/dev/null && [ -d "$${CUNEUS_SHELF:-../shared}/data" ]; then \
	  python3 Examples/psychotherapy/curate.py --check >/dev/null; \
	else echo "Lint: the example's tables are not compared with their source (no shelf at $${CUNEUS_SHELF:-../shared})"; fi
	@echo "Lint: clean"

format: ## put the Swift sources into the house style
	$(SWIFT) format --in-place --parallel --recursive Sources Tests Benchmarks Package.swift

docs: install ## make the API reference in out/docs, with the toolchain's own DocC (nothing is fetched)
	SWIFT="$(SWIFT)" OUT="$(OUT)/docs" Scripts/docs.sh $(MODULES)

SITE = .build/site/bin/python
$(SITE):
	python3 -m venv .build/site
	$(SITE) -m pip install --quiet markdown-it-py==4.3.0

# A place where the sources can be read, for links to them: SOURCE_URL=https://…/blob/main
site: $(SITE) ## make the documentation site in out/site, with offline search; a broken link fails (fetches markdown-it-py into .build/site)
	$(SITE) Scripts/test_site.py 2>/dev/null || $(SITE) Scripts/test_site.py
	$(SITE) Scripts/make_site.py --out "$(OUT)/site" $(if $(SOURCE_URL),--source-url "$(SOURCE_URL)") --api "$(OUT)/docs"

site-test: build ## run the commands that stand on the pages, some ten minutes (PAGE=how-to/run.md: one page)
	python3 Scripts/docs_commands.py --program "$$($(SWIFT) build -c release --show-bin-path)/cuneus" $(if $(PAGE),--page "$(PAGE)")

dist: install ## make a tarball for any Linux: program, resources, licences, manual pages, completions (BUILD=.build/release: of that build)
	SWIFT="$(SWIFT)" OUT="$(OUT)" BUILD="$(BUILD)" Scripts/dist.sh

dist-test: ## unpack the tarball in a bare Debian 12 and run it there (root; the first time from a Debian mirror)
	Scripts/dist-test.sh

deb: ## make a Debian package from what make dist left, check it with lintian and install it in a bare Debian 12 (root)
	OUT="$(OUT)" Scripts/deb.sh

image: ## make a container image from the tarball with buildah, and run it (BASE=: of that image)
	OUT="$(OUT)" Scripts/image.sh

clean: ## remove what was built and run
	rm -rf .build .build-dist .build-docs .build-fuzz .build-address .build-thread $(OUT)
