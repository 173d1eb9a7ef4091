// Differences of two groups' sums for every permutation of the labels, for voxels that the same experiments reach.
#ifndef LABEL_KERNELS_H
#define LABEL_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Levels of branching: each at least halves the permutations that go on, of which there are fewer than 2³¹.
enum { CUNEUS_LABEL_LEVELS = 32 };

/// Voxels, the experiments that reach them, and the permutations. Sums are of the first group's terms, in the order of the experiments.
typedef struct {
    /// Experiments, voxels (a multiple of 8; beyond the last one all values are 0), permutations, and words of 64 of them.
    int32_t experiments, width, permutations, words;
    /// A row of `width` per experiment: what it adds to a sum.
    const double *terms;
    /// Of each experiment: the row of `members` that is its own.
    const int32_t *rows;
    /// Rows of `words`: a bit per permutation that has the experiment in the first group.
    const uint64_t *members;
    /// Per voxel: the observed sum of the first group, and the sum of all experiments.
    const double *goal, *whole;
    /// Sums that differ by no more are equal.
    double tie;
    /// Differences of a size up to this are passed over.
    float limit;
} cuneus_labels;

/// Is told of a voxel's difference in the permutations whose bits are set in the words `from..<to`.
typedef void (*cuneus_label_difference)(
    void *context, const uint64_t *permutations, int32_t from, int32_t to, int32_t voxel, float difference);

/// Counts the permutations whose sum is at least (`above`) and at most (`below`) the observed one.
///
/// Permutations that have the same of these experiments in the first group have the same sums, which are computed once.
///
/// The difference is e^−(whole − sum) − e^−sum, in single precision. If `tell` is null, `highest` (one per permutation) is raised to the largest
/// |difference| above the limit; otherwise `tell` is called for each difference of a size above it.
/// `sums`: CUNEUS_LABEL_LEVELS rows of `width`; `bits`: as many of `words`. Every instruction set gives the same bits.
void cuneus_label_differences(
    int isa, const cuneus_labels *labels, double *sums, uint64_t *bits, int64_t *above, int64_t *below, float *highest,
    cuneus_label_difference tell, void *context);

#ifdef __cplusplus
}
#endif
#endif
