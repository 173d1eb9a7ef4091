#include "ConvergenceKernels.h"
#include "VoxelKernels.h"

#pragma clang diagnostic ignored "-Wpsabi"

typedef uint16_t row_lanes __attribute__((vector_size(2 * CUNEUS_SCREEN_LANES), aligned(2)));

#define INLINE static inline __attribute__((always_inline))

INLINE void add_body(
    const cuneus_screen_lattice *lattice, uint16_t *values, const int32_t *foci, int count,
    const cuneus_screen_row *rows, const uint16_t *weights, int row_count)
{
    const int32_t reach = lattice->reach, nj = lattice->nj, nk = lattice->nk;
    for (int f = 0; f < count; f++, foci += 3) {
        const int32_t j = foci[1], k = foci[2];
        uint16_t *centre = values + lattice->pad + foci[0] + (ptrdiff_t)lattice->stride * (j + (ptrdiff_t)nj * k);
        const uint16_t *weight = weights;
        if (j >= reach && k >= reach && j + reach < nj && k + reach < nk) {
            for (int r = 0; r < row_count; r++, weight += CUNEUS_SCREEN_LANES) {
                row_lanes *at = (row_lanes *)(centre + rows[r].offset);
                *at = __builtin_elementwise_add_sat(*at, *(const row_lanes *)weight);
            }
            continue;
        }
        for (int r = 0; r < row_count; r++, weight += CUNEUS_SCREEN_LANES) {
            if ((uint32_t)(j + rows[r].j) >= (uint32_t)nj || (uint32_t)(k + rows[r].k) >= (uint32_t)nk) continue;
            row_lanes *at = (row_lanes *)(centre + rows[r].offset);
            *at = __builtin_elementwise_add_sat(*at, *(const row_lanes *)weight);
        }
    }
}

INLINE ptrdiff_t collect_body(const uint16_t *values, ptrdiff_t count, uint16_t cutoff, int32_t *found)
{
    ptrdiff_t number = 0;
    for (ptrdiff_t start = 0; start < count; start += 32) {
        uint16_t any = 0;
        for (int lane = 0; lane < 32; lane++) any |= values[start + lane] > cutoff;
        if (!any) continue;
        for (int lane = 0; lane < 32; lane++)
            if (values[start + lane] > cutoff) found[number++] = (int32_t)(start + lane);
    }
    return number;
}

INLINE void scaled_body(double *to, const double *from, double share, ptrdiff_t count)
{
#pragma clang fp contract(off)
    for (ptrdiff_t n = 0; n < count; n++) to[n] += share * from[n];
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void scaled_v3(
    double *to, const double *from, double share, ptrdiff_t count)
{
    scaled_body(to, from, share, count);
}

__attribute__((target("avx2,fma"))) static void add_v3(
    const cuneus_screen_lattice *lattice, uint16_t *values, const int32_t *foci, int count,
    const cuneus_screen_row *rows, const uint16_t *weights, int row_count)
{
    add_body(lattice, values, foci, count, rows, weights, row_count);
}

__attribute__((target("avx2,fma"))) static ptrdiff_t collect_v3(
    const uint16_t *values, ptrdiff_t count, uint16_t cutoff, int32_t *found)
{
    return collect_body(values, count, cutoff, found);
}
#endif

void cuneus_screen_add(
    int isa, const cuneus_screen_lattice *lattice, uint16_t *values, const int32_t *foci, int count,
    const cuneus_screen_row *rows, const uint16_t *weights, int row_count)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { add_v3(lattice, values, foci, count, rows, weights, row_count); return; }
#endif
    add_body(lattice, values, foci, count, rows, weights, row_count);
}

ptrdiff_t cuneus_screen_collect(int isa, const uint16_t *values, ptrdiff_t count, uint16_t cutoff, int32_t *found)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) return collect_v3(values, count, cutoff, found);
#endif
    return collect_body(values, count, cutoff, found);
}

void cuneus_scaled_add(int isa, double *to, const double *from, double share, ptrdiff_t count)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { scaled_v3(to, from, share, count); return; }
#endif
    scaled_body(to, from, share, count);
}
