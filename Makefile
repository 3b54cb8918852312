# Short names for `python3 tools/project.py ...`; each job sets up what it needs.
.PHONY: demo test golden samples bench fuzz clean

# Seconds that each metadata reader is fuzzed by `make fuzz`.
FUZZ_SECONDS ?= 30

demo:     ## screen samples/ and compare with what was planted
	python3 tools/project.py demo

test:     ## style, types, import layers, tests
	python3 tools/project.py test

golden:   ## rewrite the golden results after a wanted change
	.venv/bin/python -m pytest tests/samples --update-golden

samples:  ## draw the reference insignia and the samples again
	.venv/bin/python tools/insignia/draw_insignia.py
	.venv/bin/python tools/samples/make_samples.py

bench:    ## measure on the real data of ../shared; prints tables
	.venv/bin/python benchmarks/insignia_composites.py
	.venv/bin/python benchmarks/insignia_negatives.py
	.venv/bin/python benchmarks/insignia_scale.py
	.venv/bin/python benchmarks/insignia_real.py
	.venv/bin/python benchmarks/objects_speed.py
	.venv/bin/python benchmarks/real_input.py
	.venv/bin/python benchmarks/hostile_input.py
	.venv/bin/python benchmarks/metadata_truth.py
	.venv/bin/python benchmarks/metadata_leaks.py
	.venv/bin/python benchmarks/metadata_rate.py
	.venv/bin/python benchmarks/metadata_hostile.py
	.venv/bin/python benchmarks/preview_mismatch.py
	.venv/bin/python benchmarks/text_reading.py
	.venv/bin/python benchmarks/text_recognisers.py
	.venv/bin/python benchmarks/policy_rate.py
	.venv/bin/python benchmarks/linking_pictures.py
	.venv/bin/python benchmarks/officer_folders.py
	.venv/bin/python benchmarks/start_up.py

fuzz:     ## fuzz every metadata reader for FUZZ_SECONDS each (Linux on x86-64)
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	for reader in $$(.venv/bin/python fuzz/fuzz_readers.py --list); do \
		.venv/bin/python fuzz/fuzz_readers.py $$reader -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

clean:
	rm -rf .venv screening-results
