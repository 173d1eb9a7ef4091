#include "KernelSearch.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

// The three voxels of a row, and one that does not count.
typedef float row_lanes __attribute__((vector_size(16), aligned(4)));

// Dijkstra's algorithm with buckets no wider than the shortest edge: inside a bucket no voxel can shorten another's path, so no
// order is needed there. Voxels outside the template are infinitely slow and are never reached, so that a row
// of neighbours has one test.
int32_t cuneus_kernel_search(
    const cuneus_search_graph *graph, const cuneus_search_memory *memory, int32_t start, float limit, int32_t *visited,
    float *distances)
{
    float *const here = memory->distances;
    uint8_t *const settled = memory->settled;
    const float per_width = 1.0f / graph->shortest;
    const int32_t last = (int32_t)(limit * per_width);
    int32_t found = 0;
    int whole = last < memory->queues;
    for (int32_t q = 0; whole && q <= last; q++) memory->lengths[q] = 0;
    if (whole) {
        here[start] = 0;
        memory->queue[0] = start;
        memory->lengths[0] = 1;
    }
    for (int32_t bucket = 0; whole && bucket <= last; bucket++) {
        const int32_t *row = memory->queue + (int64_t)bucket * memory->room;
        for (int32_t head = 0; head < memory->lengths[bucket]; head++) {
            const int32_t voxel = row[head];
            if (settled[voxel]) continue;
            settled[voxel] = 1;
            const float distance = here[voxel];
            visited[found] = voxel;
            distances[found++] = distance;
            const float slowness = graph->slowness[voxel];
            for (int r = 0; r < CUNEUS_SEARCH_ROWS; r++) {
                const int32_t first = voxel + graph->steps[r];
                const row_lanes near = *(const row_lanes *)(here + first);
                const row_lanes slow = *(const row_lanes *)(graph->slowness + first) + slowness;
                const row_lanes there = *(const row_lanes *)(graph->lengths + 4 * r) * slow + distance;
                const __typeof__(there < near) better = (there < near) & (there <= limit);
                if (!__builtin_reduce_or(better)) continue;
                for (int n = 0; n < 3; n++) {
                    if (!better[n]) continue;
                    here[first + n] = there[n];
                    int32_t to = (int32_t)(there[n] * per_width);
                    // Rounding must not put a voxel behind the sweep, nor beyond the last bucket.
                    if (to < bucket) to = bucket;
                    if (to > last) to = last;
                    if (memory->lengths[to] == memory->room) {
                        whole = 0;
                        continue;
                    }
                    memory->queue[(int64_t)to * memory->room + memory->lengths[to]++] = first + n;
                }
            }
        }
    }
    // Leave the memory as it was found; voxels that were queued and never settled are there only where it was too small.
    for (int32_t n = 0; n < found; n++) {
        here[visited[n]] = INFINITY;
        settled[visited[n]] = 0;
    }
    if (whole) return found;
    for (int32_t bucket = 0; bucket <= last && bucket < memory->queues; bucket++)
        for (int32_t n = 0; n < memory->lengths[bucket]; n++)
            here[memory->queue[(int64_t)bucket * memory->room + n]] = INFINITY;
    return -1;
}

typedef double row_doubles __attribute__((vector_size(32), aligned(8)));

// Puts a voxel into the queue of its distance, which no rounding may move behind the sweep. 0 where there is no room.
static inline int put(
    const cuneus_path_graph *graph, const cuneus_path_memory *memory, int32_t voxel, double distance, int32_t bucket,
    int32_t *most)
{
    // A quotient too large for an integer has no room either.
    const double quotient = distance / graph->shortest;
    if (!(quotient < memory->queues)) return 0;
    int32_t to = (int32_t)quotient;
    if (to < bucket) to = bucket;
    if (memory->lengths[to] == memory->room) return 0;
    memory->queue[(int64_t)to * memory->room + memory->lengths[to]++] = voxel;
    if (to > *most) *most = to;
    return 1;
}

// As above, in double precision and from several sources.
int32_t cuneus_path_search(
    const cuneus_path_graph *graph, const cuneus_path_memory *memory, const int32_t *sources, const double *starts,
    int32_t count, double limit, int32_t *visited, double *distances)
{
    double *const here = memory->distances;
    uint8_t *const settled = memory->settled;
    int32_t found = 0, most = -1;
    int whole = 1;
    for (int32_t n = 0; n < count; n++) {
        if (!(starts[n] <= limit && starts[n] < here[sources[n]])) continue;
        here[sources[n]] = starts[n];
        if (!put(graph, memory, sources[n], starts[n], 0, &most)) {
            here[sources[n]] = INFINITY;
            whole = 0;
        }
    }
    for (int32_t bucket = 0; whole && bucket <= most; bucket++) {
        const int32_t *row = memory->queue + (int64_t)bucket * memory->room;
        for (int32_t head = 0; head < memory->lengths[bucket]; head++) {
            const int32_t voxel = row[head];
            if (settled[voxel]) continue;
            settled[voxel] = 1;
            const double distance = here[voxel];
            visited[found] = voxel;
            distances[found++] = distance;
            const float slowness = graph->slowness[voxel];
            for (int r = 0; r < CUNEUS_SEARCH_ROWS; r++) {
                const int32_t first = voxel + graph->steps[r];
                const row_doubles near = *(const row_doubles *)(here + first);
                const row_lanes slow = *(const row_lanes *)(graph->slowness + first) + slowness;
                const row_doubles lengths = *(const row_doubles *)(graph->lengths + 4 * r);
                const row_doubles there = lengths * __builtin_convertvector(slow, row_doubles) + distance;
                const __typeof__(there < near) better = (there < near) & (there <= limit);
                if (!(better[0] | better[1] | better[2])) continue;
                for (int n = 0; n < 3; n++) {
                    if (!better[n]) continue;
                    here[first + n] = there[n];
                    if (!put(graph, memory, first + n, there[n], bucket, &most)) {
                        here[first + n] = INFINITY;
                        whole = 0;
                    }
                }
            }
        }
    }
    // Leave the memory as it was found: after a whole search all that has a distance was visited, else all was queued.
    for (int32_t bucket = 0; bucket <= most; bucket++) {
        if (!whole) {
            for (int32_t n = 0; n < memory->lengths[bucket]; n++) {
                const int32_t voxel = memory->queue[(int64_t)bucket * memory->room + n];
                here[voxel] = INFINITY;
            }
        }
        memory->lengths[bucket] = 0;
    }
    for (int32_t n = 0; n < found; n++) {
        here[visited[n]] = INFINITY;
        settled[visited[n]] = 0;
    }
    return whole ? found : -1;
}
