#include "Wide.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

// Eight voxels in double precision: weights span many orders of magnitude, and residuals cancel.
INLINE wide read(const float *p) { return __builtin_convertvector(*(const loose_half *)p, wide); }

enum { MOST = CUNEUS_IMAGE_COLUMNS };

// Eight voxels' data: [studies], with variance 1 and presence 0 where a study is absent.
typedef struct {
    int studies;
    const double *design;
    const wide *effects, *variances, *here;
} voxels;

// The model with weights 1/(v + tau2), and what the equations for tau2 are made of. P = W - WX(X'WX)^-1X'W.
typedef struct {
    wide inverse[MOST * MOST]; // (X'WX)^-1
    wide beta[MOST];
    wide q, ypp, yppp; // y'Py, y'PPy, y'PPPy
    wide weights, squares; // sums of w and w^2
    wide trace_p, trace_pp;
    wide_mask is_singular;
} wide_fit;

// L of A = LL', in place, lower triangle; lanes whose pivots vanish are marked.
INLINE wide_mask decompose(wide *a, int p)
{
    wide_mask bad = {0};
    for (int j = 0; j < p; j++) {
        wide pivot = a[j * p + j];
        wide first = pivot;
        for (int k = 0; k < j; k++) pivot -= a[j * p + k] * a[j * p + k];
        bad |= ~(pivot > 1e-12 * first);
        wide root = __builtin_elementwise_sqrt(wide_pick(pivot > 0, pivot, wide_splat(1)));
        a[j * p + j] = root;
        for (int i = j + 1; i < p; i++) {
            wide sum = a[i * p + j];
            for (int k = 0; k < j; k++) sum -= a[i * p + k] * a[j * p + k];
            a[i * p + j] = sum / root;
        }
    }
    return bad;
}

// A^-1 from L, all of it.
INLINE void invert(const wide *l, wide *inverse, int p)
{
    wide half[MOST * MOST]; // L^-1
    for (int j = 0; j < p; j++) {
        for (int i = 0; i < j; i++) half[i * p + j] = wide_splat(0);
        half[j * p + j] = 1.0 / l[j * p + j];
        for (int i = j + 1; i < p; i++) {
            wide sum = wide_splat(0);
            for (int k = j; k < i; k++) sum -= l[i * p + k] * half[k * p + j];
            half[i * p + j] = sum / l[i * p + i];
        }
    }
    for (int i = 0; i < p; i++)
        for (int j = 0; j <= i; j++) {
            wide sum = wide_splat(0);
            for (int k = i; k < p; k++) sum += half[k * p + i] * half[k * p + j];
            inverse[i * p + j] = inverse[j * p + i] = sum;
        }
}

// How much of a fit is wanted.
enum { COEFFICIENTS, TRACE, LIKELIHOOD };

