// The likelihood of interval effects around the fitted values of a regression: its scores, gradient and information.
#ifndef INTERVAL_KERNELS_H
#define INTERVAL_KERNELS_H

#ifdef __cplusplus
extern "C" {
#endif

/// Experiments side by side.
enum { CUNEUS_INTERVAL_LANES = 8 };

/// Experiments at a voxel. Arrays of `blocks · CUNEUS_INTERVAL_LANES` numbers; what is beyond the last experiment has inside 0
/// and finite numbers.
typedef struct {
    int blocks;
    int columns;
    /// Bounds of the effect, equal (within 1e-6) where it is known.
    const double *lower, *upper;
    /// One over the standard error at each bound.
    const double *lower_rate, *upper_rate;
    /// 1 where the effect is known, else 0.
    const double *known;
    /// 1 for the experiments that count, else 0.
    const double *inside;
    /// [columns][experiments], the design.
    const double *rows;
    /// Least information of an experiment, as a share of 1/v at its lower bound.
    double least_information;
} cuneus_intervals;

/// Scores at the fitted values of some coefficients, and their sums over the experiments that count.
///
/// slopes, informations: first derivative of the log-likelihood of each experiment in its mean, and minus the second; gradient:
/// [columns], Σ slope · row; normal: Σ information · row row', packed by rows of the lower triangle. Relative accuracy
/// about 1e-13. Returns the least distance of a fitted value from a bound of an interval, among those that count.
double cuneus_interval_scores(
    int isa, const cuneus_intervals *intervals, const double *coefficients, double *slopes, double *informations,
    double *gradient, double *normal);

#ifdef __cplusplus
}
#endif

#endif
