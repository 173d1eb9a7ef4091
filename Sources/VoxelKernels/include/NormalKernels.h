// Normal random numbers, eight side by side in double precision: white noise, imputed values between bounds, and the noise of subjects.
// Every instruction set gives the same bits. The plain Swift references they are tested against are `Normal`, `TruncatedNormal` and
// `SubjectNoiseReference`: the same Floats but in a few of 10⁸ draws, where logarithm and distribution function differ from the
// processor's library in the last place.
#ifndef NORMAL_KERNELS_H
#define NORMAL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Φ⁻¹ of the words, each as a uniform number, in double precision. count: a multiple of 8.
void cuneus_normal_of_words(int isa, const uint32_t *words, ptrdiff_t count, double *values);

/// Φ of numbers above −37. count: a multiple of 8.
void cuneus_normal_cdf(int isa, const double *x, ptrdiff_t count, double *values);

/// Independent standard normals of a stream at voxels, sixteen of a batch side by side: of number n at a voxel the word n mod 4 of the counter
/// (counters[voxel], 4·batch + n/4, 0, 0). quads: how many fours of the sixteen are wanted; values: [count][16].
void cuneus_white_noise(
    int isa, uint64_t key, const int32_t *counters, ptrdiff_t count, uint32_t batch, int quads, float *values);

/// What imputed values of a study are made of. All but noise is of the whole mask.
typedef struct {
    /// [voxel][16], from voxel `noise_start` on.
    const float *noise;
    ptrdiff_t noise_start;
    /// [voxel][width] neighbours (−1: none) and their weights (none: 0); [voxel] its own weight.
    const int32_t *neighbours;
    const float *weights, *own_weights;
    int width;
    /// Bounds of the effect, most likely mean and τ² at a voxel.
    const float *lower, *upper, *mean, *tau2;
    /// Sampling variance of an effect g: constant + quadratic·g².
    double constant_variance, quadratic_variance;
    /// An interval narrower than this is a known effect, and NaN a missing one: all values are then the lower bound.
    double known_width;
} cuneus_imputation;

/// Sixteen imputed values at consecutive voxels: noise smoothed over neighbours picks, by its rank, the quantile of the normal with the
/// voxel's mean and variance (τ² included) between its bounds. lanes: how many of the sixteen are wanted, the others are any finite
/// numbers; values: [count][16].
void cuneus_imputed_values(
    int isa, const cuneus_imputation *imputation, ptrdiff_t first, ptrdiff_t count, int lanes, float *values);

/// The same of one distribution, from smoothed noise. ranks, values: [16].
void cuneus_truncated_values(
    int isa, double mean, double deviation, double lower, double upper, const float *ranks, int lanes, float *values);

/// What the noise of a group of subjects is made of.
typedef struct {
    uint64_t key;
    /// Of a sample that several experiments share: a draw is own·(of key) + shared·(of shared_key).
    bool is_shared;
    uint64_t shared_key;
    double own, shared;
    /// Third word of the counter.
    uint32_t group;
    int subjects;
    /// What values must not correlate with: mean 0, SD 1; or null.
    const double *predictor;
    /// Neighbours drawn before a voxel, at most 7, and how many of them may be used.
    int places, limit;
    /// [voxel of the mask]: second the counter's first word, then [8] neighbours (−1: none) and correlations with them.
    const int32_t *counters, *earlier;
    const float *correlations;
    /// Of subject s at a voxel: values[voxel·stride + s].
    float *values;
    ptrdiff_t stride;
} cuneus_subject_noise;

/// Doubles of scratch that drawing noise needs.
static inline ptrdiff_t cuneus_noise_scratch(int subjects, int places)
{
    return (ptrdiff_t)(subjects + 3) * 8 * (places + 2);
}

/// Draws noise at voxels in eights, none of which may be a neighbour of another of its eight. scratch: 64-byte aligned.
void cuneus_draw_subject_noise(
    int isa, const cuneus_subject_noise *noise, const int32_t *voxels, ptrdiff_t eights, double *scratch);

#ifdef __cplusplus
}
#endif
#endif
