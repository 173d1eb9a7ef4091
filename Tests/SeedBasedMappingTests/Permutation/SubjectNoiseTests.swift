import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Imputed subject noise")
struct SubjectNoiseTests {
    private static let grid = Grid(shape: [8, 7, 6], affine: Affine(scale: [-2, 2, 2], origin: .zero))!
    private static let mask = Mask(grid: grid) { _ in true }
    private static let template = CorrelationTemplate(
        domain: mask, slowness: (0..<mask.count).map { 0.9 + 0.01 * Float($0 % 13) })

    private static func draw(_ n: Int, blocks: [Range<Int>]? = nil, seed: UInt64 = 5) -> [Float] {
        let noise = SubjectNoise(mask: mask, template: template)
        var values = [Float](repeating: 0, count: mask.count * n)
        values.withUnsafeMutableBufferPointer { buffer in
            for voxels in blocks ?? [0..<mask.count] {
                noise.draw(
                    noise.order(of: voxels), stream: Philox(key: seed), group: 0, subjects: n,
                    values: buffer.baseAddress!, base: 0, stride: n)
            }
        }
        return values
    }

    private static func moments(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> (mx: Double, sx: Double, r: Double) {
        let (x, y) = (x.map(Double.init), y.map(Double.init))
        let n = Double(x.count)
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        let yy = y.reduce(0) { $0 + ($1 - my) * ($1 - my) }
        let xy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        return (mx, (xx / (n - 1)).squareRoot(), xy / (xx * yy).squareRoot())
    }

    private static func expectedCorrelation(_ u: Int, _ v: Int) -> Double {
        template.correlation(u, v, distance: 2)
    }

    @Test(
        "Mean 0, SD 1 and the template's correlation with every earlier face neighbour, exactly, as sample statistics",
        arguments: [12, 25, 40])
    func exact(n: Int) {
        let values = Self.draw(n)
        let table = NeighbourTable(Self.mask, .faces)
        for voxel in 0..<Self.mask.count {
            let here = values[voxel * n..<(voxel + 1) * n]
            for neighbour in 0..<table.width {
                let other = Int(table.neighbours[voxel * table.width + neighbour])
                guard other >= 0, other < voxel else { continue }
                let found = Self.moments(here, values[other * n..<(other + 1) * n])
                #expect(abs(found.mx) < 1e-5 && abs(found.sx - 1) < 1e-4)
                #expect(abs(found.r - Self.expectedCorrelation(voxel, other)) < 1e-3)
            }
        }
    }

    /// So few subjects cannot always be as alike as the template asks: then as much of it as they can.
    @Test("Tiny groups keep mean 0 and SD 1; two and three subjects do not fail", arguments: [2, 3, 4, 5, 6, 8])
    func tiny(n: Int) {
        let values = Self.draw(n)
        for voxel in 0..<Self.mask.count {
            let here = values[voxel * n..<(voxel + 1) * n]
            let found = Self.moments(here, here)
            #expect(abs(found.mx) < 1e-5 && abs(found.sx - 1) < 1e-3, "n = \(n): mean \(found.mx), SD \(found.sx)")
        }
    }

    /// Asked for seven neighbours, groups can rarely meet them all; what is left must still be a standardised sample.
    @Test("The cube's seven neighbours: mean 0, SD 1, rougher than by faces alone", arguments: [8, 20])
    func cube(n: Int) {
        func faceCorrelation(_ neighbours: SubjectNoise.Neighbours) -> Double {
            let template = CorrelationTemplate(domain: Self.mask, constant: 0.9)
            let noise = SubjectNoise(mask: Self.mask, template: template, neighbours: neighbours)
            var values = [Float](repeating: 0, count: Self.mask.count * n)
            values.withUnsafeMutableBufferPointer { buffer in
                noise.draw(
                    noise.order(of: 0..<Self.mask.count), stream: Philox(key: 3), group: 0, subjects: n,
                    values: buffer.baseAddress!, base: 0, stride: n)
            }
            var sum = 0.0
            for voxel in 1..<Self.mask.count {
                let found = Self.moments(
                    values[voxel * n..<(voxel + 1) * n], values[(voxel - 1) * n..<voxel * n])
                #expect(abs(found.mx) < 1e-5 && abs(found.sx - 1) < 1e-3)
                if voxel % 8 != 0 { sum += found.r }
            }
            return sum / Double(Self.mask.count * 7 / 8)
        }
        let faces = faceCorrelation(.faces)
        #expect(abs(faces - exp2(-4 * 0.09 * 0.09)) < 0.005)
        #expect(faceCorrelation(.cube) < faces - 0.01)
    }

    @Test(
        "With a predictor: no sample correlation with it at any voxel, and all else as without",
        arguments: [4, 5, 6, 12, 40])
    func predictor(n: Int) {
        let x = (0..<n).map { Double($0 * $0) }
        let mean = x.reduce(0, +) / Double(n)
        let spread = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)).squareRoot()
        let predictor = x.map { ($0 - mean) / spread }
        let noise = SubjectNoise(mask: Self.mask, template: Self.template)
        var values = [Float](repeating: 0, count: Self.mask.count * n)
        values.withUnsafeMutableBufferPointer { buffer in
            noise.draw(
                noise.order(of: 0..<Self.mask.count), stream: Philox(key: 5), group: 0, subjects: n,
                predictor: predictor, values: buffer.baseAddress!, base: 0, stride: n)
        }
        let table = NeighbourTable(Self.mask, .faces)
        let against = predictor.map { Float($0) }
        for voxel in 0..<Self.mask.count {
            let here = values[voxel * n..<(voxel + 1) * n]
            let found = Self.moments(here, against[...])
            #expect(abs(found.mx) < 1e-5 && abs(found.sx - 1) < 1e-3)
            #expect(abs(found.r) < 1e-5, "voxel \(voxel)")
            guard n >= 12 else { continue }
            for neighbour in 0..<table.width {
                let other = Int(table.neighbours[voxel * table.width + neighbour])
                guard other >= 0, other < voxel else { continue }
                let r = Self.moments(here, values[other * n..<(other + 1) * n]).r
                #expect(abs(r - Self.expectedCorrelation(voxel, other)) < 1e-3)
            }
        }
    }

    @Test("Drawn in blocks or at once, the same bits; another stream, other values")
    func blocks() {
        let whole = Self.draw(9)
        #expect(whole == Self.draw(9, blocks: [0..<50, 50..<51, 51..<Self.mask.count]))
        #expect(whole != Self.draw(9, seed: 6))
    }

    @Test("Where the template asks for more than the neighbours drawn so far allow, it gets as much as they do")
    func impossible() {
        // Slowness that jumps from voxel to voxel: no six subjects can have all of these correlations.
        let template = CorrelationTemplate(
            domain: Self.mask, slowness: (0..<Self.mask.count).map { $0 % 2 == 0 ? 0.05 : 4 })
        let noise = SubjectNoise(mask: Self.mask, template: template)
        var values = [Float](repeating: 0, count: Self.mask.count * 6)
        values.withUnsafeMutableBufferPointer { buffer in
            noise.draw(
                noise.order(of: 0..<Self.mask.count), stream: Philox(key: 1), group: 0, subjects: 6,
                values: buffer.baseAddress!, base: 0, stride: 6)
        }
        for voxel in 0..<Self.mask.count {
            let here = values[voxel * 6..<(voxel + 1) * 6]
            let found = Self.moments(here, here)
            #expect(abs(found.mx) < 1e-5 && abs(found.sx - 1) < 1e-3)
        }
    }

    /// A logarithm that the kernel rounds otherwise than the system's library moves a value by a unit in the last place, and that moves
    /// voxels after it.
    @Test(
        "The kernel gives what voxel by voxel gives: changes, correlations, shared samples, tiny groups, seven neighbours; all instructions the same bits",
        arguments: [1, 2, 3, 4, 5, 7, 8, 9, 10, 16, 23, 40], [SubjectNoise.Neighbours.faces, .cube])
    func plain(n: Int, neighbours: SubjectNoise.Neighbours) {
        let noise = SubjectNoise(mask: Self.mask, template: Self.template, neighbours: neighbours)
        let predictor = n > 3 ? PermutationScheme.predictor(subjects: n) : nil
        let common = (stream: Philox(key: 77), correlation: 0.3)
        for (predictor, common) in [(nil, nil), (nil, common), (predictor, nil), (predictor, common)]
            as [([Double]?, (stream: Philox, correlation: Double)?)]
        {
            // Values of a second group stand beside, and are left alone.
            let stride = n + 3
            func filled(_ draw: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
                var values = [Float](repeating: 9, count: Self.mask.count * stride)
                values.withUnsafeMutableBufferPointer { draw($0.baseAddress! + 2) }
                return values
            }
            let stream = Philox(key: 0x1234_5678_9abc_def0)
            let expected = filled { values in
                noise.drawPlainly(
                    voxels: 0..<Self.mask.count, stream: stream, group: 1, subjects: n, common: common,
                    predictor: predictor, values: values, base: 0, stride: stride)
            }
            let found = VectorInstructions.available.map { instructions in
                filled { values in
                    for voxels in [0..<100, 100..<Self.mask.count] {
                        noise.draw(
                            noise.order(of: voxels), stream: stream, group: 1, subjects: n, common: common,
                            predictor: predictor, values: values, base: 0, stride: stride, instructions: instructions)
                    }
                }
            }
            for values in found {
                #expect(values.map(\.bitPattern) == found[0].map(\.bitPattern))
            }
            let largest: Float = zip(expected, found[0]).map { abs($0 - $1) }.max() ?? .nan
            #expect(largest < 1e-5, "n = \(n)")
        }
    }

    @Test(
        "Voxels in eights come after all their neighbours, none beside one, and all come",
        arguments: [0..<336, 57..<200])
    func order(voxels: Range<Int>) {
        let noise = SubjectNoise(mask: Self.mask, template: Self.template, neighbours: .cube)
        let eights = noise.order(of: voxels).eights
        #expect(eights.count % 8 == 0 && Set(eights) == Set(voxels.map { Int32($0) }))
        var done: Set<Int32> = []
        for start in stride(from: 0, to: eights.count, by: 8) {
            let eight = Set(eights[start..<start + 8])
            for voxel in eight {
                let here = Self.grid.voxel(atIndex: Int(voxel))
                for k in 0...1 {
                    for j in 0...1 {
                        for i in 0...1 where i + j + k > 0 {
                            let other = here &- [i, j, k]
                            guard Self.grid.contains(other) else { continue }
                            let position = Int32(Self.grid.index(other))
                            let isBefore = done.contains(position) && !eight.contains(position)
                            #expect(position < voxels.lowerBound || isBefore)
                        }
                    }
                }
            }
            done.formUnion(eight)
        }
    }
}