INLINE void fit_at(const voxels *data, int p, wide tau2, bool unweighted, int depth, wide_fit *fit)
{
    wide first[MOST * MOST], second[MOST * MOST], third[MOST * MOST], b[MOST];
    for (int i = 0; i < p; i++) {
        b[i] = wide_splat(0);
        for (int j = 0; j <= i; j++) first[i * p + j] = second[i * p + j] = third[i * p + j] = wide_splat(0);
    }
    fit->weights = fit->squares = wide_splat(0);
    for (int s = 0; s < data->studies; s++) {
        wide w = unweighted ? data->here[s] : data->here[s] / (data->variances[s] + tau2);
        wide w2 = w * w;
        const double *x = data->design + s * p;
        fit->weights += w;
        fit->squares += w2;
        for (int i = 0; i < p; i++) {
            b[i] += x[i] * (w * data->effects[s]);
            for (int j = 0; j <= i; j++) {
                first[i * p + j] += x[i] * x[j] * w;
                if (depth >= TRACE) second[i * p + j] += x[i] * x[j] * w2;
                if (depth >= LIKELIHOOD) third[i * p + j] += x[i] * x[j] * (w2 * w);
            }
        }
    }
    fit->is_singular = decompose(first, p);
    invert(first, fit->inverse, p);
    for (int i = 0; i < p; i++) {
        fit->beta[i] = wide_splat(0);
        for (int j = 0; j < p; j++) fit->beta[i] += fit->inverse[i * p + j] * b[j];
    }
    wide turned[MOST]; // X'W applied to Wr
    for (int i = 0; i < p; i++) turned[i] = wide_splat(0);
    fit->q = fit->ypp = fit->yppp = wide_splat(0);
    for (int s = 0; s < data->studies; s++) {
        wide w = unweighted ? data->here[s] : data->here[s] / (data->variances[s] + tau2);
        const double *x = data->design + s * p;
        wide r = data->effects[s];
        for (int i = 0; i < p; i++) r -= x[i] * fit->beta[i];
        wide wr = w * r;
        fit->q += wr * r;
        fit->ypp += wr * wr;
        if (depth >= LIKELIHOOD) {
            fit->yppp += w * wr * wr;
            for (int i = 0; i < p; i++) turned[i] += x[i] * (w * wr);
        }
    }
    if (depth < TRACE) return;
    // T = (X'WX)^-1 X'W^2X.
    wide t[MOST * MOST];
    fit->trace_p = fit->weights;
    for (int i = 0; i < p; i++)
        for (int j = 0; j < p; j++) {
            wide sum = wide_splat(0);
            for (int k = 0; k < p; k++)
                sum += fit->inverse[i * p + k] * (k >= j ? second[k * p + j] : second[j * p + k]);
            t[i * p + j] = sum;
            if (i == j) fit->trace_p -= sum;
        }
    if (depth < LIKELIHOOD) return;
    fit->trace_pp = fit->squares;
    for (int i = 0; i < p; i++)
        for (int j = 0; j < p; j++) {
            fit->trace_pp += t[i * p + j] * t[j * p + i];
            fit->trace_pp -= 2.0 * (fit->inverse[i * p + j] * (i >= j ? third[i * p + j] : third[j * p + i]));
            fit->yppp -= turned[i] * fit->inverse[i * p + j] * turned[j];
        }
}

INLINE wide hedges(const voxels *data, int p, wide df)
{
    wide_fit plain;
    fit_at(data, p, wide_splat(0), true, COEFFICIENTS, &plain);
    wide expected = wide_splat(0);
    for (int s = 0; s < data->studies; s++) {
        const double *x = data->design + s * p;
        wide leverage = wide_splat(0);
        for (int i = 0; i < p; i++)
            for (int j = 0; j < p; j++) leverage += x[i] * x[j] * plain.inverse[i * p + j];
        expected += data->here[s] * (1.0 - leverage) * data->variances[s];
    }
    return wide_at_least((plain.q - expected) / df, wide_splat(0));
}

// The tau2 at which Q falls to `target`: Newton from 0. Q is convex and falling, no step passes the root.
INLINE wide tau2_where(const voxels *data, int p, wide target, wide scale, wide_mask active)
{
    wide tau2 = wide_splat(0);
    for (int n = 0; n < 500 && is_any(active); n++) {
        wide_fit fit;
        fit_at(data, p, tau2, false, COEFFICIENTS, &fit);
        wide step = (fit.q - target) / fit.ypp;
        active &= step > 1e-14 * (tau2 + scale);
        tau2 = wide_pick(active, tau2 + step, tau2);
    }
    return tau2;
}

// ln x for x > 0, to about 1e-13.
INLINE wide logarithm(wide x)
{
    wide_mask exponent = ((wide_mask)x - 0x3fe6a09e667f3bcdLL) >> 52;
    wide m = (wide)((wide_mask)x - (exponent << 52));
    wide s = (m - 1.0) / (m + 1.0), square = s * s;
    wide series = wide_splat(1.0 / 15);
    for (int n = 13; n >= 1; n -= 2) series = series * square + 1.0 / n;
    return __builtin_convertvector(exponent, wide) * 0.693147180559945309 + 2.0 * s * series;
}

