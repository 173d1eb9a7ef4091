import Evidence
import Formats
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("What the gate says of maps that it lets through")
struct MapFactsTests {
    @Test("grid, position, share of the mask and range are the file's; a map on the mask's grid is not resampled")
    func facts() throws {
        let values = MapFile.noise(3)
        let file = try MapFile(values)
        let facts = try file.read().facts
        let inside = MapFile.mask.voxels.map { values[Int($0)] }
        #expect(facts.shape == MapFile.grid.shape && facts.voxelSize == [8, 8, 8])
        #expect(facts.statistic == .t && facts.path == file.path)
        #expect(facts.coverage == 1)
        #expect(facts.least == Double(inside.min() ?? 0) && facts.largest == Double(inside.max() ?? 0))
        #expect(facts.resampledTo == nil && facts.resamplingWords == "no")
        #expect(facts.gridWords.hasSuffix("voxels of 8 × 8 × 8 mm"), "\(facts.gridWords)")
    }

    @Test(
        "the space is the one that the header names",
        arguments: [(4, "MNI"), (5, "other template"), (2, "aligned")] as [(Int16, String)])
    func position(_ code: Int16, _ word: String) throws {
        let file = try MapFile(MapFile.noise(3))
        // sform_code.
        try file.put(code, at: 254)
        #expect(try file.read().facts.positionWords == "sform, \(word)")
    }

    @Test("gaps lower the share of the mask, and never so that a part is told as the whole")
    func coverage() throws {
        var values = MapFile.noise(4)
        values[Int(MapFile.mask.voxels[0])] = .nan
        let facts = try MapFile(values).read().facts
        let count = Double(MapFile.mask.count)
        #expect(abs(facts.coverage - (count - 1) / count) < 1e-12)
        #expect(facts.coverageWords == "99 %")
    }

    @Test(
        "small shares are told to one digit, rounded down: what is below a limit is never told as the limit",
        arguments: [
            (0.0097, "0.9 %"), (0.00999, "0.9 %"), (0.005, "0.5 %"), (0.0007, "0.07 %"), (0.00099, "0.09 %"),
            (0.003, "0.3 %"), (0.00005, "less than 0.01 %"), (0, "0 %"), (0.01, "1 %"),
        ])
    func smallShares(_ share: Double, _ words: String) throws {
        var facts = try MapFile(MapFile.noise(3)).read().facts
        facts.coverage = share
        #expect(facts.coverageWords == words)
    }

    @Test("a map on a grid of its own says to what it was resampled")
    func resampled() throws {
        let fine = try #require(Grid.mni(voxelSize: 4))
        let facts = try MapFile(MapFile.noise(2, grid: fine), grid: fine).read().facts
        #expect(facts.resampledTo == [8, 8, 8])
        #expect(facts.resamplingWords == "to 8 × 8 × 8 mm, trilinear")
    }

    @Test("messages name a map's path once: where they stand at the map itself, they call it the map")
    func path() throws {
        let infinite = MapFile.noise(3).map { abs($0) > 2 ? Float.infinity : $0 }
        let file = try MapFile(infinite)
        let words = problem { try file.read() }
        #expect(words.components(separatedBy: file.path).count == 2, "\(words)")
        #expect(words.contains("the map is infinite"), "\(words)")
        // At another place, such as a table's row, the path tells which map is meant.
        let image = try NIfTIImage(contentsOf: file.path)
        let row = SourceLocation(file: "studies.tsv", line: 3)
        let told = problem { try MapValues(image, mask: MapFile.mask).checkFinite(file.path, at: row) }
        #expect(told.hasPrefix("studies.tsv:3: \(file.path) is infinite"), "\(told)")
    }
}
