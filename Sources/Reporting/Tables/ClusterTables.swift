import Evidence
public import Imaging
import Inference
import SeedBasedMapping

/// Anatomical names at an MNI position, by atlas.
///
/// One column per atlas in the tables; a name is empty where the atlas has none.
public struct PlaceNamer: Sendable {
    /// Column headings, e.g. `AAL`, `Brodmann`.
    public var atlases: [String]
    /// One name per atlas, in that order.
    public var names: @Sendable (SIMD3<Double>) -> [String]
    /// The same without names of what is only near: for counts of voxels. ``names`` when nil.
    private var strict: (@Sendable (SIMD3<Double>) -> [String])?

    public init(atlases: [String], names: @escaping @Sendable (SIMD3<Double>) -> [String]) {
        self.atlases = atlases
        self.names = names
    }

    /// AAL and Brodmann where they are installed, then a project's own atlases.
    ///
    /// Where the anatomical atlas has no region at a place, the nearest within 4 mm is given as `Near …`.
    public init(_ standard: AtlasSet, others: [LabelAtlas] = []) {
        let anatomy = standard.anatomy.map { AtlasSet(anatomy: $0) }
        atlases = [standard.anatomy?.name, standard.brodmann?.name].compactMap { $0 }
        atlases += others.map(\.name)
        if atlases.isEmpty { atlases = Self.none.atlases }
        names = { place in
            var names: [String] = []
            if let anatomy { names.append(anatomy.describe(mni: place) ?? "") }
            if let brodmann = standard.brodmann { names.append(brodmann.region(at: place)?.name ?? "") }
            return names + others.map { $0.region(at: place)?.name ?? "" }
        }
        let all = [standard.anatomy, standard.brodmann].compactMap { $0 } + others
        strict = { place in all.map { $0.region(at: place)?.name ?? "" } }
    }

    /// No atlas at hand: tables say n/a.
    public static let none = PlaceNamer(atlases: ["label"]) { _ in [""] }

    /// Exactly one name per atlas, whatever the closure gave.
    func columns(_ place: SIMD3<Double>) -> [String] { filled(names(place)) }

    /// The regions that the place itself is in, one per atlas.
    func regions(_ place: SIMD3<Double>) -> [String] { filled((strict ?? names)(place)) }

    private func filled(_ found: [String]) -> [String] {
        atlases.indices.map { $0 < found.count ? found[$0] : "" }
    }

    /// The names in one line, for prose and tables on a page.
    func line(_ place: SIMD3<Double>) -> String {
        columns(place).filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

/// `clusters.tsv` and `peaks.tsv` of a model.
public struct ClusterTables: Sendable {
    public let findings: ModelFindings
    public let places: PlaceNamer

    public init(_ findings: ModelFindings, places: PlaceNamer) {
        self.findings = findings
        self.places = places
    }

    /// One row per cluster, described at its peak.
    public var clusters: TextTable {
        let header =
            ["cluster", "direction", "voxels", "mm3"] + statisticsHeader + ["median_I2"] + labelHeader
        let rows = findings.clusters.enumerated().compactMap { number, cluster -> [String]? in
            guard let peak = cluster.peaks.first else { return nil }
            return [
                String(number + 1), direction(cluster), String(cluster.voxels.count),
                NumberText.hundredths(volume(cluster)),
            ] + statistics(peak, of: cluster, isWhole: true) + [NumberText.fixed(medianI2(cluster), 2)]
                + places.columns(peak.coordinate)
        }
        return TextTable(header: header, rows: rows)
    }

    /// One row per local maximum; the first of a cluster is its peak.
    public var peaks: TextTable {
        let header = ["cluster", "peak", "direction"] + statisticsHeader + labelHeader
        let rows = findings.clusters.enumerated().flatMap { number, cluster in
            cluster.peaks.enumerated().map { order, peak in
                [String(number + 1), String(order + 1), direction(cluster)]
                    + statistics(peak, of: cluster, isWhole: false) + places.columns(peak.coordinate)
            }
        }
        return TextTable(header: header, rows: rows)
    }

    private var statisticsHeader: [String] {
        ["x_mm", "y_mm", "z_mm", findings.result.measure.symbol, "ci_low", "ci_high", "z", "p"]
            + NullDistribution.Statistic.allCases.map { "p_fwe_\($0.rawValue)" }
            + (findings.result.baseRate == nil
                ? [] : NullDistribution.Statistic.allCases.map { "p_fwe_\($0.rawValue)_baserate" })
            + ["tau2", "I2", "measured", "sign_only", "silent", "imputed_share"]
            + (findings.result.posterior == nil ? [] : ["g_shrunk"])
    }

    private var labelHeader: [String] { places.atlases }

    private func direction(_ cluster: Cluster) -> String { cluster.sign < 0 ? "negative" : "positive" }

    /// mm³.
    func volume(_ cluster: Cluster) -> Double {
        Double(cluster.voxels.count) * findings.result.maps.mask.grid.voxelVolume
    }

    func medianI2(_ cluster: Cluster) -> Double {
        ModelFindings(result: findings.result, clusters: [cluster]).medianI2InClusters ?? .nan
    }

    private func basis(_ peak: ClusterPeak) -> [String] {
        let basis = findings.bases[peak.position]
        let counts = [basis?.measured, basis?.signOnly, basis?.silent].map { $0.map(String.init) ?? NumberText.missing }
        return counts + [NumberText.fixed(basis?.imputedShare ?? .nan, 3)]
            + (findings.result.bestGuess(at: peak.position).map { [NumberText.fixed($0, 4)] } ?? [])
    }

    /// - Parameter isWhole: corrected p are the smallest of the cluster, and not those at the peak.
    private func statistics(_ peak: ClusterPeak, of cluster: Cluster, isWhole: Bool) -> [String] {
        let at = VoxelStatistics(findings.result, at: peak.position)
        func corrected(_ words: PermutationWords?) -> [String] {
            NullDistribution.Statistic.allCases.map { statistic in
                let p =
                    isWhole
                    ? words?.p(statistic, of: cluster) : words?.p(statistic, sign: cluster.sign, at: peak.position)
                return p.map { NumberText.significant($0) } ?? NumberText.missing
            }
        }
        let baseRate = PermutationWords(baseRateOf: findings.result)
        return [
            NumberText.hundredths(peak.coordinate.x), NumberText.hundredths(peak.coordinate.y),
            NumberText.hundredths(peak.coordinate.z), NumberText.fixed(at.effect, 4),
            NumberText.fixed(at.interval.low, 4),
            NumberText.fixed(at.interval.high, 4), NumberText.fixed(at.z, 3), NumberText.significant(at.p),
        ]
            + corrected(PermutationWords(findings.result)) + (baseRate == nil ? [] : corrected(baseRate)) + [
                NumberText.fixed(at.tau2, 4), NumberText.fixed(at.i2, 2),
            ] + basis(peak)
    }
}
