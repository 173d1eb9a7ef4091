import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Values that a statistic map can have")
struct MapPlausibilityTests {
    private static let noise = MapFile.noise(11)

    /// Some share of the head, the same for every seed.
    private func scattered(_ share: Double, _ values: [Float], _ fill: Float) -> [Float] {
        var generator = SeededGenerator(5)
        return values.map { Double.random(in: 0..<1, using: &generator) < share ? fill : $0 }
    }

    private func told(
        _ values: [Float], as kind: Experiment.StatisticMap.Kind = .t, n: Int = 20, datatype: NIfTIDatatype = .float32,
        _ location: Testing.SourceLocation = #_sourceLocation
    ) throws -> String {
        let file = try MapFile(values, datatype: datatype)
        return problem(location) { try file.read(as: kind, n: n) }
    }

    @Test("maps as they should be pass without a word", arguments: 0..<4 as Range<UInt64>)
    func sound(_ seed: UInt64) throws {
        let noise = MapFile.noise(seed)
        #expect(try MapFile(noise).codes(as: .t).isEmpty)
        #expect(try MapFile(noise.map { $0 * 2 + 1.5 }).codes(as: .z).isEmpty)
        #expect(try MapFile(noise.map { $0 * 0.2 + 0.1 }).codes(as: .g).isEmpty)
        #expect(try MapFile(noise.map { $0 * 0.1 }).codes(as: .r, measure: .correlation).isEmpty)
        // Eight bits: steps of 0.16, of which the middle ones are 6 % of the voxels each.
        #expect(try MapFile(noise.map { ($0 / 0.16).rounded() * 0.16 }).codes().isEmpty)
        // NaN and 0 outside the head and at some voxels within.
        #expect(try MapFile(scattered(0.1, noise, .nan)).codes().isEmpty)
        #expect(try MapFile(scattered(0.1, noise, 0)).codes().isEmpty)
    }

    @Test("infinity is the strongest voxel and never missing", arguments: [Float.infinity, -.infinity])
    func infinite(_ value: Float) throws {
        for count in [1, 40] {
            var values = Self.noise
            for position in 0..<count { values[Int(MapFile.mask.voxels[position * 7])] = value }
            for kind in [Experiment.StatisticMap.Kind.t, .z, .g] {
                #expect(try told(values, as: kind).contains("is infinite at \(count) voxel"))
            }
        }
        // Outside the mask nobody looks.
        var outside = Self.noise
        outside[0] = value
        #expect(try MapFile(outside).codes().isEmpty)
    }

    @Test("one value that fills the mask is a background", arguments: [-9999, -1, 0.25, 7.5, 100] as [Float])
    func background(_ value: Float) throws {
        for share in [0.08, 0.4, 0.7] {
            let words = try told(scattered(share, Self.noise, value))
            #expect(words.contains("a background, not data"), "\(words)")
        }
        // One that a few voxels have is a value like others.
        let few = try MapFile(scattered(0.02, Self.noise, 2.5))
        #expect(try few.codes().isEmpty)
    }