// -2 ln of the (restricted) likelihood, but for constants; near enough to compare maxima.
INLINE wide deviance_at(const voxels *data, int p, wide tau2, bool restricted)
{
    wide a[MOST * MOST], b[MOST];
    for (int i = 0; i < p; i++) {
        b[i] = wide_splat(0);
        for (int j = 0; j <= i; j++) a[i * p + j] = wide_splat(0);
    }
    wide q = wide_splat(0), product = wide_splat(1), exponents = wide_splat(0);
    for (int s = 0; s < data->studies; s++) {
        wide total = wide_pick(data->here[s] > 0, data->variances[s] + tau2, wide_splat(1));
        wide w = data->here[s] / total, wy = w * data->effects[s];
        product *= total;
        // Taken apart before it can overflow.
        wide_mask exponent = ((wide_mask)product >> 52) - 1023;
        product = (wide)((wide_mask)product - (exponent << 52));
        exponents += __builtin_convertvector(exponent, wide);
        q += wy * data->effects[s];
        const double *x = data->design + s * p;
        for (int i = 0; i < p; i++) {
            b[i] += x[i] * wy;
            for (int j = 0; j <= i; j++) a[i * p + j] += x[i] * x[j] * w;
        }
    }
    decompose(a, p);
    wide determinant = wide_splat(0);
    for (int i = 0; i < p; i++) {
        for (int k = 0; k < i; k++) b[i] -= a[i * p + k] * b[k];
        b[i] /= a[i * p + i];
        q -= b[i] * b[i];
        if (restricted) determinant += 2.0 * logarithm(a[i * p + i]);
    }
    return q + exponents * 0.693147180559945309 + logarithm(product) + determinant;
}

// Uphill from `tau2`, one step at first no farther than `left` and `right`, to a zero of the slope of the likelihood: Newton
// inside a bracket that closes.
INLINE wide uphill(
    const voxels *data, int p, bool restricted, wide tau2, wide left, wide right, wide small, wide_mask active,
    wide_mask *doubtful)
{
    wide low = wide_splat(0), high = wide_splat(0);
    wide_mask has_low = {0}, has_high = {0};
    for (int n = 0; n < 100 && is_any(active); n++) {
        wide_fit fit;
        fit_at(data, p, tau2, false, LIKELIHOOD, &fit);
        wide slope = fit.ypp - (restricted ? fit.trace_p : fit.weights);
        wide expected = restricted ? fit.trace_pp : fit.squares;
        wide observed = 2.0 * fit.yppp - expected;
        wide_mask is_concave = observed > 0;
        wide step = slope / wide_pick(is_concave, observed, expected);
        wide_mask up = slope > 0;
        has_low |= up;
        has_high |= ~up;
        low = wide_pick(up, tau2, low);
        high = wide_pick(up, high, tau2);
        wide next = tau2 + step;
        wide_mask both = has_low & has_high;
        wide between = wide_pick((next > low) & (next < high), next, 0.5 * (low + high));
        wide above = wide_at_most(wide_at_least(next, tau2 + 0.01 * (tau2 + small)), wide_pick(tau2 < right, right, 4.0 * tau2));
        wide below = wide_at_least(wide_at_most(next, 0.99 * tau2), wide_pick(tau2 > left, left, 0.25 * tau2));
        below = wide_pick(below > 1e-4 * small, below, wide_splat(0));
        wide moved = wide_pick(both, between, wide_pick(up, above, below));
        wide_mask at_root = is_concave & (wide_absolute(step) <= 1e-13 * (tau2 + small)) & (tau2 > 0);
        wide_mask at_edge = ~up & (tau2 <= 0);
        wide_mask closed = both & (high - low <= 1e-14 * small + 1e-15 * high);
        moved = wide_pick(at_root, wide_at_least(next, wide_splat(0)), wide_pick(at_edge, wide_splat(0), moved));
        tau2 = wide_pick(active, moved, tau2);
        active &= ~(at_root | at_edge | closed);
    }
    *doubtful |= active;
    return tau2;
}

enum { GRID = 25 };

