#include "Lanes.h"

// Five images have 32 patterns of signs. With the 32 sums in a table, a permutation of 20 images adds four numbers instead of
// twenty (the method of four Russians); the table of a tile, 4 KB per group, stays in the first cache. Only additions: every
// instruction set gives the same bits.

enum { ROW = CUNEUS_TILE, GROUP = CUNEUS_FLIP_GROUP, PATTERNS = CUNEUS_FLIP_PATTERNS };

INLINE void tables_body(const float *values, int groups, float *tables)
{
    for (int g = 0; g < groups; g++)
        for (int half = 0; half < ROW; half += 16) {
            const float *from = values + (ptrdiff_t)g * GROUP * ROW + half;
            float *to = tables + (ptrdiff_t)g * PATTERNS * ROW + half;
            for (int pattern = 0; pattern < PATTERNS; pattern++) {
                lanes sum = splat(0);
                for (int n = 0; n < GROUP; n++) {
                    lanes x = load(from + n * ROW);
                    sum = pattern >> n & 1 ? sum - x : sum + x;
                }
                store(to + pattern * ROW, sum);
            }
        }
}

INLINE lanes signed_sum(const float *tables, int groups, const uint8_t *code)
{
    lanes sum = load(tables + code[0] * ROW);
    for (int g = 1; g < groups; g++) sum += load(tables + (ptrdiff_t)g * PATTERNS * ROW + code[g] * ROW);
    return sum;
}

INLINE void maxima_body(
    const float *tables, int groups, const uint8_t *codes, ptrdiff_t permutations, float *maxima)
{
    for (ptrdiff_t p = 0; p < permutations; p++) {
        const uint8_t *code = codes + p * groups;
        lanes first = absolute(signed_sum(tables, groups, code));
        lanes second = absolute(signed_sum(tables + 16, groups, code));
        store(maxima + 16 * p, at_least(at_least(load(maxima + 16 * p), first), second));
    }
}

INLINE void sums_body(
    const float *tables, int groups, const uint8_t *codes, ptrdiff_t permutations, float *sums, ptrdiff_t stride)
{
    for (ptrdiff_t p = 0; p < permutations; p++) {
        const uint8_t *code = codes + p * groups;
        store(sums + p * stride, signed_sum(tables, groups, code));
        store(sums + p * stride + 16, signed_sum(tables + 16, groups, code));
    }
}

#if defined(__x86_64__)
V3 static void tables_v3(const float *values, int groups, float *tables) { tables_body(values, groups, tables); }
V4 static void tables_v4(const float *values, int groups, float *tables) { tables_body(values, groups, tables); }
V3 static void maxima_v3(const float *a, int b, const uint8_t *c, ptrdiff_t d, float *e) { maxima_body(a, b, c, d, e); }
V4 static void maxima_v4(const float *a, int b, const uint8_t *c, ptrdiff_t d, float *e) { maxima_body(a, b, c, d, e); }
V3 static void sums_v3(const float *a, int b, const uint8_t *c, ptrdiff_t d, float *e, ptrdiff_t f)
{
    sums_body(a, b, c, d, e, f);
}
V4 static void sums_v4(const float *a, int b, const uint8_t *c, ptrdiff_t d, float *e, ptrdiff_t f)
{
    sums_body(a, b, c, d, e, f);
}
#endif

void cuneus_flip_tables(int isa, const float *values, int groups, float *tables)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { tables_v4(values, groups, tables); return; }
    if (isa == CUNEUS_ISA_V3) { tables_v3(values, groups, tables); return; }
#endif
    tables_body(values, groups, tables);
}

void cuneus_flip_maxima(
    int isa, const float *tables, int groups, const uint8_t *codes, ptrdiff_t permutations, float *maxima)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { maxima_v4(tables, groups, codes, permutations, maxima); return; }
    if (isa == CUNEUS_ISA_V3) { maxima_v3(tables, groups, codes, permutations, maxima); return; }
#endif
    maxima_body(tables, groups, codes, permutations, maxima);
}

void cuneus_flip_sums(
    int isa, const float *tables, int groups, const uint8_t *codes, ptrdiff_t permutations, float *sums,
    ptrdiff_t stride)
{
#if defined(__x86_64__)
    if (isa == CUNEUS_ISA_V4) { sums_v4(tables, groups, codes, permutations, sums, stride); return; }
    if (isa == CUNEUS_ISA_V3) { sums_v3(tables, groups, codes, permutations, sums, stride); return; }
#endif
    sums_body(tables, groups, codes, permutations, sums, stride);
}