    @Test("a t that no sample gives is refused; one that three people can give is not")
    func range() throws {
        var values = Self.noise
        values[Int(MapFile.mask.voxels[9])] = -500
        // 20 people: t = 500 is a mean 112 standard deviations from 0.
        #expect(try told(values).contains("a t of -500; beyond "))
        // Two degrees of freedom: t.isf(1e-6, 2) = 707.
        #expect(try MapFile(values).codes(n: 3) == ["map-extreme"])
        values[Int(MapFile.mask.voxels[9])] = 60
        // The smallest double has z = 38.5 (norm.isf(5e-324)).
        #expect(try told(values, as: .z).contains("a z of 60; beyond 38.5"))
        // A z of 20 is a t of thousands with 20 people, hardly one across them.
        values[Int(MapFile.mask.voxels[9])] = 20
        #expect(try MapFile(values).codes(as: .z) == ["map-extreme"])
        values[Int(MapFile.mask.voxels[9])] = 1.2
        #expect(
            problem { try MapFile(values.map { $0 / 10 + 1 }).read(as: .r, measure: .correlation) }.contains("-1 and 1")
        )
    }

    @Test("masks and labels are no statistics")
    func masks() throws {
        #expect(try told(Self.noise.map { _ in 1 }).contains("a mask or labels"))
        #expect(try told(Self.noise.map { $0 > 0 ? 1 : 0 }).contains("a mask or labels"))
        #expect(try told(Self.noise.map { $0 > 0 ? 0.5 : -0.5 }).contains("a mask or labels"))
        #expect(try told(Self.noise.indices.map { Float(1 + $0 % 60) }).contains("a mask or labels"))
    }

    @Test("p, 1 - p, raw images and lost scales are named")
    func otherScales() throws {
        var generator = SeededGenerator(3)
        let uniform = Self.noise.map { _ in Float.random(in: 0..<1, using: &generator) }
        for kind in [Experiment.StatisticMap.Kind.t, .z] {
            #expect(try told(uniform, as: kind).contains("p or 1 - p"))
            #expect(try told(uniform.map { 1 - $0 }, as: kind).contains("p or 1 - p"))
            #expect(try told(Self.noise.map { 800 + 100 * $0 + 0.5 }, as: kind).contains("a raw image"))
            #expect(try told(Self.noise.map { 100 + 2 * $0 }, as: kind).contains("a raw image"))
        }
        #expect(try told(Self.noise.map { 1000 * $0 }, datatype: .int16).contains("their scale is lost"))
    }

    @Test("a thresholded map is refused with the offer of its peaks", arguments: [1.2, 2.3, 3.1] as [Float])
    func thresholded(_ threshold: Float) throws {
        for mean in [0, 1] as [Float] {
            let values = Self.noise.map { abs($0 + mean) < threshold ? 0 : $0 + mean }
            let words = try told(values)
            #expect(words.contains("looks thresholded at \(Int(threshold))"), "\(words)")
            #expect(words.contains("cuneus image peaks") && words.contains("t_thr"))
            // Of g the same threshold: t/√20 and smaller still by J.
            #expect(try told(values.map { $0 / 4.2 }, as: .g).contains("looks thresholded"))
        }
    }

    @Test("a field of view that ends is not a threshold: told below 80 %, refused below 30 %")
    func coverage() throws {
        // The head is 140 mm wide: planes at x leave about these shares.
        for (x, code) in [(80.0, ""), (0, "map-coverage")] {
            let values = Self.noise.enumerated().map { MapFile.grid.world(atIndex: $0.offset).x > x ? 0 : $0.element }
            #expect(try MapFile(values).codes() == [code].filter { !$0.isEmpty })
        }
        let sliver = Self.noise.enumerated().map { MapFile.grid.world(atIndex: $0.offset).x > -40 ? 0 : $0.element }
        #expect(try told(sliver).contains("at least 30 % are needed"))
        #expect(try told(Self.noise.map { _ in 0 }).contains("no value"))
    }

    @Test("one sign is noted, a grid of its own is said")
    func notes() throws {
        #expect(try MapFile(Self.noise.map { -abs($0) - 0.01 }).codes() == ["map-one-sign"])
        let fine = try #require(Grid.mni(voxelSize: 5))
        #expect(try MapFile(MapFile.noise(2, grid: fine), grid: fine).codes() == ["map-resampled"])
    }

    @Test("a small region has no shape: all its values may be of one sign and within 0 and 1")
    func region() throws {
        let ball = Mask(grid: MapFile.grid) { index in
            let p = MapFile.grid.world(atIndex: index)
            return (p * p).sum() <= 20 * 20
        }
        var generator = SeededGenerator(3)
        let values = Self.noise.map { _ in Float.random(in: 0.1..<1, using: &generator) }
        #expect(try MapFile(values).codes(mask: ball).isEmpty)
    }
}