// The likeliest tau2: uphill from the two best dips of the deviance on a logarithmic grid (and 0). Images in different
// units give likelihoods with several maxima.
INLINE wide likeliest(
    const voxels *data, int p, bool restricted, wide largest, wide small, wide_mask active, wide_mask *doubtful)
{
    // No deviance beyond the ends.
    wide points[GRID + 2], deviances[GRID + 2];
    points[0] = points[1] = wide_splat(0);
    points[2] = 1e-3 * small;
    wide ratio = wide_at_least(largest / points[2], wide_splat(16)), factor;
    for (int n = 0; n < 8; n++) factor[n] = exp(log(ratio[n]) / (GRID - 2));
    for (int n = 3; n < GRID + 2; n++) points[n] = points[n - 1] * factor;
    deviances[0] = deviances[GRID + 1] = wide_splat(INFINITY);
    for (int n = 1; n <= GRID; n++) deviances[n] = deviance_at(data, p, points[n], restricted);
    wide best = wide_splat(INFINITY), second = best;
    wide start[2] = {0}, left[2] = {0}, right[2] = {0};
    for (int n = 1; n <= GRID; n++) {
        wide here = deviances[n];
        wide_mask dip = (here < deviances[n - 1]) & (here <= deviances[n + 1]);
        wide_mask first = dip & (here < best), next = dip & ~first & (here < second);
        second = wide_pick(first, best, wide_pick(next, here, second));
        start[1] = wide_pick(first, start[0], wide_pick(next, points[n], start[1]));
        left[1] = wide_pick(first, left[0], wide_pick(next, points[n - 1], left[1]));
        right[1] = wide_pick(first, right[0], wide_pick(next, points[n + 1], right[1]));
        best = wide_pick(first, here, best);
        start[0] = wide_pick(first, points[n], start[0]);
        left[0] = wide_pick(first, points[n - 1], left[0]);
        right[0] = wide_pick(first, points[n + 1], right[0]);
    }
    wide tau2 = uphill(data, p, restricted, start[0], left[0], right[0], small, active, doubtful);
    // The second dip may be the deeper one between the grid's points.
    wide_mask rival = active & (second - best < 4);
    if (is_any(rival)) {
        wide other = uphill(data, p, restricted, start[1], left[1], right[1], small, rival, doubtful);
        wide_mask deeper =
            rival & (deviance_at(data, p, other, restricted) < deviance_at(data, p, tau2, restricted));
        tau2 = wide_pick(deeper, other, tau2);
    }
    return tau2;
}

