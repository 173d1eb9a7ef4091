#!/usr/bin/env python3
"""Cuneus and NiMARE side by side: seconds and peak memory of the same cases on the same foci and images.

    .build/nimare/bin/python Scripts/nimare_speed.py --cuneus .build/release/cuneus-bench [--quick] [--threads 1 2]

`make bench-nimare` makes the virtual environment and runs this. Both programs read what `cuneus-bench side-by-side
prepare` wrote (foci and images made from seeds, Cuneus' brain mask); nothing is downloaded, and no result is kept or
compared, only times. Every case runs in a process of its own, one program after the other. NiMARE's compiled functions
are warmed up on two experiments before its clock starts.

Seconds hold the statistic, its null and the corrected maps; for images, reading them too. Where NiMARE is given fewer
iterations than the case has, its seconds are fit + iterations x seconds per iteration, and the line says so (*).
Memory is the largest resident set of the process and, with it, of one child.
"""

import argparse
import importlib.metadata
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings

# name, case, experiments, iterations, NiMARE's iterations (0: all; a second number for --quick), aim, extra for Cuneus
CASES = [
    ("21 experiments: MKDA + FWE", "mkda", 21, 1000, 1000, 1000, 30, []),
    ("21 experiments: KDA + FWE", "kda", 21, 1000, 1000, 1000, 30, []),
    ("21 experiments: ALE + FWE", "ale", 21, 1000, 1000, 1000, 30, []),
    ("21 experiments: ALE + FWE, ours with TFCE", "ale", 21, 1000, 1000, 1000, 1, ["--tfce"]),
    ("21 experiments: MKDA + FWE, ours with TFCE", "mkda", 21, 1000, 1000, 1000, 1, ["--tfce"]),
    ("21 experiments: ALE subtraction", "subtraction", 21, 1000, 1000, 200, 30, []),
    ("21 experiments: ALE subtraction with clusters", "subtraction-clusters", 21, 1000, 50, 20, 30, []),
    ("20 maps: DerSimonian-Laird", "ibma-dl", 20, 0, 0, 0, 30, []),
    ("20 maps: Hedges", "ibma-hedges", 20, 0, 0, 0, 30, []),
    ("20 maps: REML", "ibma-reml", 20, 0, 0, 0, 30, []),
    ("20 maps: Stouffer", "ibma-stouffer", 20, 0, 0, 0, 30, []),
    ("20 maps: permuted OLS, 1,000 flips", "ibma-ols", 20, 1000, 1000, 1000, 30, []),
    ("21 experiments: chi-square + FWE", "chi2", 21, 1000, 20, 10, 30, []),
    ("1,000 experiments: MKDA + FWE", "mkda", 1000, 1000, 100, 50, 30, []),
    ("1,000 experiments: ALE + FWE", "ale", 1000, 1000, 20, 20, 30, []),
    ("1,000 experiments: MKDA + FWE, ours with TFCE", "mkda", 1000, 1000, 100, 50, 1, ["--tfce"]),
    ("1,000 experiments: chi-square + FWE", "chi2", 1000, 1000, 4, 4, 30, []),
    ("10,000 experiments: MKDA maps", "mkda", 10_000, 0, 0, 0, 10, []),
    ("10,000 experiments: ALE maps", "ale", 10_000, 0, 0, 0, 10, []),
]


def studysets(path):
    """The foci of a table as NIMADS studies, in order."""
    studies = {}
    with open(path) as lines:
        for line in lines:
            study, n, *place = line.split()
            points = studies.setdefault(study, (float(n), []))[1]
            points.append({"space": "MNI", "coordinates": [float(x) for x in place], "values": []})
    return [
        {
            "id": study, "name": study, "metadata": {},
            "analyses": [{
                "id": study + "-1", "name": "1", "conditions": [], "weights": [], "images": [], "points": points,
                "metadata": {"sample_sizes": [n]},
            }],
        }
        for study, (n, points) in studies.items()
    ]


