// The inner loops of the posterior of effects: what studies say of a mean and of the heterogeneity at one voxel, at
// sixteen values of the mean side by side. Every instruction set gives the same bits. The plain Swift reference they are
// tested against is `IntervalLikelihood` in Mapping.
#ifndef POSTERIOR_KERNELS_H
#define POSTERIOR_KERNELS_H

#ifdef __cplusplus
extern "C" {
#endif

/// Most heights that a peak of unknown height may have, and most values of tau.
enum { CUNEUS_MOST_HEIGHTS = 8, CUNEUS_MOST_TAUS = 96 };

/// Where a table has its values: means first + step·i, 16·vectors of them, the leading `means` of which count; one row for
/// each value of tau.
typedef struct {
    float first, step;
    int vectors, means;
    int taus;
    /// [taus rounded up to a multiple of 16]; ascending; the tail holds anything positive.
    const float *tau2;
} cuneus_posterior_nodes;

/// What one study says at a voxel.
typedef struct {
    /// The effect lies within half_width + growth·height of centre + slope·height, or is that value where is_known.
    float centre, slope, half_width, growth;
    int is_known;
    /// Of the heights, with their weights (summing to 1); heights = 0: says nothing, only `silent` is taken off.
    int heights;
    const float *height, *weight;
    /// Sampling variance of an effect g: constant + quadratic·g².
    float constant_variance, quadratic_variance;
    /// Its log-likelihood counts this many times, and tau² in its variance as often as tau_share says.
    float power, tau_share;
    /// What a table already holds for it, to be taken off: values at the table's nodes, silent_stride between rows; or null.
    const float *silent;
    int silent_stride;
} cuneus_posterior_term;

/// table[tau][mean] = base[tau][mean] + constant[tau] − precision[tau]/2·(mean − centre[tau])². Null base: nothing.
void cuneus_posterior_open(
    int isa, const cuneus_posterior_nodes *nodes, const float *base, int base_stride, const float *precision,
    const float *centre, const float *constant, float *table);

/// Adds the log-likelihoods of `count` terms to a table of rows of 16·vectors. Error of a term at most 4e-6 where its
/// log-likelihood is above −20, and 2e-6 of it below.
void cuneus_posterior_add(
    int isa, const cuneus_posterior_nodes *nodes, const cuneus_posterior_term *terms, int count, float *table);

/// From logarithms to weights, in place: exp(table − maximum), at least e^-87 (0 beyond `means`); and their sums over tau and over means.
/// Returns the maximum.
float cuneus_posterior_close(
    int isa, const cuneus_posterior_nodes *nodes, float *table, float *mean_sums, float *tau_sums);

/// Sums over known effects for every tau: w = power/(variance + tau_share·tau²), w·(effect − origin), and
/// −Σ (power·log(variance + tau_share·tau²) + w·(effect − origin)²)/2. known: [count][4] of effect, variance, power, tau_share; sums:
/// three rows as long as tau2.
void cuneus_posterior_known(
    int isa, const cuneus_posterior_nodes *nodes, const float *known, int count, float origin, float *sums);

#ifdef __cplusplus
}
#endif
#endif
