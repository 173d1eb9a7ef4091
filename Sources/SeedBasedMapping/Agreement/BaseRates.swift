public import Evidence
import Formats
public import Imaging

/// Where publications at large print their peaks, as the settings say.
///
/// A map of densities is taken at the analysis' voxels; of a project of other studies the foci themselves are taken, without the
/// studies of the analysis, which would agree with themselves. (From the map that comes with the program they cannot be taken out;
/// there a study is one of more than ten thousand.)
public struct BaseRates: Sendable {
    /// Below this many experiments places are as much those experiments' own as the literature's.
    public static let fewest = 300

    public let places: any RelocationPlaces
    /// All that the places depend on.
    let values: [Float]
    public let notices: [Notice]

    /// - Parameters:
    ///   - experiments: those of the analysis.
    ///   - mask: the analysis'.
    /// - Throws: `TemplateError`, `NIfTIError`, or `InputError` for a file that says nothing of the mask.
    public init(_ source: Settings.BaseRateSource, experiments: [Experiment], mask: Mask) throws {
        switch source {
        case .neurosynth:
            try self.init(density: try Templates.load(.fociDensity), mask: mask, at: nil)
        case .file(let path) where ImageFileName(path) != nil:
            let image = try StatisticMapGate().open(path)
            try self.init(density: image.volume(0), mask: mask, at: SourceLocation(file: path))
        case .file(let path):
            try self.init(others: try ProjectReader.read(path), experiments: experiments, mask: mask, path: path)
        }
    }

    private init(density: Volume, mask: Mask, at source: SourceLocation?) throws(InputError) {
        let density = mask.values(of: density).map { $0.isFinite ? max(0, $0) : 0 }
        guard density.contains(where: { $0 > 0 }) else {
            throw InputError(
                at: source, "the map of base rates has no value above 0 in the analysis mask.",
                remedy: "Check that it is in MNI space and holds how often places are reported.")
        }
        places = DensityPlaces(mask: mask, density: density)
        values = density
        notices = []
    }

    private init(others: Project, experiments: [Experiment], mask: Mask, path: String) throws(InputError) {
        let own = Set(experiments.flatMap { [$0.id.lowercased(), $0.study.lowercased()] })
        let kept = others.experiments.filter {
            !own.contains($0.id.lowercased()) && !own.contains($0.study.lowercased())
        }
        let foci = kept.flatMap { $0.foci.map(\.mni) }
        let source = SourceLocation(file: path)
        let isAnyInside = foci.contains { focus in
            mask.grid.nearestVoxel(to: focus).map { mask.contains($0) } ?? false
        }
        guard isAnyInside else {
            throw InputError(
                at: source, "none of the \(foci.count) foci of other studies is in the analysis mask.",
                remedy: "relocate_from names a project of many studies, or a map of densities.")
        }
        var notices: [Notice] = []
        if kept.count < Self.fewest {
            notices.append(
                Notice(
                    .warning, code: "base-rates-few", at: source,
                    "base rates come from \(kept.count) experiments; with fewer than \(Self.fewest) they are as much these "
                        + "experiments' own places as those of publications at large.",
                    remedy: "Name more studies, or leave relocate_from out to use the map that comes with the program.")
            )
        }
        if kept.count < others.experiments.count {
            notices.append(
                Notice(
                    .note, code: "base-rates-own", at: source,
                    "\(others.experiments.count - kept.count) experiments of it are of the analysis' own studies (by name) and "
                        + "left out of the base rates."))
        }
        places = FociPlaces(foci: foci)
        values = foci.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
        self.notices = notices
    }
}
