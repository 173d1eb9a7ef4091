import Evidence
import Formats
import Foundation
import Imaging
import Statistics
import TestSupport

/// A map of 20 people on disk, whose values and header a test makes.
struct MapFile {
    static let grid = Head.grid
    static let mask = Head.mask

    /// Standard normal at every voxel of a grid.
    static func noise(_ seed: UInt64, grid: Grid = MapFile.grid) -> [Float] {
        var generator = SeededGenerator(seed)
        return (0..<grid.count).map { _ in
            Float(Normal.quantile(Double.random(in: 1e-9..<1, using: &generator)))
        }
    }

    let scratch: Scratch
    let path: String

    init(
        _ values: [Float], grid: Grid = MapFile.grid, intent: Intent = .none, datatype: NIfTIDatatype = .float32,
        name: String = "a.nii"
    ) throws {
        scratch = try Scratch()
        path = "\(scratch.path)/\(name)"
        try NIfTIImage(Volume(grid: grid, values: values), intent: intent).write(to: path, datatype: datatype)
    }

    /// Overwrites a field of the NIfTI-1 header, by its offset in nifti1.h: 68 intent_code, 252 qform_code, 254 sform_code.
    func put(_ value: Int16, at offset: Int) throws { try put(value.littleEndian, offset) }

    /// 268 qoffset_x, 280 srow_x.
    func put(_ value: Float, at offset: Int) throws { try put(value.bitPattern.littleEndian, offset) }

    private func put(_ value: some FixedWidthInteger, _ offset: Int) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = [UInt8](try Data(contentsOf: url))
        withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
        try Data(bytes).write(to: url)
    }

    func read(
        as kind: Experiment.StatisticMap.Kind = .t, isStated: Bool = true, n: Int = 20,
        measure: EffectMeasure = .change, mask: Mask = MapFile.mask
    ) throws -> StatisticMapLoader.Loaded {
        let source = SourceLocation(file: path)
        let map = Experiment.StatisticMap(path: path, kind: kind, kindIsStated: isStated, source: source)
        let experiment = Experiment(
            id: "a", study: "a", sample: "a", n1: n, measure: measure, report: .map(map), source: source)
        // The folder goes away with the last use of it.
        return try withExtendedLifetime(scratch) { try StatisticMapLoader.read(map, of: experiment, mask: mask) }
    }

    /// The codes of what is told of a map that is taken.
    func codes(
        as kind: Experiment.StatisticMap.Kind = .t, n: Int = 20, measure: EffectMeasure = .change,
        mask: Mask = MapFile.mask
    ) throws -> [String] {
        try read(as: kind, n: n, measure: measure, mask: mask).notices.map(\.code)
    }
}
