public import Evidence
public import Imaging

/// The one gate by which every statistic map enters: those of projects, of image-based methods, of `cuneus image`.
///
/// What is asked of a map is asked here, whoever opens it: that it is one volume in a known place (``open(_:at:)``), that it
/// holds what it is said to hold (``MapStatistic``), and that its values can be those of such a map (``MapValues``).
/// ``StatisticMapLoader`` turns what comes through into effects.
public struct StatisticMapGate: Sendable {
    /// What a map must have.
    public struct Checks: OptionSet, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// One volume.
        public static let oneVolume = Checks(rawValue: 1)
        /// A header that says where its voxels are, and only in one place (``MapPlacement``).
        public static let placement = Checks(rawValue: 2)

        public static let all: Checks = [.oneVolume, .placement]
    }

    public var checks: Checks

    public init(_ checks: Checks = .all) { self.checks = checks }

    /// - Parameter source: where the input names the map; its own path where nobody does.
    /// - Throws: `NIfTIError` for a file that cannot be read, `InputError` for a map that fails a check.
    public func open(_ path: String, at source: SourceLocation? = nil) throws -> NIfTIImage {
        let image = try NIfTIImage(contentsOf: path)
        try check(image, path: path, at: source)
        return image
    }

    /// The same of an image that is read already.
    func check(_ image: NIfTIImage, path: String, at source: SourceLocation? = nil) throws {
        let source = source ?? SourceLocation(file: path)
        if checks.contains(.oneVolume), image.count != 1 {
            throw InputError(
                at: source,
                "\(MapWords.subject(path, at: source)) holds \(image.count) volumes; a statistic map has one.",
                remedy: "Extract the volume of the contrast.")
        }
        if checks.contains(.placement) { try MapPlacement(image, path: path, source: source).check() }
    }

    /// What is odd about where an opened map is.
    public static func notices(
        of image: NIfTIImage, path: String, at source: SourceLocation? = nil
    ) -> [Notice] {
        MapPlacement(image, path: path, source: source ?? SourceLocation(file: path)).notices
    }
}
