#include "SmoothKernels.h"
#include "NearPlaces.h"

#include <stdlib.h>

enum { REACH = CUNEUS_SMOOTH_REACH, SIDE = CUNEUS_SMOOTH_SIDE, ROW = CUNEUS_SMOOTH_ROW };

typedef uint16_t row_lanes __attribute__((vector_size(32), aligned(2)));

INLINE void smooth_body(
    const float *from, float *to, ptrdiff_t count, ptrdiff_t stride, const float *weights, int reach)
{
    ptrdiff_t n = 0;
    for (; n + 32 <= count; n += 32) {
        lanes first = weights[0] * load(from + n), second = weights[0] * load(from + n + 16);
        for (int t = 1; t <= reach; t++) {
            const float *before = from + n - t * stride, *after = from + n + t * stride;
            const lanes weight = splat(weights[t]);
            first = fused(weight, load(before) + load(after), first);
            second = fused(weight, load(before + 16) + load(after + 16), second);
        }
        store(to + n, first);
        store(to + n + 16, second);
    }
    for (; n < count; n++) {
        float sum = weights[0] * from[n];
        for (int t = 1; t <= reach; t++) sum += weights[t] * (from[n - t * stride] + from[n + t * stride]);
        to[n] = sum;
    }
}

// A focus's window is SIDE rows of SIDE planes; `covered` holds in it the largest term of the foci before it. Only rows that one of them reaches
// are looked at.
INLINE void overlaps_body(
    const cuneus_smooth_lattice *lattice, const int32_t *foci, const int32_t *starts, int experiments,
    int16_t *places, uint16_t *taken)
{
    const uint16_t *table = lattice->table;
    uint16_t covered[SIDE * SIDE * 16];
    memset(covered, 0, sizeof covered);
    for (int experiment = 0; experiment < experiments; experiment++) {
        const int32_t *own = foci + 3 * (ptrdiff_t)starts[experiment];
        const int size = starts[experiment + 1] - starts[experiment];
        if (size < 2) continue;
        places_take(places, own, size);
        for (int f = 1; f < size; f++) {
            const int i = own[3 * f], j = own[3 * f + 1], k = own[3 * f + 2];
            int low_j = SIDE, high_j = 0, low_k = SIDE, high_k = 0;
            for (int e = 0; e < f; e += 16) {
                uint64_t near = places_near(places, size, e, f, 2 * REACH, 2 * REACH, 2 * REACH);
                while (near) {
                    const int32_t *other = own + 3 * (e + places_next(&near));
                    const int step_i = other[0] - i, step_j = other[1] - j, step_k = other[2] - k;
                    const int half = (abs(step_i) + 1) / 2 + ROW * ((abs(step_j) + 1) / 2 + SIDE * ((abs(step_k) + 1) / 2));
                    if (table[16 + REACH + ROW * (REACH + SIDE * REACH) + half] <= lattice->least) continue;
                    const int from_j = step_j > 0 ? step_j : 0, to_j = step_j < 0 ? SIDE + step_j : SIDE;
                    const int from_k = step_k > 0 ? step_k : 0, to_k = step_k < 0 ? SIDE + step_k : SIDE;
                    low_j = from_j < low_j ? from_j : low_j;
                    low_k = from_k < low_k ? from_k : low_k;
                    high_j = to_j > high_j ? to_j : high_j;
                    high_k = to_k > high_k ? to_k : high_k;
                    for (int row_k = from_k; row_k < to_k; row_k++) {
                        const uint16_t *theirs = table + 16 - step_i + ROW * (from_j - step_j + SIDE * (row_k - step_k));
                        row_lanes *to = (row_lanes *)covered + from_j + SIDE * row_k;
                        for (int row_j = from_j; row_j < to_j; row_j++, theirs += ROW, to++)
                            *to = __builtin_elementwise_max(*to, *(const row_lanes *)theirs);
                    }
                }
            }
            for (int row_k = low_k; row_k < high_k; row_k++) {
                const bool is_inside = (uint32_t)(k + row_k - REACH) < (uint32_t)lattice->planes;
                uint16_t *plane = taken + i - REACH + (ptrdiff_t)lattice->plane * (k + row_k - REACH);
                for (int row_j = low_j; row_j < high_j; row_j++) {
                    row_lanes *theirs = (row_lanes *)covered + row_j + SIDE * row_k;
                    const row_lanes both = __builtin_elementwise_min(
                        *theirs, *(const row_lanes *)(table + 16 + ROW * (row_j + SIDE * row_k)));
                    *theirs = (row_lanes){0};
                    if (!is_inside || (uint32_t)(j + row_j - REACH) >= (uint32_t)lattice->rows) continue;
                    row_lanes *to = (row_lanes *)(plane + (ptrdiff_t)lattice->stride * (j + row_j - REACH));
                    *to = __builtin_elementwise_add_sat(*to, both);
                }
            }
        }
    }
}

