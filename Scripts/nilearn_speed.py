#!/usr/bin/env python3
"""Cuneus and nilearn side by side: time of a permutation of a primary study, on the same images, in one run.

    .build/nilearn/bin/python Scripts/nilearn_speed.py --cuneus .build/release/cuneus-bench [--threads 1]

`make bench-nilearn` makes the virtual environment and runs this. `cuneus-bench study-speed --save` makes the images (smooth
noise of 30 people in 230,000 voxels of 2 mm, from a seed), times its own test and writes both; nilearn's `permuted_ols` then has
these images. Nothing is downloaded. That the images are the same is seen by the largest |t|, which both tell.

nilearn is slow with TFCE, so it makes few permutations: its time of a permutation is the time of many less the time of few,
divided by the difference, each in a process of its own, so that reading, masking and the map of the data do not count. Seconds
are by the clock, and of processor time with all its processes. Load averages are told: on a machine with other work
processor time is the fairer of the two.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings

# name, with TFCE, few and many permutations of nilearn's
CASES = [("voxel only", False, 10, 110), ("voxel and TFCE (ours with cluster size and mass), both tails", True, 1, 4)]


def nilearn_case(folder, tfce, permutations, threads):
    """One call of permuted_ols in this process; prints seconds and the largest |t|."""
    warnings.filterwarnings("ignore")
    import numpy as np
    from nilearn.maskers import NiftiMasker
    from nilearn.mass_univariate import permuted_ols

    masker = NiftiMasker(mask_img=os.path.join(folder, "mask.nii"), standardize=None).fit()
    maps = masker.transform(os.path.join(folder, "maps.nii"))
    start = time.perf_counter()
    result = permuted_ols(
        np.ones((len(maps), 1)), maps, model_intercept=False, n_perm=permutations, two_sided_test=True, random_state=1,
        n_jobs=threads, verbose=0, masker=masker, tfce=tfce, output_type="dict")
    print(json.dumps({"seconds": time.perf_counter() - start, "largest": float(np.nanmax(np.abs(result["t"])))}))


def timed(command):
    """The JSON that a command prints last, with the processor time that it and its children took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: ended with {done.returncode}.")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    told["processor"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return told


def load():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--cuneus", help="cuneus-bench, as built")
    options.add_argument("--threads", type=int, default=1, help="of both programs")
    options.add_argument("--permutations", type=int, default=100, help="of ours with TFCE; ten times as many without")
    options.add_argument("--case", nargs=4, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.case:
        folder, tfce, permutations, threads = chosen.case
        return nilearn_case(folder, tfce == "True", int(permutations), int(threads))
    if not chosen.cuneus:
        options.error("--cuneus is needed.")
    import nilearn

    print(f"nilearn {nilearn.__version__}, {os.cpu_count()} cores, {chosen.threads} thread(s) each, load before {load()}")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [chosen.cuneus, "study-speed", "--permutations", str(chosen.permutations), "--threads",
             str(chosen.threads), "--save", folder], check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, "times.json")) as file:
            ours = {times["tfce"]: times for times in json.load(file)}
        for name, tfce, few, many in CASES:
            runs = [
                timed([sys.executable, __file__, "--case", folder, str(tfce), str(count), str(chosen.threads)])
                for count in (few, many)
            ]
            clock, processor = ((runs[1][key] - runs[0][key]) / (many - few) for key in ("seconds", "processor"))
            own = ours[tfce]
            apart = abs(runs[1]["largest"] - own["largest"])
            if apart > 1e-3 * own["largest"]:
                sys.exit(f"largest |t| {own['largest']} and {runs[1]['largest']}: these are not the same images.")
            print(f"{name}: largest |t| {own['largest']:.4f} and {runs[1]['largest']:.4f}")
            print(f"  a permutation by the clock: Cuneus {1e3 * own['seconds']:.2f} ms, nilearn {1e3 * clock:.0f} ms,"
                  f" {clock / own['seconds']:.0f} times")
            print(f"  processor time: Cuneus {1e3 * own['processorSeconds']:.2f} ms, nilearn {1e3 * processor:.0f} ms,"
                  f" {processor / own['processorSeconds']:.0f} times")
            print(f"  Cuneus made {own['permutations']}, nilearn {many} less {few}; load {load()}", flush=True)


if __name__ == "__main__":
    main()
