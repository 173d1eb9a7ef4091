// The two inner loops of the permutation test, for tiles of voxels side by side ("vertical" vectors: a voxel per lane).
//
// Every operation is one IEEE operation (fused multiply-adds are explicit, division and square root are exact), so the
// variants for different instruction sets give the same bits. The plain Swift reference they are tested against is
// `PermutationReference` in SeedBasedMapping.
#ifndef VOXEL_KERNELS_H
#define VOXEL_KERNELS_H

#include "AgreementKernels.h"
#include "BallKernels.h"
#include "ConvergenceKernels.h"
#include "FlipKernels.h"
#include "ImageKernels.h"
#include "KernelSearch.h"
#include "LabelKernels.h"
#include "NormalKernels.h"
#include "PosteriorKernels.h"
#include "SmoothKernels.h"
#include "IntervalKernels.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Asks for memory that will be read soon. Never faults.
static inline void cuneus_prefetch(const void *address) { __builtin_prefetch(address); }

/// Voxels of a tile.
enum { CUNEUS_TILE = 32 };

/// Instruction sets there is a variant for.
enum { CUNEUS_ISA_BASELINE = 0, CUNEUS_ISA_V3 = 1, CUNEUS_ISA_V4 = 2 };

/// The widest variant this processor can run.
int cuneus_best_isa(void);

/// What pooling needs to know of an experiment.
typedef struct {
    /// Hedges' small-sample factor J.
    float correction;
    /// Sampling variance of g: constant + quadratic·g².
    float constant_variance;
    float quadratic_variance;
    /// Growth of the sample variance with d² − mean²: n/(n−1), or n1·n2/(n1+n2)/(n1+n2−2); 1 for a correlation.
    float spread;
    /// A correlation: the effect is Fisher's z, d is sinh z, and only constant_variance counts of the numbers above.
    bool correlation;
    /// Of one sample with the next experiment, and combined with it.
    bool joins_next;
} cuneus_experiment;

typedef struct {
    int experiments;
    int imputations;
    /// Take the permuted samples' variance as 1 instead of estimating it (SDM-PSI 6.21).
    bool unit_variance;
    /// Restricted maximum likelihood instead of DerSimonian-Laird.
    bool reml;
    /// Assumed between the errors of experiments that are combined.
    float sample_correlation;
} cuneus_pooling;

/// Weighted sums of subjects for several permutations: means[p][·][tile] = Σ_i weights[p][i]·subjects[i][tile].
///
/// subjects: [count][CUNEUS_TILE]; weights: [permutations][count]; means: stride floats between permutations.
void cuneus_permuted_means(
    int isa, const float *subjects, int count, const float *weights, int permutations, float *means,
    ptrdiff_t stride);

/// Floats of scratch that pooling so many experiments needs: for each, rounded up to fours, four vectors of sixteen and five
/// constants; a multiple of sixteen.
static inline ptrdiff_t cuneus_pooling_scratch(int experiments)
{
    return ((ptrdiff_t)experiments + 3) / 4 * 4 * (4 * 16 + 8);
}

/// z of one permutation at the voxels of a tile, pooled over experiments (random effects) and imputations (Rubin).
///
/// means: [experiments][CUNEUS_TILE], permuted mean of the noise; slopes: [experiments], what the permutation leaves of
/// a constant effect; effects: [imputations][experiments][CUNEUS_TILE], imputed d; present: [experiments][CUNEUS_TILE] of
/// 0 or 1, or null when all are; scratch: cuneus_pooling_scratch floats, 64-byte aligned; z: [CUNEUS_TILE], NaN where no
/// experiment is present.
void cuneus_pooled_z(
    int isa, const cuneus_pooling *pooling, const cuneus_experiment *experiments, const float *means,
    const float *slopes, const float *effects, const float *present, float *scratch, float *z);

/// Most columns of a meta-regression.
enum { CUNEUS_MOST_COLUMNS = 12 };

typedef struct {
    /// Of the data: experiments, or (where studies were permuted) rows of the design.
    int experiments;
    int imputations;
    /// Coefficients, at most CUNEUS_MOST_COLUMNS.
    int columns;
    /// Combinations of coefficients that are tested together.
    int tests;
    bool unit_variance;
    /// Assumed between the errors of experiments that are combined.
    float sample_correlation;
} cuneus_regression;

/// The data of a permutation of a meta-regression, in one of two forms. All arrays but slopes and order end in
/// [CUNEUS_TILE].
typedef struct {
    /// Subjects were permuted: as for cuneus_pooled_z.
    const float *means, *slopes, *effects;
    /// Studies were permuted (Freedman-Lane): [imputations][experiments]; the effect of experiment s is
    /// fitted[s] + scales[s]·residuals[order[s]], its weight 1/v weights[s]. Null order: the first form.
    const float *fitted, *scales, *residuals, *weights;
    const int *order;
    /// [experiments] of 0 or 1, or null when all are.
    const float *present;
} cuneus_regression_data;

/// The Wald statistic of combinations of coefficients at the voxels of a tile, DerSimonian-Laird, pooled over
/// imputations (Rubin): z for one combination, χ² for several.
///
/// design: [rows][columns], a row for each experiment or for those that are combined (`joins_next`), best with orthonormal columns; tests: [tests][columns]; scratch: 2·experiments·16 floats,
/// 64-byte aligned; statistic: [CUNEUS_TILE], NaN where the experiments present do not determine the coefficients.
void cuneus_regression_statistic(
    int isa, const cuneus_regression *model, const cuneus_experiment *experiments, const float *design,
    const float *tests, const cuneus_regression_data *data, float *scratch, float *statistic);

/// Independent fused multiply-adds, nothing else: the most floating-point operations a core can do. Returns how many
/// multiply-adds were done; result: any number, to be used so that the loop stays.
long cuneus_multiply_adds(int isa, long rounds, float *result);

/// A division for two square roots, over and over: what the divider takes of pooled elements at least. Returns how many
/// square roots were done.
long cuneus_divisions(int isa, long rounds, float *result);

/// a = b + 3·c over long arrays: 12 bytes of memory traffic an element (16 where a line is read before it is written).
void cuneus_triad(float *a, const float *b, const float *c, ptrdiff_t count);

#ifdef __cplusplus
}
#endif

#endif
