// The inner loops of image-based meta-analysis, eight voxels side by side in double precision.
//
// No operation is contracted, so that every instruction set gives the same bits. The plain Swift reference is
// `MetaRegression` in Statistics.
#ifndef IMAGE_KERNELS_H
#define IMAGE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Voxels of a step.
enum { CUNEUS_IMAGE_LANES = 8 };

/// Most columns of a design.
enum { CUNEUS_IMAGE_COLUMNS = 12 };

/// How the variance between studies is found; as HeterogeneityEstimator in Statistics.
enum {
    CUNEUS_TAU2_GIVEN = 0,
    CUNEUS_TAU2_DL,
    CUNEUS_TAU2_HEDGES,
    CUNEUS_TAU2_PAULE_MANDEL,
    CUNEUS_TAU2_ML,
    CUNEUS_TAU2_REML,
};

typedef struct {
    int studies;
    /// Columns of the design, 1 to CUNEUS_IMAGE_COLUMNS.
    int columns;
    int estimator;
    /// For CUNEUS_TAU2_GIVEN.
    double tau2;
    /// [studies][columns], best with orthonormal columns.
    const double *design;
    /// [columns]: the tested combination of coefficients.
    const double *contrast;
    /// [studies + 1][2], or null: by the number of studies present, the Q at the lower and the upper end of tau2's interval.
    const double *targets;
    /// [studies][3], or null: images hold a statistic x; the effect is gains[0]·x and its variance gains[1] + gains[2]·x².
    /// Variances are not read then.
    const double *gains;
} cuneus_image_model;

/// What is found at eight voxels. NaN where fewer studies than columns + 1 are present, or they do not determine the
/// coefficients.
typedef struct {
    /// The tested combination of coefficients, and its variance by (X'WX)^-1.
    double estimate[8], variance[8];
    double tau2[8];
    /// Residual heterogeneity of the fixed-effect model, and tr(P) there.
    double q[8], trace[8];
    /// Sum of squared residuals by the final weights.
    double spread[8];
    /// Studies present.
    double count[8];
    /// Not 0 where tau2 has to be found another way: the search for the likeliest did not end.
    double doubtful[8];
    /// Q-profile interval of tau2, where targets are given.
    double lower[8], upper[8];
} cuneus_image_fit;

/// effects, variances: [studies] pointers to images; voxel: the first of eight. A study is present where its effect is finite and its
/// variance positive and finite. scratch: 3 · 8 · studies doubles, 64-byte aligned.
void cuneus_image_pool(
    int isa, const cuneus_image_model *model, const float *const *effects, const float *const *variances,
    ptrdiff_t voxel, double *scratch, cuneus_image_fit *fit);

#ifdef __cplusplus
}
#endif
#endif