def nimare_case(case, folder, count, iterations, threads):
    """Times one case in this process; prints a line of JSON."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    os.environ["TQDM_DISABLE"] = "1"
    import nibabel
    from nimare.correct import FWECorrector
    from nimare.meta import ibma
    from nimare.meta.cbma.ale import ALE, ALESubtraction
    from nimare.meta.cbma.mkda import KDA, MKDAChi2, MKDADensity
    from nimare.nimads import Studyset

    mask = nibabel.load(os.path.join(folder, "mask.nii.gz"))

    def studyset(studies):
        return Studyset({"id": "speed", "name": "speed", "studies": studies}, target="mni152_2mm")

    def estimator(n):
        if case == "chi2":
            return MKDAChi2(mask=mask)
        if case == "subtraction":
            return ALESubtraction(n_iters=n, n_cores=threads, mask=mask)
        if case == "subtraction-clusters":
            return ALESubtraction(n_iters=n, n_cores=threads, mask=mask, vfwe_only=False)
        return {"ale": ALE, "mkda": MKDADensity, "kda": KDA}[case](mask=mask)

    def run(studies, n):
        """Seconds of the maps, and with the correction."""
        half = (len(studies) + 1) // 2
        start = time.perf_counter()
        if case == "chi2" or case.startswith("subtraction"):
            result = estimator(n).fit(studyset(studies[:half]), studyset(studies[half:]))
        else:
            result = estimator(n).fit(studyset(studies))
        fit = time.perf_counter() - start
        if n and not case.startswith("subtraction"):
            FWECorrector(method="montecarlo", n_iters=n, n_cores=threads, voxel_thresh=0.001).transform(result)
        return fit, time.perf_counter() - start

    if case.startswith("ibma-"):
        with open(os.path.join(folder, "images.tsv")) as lines:
            rows = [line.split() for line in lines]
        methods = {
            "ibma-dl": (ibma.DerSimonianLaird, {}, ["beta", "varcope"]),
            "ibma-hedges": (ibma.Hedges, {}, ["beta", "varcope"]),
            "ibma-reml": (ibma.VarianceBasedLikelihood, {"method": "reml"}, ["beta", "varcope"]),
            "ibma-stouffer": (ibma.Stouffers, {}, ["z"]),
            "ibma-ols": (ibma.PermutedOLS, {"n_jobs": threads}, ["beta"]),
        }
        kind, options, quantities = methods[case]
        studies = [
            {
                "id": study, "name": study, "metadata": {},
                "analyses": [{
                    "id": study + "-1", "name": "1", "conditions": [], "weights": [], "points": [],
                    "metadata": {"sample_sizes": [float(n)]},
                    "images": [
                        {"value_type": value, "space": "MNI", "filename": os.path.join(folder, f"{study}_{value}.nii.gz"),
                         "url": os.path.join(folder, f"{study}_{value}.nii.gz")}
                        for value in quantities
                    ],
                }],
            }
            for study, n in rows
        ]
        start = time.perf_counter()
        result = kind(mask=mask, **options).fit(studyset(studies))
        fit = time.perf_counter() - start
        if iterations:
            FWECorrector(method="montecarlo", n_iters=iterations, n_cores=threads).transform(result)
        whole = time.perf_counter() - start
    else:
        studies = studysets(os.path.join(folder, f"foci-{count}.tsv"))
        run(studies[:4], 2 if iterations else 0)
        fit, whole = run(studies, iterations)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    memory = own.ru_maxrss + children.ru_maxrss
    print("RESULT" + json.dumps({"fit": fit, "all": whole, "kib": memory}), flush=True)


def child(command, threads, limit):
    """Runs a program; its output, its largest resident set (KiB), or None when it takes too long."""
    environment = dict(os.environ)
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA"):
        environment[name + "_NUM_THREADS"] = str(threads)
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=environment)
        end = time.monotonic() + limit
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > end:
                process.kill()
                os.wait4(process.pid, 0)
                return None, 0
            time.sleep(0.02)
        output.seek(0)
        errors.seek(0)
        text = output.read()
        if status != 0:
            sys.stderr.write(errors.read()[-2000:] + "\n")
            return None, 0
        return text, usage.ru_maxrss


def compare(arguments):
    folder = arguments.folder or tempfile.mkdtemp(prefix="cuneus-nimare-")
    largest = max([21] + [case[2] for case in CASES if case[2] <= arguments.most])
    sizes = [size for size in (21, 1000, 10_000) if size <= largest]
    subprocess.run(
        [arguments.cuneus, "side-by-side", "prepare", folder]
        + [word for size in sizes for word in ("--studies", str(size))], check=True)
    # Not imported here: a child's largest resident set starts from that of the process that starts it.
    version = importlib.metadata.version("nimare")
    print(f"NiMARE {version}, Python {sys.version.split()[0]}; load average {os.getloadavg()[0]:.1f}")
    print("\n| case | threads | NiMARE, s | Cuneus, s | ratio | ms per iteration | NiMARE, MiB | Cuneus, MiB | aim | met |"
          "\n|---|---|---|---|---|---|---|---|---|---|", flush=True)
    known = {}
    for title, case, count, iterations, given, quick, aim, extra in CASES:
        if count > arguments.most or (arguments.only and not any(word in case for word in arguments.only)):
            continue
        theirs = quick if arguments.quick else given
        for threads in arguments.threads:
            if threads > 1 and not iterations and not case.startswith("ibma") and not arguments.all_threads:
                continue
            command = [
                arguments.cuneus, "side-by-side", "case", case, folder,
                "--studies", str(count), "--threads", str(threads), "--iterations", str(iterations)] + extra
            text, ours_kib = child(command, threads, arguments.limit)
            ours = json.loads(text.strip().splitlines()[-1]) if text else None
            command = [
                sys.executable, os.path.abspath(__file__), "--run", case, folder, str(count), str(theirs), str(threads)]
            run = case, count, theirs, threads
            if run not in known:
                text, _ = child(command, threads, arguments.limit)
                known[run] = json.loads(text.split("RESULT")[1]) if text else None
            reference = known[run]
            if ours is None or reference is None:
                slow = "Cuneus" if ours is None else "NiMARE"
                print(f"| {title} | {threads} | | | | | | | {aim} | {slow} did not finish |", flush=True)
                continue
            seconds, mark = reference["all"], ""
            if theirs < iterations:
                mark = "*"
                if case.startswith("subtraction"):
                    seconds *= iterations / theirs
                else:
                    seconds = reference["fit"] + (reference["all"] - reference["fit"]) * iterations / theirs
            ratio = seconds / ours["all"]
            each = 1e3 * (ours["all"] - ours["fit"]) / iterations if iterations and not case.startswith("subtraction") else None
            memory = reference["kib"] / 1024, ours_kib / 1024
            print(
                f"| {title} | {threads} | {seconds:.1f}{mark} | {ours['all']:.3f} | {ratio:.0f} | "
                f"{'' if each is None else f'{each:.3f}'} | {memory[0]:.0f} | {memory[1]:.0f} | {aim} | "
                f"{'yes' if ratio >= aim else 'no'} |", flush=True)
    print(f"\n* NiMARE's iterations scaled from fewer. Load average at the end {os.getloadavg()[0]:.1f}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuneus", help="cuneus-bench, built for release")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--quick", action="store_true", help="fewer iterations for NiMARE, and no 10,000 experiments")
    parser.add_argument("--most", type=int, help="largest number of experiments")
    parser.add_argument("--only", nargs="+", help="cases by name (ale, mkda, kda, chi2, subtraction, ibma)")
    parser.add_argument("--all-threads", action="store_true", help="maps alone with every number of threads, too")
    parser.add_argument("--limit", type=float, default=1800, help="seconds a case may take")
    parser.add_argument("--folder", help="where foci and images are written (default: a new temporary folder)")
    parser.add_argument("--run", nargs=5, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        case, folder, count, iterations, threads = arguments.run
        return nimare_case(case, folder, int(count), int(iterations), int(threads))
    if arguments.most is None:
        arguments.most = 1000 if arguments.quick else 10_000
    if not arguments.cuneus:
        parser.error("--cuneus: the path of cuneus-bench is needed")
    compare(arguments)


if __name__ == "__main__":
    main()
