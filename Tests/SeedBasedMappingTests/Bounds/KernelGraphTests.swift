import Foundation
import Imaging
import SeedBasedMapping
import Statistics
import Testing

@Suite("Virtual distances")
struct KernelGraphTests {
    /// A small random template: 7 × 6 × 5 voxels of 2 mm, a quarter of them holes, slowness 0.5 to 1.6.
    static func randomTemplate(_ seed: UInt64) -> CorrelationTemplate {
        let grid = Grid(shape: [7, 6, 5], affine: Affine(scale: [-2, 2, 2], origin: [6, -4, 0]))!
        let random = Philox(key: seed)
        func uniform(_ i: Int, _ stream: UInt32) -> Double { Philox.uniform(random([UInt32(i), stream, 0, 0]).x) }
        let domain = Mask(grid: grid) { uniform($0, 0) > 0.25 }
        return CorrelationTemplate(
            domain: domain, slowness: (0..<domain.count).map { Float(0.5 + 1.1 * uniform($0, 1)) })
    }

    /// Bellman–Ford over all pairs of touching voxels, straight from the definition.
    static func bruteForce(
        _ template: CorrelationTemplate, fwhm: Double, sources: [(voxel: Int, start: Double)]
    ) -> [Double] {
        let domain = template.domain
        var distance = [Double](repeating: .infinity, count: domain.count)
        for source in sources { distance[source.voxel] = min(distance[source.voxel], source.start) }
        for _ in 0..<domain.count {
            for u in 0..<domain.count where distance[u] < .infinity {
                for v in 0..<domain.count where v != u {
                    let a = domain.grid.voxel(atIndex: Int(domain.voxels[u]))
                    let b = domain.grid.voxel(atIndex: Int(domain.voxels[v]))
                    let step = a &- b
                    guard max(abs(step.x), abs(step.y), abs(step.z)) == 1 else { continue }
                    let length = 2 * Double(step.x * step.x + step.y * step.y + step.z * step.z).squareRoot()
                    let edge = length * Double(template.slowness[u] + template.slowness[v]) / 2 * fwhm / 20
                    distance[v] = min(distance[v], distance[u] + edge)
                }
            }
        }
        return distance
    }

    @Test("Bucketed Dijkstra equals brute force on random templates", arguments: [1, 2, 3, 4] as [UInt64])
    func againstBruteForce(seed: UInt64) {
        let template = Self.randomTemplate(seed)
        for fwhm in [8.0, 20, 33] {
            let sources = [(voxel: 3, start: 1.0), (voxel: template.domain.count / 2, start: 0.0)]
            let expected = Self.bruteForce(template, fwhm: fwhm, sources: sources)
            var paths = ShortestPaths(KernelGraph(template: template, fwhm: fwhm))
            for limit in [100.0, 9.0] {
                var found = [Double](repeating: .infinity, count: template.domain.count)
                var visits = [Int](repeating: 0, count: template.domain.count)
                paths.search(from: sources, limit: limit) { voxel, distance in
                    found[voxel] = distance
                    visits[voxel] += 1
                }
                for voxel in expected.indices {
                    if expected[voxel] <= limit {
                        #expect(abs(found[voxel] - expected[voxel]) < 1e-9)
                        #expect(visits[voxel] == 1, "each voxel is visited once")
                    } else {
                        #expect(visits[voxel] == 0, "beyond the limit nothing is visited")
                    }
                }
            }
        }
    }

    /// What a search visits: distances by voxel, infinite where it does not come.
    private func visited(
        _ template: CorrelationTemplate, _ search: (_ visit: (Int, Double) -> Void) -> Void
    ) -> [Double] {
        var found = [Double](repeating: .infinity, count: template.domain.count)
        search { voxel, distance in found[voxel] = distance }
        return found
    }

    @Test(
        "The vector search visits what the plain one visits, with the same bits, search after search",
        arguments: [1, 2, 3, 4, 5] as [UInt64])
    func vectorAgainstPlain(seed: UInt64) {
        let template = Self.randomTemplate(seed)
        let last = template.domain.count - 1
        for fwhm in [8.0, 20, 33] {
            let graph = KernelGraph(template: template, fwhm: fwhm)
            var paths = ShortestPaths(graph)
            var plain = PlainShortestPaths(graph)
            let cases: [[(voxel: Int, start: Double)]] = [
                [(0, 0)], [(last, 1.7)], [(last / 2, 0.3), (last / 2 + 1, 0.4), (last, 2.5)], [(0, 50)], [],
                [(last / 3, 1), (last / 3, 0.5)],
            ]
            for sources in cases {
                for limit in [0.0, 5, 9, 1e6, .infinity] {
                    let found = visited(template) { paths.search(from: sources, limit: limit, visit: $0) }
                    let expected = visited(template) { plain.search(from: sources, limit: limit, visit: $0) }
                    #expect(found == expected, "distances of the two searches differ, or one visits other voxels")
                }
            }
        }
    }

    @Test("A search that outgrows its queues is done by the plain one, and leaves the memory as it was")
    func outgrown() {
        // Edges differ by so much that the shortest, the width of a queue, is 1/10,000 of the longest: too many queues.
        var template = Self.randomTemplate(6)
        var slowness = template.slowness
        slowness[0] = 1e-4
        slowness[1] = 1e-4
        template = CorrelationTemplate(domain: template.domain, slowness: slowness)
        let graph = KernelGraph(template: template, fwhm: 20)
        var paths = ShortestPaths(graph)
        var plain = PlainShortestPaths(graph)
        for (voxel, limit) in [(5, 100.0), (0, 1e-3), (5, 100), (0, 0.1)] {
            let found = visited(template) { paths.search(from: [(voxel, 0)], limit: limit, visit: $0) }
            let expected = visited(template) { plain.search(from: [(voxel, 0)], limit: limit, visit: $0) }
            #expect(found == expected, "a search after one that outgrew the memory finds other distances")
            #expect(found.contains { $0 < .infinity }, "the source itself is within every limit")
        }
    }

    @Test("A correlation template's edge is as long as its correlation says: c = F·√(−log₂ r / 4)")
    func edgeLength() {
        let grid = Grid(shape: [2, 1, 1], affine: Affine(scale: [2, 2, 2], origin: .zero))!
        let template = CorrelationTemplate(
            domain: Mask(grid: grid) { _ in true }, slowness: [0.8, 1.2])
        let r = template.correlation(0, 1, distance: 2)
        for fwhm in [20.0, 10] {
            var paths = ShortestPaths(KernelGraph(template: template, fwhm: fwhm))
            var length = 0.0
            paths.search(from: [(0, 0)], limit: 100) { if $0 == 1 { length = $1 } }
            #expect(abs(length - fwhm * (-log2(r) / 4).squareRoot()) < 1e-9)
        }
    }
}
