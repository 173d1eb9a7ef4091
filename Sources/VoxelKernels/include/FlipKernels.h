// Sums of images with random signs: the inner loop of a sign-flipping test.
#ifndef FLIP_KERNELS_H
#define FLIP_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Images whose signed sums are tabulated together, and the number of their sign patterns.
enum { CUNEUS_FLIP_GROUP = 5, CUNEUS_FLIP_PATTERNS = 32 };

/// Sums of groups of five images over all patterns of signs (bit set: negative), for a tile of voxels.
///
/// values: [groups · CUNEUS_FLIP_GROUP][CUNEUS_TILE], images that are not there 0; tables:
/// [groups][CUNEUS_FLIP_PATTERNS][CUNEUS_TILE].
void cuneus_flip_tables(int isa, const float *values, int groups, float *tables);

/// Of every permutation, the largest |signed sum| so far in 16 lanes: maxima[permutation][16].
///
/// codes: [permutations][groups], the pattern of each group.
void cuneus_flip_maxima(
    int isa, const float *tables, int groups, const uint8_t *codes, ptrdiff_t permutations, float *maxima);

/// The signed sums themselves: sums[permutation · stride + voxel of the tile].
void cuneus_flip_sums(
    int isa, const float *tables, int groups, const uint8_t *codes, ptrdiff_t permutations, float *sums,
    ptrdiff_t stride);

#ifdef __cplusplus
}
#endif
#endif
