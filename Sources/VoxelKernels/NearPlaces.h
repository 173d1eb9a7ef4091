// Which foci of an experiment are near another, sixteen at a time. Not part of the module's interface.
#ifndef CUNEUS_NEAR_PLACES_H
#define CUNEUS_NEAR_PLACES_H

#include "Lanes.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// A coordinate of sixteen foci, and whether they are near.
typedef int16_t sixteen_places __attribute__((vector_size(32), aligned(2)));
typedef int8_t sixteen_marks __attribute__((vector_size(16)));

/// The coordinates of an experiment's foci, axis by axis: x at `along`, y and z each size + 16 further.
INLINE void places_take(int16_t *along, const int32_t *foci, int size)
{
    for (int f = 0; f < size; f++)
        for (int axis = 0; axis < 3; axis++) along[axis * (size + 16) + f] = (int16_t)foci[3 * f + axis];
}

/// Which of the foci e..<e + 16 lie within `reach_i`, `reach_j`, `reach_k` of focus f and before it; four bits each, from the lowest.
INLINE uint64_t places_near(const int16_t *along, int size, int e, int f, int reach_i, int reach_j, int reach_k)
{
    const int16_t *x = along, *y = x + size + 16, *z = y + size + 16;
    const sixteen_places is_near =
        (__builtin_elementwise_abs(*(const sixteen_places *)(x + e) - x[f]) <= (int16_t)reach_i)
        & (__builtin_elementwise_abs(*(const sixteen_places *)(y + e) - y[f]) <= (int16_t)reach_j)
        & (__builtin_elementwise_abs(*(const sixteen_places *)(z + e) - z[f]) <= (int16_t)reach_k);
    const sixteen_marks marks = __builtin_convertvector(is_near, sixteen_marks);
    uint64_t halves[2];
    memcpy(halves, &marks, sizeof halves);
    if (!(halves[0] | halves[1])) return 0;
    uint64_t near = 0;
    for (int lane = 0; lane < 8; lane++) {
        near |= (halves[0] >> 8 * lane & 15) << 4 * lane;
        near |= (halves[1] >> 8 * lane & 15) << (4 * lane + 32);
    }
    return f - e < 16 ? near & (((uint64_t)1 << 4 * (f - e)) - 1) : near;
}

/// Takes the first focus out of those that are near: its number after e.
INLINE int places_next(uint64_t *near)
{
    const int lane = __builtin_ctzll(*near) / 4;
    *near &= ~((uint64_t)15 << 4 * lane);
    return lane;
}

#endif
