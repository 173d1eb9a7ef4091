// The agreement test's statistic, sixteen voxels side by side. The plain Swift reference that it is tested against is
// `AgreementReference`.
#ifndef AGREEMENT_KERNELS_H
#define AGREEMENT_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Voxels of a tile of the agreement test, and scratch floats of an entry.
enum { CUNEUS_AGREEMENT_TILE = 16, CUNEUS_AGREEMENT_SCRATCH = 11 * 16 };

/// One experiment, or several that say the same in all voxels of a tile.
typedef struct {
    /// Sampling variance of an effect g: constant + quadratic·g².
    float constant_variance;
    float quadratic_variance;
    /// How many experiments these are; 1 for one of a combined sample.
    float count;
    /// Of one sample with the next entry, and combined with it.
    bool joins_next;
} cuneus_agreement_entry;

typedef struct {
    int entries;
    /// Experiments left out in the search for the most likely effect.
    int leave_out;
    /// Assumed between the errors of experiments that are combined.
    float sample_correlation;
} cuneus_agreement_model;

/// Adds an experiment's part to the score at mean 0: slopes += weight·U, informations += weight·I.
///
/// lower, upper: [voxels], equal where the effect is known, NaN where it is missing (then nothing is added); voxels: a multiple
/// of CUNEUS_AGREEMENT_TILE.
void cuneus_agreement_scores(
    int isa, const float *lower, const float *upper, float constant_variance, float quadratic_variance, float weight,
    ptrdiff_t voxels, float *slopes, float *informations);

/// z in the limit of infinitely many imputations, and the most likely mean, at the voxels of a tile.
///
/// lower, upper: [entries][CUNEUS_AGREEMENT_TILE]; scratch: entries·CUNEUS_AGREEMENT_SCRATCH floats, 64-byte aligned; z, mean:
/// [CUNEUS_AGREEMENT_TILE], z NaN where no experiment is present.
void cuneus_agreement_limits(
    int isa, const cuneus_agreement_model *model, const cuneus_agreement_entry *entries, const float *lower,
    const float *upper, float *scratch, float *z, float *mean);

#ifdef __cplusplus
}
#endif

#endif
