// Shortest paths on the graph of a peak's kernel, for making thousands of kernels. The plain Swift form that it is tested against
// is `ShortestPaths`.
#ifndef KERNEL_SEARCH_H
#define KERNEL_SEARCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A voxel and its 26 neighbours are nine rows of three.
enum { CUNEUS_SEARCH_ROWS = 9 };

/// A graph on a grid that has a margin of one voxel on all sides (and two more in memory), so that every voxel has all its
/// neighbours.
typedef struct {
    /// By grid voxel: virtual mm per mm of a step, from its end on this voxel; infinite outside the template.
    const float *slowness;
    /// Of every row: from the voxel to the row's first in memory, and to its three in mm; a fourth, and the voxel itself, are
    /// infinitely far.
    int32_t steps[CUNEUS_SEARCH_ROWS];
    float lengths[4 * CUNEUS_SEARCH_ROWS];
    /// No edge is shorter than this.
    float shortest;
} cuneus_search_graph;

/// Memory of a search: distances (infinite) and settled (0) by grid voxel, as every search leaves them; and a queue for each
/// distance, of `room` voxels in `queues` rows.
typedef struct {
    float *distances;
    uint8_t *settled;
    int32_t *queue;
    int32_t *lengths;
    int32_t queues;
    int32_t room;
} cuneus_search_memory;

/// Every voxel within `limit` of a start, with its distance, in no order that matters.
///
/// visited, distances: of as many voxels as can be within reach. Returns how many there are, −1 where the memory's queues are too
/// few or too short.
int32_t cuneus_kernel_search(
    const cuneus_search_graph *graph, const cuneus_search_memory *memory, int32_t start, float limit, int32_t *visited,
    float *distances);

/// The same graph for distances in double precision, whose bits are those of the plain form: an edge is
/// length · (slowness of its one end + slowness of its other end), the sum in single precision.
typedef struct {
    /// By grid voxel, virtual mm per mm at the template's own FWHM; infinite outside the template.
    const float *slowness;
    int32_t steps[CUNEUS_SEARCH_ROWS];
    double lengths[4 * CUNEUS_SEARCH_ROWS];
    double shortest;
} cuneus_path_graph;

/// As `cuneus_search_memory`; lengths are 0 as well, as every search leaves them.
typedef struct {
    double *distances;
    uint8_t *settled;
    int32_t *queue;
    int32_t *lengths;
    int32_t queues;
    int32_t room;
} cuneus_path_memory;

/// Every voxel within `limit` of the sources, which start at distances of their own, in no order that matters.
///
/// Returns how many there are, −1 where the memory's queues are too few or too short.
int32_t cuneus_path_search(
    const cuneus_path_graph *graph, const cuneus_path_memory *memory, const int32_t *sources, const double *starts,
    int32_t count, double limit, int32_t *visited, double *distances);

#ifdef __cplusplus
}
#endif

#endif