INLINE lanes bound(const float *values, const uint16_t *taken, float unit)
{
    return fused(splat(-unit), __builtin_convertvector(*(const row_lanes *)taken, lanes), load(values));
}

INLINE float highest_body(const float *values, const uint16_t *taken, float unit, ptrdiff_t count)
{
    lanes most = splat(0);
    for (ptrdiff_t start = 0; start < count; start += 16)
        most = at_least(bound(values + start, taken + start, unit), most);
    float highest = 0;
    for (int lane = 0; lane < 16; lane++) highest = most[lane] > highest ? most[lane] : highest;
    return highest;
}

INLINE ptrdiff_t above_body(
    const float *values, const uint16_t *taken, float unit, ptrdiff_t count, float cutoff, int32_t *found)
{
    ptrdiff_t number = 0;
    for (ptrdiff_t start = 0; start < count; start += 16) {
        const mask_lanes is_above = bound(values + start, taken + start, unit) > cutoff;
        if (!__builtin_reduce_or(is_above)) continue;
        for (int lane = 0; lane < 16; lane++)
            if (is_above[lane]) found[number++] = (int32_t)(start + lane);
    }
    return number;
}

#if defined(__x86_64__)
#define FOR_EACH_SET(LEVEL, SUFFIX)                                                                                         \
    LEVEL static void smooth_##SUFFIX(                                                                                      \
        const float *a, float *b, ptrdiff_t c, ptrdiff_t d, const float *e, int f)                                   \
    {                                                                                                                       \
        smooth_body(a, b, c, d, e, f);                                                                                   \
    }                                                                                                                       \
    LEVEL static void overlaps_##SUFFIX(                                                                                    \
        const cuneus_smooth_lattice *a, const int32_t *b, const int32_t *c, int d, int16_t *e, uint16_t *f)                 \
    {                                                                                                                       \
        overlaps_body(a, b, c, d, e, f);                                                                                    \
    }                                                                                                                       \
    LEVEL static ptrdiff_t above_##SUFFIX(                                                                                  \
        const float *a, const uint16_t *b, float c, ptrdiff_t d, float e, int32_t *f)                                       \
    {                                                                                                                       \
        return above_body(a, b, c, d, e, f);                                                                                \
    }                                                                                                                       \
    LEVEL static float highest_##SUFFIX(const float *a, const uint16_t *b, float c, ptrdiff_t d)                            \
    {                                                                                                                       \
        return highest_body(a, b, c, d);                                                                                    \
    }

FOR_EACH_SET(V3, v3)
FOR_EACH_SET(V4, v4)
#define DISPATCH(CALL_V4, CALL_V3)                                                                                          \
    if (isa == CUNEUS_ISA_V4) CALL_V4;                                                                                      \
    if (isa == CUNEUS_ISA_V3) CALL_V3;
#else
#define DISPATCH(CALL_V4, CALL_V3)
#endif

void cuneus_smooth(
    int isa, const float *from, float *to, ptrdiff_t count, ptrdiff_t stride, const float *weights, int reach)
{
    DISPATCH(return smooth_v4(from, to, count, stride, weights, reach),
             return smooth_v3(from, to, count, stride, weights, reach))
    smooth_body(from, to, count, stride, weights, reach);
}

void cuneus_smooth_overlaps(
    int isa, const cuneus_smooth_lattice *lattice, const int32_t *foci, const int32_t *starts, int experiments,
    int16_t *places, uint16_t *taken)
{
    DISPATCH(return overlaps_v4(lattice, foci, starts, experiments, places, taken),
             return overlaps_v3(lattice, foci, starts, experiments, places, taken))
    overlaps_body(lattice, foci, starts, experiments, places, taken);
}

ptrdiff_t cuneus_smooth_above(
    int isa, const float *values, const uint16_t *taken, float unit, ptrdiff_t count, float cutoff, int32_t *found)
{
    DISPATCH(return above_v4(values, taken, unit, count, cutoff, found),
             return above_v3(values, taken, unit, count, cutoff, found))
    return above_body(values, taken, unit, count, cutoff, found);
}

float cuneus_smooth_highest(int isa, const float *values, const uint16_t *taken, float unit, ptrdiff_t count)
{
    DISPATCH(return highest_v4(values, taken, unit, count), return highest_v3(values, taken, unit, count))
    return highest_body(values, taken, unit, count);
}
