#!/usr/bin/env python3
"""Reference values of the correlation template, for Tests/ImagingTests/CorrelationTemplateTests.swift.

The model of Sources/Imaging/Templates/CorrelationTemplate.swift in numpy, on the 1 mm ICBM152 2009a tissue images as the wheel of
nilearn 0.14.1 carries them (nilearn/datasets/data). Needs numpy, scipy, nibabel.

    python3 Scripts/template_reference.py FOLDER
"""

import os
import sys

import nibabel
import numpy as np
from scipy.ndimage import gaussian_filter

IX, IY, IZ = 188 - 2 * np.arange(91), 8 + 2 * np.arange(109), 2 * np.arange(91)  # 2 mm centres in the 1 mm images


def load(folder, tissue):
    path = os.path.join(folder, f"mni_icbm152_{tissue}_tal_nlin_sym_09a_converted.nii.gz")
    return nibabel.load(path).get_fdata().astype(np.float32) / 255


def smooth(image, fwhm):
    return gaussian_filter(image, fwhm / 2.35482, mode="constant")


def gradient(image, scale):
    return scale * np.sqrt(sum(g * g for g in np.gradient(image)))


def laplacian(image, scale):
    return scale**2 * sum(np.gradient(g, axis=a) for a, g in enumerate(np.gradient(image)))


def down(image):
    out = np.zeros((91, 109, 91), np.float32)
    i, j, k = IX < image.shape[0], IY < image.shape[1], IZ < image.shape[2]
    out[np.ix_(i, j, k)] = image[np.ix_(IX[i], IY[j], IZ[k])]
    return out


def model(folder):
    grey, white = load(folder, "gm"), load(folder, "wm")
    total = np.clip(grey + white, 0, 1)
    csf = np.clip((smooth(total, 4) > 0.3).astype(np.float32) - total, 0, 1)
    linear = sum(
        weight * (down(feature) - centre)
        for weight, centre, feature in (
            (0.22, -0.77868, laplacian(smooth(grey, 28), 28)),
            (0.58, 0.06608, gradient(smooth(csf, 24), 24)),
            (0.90, 0.36673, gradient(smooth(white, 28), 28)),
            (0.71, 0.31266, gradient(smooth(grey, 16), 16)),
            (4.57, 0.07025, smooth(csf, 40)),
            (-0.86, 0.25751, smooth(white, 40)),
        )
    )
    slowness = np.exp(-0.11 + np.clip(linear, -0.6, 0.6))
    return slowness, down(smooth(total, 8)) > 0.1, down(smooth(grey, 12)) > 0.32, down(smooth(white, 8)) > 0.25


def correlations(slowness, domain, mask):
    for step in ((1, 0, 0), (1, 1, 0), (1, 1, 1)):
        here = tuple(slice(0, n - d) for n, d in zip(domain.shape, step))
        there = tuple(slice(d, None) for d in step)
        length = 2 * np.sqrt(sum(step)) * (slowness[here] + slowness[there]) / 2
        both = domain[here] & domain[there] & mask[here]
        values = 2.0 ** (-4 * (length / 20) ** 2)[both]
        print("r", step, "mean %.4f" % values.mean(), "5, 50, 95 %", np.percentile(values, [5, 50, 95]).round(4))


def derivatives():
    image = np.array(
        [[[i * i + 2 * j**3 + i * j * k + 3 * k for k in range(4)] for j in range(3)] for i in range(5)], float)
    spacing = (2, 3, 1.5)
    size = np.sqrt(sum(g * g for g in np.gradient(image, *spacing)))
    second = sum(np.gradient(np.gradient(image, h, axis=a), h, axis=a) for a, h in enumerate(spacing))
    for p in ((0, 0, 0), (2, 1, 1), (4, 2, 3), (1, 0, 2), (3, 2, 0), (0, 1, 3), (4, 0, 1), (2, 2, 2)):
        print(f"([{p[0]}, {p[1]}, {p[2]}], {size[p]:.6f}, {second[p]:.6f}),")


if __name__ == "__main__":
    slowness, domain, mask, white = model(sys.argv[1])
    print("domain", domain.sum(), "mask", mask.sum(), "in both", (domain & mask).sum(), "white matter", white.sum())
    print("slowness in the domain: mean %.4f," % slowness[domain].mean(), "5, 50, 95 %",
          np.percentile(slowness[domain], [5, 50, 95]).round(4))
    correlations(slowness, domain, mask)
    voxels = np.argwhere(domain)
    chosen = np.random.default_rng(20260101).choice(len(voxels), 40, replace=False)
    for i, j, k in voxels[np.sort(chosen)]:
        print(f"([{90 - 2 * i}, {-126 + 2 * j}, {-72 + 2 * k}], {slowness[i, j, k]:.4f}),")
    derivatives()
