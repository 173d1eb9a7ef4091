import Imaging

/// What the gate found of a map that it let through.
public struct MapFacts: Hashable, Sendable {
    public var path: String
    public var statistic: MapStatistic
    /// Voxels along each axis, and their edges in mm.
    public var shape: SIMD3<Int>
    public var voxelSize: SIMD3<Double>
    /// What places its voxels, and the code of its space (4: MNI); nil for images without a header.
    public var position: (form: String, code: Int)? {
        get { form.map { ($0, code) } }
        set { (form, code) = (newValue?.form, newValue?.code ?? 0) }
    }
    /// Share of the analysis mask in which it has values.
    public var coverage: Double
    /// The least and the largest value in the mask.
    public var least: Double
    public var largest: Double
    /// Edges of the analysis' voxels in mm, where the map had to be resampled to them; else nil.
    public var resampledTo: SIMD3<Double>?

    private var form: String?
    private var code = 0

    init(_ image: NIfTIImage, path: String, statistic: MapStatistic, values: MapValues, effects: [Float], mask: Mask) {
        self.path = path
        self.statistic = statistic
        shape = image.grid.shape
        voxelSize = image.grid.affine.voxelSize
        coverage = Double(effects.count { !$0.isNaN }) / Double(max(effects.count, 1))
        least = Double(values.values.first ?? .nan)
        largest = Double(values.values.last ?? .nan)
        resampledTo = image.grid.matches(mask.grid) ? nil : mask.grid.affine.voxelSize
        if let header = image.header, let orientation = image.orientation {
            position = (orientation.rawValue, orientation == .sform ? header.sformCode : header.qformCode)
        }
    }

    /// `2 × 2 × 2 mm`, of voxels' edges.
    public static func words(_ size: SIMD3<Double>) -> String {
        [size.x, size.y, size.z].map { MapWords.number($0) }.joined(separator: " × ") + " mm"
    }

    /// `91 × 109 × 91 voxels of 2 × 2 × 2 mm`.
    public var gridWords: String {
        "\(shape.x) × \(shape.y) × \(shape.z) voxels of \(Self.words(voxelSize))"
    }

    /// `sform, MNI`: what the header says of the space, which is not always so.
    public var positionWords: String {
        guard let position else { return "as given" }
        let spaces = [1: "scanner", 2: "aligned", 3: "Talairach", 4: "MNI", 5: "other template"]
        return "\(position.form), \(spaces[position.code] ?? "code \(position.code)")"
    }

    /// `t from -4.2 to 6.1`.
    public var rangeWords: String {
        "\(statistic.name) from \(MapWords.number(least)) to \(MapWords.number(largest))"
    }

    public var coverageWords: String { MapWords.percent(coverage) }

    public var resamplingWords: String {
        resampledTo.map { "to \(Self.words($0)), trilinear" } ?? "no"
    }
}
