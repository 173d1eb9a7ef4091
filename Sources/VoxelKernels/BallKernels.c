#include "BallKernels.h"
#include "VoxelKernels.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

/// Vectors that are summed side by side.
enum { SIDE = 4 };

// Sums saturate at the element's largest number; of counts, none of them negative, any order of additions gives the same.
#define BALL_BODY(NAME, ELEMENT)                                                                                          \
    typedef ELEMENT NAME##_lanes __attribute__((vector_size(CUNEUS_BALL_BYTES), aligned(sizeof(ELEMENT))));               \
    enum { NAME##_step = SIDE * CUNEUS_BALL_BYTES / sizeof(ELEMENT) };                                                    \
                                                                                                                          \
    INLINE void NAME##_body(const cuneus_ball *ball, const ELEMENT *foci, ELEMENT *runs, ELEMENT *counts)                 \
    {                                                                                                                     \
        const int reach = ball->reach, wide = reach + 1, lanes = NAME##_step / SIDE;                                      \
        const ptrdiff_t plane = ball->plane, margin = (ptrdiff_t)reach * ball->stride, length = plane + 2 * margin;       \
        memset(counts, 0, (size_t)(plane * ball->planes) * sizeof(ELEMENT));                                              \
        for (int k = 0; k < ball->planes; k++) {                                                                          \
            /* Of every width: sums over a run of 2·width + 1 voxels along i, from those of the width before. */          \
            const ELEMENT *from = foci + plane * k;                                                                       \
            memcpy(runs + margin, from, (size_t)plane * sizeof(ELEMENT));                                                 \
            for (int width = 1; width <= ball->widest; width++) {                                                         \
                ELEMENT *narrow = runs + (width - 1) * length + margin, *wider = narrow + length;                         \
                for (ptrdiff_t v = 0; v < plane; v += lanes) {                                                            \
                    NAME##_lanes sum = *(const NAME##_lanes *)(narrow + v);                                               \
                    sum = __builtin_elementwise_add_sat(sum, *(const NAME##_lanes *)(from + v - width));                  \
                    sum = __builtin_elementwise_add_sat(sum, *(const NAME##_lanes *)(from + v + width));                  \
                    *(NAME##_lanes *)(wider + v) = sum;                                                                   \
                }                                                                                                         \
            }                                                                                                             \
            /* Of every step along k: the ball's cross section, added to the planes that far on either side. */           \
            for (int step = 0; step <= reach; step++) {                                                                   \
                const int8_t *widths = ball->widths + wide * step;                                                        \
                if (widths[0] < 0) break;                                                                                 \
                ELEMENT *below = k - step >= 0 ? counts + plane * (k - step) : 0;                                         \
                ELEMENT *above = step > 0 && k + step < ball->planes ? counts + plane * (k + step) : 0;                   \
                for (ptrdiff_t v = 0; v < plane; v += NAME##_step) {                                                      \
                    const ELEMENT *centre = runs + widths[0] * length + margin + v;                                       \
                    NAME##_lanes sum[SIDE];                                                                               \
                    for (int s = 0; s < SIDE; s++) sum[s] = *(const NAME##_lanes *)(centre + s * lanes);                  \
                    for (int j = 1; j <= reach && widths[j] >= 0; j++) {                                                  \
                        const ELEMENT *row = runs + widths[j] * length + margin + v;                                      \
                        const ptrdiff_t shift = (ptrdiff_t)j * ball->stride;                                              \
                        for (int s = 0; s < SIDE; s++) {                                                                  \
                            sum[s] = __builtin_elementwise_add_sat(                                                       \
                                sum[s], *(const NAME##_lanes *)(row - shift + s * lanes));                                \
                            sum[s] = __builtin_elementwise_add_sat(                                                       \
                                sum[s], *(const NAME##_lanes *)(row + shift + s * lanes));                                \
                        }                                                                                                 \
                    }                                                                                                     \
                    if (below)                                                                                            \
                        for (int s = 0; s < SIDE; s++) {                                                                  \
                            NAME##_lanes *to = (NAME##_lanes *)(below + v + s * lanes);                                   \
                            *to = __builtin_elementwise_add_sat(*to, sum[s]);                                             \
                        }                                                                                                 \
                    if (above)                                                                                            \
                        for (int s = 0; s < SIDE; s++) {                                                                  \
                            NAME##_lanes *to = (NAME##_lanes *)(above + v + s * lanes);                                   \
                            *to = __builtin_elementwise_add_sat(*to, sum[s]);                                             \
                        }                                                                                                 \
                }                                                                                                         \
            }                                                                                                             \
        }                                                                                                                 \
    }                                                                                                                     \
                                                                                                                          \
    INLINE ptrdiff_t NAME##_found(const ELEMENT *counts, ptrdiff_t size, ELEMENT cutoff, int32_t *found)                  \
    {                                                                                                                     \
        ptrdiff_t number = 0;                                                                                             \
        for (ptrdiff_t start = 0; start < size; start += NAME##_step) {                                                   \
            ELEMENT any = 0;                                                                                              \
            for (int lane = 0; lane < NAME##_step; lane++) any |= counts[start + lane] > cutoff;                          \
            if (!any) continue;                                                                                           \
            for (int lane = 0; lane < NAME##_step; lane++)                                                                \
                if (counts[start + lane] > cutoff) found[number++] = (int32_t)(start + lane);                             \
        }                                                                                                                 \
        return number;                                                                                                    \
    }

BALL_BODY(bytes, uint8_t)
BALL_BODY(words, uint16_t)

#if defined(__x86_64__)
#define V3 __attribute__((target("avx2,fma"))) static

V3 void bytes_v3(const cuneus_ball *ball, const uint8_t *foci, uint8_t *runs, uint8_t *counts)
{
    bytes_body(ball, foci, runs, counts);
}

V3 void words_v3(const cuneus_ball *ball, const uint16_t *foci, uint16_t *runs, uint16_t *counts)
{
    words_body(ball, foci, runs, counts);
}

V3 ptrdiff_t bytes_found_v3(const uint8_t *counts, ptrdiff_t size, uint8_t cutoff, int32_t *found)
{
    return bytes_found(counts, size, cutoff, found);
}

V3 ptrdiff_t words_found_v3(const uint16_t *counts, ptrdiff_t size, uint16_t cutoff, int32_t *found)
{
    return words_found(counts, size, cutoff, found);
}
#endif

void cuneus_ball_bytes(int isa, const cuneus_ball *ball, const uint8_t *foci, uint8_t *runs, uint8_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { bytes_v3(ball, foci, runs, counts); return; }
#endif
    bytes_body(ball, foci, runs, counts);
}

void cuneus_ball_words(int isa, const cuneus_ball *ball, const uint16_t *foci, uint16_t *runs, uint16_t *counts)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) { words_v3(ball, foci, runs, counts); return; }
#endif
    words_body(ball, foci, runs, counts);
}

ptrdiff_t cuneus_ball_bytes_above(int isa, const uint8_t *counts, ptrdiff_t size, uint8_t cutoff, int32_t *found)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) return bytes_found_v3(counts, size, cutoff, found);
#endif
    return bytes_found(counts, size, cutoff, found);
}

ptrdiff_t cuneus_ball_words_above(int isa, const uint16_t *counts, ptrdiff_t size, uint16_t cutoff, int32_t *found)
{
#if defined(__x86_64__)
    if (isa >= CUNEUS_ISA_V3) return words_found_v3(counts, size, cutoff, found);
#endif
    return words_found(counts, size, cutoff, found);
}