INLINE void pool_body(
    const cuneus_image_model *model, int p, const float *const *effects, const float *const *variances,
    ptrdiff_t voxel, double *scratch, cuneus_image_fit *out)
{
    int studies = model->studies;
    wide *y = (wide *)scratch, *v = y + studies, *here = v + studies;
    wide count = wide_splat(0), total = wide_splat(0), small = wide_splat(INFINITY);
    for (int s = 0; s < studies; s++) {
        wide effect = read(effects[s] + voxel), variance;
        if (model->gains) {
            const double *gain = model->gains + 3 * s;
            variance = gain[1] + gain[2] * (effect * effect);
            effect = gain[0] * effect;
        } else {
            variance = read(variances[s] + voxel);
        }
        wide_mask present = (wide_absolute(effect) < INFINITY) & (variance > 0) & (variance < INFINITY);
        y[s] = wide_pick(present, effect, wide_splat(0));
        v[s] = wide_pick(present, variance, wide_splat(1));
        here[s] = wide_pick(present, wide_splat(1), wide_splat(0));
        count += here[s];
        total += wide_pick(present, variance, wide_splat(0));
        small = wide_pick(present & (variance < small), variance, small);
    }
    voxels data = {studies, model->design, y, v, here};
    wide df = count - (double)p;
    wide_mask valid = df > 0;
    wide scale = total / count;
    wide_fit fixed;
    int estimator = model->estimator;
    fit_at(&data, p, wide_splat(0), false, TRACE, &fixed);
    wide_mask doubtful = {0};
    valid &= ~fixed.is_singular;
    wide tau2 = wide_splat(model->tau2);
    switch (estimator) {
    case CUNEUS_TAU2_DL: tau2 = wide_at_least((fixed.q - df) / fixed.trace_p, wide_splat(0)); break;
    case CUNEUS_TAU2_HEDGES: tau2 = hedges(&data, p, df); break;
    case CUNEUS_TAU2_PAULE_MANDEL: tau2 = tau2_where(&data, p, df, scale, valid); break;
    case CUNEUS_TAU2_ML:
    case CUNEUS_TAU2_REML: {
        bool restricted = estimator == CUNEUS_TAU2_REML;
        wide_fit plain;
        fit_at(&data, p, wide_splat(0), true, COEFFICIENTS, &plain);
        // No maximum lies beyond the square of the largest residual.
        tau2 = likeliest(&data, p, restricted, 2.0 * plain.q, small, valid, &doubtful);
        break;
    }
    default: break;
    }
    wide_fit fit;
    fit_at(&data, p, tau2, false, COEFFICIENTS, &fit);
    wide estimate = wide_splat(0), variance = wide_splat(0);
    for (int i = 0; i < p; i++) {
        estimate += model->contrast[i] * fit.beta[i];
        for (int j = 0; j < p; j++)
            variance += model->contrast[i] * model->contrast[j] * fit.inverse[i * p + j];
    }
    wide none = wide_splat(NAN);
    *(loose_wide *)out->estimate = wide_pick(valid, estimate, none);
    *(loose_wide *)out->variance = wide_pick(valid, variance, none);
    *(loose_wide *)out->tau2 = wide_pick(valid, tau2, none);
    *(loose_wide *)out->q = wide_pick(valid, fixed.q, none);
    *(loose_wide *)out->trace = wide_pick(valid, fixed.trace_p, none);
    *(loose_wide *)out->spread = wide_pick(valid, fit.q, none);
    *(loose_wide *)out->count = count;
    if (model->targets) {
        wide low = wide_splat(0), high = wide_splat(0);
        for (int n = 0; n < 8; n++) {
            low[n] = model->targets[2 * (int)count[n]];
            high[n] = model->targets[2 * (int)count[n] + 1];
        }
        *(loose_wide *)out->lower = wide_pick(valid, tau2_where(&data, p, low, scale, valid), none);
        *(loose_wide *)out->upper = wide_pick(valid, tau2_where(&data, p, high, scale, valid), none);
    }
    *(loose_wide *)out->doubtful = wide_pick(valid & doubtful, wide_splat(1), wide_splat(0));
}

INLINE void pool_columns(
    const cuneus_image_model *model, const float *const *effects, const float *const *variances, ptrdiff_t voxel,
    double *scratch, cuneus_image_fit *out)
{
    // The mean alone, the common case, with all loops over columns gone.
    if (model->columns == 1) {
        pool_body(model, 1, effects, variances, voxel, scratch, out);
    } else {
        pool_body(model, model->columns, effects, variances, voxel, scratch, out);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma,bmi,bmi2"), min_vector_width(256))) static void pool_v3(
    const cuneus_image_model *model, const float *const *effects, const float *const *variances, ptrdiff_t voxel,
    double *scratch, cuneus_image_fit *fit)
{
    pool_columns(model, effects, variances, voxel, scratch, fit);
}

__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,bmi,bmi2"), min_vector_width(512))) static void
pool_v4(
    const cuneus_image_model *model, const float *const *effects, const float *const *variances, ptrdiff_t voxel,
    double *scratch, cuneus_image_fit *fit)
{
    pool_columns(model, effects, variances, voxel, scratch, fit);
}
#endif

void cuneus_image_pool(
    int isa, const cuneus_image_model *model, const float *const *effects, const float *const *variances,
    ptrdiff_t voxel, double *scratch, cuneus_image_fit *fit)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { pool_v4(model, effects, variances, voxel, scratch, fit); return; }
    if (isa == CUNEUS_ISA_V3) { pool_v3(model, effects, variances, voxel, scratch, fit); return; }
#endif
    pool_columns(model, effects, variances, voxel, scratch, fit);
}
