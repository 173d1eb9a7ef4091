import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Agreement test: surrogates of whole-brain maps")
struct MapSurrogatesTests {
    /// A study given as a map: white noise smoothed to a FWHM, in voxels of the space.
    private func study(_ number: Int, fwhm: Double, space: AnalysisSpace) -> AgreementStudy {
        var stream = AgreementSpace.Stream(UInt64(100 + number))
        var noise = Volume(grid: space.grid, repeating: 0)
        for index in noise.values.indices { noise.values[index] = Float(stream.uniform() - 0.5) }
        var map = space.mask.gather(noise.smoothed(fwhm: fwhm)).map { 8 * $0 }
        for voxel in map.indices where space.mask.world(at: voxel).z > 50 { map[voxel] = .nan }
        return AgreementStudy(
            id: "map-\(number)", sample: "map-\(number)", scale: EffectScale(n1: 25), thresholdG: nil, peaks: [],
            map: map)
    }

    private func neighbourCorrelation(_ map: [Float], _ table: NeighbourTable) -> Double {
        var (xx, xy, pairs) = (0.0, 0.0, 0.0)
        let values = map.filter { !$0.isNaN }.map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        for voxel in map.indices where !map[voxel].isNaN {
            for n in voxel * table.width..<(voxel + 1) * table.width {
                let other = Int(table.neighbours[n])
                guard other >= 0, !map[other].isNaN else { continue }
                let (a, b) = (Double(map[voxel]) - mean, Double(map[other]) - mean)
                xy += a * b
                xx += (a * a + b * b) / 2
                pairs += 1
            }
        }
        return xy / xx
    }

    @Test("A surrogate has the map's values, its missing voxels and nearly its smoothness; each relocation has another")
    func surrogates() async throws {
        let space = try #require(AgreementSpace.make(voxelSize: 4))
        let studies = [study(1, fwhm: 10, space: space), study(2, fwhm: 17, space: space)]
        let surrogates = try await MapSurrogates(
            studies, mask: space.mask, seed: 1, fields: 8, workers: Workers(threads: 2))
        let again = try await MapSurrogates(
            studies, mask: space.mask, seed: 1, fields: 8, workers: Workers(threads: 1))
        let table = NeighbourTable(space.mask, .faces)
        var seen: Set<[Float]> = []
        for number in 1...6 {
            let maps = surrogates.maps(number)
            let same = again.maps(number)
            for (index, study) in studies.enumerated() {
                let map = try #require(maps[index])
                let original = try #require(study.map)
                let twin = try #require(same[index])
                #expect(zip(map, twin).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
                #expect(map.filter { !$0.isNaN }.sorted() == original.filter { !$0.isNaN }.sorted())
                #expect(zip(map, original).allSatisfy { $0.isNaN == $1.isNaN })
                // Banks are some 20 % apart in FWHM: a few hundredths of correlation at 4 mm.
                #expect(abs(neighbourCorrelation(map, table) - neighbourCorrelation(original, table)) < 0.06)
                seen.insert(map.map { $0.isNaN ? 0 : $0 })
            }
        }
        #expect(seen.count > 6)
    }

    @Test("Maps stay in place up to a quarter of the samples, and become surrogates beyond")
    func share() async throws {
        let space = try #require(AgreementSpace.make(voxelSize: 8))
        var stream = AgreementSpace.Stream(5)
        let tables = AgreementSpace.studies(6, space: space, stream: &stream)
        let few = try await AgreementSpace.test(tables + [study(1, fwhm: 14, space: space)], space)
        #expect(few.surrogates.isEmpty)
        let many = try await AgreementSpace.test(
            tables + (1...3).map { study($0, fwhm: 14, space: space) }, space)
        #expect(!many.surrogates.isEmpty)
        let rows = try await many.maxima(0..<4)
        #expect(Set(rows.map(\.plain)).count == 4)
    }
}
